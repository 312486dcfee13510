"""Service, contributions, average wage and daily amount: what the benefits of Myanmar share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import NOT_MET, Line
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.money import Money
from shared.period import ONE_DAY, Period, add_months

MONTHS_OF_YEAR = 12
DAYS_OF_WEEK = 7


class Common(Figures):
    """What every benefit uses."""

    ceiling: Value
    claim_months: Value
    days_of_month: Value
    weeks_of_year: Value
    daily_basis: Choice
    insured_wage_rule: Provision
    calendar_rule: Provision
    service_rule: Provision
    suspension_rule: Provision


class Year(Common):
    """What maternity, miscarriage, adoption and paternity use: a test and an average of the year."""

    service_year_months: Value
    contributed_of_year: Value
    year_months: Value
    allowance_rate: Value
    average_divisor: Choice
    service_test: Choice
    reference_rule: Provision


def served(case: Case, law: Common, sheet: Sheet, on: date, needed: Value) -> bool:
    """The months of service are reached on the same day number of a later month, or its last day. A worker
    who was laid off keeps the service reached, and with several jobs the one that reached them counts. Where the
    first day of work is not known it is asked, and the other conditions are looked at all the same."""
    begun = [(job, job.first_day) for job in case.employments if job.first_day is not None]
    if not begun:
        sheet.needs_work_fact("from")
        return True
    met = False
    for job, since in sorted(begun, key=lambda one: one[0] is case.employment):
        reached = add_months(since, needed.whole)
        until = on if job.last_day is None else min(on, job.last_day + ONE_DAY)
        met = until >= reached
        if met:
            break
    params = {"since": t.day(since), "months": t.count(needed.whole), "day": t.day(reached)}
    return sheet.finding(
        "service",
        say(N_("In the establishment since {since}; {months} months are reached on {day}"), **params),
        met,
        needed,
        facts={"since": since.isoformat(), "reached": reached.isoformat(), "on": on.isoformat()},
        change=None if met else say(N_("A first day on or after {day}, in the same work"), day=params["day"]),
        reason=say(
            N_("You had worked in the establishment since {since}; {months} months of service are reached on {day}."),
            **params,
        ),
        uses=[law.service_rule],
    )


#: Conditions of a claim as a whole: where one is not met, nothing is paid.
OF_THE_YEAR = ("service", "contributed", "in_time")


def qualifies_of_year(case: Case, law: Year, sheet: Sheet, on: date) -> bool:
    """At least one year in the establishment and at least six months of contributions in that year."""
    sheet.use(law.reference_rule, law.service_test)
    service = True
    if law.service_test.is_("required"):
        service = served(case, law, sheet, on, law.service_year_months)
    contributed = steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(on, law.year_months.whole),
        law.contributed_of_year,
        uses=[law.year_months],
    )
    return service and contributed


def average_of_year(case: Case, law: Year, sheet: Sheet, on: date) -> Line:
    """The wages of the contributed months among the twelve calendar months before the month of the event,
    divided by their number (or by twelve). Kyat a month, exact."""
    first, last = steps.months_before(on, law.year_months.whole)
    wages = steps.insured_months(sheet, range(first, last + 1), ceiling=lambda day: law.at(day).ceiling)
    divisor = len(wages) if law.average_divisor.is_("contributed_months") else law.year_months.whole
    return average(law, sheet, wages, divisor, law.average_divisor)


def average(law: Common, sheet: Sheet, wages: list[Fraction], divisor: int, cite: Value | Choice) -> Line:
    total = sheet.line(
        "insured_wages",
        say(
            N_n("Insured wages of {months} contributed month", "Insured wages of {months} contributed months"),
            months=t.count(len(wages)),
        ),
        sum(wages, Fraction(0)),
        law.insured_wage_rule,
    )
    return sheet.line(
        "average",
        say(N_("Average wage: divided by {divisor}"), divisor=t.count(divisor)),
        total.exact / divisor,
        cite,
        inputs=[total],
    )


def daily(law: Common, sheet: Sheet, average_wage: Line, rate: Value) -> Line:
    """The average times the rate for a month, and a thirtieth of it for a day."""
    monthly = sheet.line(
        "monthly",
        say(N_("{rate} of the average wage"), rate=t.rate(rate.number)),
        average_wage.exact * rate.number,
        rate,
        inputs=[average_wage],
    )
    by_month = law.daily_basis.is_("month_30")
    days, weeks = law.days_of_month, law.weeks_of_year
    return sheet.line(
        "daily",
        say(N_("For a day: divided by {days}"), days=t.count(days.whole))
        if by_month
        else say(
            N_("For a day: times {months}, divided by {weeks} weeks of {days} days"),
            months=t.count(MONTHS_OF_YEAR),
            weeks=t.count(weeks.whole),
            days=t.count(DAYS_OF_WEEK),
        ),
        monthly.exact / days.number if by_month else monthly.exact * MONTHS_OF_YEAR / (weeks.number * DAYS_OF_WEEK),
        law.daily_basis,
        inputs=[monthly],
        uses=[days if by_month else weeks],
    )


def allowance(
    law: Common,
    sheet: Sheet,
    day: Line,
    rate: Value,
    parts: Iterable[Period],
    days_of: Value,
    continues: Sequence[EarlierSpell] = (),
) -> None:
    """Each part of the leave is an instalment; the running total is rounded, not the part."""
    due, total, number = sheet.component("allowance", continues=continues), Money.zero(sheet.currency), 0
    prices: list[tuple[Period, Fraction | None, Fraction]] = []
    for part in parts:
        days = sheet.timeline.paid_days(part)
        if days:
            exact = day.exact * days
            prices.append((part, rate.number, exact))
            number, total = number + days, total + due.pay(part, exact)
    sheet.timeline = sheet.timeline.price_all(prices)
    sheet.line(
        "allowance",
        say(N_n("{days} day at the daily amount", "{days} days at the daily amount"), days=t.count(number)),
        due.exact,
        days_of,
        inputs=[day],
        payable=total,
        uses=[law.calendar_rule],
    )


def refuse_days(sheet: Sheet) -> None:
    """Where a condition is not met, every day that would be paid says so."""
    refused = next((f.id for f in sheet.findings if f.verdict == NOT_MET), None)
    if refused is not None:
        sheet.timeline = sheet.timeline.put_all(sheet.timeline.where(Status.PAID), Status.NOT_PAID, refused)


def in_time(case: Case, law: Common, sheet: Sheet, since: date) -> bool:
    """A claim is made within twelve months; whether a later one is excused is for the institution to
    judge."""
    last = add_months(since, law.claim_months.whole)
    made = case.claimed_on or sheet.today
    late = made > last
    return sheet.finding(
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
