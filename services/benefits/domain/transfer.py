"""A person moves to another office: that office asks, the one she belongs to gives her over or says why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.benefits.domain.ids import OfficeId, PersonId


class TransferState(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Who asked for whom and why, and what the other office answered."""

    id: str
    person_id: PersonId
    from_office: OfficeId
    to_office: OfficeId
    why: str
    asked_by: str
    asked_name: str
    asked_on: date
    state: TransferState = TransferState.ASKED
    answered_by: str | None = None
    answered_name: str | None = None
    answered_on: date | None = None
    answer: str | None = None
