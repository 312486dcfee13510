"""Paid beyond the award: how much, and what has been decided about it.

Nothing is taken back in silence. What was paid too much is found by comparing what moved with what is due;
whether it is paid back, withheld from later instalments or let go is decided by two people, after the person
could be heard, and rests while an appeal is open (C102 art. 70).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain import set_off
from services.benefits.domain.award import MOVED, Award, Ceded, Instalment, Key, PaymentFact
from services.benefits.domain.ids import AwardId, ClaimId, EmployerId, OverpaymentId, RecoveryId
from services.benefits.domain.repaying import Agreed, Progress, progress
from services.benefits.domain.set_off import Drawing
from services.benefits.domain.suspension import held_back
from shared.money import Money
from shared.period import Period


class Way(enum.StrEnum):
    """How what was paid too much comes back, or that it does not."""

    REPAY = "repay"
    SET_OFF = "set_off"
    WAIVE = "waive"


class OverpaymentState(enum.StrEnum):
    """Where an overpayment stands."""

    FOUND = "found"
    SUSPENDED = "suspended"
    RECOVERING = "recovering"
    WAIVED = "waived"
    SETTLED = "settled"


class RecoveryState(enum.StrEnum):
    PROPOSED = "proposed"
    RETURNED = "returned"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Overpayment:
    """What was paid on a claim beyond its award. `told` is the most of it that the person heard of."""

    id: OverpaymentId
    claim_id: ClaimId
    award_id: AwardId
    amount: Money
    repaid: Money
    waived: Money
    told: Money
    state: OverpaymentState
    found_on: date

    @property
    def left(self) -> Money:
        """What is still to come back."""
        return Money(outstanding(self.amount.minor, self.repaid.minor, self.waived.minor), self.amount.currency)

    @property
    def is_open(self) -> bool:
        return self.state not in (OverpaymentState.SETTLED, OverpaymentState.WAIVED)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was decided, or is proposed, about an overpayment. One that runs ends with a day and a reason; a waiver
    stands. `heard` is what the person said when she was asked."""

    id: RecoveryId
    claim_id: ClaimId
    overpayment_id: OverpaymentId
    way: Way
    amount: Money
    reason: str | None
    words: str | None
    heard: str | None
    state: RecoveryState
    proposed_by: str
    proposed_name: str
    decided_on: date | None = None
    repay_by: date | None = None
    confirmed_by: str | None = None
    confirmed_name: str | None = None
    returned_reason: str | None = None
    returned_words: str | None = None
    ended_on: date | None = None
    ended_reason: str | None = None
    #: The parts agreed on; none where it is one sum.
    parts: tuple[Agreed, ...] = ()
    #: The days of parts that were missed, and of which the person was reminded.
    reminded: tuple[date, ...] = ()
    #: The claim from whose instalments it is withheld, where that is another one.
    from_claim_id: ClaimId | None = None

    @property
    def plan(self) -> tuple[Agreed, ...]:
        """What is awaited: the parts, or the one sum."""
        if self.parts or self.repay_by is None:
            return self.parts
        return (Agreed(self.repay_by, self.amount),)

    def progress(self, left: int, today: date, grace: int) -> list[Progress]:
        """Each part with what has come of it, where `left` minor units are still to come back."""
        return progress(self.plan, self.amount.minor - left, today, grace)

    @property
    def runs(self) -> bool:
        """Whether money is awaited or withheld by it now."""
        return self.state is RecoveryState.FINAL and self.way is not Way.WAIVE and self.ended_on is None


@dataclass(frozen=True, slots=True)
class Objection:
    """What the person says against a recovery itself, and what became of it; open as long as it has no outcome."""

    id: str
    claim_id: ClaimId
    recovery_id: RecoveryId
    grounds: str
    lodged_on: date
    lodged_by: str
    outcome: str | None = None
    reasons: str | None = None
    decided_by: str | None = None
    decided_name: str | None = None
    decided_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Repayment:
    """Money that came back, as payments told us; once taken back from this claim it counts no more."""

    claim_id: ClaimId
    amount: Money
    received_on: date
    taken_back_on: date | None = None
    #: Who gave it back, where it was an employer who had advanced it.
    employer_id: EmployerId | None = None


class RecoveryNotPossible(ValueError):
    """It cannot be decided so now; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def keys_moved(facts: Iterable[PaymentFact]) -> set[Key]:
    """The instalments of which money has left the house."""
    return {f.key for f in facts if f.state in MOVED}


def paid_until(
    schedule: Sequence[Instalment], facts: Sequence[PaymentFact], before: Mapping[str, date]
) -> dict[str, date]:
    """For each component the last day that was paid, by the schedule under which it moved and those before it."""
    found, gone = dict(before), keys_moved(facts)
    for part in schedule:
        if part.key in gone:
            found[part.component] = max(found.get(part.component, date.min), part.period.last)
    return found


def past_of(
    schedule: Sequence[Instalment], facts: Sequence[PaymentFact], until: Mapping[str, date], today: date
) -> frozenset[Key]:
    """The instalments that a new version of an award finds in the past, as payments find them: due by today,
    numbered not after the last one that moved, or beginning not after the last day that was paid."""
    highest: dict[str, int] = {}
    for component, no in keys_moved(facts):
        highest[component] = max(highest.get(component, 0), no)
    return frozenset(
        part.key
        for part in schedule
        if part.due_on <= today
        or part.no <= highest.get(part.component, 0)
        or part.period.first <= until.get(part.component, date.min)
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """What is right for some days, as the award now says, and what moved for them."""

    component: str
    period: Period
    correct: Money
    paid: Money

    @property
    def difference(self) -> Money:
        return self.paid - self.correct

    def json(self) -> dict[str, Any]:
        days = {"component": self.component, "period": self.period.json()}
        return days | {"correct": self.correct.json(), "paid": self.paid.json()}


def compare(
    schedule: Sequence[Instalment],
    facts: Sequence[PaymentFact],
    past: Collection[Key],
    counted: Mapping[Key, Ceded] | None = None,
) -> tuple[Compared, ...]:
    """What is right beside what moved, for the past of the award's version and for what moved since.

    Days that the award cuts otherwise now than when they were paid stand together in one row. What falls due later
    is still owed in full, less what a decision withholds: then less moves than is due, and the sum of the differences
    shrinks by itself. What was kept back for another claim (`counted`) was paid, there.
    """
    closed = set(past) | keys_moved(facts)
    told = [Compared(p.component, p.period, p.amount, p.amount - p.amount) for p in schedule if p.key in closed]
    for part in schedule:
        if counted and part.key in counted:
            elsewhere = Money(counted[part.key].minor, part.amount.currency)
            told.append(Compared(part.component, part.period, elsewhere - elsewhere, elsewhere))
    told += [Compared(f.component, f.period, f.amount - f.amount, f.amount) for f in facts if f.state in MOVED]
    found: list[Compared] = []
    for row in sorted(told, key=lambda row: (row.component, row.period)):
        last = found[-1] if found else None
        if last is None or last.component != row.component or last.period.last < row.period.first:
            found.append(row)
            continue
        days = Period(last.period.first, max(last.period.last, row.period.last))
        found[-1] = Compared(row.component, days, last.correct + row.correct, last.paid + row.paid)
    return tuple(sorted(found, key=lambda row: (row.period, row.component)))


def overpaid(rows: Iterable[Compared]) -> int:
    """Minor units moved beyond what is due; at least 0."""
    return max(0, sum(row.difference.minor for row in rows))


def outstanding(over: int, repaid: int, waived: int) -> int:
    """Minor units that are still to come back."""
    return max(0, over - repaid - waived)


def closed_keys(award: Award, facts: Iterable[PaymentFact]) -> set[Key]:
    """The instalments that nothing is withheld from any more: the past of the version, and what has moved."""
    return set(award.past) | keys_moved(facts)


def withhold(
    schedule: Sequence[Instalment], closed: Collection[Key], share: Fraction, minor: int, smallest: int
) -> dict[Key, int]:
    """What is kept back from each instalment not yet closed: at most `share` of it, the soonest first, until
    `minor` is reached. Rounded down, for the family, to the `smallest` amount that is paid (minor units)."""
    found: dict[Key, int] = {}
    for part in sorted(schedule, key=lambda p: (p.due_on, p.no)):
        if part.key in closed or minor <= 0:
            continue
        kept = min(minor, int(part.amount.minor * share)) // smallest * smallest
        if kept:
            found[part.key] = kept
            minor -= kept
    return found


def state_of(*, outstanding: int, waived: int, contested: bool, active: bool) -> OverpaymentState:
    """Where an overpayment stands, from what is still to come back and what was decided."""
    if not outstanding:
        return OverpaymentState.WAIVED if waived else OverpaymentState.SETTLED
    if contested:
        return OverpaymentState.SUSPENDED
    return OverpaymentState.RECOVERING if active else OverpaymentState.FOUND


def check_heard(way: Way, *, today: date, appeal_until: date | None, heard: str | None) -> None:
    """Money is asked back only after the person was heard, or had the time to object and did not.
    Raises `RecoveryNotPossible`."""
    if way is Way.WAIVE or heard:
        return
    if appeal_until is None or today <= appeal_until:
        raise RecoveryNotPossible("not_heard")


@dataclass(frozen=True, slots=True)
class Standing:
    """All that bears on what was paid too much on one claim to the person; what an employer got is asked of her
    (`domain.advance.shares`)."""

    award: Award
    facts: Sequence[PaymentFact]
    #: What the last review found.
    known: Overpayment | None
    repaid: int
    #: Minor units that two people let go.
    waived: int
    contested: bool
    #: The repayment or set-off that runs.
    active: Recovery | None
    today: date
    #: The pay day on which an instalment due by today is released.
    soonest: date
    share: Fraction
    #: The smallest amount that is paid, in minor units.
    smallest: int
    #: Days after which a part that has not come is late (`domain/practice.py`).
    grace: int = 0
    #: A new version of the award was made and payments do not know it yet.
    fresh: bool = False
    #: What draws, or once drew, on this award for other claims.
    drawings: tuple[Drawing, ...] = ()
    #: Minor units that could still be kept back from the other claim on which the active recovery draws.
    elsewhere: int = 0
    #: From which day on the payments are suspended; none where they are not.
    suspended_from: date | None = None
    #: Payments of the claim to her and to employers, as far as a suspension must know them.
    every_fact: Sequence[PaymentFact] = ()
    #: Minor units that she and employers gave back of what was paid too much, as payments entered it.
    given_back: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be done about what was paid too much; carried out by `usecases.awards`."""

    award: Award
    #: Payments must hear of `award`.
    tell: bool
    rows: tuple[Compared, ...] = ()
    too_much: int = 0
    repaid: int = 0
    waived: int = 0
    left: int = 0
    #: Where the overpayment stands; none where there is none.
    state: OverpaymentState | None = None
    #: The person hears of it: more is owed than she ever heard of, or it is another sum by a new decision.
    news: bool = False
    #: Why the recovery that ran is over; it then no longer is `active`.
    ended: str | None = None
    active: Recovery | None = None
    #: What is awaited of the repayment that runs.
    awaited: tuple[Progress, ...] = ()
    #: A proposal on the amount is no longer true.
    amount_moved: bool = False
    #: What counts as kept back from this award for other claims.
    counted: Mapping[Key, Ceded] = field(default_factory=dict)


def review(now: Standing) -> Review:
    """Compare what the award says with what payments say has moved, and withhold what was decided. Pure: carried out
    and run again, it asks for nothing."""
    award = now.award
    closed = closed_keys(award, now.facts)
    counted = set_off.counted(award.own, award.ceded, award.withheld, now.facts, now.drawings, running=award.is_running)
    rows = compare(award.own, now.facts, closed, counted)
    too_much = overpaid(rows)
    if now.known is None and not too_much:
        held = _withholding(now, closed, {}, counted)
        return Review(held or award, tell=held is not None or now.fresh, counted=counted)
    waived = min(now.waived, max(0, too_much - now.repaid))
    left = outstanding(too_much, now.repaid, waived)
    before = now.known.left.minor if now.known is not None else 0
    wanted: dict[Key, int] = {}
    if now.active is not None and now.active.way is Way.SET_OFF and not now.contested:
        wanted = withholdable(now, left) if now.active.from_claim_id is None else {}
    # A bounced payment makes the number rise again; news is a new version that owes less,
    # or more than she ever heard of.
    heard = now.known.told.minor if now.known is not None else 0
    news = left > before if now.fresh else too_much > heard
    ended = _why_over(now, left, news, wanted) if now.active is not None else None
    active = now.active if ended is None else None
    held = _withholding(now, closed, wanted if active is not None else {}, counted)
    return Review(
        award=held or award,
        tell=held is not None or now.fresh,
        rows=rows,
        too_much=too_much,
        repaid=now.repaid,
        waived=waived,
        left=left,
        state=state_of(outstanding=left, waived=waived, contested=now.contested, active=active is not None),
        news=news,
        ended=ended,
        active=active,
        awaited=tuple(active.progress(left, now.today, now.grace)) if active is not None else (),
        amount_moved=left != before,
        counted=counted,
    )


def withholdable(now: Standing, minor: int) -> dict[Key, int]:
    """What set-off keeps back of each instalment still to come until `minor` units are reached."""
    if not now.award.is_running:
        return {}
    return withhold(now.award.own, closed_keys(now.award, now.facts), now.share, minor, now.smallest)


def cedable(now: Standing, drawing: Drawing) -> dict[Key, Ceded]:
    """What could be kept back from instalments still to come for another claim, beside what the award keeps back for
    itself."""
    if not now.award.is_running:
        return {}
    closed = closed_keys(now.award, now.facts)
    own = {key: minor for key, minor in now.award.withheld.items() if key not in closed}
    found = set_off.cede(now.award.own, closed, now.award.ceded, {}, closed, own, (drawing,), now.share, now.smallest)
    return {key: kept for key, kept in found.items() if key not in closed}


def _why_over(now: Standing, left: int, news: bool, wanted: Mapping[Key, int]) -> str | None:
    """Why a recovery that runs is over; none where it goes on.

    One that has brought everything back is not ended: a payment may still bounce, and then it goes on.
    """
    if news:
        return "more_was_found"  # nobody has decided about the rest: all of it is decided anew
    by_set_off = now.active is not None and now.active.way is Way.SET_OFF
    if left and by_set_off and not now.contested and not wanted and not now.elsewhere:
        return "nothing_left_to_withhold"
    return None


def waiting(award: Award, facts: Sequence[PaymentFact], first_day: date | None, back: int) -> dict[Key, int]:
    """What waits of each instalment where payments are suspended from a day on, in minor units; `facts` are all
    payments of the claim, `back` what came back of money paid too much."""
    until: dict[str, date] = {}
    for fact in facts:
        if fact.state in MOVED:
            until[fact.component] = max(until.get(fact.component, date.min), fact.period.last)
    # As payments find it when they hear of the award; what is due by today and has not left moves on before that.
    past = award.past | past_of(award.schedule, facts, until, date.min)
    return held_back(award, facts, past, first_day, back=back)


def _withholding(
    now: Standing, closed: Collection[Key], wanted: Mapping[Key, int], counted: Mapping[Key, Ceded]
) -> Award | None:
    """The award with its open instalments less by what is withheld, for this claim and for others; none where payments
    know it so."""
    award = now.award
    if not award.is_running:
        return None
    ceded = set_off.cede(
        award.own,
        closed,
        award.ceded,
        counted,
        keys_moved(now.facts),
        wanted,
        now.drawings,
        now.share,
        now.smallest,
    )
    open_ = {key: minor for key, minor in award.withheld.items() if key not in closed}
    kept = {key: minor for key, minor in award.withheld.items() if key in closed} | dict(wanted)
    held = waiting(replace(award, withheld=kept, ceded=ceded), now.every_fact, now.suspended_from, now.given_back)
    if (open_, dict(award.ceded), dict(award.held)) == (wanted, ceded, held):
        return None
    # What is due today and not sent would count as the past at its arrival, and the past is one sum: it moves on.
    schedule = tuple(
        part if part.key in closed or part.due_on > now.today else replace(part, due_on=now.soonest)
        for part in award.schedule
    )
    version = award.version if now.fresh else award.version + 1
    return replace(award, version=version, schedule=schedule, withheld=kept, ceded=ceded, held=held)
