"""Suspensions of the payments of a claim, as they are kept."""

from __future__ import annotations

from sqlalchemy import or_

from services.benefits import tables as t
from services.benefits.domain.claim import SUSPENDED, Claim
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.suspension import HOLDS, Ended, Ground, Suspension, SuspensionState
from services.benefits.store import claims
from services.benefits.store.rows import Member, Shape, kind, of_office
from shared.act import Act
from shared.period import Period

SUSPENSION = Shape(
    Suspension,
    t.suspension,
    ground=kind("ground", Ground.from_json, lambda ground: ground.json()),
    state=kind("state", SuspensionState),
    ended=kind("ended", Ended),
    held=Member(
        lambda row: Period(row.held_from, row.held_to) if row.held_from is not None else None,
        lambda held: {"held_from": held.first if held else None, "held_to": held.last if held else None},
    ),
)
c = t.suspension.c


def get(act: Act, id_: str, *, lock: bool = False) -> Suspension:
    """A suspension. Raises `NotHere`."""
    return SUSPENSION.one(act, c.id == id_, lock=lock)


def of_claim(act: Act, id_: ClaimId) -> list[Suspension]:
    """All that were ever asked for, the oldest first."""
    return SUSPENSION.all(act, SUSPENSION.select(c.claim_id == id_).order_by(c.proposed_at, c.id))


def proposed(act: Act, id_: ClaimId) -> Suspension | None:
    """The one that waits for a second person."""
    return SUSPENSION.maybe(act, c.claim_id == id_, c.state == SuspensionState.PROPOSED)


def holding(act: Act, id_: ClaimId) -> Suspension | None:
    """The one because of which payments wait."""
    return SUSPENSION.maybe(act, c.claim_id == id_, c.state.in_(HOLDS))


def settling(act: Act, id_: ClaimId) -> Suspension | None:
    """The one whose ground held on some days, until the claim is decided again."""
    return SUSPENSION.maybe(act, c.claim_id == id_, c.state == SuspensionState.SETTLING)


def to_look_at(act: Act) -> list[tuple[Suspension, Claim]]:
    """What waits for a second person, or whose day to look again has come, while its claim waits for something else."""
    due = or_(c.state == SuspensionState.PROPOSED, (c.state == SuspensionState.RUNS) & (c.look_again_on <= act.today))
    k = t.claim.c
    beside = k.waits_reason.is_(None) | k.waits_reason.not_in(SUSPENDED)
    query = SUSPENSION.select(due, beside, of_office(act, t.claim)).join(t.claim, k.id == c.claim_id)
    found = SUSPENSION.all(act, query.order_by(c.look_again_on, c.id))
    return [(one, claims.present(act, one.claim_id)) for one in found]


def add(act: Act, suspension: Suspension) -> None:
    SUSPENSION.add(act, suspension, proposed_at=act.now)


def save(act: Act, before: Suspension, after: Suspension) -> Suspension:
    SUSPENSION.save(act, before, after)
    return after
