"""Insured wages of the model country, SIA 2020 ss. 8 and 12."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.law import text as t
from services.benefits.law.figures import Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import index_of, insured_months, last_contributed
from services.benefits.law.text import N_, say


class Wages(Figures):
    """What both benefits use."""

    ceiling: Value
    window_months: Value
    reference_months: Value
    days_of_month: Value
    no_work_rule: Provision


def daily_wage(law: Wages, sheet: Sheet, begins: date) -> Line:
    """s. 12: the insured wages of the last six contributed months before the month of the event, divided by their
    number and by 30. Currency units a day, exact."""
    months = last_contributed(sheet.case, index_of(begins), law.reference_months.whole)
    wages = insured_months(sheet, months, ceiling=lambda on: law.at(on).ceiling)
    total = sheet.line(
        "insured_wages",
        say(N_("Insured wages of the last {months} contributed months"), months=t.count(len(wages))),
        sum(wages, Fraction(0)),
        law.reference_months,
    )
    average = sheet.line(
        "average",
        say(N_("Average insured wage: divided by {divisor}"), divisor=t.count(len(wages))),
        total.exact / len(wages),
        law.reference_months,
        inputs=[total],
    )
    return sheet.line(
        "daily_wage",
        say(N_("Daily wage: divided by {divisor}"), divisor=t.count(law.days_of_month.whole)),
        average.exact / law.days_of_month.number,
        law.days_of_month,
        inputs=[average],
    )
