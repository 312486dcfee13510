"""How long sickness benefit is paid, after which waiting days, and who qualifies for it."""

from __future__ import annotations

from fractions import Fraction

from services.benefits.conformance.beneficiary import Sick
from services.benefits.conformance.checks.result import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Alternative,
    Context,
    Result,
    test,
)
from services.benefits.conformance.checks.words import whole
from services.benefits.conformance.measure import LONG_SPELL, LONGEST_QUALIFYING, STARTS, Branch, Days
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Text
from services.benefits.law import text as t
from services.benefits.law.text import N_, say


def _shown(days: Days) -> Text:
    if not days.ends:
        return say(N_("no limit found"))
    if days.span != days.paid:
        return say(N_("{paid} working days, worth {span}"), paid=t.count(days.paid), span=t.shown(whole(days.span)))
    return say(N_("{days} days"), days=t.count(days.paid))


@test("longest_case")
def longest_case(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18, C130 art. 26: the shortest term any day of onset gives. Up to three unpaid waiting days may lie
    inside the limit. Only benefit counts, from the end of the wage; the income reading stands beside it."""
    found = c.branch("sickness")
    days = found.shortest
    verdict, notes = _long_enough(days, r)
    if days.waiting and days.paid < r.number and verdict == PASS:
        notes.append(
            say(
                N_("{waiting} unpaid days lie inside the limit; the text takes them out of the limited benefit."),
                waiting=t.count(days.waiting),
            )
        )
    question = notes[-1] if notes and verdict == PASS else None
    if question is not None:
        question = say(N_("Do the unpaid days lie inside the limit that the text allows?"))
    alternatives: list[Alternative] = []
    income = found.with_employer
    if income is not None:
        total = income.employer + income.span
        other = PASS if total >= r.number else FAIL
        alternatives = [
            Alternative("strict", verdict, _shown(days)),
            Alternative("income", other, say(N_("{days} days with the employer's"), days=t.shown(whole(total)))),
        ]
        if other != verdict:
            verdict = REVIEW
            question = say(N_("Do the days that the employer pays count towards the duration?"))
    short = None if days.span >= r.number or not days.ends else r.number - days.span
    cell = _shown(days)
    if r.options.get("per_case") and verdict != FAIL and days.ends:
        alone, after = found.after_others
        if after.paid < alone.paid:
            return _per_case(r, b, found)
    if verdict == FAIL and short is not None:
        params = {"paid": t.count(days.paid), "short": t.shown(whole(short))}
        cell = say(N_("{paid} days, {short} short"), **params)
        if days.span != days.paid:
            cell = say(
                N_("{paid} working days, worth {span}, {short} short"),
                span=t.shown(whole(days.span)),
                **params,
            )
    why = say(
        N_("An illness that begins on {start} is paid until {days} days are used; {needed} are needed."),
        start=t.day(days.start),
        days=t.shown(whole(days.span)),
        needed=t.count(r.number),
    )
    return Result(
        r,
        b,
        verdict,
        cell,
        why,
        days.span,
        question,
        tuple(notes),
        (days.tried,),
        alternatives=tuple(alternatives),
        shortfall=short,
    )


def _long_enough(days: Days, r: Requirement) -> tuple[str, list[Text]]:
    if not days.ends or days.span >= r.number:
        return PASS, []
    if days.waiting <= r.term("waiting_days") and days.span + days.waiting >= r.number:
        return PASS, []
    return FAIL, []


@test("per_case")
def per_case(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18(1): the limit is counted in each case of sickness, not per year or period."""
    found = c.branch("sickness")
    if not found.shortest.ends:
        words = say(N_("no limit found"))
        return Result(r, b, NOT_APPLICABLE, words, words, tried=(found.shortest.tried,))
    return _per_case(r, b, found)


def _per_case(r: Requirement, b: str, found: Branch) -> Result:
    """What is left of the days of an illness after other illnesses in the same year."""
    alone, after = found.after_others
    good = after.paid >= alone.paid
    words = (
        say(N_("per case"))
        if good
        else say(N_("{left} of {days} days left"), left=t.count(after.paid), days=t.count(alone.paid))
    )
    why = say(
        N_("A new illness on {start}: {alone} days are paid; after two other illnesses in the same year {after}."),
        start=t.day(alone.start),
        alone=t.count(alone.paid),
        after=t.count(after.paid),
    )
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(after.paid), tried=(alone.tried, after.tried))


@test("waiting")
def waiting(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18, C130 art. 26(3): unpaid days at the start of suspended earnings, whatever their name and
    however short the illness. Where pay is for working days only these count."""
    found = c.branch("sickness")
    days, tried = found.longest_wait
    good = days <= r.number
    words = say(N_("{days} days"), days=t.count(days)) if days else say(N_("none"))
    why = say(
        N_("Of an illness of {length} days that begins on {start} the first {days} days are unpaid."),
        length=t.count(tried.case.spell.period.length),
        start=t.day(tried.case.spell.period.first),
        days=t.count(days),
    )
    if not days:
        why = say(N_("None of the illnesses tried, long or short, begins with an unpaid day."))
    if not good:
        words = say(N_("{days} days, {more} too many"), days=t.count(days), more=t.count(days - r.number))
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(days), tried=(tried,))


@test("throughout")
def throughout(r: Requirement, b: str, c: Context) -> Result:
    """R134: paid throughout the contingency."""
    days = c.branch("sickness").shortest
    return Result(
        r,
        b,
        FAIL if days.ends else PASS,
        _shown(days),
        say(N_("A case is paid to a limit."))
        if days.ends
        else say(N_("No limit was met in {days} days."), days=t.count(LONG_SPELL)),
        days.span,
        tried=(days.tried,),
    )


#: Illnesses of every kind, by their codes in ICD-10: a law that leaves one out does not cover any morbid condition.
ILLNESSES = (
    *("A15", "B20", "C50", "D50", "E11", "F10", "F32", "G35", "H25", "H66", "I21", "J18", "K35", "L20", "M54", "N18"),
    *("O14", "Q21", "R51", "S82", "T51", "U07"),
)


@test("contingency")
def contingency(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 14: any morbid condition, illness or accident outside work, whatever the illness."""
    found = c.branch("sickness")
    tried = tuple(found.sick(Sick(STARTS[0], 60, found.usual, cause=cause)) for cause in ("illness", "accident"))
    if not all(one.timeline.paid_days() for one in tried):
        words = say(N_("not every cause"))
        return Result(r, b, FAIL, words, words, tried=tried)
    for code in ILLNESSES:
        one = found.sick(Sick(STARTS[0], 60, found.usual, illness=code))
        if one.timeline.paid_days() < tried[0].timeline.paid_days():
            words = say(N_("{illness} is left out, or paid for fewer days"), illness=t.word(code))
            return Result(r, b, FAIL, words, words, tried=(tried[0], one))
    words = say(N_("illness and accident"))
    return Result(r, b, PASS, words, words, tried=tried)


@test("qualifying")
def qualifying(r: Requirement, b: str, c: Context) -> Result:
    """C102 arts 17, 51; C130 art. 25: no number in the text; more than is customary goes to a person."""
    found = c.branch(b)
    months = found.qualifying
    if months == 0:
        words = say(N_("none"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("One month of insurance gives a right.")))
    if months is None:
        words = say(N_("more than {months} months"), months=t.count(LONGEST_QUALIFYING))
        asked = say(N_("Is so long a qualifying time needed to preclude abuse?"))
        return Result(r, b, REVIEW, words, words, question=asked)
    words = say(N_("{months} months"), months=t.count(months))
    why = say(
        N_("{months} months of contributions without a gap are the fewest that give a right."),
        months=t.count(months),
    )
    if found.paid_months is not None and found.paid_months < months:
        both = {"months": t.count(months), "paid": t.count(found.paid_months)}
        words = say(N_("{months} months of service, {paid} of contributions"), **both)
        why = say(N_("{months} months of service are needed, and contributions for {paid} of them."), **both)
    if r.compare == "judge":
        asked = say(
            N_("Do {months} months of contributions shut out people who normally belong to the protected?"),
            months=t.count(months),
        )
        return Result(r, b, REVIEW, words, why, Fraction(months), asked)
    if months <= r.number:
        return Result(r, b, PASS, words, why, Fraction(months))
    asked = say(N_("Are {months} months needed to preclude abuse?"), months=t.count(months))
    return Result(r, b, REVIEW, words, why, Fraction(months), asked)
