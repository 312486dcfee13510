"""Schedules of benefits and their orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.payments import tables as t
from services.payments.domain.order import AnnouncedInstalment, Key, Order, OrderState
from services.payments.domain.plan import Schedule
from services.payments.store.repayments import stands
from shared.money import Money

o = t.payment_order


def lock_award(connection: Connection, award_id: str) -> Row[Any] | None:
    """The schedule's row, locked until the transaction ends; none where there is none."""
    query = select(t.award_schedule).where(t.award_schedule.c.award_id == award_id).with_for_update()
    return connection.execute(query).first()


def save_schedule(
    connection: Connection, values: Mapping[str, Any], instalments: Iterable[AnnouncedInstalment]
) -> None:
    """Put the latest version of a schedule in the place of the one before."""
    put = upsert(t.award_schedule).values(**values)
    connection.execute(put.on_conflict_do_update(index_elements=["award_id"], set_=dict(values)))
    connection.execute(delete(t.award_instalment).where(t.award_instalment.c.award_id == values["award_id"]))
    rows: dict[Key, dict[str, Any]] = {}
    for n in instalments:
        new = {"award_id": values["award_id"], "component": n.component, "no": n.no, "due_on": n.due_on}
        new |= {"first_day": n.first_day, "last_day": n.last_day, "amount_minor": 0, "advanced": {}}
        row = rows.setdefault(n.key.whole, new)
        row["amount_minor"] += n.amount_minor
        if n.employer:
            row["advanced"][n.employer] = n.amount_minor
    if rows:
        connection.execute(insert(t.award_instalment), list(rows.values()))


def mark_ended(connection: Connection, award_id: str, version: int) -> None:
    connection.execute(
        update(t.award_schedule).where(t.award_schedule.c.award_id == award_id).values(ended=True, version=version)
    )


def schedule(connection: Connection, award: Row[Any]) -> Schedule:
    """A schedule as the domain needs it."""
    rows = connection.execute(select(t.award_instalment).where(t.award_instalment.c.award_id == award.award_id))
    return Schedule(
        award_id=award.award_id,
        version=award.version,
        currency=award.currency,
        instalments=tuple(part for n in rows for part in _parts(n)),
        past=frozenset(Key(component, no) for component, no in award.past),
        ended=award.ended,
    )


def _parts(n: Row[Any]) -> Iterable[AnnouncedInstalment]:
    """What of an instalment is the person's, and what is each employer's."""
    hers = n.amount_minor - sum(n.advanced.values())
    for employer, minor in (("", hers), *sorted(n.advanced.items())):
        yield AnnouncedInstalment(n.no, n.component, n.due_on, minor, n.first_day, n.last_day, employer)


def orders_of_award(connection: Connection, award_id: str, *, lock: bool = False) -> Sequence[Row[Any]]:
    query = select(o).where(o.c.award_id == award_id).order_by(o.c.serial)
    return connection.execute(query.with_for_update() if lock else query).all()


def domain_orders(connection: Connection, award_id: str, rows: Iterable[Row[Any]]) -> list[Order]:
    """The orders of an award with what was paid back of each."""
    parts = t.repayment_part
    query = (
        select(parts.c.order_id, func.sum(parts.c.minor))
        .join(o, o.c.id == parts.c.order_id)
        .where(o.c.award_id == award_id, stands(parts.c.repayment_id))
        .group_by(parts.c.order_id)
    )
    repaid = {order_id: int(minor) for order_id, minor in connection.execute(query)}
    return [_domain_order(row, repaid.get(row.id, 0)) for row in rows]


def _domain_order(row: Row[Any], repaid_minor: int) -> Order:
    return Order(
        id=row.id,
        award_id=row.award_id,
        key=Key(row.component, row.no, row.employer_id or ""),
        amount=Money(row.amount_minor, row.currency),
        due_on=row.due_on,
        state=OrderState(row.state),
        reason=row.reason,
        serial=row.serial,
        last_day=row.last_day,
        repaid_minor=repaid_minor,
    )


def award_of_claim(connection: Connection, claim_number: str) -> str | None:
    """The id of the award of a claim, by the claim's number."""
    return connection.scalar(select(t.award_schedule.c.award_id).where(t.award_schedule.c.claim_number == claim_number))


def persons_of_employer(connection: Connection, employer_id: str) -> list[str]:
    """For whose benefits an employer has orders."""
    return list(connection.scalars(select(o.c.person_id).where(o.c.employer_id == employer_id).distinct()))


def awards_of_person(connection: Connection, person_id: str) -> list[str]:
    return list(
        connection.scalars(select(t.award_schedule.c.award_id).where(t.award_schedule.c.person_id == person_id))
    )
