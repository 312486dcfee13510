"""Miscarriage benefit of Lao PDR: lump sum, and the monthly allowance for the leave the doctor sets."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.case import Case, FactMissing
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.la.ssl2018 import maternity
from services.benefits.law.packs.la.ssl2018.reference import (
    average_insured_salary,
    in_time,
    qualifying_window,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(maternity.Maternity):
    """The figures of the miscarriage benefit."""

    miscarriage_contributed_months: Value
    least_pregnancy_months: Value
    most_pregnancy_months: Value
    completed_months_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the institution's page."""
    on = case.day("miscarriage_on")
    qualifies(case, law, sheet, on)
    begins, mother = on, maternity.claimed_by_mother(case)
    parts = steps.parts_of_leave(sheet, on)
    if mother:
        begins = steps.begun(parts, maternity.leave_begins(case))
        leave, last = leave_of(case, law, begins)
        sheet.timeline = maternity.days_on_leave(case, law, sheet, leave)
        sheet.timeline = steps.certified_days(sheet, leave, law.certificate_rule, sheet.timeline)
        sheet.timeline = steps.beyond_leave(sheet, sheet.timeline, law.leave_days, maternity.goes_on(), paid_to=last)
    in_time(case, law, sheet, on)
    unmet = next((f for f in sheet.findings if f.verdict == NOT_MET and f.id not in OF_A_PART), None)
    if unmet is not None:
        sheet.timeline = sheet.timeline.put_all(sheet.timeline.where(Status.PAID), Status.NOT_PAID, unmet.id)
        return
    average = average_insured_salary(case, law, sheet, begins)
    if mother and sheet.timeline.paid_days():
        maternity.allowance(case, law, sheet, average, parts)
    if not steps.paid_once(sheet, parts, on, law.lump_sum_rate):
        maternity.lump_sum(law, sheet, average, case.number("children"), on)
    elif not sheet.timeline.paid_days():
        return
    found = sheet.finding_facts("contributed")
    sheet.granted(
        "contributed",
        say(
            N_(
                "After the miscarriage of {on}, and with {have} of the {months} months before it contributed ({needed} "
                "are needed), you receive {total}."
            ),
            on=t.day(on),
            have=t.count(found["months"]),
            months=t.count(found["window"]),
            needed=t.count(found["needed"]),
            total=sheet.total_param(),
        ),
    )


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("contributed", "pregnancy", "claimant")

#: Findings that take away days, not the whole benefit.
OF_A_PART = ("certified", "leave_days")


def qualifies(case: Case, law: Law, sheet: Sheet, on: date) -> None:
    """A miscarriage or foetal death at two to five completed months; six months of contributions in the twelve
    calendar months before its month."""
    steps.contributed_months(
        sheet,
        "contributed",
        qualifying_window(case, law, on),
        law.miscarriage_contributed_months,
        uses=[law.window_months],
    )
    months = case.number("pregnancy_months")
    least, most = law.least_pregnancy_months.whole, law.most_pregnancy_months.whole
    sheet.finding(
        "pregnancy",
        say(
            N_n(
                "{months} completed month of pregnancy; a miscarriage is paid from {least} to {most}",
                "{months} completed months of pregnancy; a miscarriage is paid from {least} to {most}",
            ),
            months=t.count(months),
            least=t.count(least),
            most=t.count(most),
        ),
        least <= months <= most,
        law.least_pregnancy_months if months < least else law.most_pregnancy_months,
        facts={"pregnancy_months": months},
        change=say(N_("A claim for a birth")) if months > most else None,
        reason=say(N_("A miscarriage before {least} completed months is not paid."), least=t.count(least))
        if months < least
        else say(
            N_("After {most} completed months it is a birth; please claim the birth benefit."),
            most=t.count(most),
        ),
        uses=[law.completed_months_rule],
    )
    maternity.entitled_person(case, law, sheet)


def leave_of(case: Case, law: Law, begins: date) -> tuple[Period, date]:
    """The days the doctor sets, up to the 105th of the leave, which may have begun with an earlier claim; those beyond
    are shown as not paid. Gives back that day too."""
    first = maternity.leave_begins(case)
    if case.spell.last_day is None:
        raise FactMissing("#/spell/last_day")
    last = begins + (law.leave_days.whole - 1) * ONE_DAY
    return Period(first, max(first, min(case.spell.last_day, last))), last
