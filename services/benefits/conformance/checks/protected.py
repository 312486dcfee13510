"""Persons protected: the shares of people that the articles name, from the statistics of the profile."""

from __future__ import annotations

from fractions import Fraction

from services.benefits.conformance.checks.result import (
    FAIL,
    NO_DATA,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Context,
    Result,
    test,
)
from services.benefits.conformance.checks.words import no_data, percent, whole
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Citation, Text
from services.benefits.law import text as t
from services.benefits.law.text import N_, say


def _ratio(c: Context, over: str, under: str) -> tuple[Fraction, tuple[Citation, ...]] | None:
    """Effective coverage decides; the legal figure stands beside it."""
    top, bottom = c.profile.statistics.get(over), c.profile.statistics.get(under)
    if top is None or bottom is None or not bottom.value:
        return None
    return top.value / bottom.value, (top.citation, bottom.citation)


@test("share")
def share_covered(r: Requirement, b: str, c: Context) -> Result:
    """Persons protected, as they are covered in practice, of those the article names."""
    over, under = (str(n) for n in r.options["of"])
    found = _ratio(c, over, under)
    if found is None:
        return no_data(r, b, f"{over.replace('_', ' ')}, {under.replace('_', ' ')}")
    rate, cited = found
    notes: list[Text] = []
    if (legal := _ratio(c, f"{over}_legal", under)) is not None:
        notes.append(say(N_("By law {rate}, in practice as tested"), rate=t.shown(percent(legal[0]))))
    good = rate >= r.number
    also = r.options.get("also")
    if good and also is not None:
        women = c.profile.answers.get(str(also))
        if women is None or women.answer != "yes":
            verdict = NO_DATA if women is None else FAIL
            words = say(N_("{rate}; all women in them?"), rate=t.shown(percent(rate, r.number)))
            return Result(r, b, verdict, words, words, rate, notes=tuple(notes), sources=cited)
        cited = (*cited, women.citation)
    words = say(N_("{rate}"), rate=t.shown(percent(rate, r.number)))
    why = say(
        N_("{rate} are protected; {least} are needed"),
        rate=t.shown(percent(rate, r.number)),
        least=t.shown(percent(r.number)),
    )
    short = None if good else r.number - rate
    return Result(r, b, PASS if good else FAIL, words, why, rate, notes=tuple(notes), sources=cited, shortfall=short)


@test("cover130")
def cover_130(r: Requirement, b: str, c: Context) -> Result:
    """C130 arts 19, 20: either share will do; art. 19 asks for all employees, or 75 % of the active population."""
    first, second = [str(n) for n in r.options["of"][:2]], [str(n) for n in r.options["of"][2:]]
    one, two = _ratio(c, *first), _ratio(c, *second)
    if one is None and two is None:
        return no_data(r, b, "persons protected")
    needs = (r.term("employees"), r.number) if r.route == "19" else (r.number, r.term("second"))
    good = (one is not None and one[0] >= needs[0]) or (two is not None and two[0] >= needs[1])
    shown = " / ".join(percent(x[0]) for x in (one, two) if x is not None)
    cited = tuple(s for x in (one, two) if x is not None for s in x[1])
    words = say(N_("{rate}"), rate=t.shown(shown))
    if not good and (one is None or two is None):
        return Result(r, b, NO_DATA, words, say(N_("The other share is not known.")), sources=cited)
    return Result(r, b, PASS if good else FAIL, words, words, one[0] if one else None, sources=cited)


@test("quotient")
def quotient(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18(2)(a): days granted in a year for each person protected."""
    over, under = (str(n) for n in r.options["of"])
    found = _ratio(c, over, under)
    if found is None:
        return no_data(r, b, f"{over.replace('_', ' ')}, {under.replace('_', ' ')}")
    number, cited = found
    words = say(N_("{n} days a head"), n=t.shown(whole(number)))
    return Result(r, b, PASS if number >= r.number else FAIL, words, words, number, sources=cited)


@test("majority")
def large_majority(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(5): a large majority of covered women can satisfy the conditions; no number, so a person judges."""
    months = c.branch("maternity").qualifying
    if months == 0:
        words = say(N_("no condition to satisfy"))
        return Result(r, b, NOT_APPLICABLE, words, words)
    over, under = (str(n) for n in r.options["of"])
    found = _ratio(c, over, under)
    if found is None:
        return no_data(r, b, "share of covered women who qualify")
    rate, cited = found
    asked = say(N_("Are {rate} of covered women a large majority?"), rate=t.shown(percent(rate)))
    words = say(N_("{rate} qualify"), rate=t.shown(percent(rate)))
    if rate == 1:
        return Result(r, b, PASS, words, words, rate, sources=cited)
    return Result(r, b, REVIEW, words, words, rate, question=asked, sources=cited)


@test("statistics")
def statistics(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 76(1)(b): the evidence a report needs."""
    have = {**c.profile.statistics, **c.profile.financing}
    wanted = ("employees_protected", "employees", "residents")
    missing = [w for w in wanted if w not in have]
    if not c.profile.skilled:
        missing.append("skilled wage")
    if "employee" not in c.profile.financing:
        missing.append("financing")
    if missing:
        return no_data(r, b, ", ".join(m.replace("_", " ") for m in missing))
    words = say(N_("all given"))
    return Result(r, b, PASS, words, words)
