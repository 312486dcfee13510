"""Annulments of decisions, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from services.benefits import tables as t
from services.benefits.domain.annulment import Annulment, AnnulmentGround, AnnulmentState
from services.benefits.domain.appeal import ANNULMENT as AGAINST
from services.benefits.domain.appeal import AppealState
from services.benefits.domain.claim import ANNULMENT, Claim, Waiting, Whom
from services.benefits.domain.decision import Decision
from services.benefits.domain.ids import ClaimId
from services.benefits.store import claims, decisions
from services.benefits.store.rows import Shape, kind, money, of_office
from shared.act import Act


def _waited(said: Mapping[str, Any]) -> Waiting:
    until = date.fromisoformat(said["until"]) if said["until"] else None
    return Waiting(Whom(said["whom"]), said["reason"], date.fromisoformat(said["since"]), until, said["words"])


def _waited_json(waits: Waiting) -> dict[str, Any]:
    days = {"since": waits.since.isoformat(), "until": waits.until.isoformat() if waits.until else None}
    return days | {"whom": waits.whom, "reason": waits.reason, "words": waits.words}


SHAPE = Shape(
    Annulment,
    t.annulment,
    ground=kind("ground", AnnulmentGround),
    granted=money("granted_minor"),
    paid=money("paid_minor"),
    state=kind("state", AnnulmentState),
    waited=kind("waited", _waited, _waited_json),
)
c = t.annulment.c


def get(act: Act, id_: str, *, lock: bool = False) -> Annulment:
    """An annulment. Raises `NotHere`."""
    return SHAPE.one(act, c.id == id_, lock=lock)


def of_claim(act: Act, id_: ClaimId) -> list[Annulment]:
    """All that were ever asked for, the oldest first."""
    return SHAPE.all(act, SHAPE.select(c.claim_id == id_).order_by(c.proposed_at, c.id))


def proposed(act: Act, id_: ClaimId) -> Annulment | None:
    """The one that waits for a second person."""
    return SHAPE.maybe(act, c.claim_id == id_, c.state == AnnulmentState.PROPOSED)


def present(act: Act, id_: ClaimId) -> Annulment | None:
    """The one by which nothing stands on the claim now; none once it is decided anew."""
    query = SHAPE.select(c.claim_id == id_, c.state == AnnulmentState.RUNS).order_by(c.up_to.desc()).limit(1)
    found = next(iter(SHAPE.all(act, query)), None)
    return found if found is not None and decisions.last_final(act, id_) is None else None


def was_ours(act: Act, id_: ClaimId) -> bool:
    """Whether a decision on the claim is annulled that the institution made by its own mistake, decided anew or not."""
    return any(one.state is AnnulmentState.RUNS and one.ground.is_ours for one in of_claim(act, id_))


def of_decision(act: Act, decision: Decision) -> Annulment | None:
    """The one because of which a decision does not count."""
    runs = (c.claim_id == decision.claim_id, c.state == AnnulmentState.RUNS, c.up_to >= decision.no)
    return next(iter(SHAPE.all(act, SHAPE.select(*runs).order_by(c.up_to).limit(1))), None)


def to_look_at(act: Act) -> list[tuple[Annulment, Claim]]:
    """What waits for a second person, or for somebody who decides on an objection to it, while its claim waits for
    something else."""
    k, a = t.claim.c, t.appeal.c
    beside = k.waits_reason.is_(None) | k.waits_reason.not_in(ANNULMENT)
    objects = (a.claim_id == c.claim_id, a.finding == AGAINST, a.state != AppealState.DECIDED)
    contested = (c.state == AnnulmentState.RUNS) & c.outcome.is_(None) & select(a.id).where(*objects).exists()
    asked = SHAPE.select((c.state == AnnulmentState.PROPOSED) | contested, beside, of_office(act, t.claim))
    found = SHAPE.all(act, asked.join(t.claim, k.id == c.claim_id).order_by(c.proposed_at, c.id))
    return [(one, claims.present(act, one.claim_id)) for one in found]


def add(act: Act, annulment: Annulment) -> None:
    SHAPE.add(act, annulment, proposed_at=act.now)


def save(act: Act, before: Annulment, after: Annulment) -> Annulment:
    SHAPE.save(act, before, after)
    return after
