"""A bank that speaks ISO 20022 over HTTP: pain.001 goes out, pain.002 and camt.053 come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import requests

from services.payments.domain.check import Account
from services.payments.domain.statement import StatementFile
from services.payments.gateways import pain001, pain002, statement_files
from services.payments.gateways.bank import BankAway, BankStatus, NameCheck, Receipt, RunFile
from services.payments.gateways.http_channel import HttpChannel, read_name_check, read_name_checks
from services.payments.gateways.xml_in import FileUnreadable
from shared.money import Money


class IsoBank(HttpChannel):
    """The channel of bank accounts: ISO 20022 files over HTTP."""

    channel = "iso20022"
    final_codes: frozenset[str] = frozenset()
    refuses_late_files = True
    knows_at_once = False

    def write(self, run: RunFile) -> bytes:
        return pain001.write(run)

    def submit(self, message_id: str, file: bytes) -> Receipt:
        answer = self._ask("POST", "/iso/pain.001", data=file, headers={"Content-Type": "application/xml"})
        try:
            receipt = pain002.read(answer.content)
        except FileUnreadable as unreadable:
            raise BankAway("unreadable answer") from unreadable
        if receipt.message_id != message_id:
            raise BankAway("an answer about another file")
        return receipt

    def enquire(self, reference: str, uetr: str = "") -> BankStatus | None:
        answer = self._ask("GET", "/iso/pain.002", params={"reference": reference})
        if self._is_unknown_there(answer):
            return None
        try:
            status = pain002.read(answer.content).of(reference, uetr)
        except FileUnreadable as unreadable:
            raise BankAway("unreadable answer") from unreadable
        if status is None:
            raise BankAway("an answer about another order")
        return status

    def known(self, references: Sequence[str]) -> frozenset[str]:
        return self._known("/iso/pain.002/search", references, _answered)

    def statement(self, account: str, day: date) -> bytes | None:
        answer = self._ask("GET", "/iso/camt.053", params={"account": account, "day": day.isoformat()})
        return answer.content if answer.status_code == 200 else None

    def read_statements(self, file: bytes) -> StatementFile:
        return statement_files.read(file)

    def check_account(self, name: str, account: Account) -> NameCheck:
        return read_name_check(self._ask("POST", "/accounts/check", json=_named(name, account)))

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        checks = [_named(name, account) for name, account in asked]
        return read_name_checks(self._ask("POST", "/accounts/checks", json={"checks": checks}), len(asked))

    def check_funds(self, account: str, total: Money) -> bool:
        answer = self._ask("POST", "/accounts/funds", json={"number": account, "amount": total.json()})
        try:
            return answer.json()["enough"] is True
        except (ValueError, KeyError, TypeError) as wrong:
            raise BankAway("unreadable answer") from wrong


def _named(name: str, account: Account) -> dict[str, str]:
    return {"name": name, "bank": account.bank, "number": account.number, "kind": account.kind}


def _answered(answer: requests.Response) -> Iterable[str]:
    """The orders that a report on many of them speaks of."""
    try:
        return pain002.read(answer.content).orders
    except FileUnreadable as unreadable:
        raise BankAway("unreadable answer") from unreadable
