"""An operator of mobile wallets, over HTTP: disbursements go out as JSON, and what became of each is asked.

`POST /v1/disbursements` takes a batch and answers for each payment `pending`, `paid` or `refused`; the batch is void
after its `expires_on`. `GET /v1/disbursements/{reference}` says what became of one, `POST /v1/disbursements/search`
which of many it has ever taken. `GET /v1/accounts/{account}/statements/{day}` gives the day of our account
(`wallet_statement.py`). When something changes the operator rings: a signed call-back (`signatures.py`), upon which we
ask. Amounts are decimal text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

import requests

from services.payments.domain.check import Account
from services.payments.domain.statement import StatementFile
from services.payments.gateways import statement_files
from services.payments.gateways.bank import BankAway, BankStatus, NameCheck, Receipt, RunFile
from services.payments.gateways.http_channel import HttpChannel, read_name_check, read_name_checks, status
from shared.money import Money

#: The operator's words in those of ISO 20022.
CODES = {"pending": "ACSP", "paid": "ACSC", "refused": "RJCT"}
#: The operator's reasons in those of ISO 20022; others are told as "no reason".
REASONS = {
    "unknown_wallet": "AC01",
    "wallet_closed": "AC04",
    "wallet_blocked": "AC06",
    "above_limit": "AM02",
    "no_funds": "AM04",
    "name_differs": "BE01",
    "expired": "DT01",
    "payee_deceased": "MD07",
}


class WalletOperator(HttpChannel):
    """The channel of mobile wallets."""

    channel = "wallet"
    #: "Paid" of a wallet is there at once and final.
    final_codes = frozenset({"ACSC"})
    refuses_late_files = True
    knows_at_once = False

    def write(self, run: RunFile) -> bytes:
        batch = {
            "batch": run.message_id,
            "created_at": run.created_at.isoformat(),
            "pays_on": run.executes_on.isoformat(),
            "expires_on": run.executes_on.isoformat(),
            "account": run.debtor_account,
            "payer": run.debtor,
            "payments": [
                {
                    "reference": p.reference,
                    "wallet": p.account.number,
                    "operator": p.account.bank,
                    "name": p.name,
                    "amount": p.amount.decimal(),
                    "currency": p.amount.currency,
                    "text": p.about,
                }
                for p in run.payments
            ],
        }
        return json.dumps(batch, ensure_ascii=False, separators=(",", ":")).encode()

    def submit(self, message_id: str, file: bytes) -> Receipt:
        headers = {"Content-Type": "application/json", "Idempotency-Key": message_id}
        answer = self._ask("POST", "/v1/disbursements", data=file, headers=headers)
        try:
            said = answer.json()
            if said["batch"] != message_id:
                raise BankAway("an answer about another batch")
            orders = {str(p["reference"]): _status(p) for p in said["payments"]}
        except (ValueError, KeyError, TypeError) as wrong:
            raise BankAway("unreadable answer") from wrong
        return Receipt(message_id, BankStatus("PART"), orders)

    def enquire(self, reference: str, uetr: str = "") -> BankStatus | None:
        answer = self._ask("GET", f"/v1/disbursements/{reference}")
        if self._is_unknown_there(answer):
            return None
        try:
            said = answer.json()
            if said["reference"] != reference:
                raise BankAway("an answer about another order")
            return _status(said)
        except (ValueError, KeyError, TypeError) as wrong:
            raise BankAway("unreadable answer") from wrong

    def known(self, references: Sequence[str]) -> frozenset[str]:
        return self._known("/v1/disbursements/search", references, _held)

    def statement(self, account: str, day: date) -> bytes | None:
        answer = self._ask("GET", f"/v1/accounts/{account}/statements/{day.isoformat()}")
        return answer.content if answer.status_code == 200 else None

    def read_statements(self, file: bytes) -> StatementFile:
        return statement_files.read(file)

    def check_account(self, name: str, account: Account) -> NameCheck:
        return read_name_check(self._ask("POST", "/v1/wallets/check", json=_named(name, account)))

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        checks = [_named(name, account) for name, account in asked]
        return read_name_checks(self._ask("POST", "/v1/wallets/checks", json={"checks": checks}), len(asked))

    def check_funds(self, account: str, total: Money) -> bool:
        answer = self._ask("GET", f"/v1/accounts/{account}", params={"currency": total.currency})
        try:
            said = answer.json()
            if said["account"] != account or said["currency"] != total.currency:
                raise BankAway("an answer about another account")
            return Money.parse(said["available"], total.currency).minor >= total.minor
        except (ValueError, KeyError, TypeError) as wrong:
            raise BankAway("unreadable answer") from wrong

    def is_bank_day(self, day: date) -> bool:
        """Wallets work every day, and every day has its statement."""
        return True


def _named(name: str, account: Account) -> dict[str, str]:
    return {"name": name, "wallet": account.number, "operator": account.bank}


def _held(answer: requests.Response) -> Iterable[str]:
    try:
        return [str(reference) for reference in answer.json()["known"]]
    except (ValueError, KeyError, TypeError) as wrong:
        raise BankAway("unreadable answer") from wrong


def _status(said: dict[str, object]) -> BankStatus:
    """One payment's status. Raises `KeyError` for a word that we do not know: that is no answer."""
    code = CODES[str(said["status"])]
    reason = REASONS.get(str(said.get("reason") or ""), "MS03") if code == "RJCT" else None
    return status(code, reason)
