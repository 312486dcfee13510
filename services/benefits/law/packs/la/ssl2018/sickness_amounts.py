"""What the days of a Lao sickness case are worth: benefit months, phases, instalments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.history import amid
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.packs.la.ssl2018.reference import average_insured_salary
from services.benefits.law.packs.la.ssl2018.sickness_law import History, Law
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.money import Money
from shared.period import Period


def amounts(case: Case, law: Law, sheet: Sheet, history: History) -> None:
    """A full benefit month pays the average insured salary times the rate of its phase; a part of one pays its
    payable days out of 30, never above one monthly amount. One instalment for each benefit month."""
    average = average_insured_salary(case, law, sheet, history.onset)
    phase_1, due = law.phase_1_months.whole, sheet.component("allowance", continues=history.earlier)
    monthly: Line | None = None
    full: list[tuple[Period, Money]] = []
    prices: list[tuple[Period, Fraction | None, Fraction]] = []
    phase = 0
    last_paid = sheet.timeline.last_day(Status.PAID)
    assert last_paid is not None  # noqa: S101
    for month in steps.benefit_months(history.first_payable, last_paid, sheet.timeline.first_day(Status.PAID)):
        days = sheet.timeline.paid_days(month.period)
        if not days:
            continue
        now = 1 + int(month.number >= phase_1)
        if now != phase:
            write_full_months(law, sheet, full, monthly)
            rate = law.rate_phase_1 if now == 1 else law.rate_phase_2
            if phase:
                sheet.mark(month.period.first, say(N_("{rate} from here"), rate=t.rate(rate.number)))
            phase = now
            monthly = sheet.line(
                f"monthly_{now}",
                say(
                    N_("Monthly amount, phase {phase}: {rate} of the average"),
                    phase=t.count(now),
                    rate=t.rate(rate.number),
                ),
                average.exact * rate.number,
                rate,
                inputs=[average],
            )
        assert monthly is not None  # noqa: S101
        before = days_paid_before([*history.earlier, *amid(case)], month.period, history.first_payable)
        part = part_of_month(law, before + days, month.period) - part_of_month(law, before, month.period)
        exact = monthly.exact * part
        paid = paid_within(sheet.timeline, month.period)
        amount = due.pay(paid, exact)
        rate_now = (law.rate_phase_1 if now == 1 else law.rate_phase_2).number
        prices.append((month.period, rate_now, exact))
        if days == month.period.length:
            full.append((paid, amount))
            continue
        write_full_months(law, sheet, full, monthly)
        sheet.line(
            f"part_{month.number + 1}",
            say(
                N_n(
                    "{first} to {last}: {days} day, a {month}th of the monthly amount",
                    "{first} to {last}: {days} days, each a {month}th of the monthly amount",
                ),
                first=t.day(paid.first),
                last=t.day(paid.last),
                days=t.count(days),
                month=t.count(law.days_of_month.whole),
            ),
            exact,
            law.benefit_month_rule,
            inputs=[monthly],
            payable=amount,
            uses=[law.days_of_month],
        )
    write_full_months(law, sheet, full, monthly)
    sheet.timeline = sheet.timeline.price_all(prices)


def part_of_month(law: Law, days: int, month: Period) -> Fraction:
    """The part of a monthly amount that some days of a benefit month earn; never above one."""
    if days == month.length:
        return Fraction(1)
    return min(Fraction(1), Fraction(days) / law.days_of_month.number)


def days_paid_before(spells: Iterable[EarlierSpell], month: Period, since: date) -> int:
    """Days of a benefit month that other spells of the case were paid for, before this one or in its midst."""
    first = max(month.first, since)
    return 0 if month.last < first else int(sum(s.paid_within(Period(first, month.last)) for s in spells))


def paid_within(timeline: Timeline, month: Period) -> Period:
    """The first to the last paid day of a benefit month."""
    days = [p for span in timeline if span.is_paid and (p := span.period.overlap(month))]
    return Period(days[0].first, days[-1].last)


def write_full_months(law: Law, sheet: Sheet, full: list[tuple[Period, Money]], monthly: Line | None) -> None:
    """One line for full months that follow each other."""
    if not full or monthly is None:
        return
    amount = Money(sum(m.minor for _, m in full), sheet.currency)
    sheet.line(
        f"months_{len([x for x in sheet.lines if x.id.startswith('months_')]) + 1}",
        say(
            N_("{first} to {last}: one full month of the monthly amount")
            if len(full) == 1
            else N_n(
                "{first} to {last}: {months} full month of the monthly amount",
                "{first} to {last}: {months} full months of the monthly amount",
            ),
            first=t.day(full[0][0].first),
            last=t.day(full[-1][0].last),
            months=t.count(len(full)),
        ),
        monthly.exact * len(full),
        law.benefit_month_rule,
        inputs=[monthly],
        payable=amount,
    )
    full.clear()
