"""All that payments keep about a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from services.payments import tables as t
from shared import kept


def kept_about(connection: Connection, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Every row about her, by table: what was granted, each order and its life, what bank and books say of it."""
    awards = list(connection.execute(select(t.award_schedule).where(t.award_schedule.c.person_id == person_id)))
    orders = list(connection.scalars(select(t.payment_order.c.id).where(t.payment_order.c.person_id == person_id)))
    of_awards = [row.award_id for row in awards]
    repayments = list(connection.scalars(select(t.repayment.c.id).where(t.repayment.c.award_id.in_(of_awards))))
    entries = list(connection.scalars(select(t.ledger_entry.c.id).where(t.ledger_entry.c.order_id.in_(orders))))
    ways = [
        ("person_id", [person_id]),
        ("award_id", of_awards),
        ("order_id", orders),
        ("repayment_id", repayments),
        ("entry_id", entries),
    ]
    ids = [person_id, *(row.claim_id for row in awards), *orders]
    return kept.rows(connection, kept.about(t.metadata, ways, {}) | {"audit": kept.looks(ids)})
