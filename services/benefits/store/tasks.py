"""Whose task each claim is, and the parts of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, and_, any_, false, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.account import AccountState
from services.benefits.domain.claim import ENDED, OPEN, OTHERS, Claim, ClaimState, ListedClaim, Origin, Whom
from services.benefits.domain.decision import DecisionState
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.task import Colleague, Order, Step, Task, TaskChange
from services.benefits.store import claims
from services.benefits.store.rows import Shape, kind, of_office
from shared.act import Act, sees
from shared.reading.names import order_key

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


def save_weight(act: Act, task: Task) -> None:
    """What a claim weighs, and nothing of who has it."""
    names = ("likely_minor", "open_doubts", "by_hand", "weighed_version")
    put = upsert(t.claim_task).values(**{name: TASK.columns(task)[name] for name in (*names, "claim_id")})
    set_ = {name: put.excluded[name] for name in names}
    act.connection.execute(put.on_conflict_do_update(index_elements=["claim_id"], set_=set_))


def next_no(act: Act, claim_id: ClaimId) -> int:
    x = t.claim_task_change.c
    return (act.connection.scalar(select(func.max(x.no)).where(x.claim_id == claim_id)) or 0) + 1


def wake(act: Act, claim_id: ClaimId) -> None:
    """What was laid aside comes back: something about it has come in."""
    none = dict.fromkeys(("rests_until", "rests_why", "rests_version"))
    act.connection.execute(t.claim_task.update().where(k.claim_id == claim_id).values(**none))


def release(act: Act, holder: str) -> None:
    """Somebody does not come in any more: what she had in hand is anybody's."""
    none = dict.fromkeys(("holder", "holder_name", "held_since", "rests_until", "rests_why", "rests_version"))
    act.connection.execute(t.claim_task.update().where(k.holder == holder).values(**none))


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
    query = select(a.id, a.name, a.office_id).where(decides, a.state == AccountState.ACTIVE)
    found = [Colleague(x.id, x.name) for x in act.connection.execute(query) if sees(x.office_id, claim.office_id)]
    return sorted(found, key=lambda one: (order_key(one.name), one.id))


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
        # who does not confirm still sees what waits for a supervisor
        "colleagues": ~rests & ~mine & ((officer & ~anybodys) | (false() if confirms else supervisor)),
        "proposals": here & proposed,
        "rests": rests & (officer | supervisor),
        "waiting": here & c.waits_for.in_(OTHERS),
        "started": (c.state == ClaimState.DRAFT) & (c.origin == Origin.PHONE),
        "drafts": (c.state == ClaimState.DRAFT) & (c.origin != Origin.PHONE),
        "nobody": c.state.in_(OPEN - {ClaimState.DRAFT}) & c.waits_for.is_(None),
    }


def _there() -> ColumnElement[bool]:
    """What is over is not looked at: almost all claims of an old office are. In the words of the index
    `claim_waiting`, so that it is used."""
    return literal_column(
        "(claim.waits_for IS NOT NULL OR claim.state IN ('draft', 'submitted', 'returned', 'in_assessment'))", Boolean
    )


def counts(act: Act) -> dict[str, int]:
    """How many claims each part of the asker's queue holds, however many there are."""
    parts = _parts(act)
    found = [func.count().filter(where).label(name) for name, where in parts.items()]
    query = select(*found).select_from(t.claim.outerjoin(t.claim_task, k.claim_id == c.id))
    row = act.connection.execute(query.where(of_office(act, t.claim), _there())).one()
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
        .where(of_office(act, t.claim), _there(), _parts(act)[part])
        .order_by(*_ORDERS[order])
        .offset(skip)
        .limit(most)
    )
    return [_queued(row) for row in act.connection.execute(query)]


def _queued(row: Any) -> Queued:
    listed = claims.listed_of(row)
    said = {name: getattr(row, f"task_{name}") for name in TASK.names}
    return Queued(listed, Task(**said | {"claim_id": listed.claim.id}))


def waiting(act: Act) -> list[ClaimId]:
    """All claims that wait for an officer, whoever asks."""
    query = select(c.id).where(c.state.in_(OPEN - {ClaimState.DRAFT}), c.waits_for == Whom.OFFICER)
    return [ClaimId(x) for x in act.connection.scalars(query.order_by(c.received_on, c.id))]
