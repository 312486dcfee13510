"""Adoption of a child under six months: leave of one parent until the child is six months old, and the lump sum."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.domain.timeline import Timeline
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
    one_parent_rule: Provision
    no_leave_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "contributed", "child_age")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, leave, amounts, in the order of the law."""
    received = case.day("received_on")
    insured_person(case, law, sheet)
    found = maternity.qualifies(case, law, sheet, received)
    last = add_months(case.day("child_born_on"), law.child_age_months.whole) - ONE_DAY
    young = received <= last
    sheet.finding(
        "child_age",
        say(
            N_("The child is {months} months old after {last}; received on {received}"),
            months=t.count(law.child_age_months.whole),
            last=t.day(last),
            received=t.day(received),
        ),
        young,
        law.child_age_months,
        facts={"last_day": last.isoformat()},
        reason=say(
            N_("The child was {months} months or older when it was received."),
            months=t.count(law.child_age_months.whole),
        ),
    )
    if young:
        sheet.timeline = sheet.days(Period(received, last))
    if sheet.refused_so_far():
        maternity.refuse_days(sheet)
        return
    who_is_on_leave(case, law, sheet)
    in_time(case, law, sheet, last, maternity=True)
    if sheet.timeline.paid_days():
        months = maternity.months_of_average(case, law, sheet, received, found, received)
        maternity.pay_leave(law, sheet, maternity.average_salary(law, sheet, months), Period(received, last))
    if not steps.paid_once(sheet, steps.parts_of_leave(sheet, received), received, law.lump_sum_factor):
        maternity.lump_sum(law, sheet, case.number("children"), received)
    elif not sheet.timeline.paid_days():
        return
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


def who_is_on_leave(case: Case, law: Law, sheet: Sheet) -> None:
    """One of the parents takes the leave; without leave only the lump sum is paid."""
    leave = case.flag("on_leave") and not case.flag("other_parent_on_leave")
    sheet.finding(
        "on_leave",
        say(
            N_("On leave until the child is {months} months old"),
            months=t.count(law.child_age_months.whole),
        )
        if leave
        else say(N_("The other parent takes the leave"))
        if case.flag("other_parent_on_leave")
        else say(N_("No leave is taken")),
        True,
        law.one_parent_rule,
        facts={"on_leave": case.flag("on_leave"), "other_parent": case.flag("other_parent_on_leave")},
    )
    if not leave:
        sheet.use(law.no_leave_rule)
        sheet.timeline = Timeline()
