"""Reading a bank's statement: what each line means for an order, and whether a day adds up.

Understands that a bank repeats itself (the same entry on an interim and a final statement; `overlap.py`
tells which), that it may pay twice, pay another amount, take a fee or send money back, and that a line
nobody can explain is kept and shown, never dropped.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from services.payments.domain.order import IN_FLIGHT, OrderState
from shared.money import Money


class Match(enum.StrEnum):
    """What a line turned out to be."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    DUPLICATE = "duplicate"
    FEE = "fee"
    RETURN = "return"
    UNMATCHED = "unmatched"
    #: It would move an order, but only a person says so and the channel does not.
    CONTESTED = "contested"


#: Lines of these kinds are posted to suspense and wait for a person.
UNEXPLAINED = frozenset({Match.AMOUNT_DIFFERS, Match.DUPLICATE, Match.UNMATCHED, Match.CONTESTED})


#: What was said of a line of which something still stands in suspense.
STILL_OPEN = ("noted", "split")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked movement on the institution's account; positive is money that came in."""

    #: The bank's own name of the entry or transfer, "" where it gives none: evidence, never a key.
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
    #: The unique end-to-end reference of the transfer (UETR), where the bank gives it back.
    uetr: str | None = None
    #: Its place: the entry counted from 1 in its statement, and the transfer inside the entry (0: the entry itself).
    entry: int = 0
    part: int = 0
    #: What the bank calls the whole entry, where that is a name at all (`real_reference`).
    entry_reference: str = ""
    #: What the bank kept of a return, where it says so.
    charges: Money | None = None


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What matching needs to know of the order a line names."""

    state: OrderState
    amount: Money
    #: Whether an earlier line already was the evidence of its settlement or return.
    has_line: bool = False
    has_return_line: bool = False


#: What banks write where they have no reference.
_NO_REFERENCE = frozenset(
    {"NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NOTKNOWN", "NOREF", "NONE", "UNKNOWN", "NA", "NULL"}
)


def real_reference(told: str | None) -> str:
    """A reference that names something, trimmed; "" for NONREF, NOTPROVIDED, zeros and dashes."""
    text = (told or "").strip()
    plain = "".join(c for c in text if c.isalnum()).upper()
    return "" if not plain.strip("0") or plain in _NO_REFERENCE else text


def return_charges(line: StatementLine, order: Money, most_percent: int) -> Money | None:
    """What the bank kept of money it sent back; zero for the whole amount, none where this is no such return.

    A return less charges is a return: the bank says what it kept, or it kept at most `most_percent` of the amount.
    """
    if not line.is_return or line.amount.currency != order.currency or not 0 < line.amount.minor <= order.minor:
        return None
    kept = order - line.amount
    if kept.minor == 0 or kept == line.charges or kept.minor * 100 <= order.minor * most_percent:
        return kept
    return None


def match_line(line: StatementLine, order: KnownOrder | None, *, most_percent: int = 0) -> Match:
    """What this line is, given the order that it names (if it names one of ours).

    `most_percent` is what a bank may keep of a return without saying so (`institution.yaml`).
    """
    if line.is_fee:
        return Match.FEE
    if order is None:
        return Match.UNMATCHED
    if line.amount.currency != order.amount.currency:
        return Match.AMOUNT_DIFFERS
    if line.is_return or line.amount.minor > 0:
        if order.has_return_line or order.state is OrderState.RETURNED:
            return Match.DUPLICATE
        if line.amount != order.amount and not return_charges(line, order.amount, most_percent):
            return Match.AMOUNT_DIFFERS
        if order.state is OrderState.SETTLED or order.state in IN_FLIGHT:
            return Match.RETURN
        return Match.UNMATCHED
    if order.has_line:
        return Match.DUPLICATE
    if -line.amount != order.amount:
        return Match.AMOUNT_DIFFERS
    if order.state in IN_FLIGHT or order.state in (OrderState.SETTLED, OrderState.RETURNED):
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


def day_numbers(by_state: Mapping[OrderState, tuple[int, int]], sent_minor: int, sent_count: int) -> DayNumbers:
    """Four numbers from {state: (minor units, orders)} and the control totals of the runs sent that day."""

    def add(*states: OrderState) -> tuple[int, int]:
        found = [by_state.get(state, (0, 0)) for state in states]
        return sum(minor for minor, _ in found), sum(count for _, count in found)

    confirmed = add(OrderState.SETTLED)
    came_back = add(OrderState.RETURNED, OrderState.REJECTED, OrderState.CANCELLED)
    no_answer = add(*IN_FLIGHT)
    return DayNumbers(*confirmed, *came_back, *no_answer, sent_minor, sent_count)


class Kind(enum.StrEnum):
    """What a bank tells with: a statement (camt.053, MT940), a report of the day so far (camt.052, MT942), or a
    notification of single entries (camt.054)."""

    STATEMENT = "statement"
    REPORT = "report"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one account as read from any format; a file may hold several."""

    statement_id: str
    account: str
    currency: str
    day: date
    #: The day is over at the bank and nothing will be added to it.
    is_final: bool
    opening: Money | None
    closing: Money | None
    #: A mass of them comes from where it was written down, slice by slice, each time somebody goes through it.
    lines: Sequence[StatementLine]
    #: Entries that could not be read: (position, what is wrong, in words).
    unreadable: tuple[tuple[int, str], ...] = ()
    kind: Kind = Kind.STATEMENT
    #: The first day it is about, where it is about several.
    first_day: date | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    #: The bank's own count of statements, and the page of a statement that comes in pages.
    sequence: int | None = None
    page: int | None = None
    #: The bank that keeps the account, as the statement says.
    servicer: str = ""
    #: A table, which tells the same movement in the same words whenever it tells it.
    by_words: bool = False
    #: Whether the file itself says which account it is about.
    account_told: bool = True
    #: The last day on which a line was booked, where the reader knows it.
    last_booked: date | None = None

    @property
    def begins(self) -> date:
        return self.first_day or self.day

    @property
    def adds_up(self) -> bool | None:
        """Whether the file agrees with itself: opening plus lines is closing; none where it gives no balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.minor + sum(line.amount.minor for line in self.lines) == self.closing.minor

    def up_to(self, today: date) -> Statement:
        """The statement without entries that are booked on a day that has not come; each is named with its place. A
        year of another era or century is such a day."""
        if self.last_booked is None or self.last_booked <= today:
            return self
        ahead = sorted({line.entry for line in self.lines if line.booked_on > today})
        wrong = [(entry, "booked on a day that has not come") for entry in ahead]
        return replace(
            self,
            lines=tuple(line for line in self.lines if line.entry not in ahead),
            unreadable=tuple(sorted([*self.unreadable, *wrong])),
            last_booked=today,
        )

    def entries(self) -> Iterator[tuple[StatementLine, ...]]:
        """The lines entry by entry, in the order of the statement; each line has its place."""
        placed = ((line.entry or position, line) for position, line in enumerate(self.lines, 1))
        for entry, group in groupby(placed, key=itemgetter(0)):
            parts = [line for _, line in group]
            if len(parts) == 1 and (parts[0].entry, parts[0].part) == (entry, 0):
                yield (parts[0],)
            else:
                together = len(parts) > 1
                yield tuple(replace(line, entry=entry, part=n * together) for n, line in enumerate(parts, 1))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a statement or one of its entries was not taken: `reason` is a code or, for an entry, the reader's words."""

    reason: str
    statement_id: str = ""
    account: str = ""
    entry: int | None = None
    lines: int = 0
    #: The cell of a table, as a spreadsheet names it: C7.
    cell: str = ""


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What a file holds: statements that can be read, and those that cannot with the reason."""

    statements: tuple[Statement, ...]
    faults: tuple[Fault, ...] = ()


def days_without_statement(
    since: date, until: date, covered: Iterable[tuple[date, date]], is_open: Callable[[date], bool]
) -> list[date]:
    """The days from `since` to `until` on which the bank worked and which no period of `covered` holds."""
    told = sorted(covered)
    found = []
    day = since
    while day <= until:
        over = max((last for first, last in told if first <= day <= last), default=None)
        if over is None and is_open(day):
            found.append(day)
        day = (over or day) + timedelta(days=1)
    return found


def told_up_to(
    since: date, until: date, covered: Iterable[tuple[date, date]], is_open: Callable[[date], bool]
) -> date | None:
    """The newest day up to `until` before which no day is missing; none where the first one is."""
    told = list(covered)
    missing = days_without_statement(since, until, told, is_open)
    last = missing[0] - timedelta(days=1) if missing else until
    known = [day for _, day in told if day <= last]
    return max(known, default=None)


def never_arrived(*, executes_on: date, last_final_day: date | None, today: date, bank_knows_it: bool) -> bool:
    """Whether an order without an answer is known never to have reached the bank.

    Only when the bank, asked, does not know it; its day is over for us; and its final statement of that
    day (or a later one) has been read. A file that arrives after its day is refused by the bank (DT01),
    so nothing can follow.
    """
    if bank_knows_it or today <= executes_on:
        return False
    return last_final_day is not None and last_final_day >= executes_on
