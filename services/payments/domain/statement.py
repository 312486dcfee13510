"""Reading a bank's statement: what each line means for an order, and whether a day adds up.

Understands that a bank repeats itself (the same entry on an interim and a final statement), that it may
pay twice, pay another amount, take a fee or send money back, and that a line nobody can explain is kept
and shown, never dropped.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.payments.domain.order import IN_FLIGHT, State
from shared.money import Money


class Match(enum.StrEnum):
    """What a line turned out to be."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    DUPLICATE = "duplicate"
    FEE = "fee"
    RETURN = "return"
    UNMATCHED = "unmatched"


#: Lines of these kinds are posted to suspense and wait for a person.
UNEXPLAINED = frozenset({Match.AMOUNT_DIFFERS, Match.DUPLICATE, Match.UNMATCHED})


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked movement on the institution's account; positive is money that came in."""

    #: The bank's own name of the entry, unique on the account for ever.
    bank_reference: str
    amount: Money
    booked_on: date
    #: Our payment reference, where the bank gives it back.
    reference: str | None = None
    is_return: bool = False
    #: ISO 20022 external reason of a return (AC04, MD07 …).
    reason: str | None = None
    is_fee: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What matching needs to know of the order a line names."""

    state: State
    amount: Money
    #: Whether an earlier line already was the evidence of its settlement or return.
    has_line: bool = False
    has_return_line: bool = False


def match_line(line: StatementLine, order: KnownOrder | None) -> Match:
    """What this line is, given the order that it names (if it names one of ours)."""
    if line.is_fee:
        return Match.FEE
    if order is None:
        return Match.UNMATCHED
    if line.amount.currency != order.amount.currency:
        return Match.AMOUNT_DIFFERS
    if line.is_return or line.amount.minor > 0:
        if order.has_return_line or order.state is State.RETURNED:
            return Match.DUPLICATE
        if line.amount != order.amount:
            return Match.AMOUNT_DIFFERS
        if order.state is State.SETTLED or order.state in IN_FLIGHT:
            return Match.RETURN
        return Match.UNMATCHED
    if order.has_line:
        return Match.DUPLICATE
    if -line.amount != order.amount:
        return Match.AMOUNT_DIFFERS
    if order.state in IN_FLIGHT or order.state in (State.SETTLED, State.RETURNED):
        return Match.MATCHED  # where it was settled by other evidence, the booking comes behind
    # Money moved for an order that was cancelled, refused or never sent: not ours to explain away.
    return Match.UNMATCHED


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """Reconciliation of the orders sent on one day: confirmed, came back or refused, no answer, sent."""

    confirmed_minor: int
    confirmed_count: int
    came_back_minor: int
    came_back_count: int
    no_answer_minor: int
    no_answer_count: int
    sent_minor: int
    sent_count: int

    @property
    def adds_up(self) -> bool:
        """Three numbers counted from the orders, one frozen when the runs were sent."""
        return (
            self.confirmed_minor + self.came_back_minor + self.no_answer_minor == self.sent_minor
            and self.confirmed_count + self.came_back_count + self.no_answer_count == self.sent_count
        )


def day_numbers(by_state: Mapping[State, tuple[int, int]], sent_minor: int, sent_count: int) -> DayNumbers:
    """Four numbers from {state: (minor units, orders)} and the control totals of the runs sent that day."""

    def add(*states: State) -> tuple[int, int]:
        found = [by_state.get(state, (0, 0)) for state in states]
        return sum(minor for minor, _ in found), sum(count for _, count in found)

    confirmed = add(State.SETTLED)
    came_back = add(State.RETURNED, State.REJECTED, State.CANCELLED)
    no_answer = add(*IN_FLIGHT)
    return DayNumbers(*confirmed, *came_back, *no_answer, sent_minor, sent_count)


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank statement as read from any format."""

    statement_id: str
    account: str
    currency: str
    day: date
    #: The day is over at the bank and nothing will be added to it.
    is_final: bool
    opening: Money | None
    closing: Money | None
    lines: tuple[StatementLine, ...]
    #: Lines that could not be read: (position, what is wrong, in words).
    unreadable: tuple[tuple[int, str], ...] = ()

    @property
    def adds_up(self) -> bool | None:
        """Opening plus lines is closing; none where the bank gave no balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.minor + sum(line.amount.minor for line in self.lines) == self.closing.minor


def never_arrived(*, executes_on: date, last_final_day: date | None, today: date, bank_knows_it: bool) -> bool:
    """Whether an order without an answer is known never to have reached the bank.

    Only when the bank, asked, does not know it; its day is over for us; and its final statement of that
    day (or a later one) has been read. A file that arrives after its day is refused by the bank (DT01),
    so nothing can follow.
    """
    if bank_knows_it or today <= executes_on:
        return False
    return last_final_day is not None and last_final_day >= executes_on
