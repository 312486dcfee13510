"""Days of convalescence after sickness or maternity: a flat amount for each calendar day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn.reference import Common
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Convalescence(Common):
    """The figures of both benefits."""

    window_days: Value
    window_from: Value
    most_days: Value
    convalescence_rate: Value
    who_decides_rule: Provision
    calendar_days_rule: Provision
    window_count_rule: Provision


def window(case: Case, law: Convalescence, sheet: Sheet) -> None:
    """Within 30 days of the return to work, of 30 working days from the end of the leave,
    or of 30 days from its end."""
    claimed, days = case.spell.period, law.window_days.whole
    first = window_first(case, law)
    last = first + (days - 1) * ONE_DAY
    if law.window_from.word == "working_days":
        while sheet.calendar.working_days(Period(first, last), case.employment) < days:
            last += ONE_DAY
    inside = first <= claimed.first <= last
    sheet.finding(
        "window",
        say(
            N_("The convalescence begins on {day}; it can begin from {first} to {last}"),
            day=t.day(claimed.first),
            first=t.day(first),
            last=t.day(last),
        ),
        inside,
        law.window_days,
        facts={"from": first.isoformat(), "to": last.isoformat()},
        change=None
        if inside
        else say(N_("Convalescence that begins between {first} and {last}"), first=t.day(first), last=t.day(last)),
        reason=say(N_("Convalescence begins between {first} and {last}."), first=t.day(first), last=t.day(last)),
        uses=[law.window_from, law.window_count_rule],
    )


def window_first(case: Case, law: Convalescence) -> date:
    """The day of the return to work, or the day after the leave."""
    if law.window_from.word == "return":
        return case.day("returned_on")
    return case.day("leave_ended_on") + ONE_DAY


def agreed(case: Case, law: Convalescence, sheet: Sheet) -> None:
    """The employer sets the days with the local union, or alone where there is none."""
    sheet.finding(
        "agreed",
        say(N_("The employer and the union have set the days"))
        if case.flag("agreed")
        else say(N_("The employer and the union have not set the days")),
        case.flag("agreed"),
        law.who_decides_rule,
        facts={"agreed": case.flag("agreed")},
        change=None if case.flag("agreed") else say(N_("A decision of the employer and the union on the days")),
        reason=say(N_("Your employer and the union have not set days of convalescence.")),
    )


def pay(case: Case, law: Convalescence, sheet: Sheet, row: str, before: Iterable[EarlierSpell]) -> None:
    """30 % of the base salary (reference level) a day, calendar days with holidays and weekly rest, at most the days
    of the table less those taken before, by the claim's word or by what was decided of it `before`."""
    claimed = case.spell.period
    sheet.timeline = sheet.days(claimed)
    if sheet.refused_so_far():
        refused = next(f.id for f in sheet.findings if f.verdict == "not_met")
        sheet.timeline = sheet.timeline.put(claimed, Status.NOT_PAID, refused)
        return
    most, known = int(law.most_days.row(row)), sum(map(steps.days_paid, before))
    used = known if known >= int(law.most_days.row(row)) else max(known, case.number("convalescence_days_used"))
    left, wanted = max(0, most - used), sheet.timeline.paid_days()
    sheet.finding(
        "days",
        say(
            N_("At most {most} days, {used} taken before; {days} are claimed"),
            most=t.count(most),
            used=t.count(used),
            days=t.count(wanted),
        ),
        wanted <= left,
        law.most_days,
        facts={"most": most, "used": used, "days": wanted, "row": row},
        reason=say(N_("All {most} days of convalescence have been taken."), most=t.count(most)),
    )
    if wanted > left:
        beyond = Period(steps.counted_to(case, claimed.first, left) + ONE_DAY, claimed.last)
        sheet.timeline = sheet.timeline.put(beyond, Status.EXHAUSTED, "days")
    days = sheet.timeline.paid_days()
    if not days:
        return
    base = law.at(claimed.first).base_salary
    daily = sheet.line(
        "daily",
        say(
            N_("A day: {rate} of {base}"),
            rate=t.rate(law.convalescence_rate.number),
            base=sheet.money(base.number),
        ),
        base.number * law.convalescence_rate.number,
        law.convalescence_rate,
        uses=[base],
    )
    exact = daily.exact * days
    paid = Period(sheet.timeline.where(Status.PAID)[0].first, sheet.timeline.where(Status.PAID)[-1].last)
    sheet.timeline = sheet.timeline.price(paid, law.convalescence_rate.number, exact)
    amount = sheet.component("allowance").pay(paid, exact)
    sheet.line(
        "allowance",
        say(N_n("{days} day of convalescence", "{days} days of convalescence"), days=t.count(days)),
        exact,
        law.most_days,
        inputs=[daily],
        payable=amount,
        uses=[law.calendar_days_rule],
    )
    sheet.granted(
        "days",
        say(
            N_n(
                "You receive {total} for {days} day of convalescence from {first} on.",
                "You receive {total} for {days} days of convalescence from {first} on.",
            ),
            total=sheet.total_param(),
            days=t.count(days),
            first=t.day(claimed.first),
        ),
    )
