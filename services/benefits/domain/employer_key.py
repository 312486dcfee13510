"""A key of an employer's own software: what it may, for how long, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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
    """A key as it is kept: a digest of its secret, never the secret. It opens until the end of `ends_on`, or
    until somebody ends it (`ended_by`)."""

    id: str
    account_id: AccountId
    name: str
    digest: str
    made_on: date
    ends_on: date
    last_used_on: date | None = None
    ended_by: str | None = None
    ended_name: str | None = None

    def lives(self, today: date) -> bool:
        return self.ended_by is None and today <= self.ends_on
