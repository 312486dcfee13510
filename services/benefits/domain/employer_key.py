"""A key of an employer's own software: what it may, for how long, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.benefits.domain.ids import AccountId

#: How long a key opens, and how many of an account may live at once.
LIFE = timedelta(days=365)
MOST_KEYS = 5
LONGEST_NAME = 60


class KeyCannotBe(ValueError):
    """A key cannot be made; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class EmployerKey:
    """A key as it is kept: a digest of its secret, never the secret. `ends_at` is when it stops opening; `ended_name`
    who ended it before its time."""

    id: str
    account_id: AccountId
    name: str
    digest: str
    made_at: datetime
    ends_at: datetime
    last_used_on: date | None = None
    ended_by: str | None = None
    ended_name: str | None = None

    def lives(self, now: datetime) -> bool:
        return now < self.ends_at
