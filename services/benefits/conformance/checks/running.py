"""Runs the test of a requirement, and says where a declaration keeps it from counting."""

from __future__ import annotations

from dataclasses import replace

from services.benefits.conformance.checks import duration, leave, level, procedure, protected
from services.benefits.conformance.checks.result import (
    NO_DATA,
    NOT_APPLICABLE,
    TESTS,
    Context,
    Result,
)
from services.benefits.conformance.law import NoBenefit
from services.benefits.conformance.profile import Profile
from services.benefits.conformance.standards import Requirement
from services.benefits.law import text as t
from services.benefits.law.text import N_, say

#: Modules whose tests are known by name once they are loaded.
ROLES = (duration, leave, level, procedure, protected)


def run(requirement: Requirement, branch_name: str, context: Context) -> Result:
    """One requirement, with the declaration it needs taken into account."""
    try:
        result = TESTS[requirement.test](requirement, branch_name, context)
    except NoBenefit:
        words = say(N_("no such benefit in the pack"))
        result = Result(requirement, branch_name, NO_DATA, words, words)
    return _standing(result, context.profile)


def _standing(result: Result, profile: Profile) -> Result:
    """A route that needs a declaration, or stands beside the one declared, is told but does not count."""
    needed, group = result.requirement.needs, result.requirement.group
    chosen = profile.declared.get(group, "")
    if needed and not profile.has_declared(needed):
        reason = _NEEDS.get(needed, N_("only with a declaration"))
        return replace(result, verdict=NOT_APPLICABLE, would=result.verdict, cell=say(reason), changes=())
    if chosen and chosen != result.requirement.route:
        other = say(N_("the State declared {route}"), route=t.word(chosen))
        return replace(result, verdict=NOT_APPLICABLE, would=result.verdict, cell=other, changes=())
    return result


_NEEDS = {
    "article_3": N_("only with a declaration under article 3"),
    "article_2": N_("only with a declaration under article 2"),
    "article_7": N_("only where article 7 is invoked"),
    "bound_c103": N_("not bound by C103"),
}
