"""Money that people paid back: of which line, for which award, and whether it still stands there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from services.payments import tables as t

r = t.repayment
b = t.repayment_back


def stands(repayment_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a repayment was not taken back."""
    return ~select(b.c.id).where(b.c.repayment_id == repayment_id, b.c.state == "final").exists()


def taken_of_lines(connection: Connection, line_ids: Sequence[str]) -> dict[str, int]:
    """{line: minor units} of what statement lines are standing repayments."""
    query = select(r.c.line_id, func.sum(r.c.minor)).where(r.c.line_id.in_(line_ids), stands(r.c.id))
    return {line_id: int(minor) for line_id, minor in connection.execute(query.group_by(r.c.line_id))}


def taken_of_line(connection: Connection, line_id: str) -> int:
    """Minor units of a line that are standing repayments."""
    return taken_of_lines(connection, [line_id]).get(line_id, 0)


def repayment(connection: Connection, repayment_id: str) -> Row[Any] | None:
    return connection.execute(select(r).where(r.c.id == repayment_id)).first()


def repayment_parts(connection: Connection, repayment_id: str) -> Sequence[Row[Any]]:
    """Of which orders a repayment is, with their components."""
    parts, o = t.repayment_part, t.payment_order
    query = select(parts.c.order_id, parts.c.minor, o.c.component, o.c.employer_id).join(o, o.c.id == parts.c.order_id)
    found: list[Row[Any]] = [*connection.execute(query.where(parts.c.repayment_id == repayment_id))]
    return found


def taking_back(connection: Connection, repayment_id: str, *, lock: bool = False) -> Row[Any] | None:
    """What was asked, or decided, about taking a repayment back; none where nothing is open and it stands."""
    query = select(b).where(b.c.repayment_id == repayment_id, b.c.state != "refused")
    return connection.execute(query.with_for_update() if lock else query).first()


def repayments(connection: Connection, most: int = 200) -> Sequence[Row[Any]]:
    """Repayments with their claims and what was asked about taking them back: those that wait for somebody first."""
    award = t.award_schedule
    query = (
        select(
            r,
            award.c.claim_id,
            award.c.claim_number,
            award.c.person_id,
            b.c.state.label("back"),
            b.c.why,
            b.c.asked_by,
            b.c.asked_name,
            b.c.decided_name,
        )
        .join(award, award.c.award_id == r.c.award_id)
        .outerjoin(b, (b.c.repayment_id == r.c.id) & (b.c.state != "refused"))
        .order_by((b.c.state == "proposed").desc().nulls_last(), r.c.taken_at.desc(), r.c.id)
    )
    return connection.execute(query.limit(most)).all()
