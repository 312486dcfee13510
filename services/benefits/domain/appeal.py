"""Contesting a decision: against a named finding, decided by somebody who has not decided before.

C102 art. 70: every claimant has a right of appeal against a refusal or as to quality or quantity.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.benefits.domain.decision import Decision, SamePerson
from services.benefits.domain.ids import AppealId, ClaimId, DecisionId
from shared.money import Money

#: Contested is not a finding of the decision, but that its payments are suspended.
SUSPENSION = "suspension"
#: Nor is it one that the decision was annulled.
ANNULMENT = "annulment"
OUTCOMES = ("upheld", "partly_upheld", "rejected", "withdrawn", "redirected", "referred")


class AppealState(enum.StrEnum):
    LODGED = "lodged"
    PROPOSED = "proposed"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Appeal:
    """A finding of a decision that the person contests, and what became of it."""

    id: AppealId
    claim_id: ClaimId
    decision_id: DecisionId
    finding: str
    grounds: str
    lodged_on: date
    lodged_by: str
    in_time: bool
    state: AppealState = AppealState.LODGED
    outcome: str | None = None
    reasons: str | None = None
    new_decision_id: DecisionId | None = None
    decided_by: str | None = None
    decided_name: str | None = None
    decided_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not AppealState.DECIDED


class FindingUnknown(ValueError):
    """The contested finding is not one of the decision's."""


class DayCannotBe(ValueError):
    """The day on which the appeal is said to have come in cannot be; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_day(lodged_on: date, decision: Decision, today: date) -> None:
    """An appeal comes in between the decision and today. Raises `DayCannotBe`."""
    if lodged_on > today:
        raise DayCannotBe("in_the_future")
    if decision.decided_on is None or lodged_on < decision.decided_on:
        raise DayCannotBe("before_decision")


def in_time(lodged_on: date, until: date | None) -> bool:
    """Whether an appeal came by its last day. A late one is still taken in and said to be late."""
    return until is not None and lodged_on <= until


def check_new_eyes(decider: str, before: Iterable[str | None]) -> None:
    """Raises `SamePerson` when the person took part in a decision before."""
    if decider in set(before):
        raise SamePerson("appeal")


def outcome_of(old: Money, new: Money, *, contested_now_met: bool) -> str:
    """What became of an appeal, by the amounts: more than before is upheld, in part when the contested
    finding still stands against the claimant."""
    if new.minor <= old.minor:
        return "rejected"
    return "upheld" if contested_now_met else "partly_upheld"
