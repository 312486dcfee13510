"""Sickness benefit under the law of 2014: a yearly cap in working days; for a listed disease 180 calendar days, then
months at a lower rate."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import own_sickness, sick_days
from services.benefits.law.packs.vn.leave_months import with_leave_months
from services.benefits.law.packs.vn.own_sickness import LONG_TERM, OF_THE_WHOLE, ORDINARY, OwnSickness
from services.benefits.law.packs.vn.reference import contributed_in_all, in_time, job_of
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period, add_months


class Law(OwnSickness):
    """The figures of the sickness benefit."""

    long_term_days: Value
    odd_days_limit: Value
    second_phase_length_rule: Provision
    long_term_months_rule: Provision
    straddling_rule: Provision
    transition_rule: Provision
    settled_period_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the law."""
    claimed = case.spell.period
    if not own_sickness.conditions(case, law, sheet):
        own_sickness.refuse_days(sheet, claimed)
        return
    sheet.timeline = own_sickness.certified(case, law, sheet)
    if case.flag("listed_disease"):
        long_term(case, law, sheet)
    else:
        ordinary(case, law, sheet)


def ordinary(case: Case, law: Law, sheet: Sheet) -> None:
    """Working days up to the yearly cap, at 75 % of the salary divided by 24."""
    claimed, job = case.spell.period, job_of(case, case.spell.period.first)
    before = sick_days.earlier_of_leave(case, sheet, claimed.first, frozenset({ORDINARY}))
    onset = own_sickness.continues(case, law, sheet, before)
    years = own_sickness.contribution_years(case, law, sheet, onset)
    sheet.timeline = sick_days.days_off(case, law, sheet, sheet.timeline, job)
    if (next_law := sheet.next_statute(claimed)) is not None:
        sheet.use(law.straddling_rule)
        sheet.mark(next_law, say(N_("The next law from here; the daily amount is the same")))
    days = sick_days.payable(case, law, sheet)
    armed = case.insured.insured_as == "armed_forces"
    if armed:
        sheet.finding(
            "armed_forces",
            say(N_("Armed forces: as long as treatment requires")),
            True,
            law.armed_forces_rate,
        )
    else:
        table = own_sickness.yearly_cap(case, law, sheet, years, job)
        taken = [s for s in case.earlier_spells if s.benefit == "sickness" and s.kind is ORDINARY]
        days, beyond = own_sickness.within_cap(case, law, sheet, days, table.row(years).value, table, taken, job)
        sheet.timeline = sick_days.exhaust(sheet.timeline, beyond, days)
    in_time(case, law, sheet, claimed.last)
    if not days:
        own_sickness.nothing_payable(sheet, law)
        return
    own_sickness.pay_days(case, law, sheet, onset, days, [], years, full_rate=armed, continues=before)


# A listed disease -----------------------------------------------------------------------------------


def long_term(case: Case, law: Law, sheet: Sheet) -> None:
    """At most 180 days, holidays and weekly rest included, at 75 %; then 65, 55 or 50 % by years of contributions, at
    most as long as the contributions lasted. Months run from the first day; odd days are paid a 24th of a month."""
    claimed = case.spell.period
    sheet.traces.kind = LONG_TERM
    before = sick_days.earlier_of_leave(case, sheet, claimed.first, frozenset({LONG_TERM}))
    onset = own_sickness.continues(case, law, sheet, before)
    years = own_sickness.contribution_years(case, law, sheet, onset)
    sheet.finding(
        "listed_disease",
        say(N_("A disease on the list of those that need long treatment")),
        True,
        law.list_rule,
        facts={"listed": True},
    )
    sheet.timeline = sick_days.not_other_leave(case, law, sheet, sheet.timeline)
    sheet.timeline = sheet.timeline.put_all(case.happened("worked"), Status.NOT_PAID, say(N_("Worked on this day")))
    if sheet.next_statute(claimed) is not None:
        sheet.use(law.transition_rule, law.settled_period_rule)
    first = Period(onset, onset + (law.long_term_days.whole - 1) * ONE_DAY)
    months = contributed_in_all(with_leave_months(case, law, sheet), steps.index_of(onset))
    end = add_months(first.last + ONE_DAY, months) - ONE_DAY
    second = Period(first.last + ONE_DAY, end) if months else None
    longest(case, law, sheet, end, months)
    in_time(case, law, sheet, claimed.last)
    if not sheet.timeline.paid_days():
        own_sickness.nothing_payable(sheet, law)
        return
    pay_months(case, law, sheet, onset, before, first, second, years)


def longest(case: Case, law: Law, sheet: Sheet, end: date, months: int) -> None:
    """180 days and then at most the time of compulsory contributions."""
    claimed = case.spell.period
    over = end < claimed.last
    sheet.finding(
        "longest",
        say(
            N_("{days} days and at most {months} months, up to {end}"),
            days=t.count(law.long_term_days.whole),
            months=t.count(months),
            end=t.day(end),
        ),
        not over,
        law.second_phase_length_rule,
        facts={"months": months, "last_day": end.isoformat()},
        change=say(N_("A new leave after a return to work and further contributions")) if over else None,
        reason=say(N_("The benefit for this illness ended on {end}."), end=t.day(end)),
        uses=[law.long_term_days, law.long_term_months_rule],
    )
    if over:
        sheet.timeline = sheet.timeline.put(
            Period(max(claimed.first, end + ONE_DAY), claimed.last), Status.EXHAUSTED, "longest"
        )


def pay_months(
    case: Case,
    law: Law,
    sheet: Sheet,
    onset: date,
    before: list[EarlierSpell],
    first: Period,
    second: Period | None,
    years: Fraction,
) -> None:
    """Full months pay the monthly amount, odd days of a month a 24th of it each (from September 2021 together no more
    than one monthly amount); all of the leave is one line, rounded once."""
    base = sick_days.base_of_leave(case, law, sheet, onset)
    total, inputs = Fraction(0), list[Line]()
    for number, phase in enumerate((first, second), start=1):
        if phase is None or not sheet.timeline.paid_days(phase):
            continue
        cite = law.sick_rate if number == 1 else law.second_phase_rate
        rate = law.sick_rate.number if number == 1 else law.second_phase_rate.row(years).value
        if number > 1 and inputs:
            sheet.mark(phase.first, say(N_("{rate} from here"), rate=t.rate(rate)))
        monthly = sheet.line(
            f"monthly_{number}",
            say(N_("A month: {rate} of the salary"), rate=t.rate(rate)),
            base.exact * rate,
            cite,
            inputs=[base],
        )
        full, odd_days, odd = months_of(law, sheet, phase, before)
        exact = monthly.exact * (full + odd)
        inputs.append(
            sheet.line(
                f"phase_{number}",
                say(
                    N_("{months}, and {days} of a part of one, a {divisor}th of a month each"),
                    months=t.months(full),
                    days=t.days(odd_days),
                    divisor=t.count(law.day_divisor.whole),
                ),
                exact,
                law.odd_days_limit,
                inputs=[monthly],
                uses=[law.day_divisor, law.long_term_months_rule],
            )
        )
        sheet.timeline = sheet.timeline.price(phase, rate, exact)
        total += exact
    pay_all(case, law, sheet, total, inputs, before)


def pay_all(
    case: Case, law: Law, sheet: Sheet, total: Fraction, inputs: list[Line], before: list[EarlierSpell]
) -> None:
    """All of the leave in one line and one instalment, and the sentence that opens the letter."""
    paid_first, paid_last = sheet.timeline.first_day(Status.PAID), sheet.timeline.last_day(Status.PAID)
    assert paid_first is not None  # noqa: S101
    assert paid_last is not None  # noqa: S101
    if total <= 0:
        sheet.finding(
            "already_paid",
            say(N_("Earlier odd days of this month have paid its whole amount")),
            False,
            law.odd_days_limit,
            reason=say(N_("The odd days paid before have paid all of this month already.")),
        )
        sheet.timeline = sheet.timeline.put(case.spell.period, Status.NOT_PAID, "already_paid")
        return
    amount = sheet.component("allowance", continues=before).pay(Period(paid_first, paid_last), total)
    sheet.line(
        "benefit",
        say(
            N_n("Sickness benefit for {days} calendar day", "Sickness benefit for {days} calendar days"),
            days=t.count(sheet.timeline.paid_days()),
        ),
        total,
        law.sick_rate,
        inputs=inputs,
        payable=amount,
    )
    sheet.granted(
        "listed_disease",
        say(
            N_("You were off work from {first} to {last} with a listed disease. You receive {total}."),
            first=t.day(case.spell.period.first),
            last=t.day(case.spell.period.last),
            total=sheet.total_param(),
        ),
    )


def months_of(law: Law, sheet: Sheet, phase: Period, before: list[EarlierSpell]) -> tuple[int, int, Fraction]:
    """Full months, odd days and what the odd days are worth in monthly amounts, of the days claimed in a phase; days
    of a month that earlier papers of the leave paid are set off."""
    full, odd_days, odd = 0, 0, Fraction(0)
    since = next(span.period.first for span in sheet.timeline if span.is_paid and span.period.overlap(phase))
    until = min(phase.last, sheet.timeline.last_day(Status.PAID) or phase.last)
    for month in steps.benefit_months(phase.first, until, max(phase.first, since)):
        inside = month.period.overlap(phase)
        assert inside is not None  # noqa: S101
        days = sheet.timeline.paid_days(inside)
        if not days:
            continue
        paid = int(sum(s.paid_within(inside) for s in before))
        if days == month.period.length:
            full += 1
            continue
        odd_days += days
        last = min(inside.last, until)
        odd += worth(law, paid + days, month.period, last) - worth(law, paid, month.period, last)
    return full, odd_days, odd


def worth(law: Law, days: int, month: Period, last: date) -> Fraction:
    """What days of one month are worth, in monthly amounts, by the law of the last of them."""
    if days == month.length:
        return Fraction(1)
    exact = Fraction(days) / law.day_divisor.number
    limit = law.at(last).odd_days_limit.limit
    return exact if limit is None else min(limit, exact)


__all__ = ["OF_THE_WHOLE", "Law", "assess"]
