"""Benefit of the mother for whom a surrogate bore the child: from the receipt until the child is six months old."""

from __future__ import annotations

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

    child_age_months: Value
    further_months: Value
    on_top_rule: Provision
    surrogacy_order_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "contributed", "leave")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, leave, amounts, in the order of the law. Where she takes no leave it is paid on top of her wage."""
    received, children = case.day("received_on"), max(1, case.number("children"))
    insured_person(case, law, sheet)
    found = maternity.qualifies(case, law, sheet, received)
    months = law.child_age_months.whole + law.further_months.whole * (children - 1)
    last = add_months(case.day("child_born_on"), months) - ONE_DAY
    young = received <= last
    sheet.finding(
        "leave",
        say(N_("From {first}, the day of receipt, to {last}"), first=t.day(received), last=t.day(last)),
        young,
        law.child_age_months,
        facts={"from": received.isoformat(), "to": last.isoformat(), "months": months},
        reason=say(N_("The child was older than the law allows when it was received.")),
        uses=[law.further_months] if children > 1 else [],
    )
    if young:
        sheet.timeline = sheet.days(Period(received, last))
    if sheet.refused_so_far():
        maternity.refuse_days(sheet)
        return
    if not case.flag("on_leave"):
        sheet.finding(
            "on_leave",
            say(N_("No leave is taken; the benefit is paid on top of the wage")),
            True,
            law.on_top_rule,
        )
    in_time(case, law, sheet, last, maternity=True)
    average = maternity.average_salary(
        law, sheet, maternity.months_of_average(case, law, sheet, received, found, received)
    )
    maternity.pay_leave(law, sheet, average, Period(received, last))
    first_in_order = not case.flag("surrogate_qualified")
    sheet.finding(
        "lump_sum_order",
        say(N_("The surrogate mother has not the qualifying months; the lump sum goes to the intended mother"))
        if first_in_order
        else say(N_("The surrogate mother has the lump sum")),
        True,
        law.surrogacy_order_rule,
        facts={"surrogate_qualified": not first_in_order},
    )
    parts = steps.parts_of_leave(sheet, received)
    if first_in_order and not steps.paid_once(sheet, parts, received, law.lump_sum_factor):
        maternity.lump_sum(law, sheet, children, received)
    sheet.granted(
        "contributed",
        say(
            N_(
                "You received the child on {received} and had contributed {have} of the {months} "
                "months from {from_month} "
                "to {to_month}; {needed} are needed. You receive {total}."
            ),
            received=t.day(received),
            total=sheet.total_param(),
            **maternity.contributed_param(found),
        ),
    )
