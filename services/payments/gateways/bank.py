"""What payments asks of any bank, wallet operator or cash network, and the words they share.

Implementations: ISO 20022 over HTTP (`iso_bank.py`), wallets over HTTP (`wallet.py`), and the model bank of the tests.
None of these calls is ever made inside a database transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Protocol

from services.payments.domain.check import Account
from services.payments.domain.statement import StatementFile
from shared.money import Money


class BankAway(Exception):
    """The bank did not answer, or not in words we understand. What was asked may or may not have happened."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer of a run."""

    reference: str
    uetr: str
    amount: Money
    name: str
    account: Account
    about: str  # for the payee's statement; no personal data


@dataclass(frozen=True, slots=True)
class RunFile:
    """A run as it leaves: the same input gives the same bytes."""

    message_id: str
    created_at: datetime
    executes_on: date
    debtor: str
    debtor_account: str
    debtor_bank: str
    currency: str
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class BankStatus:
    """A bank's word on one order: an ISO 20022 status code and, where given, a reason code; `reasons` are all of
    them."""

    code: str
    reason: str | None = None
    reasons: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a file on three layers: the file, its payment blocks, and the orders about which more was said."""

    message_id: str
    group: BankStatus | None
    #: By our reference or by the UETR of the order, as the bank gives them back.
    orders: dict[str, BankStatus] = field(default_factory=dict)
    #: By the name of the block.
    blocks: dict[str, BankStatus] = field(default_factory=dict)

    def of(self, reference: str, uetr: str | None = None) -> BankStatus | None:
        """What the bank says about one order: its own status, else that of its block, else that of the whole file.

        A run leaves as one block, so a block's refusal is about every order of it. "In part" says nothing of an order.
        """
        own = self.orders.get(reference) or self.orders.get((uetr or "").lower())
        if own is not None:
            return own
        layers = [*self.blocks.values(), *([self.group] if self.group else [])]
        refused = next((status for status in layers if status.code == "RJCT"), None)
        if refused is not None:
            return refused
        return next((status for status in layers if status.code != "PART"), self.group)


@dataclass(frozen=True, slots=True)
class NameCheck:
    """Whether name and account belong together: RCVC match, RVMC close, RVNM no, RVNA not available."""

    code: str
    name: str | None = None


class Bank(Protocol):
    """One way for money to leave."""

    #: Names the channel in tables and statements.
    channel: str
    #: Status codes that this channel calls final evidence; elsewhere only a booked debit is.
    final_codes: frozenset[str]
    #: A file whose day is over is refused (DT01), so what never arrived never will.
    refuses_late_files: bool
    #: Its books are our own: an order that it does not know when asked never reached it.
    knows_at_once: bool

    def write(self, run: RunFile) -> bytes:
        """The file for a run, checked against its schema. Raises `ValueError` for what no file can say."""
        ...

    def submit(self, message_id: str, file: bytes) -> Receipt:
        """Hand a file over. Raises `BankAway`."""
        ...

    def enquire(self, reference: str, uetr: str = "") -> BankStatus | None:
        """What became of an order, by our reference or its UETR; none when the bank has never heard of it. Raises
        `BankAway`."""
        ...

    def known(self, references: Sequence[str]) -> frozenset[str]:
        """Which of these orders the channel has heard of: asked before a file leaves, in one go. Raises `BankAway`."""
        ...

    def statement(self, account: str, day: date) -> bytes | None:
        """The statement of a day, interim while the day lasts; none when there is none. Raises `BankAway`."""
        ...

    def read_statements(self, file: bytes) -> StatementFile:
        """Read a file of statements. Raises `FileUnreadable` when nothing of it can be read."""
        ...

    def is_bank_day(self, day: date) -> bool:
        """Whether the bank works on a day."""
        ...

    def check_account(self, name: str, account: Account) -> NameCheck:
        """Whether name and account belong together. Raises `BankAway`."""
        ...

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        """The same for many names and accounts, in their order. Raises `BankAway`, also where the channel cannot be
        asked about many: then each is asked about by itself."""
        ...

    def check_funds(self, account: str, total: Money) -> bool:
        """Whether the institution's account covers a sum. Raises `BankAway`."""
        ...

    def settles_on(self, wanted: date, today: date, at: time) -> date:
        """The day on which a file handed over now is executed: a day of the bank, the wanted one or the first left."""
        ...
