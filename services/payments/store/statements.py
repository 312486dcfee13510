"""Statements, their lines and places, and the numbers of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, any_, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.dialects.postgresql import insert as upsert

from services.payments import tables as t
from services.payments.domain.order import OrderState
from services.payments.store.orders import array_of
from services.payments.store.states import IN_FLIGHT, LIVE
from shared.database import copy_in

o = t.payment_order
r = t.run


def places_of(connection: Connection, statement_id: str) -> set[int]:
    """The entries of a statement for which a line is kept."""
    places = t.statement_place
    return set(connection.scalars(select(places.c.entry).where(places.c.statement_id == statement_id)))


def _stands(lines: Any) -> Any:
    """A line that is the movement itself, not one that was told twice or whose details stand in its place."""
    return or_(lines.c.resolution.is_(None), lines.c.resolution.not_in(("told_twice", "told_in_detail")))


def kept_lines(connection: Connection, account: str, days: Iterable[date], besides: str) -> Sequence[Row[Any]]:
    """Lines of an account booked on some days and kept for other statements than one, in the order of keeping;
    `claimed` says that the one statement has a place for it already."""
    lines, s, places = t.statement_line, t.statement, t.statement_place
    claimed = select(literal(1)).where(places.c.statement_id == besides, places.c.line_id == lines.c.id).exists()
    query = (
        select(lines, s.c.statement_id.label("told_in"), s.c.to_at, claimed.label("claimed"))
        .join(s, s.c.id == lines.c.statement_id)
        .where(lines.c.account == account, lines.c.booked_on.in_(sorted(days)), lines.c.statement_id != besides)
        .where(_stands(lines))
        .order_by(s.c.imported_at, s.c.id, lines.c.entry, lines.c.part)
    )
    return connection.execute(query).all()


def are_kept(connection: Connection, account: str, days: Iterable[date], besides: str) -> bool:
    """Whether any line of an account booked on some days is kept for another statement than one."""
    lines = t.statement_line
    of_days = (lines.c.account == account, lines.c.booked_on.in_(sorted(days)), lines.c.statement_id != besides)
    return bool(connection.scalar(select(select(literal(1)).where(*of_days, _stands(lines)).exists())))


def contested_lines(connection: Connection, statement_id: str) -> list[str]:
    """Lines of a statement that only a person has told and nobody has settled yet, in its order."""
    lines, places = t.statement_line, t.statement_place
    query = select(lines.c.id).join(places, places.c.line_id == lines.c.id)
    open_ = or_(lines.c.resolution.is_(None), lines.c.resolution == "noted")
    query = query.where(places.c.statement_id == statement_id, lines.c.match == "contested", open_)
    return list(connection.scalars(query.order_by(places.c.entry, lines.c.part)))


def add_place(connection: Connection, statement_id: str, line_id: str, entry: int) -> None:
    """Say that a line is what a statement tells at a place; said twice it is said once."""
    put = upsert(t.statement_place).values(statement_id=statement_id, line_id=line_id, entry=entry)
    connection.execute(put.on_conflict_do_nothing())


def add_lines(connection: Connection, statement_id: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Keep many new lines, each with its place in the statement that tells it."""
    if not lines:
        return
    columns = tuple(lines[0])
    copy_in(connection, "statement_line", columns, ([line[name] for name in columns] for line in lines))
    places = ((statement_id, line["id"], line["entry"]) for line in lines)
    copy_in(connection, "statement_place", ("statement_id", "line_id", "entry"), places)


def matches_of(connection: Connection, order_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """How earlier lines about some orders were understood."""
    lines = t.statement_line
    query = select(lines.c.order_id, func.array_agg(lines.c.match)).where(lines.c.order_id == any_(array_of(order_ids)))
    return {order_id: frozenset(found) for order_id, found in connection.execute(query.group_by(lines.c.order_id))}


def sum_to_be_detailed(connection: Connection, line_id: str) -> Row[Any] | None:
    """A line that names nobody and that nobody has explained, locked; none where it is not so."""
    lines = t.statement_line
    query = select(lines).where(
        lines.c.id == line_id,
        lines.c.match == "unmatched",
        lines.c.order_id.is_(None),
        lines.c.reference.is_(None),
        lines.c.uetr.is_(None),
        or_(lines.c.resolution.is_(None), lines.c.resolution == "noted"),
    )
    return connection.execute(query.with_for_update()).first()


def place_details(connection: Connection, sum_id: str, told_in: str, entry: int, new: str, new_entry: int) -> None:
    """The details of a sum stand in every statement in which it stands, and in the one that tells them."""
    lines, places = t.statement_line, t.statement_place
    details = (lines.c.statement_id == told_in, lines.c.entry == entry, lines.c.id != sum_id)
    old = select(places.c.statement_id, lines.c.id, places.c.entry).select_from(places.join(lines, true()))
    old = old.where(places.c.line_id == sum_id, *details)
    here = select(literal(new, UUID(as_uuid=False)), lines.c.id, literal(new_entry)).where(*details)
    for found in (old, here):
        put = upsert(t.statement_place).from_select(["statement_id", "line_id", "entry"], found)
        connection.execute(put.on_conflict_do_nothing())


def kept_for(connection: Connection, statement_id: str) -> int:
    """Minor units of the lines kept for the places of a statement."""
    lines, places = t.statement_line, t.statement_place
    query = select(func.coalesce(func.sum(lines.c.amount_minor), 0)).join(places, places.c.line_id == lines.c.id)
    # What was told twice stands in the statement that told it twice; a sum does not stand beside its details.
    own = or_(lines.c.resolution.is_(None), lines.c.resolution != "told_in_detail")
    return int(connection.scalar(query.where(places.c.statement_id == statement_id, own)) or 0)


def kept_on(connection: Connection, account: str, day: date) -> int:
    """Minor units of all lines kept for a day of an account, whichever statement told them."""
    lines = t.statement_line
    query = select(func.coalesce(func.sum(lines.c.amount_minor), 0)).where(
        lines.c.account == account,
        lines.c.told_on == day,
        _stands(lines),
    )
    return int(connection.scalar(query) or 0)


def opening_of(connection: Connection, account: str, day: date) -> int | None:
    """The balance with which a day of an account began, as the first statement about it alone says."""
    s = t.statement
    query = (
        select(s.c.opening_minor)
        .where(s.c.account == account, s.c.first_day == day, s.c.day == day, s.c.opening_minor.is_not(None))
        .order_by(s.c.from_at.nulls_last(), s.c.imported_at)
        .limit(1)
    )
    found: int | None = connection.scalar(query)
    return found


def statements_of_line(connection: Connection, line_id: str) -> list[str]:
    places = t.statement_place
    return list(connection.scalars(select(places.c.statement_id).where(places.c.line_id == line_id)))


def line(connection: Connection, line_id: str) -> Row[Any]:
    """A statement line that exists."""
    return connection.execute(select(t.statement_line).where(t.statement_line.c.id == line_id)).one()


def lines_of_order(connection: Connection, order_id: str) -> list[str]:
    """How earlier statement lines about an order were understood."""
    return list(connection.scalars(select(t.statement_line.c.match).where(t.statement_line.c.order_id == order_id)))


def covered_days(connection: Connection, account: str) -> list[tuple[date, date]]:
    """Periods of an account whose final statements came from the bank itself, were read whole, and after their end.

    What a person hands in hides no day: the bank is asked for it all the same.
    """
    s = t.statement
    query = select(s.c.first_day, s.c.day).where(
        s.c.account == account,
        s.c.is_final,
        s.c.done,
        s.c.source == "channel",
        s.c.last_read_on > s.c.day,
        func.jsonb_array_length(s.c.unreadable) == 0,
    )
    return [(row.first_day, row.day) for row in connection.execute(query.distinct().order_by(s.c.first_day))]


def statement_files(connection: Connection, *, open_only: bool, most: int = 100) -> Sequence[Row[Any]]:
    """Files of statements without their bytes, the newest first; `open_only`: with something that was not taken."""
    f = t.statement_file
    query = select(*(c for c in f.c if c.name != "content")).order_by(f.c.taken_at.desc()).limit(most)
    return connection.execute(query.where(f.c.state.in_(("partly", "refused"))) if open_only else query).all()


def first_sent_on(connection: Connection, channel: str, currency: str) -> date | None:
    """The day on which money first left over a channel in a currency."""
    over = (r.c.channel == channel, r.c.currency == currency, r.c.sent_on.is_not(None))
    found: date | None = connection.scalar(select(func.min(r.c.sent_on)).where(*over))
    return found


def roads_sent(connection: Connection) -> list[tuple[str, str]]:
    """The channels and currencies over which money has left."""
    query = select(r.c.channel, r.c.currency).where(r.c.sent_on.is_not(None)).distinct()
    return [(row.channel, row.currency) for row in connection.execute(query.order_by(r.c.channel, r.c.currency))]


def numbers_by_state(connection: Connection, sent_on: date, currency: str) -> dict[OrderState, tuple[int, int]]:
    """{state: (minor units, orders)} of the orders sent on a day."""
    rows = connection.execute(
        select(o.c.state, func.sum(o.c.amount_minor), func.count())
        .where(o.c.sent_on == sent_on, o.c.currency == currency)
        .group_by(o.c.state)
    )
    return {OrderState(state): (int(minor), count) for state, minor, count in rows}


def sent_totals(connection: Connection, sent_on: date) -> dict[str, tuple[int, int]]:
    """{currency: (minor units, orders)} from the frozen control totals of the runs sent on a day."""
    rows = connection.execute(
        select(r.c.currency, func.sum(r.c.total_minor), func.sum(r.c.order_count))
        .where(r.c.sent_on == sent_on)
        .group_by(r.c.currency)
    )
    return {currency: (int(minor), int(count)) for currency, minor, count in rows}


def missing_there(
    connection: Connection, day: date, account_days: Mapping[tuple[str, str], date | None]
) -> Sequence[Row[Any]]:
    """Orders the bank should have booked by a day, of which its final statements know nothing.

    `account_days` gives for each channel and currency the last day whose final statement was read.
    """
    late = [
        and_(o.c.channel == channel, o.c.currency == currency, r.c.executes_on <= last)
        for (channel, currency), last in account_days.items()
        if last is not None
    ]
    if not late:
        return []
    return connection.execute(
        select(o)
        .join(r, r.c.id == o.c.run_id)
        .where(o.c.standing == LIVE, o.c.state.in_(IN_FLIGHT), o.c.sent_on <= day, or_(*late))
        .order_by(o.c.reference)
    ).all()
