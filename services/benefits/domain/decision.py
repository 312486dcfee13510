"""A decision is proposed by one person and, where the amount or the matter asks for it, confirmed by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.money import Money


class SamePerson(ValueError):
    """Maker and checker must be two people; an appeal is decided by somebody who has not decided before."""


class NotReady(ValueError):
    """The claim cannot be decided yet; `reasons` are codes with parameters, shown beside the button."""

    def __init__(self, reasons: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__(", ".join(code for code, _ in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a claim cannot be decided now, as a code with parameters."""

    code: str
    params: Mapping[str, Any]


def hindrances(
    assessment: Mapping[str, Any], *, own_case: bool, open_warnings: Iterable[str], payable: bool
) -> list[Hindrance]:
    """What forbids deciding: nothing is forbidden without a name.

    `payable` says whether money that is granted has somewhere to go.
    """
    found = []
    if own_case:
        found.append(Hindrance("own_case", {}))
    if assessment["outcome"] == "questions":
        found.append(Hindrance("questions_open", {"count": len(assessment["questions"])}))
    for finding in assessment["findings"]:
        if finding["verdict"] == "needs_judgement":
            found.append(Hindrance("judgement_open", {"finding": finding["id"]}))
    for warning in open_warnings:
        found.append(Hindrance("warning_open", {"warning": warning}))
    if assessment["total"]["minor"] > 0 and not payable:
        found.append(Hindrance("no_account", {}))
    return found


def needs_second(total: Money, difference: Money, limit: Money, *, kind: str, outcome: str) -> str | None:
    """Why a second person confirms (a code), or none.

    The limit is the institution's; appeals, and revisions to the worse, always need two people.
    """
    if kind == "appeal":
        return "appeal"
    if kind == "revision" and difference.minor < 0:
        return "burdensome_revision"
    if total.minor > limit.minor:
        return "amount"
    return None


def check_two_people(maker: str, checker: str) -> None:
    """Raises `SamePerson`."""
    if maker == checker:
        raise SamePerson("maker and checker")
