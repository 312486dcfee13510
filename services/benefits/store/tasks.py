"""Whose task each claim is, and the parts of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, any_, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.account import AccountState
from services.benefits.domain.claim import ENDED, OPEN, OTHERS, Claim, ClaimState, ListedClaim, Whom
from services.benefits.domain.decision import DecisionState
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.task import Colleague, Order, Step, Task, TaskChange
from services.benefits.store import claims
from services.benefits.store.rows import Shape, kind, of_office
from shared.act import Act, sees

TASK = Shape(Task, t.claim_task)
CHANGE = Shape(TaskChange, t.claim_task_change, what=kind("what", Step))
c, k, d = t.claim.c, t.claim_task.c, t.decision.c
#: Roles that decide: a claim is in the hands of one of them.
DECIDE = ("officer", "supervisor")


@dataclass(frozen=True, slots=True)
class Queued:
    """A claim in the queue and whose task it is."""

    listed: ListedClaim
    task: Task


def get(act: Act, claim_id: ClaimId) -> Task:
    """Whose task a claim is; nobody's where nothing was said."""
    return TASK.maybe(act, k.claim_id == claim_id) or Task(claim_id)


def save(act: Act, task: Task) -> None:
    put = upsert(t.claim_task).values(**TASK.columns(task))
    written = {name: put.excluded[name] for name in TASK.names if name != "claim_id"}
    act.connection.execute(put.on_conflict_do_update(index_elements=["claim_id"], set_=written))


def add_change(act: Act, claim_id: ClaimId, change: TaskChange) -> None:
    CHANGE.add(act, change, claim_id=claim_id, by=act.actor.id, at=act.now)


def changes(act: Act, claim_id: ClaimId) -> list[TaskChange]:
    """How a claim went from hand to hand, the latest first."""
    x = t.claim_task_change.c
    return CHANGE.all(act, CHANGE.select(x.claim_id == claim_id).order_by(x.no.desc()))


def forget(act: Act, claim_id: ClaimId) -> None:
    """The claim is nobody's task any more; how it went from hand to hand stays."""
    none = dict.fromkeys(("holder", "holder_name", "held_since", "rests_until", "rests_why", "rests_version"))
    act.connection.execute(t.claim_task.update().where(k.claim_id == claim_id).values(**none))


def colleagues(act: Act, claim: Claim) -> list[Colleague]:
    """Who decides in the claim's office, or in one above it, by name."""
    a = t.account.c
    decides = or_(*(literal(role) == any_(a.roles) for role in DECIDE))
    query = select(a.id, a.name, a.office_id).where(decides, a.state == AccountState.ACTIVE).order_by(a.name, a.id)
    return [Colleague(x.id, x.name) for x in act.connection.execute(query) if sees(x.office_id, claim.office_id)]


# --- the queue ---------------------------------------------------------------------------------


def _parts(act: Act) -> dict[str, ColumnElement[bool]]:
    """What stands in each part of the queue. Whatever waits stands in exactly one; what nobody waits for has a part of
    its own, which must be empty."""
    rests = and_(k.rests_until > act.today, k.rests_version == c.version).is_(True)
    mine, anybodys = (k.holder == act.actor.id).is_(True), k.holder.is_(None)
    own = select(d.id).where(d.claim_id == c.id, d.state == DecisionState.PROPOSED, d.proposed_by == act.actor.id)
    proposed = own.exists() & (c.waits_for == Whom.SUPERVISOR)
    here = c.state.in_({*OPEN, *ENDED} - {ClaimState.DRAFT})
    officer, supervisor = here & (c.waits_for == Whom.OFFICER), here & (c.waits_for == Whom.SUPERVISOR) & ~proposed
    confirms = act.actor.has("supervisor", "auditor")
    return {
        "mine": ~rests & mine & (officer | supervisor),
        "confirm": supervisor & ~rests & ~mine if confirms else false(),
        "decide": officer & ~rests & anybodys,
        "colleagues": ~rests & ~anybodys & ~mine & officer,
        "proposals": here & proposed,
        "rests": rests & (officer | supervisor),
        "waiting": here & c.waits_for.in_(OTHERS),
        "drafts": c.state == ClaimState.DRAFT,
        "nobody": c.state.in_(OPEN - {ClaimState.DRAFT}) & c.waits_for.is_(None),
    }


def counts(act: Act) -> dict[str, int]:
    """How many claims each part of the asker's queue holds, however many there are."""
    parts = _parts(act)
    found = [func.count().filter(where).label(name) for name, where in parts.items()]
    query = select(*found).select_from(t.claim.outerjoin(t.claim_task, k.claim_id == c.id))
    # What is over is not counted: almost all claims of an old office are.
    there = or_(c.waits_for.is_not(None), c.state.in_(OPEN))
    row = act.connection.execute(query.where(of_office(act, t.claim), there)).one()
    return dict(row._mapping)


_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.AGE: (c.received_on, c.number),
    Order.AMOUNT: (k.likely_minor.desc().nulls_last(), c.received_on, c.number),
    Order.RISK: (k.open_doubts.desc().nulls_last(), k.likely_minor.desc().nulls_last(), c.received_on, c.number),
}


def queue(act: Act, part: str, *, order: Order = Order.AGE, skip: int = 0, most: int) -> list[Queued]:
    """Claims of a part of the asker's queue."""
    query = (
        claims.with_names()
        .add_columns(*(column.label(f"task_{column.name}") for column in t.claim_task.c))
        .outerjoin(t.claim_task, k.claim_id == c.id)
        .where(of_office(act, t.claim), _parts(act)[part])
        .order_by(*_ORDERS[order])
        .offset(skip)
        .limit(most)
    )
    return [_queued(row) for row in act.connection.execute(query)]


def _queued(row: Any) -> Queued:
    listed = claims.listed_of(row)
    said = {name: getattr(row, f"task_{name}") for name in TASK.names}
    return Queued(listed, Task(**said | {"claim_id": listed.claim.id, "changes": said["changes"] or 0}))


def unweighed(act: Act, most: int) -> list[ClaimId]:
    """Claims that wait to be decided and have changed since they were weighed."""
    query = (
        select(c.id)
        .outerjoin(t.claim_task, k.claim_id == c.id)
        .where(
            c.state.in_(OPEN - {ClaimState.DRAFT}),
            c.waits_for == Whom.OFFICER,
            k.weighed_version.is_distinct_from(c.version),
        )
        .order_by(c.id)
        .limit(most)
    )
    return [ClaimId(x) for x in act.connection.scalars(query)]
