"""What an employer advanced of a benefit, and which part of each instalment is hers because of it.

She says it, the worker may say that it is not true, and somebody else confirms it before any money goes another way
(decision 0250). What she paid beyond the benefit of those days stays what it is: wage. What has left is not redirected.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.benefits.domain.award import MOVED, Advanced, Instalment, Key, PaymentFact
from services.benefits.domain.ids import ClaimId, EmployerId, PersonId
from shared.money import Money
from shared.period import Period


class AdvanceState(enum.StrEnum):
    """Stated by the employer; contested by the worker; confirmed or refused by somebody of the house."""

    STATED = "stated"
    CONTESTED = "contested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


#: Nobody has decided.
OPEN = frozenset({AdvanceState.STATED, AdvanceState.CONTESTED})


class AdvanceRefused(ValueError):
    """It cannot be stated or decided so; `field` and `code` say where and why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Advance:
    """What an employer says she paid a worker in advance: how much, for which days, when, and by which paper."""

    id: str
    claim_id: ClaimId
    person_id: PersonId
    employer_id: EmployerId
    amount: Money
    period: Period
    paid_on: date
    paper: str
    state: AdvanceState
    stated_by: str
    stated_name: str
    stated_on: date
    #: Until which day the worker may say something before it is decided without her.
    answer_by: date
    answered_on: date | None = None
    #: What she said against it.
    against: str | None = None
    decided_by: str | None = None
    decided_name: str | None = None
    decided_on: date | None = None
    why: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def same_as(self, other: Advance) -> bool:
        """Whether it says again what was said already."""
        mine, others = ((a.employer_id, a.amount, a.period, a.paid_on, a.paper) for a in (self, other))
        return mine == others

    def answered(self, *, true: bool, words: str | None, on: date) -> Advance:
        """The worker says whether it is true. Raises `AdvanceRefused`."""
        if not self.is_open:
            raise AdvanceRefused("answer", "decided_already")
        if not true and not words:
            raise AdvanceRefused("against", "required")
        state = AdvanceState.STATED if true else AdvanceState.CONTESTED
        return replace(self, state=state, answered_on=on, against=None if true else words)

    def decided(self, *, confirmed: bool, why: str | None, by: str, name: str, on: date) -> Advance:
        """Somebody who has not written it down confirms or refuses it.

        It is confirmed once the worker has agreed, or has let her time pass; against her word, or before, only with a
        reason. Raises `AdvanceRefused`.
        """
        if not self.is_open:
            raise AdvanceRefused("do", "decided_already")
        if by == self.stated_by:
            raise AdvanceRefused("do", "same_person")
        agreed = self.state is AdvanceState.STATED and self.answered_on is not None
        heard = agreed or (self.state is AdvanceState.STATED and on > self.answer_by)
        if not why and not (confirmed and heard):
            raise AdvanceRefused("why", "required")
        state = AdvanceState.CONFIRMED if confirmed else AdvanceState.REFUSED
        return replace(self, state=state, decided_by=by, decided_name=name, decided_on=on, why=why)


class EmployerPayeeState(enum.StrEnum):
    """An employer's account: asked for by one, confirmed or refused by another, replaced by the next."""

    ASKED = "asked"
    CURRENT = "current"
    REFUSED = "refused"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class EmployerPayee:
    """An account at a bank into which an employer's advances are paid back, once a second person has confirmed it."""

    id: str
    employer_id: EmployerId
    bank: str
    number: str
    holder: str
    paper: str
    state: EmployerPayeeState
    asked_by: str
    asked_name: str
    asked_on: date
    decided_by: str | None = None
    decided_name: str | None = None
    decided_on: date | None = None

    @property
    def said(self) -> dict[str, str]:
        return {"kind": "bank", "bank": self.bank, "number": self.number, "holder": self.holder}


def allocate(
    schedule: Sequence[Instalment],
    closed: Collection[Key],
    facts: Iterable[PaymentFact],
    before: Advanced,
    advances: Iterable[Advance],
    smallest: int = 1,
) -> dict[Key, dict[EmployerId, int]]:
    """Which part of each instalment goes to which employer, in minor units; the rest is the person's.

    Of what is still to leave an employer gets what she advanced, the soonest first, at most what is granted for the
    days of her advance, in steps of the `smallest` amount that is paid. What is `closed` (past, or moved) stays as it
    was (`before`), for what has left is not redirected; where a version cuts it otherwise, what moved to her is hers.
    """
    facts = [f for f in facts if f.state in MOVED]
    parts = sorted(schedule, key=lambda p: (p.period.first, p.due_on, p.no, p.component))
    found: dict[Key, dict[EmployerId, int]] = {}
    _closed([p for p in parts if p.key in closed], {p.key for p in parts}, facts, before, found)
    used: dict[EmployerId, int] = defaultdict(int)
    for given in found.values():
        for employer, minor in given.items():
            used[employer] += minor
    confirmed = (a for a in advances if a.state is AdvanceState.CONFIRMED)
    for advance in sorted(confirmed, key=lambda a: (a.period.first, a.paid_on, a.id)):
        gone = min(used[advance.employer_id], advance.amount.minor)
        used[advance.employer_id] -= gone
        left = advance.amount.minor - gone
        for part in parts:
            days = part.period.overlap(advance.period)
            if part.key in closed or days is None:
                continue
            for_days = part.amount.minor * days.length // part.period.length
            free = part.amount.minor - sum(found.get(part.key, {}).values())
            minor = min(left, for_days, free) // smallest * smallest
            if minor > 0:
                hers = found.setdefault(part.key, {})
                hers[advance.employer_id] = hers.get(advance.employer_id, 0) + minor
                left -= minor
    return found


def _closed(
    parts: Sequence[Instalment],
    known: Collection[Key],
    facts: Sequence[PaymentFact],
    before: Advanced,
    found: dict[Key, dict[EmployerId, int]],
) -> None:
    """The parts of what is past: as they were announced and moved; what moved under other keys is found room for."""
    moved: dict[tuple[Key, EmployerId | None], int] = defaultdict(int)
    for fact in facts:
        moved[fact.key, fact.employer_id] += fact.amount.minor
    free = {p.key: p.amount.minor for p in parts}
    for part in parts:
        employers = {e for key, e in moved if key == part.key and e is not None} | set(before.get(part.key, {}))
        for employer in sorted(employers):
            announced = min(before.get(part.key, {}).get(employer, 0), part.amount.minor - moved[part.key, None])
            minor = min(free[part.key], max(moved[part.key, employer], announced))
            if minor > 0:
                found.setdefault(part.key, {})[employer] = minor
                free[part.key] -= minor
    for (key, to), minor in sorted(moved.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        if to is None or (key in known and key not in free):
            continue
        left = minor - found.get(key, {}).get(to, 0)
        for part in parts:
            room = min(left, free[part.key] - moved[part.key, None])
            if part.component == key.component and room > 0:
                hers = found.setdefault(part.key, {})
                hers[to] = hers.get(to, 0) + room
                free[part.key] -= room
                left -= room


@dataclass(frozen=True, slots=True)
class EmployerShare:
    """What of an award is an employer's: due to her, moved to her, given back by her; minor units."""

    employer_id: EmployerId
    due: int
    moved: int
    repaid: int

    @property
    def too_much(self) -> int:
        """What she is asked to give back: it went to her, nobody else is asked for it."""
        return max(0, self.moved - self.due - self.repaid)


def shares(
    advanced: Advanced, facts: Iterable[PaymentFact], repaid: Mapping[EmployerId, int]
) -> dict[EmployerId, EmployerShare]:
    """Each employer's share of an award."""
    due: dict[EmployerId, int] = defaultdict(int)
    moved: dict[EmployerId, int] = defaultdict(int)
    for given in advanced.values():
        for employer, minor in given.items():
            due[employer] += minor
    for fact in facts:
        if fact.employer_id is not None and fact.state in MOVED:
            moved[fact.employer_id] += fact.amount.minor
    employers = sorted(set(due) | set(moved))
    return {e: EmployerShare(e, due[e], moved[e], repaid.get(e, 0)) for e in employers}
