"""The bank's statement is read line by line; each line has its effect once, in a transaction of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, insert, select, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import ledger
from services.payments.domain.order import OrderState
from services.payments.domain.overlap import Entry, Told, kept_already, running
from services.payments.domain.statement import (
    UNEXPLAINED,
    KnownOrder,
    Match,
    Statement,
    StatementLine,
    match_line,
)
from services.payments.institution import institution
from services.payments.usecases.answers import lock_order, settle
from shared.act import Act
from shared.ids import is_uuid
from shared.logs import log
from shared.money import Money


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The person who brought a statement: her name stays on it."""

    id: str
    name: str


def begin_statement(act: Act, channel: str, statement: Statement, file: bytes, by: HandedIn | None) -> tuple[str, bool]:
    """Note that this statement is being read: (id, whether there is anything left to do).

    The same statement with the same bytes is read once, however often it comes; what could not be read of it
    before is tried again. `by` is the person who handed it in, none where the bank's channel gave it.
    """
    digest = hashlib.sha256(file).hexdigest()
    s = t.statement
    page = (s.c.page == statement.page) if statement.page is not None else s.c.page.is_(None)
    same = (s.c.account == statement.account) & (s.c.statement_id == statement.statement_id) & (s.c.sha256 == digest)
    known = act.connection.execute(select(s).where(same & page).with_for_update()).first()
    faults = [list(pair) for pair in statement.unreadable]
    if known is not None:
        # The bank's own word counts more than a person's, even where both bring the same bytes.
        values = {"last_read_on": act.today, "unreadable": faults} | ({} if by else {"source": "channel", "doubts": []})
        act.connection.execute(update(s).where(s.c.id == known.id).values(**values))
        return known.id, not known.done or bool(known.unreadable) or (by is None and known.source == "person")
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
            opening_minor=_minor(statement.opening),
            closing_minor=_minor(statement.closing),
            adds_up=None,
            line_count=len(statement.lines),
            unreadable=faults,
            imported_at=act.now,
            imported_by=by.id if by else act.actor.id,
            imported_by_name=by.name if by else "",
            done=False,
            source="person" if by else "channel",
            kind=statement.kind,
            first_day=statement.begins,
            from_at=statement.from_at,
            to_at=statement.to_at,
            sequence=statement.sequence,
            page=statement.page,
            servicer=statement.servicer,
            last_read_on=act.today,
            doubts=_doubts(act, statement) if by else [],
        )
    )
    return own, True


def _minor(told: Money | None) -> int | None:
    """Minor units of a balance that may not be told; nothing (zero) is told."""
    return None if told is None else told.minor


def _doubts(act: Act, statement: Statement) -> list[str]:
    """What speaks against a statement that a person handed in; it is shown beside her name."""
    s = t.statement
    theirs = (s.c.account == statement.account) & (s.c.source == "channel")
    found = [] if statement.account_told else ["account_not_told"]
    servicers = set(act.connection.scalars(select(s.c.servicer).where(theirs, s.c.servicer != "").distinct()))
    if statement.servicer and servicers and statement.servicer not in servicers:
        found.append("sender_differs")
    if statement.sequence is not None:
        same = (s.c.sequence == statement.sequence) & (s.c.day != statement.day)
        if act.connection.execute(select(s.c.id).where(theirs & same).limit(1)).first() is not None:
            found.append("sequence_used")
    before = (
        select(s.c.closing_minor)
        .where(theirs, s.c.is_final, s.c.day < statement.begins, s.c.closing_minor.is_not(None))
        .order_by(s.c.day.desc())
        .limit(1)
    )
    closing = act.connection.scalar(before)
    if closing is not None and statement.opening is not None and closing != statement.opening.minor:
        found.append("opening_differs")
    return found


#: Lines of an entry, the balance before it, and ids of the lines that are kept for it already.
Todo = tuple[tuple[StatementLine, ...], int | None, list[str]]


def plan_entries(act: Act, statement_id: str, statement: Statement) -> Iterable[Todo]:
    """The entries that have no line yet."""
    done = store.places_of(act.connection, statement_id)
    days = {line.booked_on for line in statement.lines}
    if not store.are_kept(act.connection, statement.account, days, statement_id):
        return _all_new(statement, done)
    told = list(statement.entries())
    rows: dict[tuple[str, int], list[Row[Any]]] = {}
    for row in store.kept_lines(act.connection, statement.account, days, statement_id):
        rows.setdefault((row.statement_id, row.entry), []).append(row)
    kept = list(rows.values())
    arrived = [_told_entry(parts) for parts in told]
    before = running(arrived, _opening(statement))
    arrived = [replace(entry, before=balance) for entry, balance in zip(arrived, before, strict=True)]
    open_ = [index for index, parts in enumerate(told) if parts[0].entry not in done]
    partners = kept_already(
        [arrived[index] for index in open_],
        [_kept_entry(group) for group in kept],
        Told(statement.statement_id, statement.from_at, (statement.page or 1) > 1, statement.by_words),
    )
    return [
        (told[index], arrived[index].before, [row.id for row in kept[partner]] if partner is not None else [])
        for index, partner in zip(open_, partners, strict=True)
    ]


def _opening(statement: Statement) -> int | None:
    """The balance from which the balance before each entry is counted; none where an entry is missing."""
    return _minor(statement.opening) if not statement.unreadable else None


def _all_new(statement: Statement, done: set[int]) -> Iterator[Todo]:
    """The same where no other statement has told of these days: one after the other, however many."""
    opening, moved = _opening(statement), dict[date, int]()
    if opening is not None:
        for parts in statement.entries():
            moved[parts[0].booked_on] = moved.get(parts[0].booked_on, 0) + _sum(parts)
    # By booking day, as `running` has it: a statement may be written backwards.
    balances = dict(
        zip(sorted(moved), accumulate((moved[day] for day in sorted(moved)), initial=opening), strict=False)
    )
    for parts in statement.entries():
        day = parts[0].booked_on
        balance = balances.get(day)
        if parts[0].entry not in done:
            yield parts, balance, []
        if balance is not None:
            balances[day] = balance + _sum(parts)


def _told_entry(parts: tuple[StatementLine, ...]) -> Entry:
    references = set()
    for line in parts:
        references |= _named(line.reference, line.uetr, line.bank_reference, line.entry_reference)
    return Entry(parts[0].booked_on, _sum(parts), frozenset(references), parts[0].text)


def _sum(parts: tuple[StatementLine, ...]) -> int:
    return sum(line.amount.minor for line in parts)


def _kept_entry(rows: list[Row[Any]]) -> Entry:
    references = set()
    for row in rows:
        references |= _named(row.reference, row.uetr, row.bank_reference, row.entry_reference)
    first = rows[0]
    return Entry(
        first.booked_on,
        sum(row.amount_minor for row in rows),
        frozenset(references),
        first.text,
        before=first.before_minor,
        row_id=first.statement_id,
        statement_id=first.told_in,
        to_at=first.to_at,
    )


def _named(end: str | None, uetr: str | None, bank: str, entry: str) -> set[str]:
    """The references of a line with their kinds; a bank's reference that is the entry's is that alone."""
    found = {("end:", end), ("uetr:", uetr), ("bank:", "" if bank == entry else bank), ("entry:", entry)}
    return {kind + told for kind, told in found if told}


def end_statement(act: Act, statement_id: str) -> None:
    """Every line has had its effect; the balance kept is compared with the balance told."""
    act.connection.execute(update(t.statement).where(t.statement.c.id == statement_id).values(done=True))
    count_anew(act, statement_id)


def count_anew(act: Act, statement_id: str) -> None:
    """Opening plus what is kept is closing: for the lines of this statement and, at the end of a day, for the day.

    `missing_minor` is what the bank tells and the kept lines do not explain (negative: more is kept than told).
    """
    s = t.statement
    row = act.connection.execute(select(s).where(s.c.id == statement_id)).one()
    if row.opening_minor is None or row.closing_minor is None:
        return
    missing = row.closing_minor - row.opening_minor - store.kept_for(act.connection, statement_id)
    if not missing and row.is_final and row.first_day == row.day:
        opening = store.opening_of(act.connection, row.account, row.day)
        if opening is not None:
            missing = row.closing_minor - opening - store.kept_on(act.connection, row.account, row.day)
    act.connection.execute(
        update(s)
        .where(s.c.id == statement_id)
        .values(missing_minor=missing, adds_up=not missing and not row.unreadable)
    )


def told_again(act: Act, statement_id: str, entry: int, line_ids: list[str]) -> None:
    """An entry for which lines are kept already: they have a place in this statement too."""
    for line_id in line_ids:
        store.add_place(act.connection, statement_id, line_id, entry)


def confirm_what_the_channel_tells(act: Act, statement_id: str) -> None:
    """Lines that a person alone had told count when the bank's channel tells them too."""
    for line_id in store.contested_lines(act.connection, statement_id):
        confirm(act, line_id)
        mark(act, line_id, "confirmed")


def mark(act: Act, line_id: str, resolution: str) -> None:
    """Say how a line was explained, and by whom."""
    lines = t.statement_line
    change = {"resolution": resolution, "resolved_by": act.actor.id, "resolved_at": act.now}
    act.connection.execute(update(lines).where(lines.c.id == line_id).values(**change))


def take_line(
    act: Act,
    statement_id: str,
    statement: Statement,
    line: StatementLine,
    before: int | None = None,
    *,
    contested: bool = False,
) -> Match:
    """One new line and its effect; `contested`: only a person says so, and it would move an order."""
    order = _order_named(act, line.reference, line.uetr)
    match = match_line(line, _known(act, order), most_percent=_most_percent())
    if contested and order is not None and match is not Match.FEE:
        match = Match.CONTESTED
    values = line_values(act, statement_id, statement, line, before, order.id if order is not None else None)
    line_id = values["id"]
    act.connection.execute(insert(t.statement_line).values(**values | {"match": match}))
    store.add_place(act.connection, statement_id, line_id, line.entry)
    _effect(act, line_id, line, match, order, money_of(statement.account))
    return match


def line_values(
    act: Act, statement_id: str, statement: Statement, line: StatementLine, before: int | None, order_id: str | None
) -> dict[str, Any]:
    """A new line as it is kept, matched with its order; `before` is the balance before its entry."""
    return {
        "id": act.new_id(),
        "statement_id": statement_id,
        "entry": line.entry,
        "part": line.part,
        "account": statement.account,
        "bank_reference": line.bank_reference,
        "entry_reference": line.entry_reference,
        "uetr": line.uetr,
        "before_minor": before,
        "told_on": min(max(line.booked_on, statement.begins), statement.day),
        "amount_minor": line.amount.minor,
        "currency": line.amount.currency,
        "booked_on": line.booked_on,
        "reference": line.reference,
        "reason": line.reason,
        "is_return": line.is_return,
        "is_fee": line.is_fee,
        "charges_minor": line.charges.minor if line.charges else None,
        "match": Match.MATCHED,
        "order_id": order_id,
        "text": line.text,
    }


def _most_percent() -> int:
    return institution().return_charges_most_percent


def money_of(account: str) -> ledger.Account:
    """The ledger's account for one of our own accounts: bank, wallet or cash."""
    own = institution().own(account)
    return ledger.money_of(own.channel) if own is not None else ledger.Account.BANK


def _order_named(act: Act, reference: str | None, uetr: str | None) -> Row[Any] | None:
    """Our order that a line names by its reference, else by its UETR; locked."""
    named = store.order_by_reference(act.connection, reference) if reference else None
    if named is None and uetr and is_uuid(uetr):
        named = store.order_by_uetr(act.connection, uetr)
    return lock_order(act, named.id) if named is not None else None


def _known(act: Act, order: Row[Any] | None) -> KnownOrder | None:
    if order is None:
        return None
    matches = store.lines_of_order(act.connection, order.id)
    return KnownOrder(
        OrderState(order.state),
        Money(order.amount_minor, order.currency),
        has_line=Match.MATCHED in matches or Match.AMOUNT_DIFFERS in matches,
        has_return_line=Match.RETURN in matches,
    )


def _effect(
    act: Act, line_id: str, line: StatementLine, match: Match, order: Row[Any] | None, money: ledger.Account
) -> None:
    """What a line does to its order and to the ledger."""
    if order is not None and match is Match.MATCHED:
        if OrderState(order.state) in store.IN_FLIGHT:
            settle(act, order, OrderState.SETTLED, on=line.booked_on)
    elif order is not None and match is Match.RETURN:
        came_back(act, line_id, order, line.amount, line.reason, line.booked_on)
    elif match is Match.FEE:
        fee = ledger.bank_fee(line.amount, money)
        store.post_entry(act, fee, cause=f"line:{line_id}", on=line.booked_on, line_id=line_id)
    elif match in UNEXPLAINED:
        _to_suspense(act, line_id, line, match, order, money)


def came_back(act: Act, line_id: str, order: Row[Any], amount: Money, reason: str | None, on: date) -> None:
    """An order's money came back, whole or less what the bank kept of it: then that is a fee of the bank."""
    if order.state != OrderState.SETTLED:
        # It can only come back from where it had arrived.
        order = settle(act, order, OrderState.SETTLED, on=on)
    settle(act, order, OrderState.RETURNED, reason=reason or "MS03", on=on)
    kept = Money(order.amount_minor, order.currency) - amount
    if kept.minor > 0:
        fee = ledger.bank_fee(-kept, ledger.money_of(order.channel))
        store.post_entry(act, fee, cause=f"line:{line_id}:kept", on=on, line_id=line_id)


def _to_suspense(
    act: Act, line_id: str, line: StatementLine, match: Match, order: Row[Any] | None, money: ledger.Account
) -> None:
    log.error(
        "statement_line_unexplained",
        match=match,
        line_id=line_id,
        order_id=order.id if order is not None else None,
    )
    entry = ledger.statement_line_unexplained(line.amount, money)
    store.post_entry(act, entry, cause=f"line:{line_id}", on=line.booked_on, line_id=line_id)
    if match is Match.AMOUNT_DIFFERS and order is not None and order.state in (OrderState.UNKNOWN, OrderState.SENT):
        # Something of it moved, so it certainly arrived there; how much is for a person to find out.
        settle(act, order, OrderState.ACCEPTED)


def _line_of(row: Row[Any]) -> StatementLine:
    """A kept line as it was read."""
    return StatementLine(
        bank_reference=row.bank_reference,
        amount=Money(row.amount_minor, row.currency),
        booked_on=row.booked_on,
        reference=row.reference,
        is_return=row.is_return,
        reason=row.reason,
        is_fee=row.is_fee,
        text=row.text,
        uetr=row.uetr,
        charges=Money(row.charges_minor, row.currency) if row.charges_minor is not None else None,
    )


def confirm(act: Act, line_id: str) -> None:
    """A contested line counts after all: it leaves suspense and does what it would have done. The line is matched
    anew."""
    lines = t.statement_line
    row = act.connection.execute(select(lines).where(lines.c.id == line_id)).one()
    line = _line_of(row)
    order = _order_named(act, row.reference, row.uetr)
    match = match_line(line, _known(act, order), most_percent=_most_percent())
    act.connection.execute(update(lines).where(lines.c.id == line_id).values(match=match))
    if match not in UNEXPLAINED:
        leaves_suspense(act, row)
        # Its own cause: the one of its first day in suspense is taken.
        if match is Match.FEE:
            fee = ledger.bank_fee(line.amount, money_of(row.account))
            store.post_entry(act, fee, cause=f"line:{line_id}:fee", on=act.today, line_id=line_id)
        else:
            _effect(act, line_id, line, match, order, money_of(row.account))


def leaves_suspense(act: Act, row: Row[Any]) -> None:
    """A line that stood in suspense is explained: its entry is taken back, once."""
    amount = Money(row.amount_minor, row.currency)
    undone = ledger.reversal(ledger.statement_line_unexplained(amount, money_of(row.account)))
    store.post_entry(act, undone, cause=f"line:{row.id}:reversed", on=act.today, line_id=row.id)
