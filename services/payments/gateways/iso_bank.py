"""A bank that speaks ISO 20022 over HTTP: pain.001 goes out, pain.002 and camt.053 come back.

Not to be confused with trust: a time-out, a broken answer and an answer we cannot read are all the same
to us, namely no answer (`BankAway`), and what was asked may have been done.
"""

from __future__ import annotations

from datetime import date, time

import requests

from services.payments.domain.check import Account
from services.payments.domain.statement import StatementFile
from services.payments.gateways import pain001, pain002, statement_files
from services.payments.gateways.bank import BankAway, BankStatus, NameCheck, Receipt, RunFile
from services.payments.gateways.xml_in import FileUnreadable
from services.payments.institution import Channel, institution
from shared.money import Money

NAME_CODES = frozenset({"RCVC", "RVMC", "RVNM", "RVNA"})


class IsoBank:
    """The channel of the product: ISO 20022 files over HTTP."""

    channel = "iso20022"
    final_codes: frozenset[str] = frozenset()
    refuses_late_files = True

    def __init__(
        self, url: str, *, answer_seconds: float = 20, token: str | None = None, figures: Channel | None = None
    ) -> None:
        self.figures = figures or institution().channel(self.channel)
        self.url = url.rstrip("/")
        self.answer_seconds = answer_seconds
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of the environment must not stand between us and the bank
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def _ask(self, method: str, path: str, **kwargs: object) -> requests.Response:
        try:
            answer = self.session.request(
                method,
                self.url + path,
                timeout=(3, self.answer_seconds),
                allow_redirects=False,
                **kwargs,  # type: ignore[arg-type]
            )
        except requests.RequestException as away:
            raise BankAway(type(away).__name__) from away
        if answer.status_code not in (200, 202, 404):
            raise BankAway(f"status {answer.status_code}")
        return answer

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
        if answer.status_code == 404:
            # Only the bank's own word counts, not some proxy's missing page.
            if answer.headers.get("X-Known") != "no":
                raise BankAway("an unsigned 404")
            return None
        try:
            status = pain002.read(answer.content).of(reference, uetr)
        except FileUnreadable as unreadable:
            raise BankAway("unreadable answer") from unreadable
        if status is None:
            raise BankAway("an answer about another order")
        return status

    def statement(self, account: str, day: date) -> bytes | None:
        answer = self._ask("GET", "/iso/camt.053", params={"account": account, "day": day.isoformat()})
        return answer.content if answer.status_code == 200 else None

    def read_statements(self, file: bytes) -> StatementFile:
        return statement_files.read(file)

    def is_bank_day(self, day: date) -> bool:
        return self.figures.calendar.is_open(day)

    def check_account(self, name: str, account: Account) -> NameCheck:
        answer = self._ask(
            "POST",
            "/accounts/check",
            json={"name": name, "bank": account.bank, "number": account.number, "kind": account.kind},
        )
        if answer.status_code == 404:
            return NameCheck("RVNA")
        try:
            said = answer.json()
            code, found = str(said["code"]), said.get("name")
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise BankAway("unreadable answer") from wrong
        return NameCheck(code if code in NAME_CODES else "RVNA", str(found)[:140] if found else None)

    def check_funds(self, account: str, total: Money) -> bool:
        answer = self._ask("POST", "/accounts/funds", json={"number": account, "amount": total.json()})
        try:
            return answer.json()["enough"] is True
        except (ValueError, KeyError, TypeError) as wrong:
            raise BankAway("unreadable answer") from wrong

    def settles_on(self, wanted: date, today: date, at: time) -> date:
        return self.figures.calendar.settles_on(wanted, today, at)
