"""What birth and miscarriage share in Lao PDR: who may claim, the monthly allowance, the lump sum."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line, Text
from services.benefits.domain.case import Case, EarlierSpell, FactMissing
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Provision, Value
from services.benefits.law.packs.la.ssl2018.reference import Common
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.money import Money
from shared.period import Period


class Maternity(Common):
    """The figures both benefits use."""

    allowance_rate: Value
    lump_sum_rate: Value
    leave_days: Value
    working_days_of_month: Value
    day_of_allowance: Choice
    claimant_rule: Provision
    allowance_rule: Provision


def claimed_by_mother(case: Case) -> bool:
    """Whether the insured mother claims, and not her husband: as the claim says, else a woman for herself and a man
    for his wife. Raises `FactMissing` where neither is known."""
    if case.has("claimant"):
        return case.word("claimant") == "mother"
    if case.insured.sex in ("female", "male"):
        return case.insured.sex == "female"
    raise FactMissing("#/event/claimant")


def entitled_person(case: Case, law: Maternity, sheet: Sheet) -> bool:
    """An insured woman; or an insured man for his wife without occupation, who receives the lump sum alone."""
    if claimed_by_mother(case):
        return sheet.finding(
            "claimant",
            say(N_("Claimed by the insured mother")),
            True,
            law.claimant_rule,
            facts={"claimant": "mother"},
        )
    without = case.flag("wife_without_occupation")
    return sheet.finding(
        "claimant",
        say(N_("Claimed by an insured man for his wife without occupation"))
        if without
        else say(N_("Claimed by an insured man, but his wife has an occupation")),
        without,
        law.claimant_rule,
        facts={"claimant": "husband", "wife_without_occupation": without},
        change=None if without else say(N_("A claim by the wife, if she is insured")),
        reason=say(N_("A husband can claim the lump sum only for a wife without an occupation of her own.")),
    )


def allowance(case: Case, law: Maternity, sheet: Sheet, average: Line, parts: Sequence[EarlierSpell]) -> None:
    """80 % of the average insured salary a month: calendar days, a month of 30 days, paid in instalments of 30
    days; a part of the leave goes on from the `parts` before it. (Alternative: working days, a month of 26.)"""
    period = Period(sheet.timeline.spans[0].period.first, sheet.timeline.spans[-1].period.last)
    rate, month = law.allowance_rate, law.days_of_month.whole
    monthly = sheet.line(
        "monthly",
        say(N_("Monthly allowance: {rate} of the average"), rate=t.rate(rate.number)),
        average.exact * rate.number,
        rate,
        inputs=[average],
    )
    working = law.day_of_allowance.is_("working_26")
    divisor = law.working_days_of_month.whole if working else month
    due = sheet.component("allowance", continues=parts)
    total_days, paid = 0, Money.zero(sheet.currency)
    prices: list[tuple[Period, Fraction | None, Fraction]] = []
    for block in steps.blocks(period, month):
        spans = [p for span in sheet.timeline if span.is_paid and (p := span.period.overlap(block))]
        if not spans:
            continue
        days = sum(sheet.calendar.working_days(p, case.employment) if working else p.length for p in spans)
        exact = monthly.exact * Fraction(days, divisor)
        if days:
            prices.append((block, rate.number, exact))
        total_days += days
        paid = paid + due.pay(Period(spans[0].first, spans[-1].last), exact)
    sheet.timeline = sheet.timeline.price_all(prices)
    sheet.line(
        "allowance",
        say(
            N_n(
                "{first} to {last}: {days} day, a {month}th of the monthly allowance",
                "{first} to {last}: {days} days, each a {month}th of the monthly allowance",
            ),
            first=t.day(sheet.timeline.first_day(Status.PAID) or period.first),
            last=t.day(sheet.timeline.last_day(Status.PAID) or period.last),
            days=t.count(total_days),
            month=t.count(divisor),
        ),
        monthly.exact * Fraction(total_days, divisor),
        law.day_of_allowance,
        inputs=[monthly],
        payable=paid,
        uses=[law.working_days_of_month if working else law.days_of_month],
    )


def lump_sum(law: Maternity, sheet: Sheet, average: Line, children: int, on: date) -> None:
    """60 % of the average insured salary for each child."""
    rate = law.lump_sum_rate
    sheet.lump_sum(
        "lump_sum",
        say(
            N_("Birth grant: {rate} of the average for each of {children} children"),
            rate=t.rate(rate.number),
            children=t.count(children),
        )
        if children != 1
        else say(N_("Birth grant: {rate} of the average for one child"), rate=t.rate(rate.number)),
        average.exact * rate.number * children,
        rate,
        Period(on, on),
        inputs=[average],
    )


def goes_on() -> Text:
    """What would be paid after the leave."""
    return say(N_("A claim for sickness, if an illness goes on"))


def leave_begins(case: Case) -> date:
    """The first day of leave. Raises `FactMissing`."""
    if case.spell.first_day is None:
        raise FactMissing("#/spell/first_day")
    return case.spell.first_day


def days_on_leave(case: Case, law: Maternity, sheet: Sheet, leave: Period) -> Timeline:
    """The woman is on leave: days worked are not paid."""
    return steps.not_payable(sheet, sheet.days(leave), law.suspension_rule, ("worked", "false_statement"))
