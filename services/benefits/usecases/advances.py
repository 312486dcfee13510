"""An employer's account: what she paid her workers in advance of a benefit, and what came back.

Both are facts of her own books. What the institution decided does not stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.institution import institution
from shared.act import Act
from shared.money import Money, total

SOURCES = ("fund", "worker", "other")


class ReturnRefused(ValueError):
    """An entry that cannot be; `field` and `code` say where and why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Line:
    """One advance: paid, come back, still open."""

    claim: Any
    person: Any
    advanced: Money
    returns: tuple[Any, ...]

    @property
    def returned(self) -> Money:
        return total((Money(r.minor, r.currency) for r in self.returns), self.advanced.currency)

    @property
    def open(self) -> Money:
        return self.advanced - self.returned


def advance_of(row: Any) -> Money | None:
    """The advance of a notified leave; none where what was notified is no amount (a file may say anything)."""
    try:
        found = Money.parse(row.papers["advance_paid"], institution().currency)
    except (KeyError, ValueError, TypeError):
        return None
    return found if found.minor > 0 else None


def account(act: Act) -> list[Line]:
    """Every advance of the asker's house, the latest notice first."""
    query = (
        select(t.claim)
        .where(t.claim.c.employer_id == act.actor.employer, t.claim.c.origin == "employer")
        .order_by(t.claim.c.received_on.desc(), t.claim.c.number.desc())
    )
    found = [(row, money) for row in store.rows(act, query) if (money := advance_of(row)) is not None]
    ids = [row.id for row, _ in found]
    people = {
        p.id: p for p in store.rows(act, select(t.person).where(t.person.c.id.in_([row.person_id for row, _ in found])))
    }
    entries: dict[str, list[Any]] = {id_: [] for id_ in ids}
    for entry in _entries(act, ids):
        entries[entry.claim_id].append(entry)
    return [Line(row, people[row.person_id], money, tuple(entries[row.id])) for row, money in found]


def _entries(act: Act, claim_ids: Sequence[str]) -> Sequence[Any]:
    r = t.advance_return
    query = select(r).where(r.c.claim_id.in_(claim_ids), r.c.employer_id == act.actor.employer)
    return store.rows(act, query.order_by(r.c.returned_on, r.c.at, r.c.id))


def _line(act: Act, claim_id: str) -> Line:
    """One advance, its claim locked, so that two people at once cannot write down more than was paid."""
    row = store.one(
        act,
        t.claim,
        t.claim.c.id == claim_id,
        t.claim.c.employer_id == act.actor.employer,
        t.claim.c.origin == "employer",
        lock=True,
    )
    advanced = advance_of(row)
    if advanced is None:
        raise store.NotHere("advance")
    return Line(row, None, advanced, tuple(_entries(act, [claim_id])))


def record_return(act: Act, claim_id: str, *, returned_on: date, amount: Money, source: str, note: str = "") -> str:
    """Write down that money came back. Returns the entry's id. Raises `ReturnRefused`, `store.NotHere`."""
    line = _line(act, claim_id)
    if source not in SOURCES:
        raise ReturnRefused("source", "unknown_word")
    if returned_on > act.today:
        raise ReturnRefused("returned_on", "in_the_future")
    if amount.minor <= 0:
        raise ReturnRefused("amount", "not_an_amount")
    if amount.minor > line.open.minor:
        raise ReturnRefused("amount", "more_than_open")
    id_ = act.new_id()
    _write(act, line, id_, returned_on, amount.minor, source, note or None, None)
    return id_


def take_back(act: Act, entry_id: str) -> None:
    """An entry was a slip: an entry against it. Doing it twice is doing it once. Raises `store.NotHere`."""
    r = t.advance_return
    slip = store.one(act, r, r.c.id == entry_id, r.c.employer_id == act.actor.employer, r.c.reverses.is_(None))
    line = _line(act, slip.claim_id)
    if any(e.reverses == slip.id for e in line.returns):
        return
    _write(act, line, act.new_id(), act.today, -slip.minor, slip.source, None, slip.id)


def _write(
    act: Act, line: Line, id_: str, on: date, minor: int, source: str, note: str | None, reverses: str | None
) -> None:
    store.add(
        act,
        t.advance_return,
        id=id_,
        claim_id=line.claim.id,
        employer_id=act.actor.employer,
        returned_on=on,
        minor=minor,
        currency=line.advanced.currency,
        source=source,
        note=note,
        reverses=reverses,
        by=act.actor.id,
        by_name=act.actor.name or act.actor.id,
        at=act.now,
        on=act.today,
    )
