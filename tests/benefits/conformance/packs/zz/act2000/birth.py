"""Birth benefit of the test pack."""

from __future__ import annotations

from datetime import timedelta

from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law.figures import Figures, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period


class Law(Figures):
    birth_rate: Value
    later_birth_rate: Value
    later_birth_after: Value
    birth_ceiling: Value
    birth_flat: Value
    paid_days: Value
    leave_days: Value
    extended: Value
    birth_months: Value


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    first = case.spell.first_day
    assert first is not None
    born = case.day("birth_on")
    qualified = steps.contributed_months(sheet, "contributed", steps.months_before(first, 36), law.birth_months)
    late = max(0, (born - first).days - 42) if law.extended.whole else 0
    leave = Period(first, first + timedelta(days=law.leave_days.whole + late - 1))
    line = Timeline.of(leave)
    paid = law.paid_days.whole + (late if law.paid_days.whole >= law.leave_days.whole else 0)
    if paid < leave.length:
        line = line.put(Period(first + timedelta(days=paid), leave.last), Status.EXHAUSTED, say(N_("used up")))
    if not qualified:
        sheet.timeline = line.put(leave, Status.NOT_PAID, "contributed")
        return
    sheet.timeline = line
    wage = case.contributions[-1].wage
    if law.birth_ceiling.limit is not None:
        wage = min(wage, law.birth_ceiling.number)
    due = sheet.component("allowance")
    pieces = [leave]
    if law.later_birth_after.limit is not None:
        change = first + timedelta(days=law.later_birth_after.whole)
        pieces = [Period(first, change - ONE_DAY), Period(change, leave.last)]
    for n, piece in enumerate(pieces):
        rate = (law.later_birth_rate if n else law.birth_rate).number
        monthly = law.birth_flat.number if law.birth_flat.limit is not None else wage * rate
        days = line.paid_days(piece)
        if days:
            exact = monthly / 30 * days
            sheet.timeline = sheet.timeline.price(piece, rate, exact)
            due.pay(piece, exact)
    sheet.granted("contributed", say(N_("Granted.")))
