"""The average insured salary and the other rules that the Lao benefits share."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import Window, index_of, insured_months, last_contributed, months_before
from services.benefits.law.text import N_, N_n, say
from shared.period import add_months


class Common(Figures):
    """What every Lao benefit uses."""

    ceiling: Value
    floor: Value
    window_months: Value
    reference_months: Value
    days_of_month: Value
    claim_months: Value
    reference_divisor: Choice
    certificate_rule: Provision
    suspension_rule: Provision
    insured_salary_rule: Provision


def qualifying_window(case: Case, law: Common, on: date) -> Window:
    """The twelve calendar months before the month of the event; where the institution names no window, all months
    since the first contribution."""
    months = law.window_months.limit
    if months is not None:
        return months_before(on, int(months))
    last = index_of(on) - 1
    first = case.contributions[0].month.index if case.contributions else last
    return min(first, last), last


def average_insured_salary(case: Case, law: Common, sheet: Sheet, begins: date) -> Line:
    """The average insured salary of the six calendar months before the month in which the leave begins; where
    none of them is contributed, of the last six contributed months. Kip a month, exact."""
    size, start = law.reference_months.whole, index_of(begins)
    months = list(range(start - size, start))
    contributed = len(case.paid_months(months[0], months[-1]))
    if contributed == 0 or law.reference_divisor.is_("last_six_contributed"):
        months = last_contributed(case, start, size)
    salaries = insured_months(sheet, months, ceiling=lambda on: law.at(on).ceiling, floor=lambda on: law.at(on).floor)
    divisor = len(salaries)
    if contributed and law.reference_divisor.is_("six"):
        divisor = size
    total = sheet.line(
        "insured_salaries",
        say(
            N_n("Insured salaries of {months} contributed month", "Insured salaries of {months} contributed months"),
            months=t.count(len(salaries)),
        ),
        sum(salaries, Fraction(0)),
        law.insured_salary_rule,
    )
    return sheet.line(
        "average",
        say(N_("Average insured salary: divided by {divisor}"), divisor=t.count(divisor)),
        total.exact / divisor,
        law.reference_months,
        inputs=[total],
        uses=[law.reference_divisor],
    )


def in_time(case: Case, law: Common, sheet: Sheet, since: date) -> None:
    """A claim is made within twelve months; whether a later one is excused is for the institution to judge."""
    last = add_months(since, law.claim_months.whole)
    made = case.claimed_on or sheet.today
    late = made > last
    sheet.finding(
        "in_time",
        say(N_("Claimed on {day}; the time limit is {last}"), day=t.day(made), last=t.day(last)),
        None if late else True,
        law.claim_months,
        facts={"claimed_on": made.isoformat(), "last_day": last.isoformat()},
        change=say(N_("A reason that excuses the delay")) if late else None,
        reason=say(N_("Your claim came after {last}; whether the delay is excused must be judged."), last=t.day(last))
        if late
        else None,
    )
