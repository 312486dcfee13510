"""Who does what, when: handed by a door to every use case."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from shared.ids import Random, uuid7

if TYPE_CHECKING:
    from sqlalchemy import Connection


#: The office that sees the people of all offices; every other office sees only its own.
HEAD_OFFICE = "hq"
#: Between the name of an office and those of the offices below it: `hn.caugiay` lies below `hn`.
BELOW = "."
#: All roles a person can have.
ROLES = (
    "clerk",
    "officer",
    "supervisor",
    "payment_officer",
    "auditor",
    "policy_maker",
    "administrator",
    "employer",
    "worker",
)
#: Roles whose holders sign in with a second factor: they decide, pay, or say who may.
SECOND_FACTOR = frozenset({"officer", "supervisor", "payment_officer", "administrator"})


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or machine that acts, as its token says."""

    id: str
    kind: str  # account | service | worker | clock
    roles: frozenset[str] = frozenset()
    office: str | None = None
    employer: str | None = None
    claim: str | None = None  # a worker's session is for one claim
    name: str = ""
    language: str = "en"
    place: str = ""  # her office, as it calls itself

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def sees(office: str, other: str) -> bool:
    """Whether an office sees what belongs to another: its own, and what belongs to the offices below it."""
    return office in (HEAD_OFFICE, other) or other.startswith(office + BELOW)


def service_actor(name: str) -> Actor:
    """A service acting by itself, for example when an event or a due time makes it act."""
    return Actor(id=name, kind="service", roles=frozenset({f"service:{name}"}), name=name)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done by one actor at one moment, inside one transaction that the door opened."""

    connection: Connection
    actor: Actor
    now: datetime
    today: date
    correlation_id: str = ""
    causation_id: str | None = None
    traceparent: str | None = None
    random: Random = field(default=os.urandom)

    def new_id(self) -> str:
        return uuid7(self.now, self.random)

    def about(self, correlation_id: str) -> Act:
        """The same act, told as part of this story (a claim's id)."""
        return replace(self, correlation_id=correlation_id)
