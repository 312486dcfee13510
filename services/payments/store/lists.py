"""What the pages list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, func, literal, or_, select

from services.payments import tables as t
from services.payments.domain.statement import STILL_OPEN, UNEXPLAINED
from services.payments.store.orders import due, payee
from shared.database import within

o = t.payment_order
r = t.run


def scope(office: str | None) -> Any:
    """Orders of one office, or of all where `office` is none."""
    return literal(True) if office is None else within(o.c.office_id, office)


def list_orders(
    connection: Connection,
    office: str | None,
    filters: Mapping[str, Any],
    *,
    after: tuple[str, str] | None,
    most: int,
) -> Sequence[Row[Any]]:
    """Orders by due day and id, newest first; `filters` name columns, a list meaning any of them."""
    query = select(o, r.c.number.label("run_number")).outerjoin(r, r.c.id == o.c.run_id).where(scope(office))
    for name, value in filters.items():
        if value is None:
            continue
        column = o.c[name]
        query = query.where(column.in_(value) if isinstance(value, list | tuple) else column == value)
    if after is not None:
        day, order_id = date.fromisoformat(after[0]), after[1]
        query = query.where(or_(o.c.due_on < day, and_(o.c.due_on == day, o.c.id < order_id)))
    return connection.execute(query.order_by(o.c.due_on.desc(), o.c.id.desc()).limit(most)).all()


def count_by_state(connection: Connection, office: str | None) -> dict[str, int]:
    query = select(o.c.state, func.count()).where(scope(office)).group_by(o.c.state)
    return {state: int(count) for state, count in connection.execute(query)}


def list_runs(connection: Connection, *, state: str | None, before: str | None, most: int) -> Sequence[Row[Any]]:
    """Runs, newest first; `before` is the id of the last one seen."""
    query = select(r).order_by(r.c.id.desc()).limit(most)
    if state is not None:
        query = query.where(r.c.state == state)
    if before is not None:
        query = query.where(r.c.id < before)
    return connection.execute(query).all()


def list_statements(
    connection: Connection, first: date | None, last: date | None, most: int = 200
) -> Sequence[Row[Any]]:
    s = t.statement
    query = select(s).order_by(s.c.day.desc(), s.c.imported_at.desc()).limit(most)
    if first is not None:
        query = query.where(s.c.day >= first)
    if last is not None:
        query = query.where(s.c.day <= last)
    return connection.execute(query).all()


def lines_of_statement(connection: Connection, statement_id: str) -> Sequence[Row[Any]]:
    lines = t.statement_line
    return connection.execute(
        select(lines)
        .join(t.statement_place, t.statement_place.c.line_id == lines.c.id)
        .where(t.statement_place.c.statement_id == statement_id)
        .order_by(t.statement_place.c.entry, lines.c.part)
    ).all()


def unexplained_lines(connection: Connection, day: date | None = None) -> Sequence[Row[Any]]:
    """Lines in suspense that nobody has explained, of one booking day or of all."""
    lines = t.statement_line
    query = select(lines).where(
        lines.c.match.in_(tuple(UNEXPLAINED)),
        or_(lines.c.resolution.is_(None), lines.c.resolution.in_(STILL_OPEN)),
    )
    if day is not None:
        query = query.where(lines.c.booked_on == day)
    return connection.execute(query.order_by(lines.c.booked_on, lines.c.id)).all()


def sums_by_payee(connection: Connection, run_id: str) -> dict[tuple[str, str], int]:
    """{(payee, component): minor units} of the orders in a run."""
    query = select(payee, o.c.component, func.sum(o.c.amount_minor)).where(o.c.run_id == run_id)
    return {
        (payee_id, component): int(minor)
        for payee_id, component, minor in connection.execute(query.group_by(payee, o.c.component))
    }


def due_unassigned(connection: Connection, up_to: date) -> Sequence[Any]:
    """Ids of planned orders due by a day that are in no run."""
    return connection.scalars(select(o.c.id).where(*due(up_to))).all()


def runs_sent_on(connection: Connection, day: date) -> Sequence[Row[Any]]:
    return connection.execute(select(r).where(r.c.sent_on == day).order_by(r.c.number)).all()


def orders_sent_on(connection: Connection, day: date) -> Sequence[Row[Any]]:
    query = select(o, r.c.number.label("run_number")).join(r, r.c.id == o.c.run_id).where(o.c.sent_on == day)
    return connection.execute(query.order_by(o.c.state, o.c.reference)).all()
