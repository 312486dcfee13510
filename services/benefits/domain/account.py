"""Who may sign in, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.benefits.domain.ids import AccountId, EmployerId, OfficeId, PersonId
from shared.act import Actor


@dataclass(frozen=True, slots=True)
class Account:
    """A local account; approvers have a second factor."""

    id: AccountId
    username: str
    name: str
    password_hash: str
    roles: tuple[str, ...]
    language: str
    office_id: OfficeId | None = None
    employer_id: EmployerId | None = None
    person_id: PersonId | None = None
    totp_secret: str | None = None
    totp_last: int | None = None
    active: bool = True

    @property
    def actor(self) -> Actor:
        return Actor(
            id=self.id,
            kind="account",
            roles=frozenset(self.roles),
            office=self.office_id,
            employer=self.employer_id,
            name=self.name,
            language=self.language,
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lives; only a digest of its secret is kept."""

    id: str
    account_id: AccountId
    secret_hash: str
    csrf: str
    second_factor: bool
    opened_at: datetime
    ends_at: datetime
