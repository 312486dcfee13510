"""An employer's account: what she paid her workers in advance of a benefit, and what came back.

Both are facts of her own books. What the institution decided does not stand here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.claim import AdvanceReturn, Claim
from services.benefits.domain.ids import ClaimId, EmployerId, EntryId, PersonId
from services.benefits.domain.person import Person
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
class Advance:
    """One advance: paid, come back, still open."""

    claim: Claim
    advanced: Money
    returns: tuple[AdvanceReturn, ...]

    @property
    def returned(self) -> Money:
        return total((r.amount for r in self.returns), self.advanced.currency)

    @property
    def open(self) -> Money:
        return self.advanced - self.returned


def account(act: Act, employer_id: EmployerId) -> tuple[list[Advance], dict[PersonId, Person]]:
    """Every advance of a house, the latest notice first, and the people they were paid to."""
    found = [
        (claim, money)
        for claim in store.claims.notified(act, employer_id)
        if (money := claim.papers.advance(institution().currency)) is not None
    ]
    entries: dict[ClaimId, list[AdvanceReturn]] = {claim.id: [] for claim, _ in found}
    for entry in store.places.returns(act, employer_id, list(entries)):
        entries[entry.claim_id].append(entry)
    people = store.persons.by_ids(act, [claim.person_id for claim, _ in found])
    return [Advance(claim, money, tuple(entries[claim.id])) for claim, money in found], people


def _advance(act: Act, employer_id: EmployerId, claim_id: str) -> Advance:
    """One advance, its claim locked, so that two people at once cannot write down more than was paid."""
    claims = store.claims.notified(act, employer_id, claim_id, lock=True)
    advanced = claims[0].papers.advance(institution().currency) if claims else None
    if advanced is None:
        raise store.NotHere("advance")
    return Advance(claims[0], advanced, tuple(store.places.returns(act, employer_id, [claims[0].id])))


def _own(act: Act) -> EmployerId:
    return EmployerId(act.actor.employer or "")


def record_return(act: Act, claim_id: str, *, returned_on: date, amount: Money, source: str, note: str = "") -> EntryId:
    """Write down that money came back. Returns the entry's id. Raises `ReturnRefused`, `store.NotHere`."""
    advance = _advance(act, _own(act), claim_id)
    if source not in SOURCES:
        raise ReturnRefused("source", "unknown_word")
    if returned_on > act.today:
        raise ReturnRefused("returned_on", "in_the_future")
    if amount.minor <= 0:
        raise ReturnRefused("amount", "not_an_amount")
    if amount.minor > advance.open.minor:
        raise ReturnRefused("amount", "more_than_open")
    return _write(act, advance, returned_on, amount, source, note or None, None)


def take_back(act: Act, entry_id: str) -> None:
    """An entry was a slip: an entry against it. Doing it twice is doing it once. Raises `store.NotHere`."""
    slip = store.places.entry(act, _own(act), entry_id)
    advance = _advance(act, _own(act), slip.claim_id)
    if not any(e.reverses == slip.id for e in advance.returns):
        _write(act, advance, act.today, -slip.amount, slip.source, None, slip.id)


def _write(
    act: Act, advance: Advance, on: date, amount: Money, source: str, note: str | None, reverses: EntryId | None
) -> EntryId:
    entry = AdvanceReturn(
        id=EntryId(act.new_id()),
        claim_id=advance.claim.id,
        employer_id=_own(act),
        returned_on=on,
        amount=amount,
        source=source,
        note=note,
        reverses=reverses,
        by=act.actor.id,
        by_name=act.actor.name or act.actor.id,
        at=act.now,
        on=act.today,
    )
    store.places.add_return(act, entry)
    return entry.id
