"""Set-off against another claim: what was paid too much on one claim is kept back from the instalments of another.

One person, two awards. The award that pays keeps its amounts whole: what is kept back from it counts as paid there and
as come back where it was paid too much, so that both claims together are owed what they were. It counts once less has
moved than was due, never before; and never more stands kept back than was paid too much there and has not come back
otherwise. What a version of the schedule no longer has is simply no longer counted: it is owed where it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.benefits.domain.award import MOVED, Ceded, Instalment, Key, PaymentFact
from services.benefits.domain.ids import ClaimId, RecoveryId
from shared.money import Money
from shared.period import Period


@dataclass(frozen=True, slots=True)
class Drawing:
    """A recovery that draws, or once drew, on an award."""

    recovery_id: RecoveryId
    #: The claim on which too much was paid.
    claim_id: ClaimId
    #: It runs and nothing rests: instalments to come may be kept back for it.
    runs: bool
    #: Minor units that may stand kept back for it: paid too much there, less what came back otherwise.
    most: int
    #: Minor units that are to be kept back in all: the same, less what was let go.
    wanted: int


@dataclass(frozen=True, slots=True)
class SetOff:
    """What one instalment has brought to another claim; undone where it no longer counts."""

    id: str
    recovery_id: RecoveryId
    claim_id: ClaimId
    from_claim_id: ClaimId
    component: str
    no: int
    period: Period
    amount: Money
    counted_on: date
    undone_on: date | None = None

    @property
    def key(self) -> Key:
        return Key(self.component, self.no)


def counted(
    schedule: Iterable[Instalment],
    ceded: Mapping[Key, Ceded],
    withheld: Mapping[Key, int],
    facts: Iterable[PaymentFact],
    drawings: Collection[Drawing],
    *,
    running: bool,
) -> dict[Key, Ceded]:
    """What has really been kept back, of instalments that have moved: the part by which less moved than was due.

    The earliest come first up to the most that may stand. An award that has ended can pay nothing out again, so what
    was kept back from it stays.
    """
    moved: dict[Key, int] = defaultdict(int)
    for fact in facts:
        if fact.state in MOVED:
            moved[fact.key] += fact.amount.minor
    room = {drawing.recovery_id: drawing.most for drawing in drawings}
    found = {}
    for part in sorted(schedule, key=lambda p: (p.due_on, p.no, p.component)):
        kept = ceded.get(part.key)
        if kept is None or part.key not in moved:
            continue
        short = part.amount.minor - withheld.get(part.key, 0) - moved[part.key]
        minor = max(0, min(kept.minor, short))
        if running:
            minor = min(minor, room.get(kept.recovery_id, 0))
            room[kept.recovery_id] = room.get(kept.recovery_id, 0) - minor
        if minor:
            found[part.key] = Ceded(minor, kept.recovery_id)
    return found


def cede(
    schedule: Sequence[Instalment],
    closed: Collection[Key],
    before: Mapping[Key, Ceded],
    counted_: Mapping[Key, Ceded],
    gone: Collection[Key],
    own: Mapping[Key, int],
    drawings: Iterable[Drawing],
    share: Fraction,
    smallest: int,
) -> dict[Key, Ceded]:
    """What is kept back from each instalment: what counts, what is about to leave as it is, and of those to come at
    most `share`, less what the award keeps back for itself (`own`), never the whole of one. `gone` has moved.

    Minor units, the soonest first, rounded down to the `smallest` amount that is paid.
    """
    found = dict(counted_)
    for drawing in drawings:
        if not drawing.runs:
            continue
        left = drawing.wanted - sum(c.minor for c in counted_.values() if c.recovery_id == drawing.recovery_id)
        for part in sorted(schedule, key=lambda p: (p.due_on, p.no, p.component)):
            most = part.amount.minor - own.get(part.key, 0)
            if part.key in found or left <= 0:
                continue
            if part.key in closed:
                # Due and not sent: it leaves as it was announced, or whole where it is not needed any more.
                known = before.get(part.key)
                minor = known.minor if known is not None and known.recovery_id == drawing.recovery_id else 0
                minor = 0 if part.key in gone or minor > left else minor
            else:
                minor = min(left, int(part.amount.minor * share) - own.get(part.key, 0)) // smallest * smallest
            if 0 < minor < most:
                found[part.key] = Ceded(minor, drawing.recovery_id)
                left -= minor
    return found


def carried(
    before: Mapping[Key, Ceded], live: Collection[Key], schedule: Iterable[Instalment], past: Collection[Key]
) -> dict[Key, Ceded]:
    """What a new version of the schedule takes over: what counts of instalments that it still has in its past."""
    amounts = {part.key: part.amount.minor for part in schedule if part.key in past}
    return {
        key: Ceded(min(kept.minor, amounts[key]), kept.recovery_id)
        for key, kept in before.items()
        if key in live and amounts.get(key, 0) > 0
    }
