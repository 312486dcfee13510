"""The books by day, channel, branch and person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, extract, func, select

from services.payments import tables as t
from services.payments.domain.books import PART_OF, AccountLine, Branch, Part, Road, road
from services.payments.domain.ledger import Account
from services.payments.domain.order import OrderState
from services.payments.store.orders import goes_to
from services.payments.store.repayments import stands
from shared.database import within
from shared.money import Money

o, r, e, p = t.payment_order, t.run, t.ledger_entry, t.ledger_posting
#: Where the institution's money lies.
MONEY = (Account.BANK, Account.WALLET, Account.CASH)
#: Where the money of an order lies before it has arrived, whatever a bank keeps for its work.
BEFORE_MONEY = (Account.EXPENSE, Account.PAYABLE, Account.CLEARING, Account.RETURNED)
ON_THE_WAY = (OrderState.APPROVED, OrderState.SENT, OrderState.ACCEPTED, OrderState.UNKNOWN)


def roads_on(connection: Connection, day: date) -> list[Road]:
    """Each channel and currency over which something was sent on a day."""
    states: dict[tuple[str, str], list[tuple[OrderState, int, int]]] = {}
    query = select(o.c.channel, o.c.currency, o.c.state, func.sum(o.c.amount_minor), func.count())
    for channel, currency, state, minor, count in connection.execute(
        query.where(o.c.sent_on == day).group_by(o.c.channel, o.c.currency, o.c.state)
    ):
        states.setdefault((channel, currency), []).append((OrderState(state), int(minor), count))
    frozen = select(r.c.channel, r.c.currency, func.sum(r.c.total_minor), func.sum(r.c.order_count))
    rows = connection.execute(
        frozen.where(r.c.sent_on == day).group_by(r.c.channel, r.c.currency).order_by(r.c.channel, r.c.currency)
    )
    return [
        road(channel, Money(int(minor), currency), int(count), states.get((channel, currency), ()))
        for channel, currency, minor, count in rows
    ]


def orders_of_road(connection: Connection, day: date, channel: str, part: Part) -> Sequence[Row[Any]]:
    """The orders behind one number of a road, at most 500."""
    states = [state for state, found in PART_OF.items() if found is part]
    query = select(o, r.c.number.label("run_number")).join(r, r.c.id == o.c.run_id)
    query = query.where(o.c.sent_on == day, o.c.channel == channel, o.c.state.in_(states))
    return connection.execute(query.order_by(o.c.reference).limit(500)).all()


def branches(connection: Connection) -> list[Branch]:
    """Expenditure of each branch and currency by now: the ledger's beside what its orders come to."""
    of_state: dict[tuple[str, str, str], int] = {}
    query: Select[Any] = select(o.c.component, o.c.currency, o.c.state, func.sum(o.c.amount_minor))
    for component, currency, state, minor in connection.execute(query.group_by(o.c.component, o.c.currency, o.c.state)):
        of_state[component, currency, state] = int(minor)
    parts = t.repayment_part
    back: Select[Any] = select(o.c.component, o.c.currency, func.sum(parts.c.minor)).select_from(parts)
    back = (
        back.join(o, o.c.id == parts.c.order_id)
        .where(stands(parts.c.repayment_id))
        .group_by(o.c.component, o.c.currency)
    )
    rows: Iterable[Any] = connection.execute(back)
    repaid = {(row[0], row[1]): int(row[2]) for row in rows}
    # What one branch was paid less for another counts as spent there.
    s = t.repayment
    less: Select[Any] = select(s.c.from_component, s.c.currency, func.sum(s.c.minor))
    less = less.where(s.c.from_component.is_not(None), stands(s.c.id)).group_by(s.c.from_component, s.c.currency)
    for name, unit, minor in connection.execute(less):
        repaid[name, unit] = repaid.get((name, unit), 0) - int(minor)
    kept: Select[Any] = select(p.c.component, p.c.currency, p.c.account, func.sum(p.c.minor))
    kept = kept.where(p.c.account.in_((Account.EXPENSE, Account.RETURNED)))
    rows = connection.execute(kept.group_by(p.c.component, p.c.currency, p.c.account))
    held = {(row[0], row[1], row[2]): int(row[3]) for row in rows}

    def branch(component: str, currency: str) -> Branch:
        def money(minor: int) -> Money:
            return Money(minor, currency)

        return Branch(
            component,
            settled=money(of_state.get((component, currency, OrderState.SETTLED), 0)),
            on_the_way=money(sum(of_state.get((component, currency, state), 0) for state in ON_THE_WAY)),
            waits=money(-held.get((component, currency, Account.RETURNED), 0)),
            repaid=money(repaid.get((component, currency), 0)),
            expense=money(held.get((component, currency, Account.EXPENSE), 0)),
        )

    return [branch(component, currency) for component, currency in sorted({key[:2] for key in of_state})]


def expenditure(connection: Connection, year: int, after: str | None, most: int) -> list[dict[str, Any]]:
    """What was spent on each claim in a year, as the ledger has it: minor units by month, and the day on which the
    first of its money arrived. Claims in the order of their ids, beginning behind `after`."""
    month = extract("month", e.c.happened_on)
    of_year = (e.c.happened_on >= date(year, 1, 1), e.c.happened_on <= date(year, 12, 31))
    spent = select(o.c.claim_id, month.label("month"), func.sum(p.c.minor).label("minor"))
    spent = spent.join(p, p.c.entry_id == e.c.id).join(o, o.c.id == e.c.order_id)
    spent = spent.where(*of_year, p.c.account == Account.EXPENSE).group_by(o.c.claim_id, month)
    claims = select(o.c.claim_id).join(e, e.c.order_id == o.c.id).where(*of_year).distinct().order_by(o.c.claim_id)
    if after is not None:
        claims = claims.where(o.c.claim_id > after)
    ids = list(connection.scalars(claims.limit(most)))
    found: dict[str, dict[str, Any]] = {id_: {"claim_id": id_, "first_on": None, "months": {}} for id_ in ids}
    for claim_id, number, minor in connection.execute(spent.where(o.c.claim_id.in_(ids))):
        found[claim_id]["months"][str(int(number))] = int(minor)
    first = select(o.c.claim_id, func.min(o.c.settled_on)).where(o.c.claim_id.in_(ids)).group_by(o.c.claim_id)
    for claim_id, on in connection.execute(first):
        found[claim_id]["first_on"] = on.isoformat() if on is not None else None
    return list(found.values())


def money_of_awards(connection: Connection, today: date, after: str | None, most: int) -> list[dict[str, Any]]:
    """What is known of the money of each award, in minor units, as `shared.facts` names it; awards in the order of
    their ids, beginning behind `after`."""
    a, i = t.award_schedule.c, t.award_instalment.c
    awards = select(a.award_id, a.version, a.ended).order_by(a.award_id).limit(most)
    rows = connection.execute(awards if after is None else awards.where(a.award_id > after)).all()
    numbers = dict.fromkeys(("scheduled", "arrived", "to_employers", "settled", "on_the_way", "set_off"), 0)
    found: dict[str, dict[str, Any]] = {
        row.award_id: {"award_id": row.award_id, "version": row.version, "ended": row.ended, "waiting": {}} | numbers
        for row in rows
    }
    scheduled = select(i.award_id, func.sum(i.amount_minor)).group_by(i.award_id)
    for id_, minor in connection.execute(scheduled.where(i.award_id.in_(found))):
        found[id_]["scheduled"] = int(minor)
    to_employer = o.c.employer_id.is_not(None)
    moved = select(o.c.award_id, to_employer, func.sum(p.c.minor)).join(e, e.c.order_id == o.c.id)
    moved = moved.join(p, p.c.entry_id == e.c.id).where(p.c.account.in_(BEFORE_MONEY), o.c.award_id.in_(found))
    for id_, employers, minor in connection.execute(moved.group_by(o.c.award_id, to_employer)):
        found[id_]["arrived"] += int(minor)
        found[id_]["to_employers"] += int(minor) if employers else 0
    before = o.alias()
    late = o.c.due_on <= today
    orders = select(o.c.award_id, o.c.state, before.c.state, late, func.sum(o.c.amount_minor))
    orders = orders.outerjoin(before, before.c.id == o.c.replaces).where(o.c.award_id.in_(found))
    for id_, state, failed, due, minor in connection.execute(
        orders.group_by(o.c.award_id, o.c.state, before.c.state, late)
    ):
        if state == OrderState.SETTLED:
            found[id_]["settled"] += int(minor)
        elif state in ON_THE_WAY:
            found[id_]["on_the_way"] += int(minor)
        elif state in (OrderState.PLANNED, OrderState.HELD):
            why, waiting = _why_it_waits(state, failed, due=due), found[id_]["waiting"]
            waiting[why] = waiting.get(why, 0) + int(minor)
    back = t.repayment.c
    elsewhere = back.from_component.is_not(None)
    repaid = select(back.award_id, elsewhere, func.sum(back.minor)).where(back.award_id.in_(found), stands(back.id))
    for id_, from_other, minor in connection.execute(repaid.group_by(back.award_id, elsewhere)):
        found[id_]["set_off" if from_other else "settled"] += int(minor) if from_other else -int(minor)
    return list(found.values())


def _why_it_waits(state: str, failed: str | None, *, due: bool) -> str:
    """Why an order that has not been sent waits; `failed` is what became of the one whose place it takes."""
    if failed is not None:
        return "returned" if failed == OrderState.RETURNED else "refused"
    return "held" if state == OrderState.HELD else "due" if due else "not_due"


def account_lines(connection: Connection, payee_id: str, until: date, office: str | None) -> list[AccountLine]:
    """What moved between the institution and a person, or an employer, up to a day, as the ledger has it."""
    query = (
        select(e.c.happened_on, e.c.kind, o.c.reference, o.c.claim_number, o.c.component, p.c.minor, p.c.currency)
        .join(p, p.c.entry_id == e.c.id)
        .join(o, o.c.id == e.c.order_id)
        .where(goes_to(payee_id), e.c.happened_on <= until, p.c.account.in_(MONEY))
        .order_by(e.c.happened_on, e.c.id)
    )
    if office is not None:
        query = query.where(within(o.c.office_id, office))
    return [
        AccountLine(day, kind, reference, claim, component, Money(-minor, currency))
        for day, kind, reference, claim, component, minor, currency in connection.execute(query)
    ]


def journal(connection: Connection, first: date, last: date) -> Iterator[Row[Any]]:
    """Every posting of a period with its entry, in the order in which they were written."""
    query = (
        select(e.c.id, e.c.happened_on, e.c.recorded_at, e.c.kind, p.c.position, p.c.account, p.c.component, p.c.minor)
        .add_columns(p.c.currency, o.c.reference, r.c.number.label("run_number"))
        .join(p, p.c.entry_id == e.c.id)
        .outerjoin(o, o.c.id == e.c.order_id)
        .outerjoin(r, r.c.id == e.c.run_id)
        .where(e.c.happened_on >= first, e.c.happened_on <= last)
        .order_by(e.c.id, p.c.position)
    )
    yield from connection.execute(query.execution_options(yield_per=5000))
