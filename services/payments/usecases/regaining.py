"""After a restore: what our own forgotten events say of orders that had left is put back, before anything is planned.

The others kept those events. An order that was sent stands again under its own id and reference, without an answer or
with the one we had told; the channel is asked about it like about every other, and its statements are read anew. What
was only planned and never left is told as cancelled: the replayed schedules plan it again under an id of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain import run as rules
from services.payments.domain.order import LIVE, UNSENT, OrderState
from services.payments.domain.run import RunState, control_totals
from services.payments.institution import institution
from services.payments.usecases.answers import run_follows
from services.payments.usecases.awards import replan
from services.payments.usecases.moves import move_order
from services.payments.usecases.runs import content_changed
from shared import jobs, messaging, restored
from shared.act import Act
from shared.ids import uuid4
from shared.jobs import JobRun, Later
from shared.logs import log
from shared.money import Money
from shared.tables import outbox

#: Which end of an order an event of ours told.
_ENDS = {
    "payments.order.rejected": OrderState.REJECTED,
    "payments.order.cancelled": OrderState.CANCELLED,
    "payments.instalment.paid": OrderState.SETTLED,
    "payments.instalment.returned": OrderState.RETURNED,
}
_SENT = "payments.order.sent"
_OPENED = ("payments.order.planned", "payments.order.held")


def put_back(act: Act) -> None:
    """Every order that a forgotten event says was sent; called once the others have told what they heard."""
    found_at = restored.current(act.connection).found_at
    rows = _forgotten(act, found_at)
    runs: dict[str, str] = {}
    for row in rows:
        data = row.body["data"]
        if row.type == _SENT:
            _sent_again(act, data, runs)
        elif row.type in _ENDS:
            _ended_again(act, data, _ENDS[row.type])
    for run_id in runs.values():
        _count(act, run_id)
        run_follows(act, run_id)
        jobs.post_job(act, "enquire_unknown", run_id, {"run_id": run_id})
    jobs.post_job(act, "after_restore", found_at.isoformat(), {"found_at": found_at.isoformat()})


def after_restore(job: JobRun) -> Later | None:
    """Once all that came again is carried out: awards are planned anew, and what nobody will pay is taken back."""
    with job.begin() as act:
        hold = restored.current(act.connection)
        if hold is not None and hold.waits_for is not None:
            return Later(reason="restored")
        rows = _forgotten(act, datetime.fromisoformat(job.payload["found_at"]))
        for award_id in sorted({row.body["data"]["award_id"] for row in rows if "award_id" in row.body["data"]}):
            if store.lock_award(act.connection, award_id) is not None:
                replan(act, award_id)
        opened = {r.body["data"]["order_id"]: r.body["data"] for r in rows if r.type in _OPENED}
        ended = {r.body["data"]["order_id"] for r in rows if r.type == "payments.order.cancelled"}
        for order_id, data in opened.items():
            if order_id not in ended and store.order(act.connection, order_id) is None:
                told = {name: data[name] for name in _KEPT} | {"reason": "schedule_changed"}
                story = act.about(data["claim_id"])
                messaging.post(story, "payments.order.cancelled", subject=order_id, person=data["person_id"], data=told)
        for channel, currency in store.roads_sent(act.connection):
            road = {"channel": channel, "currency": currency}
            jobs.post_job(act, "fetch_statement", f"{channel}:{currency}:{job.key}", road)
    return None


#: What every event about an order carries.
_KEPT = (
    *("order_id", "reference", "award_id", "claim_id", "claim_number", "person_id", "office_id"),
    *("component", "no", "amount"),
)


def _forgotten(act: Act, found_at: datetime) -> Sequence[Any]:
    """Our own events that others told us since a restore was found, each person's in their order."""
    query = select(outbox.c.type, outbox.c.body).where(outbox.c.regained_at >= found_at)
    return act.connection.execute(query.order_by(outbox.c.person, outbox.c.sequence)).all()


def _sent_again(act: Act, data: Mapping[str, Any], runs: dict[str, str]) -> None:
    row = store.order(act.connection, data["order_id"], lock=True)
    if row is not None and row.state not in UNSENT:
        return
    channel = row.channel if row is not None else data.get("channel") or institution().channels[0].name
    sent_on = date.fromisoformat(data["sent_on"])
    run_id = runs.get(data["run_id"])
    if run_id is None:
        run_id = runs[data["run_id"]] = _run(act, data["run_id"], channel, data["amount"]["currency"], sent_on)
    if row is not None:
        _leave_run(act, row)
    else:
        _make_room(act, data)
    before = OrderState(row.state) if row is not None else None
    values = {"state": OrderState.UNKNOWN, "sent_on": sent_on, "run_id": run_id, "regained_on": act.today}
    if row is not None:
        cleared: dict[str, Any] = {"reason": None, "reason_since": None, "reason_by": None}
        change = update(t.payment_order).where(t.payment_order.c.id == row.id)
        now = act.connection.execute(
            change.values(**values, **cleared, version=row.version + 1).returning(t.payment_order)
        ).one()
    else:
        now = act.connection.execute(
            insert(t.payment_order).values(**_order(act, data, channel), **values).returning(t.payment_order)
        ).one()
    act.connection.execute(
        insert(t.order_move).values(
            order_id=now.id,
            version=now.version,
            before=before,
            after=OrderState.UNKNOWN,
            by=act.actor.id,
            at=act.now,
            on_day=act.today,
            note="restored",
        )
    )
    steps = [(OrderState.APPROVED, OrderState.SENT)]
    if before is not OrderState.APPROVED:
        steps.insert(0, (OrderState.PLANNED, OrderState.APPROVED))
    amount = Money(now.amount_minor, now.currency)
    for n, (one, two) in enumerate(steps):
        for entry in ledger.entries_for_move(one, two, amount, now.component, ledger.money_of(channel)):
            store.post_entry(
                act, entry, cause=f"{now.id}:{now.version}:{n}", on=sent_on, order_id=now.id, run_id=run_id
            )
    item = {"run_id": run_id, "order_id": now.id, "warnings": [], "checked_at": act.now}
    act.connection.execute(insert(t.run_item).values(**item))
    log.warning("order_put_back", order_id=now.id, run_id=run_id)


def _ended_again(act: Act, data: Mapping[str, Any], end: OrderState) -> None:
    """An end that we had told already; where the order was not put back there is nothing to end."""
    row = store.order(act.connection, data["order_id"], lock=True)
    if row is None or row.regained_on is None or row.state not in (OrderState.UNKNOWN, OrderState.SETTLED):
        return
    if (row.state == OrderState.SETTLED) != (end is OrderState.RETURNED):
        return
    day = data.get("paid_on") or data.get("returned_on")
    move_order(act, row, end, reason=data.get("reason"), on=date.fromisoformat(day) if day else None, tells=False)


def _leave_run(act: Act, row: Any) -> None:
    """An order that had left is in no draft and no released run of the backup any more."""
    old = store.run(act.connection, row.run_id, lock=True) if row.run_id is not None else None
    if old is None:
        return
    store.update_item(act.connection, old.id, row.id, taken_out="skipped", taken_by=act.actor.id)
    act.connection.execute(update(t.payment_order).where(t.payment_order.c.id == row.id).values(run_id=None))
    content_changed(act, old)


def _make_room(act: Act, data: Mapping[str, Any]) -> None:
    """The award of a forgotten order, where it is forgotten too, and no other order for the same instalment."""
    known = store.lock_award(act.connection, data["award_id"])
    if known is None:
        names = ("award_id", "claim_id", "claim_number", "person_id", "office_id")
        values = {name: data[name] for name in names} | {"version": 0, "currency": data["amount"]["currency"]}
        store.save_schedule(act.connection, values | {"past": [], "received_on": act.today, "ended": False}, ())
    for other in store.orders_of_award(act.connection, data["award_id"], lock=True):
        same = (other.component, other.no, other.employer_id)
        if same == (data["component"], data["no"], data.get("employer_id")) and other.state in LIVE & UNSENT:
            _leave_run(act, other)
            move_order(act, other, OrderState.CANCELLED, reason="schedule_changed", run_id=None, tells=False)


def _order(act: Act, data: Mapping[str, Any], channel: str) -> dict[str, Any]:
    """A forgotten order as its event tells it; what the event does not say is taken from its day."""
    orders = store.orders_of_award(act.connection, data["award_id"])
    sent_on = date.fromisoformat(data["sent_on"])
    return {
        "id": data["order_id"],
        "serial": max((o.serial for o in orders), default=0) + 1,
        **{name: data[name] for name in ("award_id", "claim_id", "claim_number", "person_id", "office_id")},
        **{name: data[name] for name in ("component", "no", "reference")},
        "employer_id": data.get("employer_id"),
        "first_day": sent_on,
        "last_day": sent_on,
        "kind": "instalment",
        "amount_minor": data["amount"]["minor"],
        "currency": data["amount"]["currency"],
        "due_on": sent_on,
        "uetr": uuid4(act.random),
        "channel": channel,
        "made_on": act.today,
        "version": 1,
    }


def _run(act: Act, lost: str, channel: str, currency: str, sent_on: date) -> str:
    """A sent run that holds the orders of a forgotten one; always the same for the same, and none other."""
    run_id = str(uuid.uuid5(uuid.UUID(lost), "restored"))
    if store.run(act.connection, run_id) is None:
        act.connection.execute(
            insert(t.run).values(
                id=run_id,
                number=rules.run_number(sent_on, store.runs_in_month(act.connection, sent_on)),
                pay_day=sent_on,
                currency=currency,
                channel=channel,
                state=RunState.SENT,
                work="none",
                made_by=act.actor.id,
                made_by_name=act.actor.name,
                made_at=act.now,
                made_on=act.today,
                order_count=0,
                total_minor=0,
                digest="",
                sent_at=act.now,
                sent_on=sent_on,
                executes_on=sent_on,
                message_id=run_id.replace("-", ""),
                file_sha256="",
                version=1,
                regained_on=act.today,
            )
        )
    return run_id


def _count(act: Act, run_id: str) -> None:
    row = store.update_run(act.connection, run_id, regained_on=act.today)
    totals = control_totals(store.run_lines(act.connection, run_id), row.currency)
    store.update_run(
        act.connection,
        run_id,
        order_count=totals.order_count,
        total_minor=totals.total_minor,
        digest=totals.digest,
    )
