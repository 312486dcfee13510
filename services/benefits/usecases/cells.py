"""Cells of a row as readers of the house understand them; what cannot be read refuses the row and names its column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from services.benefits import store
from services.benefits.domain.ids import EmployerId, OfficeId, PersonId
from services.benefits.domain.import_file import Row
from services.benefits.institution import institution
from shared.act import Act, sees
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead, days
from shared.reading.amounts import read_amount
from shared.reading.letters import is_lost, is_mojibake, is_zawgyi, one_line, typed_digits
from shared.reading.words import read_yes


class Taken(NamedTuple):
    """What became of a row that is taken, the id of what it made or found, and what somebody should look at: a code
    and its column."""

    outcome: str
    id: str | None
    hint: str | None = None
    column: str | None = None


class RowRefused(ValueError):
    """One row cannot be taken; the code says why, the column where."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


def wrong_in(*readers: Callable[[], Any]) -> list[RowRefused]:
    """What each of these refuses: a row is read to its end, so that its sender mends it once."""
    found = []
    for reader in readers:
        try:
            reader()
        except RowRefused as refused:
            found.append(refused)
    return found


def read(row: Row, column: str, reader: Callable[[str], Any]) -> Any:
    """What a reader makes of a cell; none where it is empty."""
    said = row.get(column, "")
    if not said:
        return None
    try:
        return reader(said)
    except NotRead as wrong:
        raise RowRefused(wrong.code, column) from None


def day(row: Row, column: str) -> date | None:
    """The day in a cell, or none."""
    found: date | None = read(row, column, lambda said: days.read_day(said, buddhist=institution().buddhist_years))
    return found


def needed_day(row: Row, column: str) -> date:
    """The day in a cell that may not be empty."""
    found = day(row, column)
    if found is None:
        raise RowRefused("required", column)
    return found


def month(row: Row, column: str) -> Month:
    """The month in a cell."""
    found: Month | None = read(row, column, lambda said: days.read_month(said, buddhist=institution().buddhist_years))
    if found is None:
        raise RowRefused("required", column)
    return found


def amount(row: Row, column: str) -> Money | None:
    """An amount in the institution's currency, or none."""
    found: Money | None = read(row, column, lambda said: read_amount(said, institution().currency))
    return found


def number(row: Row, column: str) -> int | None:
    """A whole number, or none."""
    # A program that knows only decimal numbers writes two children as 2.0.
    said = typed_digits(one_line(row.get(column, ""))).removesuffix(".0")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 9):
        raise RowRefused("not_a_number", column)
    return int(said)


def yes(row: Row, column: str) -> bool | None:
    """Yes or no, or none where nothing is said."""
    said: bool | None = read(row, column, read_yes)
    return said


def text(row: Row, column: str, most: int = 200, *, free: bool = False) -> str:
    """What a cell says, unspoilt and at most so long; in words of one's own (`free`) questions may be asked."""
    said = row.get(column, "")
    if len(said) > most:
        raise RowRefused("too_long", column)
    if any(ord(c) < 32 or c == "\ufffd" for c in said) or is_mojibake(said) or (is_lost(said) and not free):
        raise RowRefused("broken_text", column)
    if is_zawgyi(said):
        raise RowRefused("zawgyi", column)
    return said


def word(row: Row, column: str) -> str:
    """A word of a list, however it is capitalised."""
    return one_line(text(row, column, 40)).casefold()


def needed(row: Row, column: str, most: int = 200) -> str:
    """What a cell says that may not be empty."""
    said = text(row, column, most)
    if not said:
        raise RowRefused("required", column)
    return said


def person_id(act: Act, row: Row) -> PersonId:
    """The person with this insured number, if the asker may see her."""
    found = store.persons.with_number(act, needed(row, "sso_no", 60))
    if found is None:
        raise RowRefused("unknown_person", "sso_no")
    return found


def employer_id(act: Act, row: Row) -> EmployerId | None:
    """The employer with this number, or none where none is named."""
    no = text(row, "employer_no", 40)
    found = store.places.employer_with(act, no) if no else None
    if no and found is None:
        raise RowRefused("unknown_employer", "employer_no")
    return found


def office_id(act: Act, row: Row) -> OfficeId:
    """The office that a row names, if it is the asker's or below it."""
    office = store.places.known_office(act, needed(row, "office", 64))
    if office is None:
        raise RowRefused("unknown_office", "office")
    if act.actor.office is not None and not sees(act.actor.office, office.id):
        raise RowRefused("other_office", "office")
    return office.id
