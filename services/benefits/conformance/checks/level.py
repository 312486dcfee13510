"""The level of the benefit against the earnings it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial

from services.benefits.conformance.basis import rates_of
from services.benefits.conformance.beneficiary import Sick
from services.benefits.conformance.checks.ratios import (
    WHOLE_LEAVE,
    Ratio,
    break_even,
    family_of,
    flat,
    lowest,
    points,
    replaced,
    skilled,
    tested_days,
)
from services.benefits.conformance.checks.result import (
    FAIL,
    NO_DATA,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Alternative,
    Context,
    Result,
    test,
)
from services.benefits.conformance.checks.words import amount, answered, finely, no_data, percent, points_short
from services.benefits.conformance.measure import GAP, STARTS, Branch, mean
from services.benefits.conformance.standards import Requirement, requirement
from services.benefits.domain.assessment import Text
from services.benefits.law import text as t
from services.benefits.law.text import N_, plain_number, say


def _rounding(worst: Ratio, threshold: Fraction, c: Context) -> Text | None:
    """What the rounding of payable amounts does to a rate that passes exactly (WC-10)."""
    exact, paid = worst.tried.exact(), worst.tried.payable()
    if worst.rate < threshold or not exact or paid >= exact or worst.rate * paid / exact >= threshold:
        return None
    return say(
        N_("The rule passes; rounding the last unit pays {paid} instead of {exact}, which falls short by amount."),
        paid=amount(paid, c.currency),
        exact=t.shown(f"{plain_number(exact, 2)} {c.currency}"),
    )


def _after_a_gap(worst: Ratio, b: str, c: Context) -> Text | None:
    """The second rate of C102 art. 65(2): where months without pay are averaged in, the benefit is the stated part of
    the average and less of the last normal wage."""
    start = worst.tried.case.spell.first_day
    if start is None or not worst.tried.timeline.paid_days():
        return None
    found, family = c.branch(b), family_of(c, b)
    tried = found.broken(start, worst.earnings, GAP)
    rates = rates_of(tried.timeline, found.basis)
    if not rates:
        return say(N_("After {months} months without contributions nothing is paid."), months=t.count(GAP))
    monthly = mean(rates) if b == "maternity" else min(rate.monthly for rate in rates if rate.since <= worst.day)
    rate = replaced(monthly, worst.earnings, family)
    if rate >= worst.rate:
        return None
    return say(
        N_("After {months} months without contributions it is {rate} of the last normal wage."),
        months=t.count(GAP),
        rate=t.shown(percent(rate)),
    )


def _level(r: Requirement, b: str, c: Context, found: list[Ratio]) -> Result:
    worst = min(found, key=lambda x: (x.rate, x.earnings))
    good = worst.rate >= r.number
    shown = percent(worst.rate, r.number)
    words = (
        say(N_("{rate}, exactly"), rate=t.shown(shown))
        if worst.rate == r.number
        else say(N_("{rate}"), rate=t.shown(shown))
    )
    if not good:
        words = say(
            N_("{rate}, {short} points short"),
            rate=t.shown(shown),
            short=t.shown(points_short(shown, r.number - worst.rate)),
        )
    why = say(
        N_("Lowest at earnings of {earnings} a month, from day {day} of the benefit: {rate}; {needed} are needed."),
        earnings=amount(worst.earnings, c.currency),
        day=t.count(worst.day + 1),
        rate=t.shown(shown),
        needed=t.shown(percent(r.number)),
    )
    found_notes = [n for n in (_rounding(worst, r.number, c), _after_a_gap(worst, b, c)) if n is not None]
    short = None if good else r.number - worst.rate
    return Result(
        r,
        b,
        PASS if good else FAIL,
        words,
        why,
        worst.rate,
        notes=tuple(found_notes),
        tried=(worst.tried,),
        shortfall=short,
    )


@test("level65")
def level_65(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(1), C130 art. 22(1): the rate over the earnings that are counted, at their ends and every kink."""
    found = c.branch(b)
    if flat(found):
        words = say(N_("one amount for all"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit does not follow earnings; see the flat route.")))
    tested = tested_days(r, b, c)
    return _level(r, b, c, [lowest(c, b, lambda: points(c, b, skilled(c)), tested)])


@test("ceiling65")
def ceiling_65(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(3), C130 art. 22(3): a maximum may be set if the rate still holds at the skilled wage; under each
    definition for which a wage is known, else up to which wage it would."""
    found = c.branch(b)
    if found.counted is None:
        words = say(N_("no ceiling"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit rises with earnings without an end.")))
    tested = tested_days(r, b, c)
    ends = break_even(c, b, r.number, tested)
    limit = min(wage for _, wage in ends)
    notes = [
        say(
            N_("From day {day} of the benefit it holds up to a skilled wage of {wage}."),
            day=t.count(day + 1),
            wage=amount(_down(wage), c.currency),
        )
        for day, wage in ends
    ]
    alternatives, worst = [], list[Ratio]()
    for name, datum in c.profile.skilled.items():
        least = lowest(c, b, partial(list, [datum.value]), tested)
        worst.append(least)
        words = say(
            N_("{rate} at {wage}"),
            rate=t.shown(percent(least.rate, r.number)),
            wage=amount(datum.value, c.currency),
        )
        verdict = PASS if least.rate >= r.number else FAIL
        alternatives.append(Alternative(f"65(6)({name})", verdict, words, name == c.profile.definition()))
    cited = tuple(d.citation for d in c.profile.skilled.values())
    if not alternatives:
        words = say(N_("holds up to {wage}"), wage=amount(_down(limit), c.currency))
        if len(ends) > 1 and ends[0][1] > limit:
            words = say(
                N_("holds up to {first}, from day {day} up to {wage}"),
                first=amount(_down(ends[0][1]), c.currency),
                day=t.count(next(day for day, wage in ends if wage == limit) + 1),
                wage=amount(_down(limit), c.currency),
            )
        why = say(
            N_("The skilled wage is not known; the rate holds as long as it is not above {wage}."),
            wage=amount(_down(limit), c.currency),
        )
        return Result(r, b, NO_DATA, words, why, notes=tuple(notes), tried=(found.at(found.counted),), limit=limit)
    verdicts = {a.verdict for a in alternatives}
    declared = [n for n, a in enumerate(alternatives) if a.declared]
    if declared:
        place = declared[0]
        result = _level(r, b, c, [worst[place]])
    elif len(verdicts) == 1:
        result = _level(r, b, c, worst)
    else:
        shown = ", ".join(f"{percent(w.rate, r.number)} ({n})" for w, n in zip(worst, c.profile.skilled, strict=True))
        result = Result(
            r,
            b,
            REVIEW,
            say(N_("{rates}"), rates=t.shown(shown)),
            say(N_("It depends on the definition of the skilled worker, which the State declares.")),
            min(w.rate for w in worst),
            say(
                N_("Which definition of the skilled manual male employee does the State declare, (a), (b), (c) or (d)?")
            ),
            tried=tuple(w.tried for w in worst),
        )
    return replace(result, notes=(*result.notes, *notes), alternatives=tuple(alternatives), limit=limit, sources=cited)


def _down(wage: Fraction) -> Fraction:
    """The last whole unit at which it still holds."""
    return Fraction(wage.numerator // wage.denominator)


@test("average")
def average(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 50: the rate may vary if its average, weighted by days, conforms."""
    found = c.branch("maternity")
    if len(found.changes) < 2:
        words = say(N_("the rate does not vary"))
        return Result(r, b, NOT_APPLICABLE, words, words, tried=(found.leave,))
    return _level(r, b, c, [lowest(c, b, lambda: points(c, b), WHOLE_LEAVE)])


@test("level66")
def level_66(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 66, C130 art. 23: a flat or guaranteed minimum benefit against the labourer's wage."""
    found = c.branch(b)
    least = min(found.curve.points)
    floor = found.monthly(least)
    if not any(floor) or floor != found.monthly(least * 2):
        words = say(N_("no minimum benefit"))
        return Result(
            r,
            b,
            NOT_APPLICABLE,
            words,
            say(N_("The benefit is neither flat nor has it a guaranteed minimum.")),
        )
    tested = tested_days(r, b, c)
    benefit = min(x for day, x in zip(found.changes, floor, strict=True) if day < tested)
    wage = c.profile.labourer
    if wage is None:
        family = family_of(c, b)
        limit = (benefit + family.family_in_contingency) / r.number - family.family_in_work
        words = say(N_("holds up to {wage}"), wage=amount(_down(limit), c.currency))
        why = say(
            N_("The labourer's wage is not known; the least benefit of {benefit} a month will do up to {wage}."),
            benefit=amount(benefit, c.currency),
            wage=amount(_down(limit), c.currency),
        )
        return Result(r, b, NO_DATA, words, why, tried=(found.at(least),), limit=limit)
    rate = replaced(benefit, wage.value, family_of(c, b))
    result = _level(r, b, c, [Ratio(wage.value, 0, rate, found.at(least))])
    return replace(result, sources=(wage.citation,))


@test("means_tested")
def means_tested(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 15(c): all residents below limits; not the way of an insurance."""
    answer = c.profile.answers.get("means_tested_residents")
    if answer is None:
        words = say(N_("not means-tested"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit is an insurance of classes of persons.")))
    return answered(r, b, answer, "means-tested residents")


@test("means67")
def means_67(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 67: reduced only by means above the disregard (b); enough with other means (c), which is deemed to be
    so where 30 % more is paid in all (d): of these two one is enough."""
    data = c.profile.means_test
    if not data:
        words = say(N_("not means-tested"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit is an insurance of classes of persons.")))
    if r.id.endswith("REDUCE"):
        missing = [name for name in ("means", "disregard", "reduction") if name not in data]
        if missing:
            return no_data(r, b, ", ".join(missing))
        most = max(Fraction(0), data["means"] - data["disregard"])
        return _counted(r, b, data["reduction"], data["reduction"] <= most)
    enough, more = _enough(data), _more(data)
    own, other = (enough, more) if r.id.endswith("FLOOR") else (more, enough)
    if own is not None and own[1]:
        return _counted(r, b, *own)
    if other is not None and other[1]:
        words = say(N_("the other of (c) and (d) is met"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("What article 67(d) asks for is a way of meeting 67(c).")))
    if own is None or other is None:
        return no_data(r, b, "benefit, means, disregard, benefit 66; total paid, total 66")
    return _counted(r, b, *own)


def _counted(r: Requirement, b: str, found: Fraction, good: bool) -> Result:
    words = say(N_("{found}"), found=t.shown(plain_number(found)))
    return Result(r, b, PASS if good else FAIL, words, words, found)


def _enough(data: Mapping[str, Fraction]) -> tuple[Fraction, bool] | None:
    """Article 67(c): benefit and other means, less what is disregarded, and whether they reach the benefit of 66."""
    if not {"benefit", "means", "disregard", "benefit_66"} <= set(data):
        return None
    found = data["benefit"] + data["means"] - data["disregard"]
    return found, found >= data["benefit_66"]


def _more(data: Mapping[str, Fraction]) -> tuple[Fraction, bool] | None:
    """Article 67(d): the total paid against the total of 66 with 15(b), and whether it is higher by so much."""
    if not {"total_paid", "total_66"} <= set(data):
        return None
    found = data["total_paid"] / data["total_66"]
    return found, found >= requirement("C102-67-30").number


@test("timebasis")
def timebasis(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(4): all amounts on one basis. It binds whoever reckons; no law meets or misses it. What is told is
    the basis that was found in what the law pays."""
    found = c.branch(b)
    basis = found.basis
    words = {
        "month": say(N_("by the month")),
        "calendar": say(N_("calendar days, a month of {days}"), days=t.count(basis.days)),
        "working": say(N_("working days, {days} a month"), days=t.shown(finely(basis.days))),
    }[basis.kind]
    why = say(N_("Benefit and wage are compared for a month; the basis was found in the days that are paid."))
    tried = found.shortest.tried if b == "sickness" else found.leave
    return Result(r, b, NOT_APPLICABLE, words, why, tried=(tried,))


#: Facts by which the benefits of two persons may differ, as a person names them.
DIFFER = {"insured.insured_as": N_("kind of insurance"), "contribution_years": N_("years of contributions")}


@test("others")
def others(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(5): a reasonable relation for other beneficiaries; the same formula needs no look."""
    found = c.branch(b)
    asked = [words for name, words in DIFFER.items() if name in found.body.facts]
    asked += [
        figure.description
        for name, figure in found.body.book.figures.items()
        if figure.unit in ("table", "scale") and "rate" in name
    ]
    if b == "sickness" and _women_get_another(found):
        asked.append(N_("sex"))
    if not asked:
        words = say(N_("one formula for all"))
        return Result(r, b, PASS, words, say(N_("The amount depends on earnings alone.")))
    what = t.listed(asked)
    words = say(N_("benefits differ: {what}"), what=what)
    question = say(
        N_("Do the benefits of others ({what}) bear a reasonable relation to that of the standard beneficiary?"),
        what=what,
    )
    return Result(r, b, REVIEW, words, words, question=question)


def _women_get_another(found: Branch) -> bool:
    """Whether the same illness of a woman with the same wage is paid otherwise than that of a man."""
    man, woman = (found.sick(Sick(STARTS[0], found.length, found.usual, sex=x)).timeline for x in ("male", "female"))
    return [(s.period, s.status, s.amount) for s in man] != [(s.period, s.status, s.amount) for s in woman]


@test("two_thirds")
def two_thirds(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(3), C103 art. 4, R191 para. 2: against previous earnings, or those of them that are counted. Where
    the
    rate varies the mean decides; a part below it goes to a person, for the text has no averaging clause."""
    found = c.branch("maternity")
    if flat(found):
        words = say(N_("one amount for all"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit does not follow earnings; see article 6(4).")))
    worst = lowest(c, b, lambda: points(c, b), WHOLE_LEAVE)
    result = _level(r, b, c, [worst])
    parts = found.monthly(worst.earnings)
    if result.verdict == FAIL and found.employer_leave_days and r.binding_days:
        return _with_wage(result, worst, found, int(r.binding_days))
    if result.verdict == PASS and min(parts) / worst.earnings < r.number:
        return replace(
            result,
            verdict=REVIEW,
            question=say(N_("The average reaches the threshold, a part of the leave does not. Is that enough?")),
        )
    return result


def _with_wage(result: Result, worst: Ratio, found: Branch, leave: int) -> Result:
    """The income reading, as in sickness: the wage that the employer pays for a part of the leave and the benefit for
    the days it is paid, over the days of leave that the Convention asks for. Where it would do, a person judges, for
    article 6(8) makes the employer individually liable only by its exceptions."""
    paid, wage = min(leave, worst.tried.timeline.paid_days()), min(leave, found.employer_leave_days)
    rate = (worst.rate * paid + wage) / leave
    other = PASS if rate >= result.requirement.number else FAIL
    shown = {"rate": t.shown(percent(rate, result.requirement.number)), "days": t.count(wage)}
    alternatives = (
        Alternative("strict", result.verdict, result.cell),
        Alternative("income", other, say(N_("{rate} with {days} days of the employer's wage"), **shown)),
    )
    if other == FAIL:
        return replace(result, alternatives=alternatives)
    asked = say(N_("Does the wage that the employer pays for {days} days count towards the level?"), days=t.count(wage))
    return replace(result, verdict=REVIEW, question=asked, alternatives=alternatives)


@test("comparable")
def comparable(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(4): other methods, comparable to two-thirds of counted earnings on average."""
    found = c.branch("maternity")
    if not flat(found):
        words = say(N_("earnings-related"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit follows earnings; see article 6(3).")))
    mean = c.profile.statistics.get("mean_counted_earnings")
    if mean is None:
        return no_data(r, b, "mean counted earnings")
    part = r.term("part_of_earnings")
    rate = found.monthly(mean.value)[0] / (mean.value * part)
    said = {"rate": t.shown(percent(rate)), "part": t.word(str(part))}
    words = say(N_("{rate} of {part}"), **said)
    if rate >= r.number:
        return Result(r, b, PASS, words, words, rate, sources=(mean.citation,))
    asked = say(N_("Is {rate} of {part} of mean earnings comparable?"), **said)
    return Result(r, b, REVIEW, words, words, rate, asked, sources=(mean.citation,))


@test("floor7")
def floor_7(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 7: the maternity rate is not lower than that of sickness; replaces 6(3) and 6(4) only."""
    mother, sick = c.branch("maternity"), c.branch("sickness")
    earnings = min(x for x in (mother.counted, sick.counted, mother.reference) if x is not None)
    if mother.counted is not None and sick.counted is not None:
        earnings = min(mother.counted, sick.counted)
    rate = min(mother.monthly(earnings)) / earnings
    rates = sorted({x / earnings for x in sick.monthly(earnings)})
    words = say(
        N_("{rate} against {sickness}"),
        rate=t.shown(percent(rate)),
        sickness=t.shown(", ".join(percent(x) for x in reversed(rates))),
    )
    tried = (mother.at(earnings), sick.at(earnings))
    if rate < rates[0]:
        return Result(r, b, FAIL, words, words, rate, tried=tried, shortfall=rates[0] - rate)
    if rate < rates[-1]:
        asked = say(N_("Sickness is paid at several rates; only one of them is met. Which of them counts?"))
        return Result(r, b, REVIEW, words, words, rate, asked, tried=tried)
    reported = c.profile.answers.get("article_7_reported")
    if reported is None or reported.answer != "yes":
        asked = say(N_("Were the reasons and the rate given in the first report?"))
        return Result(r, b, REVIEW, words, words, rate, asked, tried=tried)
    note = say(N_("A progressive increase must be reported."))
    return Result(r, b, PASS, words, words, rate, notes=(note,), tried=tried, sources=(reported.citation,))


@test("adequate")
def adequate(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(2): no number; the least benefit against a national line, if there is one."""
    found = c.branch("maternity")
    least = c.profile.lowest
    known = [x for x in found.curve.points if least is None or x >= least.value]
    if least is not None:
        known.append(least.value)
    earnings = min(known, key=lambda x: (min(found.monthly(x)), x))
    benefit = min(found.monthly(earnings))
    if least is None and min(found.monthly(earnings * 2)) == benefit * 2:
        words = say(N_("no minimum benefit"))
        asked = say(
            N_(
                "The benefit is {rate} of earnings however low these are; the lowest are not known. "
                "Does it keep a woman and her child in proper health and a suitable standard of living?"
            ),
            rate=t.shown(percent(benefit / earnings)),
        )
        return Result(r, b, REVIEW, words, words, None, asked, tried=(found.at(earnings),))
    words = say(N_("{benefit} a month at the lowest"), benefit=amount(benefit, c.currency))
    asked = say(
        N_(
            "Do {benefit} a month, paid at earnings of {earnings}, "
            "keep a woman and her child in proper health and a suitable standard of living?"
        ),
        benefit=amount(benefit, c.currency),
        earnings=amount(earnings, c.currency),
    )
    return Result(r, b, REVIEW, words, words, benefit, asked, tried=(found.at(earnings),))


@test("floor202")
def floor_202(r: Requirement, b: str, c: Context) -> Result:
    """R202 para. 5(c): a nationally defined level."""
    asked = say(N_("Is there a nationally defined floor of income in sickness and maternity, and who falls below it?"))
    words = say(N_("to judge"))
    return Result(
        r,
        b,
        REVIEW,
        words,
        say(N_("The level is set nationally; there is nothing to measure against.")),
        question=asked,
    )
