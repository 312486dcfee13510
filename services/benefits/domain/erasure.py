"""A person's name and particulars are erased at her request; what must stay names her by a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.benefits.domain.ids import PersonId


class ErasureState(StrEnum):
    """One asks, a second one erases once the person was told and the days are over; or it is taken back."""

    ASKED = "asked"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"


#: Why nothing is erased now, in the order in which they are told.
HINDRANCES = (
    "claim_open",
    "money_under_way",
    "recovery_running",
    "appeal_open",
    "appeal_time_running",
    "copy_under_way",
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Who asked for it in her name and on what paper, before which day nothing is erased, and how it ended."""

    id: str
    person_id: PersonId
    state: ErasureState
    why: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    on: date
    not_before: date
    ended_by: str | None = None
    ended_name: str | None = None
    ended_on: date | None = None


class NotErasable(ValueError):
    """It cannot be now; every reason as a code."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


def code_of(person_id: PersonId) -> str:
    """What she is called from then on: it says nothing of her, and is the same again after a restore."""
    return f"P-{person_id[-12:]}"
