"""A file of statements is read: each statement of ours entry by entry, each entry in a transaction of its own.

What is a stranger's, cannot be read, or is dated in the future goes to a list with its reason and never into the
ledger. What a person handed in is compared with what the bank's channel itself says before it moves an order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from services.payments.domain.order import OrderState, from_bank_status
from services.payments.domain.statement import Fault, Statement, StatementFile, StatementLine
from services.payments.gateways import mapped_sheet, statement_files
from services.payments.gateways.bank import Bank, BankAway
from services.payments.gateways.xml_in import FileUnreadable
from services.payments.institution import OwnAccount, PaymentSettings
from services.payments.usecases import handing_in, layouts, statements
from services.payments.usecases.outside import Outside
from services.payments.usecases.statements import HandedIn, Todo
from services.payments.usecases.together import NewEntry, take_details, take_entries
from shared.act import Act
from shared.database import session_lock
from shared.jobs import JobRun, Later
from shared.logs import log

#: A person's statement is compared with the channel's own for so many days at most; beyond that it waits.
MOST_DAYS_COMPARED = 40
#: How long to wait for somebody else who is reading a statement of the same account.
RETRY_BUSY = timedelta(seconds=5)


class LinesFailed(RuntimeError):
    """Some lines of a statement had no effect; the rest did. The file is read again, which repeats nothing."""


class AccountBusy(RuntimeError):
    """Another statement of the account is being read at this moment; it is tried again."""


def import_statement(job: JobRun, out: Outside, file: bytes) -> bool:
    """Read a file that the channel gave. Returns whether it holds a final statement. Raises as `read_file`."""
    return any(statement.is_final for statement in read_file(job, out, file))


def read_waiting(job: JobRun, out: Outside, file_id: str) -> Later | None:
    """Read a file that somebody handed in, or that is to be read again; what cannot be read is noted with it."""
    with job.begin() as act:
        waiting = handing_in.waiting_file(act, file_id)
    if waiting is None:
        return None
    file, by, layout_id = waiting
    try:
        read_file(job, out, file, by, layout_id=layout_id)
    except FileUnreadable:
        log.warning("statement_file_unreadable", file_id=file_id)
    except AccountBusy:
        return Later(after=RETRY_BUSY, reason="account_busy")
    return None


def read_file(
    job: JobRun,
    out: Outside,
    file: bytes,
    by: HandedIn | None = None,
    *,
    gateway: Bank | None = None,
    layout_id: str | None = None,
) -> list[Statement]:
    """Read all statements of ours in a file; returns them. What was not taken is noted for people to see.

    `gateway` is the channel that gave the file, where it did; a table that a person handed in is read by the layouts
    in use, or by the one she named.

    Raises `FileUnreadable` when nothing of it can be read, and `LinesFailed` after all others have had their effect.
    """
    digest = hashlib.sha256(file).hexdigest()
    try:
        if by is not None and mapped_sheet.looks_like(file):
            with job.begin() as act:
                held = layouts.read_table(act, out.institution, file, layout_id)
        else:
            held = (gateway or out.bank).read_statements(file)
    except FileUnreadable as wrong:
        with job.begin() as act:
            handing_in.note(act, digest, file, [Fault(str(wrong)[:120])], by, taken=0)
        raise
    with job.begin() as act:
        ours, faults = ours_of(held, out.institution, act.today)
    failed = 0
    for statement in ours:
        failed += _read(job, out, statement, file, by)
        faults += [
            Fault(reason, statement.statement_id, statement.account, entry) for entry, reason in statement.unreadable
        ]
    if failed:
        faults.append(Fault("lines_failed", lines=failed))
    with job.begin() as act:
        handing_in.note(act, digest, file, faults, by, taken=len(ours))
    if failed:
        raise LinesFailed(f"{failed} lines")
    return ours


def look_at_file(
    act: Act, file: bytes, institution: PaymentSettings, layout_id: str | None = None
) -> tuple[list[Statement], list[Fault]]:
    """A first look at a file, for whoever hands it in: its statements of ours, and why the others are not taken."""
    try:
        table = mapped_sheet.looks_like(file)
        held = layouts.read_table(act, institution, file, layout_id) if table else statement_files.read(file)
    except FileUnreadable as wrong:
        return [], [Fault(str(wrong)[:120])]
    return ours_of(held, institution, act.today)


def ours_of(held: StatementFile, institution: PaymentSettings, today: date) -> tuple[list[Statement], list[Fault]]:
    """The statements of a file that are about our accounts and days that have come, and why the others are not
    taken."""
    ours, faults = [], []
    for fault in held.faults:
        stranger = fault.account and institution.own(fault.account) is None
        reason = "not_our_account" if stranger else fault.reason
        faults.append(replace(fault, reason=reason))
    for statement in held.statements:
        own = institution.own(statement.account)
        if own is None:
            reason = "not_our_account"
        elif statement.currency != own.currency:
            reason = "currency_differs"
        elif statement.day > today or statement.begins > statement.day:
            reason = "day_has_not_come"
        else:
            ours.append(statement.up_to(today))
            continue
        lines = len(statement.lines) + len(statement.unreadable)
        faults.append(Fault(reason, statement.statement_id, statement.account, None, lines))
    return ours, faults


@contextmanager
def _alone(job: JobRun, account: str) -> Iterator[None]:
    """One statement of an account at a time: who is who is told by what is kept."""
    with session_lock(job.engine, "statements", account) as mine:
        if not mine:
            raise AccountBusy(account[-4:])
        yield


def _read(job: JobRun, out: Outside, statement: Statement, file: bytes, by: HandedIn | None) -> int:
    """Read one statement. Returns how many entries failed."""
    own = out.institution.own(statement.account)
    channel = own.channel if own else out.bank.channel
    with _alone(job, own.number if own else statement.account):
        with job.begin() as act:
            statement_id, open_ = statements.begin_statement(act, channel, statement, file, by)
            if not open_:
                return 0
            todo = statements.plan_entries(act, statement_id, statement)
        contested = _contests(out, statement) if by is not None else None
        failed = 0
        for group in _groups(todo):
            failed += _take(job, statement_id, statement, group, contested)
        if not failed:
            with job.begin() as act:
                if by is None:
                    statements.confirm_what_the_channel_tells(act, statement_id)
                statements.end_statement(act, statement_id)
    return failed


#: About so many lines are taken in one transaction.
TOGETHER = 2000


def _groups(todo: Iterable[Todo]) -> Iterator[list[Todo]]:
    """Entries in groups of about `TOGETHER` lines; an entry is never cut."""
    group: list[Todo] = []
    size = 0
    for entry in todo:
        group.append(entry)
        size += len(entry[0])
        if size >= TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def _take(
    job: JobRun,
    statement_id: str,
    statement: Statement,
    group: list[Todo],
    contested: Callable[[StatementLine], bool] | None,
) -> int:
    """Take a group of entries in one transaction; where that fails, half of them each: a bad line never stops a file.
    Returns how many entries failed."""
    entries = [
        NewEntry(lines, before, frozenset(line.part for line in lines if contested and contested(line)))
        for lines, before, _ in group
    ]
    told = [(entry, kept) for entry, (_, _, kept) in zip(entries, group, strict=True) if kept]
    try:
        with job.begin() as act:
            new = [entry for entry, (_, _, kept) in zip(entries, group, strict=True) if not kept]
            take_entries(act, statement_id, statement, new)
            for entry, kept in told:
                if not take_details(act, statement_id, statement, entry, kept):
                    statements.told_again(act, statement_id, entry.lines[0].entry, kept)
    except Exception as fault:
        if len(group) == 1:
            log.error("statement_line_failed", entry=group[0][0][0].entry, exc_info=fault)
            return 1
        middle = len(group) // 2
        return sum(_take(job, statement_id, statement, half, contested) for half in (group[:middle], group[middle:]))
    return 0


def _contests(out: Outside, statement: Statement) -> Callable[[StatementLine], bool]:
    """Whether the channel does not confirm a line that names an order; asked outside any transaction."""
    own = out.institution.own(statement.account)
    gateway = out.gateway(own.channel) if own is not None else out.bank
    days = sorted({line.booked_on for line in statement.lines if line.reference or line.uetr})[:MOST_DAYS_COMPARED]
    told = {day: _channel_lines(gateway, own, day) for day in days}

    def contested(line: StatementLine) -> bool:
        if not (line.reference or line.uetr):
            return False
        known = told.get(line.booked_on)
        if known is not None:
            return not any((line.amount, name) in known for name in (line.reference, line.uetr) if name is not None)
        return not _enquired(gateway, line)

    return contested


def _channel_lines(gateway: Bank, own: OwnAccount | None, day: date) -> set[tuple[object, str]] | None:
    """(amount, reference) of what the channel's own statement of a day tells; none where it gives none."""
    try:
        file = gateway.statement(own.number, day) if own is not None else None
        held = gateway.read_statements(file) if file is not None else None
    except (BankAway, FileUnreadable):
        return None
    if held is None:
        return None
    lines = (line for statement in held.statements for line in statement.lines)
    return {(line.amount, name) for line in lines for name in (line.reference, line.uetr) if name}


def _enquired(gateway: Bank, line: StatementLine) -> bool:
    """Whether the bank, asked about an order, says that its money is on the way or there."""
    if line.is_return or line.amount.minor > 0 or not line.reference:
        return False
    try:
        status = gateway.enquire(line.reference, line.uetr or "")
    except BankAway:
        return False
    said = from_bank_status(status.code, final_codes=gateway.final_codes) if status is not None else None
    return said in (OrderState.ACCEPTED, OrderState.SETTLED)
