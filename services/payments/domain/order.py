"""A payment order: one instruction to pay one instalment, and the moves it may make.

Understands which states still may become money, which already are money, and which never will be.
The same table stands in the database as a trigger (`migrations/versions/0001_orders_runs_ledger.py`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.money import Money
from shared.period import Period


class OrderState(enum.StrEnum):
    """Where an order stands; the words are those of `docs/words.md`."""

    PLANNED = "planned"
    HELD = "held"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    CANCELLED = "cancelled"


#: The allowed moves. What is not here cannot happen, by whomever it is asked.
#:
#: * `unknown` has no way back to `approved`: an order without an answer is asked about, never sent again.
#: * `rejected`, `returned` and `cancelled` are ends: paying again is a new order that points back.
MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.PLANNED: frozenset({OrderState.APPROVED, OrderState.HELD, OrderState.CANCELLED}),
    OrderState.HELD: frozenset({OrderState.PLANNED, OrderState.CANCELLED}),
    OrderState.APPROVED: frozenset({OrderState.SENT, OrderState.PLANNED, OrderState.HELD, OrderState.CANCELLED}),
    OrderState.SENT: frozenset(
        {OrderState.ACCEPTED, OrderState.SETTLED, OrderState.REJECTED, OrderState.UNKNOWN, OrderState.CANCELLED}
    ),
    OrderState.ACCEPTED: frozenset({OrderState.SETTLED, OrderState.REJECTED, OrderState.CANCELLED}),
    OrderState.UNKNOWN: frozenset({OrderState.ACCEPTED, OrderState.SETTLED, OrderState.REJECTED, OrderState.CANCELLED}),
    OrderState.SETTLED: frozenset({OrderState.RETURNED}),
    OrderState.REJECTED: frozenset(),
    OrderState.RETURNED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}

#: Nobody outside the house has heard of it yet: it can be cancelled or changed.
UNSENT = frozenset({OrderState.PLANNED, OrderState.HELD, OrderState.APPROVED})
#: Sent and not finally answered: money may be moving at this moment.
IN_FLIGHT = frozenset({OrderState.SENT, OrderState.ACCEPTED, OrderState.UNKNOWN})
#: Counts as paid when the rest is planned, because it is, or may be.
MOVED = IN_FLIGHT | {OrderState.SETTLED}
#: One of these at a time for each payee of an instalment: a unique index in the database.
LIVE = UNSENT | IN_FLIGHT


class MoveNotAllowed(ValueError):
    """The order is not in a state from which it can be moved so."""

    def __init__(self, current: OrderState, wanted: OrderState) -> None:
        super().__init__(f"an order that is {current} cannot become {wanted}")
        self.current = current
        self.wanted = wanted


def move(current: OrderState, wanted: OrderState) -> OrderState:
    """The new state. Raises `MoveNotAllowed` for what is not in `MOVES`."""
    if wanted not in MOVES[current]:
        raise MoveNotAllowed(current, wanted)
    return wanted


#: ISO 20022 external status codes (pain.002) and what they mean for an order. ACSC is final only
#: where the channel says so; everywhere else final evidence is the booked debit on a statement.
ISO_STATUS: Mapping[str, OrderState] = {
    "RCVD": OrderState.SENT,
    "PDNG": OrderState.SENT,
    "PATC": OrderState.SENT,
    "ACTC": OrderState.ACCEPTED,
    "ACCP": OrderState.ACCEPTED,
    "ACFC": OrderState.ACCEPTED,
    "ACWC": OrderState.ACCEPTED,
    "ACSP": OrderState.ACCEPTED,
    "ACPD": OrderState.ACCEPTED,
    "ACSC": OrderState.ACCEPTED,
    "ACCC": OrderState.SETTLED,
    "CPUC": OrderState.SETTLED,
    "RJCT": OrderState.REJECTED,
    "CANC": OrderState.CANCELLED,
}


def from_bank_status(code: str, *, final_codes: frozenset[str] = frozenset()) -> OrderState | None:
    """What a bank's status means for an order; none for a code that nobody told us about.

    `final_codes` are the codes that the channel calls final evidence (for instance ACSC of an
    instant scheme).
    """
    if code in final_codes:
        return OrderState.SETTLED
    return ISO_STATUS.get(code)


#: How far along the way to money a state is; an answer that says less than we know changes nothing.
_PROGRESS = {
    OrderState.SENT: 1,
    OrderState.UNKNOWN: 1,
    OrderState.ACCEPTED: 2,
    OrderState.SETTLED: 3,
    OrderState.RETURNED: 4,
}


def answered(current: OrderState, said: OrderState) -> OrderState | None:
    """The move that a bank's answer asks for, or none when it says nothing new.

    Answers come late, twice and in any order. An answer that lags behind what we know (accepted after
    settled) is no news; one that contradicts an end (paid after refused) raises `MoveNotAllowed`, so
    that somebody looks at it.
    """
    if said is current or said is OrderState.SENT:
        return None
    behind = _PROGRESS.get(said, 0) and _PROGRESS.get(current, 0) >= _PROGRESS[said]
    if behind and current is not OrderState.UNKNOWN:
        return None
    return move(current, said)


@dataclass(frozen=True, order=True, slots=True)
class AnnouncedInstalment:
    """One part of an award as benefits granted it."""

    no: int
    component: str
    due_on: date
    amount_minor: int
    first_day: date
    last_day: date
    #: The employer who advanced this part; empty where it is the person's.
    employer: str = ""

    @property
    def key(self) -> Key:
        return Key(self.component, self.no, self.employer)

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """What names an instalment inside its award, and whose part of it: the person's, or that of an employer."""

    component: str
    no: int
    employer: str = ""

    @property
    def whole(self) -> Key:
        """The instalment, whoever has parts of it."""
        return Key(self.component, self.no)


@dataclass(frozen=True, slots=True)
class Order:
    """A payment order as the domain needs it."""

    id: str
    award_id: str
    key: Key
    amount: Money
    due_on: date
    state: OrderState
    #: A code of `reason_code`: why it is held, or why it was refused or came back.
    reason: str | None = None
    #: Rises by one with every order of the award, so that "the last" is certain.
    serial: int = 0
    #: The last day for which it pays.
    last_day: date = date.min
    #: Minor units of it that the person has paid back.
    repaid_minor: int = 0
