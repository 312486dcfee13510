"""The bank's statement is read line by line; each line has its effect once, in a transaction of its own."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Row, insert, select, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain.order import State
from services.payments.domain.plan import share_out
from services.payments.domain.statement import (
    UNEXPLAINED,
    KnownOrder,
    Match,
    Statement,
    StatementLine,
    match_line,
)
from services.payments.usecases.answers import lock_order, settle
from shared import messaging
from shared.act import Act
from shared.logs import log
from shared.money import Money


class LineGone(LookupError):
    """There is no such line, or nothing about it is open."""


class ResolutionNotPossible(ValueError):
    """This line cannot be explained in that way; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def begin_statement(act: Act, channel: str, statement: Statement, file: bytes) -> tuple[str, bool]:
    """Note that this file is being read: (id, whether there is anything left to do).

    The same statement with the same bytes is read once, however often it comes.
    """
    digest = hashlib.sha256(file).hexdigest()
    s = t.statement
    same = (s.c.channel == channel) & (s.c.statement_id == statement.statement_id) & (s.c.sha256 == digest)
    known = act.connection.execute(select(s.c.id, s.c.done).where(same).with_for_update()).first()
    if known is not None:
        return known.id, not known.done
    own = act.new_id()
    act.connection.execute(
        insert(s).values(
            id=own,
            channel=channel,
            statement_id=statement.statement_id,
            sha256=digest,
            account=statement.account,
            currency=statement.currency,
            day=statement.day,
            is_final=statement.is_final,
            opening_minor=statement.opening.minor if statement.opening else None,
            closing_minor=statement.closing.minor if statement.closing else None,
            adds_up=statement.adds_up,
            line_count=len(statement.lines),
            unreadable=[list(pair) for pair in statement.unreadable],
            imported_at=act.now,
            imported_by=act.actor.id,
            done=False,
        )
    )
    return own, True


def end_statement(act: Act, statement_id: str) -> None:
    """Every line has had its effect."""
    act.connection.execute(update(t.statement).where(t.statement.c.id == statement_id).values(done=True))


def take_line(act: Act, statement_id: str, account: str, position: int, line: StatementLine) -> Match | None:
    """One line and its effect; none where the bank has told us this entry before (an interim statement did)."""
    if store.statement_line(act.connection, account, line.bank_reference) is not None:
        return None
    named = store.order_by_reference(act.connection, line.reference) if line.reference else None
    order = lock_order(act, named.id) if named is not None else None
    matches = store.lines_of_order(act.connection, order.id) if order is not None else []
    known = None
    if order is not None:
        known = KnownOrder(
            State(order.state),
            Money(order.amount_minor, order.currency),
            has_line=Match.MATCHED in matches or Match.AMOUNT_DIFFERS in matches,
            has_return_line=Match.RETURN in matches,
        )
    match = match_line(line, known)
    line_id = act.new_id()
    act.connection.execute(
        insert(t.statement_line).values(
            id=line_id,
            statement_id=statement_id,
            position=position,
            account=account,
            bank_reference=line.bank_reference,
            amount_minor=line.amount.minor,
            currency=line.amount.currency,
            booked_on=line.booked_on,
            reference=line.reference,
            reason=line.reason,
            match=match,
            order_id=order.id if order is not None else None,
            text=line.text,
        )
    )
    if order is not None and match is Match.MATCHED:
        if State(order.state) in store.IN_FLIGHT:
            settle(act, order, State.SETTLED, on=line.booked_on)
    elif order is not None and match is Match.RETURN:
        if order.state != State.SETTLED:
            # It can only come back from where it had arrived.
            order = settle(act, order, State.SETTLED, on=line.booked_on)
        settle(act, order, State.RETURNED, reason=line.reason or "MS03", on=line.booked_on)
    elif match is Match.FEE:
        store.post_entry(act, ledger.bank_fee(line.amount), cause=f"line:{line_id}", on=line.booked_on, line_id=line_id)
    elif match in UNEXPLAINED:
        _to_suspense(act, line_id, line, match, order)
    return match


def _to_suspense(act: Act, line_id: str, line: StatementLine, match: Match, order: Row[Any] | None) -> None:
    log.error(
        "statement_line_unexplained",
        match=match,
        line_id=line_id,
        order_id=order.id if order is not None else None,
    )
    entry = ledger.statement_line_unexplained(line.amount)
    store.post_entry(act, entry, cause=f"line:{line_id}", on=line.booked_on, line_id=line_id)
    if match is Match.AMOUNT_DIFFERS and order is not None and order.state in (State.UNKNOWN, State.SENT):
        # Something of it moved, so it certainly arrived there; how much is for a person to find out.
        settle(act, order, State.ACCEPTED)


def resolve_line(act: Act, line_id: str, how: str, note: str, claim_number: str | None = None) -> Row[Any]:
    """A person explains a line from suspense; the entry is reversed and written as what it was.

    `settled_as_paid`: an order paid with another amount counts as paid, the difference stays in suspense
    as a claim on the bank. `fee`: it was a fee. `refunded`: the bank took its mistake back (the other line
    stands in suspense too, both stay and sum to zero). `repayment`: the person of `claim_number` paid back what was
    too much. `noted`: seen, stays in suspense.
    Raises `LineGone`, `ResolutionNotPossible`.
    """
    lines = t.statement_line
    seen = act.connection.execute(select(lines).where(lines.c.id == line_id)).first()
    if seen is None:
        raise LineGone(line_id)
    award_id = _award_of(act, claim_number) if how == "repayment" else None
    order = lock_order(act, seen.order_id) if seen.order_id else None
    row = act.connection.execute(select(lines).where(lines.c.id == line_id).with_for_update()).one()
    if row.match not in UNEXPLAINED or row.resolution not in (None, "noted"):
        raise LineGone(line_id)
    amount = Money(row.amount_minor, row.currency)
    if how == "settled_as_paid":
        if order is None or row.match != Match.AMOUNT_DIFFERS or State(order.state) not in store.IN_FLIGHT:
            raise ResolutionNotPossible("not_an_order_in_flight")
        settle(act, order, State.SETTLED, on=row.booked_on)
        # The order took its own amount out of clearing against the bank; the line had put the paid amount
        # into suspense against the bank: what remains in suspense is exactly the difference.
        back = ledger.entry(
            "explained",
            ledger.Account.BANK,
            ledger.Account.SUSPENSE,
            Money(order.amount_minor, order.currency),
        )
        store.post_entry(act, back, cause=f"line:{line_id}:explained", on=act.today, line_id=line_id)
    elif how == "fee":
        undone = ledger.reversal(ledger.statement_line_unexplained(amount))
        store.post_entry(act, undone, cause=f"line:{line_id}:reversed", on=act.today, line_id=line_id)
        store.post_entry(act, ledger.bank_fee(amount), cause=f"line:{line_id}:fee", on=act.today, line_id=line_id)
    elif award_id is not None:
        _take_repayment(act, row, award_id)
    change = (
        update(lines)
        .where(lines.c.id == line_id)
        .values(resolution=how, resolved_by=act.actor.id, resolved_at=act.now, note=note)
        .returning(lines)
    )
    return act.connection.execute(change).one()


def _award_of(act: Act, claim_number: str | None) -> str:
    """The award of a claim, locked: awards are locked before anything else."""
    award_id = store.award_of_claim(act.connection, claim_number or "")
    if award_id is None:
        raise ResolutionNotPossible("claim_not_known")
    store.lock_award(act.connection, award_id)
    return award_id


def _take_repayment(act: Act, line: Row[Any], award_id: str) -> None:
    """What came in belongs to an award of which more was paid than is due; the ledger,
    the orders and benefits learn it."""
    award = store.lock_award(act.connection, award_id)
    if award is None or award.currency != line.currency or line.amount_minor <= 0:
        raise ResolutionNotPossible("not_a_repayment")
    rows = store.orders_of_award(act.connection, award_id, lock=True)
    orders = store.domain_orders(act.connection, award_id, rows)
    try:
        parts = share_out(store.schedule(act.connection, award), orders, line.amount_minor)
    except ValueError:
        raise ResolutionNotPossible("more_than_owed") from None
    amount = Money(line.amount_minor, line.currency)
    repayment_id = act.new_id()
    act.connection.execute(
        insert(t.repayment).values(
            id=repayment_id,
            line_id=line.id,
            award_id=award_id,
            minor=amount.minor,
            currency=amount.currency,
            received_on=line.booked_on,
            taken_by=act.actor.id,
            taken_at=act.now,
        )
    )
    undone = ledger.reversal(ledger.statement_line_unexplained(amount))
    store.post_entry(act, undone, cause=f"line:{line.id}:reversed", on=act.today, line_id=line.id)
    component = {row.id: row.component for row in rows}
    for order_id, minor in parts.items():
        act.connection.execute(
            insert(t.repayment_part).values(repayment_id=repayment_id, order_id=order_id, minor=minor)
        )
        entry = ledger.repaid(Money(minor, amount.currency), component[order_id])
        store.post_entry(
            act,
            entry,
            cause=f"line:{line.id}:repaid:{order_id}",
            on=act.today,
            order_id=order_id,
            line_id=line.id,
        )
    messaging.post(
        act.about(award.claim_id),
        "payments.repayment.received",
        subject=repayment_id,
        person=award.person_id,
        data={
            "claim_id": award.claim_id,
            "claim_number": award.claim_number,
            "person_id": award.person_id,
            "office_id": award.office_id,
            "award_id": award_id,
            "repayment_id": repayment_id,
            "amount": amount.json(),
            "received_on": line.booked_on.isoformat(),
        },
    )
