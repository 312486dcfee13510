"""Whose task a claim is: taken, given back, given to a colleague, laid aside until a day."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.benefits.domain.ids import ClaimId


class TaskCannot(ValueError):
    """This cannot be done with the claim; the code says why, `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class Order(enum.StrEnum):
    """By what a list of claims is ordered: what waits longest, the most money, or the most doubts first."""

    AGE = "age"
    AMOUNT = "amount"
    RISK = "risk"


class Step(enum.StrEnum):
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    GIVEN = "given"
    RESTS = "rests"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Task:
    """Who has a claim in hand, and what it weighed when it was last looked at (`likely_minor` of the institution's
    money, `open_doubts` to be judged, `by_hand` why a person decides it). A claim that rests wakes on its day, or when
    anything about it changes (`rests_version` is the version it was laid aside at)."""

    claim_id: ClaimId
    holder: str | None = None
    holder_name: str | None = None
    held_since: date | None = None
    rests_until: date | None = None
    rests_why: str | None = None
    rests_version: int | None = None
    likely_minor: int | None = None
    open_doubts: int | None = None
    by_hand: Sequence[str] | None = None
    weighed_version: int | None = None

    def rests(self, today: date, version: int) -> bool:
        return self.rests_until is not None and self.rests_until > today and self.rests_version == version


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A claim changed hands, or was laid aside: who, what, to whom or until when, why."""

    no: int
    what: Step
    by_name: str
    to_name: str | None
    until: date | None
    why: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could have the claim."""

    id: str
    name: str


def take(task: Task, who: Colleague, today: date, why: str | None) -> Task:
    """Somebody takes a claim. What a colleague has is taken only with a word why. Raises `TaskCannot`."""
    if task.holder == who.id:
        raise TaskCannot("yours_already")
    if task.holder is not None and not why:
        raise TaskCannot("required", "task_why")
    return replace(_awake(task), holder=who.id, holder_name=who.name, held_since=today)


def give(task: Task, to: Colleague, today: date, why: str | None) -> Task:
    """Somebody gives a claim to a colleague, with a word why. Raises `TaskCannot`."""
    if task.holder == to.id:
        raise TaskCannot("hers_already", "to")
    if not why:
        raise TaskCannot("required", "task_why")
    return replace(_awake(task), holder=to.id, holder_name=to.name, held_since=today)


def give_back(task: Task) -> Task:
    """Whoever is free may take it. Raises `TaskCannot`."""
    if task.holder is None:
        raise TaskCannot("nobody_has_it")
    return replace(_awake(task), holder=None, holder_name=None, held_since=None)


def lay_aside(
    task: Task, who: Colleague, today: date, until: date | None, why: str | None, version: int, longest: int
) -> Task:
    """Nothing can be done until a day, at most `longest` days away; it stays with who lays it aside. Raises
    `TaskCannot`."""
    if until is None:
        raise TaskCannot("required", "rests_until")
    if until <= today:
        raise TaskCannot("in_the_past", "rests_until")
    if (until - today).days > longest:
        raise TaskCannot("too_far", "rests_until")
    if not why:
        raise TaskCannot("required", "task_why")
    held = task if task.holder == who.id else take(task, who, today, why)
    return replace(held, rests_until=until, rests_why=why, rests_version=version)


def resume(task: Task) -> Task:
    """Go on before the day. Raises `TaskCannot`."""
    if task.rests_until is None:
        raise TaskCannot("rests_not")
    return _awake(task)


def _awake(task: Task) -> Task:
    return replace(task, rests_until=None, rests_why=None, rests_version=None)
