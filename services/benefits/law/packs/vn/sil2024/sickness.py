"""Sickness benefit under the law of 2024: a yearly cap in working days; a listed disease goes on at a lower rate."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.law.figures import Provision
from services.benefits.law.packs.vn import own_sickness, sick_days
from services.benefits.law.packs.vn.own_sickness import LONG_TERM, OF_THE_WHOLE, ORDINARY, OwnSickness
from services.benefits.law.packs.vn.reference import in_time, job_of
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say


class Law(OwnSickness):
    """The figures of the sickness benefit."""

    old_long_leave_rule: Provision
    settled_period_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the law."""
    claimed = case.spell.period
    if not own_sickness.conditions(case, law, sheet):
        own_sickness.refuse_days(sheet, claimed)
        return
    job = job_of(case, claimed.first)
    timeline = own_sickness.certified(case, law, sheet)
    before = sick_days.earlier_of_leave(case, sheet, claimed.first, frozenset({ORDINARY, LONG_TERM}))
    onset = own_sickness.continues(case, law, sheet, before)
    if onset < law.days_normal.since:
        sheet.use(law.settled_period_rule)
    years = own_sickness.contribution_years(case, law, sheet, onset)
    sheet.timeline = sick_days.days_off(case, law, sheet, timeline, job)
    days = sick_days.payable(case, law, sheet)
    listed = listed_disease(case, law, sheet)
    sheet.traces.kind = LONG_TERM if listed else ORDINARY
    armed = case.insured.insured_as == "armed_forces"
    second: list[sick_days.Days] = []
    if armed:
        sheet.finding(
            "armed_forces",
            say(N_("Armed forces: as long as treatment requires")),
            True,
            law.armed_forces_rate,
        )
    else:
        table = own_sickness.yearly_cap(case, law, sheet, years, job)
        days, beyond = own_sickness.within_cap(
            case,
            law,
            sheet,
            days,
            table.row(years).value,
            table,
            counted(case, law, sheet, before),
            job,
            second_phase=listed,
        )
        if listed:
            second = beyond
        else:
            sheet.timeline = sick_days.exhaust(sheet.timeline, beyond, days)
    in_time(case, law, sheet, claimed.last)
    if not days and not second:
        own_sickness.nothing_payable(sheet, law)
        return
    own_sickness.pay_days(case, law, sheet, onset, days, second, years, full_rate=armed, continues=before)


def listed_disease(case: Case, law: Law, sheet: Sheet) -> bool:
    """A disease on the list goes on after the yearly cap, at a lower rate, while treatment continues."""
    listed = case.flag("listed_disease")
    if listed:
        sheet.finding(
            "listed_disease",
            say(N_("A disease on the list of those that need long treatment")),
            True,
            law.list_rule,
            facts={"listed": True},
        )
    return listed


def counted(case: Case, law: Law, sheet: Sheet, of_leave: list[EarlierSpell]) -> list[EarlierSpell]:
    """Days of own sickness of the year count against the cap, but not those of a long leave begun before the law
    (for the cap of 2025)."""
    since, found = law.days_normal.since, []
    onset: date = of_leave[0].period.first if of_leave else case.spell.period.first
    for spell in case.earlier_spells:
        if spell.benefit != "sickness" or spell.kind not in (ORDINARY, LONG_TERM):
            continue
        began = onset if spell in of_leave else spell.period.first
        if spell.kind == LONG_TERM and began < since:
            sheet.use(law.old_long_leave_rule)
            continue
        found.append(spell)
    return found


__all__ = ["OF_THE_WHOLE", "Law", "assess"]
