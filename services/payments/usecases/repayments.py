"""Money that a person paid back: taken for her claim from a line in suspense, and taken back from the wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain.order import Order
from services.payments.domain.plan import Schedule, beyond, share_out
from services.payments.usecases.awards import replan
from services.payments.usecases.statements import money_of
from shared import messaging
from shared.act import Act
from shared.money import Money


class RepaymentGone(LookupError):
    """There is no such repayment, or nobody asked to take it back."""


class ResolutionNotPossible(ValueError):
    """This line, or this repayment, cannot be explained in that way; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def award_of(act: Act, claim_number: str | None) -> str:
    """The award of a claim, locked: awards are locked before anything else."""
    award_id = store.award_of_claim(act.connection, claim_number or "")
    if award_id is None:
        raise ResolutionNotPossible("claim_not_known")
    store.lock_award(act.connection, award_id)
    return award_id


def take(act: Act, line: Row[Any], award_id: str, amount: Money, *, from_employer: bool = False) -> None:
    """What came in, or a part of it, belongs to an award of which more was paid than is due; the ledger, the orders
    and benefits learn it. The person gives back what went to her; an employer (`from_employer`) what went to her for an
    advance. The caller holds the line. Raises `ResolutionNotPossible`."""
    award = store.lock_award(act.connection, award_id)
    if award is None or {award.currency, amount.currency} != {line.currency} or line.amount_minor <= 0:
        raise ResolutionNotPossible("not_a_repayment")
    if not 0 < amount.minor <= line.amount_minor - store.taken_of_line(act.connection, line.id):
        raise ResolutionNotPossible("more_than_the_line")
    rows = store.orders_of_award(act.connection, award_id, lock=True)
    orders = store.domain_orders(act.connection, award_id, rows)
    schedule = store.schedule(act.connection, award)
    employer = _owing(schedule, orders, amount.minor) if from_employer else ""
    try:
        parts = share_out(schedule, orders, amount.minor, employer)
    except ValueError:
        raise ResolutionNotPossible("more_than_owed") from None
    repayment_id = act.new_id()
    made = {"id": repayment_id, "line_id": line.id, "award_id": award_id, "minor": amount.minor}
    made |= {"currency": amount.currency, "received_on": line.booked_on, "taken_at": act.now}
    act.connection.execute(insert(t.repayment).values(**made, taken_by=act.actor.id, taken_by_name=act.actor.name))
    _post(act, line, ledger.reversal(_waiting(amount, line)), f"repayment:{repayment_id}:explained")
    component = {row.id: row.component for row in rows}
    for order_id, minor in parts.items():
        part = insert(t.repayment_part).values(repayment_id=repayment_id, order_id=order_id, minor=minor)
        act.connection.execute(part)
        entry = ledger.repaid(Money(minor, amount.currency), component[order_id], money_of(line.account))
        _post(act, line, entry, f"repayment:{repayment_id}:{order_id}", order_id)
    _tell(act, award, "received", repayment_id, amount, line.booked_on.isoformat(), employer)


def _owing(schedule: Schedule, orders: Sequence[Order], minor: int) -> str:
    """Which employer of an award gives back so much: the one who got too much, or, of several, the one who got exactly
    that. Raises `ResolutionNotPossible`."""
    over = {e: found for e in {o.key.employer for o in orders} - {""} if (found := beyond(schedule, orders, e))}
    fits = [e for e, found in over.items() if len(over) == 1 or found == minor]
    if len(fits) != 1:
        raise ResolutionNotPossible("more_than_owed" if not over else "several_employers")
    return fits[0]


def ask_back(act: Act, repayment_id: str, why: str) -> None:
    """Say that a repayment stands on the wrong claim; another person decides. Raises `RepaymentGone`,
    `ResolutionNotPossible`."""
    found = store.repayment(act.connection, repayment_id)
    if found is None or found.line_id is None:
        raise RepaymentGone(repayment_id)
    store.lock_award(act.connection, found.award_id)
    if store.taking_back(act.connection, repayment_id) is not None:
        raise ResolutionNotPossible("asked_already")
    asked: dict[str, Any] = {"id": act.new_id(), "repayment_id": repayment_id, "state": "proposed", "why": why}
    asked |= {"asked_by": act.actor.id, "asked_name": act.actor.name, "asked_at": act.now}
    act.connection.execute(insert(t.repayment_back).values(**asked))


def decide_back(act: Act, repayment_id: str, *, back: bool) -> None:
    """A second person takes the repayment off its claim, or says that it stands.

    Taken back, its money waits in suspense and may be explained anew; what was planned because of it is planned anew,
    and benefits hear of it. Raises `RepaymentGone`, `ResolutionNotPossible`.
    """
    found = store.repayment(act.connection, repayment_id)
    if found is None:
        raise RepaymentGone(repayment_id)
    award = store.lock_award(act.connection, found.award_id)
    asked = store.taking_back(act.connection, repayment_id, lock=True)
    if award is None or asked is None or asked.state != "proposed":
        raise RepaymentGone(repayment_id)
    if back and asked.asked_by == act.actor.id:
        raise ResolutionNotPossible("asked_by_you")
    decided: dict[str, Any] = {"state": "final" if back else "refused", "decided_by": act.actor.id}
    decided |= {"decided_name": act.actor.name, "decided_at": act.now}
    b = t.repayment_back
    act.connection.execute(update(b).where(b.c.id == asked.id).values(**decided))
    if back:
        _take_off(act, award, found)


def _take_off(act: Act, award: Row[Any], found: Row[Any]) -> None:
    """The entries of a repayment taken back, its money in suspense again, its line open."""
    lines = t.statement_line
    line = act.connection.execute(select(lines).where(lines.c.id == found.line_id).with_for_update()).one()
    amount, money = Money(found.minor, found.currency), money_of(line.account)
    parts = store.repayment_parts(act.connection, found.id)
    for part in parts:
        undone = ledger.reversal(ledger.repaid(Money(part.minor, found.currency), part.component, money))
        _post(act, line, undone, f"repayment:{found.id}:back:{part.order_id}", part.order_id)
    _post(act, line, _waiting(amount, line), f"repayment:{found.id}:back")
    rest = "split" if store.taken_of_line(act.connection, line.id) else None
    act.connection.execute(update(lines).where(lines.c.id == line.id).values(resolution=rest))
    replan(act, found.award_id)
    employer = next((part.employer_id for part in parts if part.employer_id), "")
    _tell(act, award, "taken_back", found.id, amount, act.today.isoformat(), employer)


def _waiting(amount: Money, line: Row[Any]) -> ledger.Entry:
    return ledger.statement_line_unexplained(amount, money_of(line.account))


def _post(act: Act, line: Row[Any], entry: ledger.Entry, cause: str, order_id: str | None = None) -> None:
    store.post_entry(act, entry, cause=cause, on=act.today, order_id=order_id, line_id=line.id)


def _tell(act: Act, award: Row[Any], what: str, repayment_id: str, amount: Money, on: str, employer: str = "") -> None:
    about = {name: getattr(award, name) for name in ("claim_id", "claim_number", "person_id", "office_id", "award_id")}
    about |= {"repayment_id": repayment_id, "amount": amount.json()}
    about |= {"received_on" if what == "received" else "taken_back_on": on}
    about |= {"employer_id": employer} if employer else {}
    story = act.about(award.claim_id)
    messaging.post(story, f"payments.repayment.{what}", subject=repayment_id, person=award.person_id, data=about)
