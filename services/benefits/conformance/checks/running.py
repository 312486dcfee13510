"""Runs the test of a requirement, and says where a declaration keeps it from counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from services.benefits.conformance.checks import duration, leave, level, procedure, protected
from services.benefits.conformance.checks.result import (
    FAIL,
    NO_DATA,
    NOT_APPLICABLE,
    REVIEW,
    TESTS,
    Context,
    Result,
)
from services.benefits.conformance.law import Law, NoBenefit
from services.benefits.conformance.measure import Tried
from services.benefits.conformance.profile import Profile
from services.benefits.conformance.standards import Requirement
from services.benefits.law import text as t
from services.benefits.law.figures import Figure
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
    return _standing(weighed(result, context), context.profile)


#: Tests of days, and of what they are worth.
DAYS = {
    *("longest_case", "waiting", "throughout", "per_case", "multiple", "paid_days", "national_leave", "leave_days"),
    *("late_birth", "paid_all"),
}
LEVELS = {"level65", "ceiling65", "level66", "average", "two_thirds", "adequate", "floor7"}


def weighed(result: Result, context: Context) -> Result:
    """A result with what it rests on that nobody read in a text: figures that move what was measured, rules of practice
    that only its own run needed, answers and data of the profile. What is missed by practice alone goes to a person."""
    rests = {**_figures(result, context), **_practice(result, context)}
    rests |= {one.text: one.evidence for one in result.sources if one.evidence in ("default", "recalled")}
    result = replace(result, rests=tuple(sorted(rests.items())))
    if result.verdict != FAIL or result.weakest != "default":
        return result
    what = t.listed(name for name, kind in result.rests if kind == "default")
    asked = say(N_("This rests on practice and on no text that was read: {what}. Does the law say so?"), what=what)
    return replace(result, verdict=REVIEW, question=asked)


def _figures(result: Result, context: Context) -> dict[str, str]:
    """Figures without a text that was read, which move the days (or their amounts) of the run when they are moved."""
    measured = result.requirement.test
    if measured not in DAYS | LEVELS or not result.tried:
        return {}
    tried, found = result.tried[-1 if measured == "multiple" else 0], dict[str, str]()
    figures = context.law.pack.benefits[tried.case.benefit].book.figures
    for one in tried.assessment.unconfirmed:
        figure = figures.get(one.figure)
        if figure is None or one.citation.evidence not in ("default", "recalled"):
            continue
        if any(_seen(moved, measured) != _seen(tried, measured) for moved in _nudged(tried, figure, context.law)):
            found[figure.description] = one.citation.evidence
    return found


def _nudged(tried: Tried, figure: Figure, law: Law) -> Iterator[Tried]:
    """The same case where a figure is a little more and a little less."""
    value = figure.values[0].value
    if not isinstance(value, Fraction):
        return
    little = value / 10 if figure.unit in ("rate", "money") else Fraction(1)
    for other in (value + little, value - little):
        if other > 0:
            yield Tried(tried.case, law.with_figure(figure.name, other, tried.case.benefit), tried.earnings)


def _seen(tried: Tried, measured: str) -> list[object]:
    try:
        if measured in DAYS:
            return [tried.letters()]
        return [(span.period, span.status, span.amount) for span in tried.timeline]
    except (ArithmeticError, LookupError, TypeError, ValueError, AssertionError):
        return []


def _practice(result: Result, context: Context) -> dict[str, str]:
    """Rules of practice that a birth which is not in time needs beside those of one that is."""
    if result.requirement.test not in ("late_birth", "paid_all") or not result.tried:
        return {}
    usual = {one.figure for one in context.branch(result.branch).leave.assessment.unconfirmed}
    return {
        one.citation.text: "default"
        for tried in result.tried
        if tried.case.benefit == context.branch(result.branch).body.code
        for one in tried.assessment.unconfirmed
        if one.figure not in usual and one.citation.evidence == "default"
    }


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
