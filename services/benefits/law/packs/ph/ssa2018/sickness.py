"""Sickness benefit of the Philippine Social Security System, from memory: the pack of `docs/packs.md`."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.exact import most
from shared.money import Rounding, round_fraction
from shared.period import ONE_DAY, Period

#: Months of a quarter of the year.
QUARTER = 3


class Law(Figures):
    """The figures of the sickness benefit."""

    contributed_months: Value
    window_months: Value
    least_days: Value
    highest_months: Value
    divisor_days: Value
    daily_rate: Value
    year_days: Value
    case_days: Value
    lowest_credit: Value
    highest_credit: Value
    credit_step: Value
    certificate_rule: Provision
    sick_leave_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("contributed", "long_enough")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of s. 14."""
    claimed = case.spell.period
    earlier = steps.linked(case, 1)
    window = months_before_semester(earlier[0].period.first if earlier else claimed.first, law)
    steps.contributed_months(sheet, "contributed", window, law.contributed_months, uses=[law.window_months])
    long_enough(law, sheet, sum((s.period.length for s in earlier), claimed.length))
    sheet.timeline = payable_days(case, law, sheet, claimed)
    unmet = [f.id for f in sheet.findings if f.verdict == "not_met" and f.id in OF_THE_WHOLE]
    if unmet:
        sheet.timeline = sheet.timeline.put(claimed, Status.NOT_PAID, unmet[0])
    days = sheet.timeline.paid_days()
    if not days:
        nothing_left(law, sheet, claimed)
        return
    credit = average_daily_credit(law, sheet, window)
    rate = law.daily_rate
    daily = sheet.line(
        "daily_benefit",
        say(N_("Daily benefit: {rate} of the average daily salary credit"), rate=t.rate(rate.number)),
        credit.exact * rate.number,
        rate,
        inputs=[credit],
    )
    exact = daily.exact * days
    sheet.line(
        "benefit",
        say(N_n("{days} day of the daily benefit", "{days} days of the daily benefit"), days=t.count(days)),
        exact,
        rate,
        inputs=[daily],
        payable=sheet.component("allowance", continues=earlier).pay(claimed, exact),
    )
    sheet.timeline = sheet.timeline.price(claimed, rate.number, exact)
    sheet.granted(
        "contributed",
        say(
            N_n(
                "You were sick from {first} to {last}. You receive {total} for {days} day.",
                "You were sick from {first} to {last}. You receive {total} for {days} days.",
            ),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
            total=sheet.total_param(),
            days=t.count(days),
        ),
    )


def nothing_left(law: Law, sheet: Sheet, claimed: Period) -> None:
    """Where the wage went on every day, or she worked, that is why nothing is paid."""
    if any(f.verdict != "met" for f in sheet.findings):
        return
    sheet.finding(
        "payable_days",
        say(N_("No day of the spell is payable")),
        False,
        law.sick_leave_rule,
        facts={"days": claimed.length},
        reason=say(N_("No day of the leave is payable: you worked, or the wage went on.")),
    )


def months_before_semester(first: date, law: Law) -> steps.Window:
    """The semester is two consecutive quarters ending in the quarter of sickness; the twelve months before it count."""
    quarter_begins = steps.index_of(first) // QUARTER * QUARTER
    last = quarter_begins - QUARTER - 1
    return last - law.window_months.whole + 1, last


def long_enough(law: Law, sheet: Sheet, days: int) -> None:
    """Confined for at least four days."""
    least = law.least_days.whole
    sheet.finding(
        "long_enough",
        say(
            N_n("Confined for {days} day; {least} are needed", "Confined for {days} days; {least} are needed"),
            days=t.count(days),
            least=t.count(least),
        ),
        days >= least,
        law.least_days,
        facts={"days": days, "needed": least},
        reason=say(
            N_n(
                "You were confined for {days} day; sickness is paid from {least} days on.",
                "You were confined for {days} days; sickness is paid from {least} days on.",
            ),
            days=t.count(days),
            least=t.count(least),
        ),
    )


def payable_days(case: Case, law: Law, sheet: Sheet, claimed: Period) -> Timeline:
    """Certified days after the employer's sick leave; at most 120 days in a calendar year and 240 days for the same
    confinement."""
    timeline = steps.certified_days(sheet, claimed, law.certificate_rule, sheet.days(claimed))
    timeline = steps.not_payable(sheet, timeline, law.sick_leave_rule)
    for year in range(claimed.first.year, claimed.last.year + 1):
        used = sum(((s.paid_by_year() or {}).get(year, Fraction(0)) for s in case.earlier_spells), Fraction(0))
        timeline = limited(sheet, timeline, f"year_{year}", law.year_days, int(used), _year(claimed, year))
    same = sum(steps.days_paid(s) for s in [*steps.linked(case, 1), *steps.continued_by(case, 1)])
    return limited(sheet, timeline, "case", law.case_days, same, claimed)


def limited(sheet: Sheet, timeline: Timeline, id: str, most: Value, used: int, within: Period) -> Timeline:
    """No more days than the limit leaves; the rest is exhausted."""
    left = max(0, most.whole - used)
    if timeline.paid_days(within) <= left:
        return timeline
    begun = timeline.spans[0].period.first
    before = timeline.paid_days(Period(begun, within.first - ONE_DAY)) if begun < within.first else 0
    first = timeline.nth_day(Status.PAID, before + left + 1) or within.first
    sheet.finding(
        id,
        say(
            N_("{days} days are paid at most, {used} were used before; they end before {day}"),
            days=t.count(most.whole),
            used=t.count(used),
            day=t.day(first),
        ),
        False,
        most,
        facts={"used": used, "limit": most.whole},
        reason=say(
            N_("All {days} days have been paid; none is left from {day} on."),
            days=t.count(most.whole),
            day=t.day(first),
        ),
    )
    return timeline.put(Period(first, within.last), Status.EXHAUSTED, id)


def _year(claimed: Period, year: int) -> Period:
    found = claimed.overlap(Period(date(year, 1, 1), date(year, 12, 31)))
    assert found is not None  # noqa: S101
    return found


def average_daily_credit(law: Law, sheet: Sheet, window: steps.Window) -> Line:
    """The six highest monthly salary credits of the window, divided by 180. A credit is the wage at the nearest step
    of 500 pesos, within the table of its month."""
    credits: list[Fraction] = []
    for c in sheet.case.paid_months(*window):
        on = law.at(c.month.first_day)
        step = on.credit_step.number
        nearest = round_fraction(c.wage / step, Rounding.HALF_UP) * step
        credit = steps.insured_wage(nearest, on.lowest_credit.limit, on.highest_credit.limit)
        sheet.use(on.lowest_credit, on.highest_credit, on.credit_step)
        sheet.month(str(c.month), c.wage, credit)
        credits.append(credit)
    count = min(len(credits), law.highest_months.whole)
    total = sheet.line(
        "highest_credits",
        say(N_("The {months} highest monthly salary credits"), months=t.count(count)),
        most(credits, count),
        law.highest_months,
    )
    return sheet.line(
        "daily_credit",
        say(N_("Average daily salary credit: divided by {days}"), days=t.count(law.divisor_days.whole)),
        total.exact / law.divisor_days.number,
        law.divisor_days,
        inputs=[total],
    )
