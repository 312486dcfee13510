"""A claim: what was said on paper, how it moves, and whom it waits for."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.benefits.domain.ids import (
    ClaimId,
    DecisionId,
    EmployerId,
    EntryId,
    OfficeId,
    PersonId,
    StatementId,
)
from shared.money import Money

Json = dict[str, Any]


class ClaimState(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_ASSESSMENT = "in_assessment"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


#: The same table stands as a trigger in the database.
MOVES: dict[ClaimState, frozenset[ClaimState]] = {
    ClaimState(before): frozenset(map(ClaimState, after.split()))
    for before, after in {
        "draft": "submitted withdrawn lapsed",
        "submitted": "returned in_assessment withdrawn",
        "returned": "submitted in_assessment withdrawn lapsed",
        "in_assessment": "submitted returned decided withdrawn",
        "decided": "in_assessment closed",
        "closed": "in_assessment",
        "withdrawn": "",
        "lapsed": "",
    }.items()
}

#: States in which the papers of a claim may still be changed without a reason.
OPEN = frozenset({ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.IN_ASSESSMENT})
ENDED = frozenset({ClaimState.DECIDED, ClaimState.CLOSED})


class ClaimDoesNotMove(ValueError):
    """The claim is in a state from which this step is not possible."""

    def __init__(self, state: str, to: str) -> None:
        super().__init__(f"{state} to {to}")
        self.state = state


def move(state: ClaimState, to: ClaimState) -> ClaimState:
    """The new state. Raises `ClaimDoesNotMove`."""
    if to not in MOVES[state]:
        raise ClaimDoesNotMove(state, to)
    return to


class Whom(enum.StrEnum):
    """Who must act before a claim goes on."""

    DOCTOR = "doctor"
    WORKER = "worker"
    EMPLOYER = "employer"
    REGISTRY = "registry"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"


#: Those outside the office.
OTHERS = (Whom.DOCTOR, Whom.WORKER, Whom.EMPLOYER, Whom.REGISTRY)
#: What a claim waits for where only its overpayment is open: the rest of the house keeps its hands off these.
OVERPAID = {
    "overpayment": Whom.OFFICER,
    "confirm_recovery": Whom.SUPERVISOR,
    "repayment": Whom.WORKER,
    "repayment_late": Whom.SUPERVISOR,
    "recovery_contested": Whom.SUPERVISOR,
}
#: What a claim waits for because its payments are suspended, or are asked to be.
SUSPENDED = {"confirm_suspension": Whom.SUPERVISOR, "suspended": Whom.OFFICER}
#: What a claim waits for because its decision is asked to be annulled, or was and the person objects.
ANNULMENT = {"confirm_annulment": Whom.SUPERVISOR, "annulment_contested": Whom.SUPERVISOR}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a claim waits for, why (a code), since when and until when at the longest; `words` are the officer's own,
    for whoever is asked."""

    whom: Whom
    reason: str
    since: date
    until: date | None = None
    words: str | None = None

    @property
    def to_confirm(self) -> bool:
        """Whether a decision is proposed and only a second person's word is missing."""
        other = self.for_money_back or self.for_suspension or self.for_annulment
        return self.whom is Whom.SUPERVISOR and self.reason.startswith("confirm_") and not other

    @property
    def for_money_back(self) -> bool:
        """Whether only an overpayment is open: a matter between the person and the institution."""
        return self.reason in OVERPAID

    @property
    def for_suspension(self) -> bool:
        """Whether it is the suspension of its payments that somebody must look at."""
        return self.reason in SUSPENDED

    @property
    def for_annulment(self) -> bool:
        """Whether it is the annulment of its decision that somebody must look at."""
        return self.reason in ANNULMENT


class Origin(enum.StrEnum):
    """Where a claim came in."""

    COUNTER = "counter"
    IMPORT = "import"
    EMPLOYER = "employer"
    PAPER = "paper"
    #: Started by the person herself, with a code on the phone that the register knew.
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Papers:
    """What lies with a claim besides the facts of the law. The desk may write anything (`given`); what the house
    itself reads of it is named here and is nothing where it is no day, no number, no list."""

    given: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> Json:
        return dict(self.given)

    def text(self, name: str) -> str:
        value = self.given.get(name)
        return value if isinstance(value, str) else ""

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            return None

    @property
    def verified(self) -> frozenset[str]:
        """Numbers of certificates (or their places, from 1) that were verified with the issuer."""
        found = self.given.get("verified")
        return frozenset(str(x) for x in found) if isinstance(found, list) else frozenset()

    def advance(self, currency: str) -> Money | None:
        """What an employer paid in advance; none where what was notified is no amount (a file may say anything)."""
        try:
            found = Money.parse(self.text("advance_paid"), currency)
        except ValueError:
            return None
        return found if found.minor > 0 else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A person's word on a warning."""

    why: str
    by: str
    name: str
    on: date

    def json(self) -> Json:
        return {"why": self.why, "by": self.by, "name": self.name, "on": self.on.isoformat()}

    @classmethod
    def from_json(cls, said: Json) -> Judged:
        return cls(said["why"], said["by"], said["name"], date.fromisoformat(said["on"]))


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it stands. `facts` are members of a case as the papers have them: a draft may say what cannot be, so
    they become a `Case` only when they are read."""

    id: ClaimId
    number: str
    person_id: PersonId
    employer_id: EmployerId | None
    office_id: OfficeId
    country: str
    benefit: str
    state: ClaimState
    waits: Waiting | None
    received_on: date
    facts: Mapping[str, Any]
    papers: Papers
    origin: Origin
    access_generation: int
    version: int
    opened_at: datetime
    opened_by: str
    submitted_at: datetime | None
    judged: Mapping[str, Judged]

    @property
    def is_decided(self) -> bool:
        return self.state in ENDED

    @property
    def is_free(self) -> bool:
        """Whether it waits for nothing, or only for a look at its suspended payments: then it may wait for something
        else, and the queue names the suspension beside."""
        return self.waits is None or self.waits.for_suspension

    @property
    def first_day(self) -> date | None:
        """The first day claimed, where the papers say one."""
        return day_of(self.facts, "spell", "first_day")

    def reference(self) -> Json:
        """The references every event about a claim carries."""
        return {
            "claim_id": self.id,
            "claim_number": self.number,
            "person_id": self.person_id,
            "office_id": self.office_id,
        }


def waits_for_account(claim: Claim) -> bool:
    """Whether she must bring the number of an account: money could not be paid into hers, or none is known."""
    waits = claim.waits
    return waits is not None and waits.whom is Whom.WORKER and waits.reason in ("account", "missing_account")


def day_of(facts: Mapping[str, Any], part: str, name: str) -> date | None:
    """A day of facts that may be anything; none where it is no day."""
    body = facts.get(part)
    value = body.get(name) if isinstance(body, Mapping) else None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class ListedClaim:
    """A claim with the person's names, as lists show it."""

    claim: Claim
    name: str
    name_latin: str | None


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A step in the life of a claim: who, when, why."""

    version: int
    what: str
    why: str | None
    by_name: str
    on: date


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter about a claim that can be printed."""

    id: str
    claim_id: ClaimId
    decision_id: DecisionId | None
    template: str
    language: str
    state: str
    on_day: date


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """A short message about a claim that reached her: which, and on which day that was heard."""

    id: str
    claim_id: ClaimId
    person_id: PersonId
    template: str
    on_day: date


class StatementState(enum.StrEnum):
    """Where a question to an employer stands."""

    REQUESTED = "requested"
    RECEIVED = "received"
    AMENDED = "amended"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What an employer confirms: facts, never results."""

    pay: str | None = None
    wage_paid_until: date | None = None
    last_day_worked_on: date | None = None

    def json(self) -> Json:
        days = {"wage_paid_until": self.wage_paid_until, "last_day_worked_on": self.last_day_worked_on}
        return {"pay": self.pay} | {name: day.isoformat() for name, day in days.items() if day}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Confirmed:
        days = {name: said.get(name) for name in ("wage_paid_until", "last_day_worked_on")}
        return cls(said.get("pay"), **{name: date.fromisoformat(day) for name, day in days.items() if day})


@dataclass(frozen=True, slots=True)
class Statement:
    """What an employer was asked to confirm about a claim, and has."""

    id: StatementId
    claim_id: ClaimId
    employer_id: EmployerId
    state: StatementState
    asked_for: tuple[str, ...]
    asked_on: date
    due_on: date
    confirmed: Confirmed | None = None
    received_at: datetime | None = None
    received_by: str | None = None
    version: int = 1

    @property
    def is_answered(self) -> bool:
        return self.state in (StatementState.RECEIVED, StatementState.AMENDED)


@dataclass(frozen=True, slots=True)
class AdvanceReturn:
    """Money of an advance that came back to the employer; an entry against another takes it back."""

    id: EntryId
    claim_id: ClaimId
    employer_id: EmployerId
    returned_on: date
    amount: Money
    source: str
    note: str | None
    reverses: EntryId | None
    by: str
    by_name: str
    at: datetime
    on: date
