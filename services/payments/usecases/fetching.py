"""The institution's statements are fetched from the bank, day by day, and read."""

from __future__ import annotations

from datetime import timedelta

from services.payments import store
from services.payments.gateways.bank import BankAway
from services.payments.usecases import statements
from services.payments.usecases.outside import Outside
from shared.jobs import JobRun, Later
from shared.logs import log

#: How long a bank that does not answer is left alone.
RETRY_BANK = timedelta(seconds=30)


def fetch_statements(job: JobRun, out: Outside, currency: str) -> Later | None:
    """Read the statements of one account: every day that is over and was not read, then today so far."""
    own = out.institution.account(out.bank.channel, currency)
    with job.begin() as act:
        started = store.first_sent_on(act.connection, currency)
        last = store.last_final_day(act.connection, own.number) if own else None
        today = act.today
    if own is None or started is None:
        return None
    day = last + timedelta(days=1) if last else started
    while day <= today:
        try:
            file = out.bank.statement(own.number, day)
        except BankAway:
            return Later(after=RETRY_BANK, reason="bank_away")
        if file is None:
            return None if day == today else Later(after=timedelta(minutes=5), reason="no_statement_yet")
        final = import_statement(job, out, file)
        if not final and day < today:
            return Later(after=timedelta(minutes=5), reason="no_final_statement_yet")
        day += timedelta(days=1)
    return None


class LinesFailed(RuntimeError):
    """Some lines of a statement had no effect; the rest did. The file is read again, which repeats nothing."""


def import_statement(job: JobRun, out: Outside, file: bytes) -> bool:
    """Read one statement file, each line in a transaction of its own. Returns whether it is the day's final one.

    Raises `FileUnreadable`, and `LinesFailed` after all others have had their effect.
    """
    statement = out.bank.read_statement(file)
    with job.begin() as act:
        statement_id, open_ = statements.begin_statement(act, out.bank.channel, statement, file)
    if not open_:
        return statement.is_final
    failed = 0
    for position, line in enumerate(statement.lines, 1):
        try:
            with job.begin() as act:
                statements.take_line(act, statement_id, statement.account, position, line)
        except Exception as fault:  # a bad line never stops a file
            failed += 1
            log.error("statement_line_failed", position=position, exc_info=fault)
    if failed:
        raise LinesFailed(f"{failed} lines")
    with job.begin() as act:
        statements.end_statement(act, statement_id)
    return statement.is_final
