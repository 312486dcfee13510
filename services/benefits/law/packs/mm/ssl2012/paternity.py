"""Paternity benefit of Myanmar: fifteen days of leave, and the expense where the wife is not insured."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.mm.ssl2012.reference import (
    OF_THE_YEAR,
    Year,
    allowance,
    average_of_year,
    daily,
    in_time,
    qualifies_of_year,
    refuse_days,
)
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import Period


class Law(Year):
    """The figures of the paternity benefit."""

    paternity_days: Value
    father_expense: Scale
    paternity_rate_rule: Provision
    wife_rule: Provision
    any_facility_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = OF_THE_YEAR


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, allowance, expense."""
    born = case.day("birth_on")
    qualified = qualifies_of_year(case, law, sheet, born)
    qualified = in_time(case, law, sheet, born) and qualified
    parts = steps.parts_of_leave(sheet, born)
    if not case.flag("expense_only"):
        sheet.timeline = payable_days(case, law, sheet, born, parts)
    if not qualified:
        refuse_days(sheet)
        return
    average = average_of_year(case, law, sheet, born)
    if sheet.timeline.paid_days():
        days = [span.period for span in sheet.timeline]
        day = daily(law, sheet, average, law.allowance_rate)
        sheet.use(law.paternity_rate_rule)
        whole = [Period(days[0].first, days[-1].last)]
        allowance(law, sheet, day, law.allowance_rate, whole, law.paternity_days, continues=parts)
    if not steps.paid_once(sheet, parts, born, law.father_expense):
        expense(case, law, sheet, average, born)
    conclude(law, sheet, born)


def payable_days(case: Case, law: Law, sheet: Sheet, born: date, parts: list[EarlierSpell]) -> Timeline:
    """Fifteen days of leave for a birth, less those of earlier claims for it, from the first day of leave or the birth;
    fewer where it ends earlier."""
    first = case.spell.first_day or born
    end = steps.counted_to(case, first, law.paternity_days.whole - sum(map(steps.days_paid, parts)))
    last = max(first, end)
    if case.spell.last_day is not None and case.spell.last_day >= first:
        last = min(last, case.spell.last_day)
    timeline = steps.not_payable(
        sheet,
        sheet.days(Period(first, last)),
        law.suspension_rule,
        ("worked", "wage_paid", "false_statement"),
    )
    return steps.beyond_leave(sheet, timeline, law.paternity_days, paid_to=end)


def expense(case: Case, law: Law, sheet: Sheet, average: Line, born: date) -> None:
    """25 %, for twins 37.5 %, for three or more 50 % of the average wage, where the wife is not insured."""
    insured, children = case.flag("wife_insured"), case.number("children")
    sheet.use(law.wife_rule)
    if insured:
        return
    scale = law.father_expense
    rate = scale.row(children).value
    sheet.lump_sum(
        "expense",
        say(N_("Maternity expense, wife not insured: {rate} of the average wage"), rate=t.rate(rate)),
        average.exact * rate,
        scale,
        Period(born, born),
        inputs=[average],
        uses=[law.any_facility_rule],
    )


def conclude(law: Law, sheet: Sheet, born: date) -> None:
    """The sentence that opens the letter."""
    if not sheet.timeline.paid_days() and not sheet.lump_sums:
        if sheet.refused_so_far():
            return
        sheet.finding(
            "payable",
            say(N_("No day of leave is payable, and the wife is insured herself")),
            False,
            law.wife_rule,
            change=say(N_("Her own claim for the maternity expense")),
            reason=say(N_("No day of leave is payable, and the expense is for a wife who is not insured.")),
        )
        return
    found = sheet.finding_facts("contributed")
    sheet.granted(
        "contributed",
        say(
            N_n(
                "Your child was born on {born} and you had contributed {have} of the "
                "{months} months before; {needed} are needed. You receive {total}, with "
                "{days} day of leave.",
                "Your child was born on {born} and you had contributed {have} of the "
                "{months} months before; {needed} are needed. You receive {total}, with "
                "{days} days of leave.",
            ),
            born=t.day(born),
            have=t.count(found["months"]),
            months=t.count(law.year_months.whole),
            needed=t.count(found["needed"]),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )
