"""A copy of all that is kept about a person, made at her request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.benefits.domain.ids import PersonId


class ExportState(StrEnum):
    """A copy is put together, lies ready for some days, and is gone."""

    UNDER_WAY = "under_way"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Export:
    """Who asked for it in her name and on what paper; `content` is the packed file while it lies ready."""

    id: str
    person_id: PersonId
    state: ExportState
    why: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    on: date
    language: str
    until: date | None = None
    content: bytes | None = None
