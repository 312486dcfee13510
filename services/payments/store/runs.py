"""Runs with their items and releases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, any_, delete, func, insert, literal, select, union, update
from sqlalchemy.dialects.postgresql import JSONB

from services.payments import tables as t
from services.payments.domain.order import OrderState
from services.payments.domain.run import Line
from services.payments.store.orders import array_of, due, go_to_any, payee
from services.payments.store.states import IN_FLIGHT, LIVE
from shared.money import Money

o = t.payment_order
r = t.run
i = t.run_item
p = t.run_part


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


def due_roads(connection: Connection, up_to: date) -> list[tuple[str, str]]:
    """Channel and currency of what is due by a day and in no run."""
    query = select(o.c.channel, o.c.currency).where(*due(up_to)).distinct().order_by(o.c.channel, o.c.currency)
    return [(row.channel, row.currency) for row in connection.execute(query)]


def any_due(connection: Connection, up_to: date, channel: str, currency: str) -> bool:
    """Whether an order is due that nobody else is using; it is locked."""
    road = (o.c.channel == channel, o.c.currency == currency)
    query = select(o.c.id).where(*due(up_to), *road).limit(1).with_for_update(skip_locked=True)
    return connection.execute(query).first() is not None


def take_due(connection: Connection, run_id: str, up_to: date, channel: str, currency: str) -> None:
    """Put what is due into a run; an order that somebody else is using is left."""
    road = (o.c.channel == channel, o.c.currency == currency)
    mine = select(o.c.id).where(*due(up_to), *road).with_for_update(skip_locked=True).cte("mine")
    connection.execute(update(o).where(o.c.id == mine.c.id).values(run_id=run_id))
    taken = select(o.c.run_id, o.c.id, literal("[]").cast(JSONB)).where(o.c.run_id == run_id)
    connection.execute(insert(i).from_select(["run_id", "order_id", "warnings"], taken))


def add_to_run(connection: Connection, run_id: str, order_ids: Sequence[str]) -> None:
    """Put these orders into a run."""
    connection.execute(update(o).where(o.c.id.in_(order_ids)).values(run_id=run_id))
    rows = [{"run_id": run_id, "order_id": order_id, "warnings": []} for order_id in order_ids]
    connection.execute(insert(i), rows)


def draft_being_checked(connection: Connection, pay_day: date, channel: str, currency: str) -> str | None:
    """A draft of a pay day whose check has not ended, locked; orders may still come into it."""
    same = (r.c.pay_day == pay_day, r.c.channel == channel, r.c.currency == currency)
    query = select(r.c.id).where(*same, r.c.state == "draft", r.c.work == "checking").order_by(r.c.id).limit(1)
    return connection.scalar(query.with_for_update())


def runs_in_month(connection: Connection, pay_day: date) -> int:
    first = pay_day.replace(day=1)
    return connection.scalar(select(func.count()).select_from(r).where(r.c.number.like(f"{first:%Y-%m}-%"))) or 0


def orders_in_run(connection: Connection, run_id: str, *, lock: bool = False) -> Sequence[Row[Any]]:
    """The orders that are in a run now (not those taken out), in the order of their references."""
    query = select(o).where(o.c.run_id == run_id).order_by(o.c.reference)
    return connection.execute(query.with_for_update() if lock else query).all()


def slices(connection: Connection, run_id: str, size: int, state: str | None = None) -> list[tuple[str, str, int]]:
    """The orders that are in a run now, or those of a state, in slices of so many: first and last reference, count."""
    inside = [o.c.run_id == run_id, *([o.c.state == state] if state else [])]
    place = ((func.row_number().over(order_by=o.c.reference) - 1) // size).label("slice")
    numbered = select(o.c.reference, place).where(*inside).subquery()
    query = select(func.min(numbered.c.reference), func.max(numbered.c.reference), func.count())
    found = connection.execute(query.group_by(numbered.c.slice).order_by(numbered.c.slice))
    return [(first, last, count) for first, last, count in found]


def orders_between(
    connection: Connection, run_id: str, first: str, last: str, states: Collection[str] = (), *, lock: bool = False
) -> Sequence[Row[Any]]:
    """The orders of a run from one reference to another, in that order; only those of some states where given."""
    query = select(o).where(o.c.run_id == run_id, o.c.reference >= first, o.c.reference <= last)
    if states:
        query = query.where(o.c.state.in_(states))
    query = query.order_by(o.c.reference)
    return connection.execute(query.with_for_update() if lock else query).all()


def orders_after(connection: Connection, run_id: str, after: str, state: str, most: int) -> Sequence[Row[Any]]:
    """So many orders of a run that are in a state, from after one reference on, locked."""
    query = select(o).where(o.c.run_id == run_id, o.c.reference > after, o.c.state == state)
    return connection.execute(query.order_by(o.c.reference).limit(most).with_for_update()).all()


def parts(connection: Connection, run_id: str) -> Sequence[Row[Any]]:
    """The files of a run that was sent."""
    return connection.execute(select(p).where(p.c.run_id == run_id).order_by(p.c.no)).all()


def update_part(connection: Connection, run_id: str, no: int, **values: Any) -> None:
    connection.execute(update(p).where(p.c.run_id == run_id, p.c.no == no).values(**values))


def items(connection: Connection, run_id: str, between: tuple[str, str] | None = None) -> Sequence[Row[Any]]:
    """All items of a run with their orders, those taken out too; only from one reference to another where given."""
    wanted = [i.c.run_id == run_id]
    if between is not None:
        wanted += [o.c.reference >= between[0], o.c.reference <= between[1]]
    return connection.execute(
        select(
            i,
            o.c.reference,
            o.c.amount_minor,
            o.c.currency,
            o.c.component,
            o.c.kind,
            o.c.person_id,
            o.c.employer_id,
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
        .where(*wanted)
        .order_by(o.c.reference)
    ).all()


def run_lines(connection: Connection, run_id: str) -> Iterator[Line]:
    """What the control totals of a run are made of, as it comes from the database."""
    query = (
        select(o.c.reference, o.c.amount_minor, o.c.currency, i.c.fingerprint)
        .join(i, and_(i.c.order_id == o.c.id, i.c.run_id == o.c.run_id))
        .where(o.c.run_id == run_id, i.c.taken_out.is_(None))
    )
    for row in connection.execute(query, execution_options={"yield_per": 5000}):
        yield Line(row.reference, Money(row.amount_minor, row.currency), row.fingerprint or "")


def fingerprints(connection: Connection, run_id: str, between: tuple[str, str]) -> dict[str, str | None]:
    """Order and fingerprint of its account, from one reference to another."""
    query = select(i.c.order_id, i.c.fingerprint).join(o, o.c.id == i.c.order_id).where(i.c.run_id == run_id)
    query = query.where(o.c.reference >= between[0], o.c.reference <= between[1])
    return {row.order_id: row.fingerprint for row in connection.execute(query)}


def orders_of_parts(
    connection: Connection, run_id: str, states: Collection[str], *, unanswered: bool = False, lock: bool = False
) -> Sequence[Row[Any]]:
    """The orders in some states of the parts that were handed over; `unanswered`: only where the bank was silent."""
    query = select(o).join(
        p, and_(p.c.run_id == o.c.run_id, o.c.reference.between(p.c.first_reference, p.c.last_reference))
    )
    query = query.where(o.c.run_id == run_id, o.c.state.in_(states), p.c.sent_at.is_not(None)).order_by(o.c.reference)
    if unanswered:
        query = query.where(p.c.answered_at.is_(None))
    return connection.execute(query.with_for_update(of=o) if lock else query).all()


def parts_left(connection: Connection, run_id: str) -> bool:
    """Whether some part of a run was not handed over yet."""
    query = select(p.c.no).where(p.c.run_id == run_id, p.c.sent_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def unchecked_people(connection: Connection, run_id: str) -> list[str]:
    """The persons and employers of a run whose orders nobody has looked at since a check was asked for."""
    query = (
        select(payee)
        .join(i, and_(i.c.order_id == o.c.id, i.c.run_id == o.c.run_id))
        .where(o.c.run_id == run_id, i.c.taken_out.is_(None), i.c.checked_at.is_(None))
    )
    return list(connection.scalars(query.distinct().order_by(payee)))


def orders_of_people(connection: Connection, run_id: str, people: Collection[str]) -> Sequence[Row[Any]]:
    """The orders of some persons and employers in a run, locked.

    They are found as theirs, then looked at by their ids: statistics know nothing of a run that was just drafted, and
    where a statement names the run, each look reads the whole of it.
    """
    theirs = connection.execute(select(o.c.id, o.c.run_id).where(go_to_any(people)))
    ids = [order_id for order_id, in_run in theirs if in_run == run_id]
    rows = connection.execute(select(o).where(o.c.id == any_(array_of(ids))).order_by(o.c.reference).with_for_update())
    return [row for row in rows if row.run_id == run_id]


def check_anew(connection: Connection, run_id: str) -> None:
    """Nobody has looked at any order of a run."""
    connection.execute(update(i).where(i.c.run_id == run_id, i.c.taken_out.is_(None)).values(checked_at=None))


_LOOKED = """
UPDATE run_item SET payee_name = g.payee_name, payee_latin = g.payee_latin, account = g.account,
  fingerprint = g.fingerprint, name_match = g.name_match, bank_name = g.bank_name, warnings = g.warnings,
  judged_by = NULL, judged_at = NULL, checked_at = %(at)s, last_minor = g.last_minor, last_run = g.last_run
FROM jsonb_to_recordset(%(found)s::jsonb) AS g (order_id uuid, payee_name text, payee_latin text, account jsonb,
  fingerprint text, name_match text, bank_name text, warnings jsonb, last_minor bigint, last_run text)
WHERE run_item.run_id = %(run)s AND run_item.order_id = g.order_id"""


def note_looked(connection: Connection, run_id: str, at: datetime, found: Sequence[Mapping[str, Any]]) -> None:
    """What was found about orders of a run: their members named as the columns, with `order_id`."""
    told = orjson.dumps([dict(one) for one in found]).decode()
    connection.exec_driver_sql(_LOOKED, {"run": run_id, "at": at, "found": told})


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


def names_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The names of people who made or released runs, by the ids of their accounts; payments keep no accounts."""
    approved, made = t.run_approval.c, t.run.c
    query = union(
        select(approved.by_id, approved.by_name).where(approved.by_id.in_(ids)),
        select(made.made_by, made.made_by_name).where(made.made_by.in_(ids)),
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def update_item(connection: Connection, run_id: str, order_id: str, **values: Any) -> None:
    connection.execute(update(i).where(i.c.run_id == run_id, i.c.order_id == order_id).values(**values))


def take_all_out(connection: Connection, run_id: str, by: str) -> None:
    """Every order that is in a run is skipped."""
    inside = (i.c.run_id == run_id, i.c.taken_out.is_(None))
    connection.execute(update(i).where(*inside).values(taken_out="skipped", taken_by=by))


def leave_run(connection: Connection, run_id: str, order_ids: Sequence[str], channel: str) -> None:
    """Orders of a draft that leave over another channel: they are in no run, as if they had never been in this one."""
    connection.execute(update(o).where(o.c.id.in_(order_ids)).values(run_id=None, channel=channel))
    connection.execute(delete(i).where(i.c.run_id == run_id, i.c.order_id.in_(order_ids)))


def states_in_run(connection: Connection, run_id: str) -> set[OrderState]:
    """Whether orders of a run wait for an answer (`sent`) and whether some do not (`settled`): two quick looks."""
    waits = select(o.c.id).where(o.c.run_id == run_id, o.c.standing == LIVE, o.c.state.in_(IN_FLIGHT)).limit(1)
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
