"""A worker asks something about her claim; the office answers in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from services.benefits.domain.ids import ClaimId, PersonId

#: So many questions of a claim may wait for an answer, and so long may each be.
MOST_OPEN, LONGEST = 3, 1000


class QuestionRefused(ValueError):
    """It cannot be asked or answered so: `required`, `too_long`, `too_many_open`, `answered`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """What she asked, and what was answered."""

    id: str
    claim_id: ClaimId
    person_id: PersonId
    text: str
    asked_at: datetime
    asked_on: date
    answer: str | None = None
    answered_by: str | None = None
    answered_name: str | None = None
    answered_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.answer is None


@dataclass(frozen=True, slots=True)
class Counted:
    """Questions of a span of days: how many came, how many were answered, half of them within how many days; and how
    many are open now."""

    asked: int
    answered: int
    median_days: Fraction | None
    open: int


def worded(text: str) -> str:
    """What was written, as it is kept. Raises `QuestionRefused`."""
    said = text.strip()
    if not said:
        raise QuestionRefused("required")
    if len(said) > LONGEST:
        raise QuestionRefused("too_long")
    return said


def answered(question: Question, answer: str, by: str, name: str, today: date) -> Question:
    """The question with its answer; what was answered stays. Raises `QuestionRefused`."""
    if not question.is_open:
        raise QuestionRefused("answered")
    return replace(question, answer=worded(answer), answered_by=by, answered_name=name, answered_on=today)
