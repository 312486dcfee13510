"""Adoption benefit of Myanmar: up to eight weeks of leave for a child under one year."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case, FactMissing
from services.benefits.domain.status import Status
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
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period, add_months


class Law(Year):
    """The figures of the adoption benefit."""

    adoption_weeks: Value
    child_months: Value
    no_expense_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = (*OF_THE_YEAR, "child")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, allowance; no expense."""
    leave, parts = leave_of(case, law), steps.parts_of_leave(sheet, case.day("child_born_on"))
    begins = steps.begun(parts, leave.first)
    qualified = child_young_enough(case, law, sheet, begins)
    qualified = qualifies_of_year(case, law, sheet, begins) and qualified
    qualified = in_time(case, law, sheet, begins) and qualified
    sheet.timeline = payable_days(law, sheet, leave, begins)
    if not qualified:
        refuse_days(sheet)
        return
    sheet.use(law.no_expense_rule)
    if not sheet.timeline.paid_days():
        if sheet.refused_so_far():
            return
        sheet.finding(
            "payable_days",
            say(N_("No day of leave is payable")),
            False,
            law.suspension_rule,
            reason=say(N_("No day of the leave is payable: you worked, or the wage went on.")),
        )
        return
    day = daily(law, sheet, average_of_year(case, law, sheet, begins), law.allowance_rate)
    allowance(law, sheet, day, law.allowance_rate, [leave], law.adoption_weeks, continues=parts)
    conclude(law, sheet, leave)


def leave_of(case: Case, law: Law) -> Period:
    """The days asked for; eight weeks where no last day is named. Raises `FactMissing`."""
    first = case.spell.first_day
    if first is None:
        raise FactMissing("#/spell/first_day")
    return Period(first, case.spell.last_day or first + (law.adoption_weeks.whole * 7 - 1) * ONE_DAY)


def child_young_enough(case: Case, law: Law, sheet: Sheet, begins: date) -> bool:
    """The child is under one year on the first day of leave."""
    birthday = add_months(case.day("child_born_on"), law.child_months.whole)
    young = begins < birthday
    return sheet.finding(
        "child",
        say(
            N_("The child is under {months} months until {day}"),
            months=t.count(law.child_months.whole),
            day=t.day(birthday),
        ),
        young,
        law.child_months,
        facts={"born": case.day("child_born_on").isoformat(), "first_day": begins.isoformat()},
        change=None if young else say(N_("Leave that begins before {day}"), day=t.day(birthday)),
        reason=say(
            N_("The child was {months} months old or more when the leave began."),
            months=t.count(law.child_months.whole),
        ),
    )


def payable_days(law: Law, sheet: Sheet, leave: Period, begins: date) -> Timeline:
    """Up to eight weeks of leave from its first day, which an earlier claim may have had."""
    timeline = steps.not_payable(
        sheet, sheet.days(leave), law.suspension_rule, ("worked", "wage_paid", "false_statement")
    )
    end = begins + law.adoption_weeks.whole * 7 * ONE_DAY
    if end <= leave.last:
        params = {"weeks": t.count(law.adoption_weeks.whole), "day": t.day(end - ONE_DAY)}
        sheet.finding(
            "longest",
            say(N_("{weeks} weeks of leave end on {day}"), **params),
            False,
            law.adoption_weeks,
            facts={"last_day": (end - ONE_DAY).isoformat()},
            reason=say(N_("{weeks} weeks of leave are paid; they ended on {day}."), **params),
        )
        timeline = timeline.put(Period(max(end, leave.first), leave.last), Status.EXHAUSTED, "longest")
    return timeline


def conclude(law: Law, sheet: Sheet, leave: Period) -> None:
    """The sentence that opens the letter."""
    found = sheet.finding_facts("contributed")
    sheet.granted(
        "contributed",
        say(
            N_n(
                "Your adoption leave began on {first}, and you had contributed {have} of "
                "the {months} months before; {needed} are needed. You receive {total} "
                "for {days} day.",
                "Your adoption leave began on {first}, and you had contributed {have} of "
                "the {months} months before; {needed} are needed. You receive {total} "
                "for {days} days.",
            ),
            first=t.day(leave.first),
            have=t.count(found["months"]),
            months=t.count(law.year_months.whole),
            needed=t.count(found["needed"]),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )
