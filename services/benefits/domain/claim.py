"""A claim moves; this is the table of its moves and of what it may wait for."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class State(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_ASSESSMENT = "in_assessment"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


#: The same table stands as a trigger in the database.
MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN, State.LAPSED}),
    State.SUBMITTED: frozenset({State.RETURNED, State.IN_ASSESSMENT, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.SUBMITTED, State.IN_ASSESSMENT, State.WITHDRAWN, State.LAPSED}),
    State.IN_ASSESSMENT: frozenset({State.SUBMITTED, State.RETURNED, State.DECIDED, State.WITHDRAWN}),
    State.DECIDED: frozenset({State.IN_ASSESSMENT, State.CLOSED}),
    State.CLOSED: frozenset({State.IN_ASSESSMENT}),
    State.WITHDRAWN: frozenset(),
    State.LAPSED: frozenset(),
}

WAITS_FOR = ("doctor", "worker", "employer", "registry", "officer", "supervisor")


class ClaimDoesNotMove(ValueError):
    """The claim is in a state from which this step is not possible."""

    def __init__(self, state: str, to: str) -> None:
        super().__init__(f"{state} to {to}")
        self.state = state


def move(state: State, to: State) -> State:
    """The new state. Raises `ClaimDoesNotMove`."""
    if to not in MOVES[state]:
        raise ClaimDoesNotMove(state, to)
    return to


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a claim waits for, why (a code), since when and until when at the longest."""

    whom: str
    reason: str
    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.whom not in WAITS_FOR:
            raise ValueError(self.whom)
