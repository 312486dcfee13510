"""Rows and domain objects. Locks are taken in one order everywhere: award, then run, then order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.payments import tables as t
from services.payments.domain import order as orders
from services.payments.domain.check import Past
from services.payments.domain.ledger import Entry
from services.payments.domain.order import Instalment, Key, Order, State
from services.payments.domain.plan import Schedule
from services.payments.domain.run import Line
from services.payments.domain.statement import UNEXPLAINED
from shared.act import Act
from shared.money import Money

MOVED = tuple(orders.MOVED)
IN_FLIGHT = tuple(orders.IN_FLIGHT)
UNSENT = tuple(orders.UNSENT)
o, r, i = t.payment_order, t.run, t.run_item

# --- awards ------------------------------------------------------------------------------------


def lock_award(connection: Connection, award_id: str) -> Row[Any] | None:
    """The schedule's row, locked until the transaction ends; none where there is none."""
    query = select(t.award_schedule).where(t.award_schedule.c.award_id == award_id).with_for_update()
    return connection.execute(query).first()


def save_schedule(connection: Connection, values: Mapping[str, Any], instalments: Iterable[Instalment]) -> None:
    """Put the latest version of a schedule in the place of the one before."""
    put = upsert(t.award_schedule).values(**values)
    connection.execute(put.on_conflict_do_update(index_elements=["award_id"], set_=dict(values)))
    connection.execute(delete(t.award_instalment).where(t.award_instalment.c.award_id == values["award_id"]))
    rows = [
        {
            "award_id": values["award_id"],
            "component": n.component,
            "no": n.no,
            "due_on": n.due_on,
            "first_day": n.first_day,
            "last_day": n.last_day,
            "amount_minor": n.amount_minor,
        }
        for n in instalments
    ]
    if rows:
        connection.execute(insert(t.award_instalment), rows)


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
        instalments=tuple(
            Instalment(n.no, n.component, n.due_on, n.amount_minor, n.first_day, n.last_day) for n in rows
        ),
        past=frozenset(Key(component, no) for component, no in award.past),
        ended=award.ended,
    )


def orders_of_award(connection: Connection, award_id: str, *, lock: bool = False) -> Sequence[Row[Any]]:
    query = select(o).where(o.c.award_id == award_id).order_by(o.c.serial)
    return connection.execute(query.with_for_update() if lock else query).all()


def domain_orders(connection: Connection, award_id: str, rows: Iterable[Row[Any]]) -> list[Order]:
    """The orders of an award with what was paid back of each."""
    parts = t.repayment_part
    query = (
        select(parts.c.order_id, func.sum(parts.c.minor))
        .join(o, o.c.id == parts.c.order_id)
        .where(o.c.award_id == award_id)
        .group_by(parts.c.order_id)
    )
    repaid = {order_id: int(minor) for order_id, minor in connection.execute(query)}
    return [_domain_order(row, repaid.get(row.id, 0)) for row in rows]


def _domain_order(row: Row[Any], repaid_minor: int) -> Order:
    return Order(
        id=row.id,
        award_id=row.award_id,
        key=Key(row.component, row.no),
        amount=Money(row.amount_minor, row.currency),
        due_on=row.due_on,
        state=State(row.state),
        reason=row.reason,
        serial=row.serial,
        last_day=row.last_day,
        repaid_minor=repaid_minor,
    )


def award_of_claim(connection: Connection, claim_number: str) -> str | None:
    """The id of the award of a claim, by the claim's number."""
    return connection.scalar(select(t.award_schedule.c.award_id).where(t.award_schedule.c.claim_number == claim_number))


def awards_of_person(connection: Connection, person_id: str) -> list[str]:
    return list(
        connection.scalars(select(t.award_schedule.c.award_id).where(t.award_schedule.c.person_id == person_id))
    )


# --- orders ------------------------------------------------------------------------------------


def order(connection: Connection, order_id: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(o).where(o.c.id == order_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def order_by_reference(connection: Connection, reference: str) -> Row[Any] | None:
    return connection.execute(select(o).where(o.c.reference == reference)).first()


def order_by_uetr(connection: Connection, uetr: str) -> Row[Any] | None:
    return connection.execute(select(o).where(o.c.uetr == uetr)).first()


def moves_of(connection: Connection, order_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(t.order_move).where(t.order_move.c.order_id == order_id).order_by(t.order_move.c.version)
    ).all()


def reasons(connection: Connection) -> dict[str, Row[Any]]:
    """All reason codes by code."""
    return {row.code: row for row in connection.execute(select(t.reason_code))}


def successor_holds(connection: Connection) -> dict[str, str | None]:
    """For each reason of a failure, the hold its successor begins with (none: it may go)."""
    codes = select(t.reason_code.c.code, t.reason_code.c.holds_successor)
    return {
        row.code: row.holds_successor
        for row in connection.execute(
            codes.where(or_(t.reason_code.c.source == "iso", t.reason_code.c.code.in_(("NRCV", "cancelled_by_bank"))))
        )
    }


def held_orders(connection: Connection, reasons_: Sequence[str], person_id: str | None = None) -> Sequence[Row[Any]]:
    query = select(o).where(o.c.state == State.HELD, o.c.reason.in_(reasons_)).order_by(o.c.id)
    if person_id is not None:
        query = query.where(o.c.person_id == person_id)
    return connection.execute(query).all()


def past_of(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Past]:
    """For each (person, component): the last order that was sent, its run, and accounts that failed."""
    if not wanted:
        return {}
    people = sorted({person for person, _ in wanted})
    sent = connection.execute(
        select(o.c.person_id, o.c.component, o.c.amount_minor, o.c.currency, o.c.fingerprint, r.c.number)
        .join(r, r.c.id == o.c.run_id)
        .where(o.c.person_id.in_(people), o.c.state.in_(MOVED))
        .order_by(o.c.sent_on, r.c.sent_at, o.c.id)
    )
    last = {(row.person_id, row.component): row for row in sent}
    failed: dict[str, set[str]] = {}
    refused = (
        select(o.c.person_id, o.c.fingerprint)
        .join(t.reason_code, t.reason_code.c.code == o.c.reason)
        .where(
            o.c.person_id.in_(people),
            o.c.state.in_(("rejected", "returned")),
            o.c.fingerprint.is_not(None),
            t.reason_code.c.holds_successor == "account_refused",
        )
    )
    for row in connection.execute(refused):
        failed.setdefault(row.person_id, set()).add(row.fingerprint)
    found = {}
    for person, component in wanted:
        before = last.get((person, component))
        found[person, component] = Past(
            last_amount=Money(before.amount_minor, before.currency) if before else None,
            last_run=before.number if before else None,
            last_fingerprint=before.fingerprint if before else None,
            failed_fingerprints=frozenset(failed.get(person, ())),
        )
    return found


# --- ledger ------------------------------------------------------------------------------------


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
        insert(t.ledger_posting),
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
        ],
    )
    return True


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


# --- runs --------------------------------------------------------------------------------------


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
        .where(o.c.state == State.PLANNED, o.c.run_id.is_(None), o.c.due_on <= up_to)
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


def states_in_run(connection: Connection, run_id: str) -> set[State]:
    """Whether orders of a run wait for an answer (`sent`) and whether some do not (`settled`): two quick looks."""
    waits = select(o.c.id).where(o.c.run_id == run_id, o.c.state.in_(IN_FLIGHT)).limit(1)
    ended = select(o.c.id).where(o.c.run_id == run_id, o.c.state.not_in(IN_FLIGHT)).limit(1)
    found = set()
    if connection.execute(waits).first() is not None:
        found.add(State.SENT)
    if connection.execute(ended).first() is not None:
        found.add(State.SETTLED)
    return found


def run_before(connection: Connection, row: Row[Any]) -> Row[Any] | None:
    """The run sent last before this one in the same currency, to compare with."""
    query = select(r).where(r.c.currency == row.currency, r.c.id != row.id, r.c.sent_at.is_not(None))
    if row.sent_at is not None:
        query = query.where(r.c.sent_at < row.sent_at)
    return connection.execute(query.order_by(r.c.sent_at.desc()).limit(1)).first()


# --- statements --------------------------------------------------------------------------------


def places_of(connection: Connection, statement_id: str) -> set[int]:
    """The entries of a statement for which a line is kept."""
    places = t.statement_place
    return set(connection.scalars(select(places.c.entry).where(places.c.statement_id == statement_id)))


def kept_lines(connection: Connection, account: str, days: Iterable[date], besides: str) -> Sequence[Row[Any]]:
    """Lines of an account booked on some days and kept for other statements than one, in the order of keeping;
    `claimed` says that the one statement has a place for it already."""
    lines, s, places = t.statement_line, t.statement, t.statement_place
    claimed = select(literal(1)).where(places.c.statement_id == besides, places.c.line_id == lines.c.id).exists()
    query = (
        select(lines, s.c.statement_id.label("told_in"), s.c.to_at, claimed.label("claimed"))
        .join(s, s.c.id == lines.c.statement_id)
        .where(lines.c.account == account, lines.c.booked_on.in_(sorted(days)), lines.c.statement_id != besides)
        .where(or_(lines.c.resolution.is_(None), lines.c.resolution != "told_twice"))
        .order_by(s.c.imported_at, s.c.id, lines.c.entry, lines.c.part)
    )
    return connection.execute(query).all()


def add_place(connection: Connection, statement_id: str, line_id: str, entry: int) -> None:
    """Say that a line is what a statement tells at a place; said twice it is said once."""
    put = upsert(t.statement_place).values(statement_id=statement_id, line_id=line_id, entry=entry)
    connection.execute(put.on_conflict_do_nothing())


def kept_for(connection: Connection, statement_id: str) -> int:
    """Minor units of the lines kept for the places of a statement."""
    lines, places = t.statement_line, t.statement_place
    query = select(func.coalesce(func.sum(lines.c.amount_minor), 0)).join(places, places.c.line_id == lines.c.id)
    return int(connection.scalar(query.where(places.c.statement_id == statement_id)) or 0)


def kept_on(connection: Connection, account: str, day: date) -> int:
    """Minor units of all lines kept for a day of an account, whichever statement told them."""
    lines = t.statement_line
    query = select(func.coalesce(func.sum(lines.c.amount_minor), 0)).where(
        lines.c.account == account,
        lines.c.told_on == day,
        or_(lines.c.resolution.is_(None), lines.c.resolution != "told_twice"),
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


def first_sent_on(connection: Connection, currency: str) -> date | None:
    found: date | None = connection.scalar(
        select(func.min(r.c.sent_on)).where(r.c.currency == currency, r.c.sent_on.is_not(None))
    )
    return found


def currencies_sent(connection: Connection) -> list[str]:
    return list(
        connection.scalars(select(r.c.currency).where(r.c.sent_on.is_not(None)).distinct().order_by(r.c.currency))
    )


def numbers_by_state(connection: Connection, sent_on: date, currency: str) -> dict[State, tuple[int, int]]:
    """{state: (minor units, orders)} of the orders sent on a day."""
    rows = connection.execute(
        select(o.c.state, func.sum(o.c.amount_minor), func.count())
        .where(o.c.sent_on == sent_on, o.c.currency == currency)
        .group_by(o.c.state)
    )
    return {State(state): (int(minor), count) for state, minor, count in rows}


def sent_totals(connection: Connection, sent_on: date) -> dict[str, tuple[int, int]]:
    """{currency: (minor units, orders)} from the frozen control totals of the runs sent on a day."""
    rows = connection.execute(
        select(r.c.currency, func.sum(r.c.total_minor), func.sum(r.c.order_count))
        .where(r.c.sent_on == sent_on)
        .group_by(r.c.currency)
    )
    return {currency: (int(minor), int(count)) for currency, minor, count in rows}


def missing_there(connection: Connection, day: date, account_days: Mapping[str, date | None]) -> Sequence[Row[Any]]:
    """Orders the bank should have booked by a day, of which its final statements know nothing.

    `account_days` gives for each currency the last day whose final statement was read.
    """
    late = [
        and_(o.c.currency == currency, r.c.executes_on <= last)
        for currency, last in account_days.items()
        if last is not None
    ]
    if not late:
        return []
    return connection.execute(
        select(o)
        .join(r, r.c.id == o.c.run_id)
        .where(o.c.state.in_(IN_FLIGHT), o.c.sent_on <= day, or_(*late))
        .order_by(o.c.reference)
    ).all()


# --- lists -------------------------------------------------------------------------------------


def scope(office: str | None) -> Any:
    """Orders of one office, or of all where `office` is none."""
    return literal(True) if office is None else o.c.office_id == office


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
        or_(lines.c.resolution.is_(None), lines.c.resolution == "noted"),
    )
    if day is not None:
        query = query.where(lines.c.booked_on == day)
    return connection.execute(query.order_by(lines.c.booked_on, lines.c.id)).all()


def sums_by_person(connection: Connection, run_id: str) -> dict[tuple[str, str], int]:
    """{(person, component): minor units} of the orders in a run."""
    query = select(o.c.person_id, o.c.component, func.sum(o.c.amount_minor)).where(o.c.run_id == run_id)
    return {
        (person, component): int(minor)
        for person, component, minor in connection.execute(query.group_by(o.c.person_id, o.c.component))
    }


def due_unassigned(connection: Connection, up_to: date) -> Sequence[Any]:
    """Ids of planned orders due by a day that are in no run."""
    query = select(o.c.id).where(o.c.state == State.PLANNED, o.c.run_id.is_(None), o.c.due_on <= up_to)
    return connection.scalars(query).all()


def runs_sent_on(connection: Connection, day: date) -> Sequence[Row[Any]]:
    return connection.execute(select(r).where(r.c.sent_on == day).order_by(r.c.number)).all()


def orders_sent_on(connection: Connection, day: date) -> Sequence[Row[Any]]:
    query = select(o, r.c.number.label("run_number")).join(r, r.c.id == o.c.run_id).where(o.c.sent_on == day)
    return connection.execute(query.order_by(o.c.state, o.c.reference)).all()
