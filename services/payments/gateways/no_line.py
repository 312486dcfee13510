"""What every channel answers that nobody can be asked over: it brings no statement and knows no name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from services.payments.domain.check import Account
from services.payments.domain.statement import StatementFile
from services.payments.gateways.bank import NameCheck
from services.payments.gateways.xml_in import FileUnreadable
from services.payments.institution import Channel


class NoLine:
    """The part of the protocol of channels that is the same without a line; `figures_of` are those of the channel."""

    @property
    def figures_of(self) -> Channel:
        raise NotImplementedError

    def statement(self, account: str, day: date) -> bytes | None:
        return None

    def read_statements(self, file: bytes) -> StatementFile:
        raise FileUnreadable("no_statement")

    def is_bank_day(self, day: date) -> bool:
        return self.figures_of.calendar.is_open(day)

    def check_account(self, name: str, account: Account) -> NameCheck:
        return NameCheck("RVNA")

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        return [NameCheck("RVNA")] * len(asked)

    def settles_on(self, wanted: date, today: date, at: time) -> date:
        return self.figures_of.calendar.settles_on(wanted, today, at)
