"""Decisions and appeals as they lie in the database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, FromClause, and_, func, select

from services.benefits import tables as t
from services.benefits.domain.annulment import AnnulmentState
from services.benefits.domain.appeal import Appeal, AppealState
from services.benefits.domain.award import Instalment
from services.benefits.domain.decision import Decision, DecisionState, Kind
from services.benefits.domain.ids import AppealId, ClaimId
from services.benefits.domain.outlook import Outlook
from services.benefits.store.claims import read_judged
from services.benefits.store.rows import Member, Shape, json_of, kind, list_of, money
from shared.act import Act

SCHEDULE = kind("schedule", lambda said: tuple(map(Instalment.from_json, said)), list_of)
DECISION = Shape(
    Decision,
    t.decision,
    kind=kind("kind", Kind),
    state=kind("state", DecisionState),
    kept=Member(lambda row: row.assessment, lambda said: {"assessment": said}),
    total=money("total_minor"),
    difference=money("difference_minor"),
    schedule=SCHEDULE,
    judged=kind("judged", read_judged, json_of),
    outlook=kind("outlook", Outlook.from_json, Outlook.json),
)
APPEAL = Shape(Appeal, t.appeal, state=kind("state", AppealState))
d, a = t.decision.c, t.appeal.c


def counts(decision: FromClause = t.decision) -> ColumnElement[bool]:
    """Whether a decision is the institution's and counts: not once it is annulled, nor those whose place it took. All
    that asks what was decided asks this way; what asks what was ever made asks for `final` ones."""
    x, n = decision.c, t.annulment.c
    runs = select(n.id).where(n.claim_id == x.claim_id, n.state == AnnulmentState.RUNS, n.up_to >= x.no)
    return and_(x.state == DecisionState.FINAL, ~runs.exists())


def get(act: Act, id_: str, claim_id: str | None = None, *, lock: bool = False) -> Decision:
    """A decision, on this claim where one is named. Raises `NotHere`."""
    of_claim = [d.claim_id == claim_id] if claim_id is not None else []
    return DECISION.one(act, d.id == id_, *of_claim, lock=lock)


def final(act: Act, id_: str) -> Decision:
    """A decision that is the institution's, annulled or not: its letter is as it was. Raises `NotHere`."""
    return DECISION.one(act, d.id == id_, d.state == DecisionState.FINAL)


def of_claim(act: Act, id_: ClaimId) -> list[Decision]:
    return DECISION.all(act, DECISION.select(d.claim_id == id_).order_by(d.no))


def last_final(act: Act, id_: ClaimId) -> Decision | None:
    """The decision that stands."""
    query = DECISION.select(d.claim_id == id_, counts()).order_by(d.no.desc()).limit(1)
    return next(iter(DECISION.all(act, query)), None)


def standing(act: Act, claim_ids: Collection[ClaimId]) -> dict[ClaimId, Decision]:
    """The decision that stands on each of these claims."""
    query = DECISION.select(d.claim_id.in_(claim_ids), counts()).order_by(d.no)
    return {found.claim_id: found for found in DECISION.all(act, query)}


def ever_final(act: Act, id_: ClaimId) -> bool:
    """Whether a decision was ever made on this claim, annulled or not."""
    query = select(d.id).where(d.claim_id == id_, d.state == DecisionState.FINAL)
    return act.connection.scalar(query.limit(1)) is not None


def proposed(act: Act, id_: ClaimId) -> Decision | None:
    """The proposal that waits for a second person."""
    return DECISION.maybe(act, d.claim_id == id_, d.state == DecisionState.PROPOSED)


def next_no(act: Act, id_: ClaimId) -> int:
    return (act.connection.scalar(select(func.max(d.no)).where(d.claim_id == id_)) or 0) + 1


def add(act: Act, decision: Decision) -> None:
    DECISION.add(act, decision)


def save(act: Act, before: Decision, after: Decision) -> Decision:
    DECISION.save(act, before, after)
    return after


def appeal(act: Act, id_: str, *, lock: bool = False) -> Appeal:
    """An appeal. Raises `NotHere`."""
    return APPEAL.one(act, a.id == id_, lock=lock)


def appeals(act: Act, id_: ClaimId) -> list[Appeal]:
    return APPEAL.all(act, APPEAL.select(a.claim_id == id_).order_by(a.lodged_on))


def open_appeal(act: Act, id_: ClaimId) -> Appeal | None:
    """The appeal on this claim that is not decided."""
    return APPEAL.maybe(act, a.claim_id == id_, a.state != AppealState.DECIDED)


def add_appeal(act: Act, appeal: Appeal) -> None:
    APPEAL.add(act, appeal)


def save_appeal(act: Act, before: Appeal, after: Appeal) -> Appeal:
    APPEAL.save(act, before, after)
    return after


def move_appeal(act: Act, id_: AppealId, state: AppealState) -> None:
    before = appeal(act, id_)
    act.connection.execute(t.appeal.update().where(a.id == before.id).values(state=state))
