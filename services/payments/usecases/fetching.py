"""The institution's statements are fetched from the bank, day by day until none is missing, and read."""

from __future__ import annotations

from datetime import date, timedelta

from services.payments.domain.statement import Statement
from services.payments.gateways.bank import BankAway
from services.payments.gateways.xml_in import FileUnreadable
from services.payments.institution import OwnAccount
from services.payments.usecases import coverage
from services.payments.usecases.outside import Outside
from services.payments.usecases.reading import RETRY_BUSY, AccountBusy, read_file
from shared.jobs import JobRun, Later

#: How long a bank that does not answer is left alone, and one that has no statement yet.
RETRY_BANK = timedelta(seconds=30)
RETRY_STATEMENT = timedelta(minutes=5)
#: Days on which the bank does not work are asked for so long: some banks book on them all the same.
CLOSED_DAYS_ASKED = timedelta(days=10)


def fetch_statements(job: JobRun, out: Outside, channel: str, currency: str) -> Later | None:
    """Read every day that is over and was not read, and today so far; a day that is missing hides none after it."""
    own = out.institution.account(channel, currency)
    if own is None or not own.gives_statements or out.institution.channel(channel).layout:
        return None  # to a bank whose files are carried there is no line: its statements are handed in
    gateway = out.gateway(channel)
    with job.begin() as act:
        today = act.today
        wanted = coverage.missing_days(act, own, today, lambda day: True)
    later: Later | None = None
    for day in wanted:
        open_ = gateway.is_bank_day(day)
        if not open_ and day < today - CLOSED_DAYS_ASKED:
            continue
        try:
            reason = _fetch_day(job, out, own, day)
        except BankAway:
            return Later(after=RETRY_BANK, reason="bank_away")
        except AccountBusy:
            return Later(after=RETRY_BUSY, reason="account_busy")
        if reason is not None and day < today and open_:
            later = Later(after=RETRY_STATEMENT, reason=reason)
    return later


def _fetch_day(job: JobRun, out: Outside, own: OwnAccount, day: date) -> str | None:
    """Read one day; answers why it is not done with, or none. Raises `BankAway`."""
    gateway = out.gateway(own.channel)
    file = gateway.statement(own.number, day)
    if file is None:
        return "no_statement_yet"
    try:
        taken = read_file(job, out, file, gateway=gateway)
    except FileUnreadable:
        return "statement_unreadable"
    return None if _closes(taken, day) else "no_final_statement_yet"


def _closes(taken: list[Statement], day: date) -> bool:
    return any(statement.is_final and statement.begins <= day <= statement.day for statement in taken)
