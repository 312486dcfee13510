"""Days of maternity leave, paid and unpaid, and what a late birth does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from services.benefits.conformance.beneficiary import Birth, Sick
from services.benefits.conformance.checks.result import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Context,
    Result,
    test,
)
from services.benefits.conformance.checks.words import answered, no_data
from services.benefits.conformance.law import NoBenefit
from services.benefits.conformance.measure import MOST_DELIVERIES, SHORT, STARTS, Branch, Tried
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Text
from services.benefits.domain.status import Status
from services.benefits.law import text as t
from services.benefits.law.text import N_, say


@test("paid_days")
def paid_days(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 52: days paid for a confinement, at least twelve weeks."""
    found = c.branch("maternity")
    days, tried = found.fewest_paid
    good = days >= r.number
    if good and (later := _later_delivery(found)) is not None:
        number, other = later
        left = other.timeline.paid_days()
        words = say(N_("{days} days for delivery number {number}"), days=t.count(left), number=t.count(number))
        why = say(N_("{days} days are paid at first; the article sets no limit to deliveries."), days=t.count(days))
        return Result(r, b, FAIL, words, why, Fraction(left), tried=(tried, other), shortfall=r.number - left)
    words = say(N_("{days} days"), days=t.count(days))
    if not good:
        words = say(N_("{days} days, {short} short"), days=t.count(days), short=t.count(r.number - days))
    why = say(
        N_("Paid from {first}: {days} days."),
        first=t.day(tried.case.spell.first_day or c.law.on),
        days=t.count(days),
    )
    short = None if good else r.number - days
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(days), tried=(tried,), shortfall=short)


def _later_delivery(found: Branch) -> tuple[int, Tried] | None:
    """The first later delivery that is paid for fewer days than the first, by its number."""
    first = found.begun(STARTS[0], found.usual).timeline.paid_days()
    for number in range(2, MOST_DELIVERIES + 1):
        tried = found.birth(Birth(STARTS[0], found.usual, earlier=number - 1))
        if tried.timeline.paid_days() < first:
            return number, tried
    return None


def _leave(r: Requirement, b: str, c: Context) -> int | Result:
    found = c.branch("maternity").leave_length()
    return found if found is not None else no_data(r, b, "length of the leave")


@test("national_leave")
def national_leave(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 52: payment not limited to less than a longer leave that national law requires or authorises."""
    leave = _leave(r, b, c)
    if isinstance(leave, Result):
        return leave
    days, tried = c.branch("maternity").fewest_paid
    words = say(N_("{days} of {leave}"), days=t.count(days), leave=t.count(leave))
    why = say(N_("{days} days are paid of {leave} days of leave."), days=t.count(days), leave=t.count(leave))
    if leave <= r.number:
        return Result(r, b, NOT_APPLICABLE, say(N_("leave of {leave} days"), leave=t.count(leave)), why, tried=(tried,))
    good = days >= leave
    if not good:
        words = say(
            N_("{days} of {leave}, {short} short"),
            days=t.count(days),
            leave=t.count(leave),
            short=t.count(leave - days),
        )
    short = None if good else Fraction(leave - days)
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(days), tried=(tried,), shortfall=short)


@test("leave_days")
def leave_days(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 4(1), C103 art. 3, R191 para. 1: days of leave, paid or not."""
    leave = _leave(r, b, c)
    if isinstance(leave, Result):
        return leave
    good = leave >= r.number
    words = say(N_("{days} days"), days=t.count(leave))
    if not good:
        words = say(N_("{days} days, {short} short"), days=t.count(leave), short=t.count(r.number - leave))
    why = say(N_("{days} days of leave; {needed} are needed."), days=t.count(leave), needed=t.count(r.number))
    short = None if good else r.number - leave
    tried = (c.branch("maternity").fewest_paid[1],)
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(leave), tried=tried, shortfall=short)


@test("compulsory")
def compulsory(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 4(4), C103 art. 3: six compulsory weeks after birth, expressly in law; a long leave alone will not
    do."""
    answer = c.profile.answers.get("compulsory_postnatal")
    if answer is None or answer.answer != "yes" or answer.value is None:
        return answered(r, b, answer, "compulsory leave after birth")
    good = answer.value >= r.number
    words = say(N_("{days} days"), days=t.count(answer.value))
    return Result(
        r,
        b,
        PASS if good else FAIL,
        words,
        Text(answer.text or words.msg, words.params),
        answer.value,
        sources=(answer.citation,),
    )


def after_birth(c: Context, late: int, start: date | None = None) -> tuple[int, int, Tried]:
    """Days of leave from the birth on, and unpaid days inside the leave, where the birth is so many days late; in the
    leave that is shortest, where no first day is given."""
    found = c.branch("maternity")
    tried = found.late(late, start)
    born = tried.case.day("birth_on")
    spans = tried.timeline.spans
    last = spans[-1].period.last if spans else None
    first = tried.case.spell.first_day
    if found.recipe.leave_days and first is not None and (leave := found.leave_length()) is not None:
        end = first + timedelta(days=leave - 1)
        last = end if last is None else max(last, end)
    after = 0 if last is None else max(0, (last - born).days + 1)
    paid = [span for span in spans if span.is_paid]
    gap = 0
    if paid:
        gap = sum(
            span.days
            for span in spans
            if span.status == Status.NOT_PAID and paid[0].period.first < span.period.first < paid[-1].period.last
        )
    return after, gap, tried


def needed_after_birth(r: Requirement, c: Context) -> Fraction:
    """Six weeks, or the longer compulsory leave of national law."""
    answer = c.profile.answers.get("compulsory_postnatal")
    if answer is None or answer.answer != "yes" or answer.value is None:
        return r.number
    return max(r.number, answer.value)


def latest_birth(r: Requirement, c: Context) -> int:
    """How many days late a birth is tried at most."""
    return c.latest if c.latest is not None else r.whole_term("latest_days")


@test("late_birth")
def late_birth(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 4(5): the leave before birth is extended by the delay, the compulsory part after it is not reduced."""
    needed, latest = needed_after_birth(r, c), latest_birth(r, c)
    after, _, tried = after_birth(c, latest)
    if after >= needed:
        words = say(N_("{days} days left, {late} days late"), days=t.count(after), late=t.count(latest))
        why = say(
            N_("A birth {late} days late leaves {days} days of leave."),
            late=t.count(latest),
            days=t.count(after),
        )
        return Result(r, b, PASS, words, why, Fraction(after), tried=(tried,))
    low, high = -1, latest
    while high - low > 1:
        middle = (low + high) // 2
        if after_birth(c, middle)[0] >= needed:
            low = middle
        else:
            high = middle
    left, _, tried = after_birth(c, high)
    words = (
        say(N_("holds up to {days} days late"), days=t.count(low))
        if low >= 0
        else say(N_("not even for a birth in time"))
    )
    why = say(
        N_("A birth {late} days late leaves {left} days after it; {needed} are needed. The leave ends on a fixed day."),
        late=t.count(high),
        left=t.count(left),
        needed=t.count(needed),
    )
    return Result(r, b, FAIL, words, why, Fraction(low), tried=(tried,), shortfall=needed - left)


@test("paid_all")
def paid_all(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(1): cash for all days of article 4 leave, the extension for a late birth included."""
    found = c.branch("maternity")
    days, tried = found.fewest_paid
    declared = c.profile.declared.get("leave_days", "")
    needed = max(r.number, Fraction(declared)) if declared else r.number
    if days < needed:
        words = say(N_("{days} paid, {short} short"), days=t.count(days), short=t.count(needed - days))
        why = say(N_("{days} days are paid; {needed} are needed."), days=t.count(days), needed=t.count(needed))
        return Result(r, b, FAIL, words, why, Fraction(days), tried=(tried,), shortfall=needed - days)
    late_days = r.whole_term("late_days")
    _, gap, late = after_birth(c, late_days)
    if gap:
        practice = _only_practice(tried, late)
        words = say(N_("{gap} days unpaid if the birth is late"), gap=t.count(gap))
        why = say(
            N_("Of a leave extended by a birth {late} days late {gap} days are not paid."),
            late=t.count(late_days),
            gap=t.count(gap),
        )
        if practice:
            asked = say(
                N_(
                    "The days are left unpaid by practice ({figure}), not by a text that was read. "
                    "Does the law pay them?"
                ),
                figure=t.cited(practice),
            )
            return Result(r, b, REVIEW, words, why, Fraction(days), asked, tried=(tried, late))
        return Result(r, b, FAIL, words, why, Fraction(days), tried=(tried, late), shortfall=Fraction(gap))
    early_days = r.whole_term("early_days")
    early = found.late(-early_days)
    if (left := early.timeline.paid_days()) < needed:
        words = say(N_("{days} paid if the birth is early"), days=t.count(left))
        why = say(
            N_("Of a leave in which the birth is {early} days early {days} days are paid; {needed} are needed."),
            early=t.count(early_days),
            days=t.count(left),
            needed=t.count(needed),
        )
        return Result(r, b, FAIL, words, why, Fraction(left), tried=(tried, early), shortfall=needed - left)
    words = say(N_("{days} paid"), days=t.count(days))
    why = say(N_("{days} days are paid; {needed} are needed."), days=t.count(days), needed=t.count(needed))
    return _with_article_5(Result(r, b, PASS, words, why, Fraction(days), tried=(tried, late)), c)


def _with_article_5(result: Result, c: Context) -> Result:
    """C183 art. 6(1) asks for cash in leave for illness or complications (art. 5) too: as the sickness benefit pays it
    to a pregnant woman, where there is one."""
    try:
        sick = c.branch("sickness")
    except NoBenefit:
        asked = say(N_("Is leave for illness or complications of pregnancy (article 5) paid by another benefit?"))
        return replace(result, verdict=REVIEW, question=asked)
    tried = sick.sick(Sick(STARTS[0], SHORT[-1], sick.usual, sex="female", illness="O14"))
    if not tried.timeline.paid_days():
        words = say(N_("leave for complications is unpaid"))
        why = say(N_("An illness of pregnancy before the leave is not paid; articles 5 and 6(1) ask for cash."))
        return replace(result, verdict=FAIL, cell=words, why=why, tried=(*result.tried, tried))
    note = say(N_("Leave for illness or complications (article 5) is paid by the sickness benefit."))
    return replace(result, notes=(*result.notes, note), tried=(*result.tried, tried))


def _only_practice(usual: Tried, other: Tried) -> str:
    """The rule that only the second run rests on, where it is an institution's practice and no text."""
    before = {u.figure for u in usual.assessment.unconfirmed}
    return next(
        (
            u.citation.text
            for u in other.assessment.unconfirmed
            if u.figure not in before and u.citation.evidence == "default"
        ),
        "",
    )


@test("multiple")
def multiple(r: Requirement, b: str, c: Context) -> Result:
    """R191 para. 1(2): longer leave for several children."""
    found = c.branch("maternity")
    one, two = found.leave, found.twins
    more = two.timeline.paid_days() - one.timeline.paid_days()
    words = say(N_("{days} days more"), days=t.count(more)) if more > 0 else say(N_("not longer"))
    return Result(r, b, PASS if more > 0 else FAIL, words, words, Fraction(more), tried=(one, two))


@test("adoption")
def adoption(r: Requirement, b: str, c: Context) -> Result:
    """R191 para. 10: adoptive parents have access to the benefit."""
    if "adoption" in c.law.pack.benefits:
        words = say(N_("a benefit of its own"))
        return Result(r, b, PASS, words, words)
    return answered(r, b, c.profile.answers.get("adoption"), "adoption")
