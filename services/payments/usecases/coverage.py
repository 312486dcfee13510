"""How far the bank's own statements of an account have been read without a gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from services.payments import store
from services.payments.domain.statement import days_without_statement, told_up_to
from services.payments.institution import OwnAccount
from shared.act import Act

BankDays = Callable[[date], bool]


def last_final_day(act: Act, own: OwnAccount, is_open: BankDays) -> date | None:
    """The newest day up to which the final statements of an account were read, none missing since money first left."""
    since = store.first_sent_on(act.connection, own.channel, own.currency)
    if since is None:
        return None
    return told_up_to(since, act.today, store.covered_days(act.connection, own.number), is_open)


def missing_days(act: Act, own: OwnAccount, until: date, is_open: BankDays) -> list[date]:
    """Days of the bank since money first left, up to `until`, whose final statement has not been read."""
    since = store.first_sent_on(act.connection, own.channel, own.currency)
    if since is None:
        return []
    return days_without_statement(since, until, store.covered_days(act.connection, own.number), is_open)
