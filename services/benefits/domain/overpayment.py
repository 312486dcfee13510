"""Paid beyond the award: how much, and what has been decided about it.

Nothing is taken back in silence. What was paid too much is found by comparing what moved with what is due;
whether it is paid back, withheld from later instalments or let go is decided by two people, after the person
could be heard, and rests while an appeal is open (C102 art. 70).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain.award import MOVED, moved

Key = tuple[str, int]


class Way(enum.StrEnum):
    """How what was paid too much comes back, or that it does not."""

    REPAY = "repay"
    SET_OFF = "set_off"
    WAIVE = "waive"


class State(enum.StrEnum):
    """Where an overpayment stands."""

    FOUND = "found"
    SUSPENDED = "suspended"
    RECOVERING = "recovering"
    WAIVED = "waived"
    SETTLED = "settled"


class RecoveryNotPossible(ValueError):
    """It cannot be decided so now; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def key_of(part: Mapping[str, Any]) -> Key:
    """What names an instalment inside its award."""
    return part["component"], int(part["no"])


def keys_moved(facts: Iterable[Mapping[str, Any]]) -> set[Key]:
    """The instalments of which money has left the house."""
    return {key_of(f) for f in facts if f["state"] in MOVED}


def paid_until(
    schedule: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]], before: Mapping[str, str]
) -> dict[str, str]:
    """For each component the last day that was paid, by the schedule under which it moved and those before it."""
    found, gone = dict(before), keys_moved(facts)
    for part in schedule:
        if key_of(part) in gone:
            found[part["component"]] = max(found.get(part["component"], ""), part["period"]["to"])
    return found


def past_of(
    schedule: Sequence[Mapping[str, Any]],
    facts: Sequence[Mapping[str, Any]],
    until: Mapping[str, str],
    today: date,
) -> set[Key]:
    """The instalments that a new version of an award finds in the past, as payments find them: due by today,
    numbered not after the last one that moved, or beginning not after the last day that was paid."""
    highest: dict[str, int] = {}
    for component, no in keys_moved(facts):
        highest[component] = max(highest.get(component, 0), no)
    return {
        key_of(part)
        for part in schedule
        if part["due_on"] <= today.isoformat()
        or part["no"] <= highest.get(part["component"], 0)
        or part["period"]["from"] <= until.get(part["component"], "")
    }


def overpaid(schedule: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]], past: Collection[Key]) -> int:
    """Minor units moved beyond what is due for the past of the award's version and for what moved since; at least 0.

    What falls due later is still owed in full, less what a decision withholds: then less moves than is due, and
    the difference shrinks by itself.
    """
    counted = set(past) | keys_moved(facts)
    due = sum(int(part["amount"]["minor"]) for part in schedule if key_of(part) in counted)
    return max(0, moved(facts) - due)


def outstanding(over: int, repaid: int, waived: int) -> int:
    """Minor units that are still to come back."""
    return max(0, over - repaid - waived)


def left_of(row: Any) -> int:
    """Minor units that are still to come back of an overpayment as it is stored."""
    return outstanding(row.minor, row.repaid_minor, row.waived_minor)


def by_key(stored: Iterable[Sequence[Any]]) -> dict[Key, int]:
    """Parts withheld as they are stored, [component, no, minor units], by instalment."""
    return {(component, no): minor for component, no, minor in stored}


def closed_keys(past: Iterable[Sequence[Any]], facts: Iterable[Mapping[str, Any]]) -> set[Key]:
    """The instalments that nothing is withheld from any more: the past of the version, and what has moved."""
    return {(component, no) for component, no in past} | keys_moved(facts)


def withhold(
    schedule: Sequence[Mapping[str, Any]], closed: Collection[Key], share: Fraction, minor: int, smallest: int
) -> dict[Key, int]:
    """What is kept back from each instalment not yet closed: at most `share` of it, the soonest first, until
    `minor` is reached. Rounded down, for the family, to the `smallest` amount that is paid (minor units)."""
    found: dict[Key, int] = {}
    for part in sorted(schedule, key=lambda p: (p["due_on"], p["no"])):
        if key_of(part) in closed or minor <= 0:
            continue
        kept = min(minor, int(part["amount"]["minor"] * share)) // smallest * smallest
        if kept:
            found[key_of(part)] = kept
            minor -= kept
    return found


def state_of(*, outstanding: int, waived: int, contested: bool, active: bool) -> State:
    """Where an overpayment stands, from what is still to come back and what was decided."""
    if not outstanding:
        return State.WAIVED if waived else State.SETTLED
    if contested:
        return State.SUSPENDED
    return State.RECOVERING if active else State.FOUND


def check_heard(way: Way, *, today: date, appeal_until: date | None, heard: str | None) -> None:
    """Money is asked back only after the person was heard, or had the time to object and did not.
    Raises `RecoveryNotPossible`."""
    if way is Way.WAIVE or heard:
        return
    if appeal_until is None or today <= appeal_until:
        raise RecoveryNotPossible("not_heard")
