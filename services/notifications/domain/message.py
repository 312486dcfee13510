"""A message to a person: short message or letter, its states, and the moves between them.

Forward only. The same table of moves stands in the database, where a trigger keeps it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Channel(enum.StrEnum):
    """How a message travels."""

    SMS = "sms"
    LETTER = "letter"


class MessageState(enum.StrEnum):
    """Where a message stands."""

    CREATED = "created"  # owed to the person; nothing has left
    SENDING = "sending"  # committed before the call to the operator: the outcome may be unknown
    SENT = "sent"  # the operator took every part
    DELIVERED = "delivered"  # the phone has it
    TEMPORARY_FAILURE = "temporary_failure"  # will be tried again
    PERMANENT_FAILURE = "permanent_failure"  # cannot reach her: wrong number, refused, expired
    TECHNICAL_FAILURE = "technical_failure"  # our fault, or nobody can say what became of it
    CANCELLED = "cancelled"  # not owed any more, or nowhere to send it
    RENDERED = "rendered"
    PRINTED = "printed"
    POSTED = "posted"
    HANDED_OVER = "handed_over"
    RETURNED_LETTER = "returned_letter"


S = MessageState

MOVES: Mapping[Channel, Mapping[MessageState, frozenset[MessageState]]] = {
    Channel.SMS: {
        S.CREATED: frozenset({S.SENDING, S.PERMANENT_FAILURE, S.TECHNICAL_FAILURE, S.CANCELLED}),
        S.SENDING: frozenset({S.SENT, S.DELIVERED, S.TEMPORARY_FAILURE, S.PERMANENT_FAILURE, S.TECHNICAL_FAILURE}),
        S.TEMPORARY_FAILURE: frozenset({S.SENDING, S.DELIVERED, S.PERMANENT_FAILURE, S.TECHNICAL_FAILURE, S.CANCELLED}),
        S.SENT: frozenset({S.DELIVERED, S.PERMANENT_FAILURE, S.TECHNICAL_FAILURE}),
        # A receipt that comes after we gave up is the better evidence.
        S.TECHNICAL_FAILURE: frozenset({S.DELIVERED}),
    },
    Channel.LETTER: {
        S.CREATED: frozenset({S.RENDERED, S.TECHNICAL_FAILURE, S.CANCELLED}),
        # What stood in the way was mended: the letter is still owed.
        S.TECHNICAL_FAILURE: frozenset({S.RENDERED}),
        S.RENDERED: frozenset({S.PRINTED, S.CANCELLED}),
        S.PRINTED: frozenset({S.POSTED, S.HANDED_OVER}),
        S.POSTED: frozenset({S.RETURNED_LETTER}),
        S.HANDED_OVER: frozenset({S.RETURNED_LETTER}),
    },
}

#: States in which a phone number is still needed; in all others the row must not hold one.
NEEDS_NUMBER = frozenset({S.CREATED, S.SENDING, S.TEMPORARY_FAILURE})
#: States that people set by hand, with the word the API takes.
BY_HAND = {
    "printed": S.PRINTED,
    "posted": S.POSTED,
    "handed_over": S.HANDED_OVER,
    "returned": S.RETURNED_LETTER,
}


class MoveNotAllowed(ValueError):
    """The message has gone further than that, or has not come so far yet."""

    def __init__(self, state: MessageState, to: MessageState) -> None:
        super().__init__(f"{state} cannot become {to}")
        self.state, self.to = state, to


def allowed(channel: Channel, before: MessageState, after: MessageState) -> bool:
    return after in MOVES[channel].get(before, frozenset())


def check_move(channel: Channel, before: MessageState, after: MessageState) -> None:
    """Raise `MoveNotAllowed` unless the table has the move."""
    if not allowed(channel, before, after):
        raise MoveNotAllowed(before, after)


def next_by_hand(state: MessageState) -> list[str]:
    """The words a person may set next on a letter, in the order they are usual."""
    return [word for word, to in BY_HAND.items() if allowed(Channel.LETTER, state, to)]


class Receipt(enum.StrEnum):
    """What the operator says of one part (SMPP 3.4, 5.2.28)."""

    ENROUTE = "ENROUTE"
    ACCEPTD = "ACCEPTD"
    DELIVRD = "DELIVRD"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"
    UNDELIV = "UNDELIV"
    REJECTD = "REJECTD"
    UNKNOWN = "UNKNOWN"


_FINAL = {
    Receipt.EXPIRED: "expired",
    Receipt.DELETED: "deleted",
    Receipt.UNDELIV: "undeliverable",
    Receipt.REJECTD: "rejected",
}


def verdict(parts: int, receipts: Mapping[int, Receipt]) -> tuple[MessageState, str] | None:
    """What the receipts of the parts make of the message, with a reason; none while something is open.

    One part that cannot arrive spoils the message: half a sentence is not a notice.
    """
    for state in receipts.values():
        if state in _FINAL:
            return S.PERMANENT_FAILURE, _FINAL[state]
    if len(receipts) == parts and all(state is Receipt.DELIVRD for state in receipts.values()):
        return S.DELIVERED, ""
    if len(receipts) == parts and all(state in (Receipt.DELIVRD, Receipt.UNKNOWN) for state in receipts.values()):
        return S.TECHNICAL_FAILURE, "operator_does_not_know"
    return None
