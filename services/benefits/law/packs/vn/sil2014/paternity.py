"""Leave of an insured father when his wife gives birth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Cited, Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import Maternity
from services.benefits.law.packs.vn.reference import (
    in_time,
    in_work,
    insured_person,
    job_of,
    weekly_rest_known,
)
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Maternity):
    """The figures of the father's leave."""

    father_days: Scale
    father_days_surgery: Scale
    father_further_days: Value
    father_further_surgery_days: Value
    father_second_birth_days: Value
    father_window_days: Value
    window_holds: Value
    window_day_one: Choice
    further_surgery_rule: Provision
    day_divisor: Value
    stillbirth_weeks: Value
    working_days_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work", "birth", "window")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the law."""
    carry_out(case, law, sheet, lambda: days_of_birth(case, law))


def carry_out(case: Case, law: Law, sheet: Sheet, days: Callable[[], tuple[int, Cited]]) -> None:
    """The same steps in both laws, with the number of days handed in; it may ask for a fact, so it is reckoned after
    the conditions."""
    claimed = case.spell.period
    sheet.timeline = sheet.days(claimed)
    insured_person(case, law, sheet)
    in_work(case, law, sheet, case.spell.period.first)
    as_birth(case, law, sheet)
    window(case, law, sheet, claimed)
    if sheet.refused_so_far():
        maternity.refuse_days(sheet)
        return
    job = job_of(case, claimed.first)
    weekly_rest_known(case, sheet, claimed, job)
    for period, letter in sheet.calendar.off_days(claimed, job):
        reason = say(N_("Public holiday")) if letter is Status.HOLIDAY else say(N_("Weekly rest"))
        sheet.timeline = sheet.timeline.put(period, letter, reason)
    sheet.timeline = sheet.timeline.put_all(case.happened("worked"), Status.NOT_PAID, say(N_("Worked on this day")))
    most(case, law, sheet, *days())
    in_time(case, law, sheet, claimed.last, maternity=True)
    number = sheet.timeline.paid_days()
    if not number:
        no_days(law, sheet)
        return
    average = maternity.average_salary(law, sheet, maternity.months_of_average(case, law, sheet, claimed.first))
    daily = sheet.line(
        "daily",
        say(N_("A day: the average divided by {days}"), days=t.count(law.day_divisor.whole)),
        average.exact / law.day_divisor.number,
        law.day_divisor,
        inputs=[average],
    )
    maternity.allowance(
        law,
        sheet,
        say(N_n("Father's leave of {days} working day", "Father's leave of {days} working days"), days=t.count(number)),
        daily.exact * number,
        [daily],
        [law.working_days_rule],
    )
    sheet.granted(
        "days",
        say(
            N_n(
                "Your child was born on {born}. You receive {total} for {days} working day of leave.",
                "Your child was born on {born}. You receive {total} for {days} working days of leave.",
            ),
            born=t.day(case.day("birth_on")),
            total=sheet.total_param(),
            days=t.count(number),
        ),
    )


def as_birth(case: Case, law: Law, sheet: Sheet) -> None:
    """A birth; from July 2025 also the death of a fetus from the 22nd week on, where the mother has the qualifying
    months. No minimum of contributions of his own."""
    if not case.flag("stillborn"):
        return
    weeks = law.at(case.day("birth_on")).stillbirth_weeks
    enough = weeks.limit is not None and case.number("pregnancy_weeks") >= weeks.whole and case.flag("mother_qualified")
    sheet.finding(
        "birth",
        say(N_("The pregnancy ended without a child born alive")),
        enough,
        weeks,
        facts={"stillborn": True},
        reason=say(N_("No child was born alive, so there is no leave of the father.")),
    )


def days_of_birth(case: Case, law: Law) -> tuple[int, Cited]:
    """Five working days; seven after surgery or before 32 weeks; ten for twins and three more for each further child;
    fourteen for twins born by surgery (from July 2025 three more for each further child)."""
    children = case.number("children")
    usual = _days(law.father_days, law.father_further_days, children)
    early = case.flag("under_32_weeks") and children <= 1
    if not (case.flag("surgery") or early):
        return usual, law.father_days
    return max(
        usual, _days(law.father_days_surgery, law.father_further_surgery_days, children)
    ), law.father_days_surgery


def _days(scale: Scale, further: Value, children: int) -> int:
    """The days of the scale, and the further ones for each child beyond its last row."""
    beyond = max(Fraction(0), children - scale.thresholds[-1])
    return int(scale.row(children).value + further.number * beyond)


def window(case: Case, law: Law, sheet: Sheet, claimed: Period) -> None:
    """Within 30 days of the birth; since September 2021 in several parts, the last of which begins within them; from
    July 2025 within 60 days."""
    born = case.day("birth_on")
    rule, days = law.window_holds, law.father_window_days
    last = window_last(law, born)
    every = rule.word == "every_day"
    begins = born <= claimed.first <= last
    inside = begins and not (every and claimed.last > last)
    sheet.finding(
        "window",
        say(
            N_("The leave lies in {days} days from the birth, to {last}"),
            days=t.count(days.whole),
            last=t.day(last),
        ),
        begins,
        days,
        facts={"from": born.isoformat(), "to": last.isoformat()},
        change=None if begins else say(N_("Leave that begins on or before {last}"), last=t.day(last)),
        reason=say(N_("The leave of a father begins between the birth and {last}."), last=t.day(last)),
        uses=[rule, law.window_day_one],
    )
    if begins and not inside:
        after = Period(last + ONE_DAY, claimed.last)
        sheet.timeline = sheet.timeline.put(
            after, Status.NOT_PAID, say(N_("After the last day for the father's leave"))
        )


def window_last(law: Law, born: date) -> date:
    """The last day of the window; the day of birth is its first. (Alternative: the day after.)"""
    days = law.father_window_days.whole
    return born + (days - 1 if law.window_day_one.is_("birth") else days) * ONE_DAY


def most(case: Case, law: Law, sheet: Sheet, days: int, cite: Cited) -> None:
    """The days of this birth, less those taken in earlier parts."""
    parts = steps.parts_of_leave(sheet, case.day("birth_on"))
    used = max(case.number("days_used"), sum(map(steps.days_paid, parts)))
    several = case.number("children") > law.father_days.thresholds[-1]
    if case.flag("surgery") and several and not law.father_further_surgery_days.number:
        sheet.use(law.further_surgery_rule)
    left, claimed = max(0, days - used), sheet.timeline.paid_days()
    sheet.finding(
        "days",
        say(
            N_n(
                "{days} working day for this birth, {used} taken before; this leave has {claimed}",
                "{days} working days for this birth, {used} taken before; this leave has {claimed}",
            ),
            days=t.count(days),
            used=t.count(used),
            claimed=t.count(claimed),
        ),
        claimed <= left,
        cite,
        facts={"days": days, "used": used, "claimed": claimed},
        reason=say(N_("Of the {days} days of a father's leave none is left."), days=t.count(days)),
    )
    if claimed > left:
        first = sheet.timeline.nth_day(Status.PAID, left + 1)
        assert first is not None  # noqa: S101
        after = Period(first, case.spell.period.last)
        beyond = [past for period in sheet.timeline.where(Status.PAID) if (past := period.overlap(after))]
        sheet.timeline = sheet.timeline.put_all(beyond, Status.EXHAUSTED, "days")


def no_days(law: Law, sheet: Sheet) -> None:
    """The leave holds no working day that is payable."""
    if not sheet.refused_so_far():
        sheet.finding(
            "payable_days",
            say(N_("No working day of the leave is payable")),
            False,
            law.working_days_rule,
            reason=say(N_("No day of this leave is payable: they are rest days or holidays.")),
        )
