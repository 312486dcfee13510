"""Birth benefit of the model country, SIA 2020 part 3."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case, FactMissing
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Value
from services.benefits.law.packs.xx.sia2020.wages import Wages, daily_wage
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Wages):
    """The figures of the birth benefit."""

    birth_contributed_months: Value
    leave_days: Value
    further_child_days: Value
    birth_rate: Value
    birth_grant: Value


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("contributed",)


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the Act."""
    born = case.day("birth_on")
    qualified = steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(born, law.window_months.whole),
        law.birth_contributed_months,
        uses=[law.window_months],
    )
    leave = leave_of(case, law)
    sheet.timeline = steps.not_payable(sheet, sheet.days(leave), law.no_work_rule)
    if not qualified:
        sheet.timeline = sheet.timeline.put(leave, Status.NOT_PAID, "contributed")
        return
    sheet.timeline = steps.beyond_leave(sheet, sheet.timeline, law.leave_days)
    wage = daily_wage(law, sheet, leave.first)
    benefit = sheet.line(
        "daily_benefit",
        say(N_("Daily benefit: {rate} of the daily wage"), rate=t.rate(law.birth_rate.number)),
        wage.exact * law.birth_rate.number,
        law.birth_rate,
        inputs=[wage],
    )
    due = sheet.component("allowance")
    total = due.given
    for block in steps.blocks(leave, law.days_of_month.whole):
        days = sheet.timeline.paid_days(block)
        if days:
            exact = benefit.exact * days
            sheet.timeline = sheet.timeline.price(block, law.birth_rate.number, exact)
            total = total + due.pay(block, exact)
    sheet.line(
        "allowance",
        say(
            N_n("{days} day of the daily benefit", "{days} days of the daily benefit"),
            days=t.count(sheet.timeline.paid_days()),
        ),
        due.exact,
        law.birth_rate,
        inputs=[benefit],
        payable=total,
        uses=[law.leave_days],
    )
    children, days = case.number("children"), sheet.timeline.paid_days()
    if children:
        grant(law, sheet, children, born)
    sheet.granted(
        "contributed",
        say(
            N_("You gave birth on {born}. You receive {total} for your leave and the birth.")
            if children and days
            else N_("You gave birth on {born}. You receive {total} for your leave.")
            if days
            else N_("You gave birth on {born}. You receive {total} for the birth."),
            born=t.day(born),
            total=sheet.total_param(),
        ),
    )


def grant(law: Law, sheet: Sheet, children: int, born: date) -> None:
    """s. 23: a grant for each child."""
    sheet.lump_sum(
        "birth_grant",
        say(
            N_("Birth grant of {grant} for each of {children} children"),
            grant=sheet.money(law.birth_grant.number),
            children=t.count(children),
        )
        if children != 1
        else say(N_("Birth grant of {grant} for one child"), grant=sheet.money(law.birth_grant.number)),
        law.birth_grant.number * children,
        law.birth_grant,
        Period(born, born),
    )


def leave_of(case: Case, law: Law) -> Period:
    """s. 21: 98 days, and 14 more for each further child; fewer where the leave ends earlier."""
    if case.spell.first_day is None:
        raise FactMissing("#/spell/first_day")
    days = law.leave_days.whole + law.further_child_days.whole * max(0, case.number("children") - 1)
    last = case.spell.first_day + (days - 1) * ONE_DAY
    return Period(case.spell.first_day, min(last, case.spell.last_day or last))
