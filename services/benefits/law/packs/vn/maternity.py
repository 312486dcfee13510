"""What the maternity benefits share: qualifying months, the average salary, months and days of leave, the lump sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line, Text
from services.benefits.domain.case import Case, EarlierSpell, FactMissing
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Cited, Provision, Value
from services.benefits.law.packs.vn.leave_months import CountedMonths, with_leave_months
from services.benefits.law.packs.vn.reference import (
    LEAVE,
    VOLUNTARY,
    Common,
    contributed_in_all,
    insured_salaries,
    salaried_months,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import Window, index_of, month_at
from services.benefits.law.text import N_, N_n, say
from shared.period import Period


class Maternity(Common):
    """The figures of every maternity benefit."""

    reference_months: Value
    maternity_rate: Value
    average_rule: Provision
    fewer_months_rule: Provision
    no_rerating_rule: Provision


class DailyLeave(Maternity):
    """Figures of leave paid by the calendar day or month."""

    month_divisor: Value
    month_rule: Provision


class Qualifying(Maternity, CountedMonths):
    """The figures of benefits with a qualifying period and of the lump sum."""

    window_months: Value
    qualifying_months: Value
    birth_month_from_day: Value
    long_insured_months: Value
    rest_qualifying_months: Value
    infertility_window_months: Value
    lump_sum_factor: Value
    resignation_rule: Provision
    birth_month_rule: Provision


# Qualifying -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Qualified:
    """What the qualifying period came to: the months had and needed, the window, and whether that is enough."""

    met: bool
    have: int
    needed: int
    window: Window


def counted(case: Case, window: Window) -> int:
    """Contributed months of a window; months of maternity leave count, voluntary ones do not."""
    return sum(1 for c in case.paid_months(*window) if c.kind != VOLUNTARY)


def window_of(case: Case, law: Qualifying, on: date, months: int | None = None) -> Window:
    """A birth before the 15th: the birth month is outside. On the 15th or later, with that month contributed, it is
    the last month of the window."""
    last, month = index_of(on) - 1, case.by_month.get(index_of(on))
    if on.day >= law.birth_month_from_day.whole and month and month.paid and month.kind != VOLUNTARY:
        last += 1
    size = law.window_months.whole if months is None else months
    return last - size + 1, last


def qualified(case: Case, law: Qualifying, on: date) -> tuple[Qualified, Cited]:
    """A: six months or more contributed in the twelve before the birth or receipt. B: twelve or more in all, and
    after rest ordered by a doctor three or more in the twelve. C (from July 2025): after treatment of infertility six
    or more in the twenty-four."""
    window = window_of(case, law, on)
    have, needed = counted(case, window), law.qualifying_months.whole
    if have >= needed:
        return Qualified(True, have, needed, window), law.qualifying_months
    rest = law.rest_qualifying_months
    in_all = contributed_in_all(case, window[1] + 1)
    if case.happened("rest_in_pregnancy") and in_all >= law.long_insured_months.whole and have >= rest.whole:
        return Qualified(True, have, rest.whole, window), rest
    if case.happened("infertility_treatment"):
        wide = window_of(case, law, on, law.infertility_window_months.whole)
        if counted(case, wide) >= needed:
            return Qualified(True, counted(case, wide), needed, wide), law.infertility_window_months
    return Qualified(False, have, needed, window), law.qualifying_months


def qualifies(
    case: Case, law: Qualifying, sheet: Sheet, on: date, *, other_rules: bool = True, own: Period | None = None
) -> Qualified:
    """The qualifying period as a finding: which months count, how many there are, and what would be enough. Months of
    maternity leave count without being listed; `own` is the part of the leave claimed before the event."""
    case = with_leave_months(case, law, sheet, own)
    found, cite = qualified(case, law, on)
    if not other_rules and cite is not law.qualifying_months:
        window = window_of(case, law, on)
        needed = law.qualifying_months.whole
        found, cite = Qualified(False, counted(case, window), needed, window), law.qualifying_months
    params = {
        "have": t.count(found.have),
        "months": t.count(found.window[1] - found.window[0] + 1),
        "needed": t.count(found.needed),
        "first": t.month(month_at(found.window[0])),
        "last": t.month(month_at(found.window[1])),
    }
    short = found.needed - found.have
    change = None
    if not found.met:
        in_all = contributed_in_all(case, found.window[1] + 1)
        change = say(
            N_n(
                "{missing} more contributed month between {first} and {last}",
                "{missing} more contributed months between {first} and {last}",
            )
            if not other_rules
            or found.have < law.rest_qualifying_months.whole
            or in_all < law.long_insured_months.whole
            else N_n(
                "{missing} more contributed month between {first} and {last}, or a doctor's order of rest in pregnancy",
                "{missing} more contributed months between {first} and {last}, or a "
                "doctor's order of rest in pregnancy",
            ),
            missing=t.count(short),
            first=params["first"],
            last=params["last"],
        )
    uses: list[Cited] = [law.window_months, law.birth_month_from_day]
    if found.met and cite is law.rest_qualifying_months:
        uses.append(law.long_insured_months)
    sheet.finding(
        "contributed",
        say(N_("Contributed {have} of {months} months, {first} to {last}; {needed} are needed"), **params),
        found.met,
        cite,
        facts={
            "months": found.have,
            "needed": found.needed,
            "from": str(month_at(found.window[0])),
            "to": str(month_at(found.window[1])),
        },
        change=change,
        reason=say(
            N_(
                "You had contributed {have} of the {months} months from {first} to {last}; {needed} are needed, "
                "so this benefit cannot be paid."
            ),
            **params,
        ),
        uses=uses,
    )
    if found.met and case.employment.last_day is not None and case.employment.last_day < on:
        sheet.use(law.resignation_rule)
    return found


def contributed_param(found: Qualified) -> dict[str, t.Param]:
    """The qualifying months as gaps of a sentence."""
    return {
        "have": t.count(found.have),
        "months": t.count(found.window[1] - found.window[0] + 1),
        "needed": t.count(found.needed),
        "from_month": t.month(month_at(found.window[0])),
        "to_month": t.month(month_at(found.window[1])),
    }


# The average salary ---------------------------------------------------------------------------------


def months_of_average(
    case: Case,
    law: Maternity,
    sheet: Sheet,
    leave_begins: date,
    found: Qualified | None = None,
    on: date | None = None,
) -> list[int]:
    """The last six contributed months before the leave, gaps skipped. The month of the birth is among them when it is
    in the qualifying window and the leave did not begin in an earlier month. With fewer months those there are; in
    the first month of insurance that month."""
    before = index_of(leave_begins)
    if found is not None and on is not None and index_of(on) == before and found.window[1] == before:
        before += 1
        if isinstance(law, Qualifying):
            sheet.use(law.birth_month_rule)
    if LEAVE in case.contributions.kinds and isinstance(law, Qualifying):
        sheet.use(law.birth_month_rule)
    months = salaried_months(case, law, sheet, before, law.reference_months.whole)
    if not months:
        sheet.use(law.fewer_months_rule)
        months = salaried_months(case, law, sheet, before + 1, 1)
        months = [m for m in months if m == before]
    if not months:
        raise FactMissing("#/contributions")
    if len(months) < law.reference_months.whole:
        sheet.use(law.fewer_months_rule)
    return months


def average_salary(law: Maternity, sheet: Sheet, months: list[int]) -> Line:
    """100 % of the average contribution salary of these months. Dong a month, exact."""
    salaries = insured_salaries(law, sheet, months)
    total = sheet.line(
        "insured_salaries",
        say(
            N_n("Contribution salaries of {months} month", "Contribution salaries of {months} months"),
            months=t.count(len(salaries)),
        ),
        sum(salaries, Fraction(0)),
        law.average_rule,
    )
    return sheet.line(
        "average",
        say(N_("Average contribution salary: divided by {divisor}"), divisor=t.count(len(salaries))),
        total.exact / len(salaries) * law.maternity_rate.number,
        law.reference_months,
        inputs=[total],
        uses=[law.maternity_rate, *no_rerating(law, sheet)],
    )


def no_rerating(law: Maternity, sheet: Sheet) -> list[Cited]:
    """A benefit that runs is not raised when the base salary rises; said where it rises during the leave."""
    spans = sheet.timeline.spans
    rises = spans and law.changes("base_salary", spans[0].period.first, spans[-1].period.last)
    return [law.no_rerating_rule] if rises else []


# Amounts --------------------------------------------------------------------------------------------


def refuse_days(sheet: Sheet) -> None:
    """No day of the leave is paid; the first condition that is not met says why."""
    refused = next(f.id for f in sheet.findings if f.verdict == "not_met")
    for span in sheet.timeline:
        sheet.timeline = sheet.timeline.put(span.period, Status.NOT_PAID, refused)


def months_and_days(
    timeline: Timeline, leave: Period, law: DailyLeave, parts: Sequence[EarlierSpell] = ()
) -> tuple[int, int]:
    """Full months of a leave and the paid days of those that are not full. Of a month that earlier `parts` of the leave
    began, what it is worth by now less what it was worth then: the last day of a month makes it a full one."""
    full, odd = 0, 0
    for month in steps.benefit_months(leave.first, leave.last):
        days, length = timeline.paid_days(month.period), month.period.length
        before = int(sum(part.paid_within(month.period) for part in parts))
        if not days:
            continue
        if days == length:
            full += 1
        elif before + days == length:
            odd += law.month_divisor.whole - before
        else:
            odd += days
    return full, odd


def pay_leave(law: DailyLeave, sheet: Sheet, average: Line, leave: Period, parts: Sequence[EarlierSpell] = ()) -> None:
    """A month of leave pays the average, an odd day a thirtieth of it; the leave is one line, rounded once."""
    full, odd = months_and_days(sheet.timeline, leave, law, parts)
    whole = average.exact * full
    rest = average.exact * odd / law.month_divisor.number
    inputs = [average]
    if full and odd:
        inputs = [
            sheet.line(
                "months",
                say(N_n("{months} month of leave", "{months} months of leave"), months=t.count(full)),
                whole,
                law.maternity_rate,
                inputs=[average],
            ),
            sheet.line(
                "odd_days",
                say(
                    N_n("{days} odd day, a {divisor}th of a month", "{days} odd days, a {divisor}th of a month each"),
                    days=t.count(odd),
                    divisor=t.count(law.month_divisor.whole),
                ),
                rest,
                law.month_divisor,
                inputs=[average],
            ),
        ]
    text = (
        say(N_("Leave of {months} and {days}"), months=t.months(full), days=t.days(odd))
        if odd
        else say(N_n("Leave of {months} month", "Leave of {months} months"), months=t.count(full))
    )
    allowance(law, sheet, text, whole + rest, inputs, [law.month_divisor] if odd else [], parts)


def pay_days(law: DailyLeave, sheet: Sheet, average: Line, parts: Sequence[EarlierSpell] = ()) -> None:
    """A calendar day pays a thirtieth of the average; all days are one line, rounded once."""
    days = sheet.timeline.paid_days()
    allowance(
        law,
        sheet,
        say(
            N_n("{days} day, a {divisor}th of the average", "{days} days, a {divisor}th of the average each"),
            days=t.count(days),
            divisor=t.count(law.month_divisor.whole),
        ),
        average.exact * days / law.month_divisor.number,
        [average],
        [law.month_divisor],
        parts,
    )


def allowance(
    law: Maternity,
    sheet: Sheet,
    text: Text,
    exact: Fraction,
    inputs: list[Line],
    uses: list[Cited],
    continues: Sequence[EarlierSpell] = (),
) -> None:
    """Write the line that is paid, with its instalment and its days."""
    first, last = sheet.timeline.first_day(Status.PAID), sheet.timeline.last_day(Status.PAID)
    assert first is not None  # noqa: S101
    assert last is not None  # noqa: S101
    period = Period(first, last)
    sheet.timeline = sheet.timeline.price(period, law.maternity_rate.number, exact)
    amount = sheet.component("allowance", continues=continues).pay(period, exact)
    if isinstance(law, DailyLeave):
        uses = [*uses, law.month_rule]
    sheet.line("allowance", text, exact, law.maternity_rate, inputs=inputs, payable=amount, uses=uses)


def lump_sum(law: Qualifying, sheet: Sheet, children: int, on: date) -> None:
    """Twice the base salary (reference level) of the month of birth, receipt or adoption, for each child."""
    base = law.at(on).base_salary
    sheet.lump_sum(
        "lump_sum",
        say(
            N_("Lump sum: {factor} times {base} for each of {children} children"),
            factor=t.count(law.lump_sum_factor.whole),
            base=sheet.money(base.number),
            children=t.count(children),
        )
        if children != 1
        else say(
            N_("Lump sum: {factor} times {base}"),
            factor=t.count(law.lump_sum_factor.whole),
            base=sheet.money(base.number),
        ),
        base.number * law.lump_sum_factor.number * children,
        law.lump_sum_factor,
        Period(on, on),
        uses=[base],
    )
