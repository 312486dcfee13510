"""A decision is proposed by one person and, where the amount or the matter asks for it, confirmed by another."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from services.benefits.domain.assessment import NEEDS_JUDGEMENT, QUESTIONS, Assessment
from services.benefits.domain.award import Instalment, PayDays, cut
from services.benefits.domain.claim import Judged
from services.benefits.domain.ids import AppealId, ClaimId, DecisionId
from services.benefits.domain.outlook import Outlook
from shared.money import Money


class SamePerson(ValueError):
    """Maker and checker must be two people; an appeal is decided by somebody who has not decided before."""


class NotReady(ValueError):
    """The claim cannot be decided yet; `reasons` are codes with parameters, shown beside the button."""

    def __init__(self, reasons: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__(", ".join(code for code, _ in reasons))
        self.reasons = reasons


class Kind(enum.StrEnum):
    """The first decision on a claim, one in the place of another, or one on an appeal."""

    FIRST = "first"
    REVISION = "revision"
    APPEAL = "appeal"


class DecisionState(enum.StrEnum):
    PROPOSED = "proposed"
    RETURNED = "returned"
    FINAL = "final"


@dataclass(frozen=True)
class Decision:
    """A decision as it is kept: what was known, what followed, who decided. `kept` is its assessment as it was written
    down; everybody above the store reads `assessment`."""

    id: DecisionId
    claim_id: ClaimId
    no: int
    kind: Kind
    state: DecisionState
    outcome: str
    facts: Mapping[str, Any]
    kept: dict[str, Any] = field(repr=False)
    pack_revision: str
    claim_version: int
    total: Money
    difference: Money
    schedule: tuple[Instalment, ...]
    judged: Mapping[str, Judged]
    needs_second: bool
    second_reason: str | None
    proposed_by: str
    proposed_name: str
    proposed_at: datetime
    appeal_id: AppealId | None = None
    conformance: Mapping[str, Any] | None = None
    decided_on: date | None = None
    confirmed_by: str | None = None
    confirmed_name: str | None = None
    confirmed_at: datetime | None = None
    returned_reason: str | None = None
    returned_words: str | None = None
    appeal_until: date | None = None
    #: What had been paid when it was decided, what was still to come, what was too much; none for older decisions.
    outlook: Outlook | None = None

    @cached_property
    def assessment(self) -> Assessment:
        """What followed from the facts; read when it is first asked for."""
        return Assessment.from_json(self.kept)


@dataclass(frozen=True, slots=True)
class Hands:
    """What who decides has had a hand in, and who else has spoken: one officer alone never makes a person, her wages,
    her account and the decision."""

    entered_facts: bool = False
    registered_person: bool = False
    declared_wages: bool = False
    set_account: bool = False
    #: Another account took the place of an earlier one within the institution's days, whoever wrote it.
    recent_account: bool = False
    #: The employer has confirmed the facts of this claim.
    employer_confirmed: bool = False
    #: The person herself has said a code that went to her phone, which is nobody's making here.
    person_confirmed: bool = False

    def alone(self, counted: Collection[str], by_phone: Collection[str] = ()) -> list[str]:
        """Which of the combinations that the institution counts ask for a second person; her own word covers those of
        `by_phone`."""
        said = {"entered_facts", "declared_wages"} if self.employer_confirmed else set()
        said |= set(by_phone) if self.person_confirmed else set()
        return [code for code in ALONE if code in counted and getattr(self, code) and code not in said]


#: The combinations by name, as institution.yaml lists those that count.
ALONE = ("entered_facts", "registered_person", "declared_wages", "set_account", "recent_account")


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a claim cannot be decided now, as a code with parameters."""

    code: str
    params: Mapping[str, Any]


def hindrances(
    assessment: Assessment, *, own_case: bool, open_warnings: Iterable[str], payable: bool
) -> list[Hindrance]:
    """What forbids deciding: nothing is forbidden without a name.

    `payable` says whether money that is granted has somewhere to go.
    """
    found = []
    if own_case:
        found.append(Hindrance("own_case", {}))
    if assessment.outcome == QUESTIONS:
        found.append(Hindrance("questions_open", {"count": len(assessment.questions)}))
    for finding in assessment.findings:
        if finding.verdict == NEEDS_JUDGEMENT:
            found.append(Hindrance("judgement_open", {"finding": finding.id}))
    for warning in open_warnings:
        found.append(Hindrance("warning_open", {"warning": warning}))
    if assessment.total.minor > 0 and not payable:
        found.append(Hindrance("no_account", {}))
    return found


@dataclass(frozen=True, slots=True)
class Ruling:
    """What deciding a claim today would come to: shown beside the button, and written down when it is pressed."""

    kind: Kind
    assessment: Assessment
    total: Money
    difference: Money
    schedule: tuple[Instalment, ...]
    #: Why a second person confirms (a code), or none.
    second: str | None


def rule(
    assessment: Assessment,
    before: Decision | None,
    *,
    appealed: bool,
    today: date,
    days: PayDays,
    limit: Money,
    alone: Sequence[str] = (),
) -> Ruling:
    """`before` is the final decision that stands; `limit` the amount above which two people decide; `alone` in what
    else the decider has had a hand."""
    kind = Kind.APPEAL if appealed else Kind.FIRST if before is None else Kind.REVISION
    difference = assessment.total - before.total if before is not None else assessment.total
    second = needs_second(
        assessment.total, difference, limit, kind=kind, alone=alone, otherwise=bool(assessment.decided_otherwise)
    )
    schedule = tuple(cut(assessment, today, days))
    return Ruling(kind, assessment, assessment.total, difference, schedule, second)


def needs_second(
    total: Money,
    difference: Money,
    limit: Money,
    *,
    kind: Kind,
    alone: Sequence[str] = (),
    otherwise: bool = False,
) -> str | None:
    """Why a second person confirms (a code), or none.

    The limit is the institution's; appeals, revisions to the worse and a condition decided otherwise than the rules
    find it (`otherwise`) always need two people, and so does money granted by who also made what it rests on.
    """
    if kind is Kind.APPEAL:
        return "appeal"
    if otherwise:
        return "override"
    if kind is Kind.REVISION and difference.minor < 0:
        return "burdensome_revision"
    if total.minor > limit.minor:
        return "amount"
    if alone and total.minor > 0:
        return "one_hand"
    return None


def check_two_people(maker: str, checker: str) -> None:
    """Raises `SamePerson`."""
    if maker == checker:
        raise SamePerson("maker and checker")
