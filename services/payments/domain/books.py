"""The books as an officer reads them: a day road by road, expenditure beside orders, a person's account."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.payments.domain.order import OrderState
from shared.money import Money


class Part(enum.StrEnum):
    """What became of orders that were sent; each order is in exactly one."""

    SETTLED = "settled"
    RETURNED = "returned"
    REJECTED = "rejected"
    OPEN = "open"
    UNKNOWN = "unknown"


#: The part of each state an order may have once it was sent.
PART_OF: Mapping[OrderState, Part] = {
    OrderState.SETTLED: Part.SETTLED,
    OrderState.RETURNED: Part.RETURNED,
    OrderState.REJECTED: Part.REJECTED,
    OrderState.CANCELLED: Part.REJECTED,
    OrderState.SENT: Part.OPEN,
    OrderState.ACCEPTED: Part.OPEN,
    OrderState.UNKNOWN: Part.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Road:
    """The orders sent on a day over one channel in one currency."""

    channel: str
    sent: Money
    sent_count: int
    parts: Mapping[Part, tuple[Money, int]]

    @property
    def adds_up(self) -> bool:
        """The parts are counted from the orders, what was sent was frozen with the runs."""
        minor = sum(amount.minor for amount, _ in self.parts.values())
        return (minor, sum(count for _, count in self.parts.values())) == (self.sent.minor, self.sent_count)


def road(channel: str, sent: Money, count: int, states: Iterable[tuple[OrderState, int, int]]) -> Road:
    """A road from what its runs froze and what its orders are: (state, minor units, orders)."""
    found = dict.fromkeys(Part, (0, 0))
    for state, minor, orders in states:
        before = found[PART_OF[state]]
        found[PART_OF[state]] = (before[0] + minor, before[1] + orders)
    parts = {part: (Money(minor, sent.currency), n) for part, (minor, n) in found.items()}
    return Road(channel, sent, count, parts)


@dataclass(frozen=True, slots=True)
class Branch:
    """Expenditure of one branch, as the ledger has it and as the orders have it."""

    component: str
    settled: Money
    on_the_way: Money
    waits: Money  # came back and still belongs to somebody
    repaid: Money
    expense: Money

    @property
    def adds_up(self) -> bool:
        """What was settled, is on its way or came back and waits, less what was paid back, is the expense."""
        return self.settled + self.on_the_way + self.waits - self.repaid == self.expense


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One movement between the institution and a person: positive is money she got."""

    on: date
    kind: str
    reference: str
    claim_number: str
    component: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PersonAccount:
    """What a person got and gave back up to a day, with the sum after each line."""

    lines: tuple[tuple[AccountLine, Money], ...]
    totals: Mapping[str, Money]


def person_account(lines: Iterable[AccountLine]) -> PersonAccount:
    """A person's account from its lines, in the order of their days."""
    totals: dict[str, Money] = {}
    told = []
    for line in lines:
        currency = line.amount.currency
        totals[currency] = totals.get(currency, Money(0, currency)) + line.amount
        told.append((line, totals[currency]))
    return PersonAccount(tuple(told), totals)
