"""Days off for antenatal visits."""

from __future__ import annotations

import itertools
from datetime import date

from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import Maternity
from services.benefits.law.packs.vn.reference import (
    in_time,
    in_work,
    insured_person,
    job_of,
    weekly_rest_known,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Maternity):
    """The figures of the benefit."""

    visits: Value
    visit_days: Value
    visit_days_far: Value
    day_divisor: Value
    working_days_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the law. No minimum of contributions."""
    visits = visits_of(case)
    sheet.timeline = Timeline(tuple(span for visit in visits for span in sheet.days(visit)))
    insured = insured_person(case, law, sheet)
    if not (in_work(case, law, sheet, case.spell.period.first) and insured):
        maternity.refuse_days(sheet)
        return
    job = job_of(case, visits[0].first)
    for visit in visits:
        weekly_rest_known(case, sheet, visit, job)
        for period, letter in sheet.calendar.off_days(visit, job):
            reason = say(N_("Public holiday")) if letter is Status.HOLIDAY else say(N_("Weekly rest"))
            sheet.timeline = sheet.timeline.put(period, letter, reason)
    days_for_visits(case, law, sheet, visits)
    in_time(case, law, sheet, case.spell.period.last, maternity=True)
    number = sheet.timeline.paid_days()
    if not number:
        if not sheet.refused_so_far():
            sheet.finding(
                "payable_days",
                say(N_("No working day among the visits")),
                False,
                law.working_days_rule,
                reason=say(N_("No working day was taken off for the visits.")),
            )
        return
    months = maternity.months_of_average(case, law, sheet, visits[0].first)
    average = maternity.average_salary(law, sheet, months)
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
        say(N_n("Antenatal visits: {days} working day", "Antenatal visits: {days} working days"), days=t.count(number)),
        daily.exact * number,
        [daily],
        [law.working_days_rule],
    )
    sheet.granted(
        "visits",
        say(
            N_n(
                "You receive {total} for {days} working day of antenatal visits.",
                "You receive {total} for {days} working days of antenatal visits.",
            ),
            total=sheet.total_param(),
            days=t.count(number),
        ),
    )


def visits_of(case: Case) -> list[Period]:
    """Days that follow each other are one visit; where no days are listed, the leave is one."""
    days: tuple[date, ...] = case.days("visits")
    if not days:
        return [case.spell.period]
    found = [Period(days[0], days[0])]
    for before, day in itertools.pairwise(days):
        if day == before + ONE_DAY:
            found[-1] = Period(found[-1].first, day)
        elif day > before:
            found.append(Period(day, day))
    return found


def days_for_visits(case: Case, law: Law, sheet: Sheet, visits: list[Period]) -> None:
    """Five visits in a pregnancy, each one working day, two where she lives far away, is ill or the pregnancy is
    abnormal (from July 2025 up to two for each)."""
    before, far = case.number("visits_before"), case.flag("far_or_abnormal")
    each = law.visit_days_far if far else law.visit_days
    left = max(0, law.visits.whole - before)
    sheet.finding(
        "visits",
        say(
            N_n(
                "{visits} visit, {before} before; {most} are paid in a pregnancy",
                "{visits} visits, {before} before; {most} are paid in a pregnancy",
            ),
            visits=t.count(len(visits)),
            before=t.count(before),
            most=t.count(law.visits.whole),
        ),
        len(visits) <= left,
        law.visits,
        facts={"visits": len(visits), "before": before, "most": law.visits.whole},
        reason=say(N_("All {most} visits of this pregnancy have been paid."), most=t.count(law.visits.whole)),
    )
    longest = max((sheet.timeline.count(Status.PAID, visit) for visit in visits), default=0)
    sheet.finding(
        "visit_days",
        say(
            N_n("At most {days} working day for a visit", "At most {days} working days for a visit"),
            days=t.count(each.whole),
        ),
        longest <= each.whole,
        each,
        facts={"most": each.whole, "longest": longest, "far_or_abnormal": far},
        change=say(
            N_("{days} days for a visit where she lives far away, is ill or the pregnancy is abnormal"),
            days=t.count(law.visit_days_far.whole),
        )
        if longest > each.whole and not far and law.visit_days_far.whole > each.whole
        else None,
        reason=say(
            N_n("A visit has at most {days} working day.", "A visit has at most {days} working days."),
            days=t.count(each.whole),
        ),
    )
    for place, visit in enumerate(visits):
        if place >= left:
            sheet.timeline = sheet.timeline.put(visit, Status.EXHAUSTED, "visits")
            continue
        paid = [p for p in sheet.timeline.where(Status.PAID) if p.overlap(visit)]
        days = [day for period in paid for day in period if day in visit]
        for day in days[each.whole :]:
            sheet.timeline = sheet.timeline.put(Period(day, day), Status.EXHAUSTED, "visit_days")
