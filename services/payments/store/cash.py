"""Vouchers and the cash boxes of the offices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from services.payments import tables as t
from services.payments.domain.cash import LIVE
from shared.database import within

v, b, m = t.voucher, t.cash_box, t.cash_move


def voucher(connection: Connection, order_id: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(v).where(v.c.order_id == order_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def voucher_numbered(connection: Connection, number: str) -> Row[Any] | None:
    return connection.execute(select(v).where(v.c.number == number)).first()


def update_voucher(connection: Connection, order_id: str, **values: Any) -> Row[Any]:
    """Change a voucher; its version rises by one."""
    change = update(v).where(v.c.order_id == order_id).values(version=v.c.version + 1, **values).returning(v)
    return connection.execute(change).one()


def live_vouchers(connection: Connection, office: str | None) -> Sequence[Row[Any]]:
    """Vouchers nobody has collected, of one office or of all, the first to expire first."""
    query = select(v).where(v.c.state.in_(LIVE)).order_by(v.c.valid_until, v.c.number)
    return connection.execute(query if office is None else query.where(within(v.c.office_id, office))).all()


def overdue_vouchers(connection: Connection, today: date) -> list[str]:
    """Orders whose voucher was valid until a day that is over."""
    return list(connection.scalars(select(v.c.order_id).where(v.c.state.in_(LIVE), v.c.valid_until < today)))


def open_box(connection: Connection, office: str, currency: str, *, lock: bool = False) -> Row[Any] | None:
    """The box of an office that is open, of whichever day."""
    query = select(b).where(b.c.office_id == office, b.c.currency == currency, b.c.state == "open")
    return connection.execute(query.with_for_update() if lock else query).first()


def box(connection: Connection, box_id: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(b).where(b.c.id == box_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def last_box(connection: Connection, office: str, currency: str) -> Row[Any] | None:
    """The box of an office that was closed last."""
    query = select(b).where(b.c.office_id == office, b.c.currency == currency, b.c.state == "closed")
    return connection.execute(query.order_by(b.c.day.desc()).limit(1)).first()


def in_box(connection: Connection, row: Row[Any]) -> int:
    """Minor units that a box should hold: what it opened with and what came and went."""
    moved = connection.scalar(select(func.coalesce(func.sum(m.c.minor), 0)).where(m.c.box_id == row.id))
    return int(row.opening_minor + (moved or 0))


def moves_of_box(connection: Connection, box_id: str) -> Sequence[Row[Any]]:
    return connection.execute(select(m).where(m.c.box_id == box_id).order_by(m.c.at, m.c.id)).all()


def boxes(connection: Connection, office: str | None, *, most: int = 60) -> Sequence[Row[Any]]:
    """Boxes of one office or of all, the newest first."""
    query = select(b).order_by(b.c.day.desc(), b.c.office_id).limit(most)
    return connection.execute(query if office is None else query.where(within(b.c.office_id, office))).all()
