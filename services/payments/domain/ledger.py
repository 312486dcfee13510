"""Double entry for what happens to money: every entry sums to zero, and nothing is ever changed.

| Account | Holds |
|---|---|
| expense | benefits paid out, less what came back |
| payable | released by the officers, not yet sent |
| clearing | sent to the bank, not yet on its statement |
| bank | the institution's account at the bank, as its statements say |
| wallet | what the institution holds with the operator of wallets, as his statements say |
| cash | the boxes of the offices, as they are counted |
| returned | money that came back and still belongs to somebody |
| suspense | statement lines that nobody can explain yet |
| fees | what the bank keeps for its work |

A wrong entry is put right by its reversal and a new one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.payments.domain.order import OrderState
from shared.money import Money


class Account(enum.StrEnum):
    EXPENSE = "expense"
    PAYABLE = "payable"
    CLEARING = "clearing"
    BANK = "bank"
    WALLET = "wallet"
    CASH = "cash"
    RETURNED = "returned"
    SUSPENSE = "suspense"
    FEES = "fees"


class Unbalanced(ValueError):
    """An entry whose postings do not sum to zero in each currency."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement on one account: debit is positive, credit negative, in minor units."""

    account: Account
    minor: int
    currency: str
    component: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Postings that belong together. Raises `Unbalanced` where they do not sum to zero."""

    kind: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if any(sums for sums in totals_by_currency(self.postings).values()):
            raise Unbalanced(self.kind)


def totals_by_currency(postings: Iterable[Posting]) -> dict[str, int]:
    """The sum of postings for each currency; zero everywhere in a sound ledger."""
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.currency] = sums.get(posting.currency, 0) + posting.minor
    return sums


def entry(kind: str, debit: Account, credit: Account, amount: Money, component: str | None = None) -> Entry:
    """`amount` on the debit of one account and the credit of another."""
    return Entry(
        kind,
        (
            Posting(debit, amount.minor, amount.currency, component),
            Posting(credit, -amount.minor, amount.currency, component),
        ),
    )


def reversal(of: Entry) -> Entry:
    """The entry that takes another one back."""
    mirrored = tuple(Posting(p.account, -p.minor, p.currency, p.component) for p in of.postings)
    return Entry(f"{of.kind}_reversed", mirrored)


def money_of(channel: str) -> Account:
    """Where the money of a channel lies: the account that its statements, or its counting, are about."""
    return {"wallet": Account.WALLET, "cash": Account.CASH}.get(channel, Account.BANK)


_A = Account
#: What each move of an order does to the ledger: (kind, debit, credit), in this order.
MOVES_TO_ENTRIES: Mapping[tuple[OrderState, OrderState], tuple[tuple[str, Account, Account], ...]] = {
    (OrderState.PLANNED, OrderState.APPROVED): (("released", _A.EXPENSE, _A.PAYABLE),),
    (OrderState.APPROVED, OrderState.PLANNED): (("release_undone", _A.PAYABLE, _A.EXPENSE),),
    (OrderState.APPROVED, OrderState.HELD): (("release_undone", _A.PAYABLE, _A.EXPENSE),),
    (OrderState.APPROVED, OrderState.CANCELLED): (("release_undone", _A.PAYABLE, _A.EXPENSE),),
    (OrderState.APPROVED, OrderState.SENT): (("sent", _A.PAYABLE, _A.CLEARING),),
    (OrderState.SENT, OrderState.SETTLED): (("settled", _A.CLEARING, _A.BANK),),
    (OrderState.ACCEPTED, OrderState.SETTLED): (("settled", _A.CLEARING, _A.BANK),),
    (OrderState.UNKNOWN, OrderState.SETTLED): (("settled", _A.CLEARING, _A.BANK),),
    (OrderState.SENT, OrderState.REJECTED): (("refused", _A.CLEARING, _A.EXPENSE),),
    (OrderState.ACCEPTED, OrderState.REJECTED): (("refused", _A.CLEARING, _A.EXPENSE),),
    (OrderState.UNKNOWN, OrderState.REJECTED): (("refused", _A.CLEARING, _A.EXPENSE),),
    (OrderState.SENT, OrderState.CANCELLED): (("refused", _A.CLEARING, _A.EXPENSE),),
    (OrderState.ACCEPTED, OrderState.CANCELLED): (("refused", _A.CLEARING, _A.EXPENSE),),
    (OrderState.UNKNOWN, OrderState.CANCELLED): (("refused", _A.CLEARING, _A.EXPENSE),),
    (OrderState.SETTLED, OrderState.RETURNED): (("returned", _A.BANK, _A.RETURNED),),
}


def entries_for_move(
    before: OrderState, after: OrderState, amount: Money, component: str, money: Account = Account.BANK
) -> tuple[Entry, ...]:
    """The entries that a move of an order writes; none where no money changes its place. `money` is its channel's."""

    def real(account: Account) -> Account:
        return money if account is Account.BANK else account

    return tuple(
        entry(kind, real(debit), real(credit), amount, component)
        for kind, debit, credit in MOVES_TO_ENTRIES.get((before, after), ())
    )


def returned_money_taken_back(amount: Money, component: str) -> Entry:
    """Money that came back leaves the returned account: paid anew by another order, or not due any more."""
    return entry("return_cleared", Account.RETURNED, Account.EXPENSE, amount, component)


def repaid(amount: Money, component: str, money: Account = Account.BANK) -> Entry:
    """The person paid back what was too much: less was spent on benefits."""
    return entry("repaid", money, Account.EXPENSE, amount, component)


def set_off(amount: Money, component: str, from_component: str) -> Entry:
    """What was kept back of one claim's instalment was spent there all the same, and came back on another."""
    postings = (
        Posting(Account.EXPENSE, amount.minor, amount.currency, from_component),
        Posting(Account.EXPENSE, -amount.minor, amount.currency, component),
    )
    return Entry("set_off", postings)


def statement_line_unexplained(signed: Money, money: Account = Account.BANK) -> Entry:
    """A line that nothing explains waits in suspense. `signed` is positive for money that came in."""
    if signed.minor >= 0:
        return entry("unexplained", money, Account.SUSPENSE, signed)
    return entry("unexplained", Account.SUSPENSE, money, -signed)


def bank_fee(signed: Money, money: Account = Account.BANK) -> Entry:
    """What the bank (or who runs the channel) took for its work, or gave back; `signed` is negative for what left."""
    if signed.minor < 0:
        return entry("fee", Account.FEES, money, -signed)
    return entry("fee", money, Account.FEES, signed)
