"""Sickness benefit of the test pack: whatever a worked computation asks for, in one law."""

from __future__ import annotations

from datetime import timedelta

from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law.figures import Figures, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period, add_months


class Law(Figures):
    rate: Value
    later_rate: Value
    later_after: Value
    ceiling: Value
    flat: Value
    waiting_days: Value
    longest_days: Value
    longest_months: Value
    from_onset: Value
    working: Value
    year_days: Value
    contributed_months: Value


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    claimed = case.spell.period
    qualified = steps.contributed_months(
        sheet, "contributed", steps.months_before(claimed.first, 36), law.contributed_months
    )
    line = Timeline.of(claimed)
    if law.working.whole:
        for period, letter in sheet.calendar.off_days(claimed, case.employment):
            line = line.put(period, letter, say(N_("off")))
    wait = law.waiting_days.whole
    if wait:
        last = min(claimed.last, claimed.first + timedelta(days=wait - 1))
        line = line.put(Period(claimed.first, last), Status.WAITING, say(N_("waiting")))
    begins = claimed.first if law.from_onset.whole else claimed.first + timedelta(days=wait)
    if law.longest_months.limit is not None:
        end = add_months(begins, law.longest_months.whole)
    else:
        end = begins + timedelta(days=law.longest_days.whole)
    if law.year_days.limit is not None:
        used = sum(int(d) for s in case.earlier_spells for d in s.paid_days.values())
        first = line.nth_day(Status.PAID, max(0, law.year_days.whole - used) + 1)
        end = min(end, first) if first else end
    if end <= claimed.last:
        line = line.put(Period(max(end, claimed.first), claimed.last), Status.EXHAUSTED, say(N_("used up")))
    if not qualified:
        sheet.timeline = line.put(claimed, Status.NOT_PAID, "contributed")
        return
    sheet.timeline = line
    if not line.paid_days():
        sheet.finding("days", say(N_("no day")), False, law.waiting_days, reason=say(N_("No day.")))
        return
    wage = case.contributions[-1].wage
    if law.ceiling.limit is not None:
        wage = min(wage, law.ceiling.number)
    due = sheet.component("allowance")
    first_paid = line.first_day(Status.PAID)
    assert first_paid is not None
    pieces = [claimed]
    if law.later_after.limit is not None:
        change = first_paid + timedelta(days=law.later_after.whole)
        if change <= claimed.last:
            pieces = [Period(claimed.first, change - ONE_DAY), Period(change, claimed.last)]
    for n, piece in enumerate(pieces):
        rate = (law.later_rate if n else law.rate).number
        monthly = law.flat.number if law.flat.limit is not None else wage * rate
        days = line.paid_days(piece)
        if days:
            exact = monthly / 30 * days
            sheet.timeline = sheet.timeline.price(piece, rate, exact)
            due.pay(piece, exact)
    sheet.granted("contributed", say(N_("Granted.")))
