"""Layouts of banks' tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from services.payments import tables as t

la = t.statement_layout


def layouts(connection: Connection) -> Sequence[Row[Any]]:
    """Every layout without its example, those that wait first, then by account and name, the newest version first."""
    waits = la.c.state.in_(("draft", "proposed"))
    query = select(*(c for c in la.c if c.name != "example"))
    query = query.order_by(waits.desc(), la.c.account, la.c.name, la.c.version.desc())
    found: Sequence[Row[Any]] = connection.execute(query).all()
    return found


def layouts_in_use(connection: Connection) -> Sequence[Row[Any]]:
    """Confirmed layouts, by account and name."""
    query = select(la).where(la.c.state == "confirmed").order_by(la.c.account, la.c.name)
    found: Sequence[Row[Any]] = connection.execute(query).all()
    return found


def layout(connection: Connection, layout_id: str, *, lock: bool = False) -> Row[Any] | None:
    """One layout with its example."""
    query = select(la).where(la.c.id == layout_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def last_version(connection: Connection, account: str, name: str) -> int:
    """The highest version of a layout that somebody proposed; 0 where there is none."""
    query = select(func.coalesce(func.max(la.c.version), 0)).where(la.c.account == account, la.c.name == name)
    return int(connection.scalar(query.where(la.c.state != "draft")) or 0)


def add_layout(connection: Connection, **values: Any) -> None:
    connection.execute(insert(la).values(**values))


def save_layout(connection: Connection, layout_id: str, **values: Any) -> None:
    connection.execute(update(la).where(la.c.id == layout_id).values(**values))


def end_layouts_in_use(connection: Connection, account: str, name: str, **values: Any) -> None:
    """What was in use under a name gives way to its next version."""
    in_use = (la.c.account == account, la.c.name == name, la.c.state == "confirmed")
    connection.execute(update(la).where(*in_use).values(**values))
