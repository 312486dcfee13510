"""Convalescence after sickness."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import convalescence
from services.benefits.law.packs.vn.convalescence import Convalescence
from services.benefits.law.packs.vn.reference import in_time, in_work, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_n, say


class Law(Convalescence):
    """The figures of the benefit."""

    sick_days_needed: Value
    year_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work", "sick_days", "window", "agreed")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Thirty sick days or more in the year; ten, seven or five days by the last sick leave."""
    insured_person(case, law, sheet)
    in_work(case, law, sheet, case.spell.period.first)
    sick, needed = max(case.number("sick_days_in_year"), sick_days_known(case)), law.sick_days_needed.whole
    sheet.finding(
        "sick_days",
        say(
            N_n(
                "{days} sick day in the year; {needed} are needed", "{days} sick days in the year; {needed} are needed"
            ),
            days=t.count(sick),
            needed=t.count(needed),
        ),
        sick >= needed,
        law.sick_days_needed,
        facts={"days": sick, "needed": needed},
        change=None
        if sick >= needed
        else say(
            N_n("{days} more sick day in the year", "{days} more sick days in the year"), days=t.count(needed - sick)
        ),
        reason=say(
            N_n(
                "You had {days} sick day in the year; convalescence needs {needed}.",
                "You had {days} sick days in the year; convalescence needs {needed}.",
            ),
            days=t.count(sick),
            needed=t.count(needed),
        ),
        uses=[law.year_rule],
    )
    convalescence.window(case, law, sheet)
    convalescence.agreed(case, law, sheet)
    in_time(case, law, sheet, case.spell.period.last, employer_only=True)
    year = case.day("leave_ended_on").year
    before = [
        s
        for s in case.earlier_spells
        if s.benefit == case.benefit and s.event_on is not None and s.event_on.year == year
    ]
    sheet.traces.event_on = case.day("leave_ended_on")
    convalescence.pay(case, law, sheet, case.word("last_leave"), before)


def sick_days_known(case: Case) -> int:
    """Days of own sickness that our own decisions paid in the year in which the last sick leave ended."""
    year = case.day("leave_ended_on").year
    own = [s.paid_by_year() or {} for s in case.earlier_spells if s.benefit == "sickness"]
    return int(sum(days.get(year, 0) for days in own))
