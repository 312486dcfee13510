"""What the use cases need of an operator of telephones, whatever it speaks."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.notifications.domain.message import Receipt
from services.notifications.domain.short_text import Part

#: The name of the line that is there when there is only one.
FIRST = "first"


class LineDown(ConnectionError):
    """The operator cannot be reached, or the line stands still; nothing has left. Its word is a reason (a code)."""


class AskLater(ConnectionError):
    """The operator's query interface does not answer."""


class Verdict(enum.StrEnum):
    """What the operator answered to one part."""

    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"
    LINE = "line"  # it refuses us, not the message: the line stands still until somebody has looked
    UNKNOWN = "unknown"  # no answer: it may or may not have been taken
    NOT_SENT = "not_sent"  # it did not leave this process


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    operator_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """A delivery receipt."""

    operator_id: str
    state: Receipt
    reference: int | None
    error: str
    #: The line it came by; ids of two operators have nothing to do with each other.
    line: str = FIRST


@dataclass(frozen=True, slots=True)
class Known:
    """What the operator says it holds under our reference."""

    no: int
    operator_id: str


#: Stores a receipt; true when it is safely kept and may be acknowledged.
OnReceipt = Callable[[Came], bool]


class Line(Protocol):
    """One operator."""

    name: str
    on_receipt: OnReceipt | None
    #: After a lost answer, how long until the operator's word can be trusted.
    settle_seconds: float
    #: Whether the operator can be asked by our reference.
    can_ask: bool

    def ready(self) -> None:
        """Be able to submit. Raises `LineDown`."""

    def cut(self, text: str, number: int) -> list[Part]:
        """The parts in which this operator takes a text."""

    def submit(
        self, to: str, parts: Sequence[Part], reference: str, short_reference: int, *, leave_by: float
    ) -> dict[int, Answer]:
        """Hand parts over and wait for the answers. Never raises: each part has a verdict.

        `leave_by` (monotonic): a part that has not left by then does not leave any more, so that whoever finds our
        intention later may trust what the operator says.
        """

    def ask(self, reference: str) -> list[Known]:
        """Which parts the operator holds under our reference. Raises `AskLater`."""

    def close(self) -> None:
        """Say goodbye."""
