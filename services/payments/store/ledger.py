"""Entries of the ledger and their balances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.payments import tables as t
from services.payments.domain.ledger import Entry
from shared.act import Act
from shared.database import copy_in


def post_entry(
    act: Act,
    entry: Entry,
    *,
    cause: str,
    on: date,
    order_id: str | None = None,
    line_id: str | None = None,
    run_id: str | None = None,
) -> bool:
    """Write an entry once for its cause; false when that cause has its entry already."""
    entry_id = act.new_id()
    put = (
        upsert(t.ledger_entry)
        .values(
            id=entry_id,
            cause=cause,
            kind=entry.kind,
            order_id=order_id,
            line_id=line_id,
            run_id=run_id,
            happened_on=on,
            recorded_at=act.now,
        )
        .on_conflict_do_nothing(index_elements=["cause"])
        .returning(t.ledger_entry.c.id)
    )
    if act.connection.scalar(put) is None:
        return False
    act.connection.execute(
        insert(t.ledger_posting).values(
            [
                {
                    "entry_id": entry_id,
                    "position": n,
                    "account": p.account,
                    "component": p.component,
                    "minor": p.minor,
                    "currency": p.currency,
                }
                for n, p in enumerate(entry.postings)
            ]
        )
    )
    return True


def post_entries(act: Act, entries: Iterable[tuple[Entry, str, date, str, str | None]]) -> None:
    """Many entries of orders, each with its cause, day, order and run; a cause that has its entry already is a fault.

    Only for causes that cannot come twice: the version of an order, which its own row guards.
    """
    told = [(act.new_id(), *one) for one in entries]
    copy_in(
        act.connection,
        "ledger_entry",
        ("id", "cause", "kind", "order_id", "run_id", "happened_on", "recorded_at"),
        ((own, cause, e.kind, order_id, run_id, on, act.now) for own, e, cause, on, order_id, run_id in told),
    )
    copy_in(
        act.connection,
        "ledger_posting",
        ("entry_id", "position", "account", "component", "minor", "currency"),
        (
            (own, n, p.account, p.component, p.minor, p.currency)
            for own, e, *_ in told
            for n, p in enumerate(e.postings)
        ),
    )


def balances(connection: Connection, *, first: date | None = None, last: date | None = None) -> Sequence[Row[Any]]:
    """Debits, credits and balance for each account, component and currency, over a period or for ever."""
    p, e = t.ledger_posting, t.ledger_entry
    query: Select[Any] = (
        select(
            p.c.account,
            p.c.component,
            p.c.currency,
            func.sum(p.c.minor).label("balance"),
            func.coalesce(func.sum(p.c.minor).filter(p.c.minor > 0), 0).label("debit"),
            func.coalesce(-func.sum(p.c.minor).filter(p.c.minor < 0), 0).label("credit"),
        )
        .join(e, e.c.id == p.c.entry_id)
        .group_by(p.c.account, p.c.component, p.c.currency)
        .order_by(p.c.currency, p.c.account, p.c.component)
    )
    if first is not None:
        query = query.where(e.c.happened_on >= first)
    if last is not None:
        query = query.where(e.c.happened_on <= last)
    found: list[Row[Any]] = [*connection.execute(query)]
    return found


def entries(
    connection: Connection,
    *,
    order_id: str | None = None,
    on: date | None = None,
    after: str | None = None,
    most: int = 100,
) -> Sequence[Row[Any]]:
    """Entries with their postings as a JSON list, in the order in which they were written."""
    p, e = t.ledger_posting, t.ledger_entry
    posting = func.jsonb_build_object(
        "account", p.c.account, "component", p.c.component, "minor", p.c.minor, "currency", p.c.currency
    )
    query = (
        select(e, func.jsonb_agg(posting).label("postings"))
        .join(p, p.c.entry_id == e.c.id)
        .group_by(e.c.id)
        .order_by(e.c.id)
        .limit(most)
    )
    if order_id is not None:
        query = query.where(e.c.order_id == order_id)
    if on is not None:
        query = query.where(e.c.happened_on == on)
    if after is not None:
        query = query.where(e.c.id > after)
    return connection.execute(query).all()
