"""Who may sign in, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.benefits.domain.ids import AccountId, EmployerId, OfficeId, PersonId
from shared.act import ROLES, SECOND_FACTOR, Actor

#: How long an invitation may be used, and how often its code may be typed wrong.
INVITATION_LIFE = timedelta(days=3)
INVITATION_TRIES = 5
#: A password has at least so many characters; NIST SP 800-63B asks for length and against common ones, nothing else.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 72


class AccountCannotBe(ValueError):
    """What an account shall be cannot be; the code says why, `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class AccountState(StrEnum):
    """Invited: confirmed, but nobody has come in yet."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """A local account; who decides, pays or administers has a second factor."""

    id: AccountId
    username: str
    name: str
    password_hash: str | None
    roles: tuple[str, ...]
    language: str
    state: AccountState
    office_id: OfficeId | None = None
    employer_id: EmployerId | None = None
    person_id: PersonId | None = None
    totp_secret: str | None = None
    totp_last: int | None = None

    @property
    def may_come_in(self) -> bool:
        return self.state is AccountState.ACTIVE and self.password_hash is not None

    @property
    def needs_second_factor(self) -> bool:
        return not SECOND_FACTOR.isdisjoint(self.roles)

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


class ChangeKind(StrEnum):
    """What happens to an account. All but disabling it need a second person, and lead to an invitation or an end of
    its sessions."""

    MADE = "made"
    ROLES = "roles"
    RESET = "reset"
    ENABLED = "enabled"
    DISABLED = "disabled"


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an account shall be, who asked for it, and who agreed."""

    id: str
    account_id: AccountId
    kind: ChangeKind
    username: str
    name: str
    roles: tuple[str, ...]
    language: str
    state: ChangeState
    proposed_by: str
    proposed_name: str
    proposed_at: datetime
    office_id: OfficeId | None = None
    employer_id: EmployerId | None = None
    person_id: PersonId | None = None
    judged_by: str | None = None
    judged_name: str | None = None
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time way into an account: the link from who confirmed it, six digits from who proposed it, so that neither
    of them can use it alone. `totp_secret` becomes the account's second factor."""

    id: str
    account_id: AccountId
    digest: str
    ends_at: datetime
    change_id: str | None = None
    totp_secret: str | None = None
    failures: int = 0
    ended_at: datetime | None = None

    def lives(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.ends_at and self.failures < INVITATION_TRIES


def check_roles(roles: Collection[str], apart: Mapping[str, Collection[str]]) -> None:
    """One account holds roles of one kind of task. Raises `AccountCannotBe`."""
    if not roles or not set(roles) <= set(ROLES) - {"worker"}:
        raise AccountCannotBe("unknown_role", "roles")
    if sum(not set(roles).isdisjoint(kind) for kind in apart.values()) > 1:
        raise AccountCannotBe("roles_apart", "roles")
