"""How a bank's table of movements is written: which column is what. A layout decides what money is, so two people do.

Understands that banks write the amount in one signed column, in two, or beside a sign; that the newest row may stand
first; that rows of totals end a table; and that a column which has moved is no longer the one that was looked at.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from shared.reading.days import ORDERS
from shared.reading.sheets import DELIMITERS, ENCODINGS

#: What a column may be. `value_day` stands in where a row has no day of booking.
COLUMNS = (
    "day",
    "value_day",
    "amount",
    "debit",
    "credit",
    "sign",
    "balance",
    "reference",
    "text",
    "party",
    "party_account",
    "account",
    "currency",
)
DECIMAL_SIGNS = (".", ",")
#: The heading is looked for in so many rows.
MOST_ABOVE = 60
MOST_WORDS = 20


class State(enum.StrEnum):
    """Where a layout is: being written, to be confirmed by a second person, in use, or no longer."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class LayoutWrong(ValueError):
    """A layout that cannot be; `field` and `code` say where and why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Layout:
    """How the statements of one of our accounts come as a table."""

    account: str
    currency: str
    #: What stands in which column, counted from 0.
    columns: Mapping[str, int]
    #: The names of the columns as they were looked at, trimmed and without case; empty where a table has none.
    header: tuple[str, ...] = ()
    #: Rows above the first movement, where there is no heading to be looked for.
    head_rows: int = 0
    day_order: str = "dmy"
    buddhist: bool = False
    decimal_sign: str = "."
    #: "" where the file says it: UTF-8, UTF-16 with its mark, a workbook.
    encoding: str = ""
    delimiter: str = ""
    #: The words beside an amount that mean money went out, and those that mean it came in.
    out_words: tuple[str, ...] = ()
    in_words: tuple[str, ...] = ()
    #: Debits are written with a minus in a column of their own.
    debits_negative: bool = False
    #: With one of these words begins a row of totals: the table is over.
    total_words: tuple[str, ...] = ()
    #: With one of these words begins the text of a row that moves nothing, such as a balance brought forward.
    still_words: tuple[str, ...] = ()
    #: With one of these words begins the text of what the bank charges.
    fee_words: tuple[str, ...] = ()
    #: The number of the account stands above the heading or in a column, so a file without it is not ours.
    tells_account: bool = False

    @property
    def way(self) -> str:
        """How amounts are written: `signed`, `split` in two columns, or `marked` by a sign beside them."""
        return "split" if "debit" in self.columns else "marked" if "sign" in self.columns else "signed"


def check(layout: Layout) -> Layout:
    """The layout, when a table can be read by it. Raises `LayoutWrong`."""
    columns = layout.columns
    for name, place in columns.items():
        if name not in COLUMNS:
            raise LayoutWrong("columns", "unknown_word")
        if not 0 <= place < 200:
            raise LayoutWrong(name, "out_of_range")
    used = list(columns.values())
    for name, place in columns.items():
        if used.count(place) > 1:
            raise LayoutWrong(name, "used_twice")
        if layout.header and place >= len(layout.header):
            raise LayoutWrong(name, "no_such_column")
    if "day" not in columns and "value_day" not in columns:
        raise LayoutWrong("day", "required")
    if ("debit" in columns) != ("credit" in columns):
        raise LayoutWrong("credit" if "debit" in columns else "debit", "required")
    if ("amount" in columns) == ("debit" in columns):
        raise LayoutWrong("amount", "one_way_of_amounts")
    if "sign" in columns and "debit" in columns:
        raise LayoutWrong("sign", "one_way_of_amounts")
    if "sign" in columns and not (layout.out_words and layout.in_words):
        raise LayoutWrong("out_words" if layout.in_words else "in_words", "required")
    if {word.casefold() for word in layout.out_words} & {word.casefold() for word in layout.in_words}:
        raise LayoutWrong("in_words", "used_twice")
    for name, value, allowed in (
        ("day_order", layout.day_order, ORDERS),
        ("decimal_sign", layout.decimal_sign, DECIMAL_SIGNS),
        ("encoding", layout.encoding, ("", *ENCODINGS)),
        ("delimiter", layout.delimiter, ("", *DELIMITERS)),
    ):
        if value not in allowed:
            raise LayoutWrong(name, "unknown_word")
    if not 0 <= layout.head_rows <= MOST_ABOVE:
        raise LayoutWrong("head_rows", "out_of_range")
    return layout


_WORDS = ("out_words", "in_words", "total_words", "still_words", "fee_words")


def to_json(layout: Layout) -> dict[str, Any]:
    """The layout as it is kept and shown."""
    plain = ("account", "currency", "head_rows", "day_order", "buddhist", "decimal_sign", "encoding", "delimiter")
    told: dict[str, Any] = {name: getattr(layout, name) for name in (*plain, "debits_negative", "tells_account")}
    told |= {name: list(getattr(layout, name)) for name in (*_WORDS, "header")}
    return told | {"columns": dict(layout.columns)}


def from_json(told: Mapping[str, Any]) -> Layout:
    """A kept layout. Raises `LayoutWrong`, `TypeError` for what is none."""
    lists: dict[str, Any] = {name: tuple(told[name])[:MOST_WORDS] for name in _WORDS if name in told}
    header = tuple(told.get("header", ()))
    rest = {name: value for name, value in told.items() if name not in (*_WORDS, "header", "columns")}
    return Layout(columns=dict(told["columns"]), header=header, **lists, **rest)


# --- the order of the rows ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: what moved, and the balance after it where the table tells it."""

    minor: int
    balance: int | None = None
    #: Its day as a number, to see which rows are newer.
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The rows in the order in which money moved: their places, and the balances at both ends where they are sure."""

    order: tuple[int, ...]
    opening: int | None = None
    closing: int | None = None
    #: Places of rows whose balance does not follow from the row before.
    breaks: tuple[int, ...] = field(default=())


def course(steps: Sequence[Step]) -> Course:
    """Which end of a table is the newer one, told by the balances and, where they fit both ways, by the days.

    With balances that fit in neither direction `breaks` says where; the direction is then that of the days.
    """
    forward, backward = tuple(range(len(steps))), tuple(reversed(range(len(steps))))
    days = [step.day for step in steps if step.day is not None]
    rising = all(a <= b for a, b in pairwise(days))
    falling = all(a >= b for a, b in pairwise(days))
    by_days = backward if falling and not rising else forward
    if all(step.balance is None for step in steps):
        order = by_days if rising or falling else tuple(sorted(forward, key=lambda n: steps[n].day or 0))
        return Course(order)
    found = {order: _follow(steps, order) for order in (forward, backward)}
    whole = [course for course in found.values() if not course.breaks]
    if not whole:
        return found[by_days] if rising != falling else min(found.values(), key=lambda c: len(c.breaks))
    if len(whole) == 1:
        return whole[0]
    if rising != falling:
        return found[by_days]
    first, second = whole
    # Both directions fit and the days say nothing: the balances at the ends are told only where it does not matter.
    same = (first.opening, first.closing) == (second.opening, second.closing)
    return first if same else Course(first.order)


def _follow(steps: Sequence[Step], order: tuple[int, ...]) -> Course:
    """Go along the rows in an order, balance after balance."""
    known: int | None = None
    opening: int | None = None
    moved = 0
    breaks = []
    for place in order:
        step = steps[place]
        moved += step.minor
        expected = None if known is None else known + step.minor
        if step.balance is not None and expected is not None and step.balance != expected:
            breaks.append(place)
        if step.balance is not None and opening is None:
            opening = step.balance - moved
        known = step.balance if step.balance is not None else expected
    return Course(order, opening, known, tuple(breaks))
