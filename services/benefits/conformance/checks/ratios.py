"""Replacement rates: which earnings and which days are tested, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from services.benefits.conformance.basis import rates_of
from services.benefits.conformance.checks.result import (
    Context,
)
from services.benefits.conformance.measure import Branch, Tried, lasts, mean
from services.benefits.conformance.profile import Profile
from services.benefits.conformance.standards import Requirement


@dataclass(frozen=True)
class Ratio:
    """A replacement rate at one level of earnings on one day of the benefit."""

    earnings: Fraction
    day: int
    rate: Fraction
    tried: Tried


def replaced(benefit: Fraction, earnings: Fraction, profile: Profile) -> Fraction:
    """RR(E) = (B(E) + Fb) / (E + Fw), all of one month."""
    return (benefit + profile.family_in_contingency) / (earnings + profile.family_in_work)


def family_of(c: Context, b: str) -> Profile:
    """Family allowances belong to the man with wife and two children; a woman alone has normally none."""
    if b == "sickness":
        return c.profile
    return replace(c.profile, family_in_work=Fraction(0), family_in_contingency=Fraction(0))


def ratios_at(c: Context, b: str, earnings: Fraction, tested: int) -> list[Ratio]:
    """Every rate of the first `tested` days at these earnings, in the cases that stand for the year; for maternity the
    average where it varies (art. 50)."""
    found, family = c.branch(b), family_of(c, b)
    if b == "maternity" and len(found.changes) > 1:
        return [_average(c, b, found.begun(start, earnings)) for start in found.starts]
    return [
        Ratio(earnings, day, replaced(one, earnings, family), tried)
        for day, (one, tried) in zip(found.changes, found.phases(earnings), strict=True)
        if day < tested
    ]


def _average(c: Context, b: str, tried: Tried) -> Ratio:
    rates = rates_of(tried.timeline, c.branch(b).basis)
    return Ratio(tried.earnings, 0, replaced(mean(rates), tried.earnings, family_of(c, b)), tried)


def of_the_year(c: Context, b: str, earnings: Fraction, tested: int) -> Ratio:
    """The lowest rate at these earnings in a case that begins on any day of the year."""
    found, family = c.branch(b), family_of(c, b)
    every = []
    for tried in (found.begun(start, earnings) for start in found.every):
        rates = rates_of(tried.timeline, found.basis)
        if b == "maternity" and len(found.changes) > 1:
            every.append(_average(c, b, tried))
        elif not rates:
            every.append(Ratio(earnings, 0, replaced(Fraction(0), earnings, family), tried))
        else:
            seen = [day for day in (0, *(r.since for r in rates)) if day < tested and lasts(rates, day) is not None]
            worst = min(seen, key=lambda day: (lasts(rates, day), day))
            every.append(Ratio(earnings, worst, replaced(lasts(rates, worst) or Fraction(0), earnings, family), tried))
    return min(every, key=lambda ratio: ratio.rate)


def lowest(c: Context, b: str, earnings: Callable[[], Iterable[Fraction]], tested: int) -> Ratio:
    """The lowest rate over a range of earnings. It is looked for in the cases that stand for the year; at the earnings
    where it was lowest every day of the year is then tried, and one that is worse is looked at everywhere."""
    while True:
        ratios = [x for e in earnings() for x in ratios_at(c, b, e, tested)]
        usual = c.branch(b).usual
        worst = min(ratios, key=lambda x: (x.rate, x.earnings != usual, x.earnings))
        finer = of_the_year(c, b, worst.earnings, tested)
        start = finer.tried.case.spell.first_day
        if finer.rate >= worst.rate or start is None or start in c.branch(b).starts:
            return worst
        c.branch(b).widen(start)


#: More days than any leave has.
WHOLE_LEAVE = 10**6


def tested_days(r: Requirement, b: str, c: Context) -> int:
    """Every rate of the first days is tested, as many as the requirement says; fewer with a declaration of C130."""
    if b == "maternity":
        return WHOLE_LEAVE
    declared = "tested_days_article_2" in r.terms and c.profile.has_declared("article_2")
    return r.whole_term("tested_days_article_2" if declared else "tested_days")


def flat(found: Branch) -> bool:
    """Whether the benefit is one amount for all."""
    return not found.curve.kinks and found.counted is not None


def points(c: Context, b: str, upto: Fraction | None = None) -> list[Fraction]:
    """Earnings to be tested: the lowest, every kink, and the highest that are counted or the skilled wage."""
    found = c.branch(b)
    bound = found.counted
    if upto is not None:
        bound = upto if bound is None else min(bound, upto)
    if bound is None:
        bound = found.curve.kinks[-1] * 2 if found.curve.kinks else found.reference
    chosen = {k for k in found.curve.kinks if k <= bound} | {bound}
    if c.profile.lowest is not None and c.profile.lowest.value <= bound:
        chosen.add(c.profile.lowest.value)
        chosen = {x for x in chosen if x >= c.profile.lowest.value}
    elif not found.curve.kinks or min(chosen) == bound:
        chosen.add(bound / 2)
    return sorted(chosen)


def skilled(c: Context) -> Fraction | None:
    """The skilled wage that bounds the test: the declared definition, else the highest known."""
    wages = c.profile.skilled
    declared = wages.get(c.profile.definition())
    if declared is not None:
        return declared.value
    return max((d.value for d in wages.values()), default=None)


def break_even(c: Context, b: str, threshold: Fraction, day_limit: int) -> list[tuple[int, Fraction]]:
    """Up to which skilled wage the rate holds, for each rate of the tested days, as (day, wage)."""
    found = c.branch(b)
    family = family_of(c, b)
    assert found.counted is not None  # noqa: S101
    top = found.monthly(found.counted)
    result = []
    for day, benefit in zip(found.changes, top, strict=True):
        if day < day_limit:
            wage = (benefit + family.family_in_contingency) / threshold - family.family_in_work
            result.append((day, wage))
    return result
