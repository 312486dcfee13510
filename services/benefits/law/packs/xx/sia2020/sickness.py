"""Sickness benefit of the model country, SIA 2020 part 2."""

from __future__ import annotations

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.xx.sia2020.wages import Wages, daily_wage
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Month, Period


class Law(Wages):
    """The figures of the sickness benefit."""

    contributed_months: Value
    waiting_days: Value
    relapse_days: Value
    daily_rate: Value
    longest_days: Value
    certificate_rule: Provision
    relapse_option_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("contributed",)


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the Act."""
    earlier = steps.linked(case, law.relapse_days.whole)
    onset = earlier[0].period.first if earlier else case.spell.period.first
    law = law.at(onset)  # s. 14(2): a relapse is the same case, under the figures of its onset
    qualified = steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(onset, law.window_months.whole),
        law.contributed_months,
        uses=[law.window_months],
    )
    sheet.timeline = payable_days(case, law, sheet, earlier)
    if not qualified:
        sheet.timeline = sheet.timeline.put(case.spell.period, Status.NOT_PAID, "contributed")
        return
    if not sheet.timeline.paid_days():
        nothing_left(case, law, sheet)
        return
    wage = daily_wage(law, sheet, onset)
    benefit = sheet.line(
        "daily_benefit",
        say(N_("Daily benefit: {rate} of the daily wage"), rate=t.rate(law.daily_rate.number)),
        wage.exact * law.daily_rate.number,
        law.daily_rate,
        inputs=[wage],
    )
    due = sheet.component("allowance", continues=earlier)
    days, total = 0, due.given
    for span in sheet.timeline:
        for month in _by_month(span.period) if span.is_paid else ():
            exact = benefit.exact * month.length
            sheet.timeline = sheet.timeline.price(month, law.daily_rate.number, exact)
            days, total = days + month.length, total + due.pay(month, exact)
    sheet.line(
        "benefit",
        say(N_n("{days} day of the daily benefit", "{days} days of the daily benefit"), days=t.count(days)),
        due.exact,
        law.daily_rate,
        inputs=[benefit],
        payable=total,
    )
    sheet.granted(
        "contributed",
        say(
            N_n(
                "You were unable to work from {first} to {last}. You receive {total} for {days} day.",
                "You were unable to work from {first} to {last}. You receive {total} for {days} days.",
            ),
            first=t.day(case.spell.period.first),
            last=t.day(case.spell.period.last),
            total=sheet.total_param(),
            days=t.count(days),
        ),
    )


def payable_days(case: Case, law: Law, sheet: Sheet, earlier: list[EarlierSpell]) -> Timeline:
    """s. 14(1): every certified day after the waiting period, which a relapse only completes (s. 14(2)); s. 16: no
    more than 182 days of a case; s. 18: no day worked or with wage."""
    claimed, waiting = case.spell.period, law.waiting_days.whole
    before = sum(s.period.length for s in earlier)
    timeline = steps.certified_days(sheet, claimed, law.certificate_rule, sheet.days(claimed))
    left = max(0, waiting - before)
    if earlier:
        sheet.use(law.relapse_option_rule)
    if left:
        last = min(claimed.last, claimed.first + (left - 1) * ONE_DAY)
        sheet.use(law.waiting_days)
        timeline = timeline.put(
            Period(claimed.first, last),
            Status.WAITING,
            say(N_n("{days} waiting day", "{days} waiting days"), days=t.count(waiting)),
        )
    timeline = steps.not_payable(sheet, timeline, law.no_work_rule)
    used = sum(_paid(s, waiting) if s.paid_by_year() is None else steps.days_paid(s) for s in earlier[:1])
    used += sum(steps.days_paid(s) for s in [*earlier[1:], *steps.continued_by(case, law.relapse_days.whole)])
    rest = max(0, law.longest_days.whole - used)
    if timeline.paid_days() > rest:
        first = timeline.nth_day(Status.PAID, rest + 1)
        assert first is not None  # noqa: S101
        sheet.finding(
            "longest",
            say(
                N_("{days} days of one case are paid; they end on {day}"),
                days=t.count(law.longest_days.whole),
                day=t.day(first - ONE_DAY),
            ),
            False,
            law.longest_days,
            facts={"days_before": used},
            reason=say(N_("All {days} days of this case have been paid."), days=t.count(law.longest_days.whole)),
        )
        timeline = timeline.put(Period(first, claimed.last), Status.EXHAUSTED, "longest")
    return timeline


def _paid(spell: EarlierSpell, waiting: int) -> int:
    return max(0, spell.period.length - waiting)


def nothing_left(case: Case, law: Law, sheet: Sheet) -> None:
    """A spell no longer than the waiting period is not paid."""
    if sheet.refused_so_far():
        return
    sheet.finding(
        "payable_days",
        say(N_("No day of the spell is payable")),
        False,
        law.waiting_days,
        facts={"days": case.spell.period.length},
        change=say(N_("Incapacity after {day}"), day=t.day(case.spell.period.last)),
        reason=say(
            N_n(
                "The first {days} day of an illness is not paid, and no day after it is payable.",
                "The first {days} days of an illness are not paid, and no day after them is payable.",
            ),
            days=t.count(law.waiting_days.whole),
        ),
    )


def _by_month(period: Period) -> list[Period]:
    """s. 19: benefit is paid for calendar months."""
    pieces, first = [], period.first
    while first <= period.last:
        last = min(period.last, Month.of(first).last_day)
        pieces.append(Period(first, last))
        first = last + ONE_DAY
    return pieces
