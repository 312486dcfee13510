"""Benefit of a surrogate mother: leave until the child is handed over, and the lump sum."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import DailyLeave, Qualifying
from services.benefits.law.packs.vn.reference import in_time, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period, add_months


class Law(Qualifying, DailyLeave):
    """The figures of the benefit."""

    birth_months: Value
    further_child_months: Value
    least_days: Value
    months_before_birth: Value
    hand_over_rule: Provision
    surrogacy_order_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "contributed")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, leave, amounts, in the order of the law."""
    born = case.day("birth_on")
    insured_person(case, law, sheet)
    begins = first_day(case, law, born)
    found = maternity.qualifies(case, law, sheet, born, own=Period(begins, born) if begins < born else None)
    leave = leave_of(case, law, sheet, born)
    sheet.timeline = sheet.days(leave)
    if sheet.refused_so_far():
        maternity.refuse_days(sheet)
        return
    sheet.timeline = steps.beyond_leave(sheet, sheet.timeline, law.hand_over_rule)
    in_time(case, law, sheet, leave.last, maternity=True)
    months = maternity.months_of_average(case, law, sheet, leave.first, found, born)
    maternity.pay_leave(law, sheet, maternity.average_salary(law, sheet, months), leave)
    sheet.use(law.surrogacy_order_rule)
    if not steps.paid_once(sheet, steps.parts_of_leave(sheet, born), born, law.lump_sum_factor):
        maternity.lump_sum(law, sheet, case.number("children"), born)
    sheet.granted(
        "contributed",
        say(
            N_(
                "You gave birth on {born} and handed the child over on {handed}; you had contributed {have} "
                "of the {months} "
                "months from {from_month} to {to_month}; {needed} are needed. You receive {total}."
            ),
            born=t.day(born),
            handed=t.day(case.day("handed_over_on")),
            total=sheet.total_param(),
            **maternity.contributed_param(found),
        ),
    )


def first_day(case: Case, law: Law, born: date) -> date:
    """The first day of leave: the birth at the latest, and at most two months before it."""
    return max(min(case.spell.first_day or born, born), add_months(born, -law.months_before_birth.whole))


def leave_of(case: Case, law: Law, sheet: Sheet, born: date) -> Period:
    """Up to the day the child is handed over, at least 60 days from the birth, at most the leave for a birth."""
    handed = case.day("handed_over_on")
    first = first_day(case, law, born)
    months = law.birth_months.whole + law.further_child_months.whole * (max(1, case.number("children")) - 1)
    longest = add_months(first, months) - ONE_DAY
    least = born + (law.least_days.whole - 1) * ONE_DAY
    leave = Period(first, min(longest, max(handed, least)))
    sheet.finding(
        "leave",
        say(
            N_("Handed over on {handed}; leave from {first} to {last}"),
            handed=t.day(handed),
            first=t.day(leave.first),
            last=t.day(leave.last),
        ),
        True,
        law.hand_over_rule,
        facts=leave.json(),
        uses=[law.least_days, law.birth_months],
    )
    return leave
