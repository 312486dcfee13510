"""Runs with their items and releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select, update

from services.payments import tables as t
from services.payments.domain.order import OrderState
from services.payments.domain.run import Line
from services.payments.store.states import IN_FLIGHT
from shared.money import Money

o = t.payment_order
r = t.run
i = t.run_item


def run(connection: Connection, run_id: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(r).where(r.c.id == run_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def lock_runs(connection: Connection, run_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Runs by id, locked in the order of their ids."""
    ids = sorted(set(run_ids))
    if not ids:
        return {}
    rows = connection.execute(select(r).where(r.c.id.in_(ids)).order_by(r.c.id).with_for_update())
    return {row.id: row for row in rows}


def update_run(connection: Connection, run_id: str, **values: Any) -> Row[Any]:
    """Change a run; its version rises by one."""
    change = update(r).where(r.c.id == run_id).values(version=r.c.version + 1, **values).returning(r)
    return connection.execute(change).one()


def due_orders(connection: Connection, up_to: date) -> Sequence[Row[Any]]:
    """Planned orders due by a day that are in no run, locked; one that somebody else is using is left."""
    return connection.execute(
        select(o)
        .where(o.c.state == OrderState.PLANNED, o.c.run_id.is_(None), o.c.due_on <= up_to)
        .order_by(o.c.due_on, o.c.id)
        .with_for_update(skip_locked=True)
    ).all()


def runs_in_month(connection: Connection, pay_day: date) -> int:
    first = pay_day.replace(day=1)
    return connection.scalar(select(func.count()).select_from(r).where(r.c.number.like(f"{first:%Y-%m}-%"))) or 0


def orders_in_run(connection: Connection, run_id: str, *, lock: bool = False) -> Sequence[Row[Any]]:
    """The orders that are in a run now (not those taken out), in the order of their references."""
    query = select(o).where(o.c.run_id == run_id).order_by(o.c.reference)
    return connection.execute(query.with_for_update() if lock else query).all()


def items(connection: Connection, run_id: str) -> Sequence[Row[Any]]:
    """All items of a run with their orders, those taken out too."""
    return connection.execute(
        select(
            i,
            o.c.reference,
            o.c.amount_minor,
            o.c.currency,
            o.c.component,
            o.c.kind,
            o.c.person_id,
            o.c.claim_number,
            o.c.claim_id,
            o.c.office_id,
            o.c.state,
            o.c.reason,
            o.c.first_day,
            o.c.last_day,
            o.c.no,
            o.c.version.label("order_version"),
            o.c.replaces,
            o.c.uetr,
            o.c.due_on,
            o.c.settled_on,
            o.c.ended_on,
        )
        .join(o, o.c.id == i.c.order_id)
        .where(i.c.run_id == run_id)
        .order_by(o.c.reference)
    ).all()


def run_lines(connection: Connection, run_id: str) -> list[Line]:
    """What the control totals of a run are made of."""
    rows = connection.execute(
        select(o.c.reference, o.c.amount_minor, o.c.currency, i.c.fingerprint)
        .join(i, and_(i.c.order_id == o.c.id, i.c.run_id == o.c.run_id))
        .where(o.c.run_id == run_id, i.c.taken_out.is_(None))
    )
    return [Line(row.reference, Money(row.amount_minor, row.currency), row.fingerprint or "") for row in rows]


def open_warnings(connection: Connection, run_id: str) -> int:
    """Orders of a run with warnings that nobody has judged."""
    return (
        connection.scalar(
            select(func.count())
            .select_from(i)
            .where(
                i.c.run_id == run_id,
                i.c.taken_out.is_(None),
                i.c.judged_by.is_(None),
                func.jsonb_array_length(i.c.warnings) > 0,
            )
        )
        or 0
    )


def approvals(connection: Connection, run_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(t.run_approval).where(t.run_approval.c.run_id == run_id).order_by(t.run_approval.c.at)
    ).all()


def update_item(connection: Connection, run_id: str, order_id: str, **values: Any) -> None:
    connection.execute(update(i).where(i.c.run_id == run_id, i.c.order_id == order_id).values(**values))


def leave_run(connection: Connection, run_id: str, order_ids: Sequence[str], channel: str) -> None:
    """Orders of a draft that leave over another channel: they are in no run, as if they had never been in this one."""
    connection.execute(update(o).where(o.c.id.in_(order_ids)).values(run_id=None, channel=channel))
    connection.execute(delete(i).where(i.c.run_id == run_id, i.c.order_id.in_(order_ids)))


def states_in_run(connection: Connection, run_id: str) -> set[OrderState]:
    """Whether orders of a run wait for an answer (`sent`) and whether some do not (`settled`): two quick looks."""
    waits = select(o.c.id).where(o.c.run_id == run_id, o.c.state.in_(IN_FLIGHT)).limit(1)
    ended = select(o.c.id).where(o.c.run_id == run_id, o.c.state.not_in(IN_FLIGHT)).limit(1)
    found = set()
    if connection.execute(waits).first() is not None:
        found.add(OrderState.SENT)
    if connection.execute(ended).first() is not None:
        found.add(OrderState.SETTLED)
    return found


def run_before(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """The run sent last before this one in the same currency, to compare with."""
    same = (r.c.currency == row.currency, r.c.channel == row.channel)
    query = select(r).where(*same, r.c.id != row.id, r.c.sent_at.is_not(None))
    if row.sent_at is not None:
        query = query.where(r.c.sent_at < row.sent_at)
    return connection.execute(query.order_by(r.c.sent_at.desc()).limit(1)).first()
