"""Benefit of a parent for the care of a sick child under seven.

Each child has days of its own: `child` says which of the parent's children it is (first, second, ...), and an earlier
spell for a child has that word as its kind; one without a word counts for every child.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision
from services.benefits.law.packs.vn import sick_days
from services.benefits.law.packs.vn.reference import in_time, in_work, insured_person, job_of
from services.benefits.law.packs.vn.sick_days import SickDays
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import Period


class Law(SickDays):
    """The figures of the benefit."""

    child_days: Scale
    age_rule: Provision
    two_children_rule: Provision
    two_children_cap_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the law."""
    claimed = case.spell.period
    insured_person(case, law, sheet)
    in_work(case, law, sheet, case.spell.period.first)
    births = [case.day("child_born_on")]
    if case.has("other_child_born_on"):
        births.append(case.day("other_child_born_on"))
    kinds = frozenset({None, "sick_child", case.word("child")} if len(births) == 1 else {None, "sick_child"})
    before = sick_days.earlier_of_leave(case, sheet, claimed.first, kinds)
    onset = before[0].period.first if before else claimed.first
    cap = sum((days_for(law, sheet, born, onset, n) for n, born in enumerate(births)), Fraction(0))
    if sheet.refused_so_far() and (not cap or sheet.findings[0].verdict == "not_met"):
        refused = next(f.id for f in sheet.findings if f.verdict == "not_met")
        sheet.timeline = sheet.days(claimed).put(claimed, Status.NOT_PAID, refused)
        return
    job = job_of(case, claimed.first)
    timeline = steps.certified_days(sheet, claimed, law.certificate_rule, sheet.days(claimed))
    sheet.timeline = sick_days.days_off(case, law, sheet, timeline, job)
    days = within_cap(case, law, sheet, cap, len(births))
    in_time(case, law, sheet, claimed.last)
    if not days:
        no_days(law, sheet)
        return
    base = sick_days.base_of_leave(case, law, sheet, onset)
    daily = sick_days.daily_amount(law, sheet, base, law.sick_rate.number, law.sick_rate)
    units = sick_days.units_of(days)
    total = daily.exact * units
    sick_days.price(sheet, [(days, daily.exact, law.sick_rate.number)])
    amount = sheet.component("allowance", continues=before).pay(
        Period(days[0].period.first, days[-1].period.last), total
    )
    sheet.line(
        "benefit",
        say(N_n("Care of a sick child for {days} day", "Care of a sick child for {days} days"), days=t.count(units)),
        total,
        law.sick_rate,
        inputs=[daily],
        payable=amount,
        uses=[law.working_days_rule],
    )
    sheet.granted(
        f"yearly_cap_{days[0].period.first.year}",
        say(
            N_n(
                "You cared for a sick child from {first} to {last}. You receive {total} for {days} working day.",
                "You cared for a sick child from {first} to {last}. You receive {total} for {days} working days.",
            ),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
            total=sheet.total_param(),
            days=t.count(units),
        ),
    )


def days_for(law: Law, sheet: Sheet, born: date, first: date, number: int) -> Fraction:
    """Working days a year by the child's age at the start of the leave, up to the day before a birthday; none from the
    age that has none."""
    row = law.child_days.row(steps.age_at(born, first))
    days, young = row.value, row.value > 0
    too_old = t.count(row.since)
    sheet.finding(
        "child_age" if number == 0 else "other_child_age",
        say(N_("A child born on {born}: {days} days a year"), born=t.day(born), days=t.count(days))
        if young
        else say(N_("A child born on {born} was {years} or older"), born=t.day(born), years=too_old),
        young,
        law.child_days,
        facts={"born_on": born.isoformat(), "days": int(days)},
        reason=say(N_("The care of a child of {years} years or older is not paid."), years=too_old),
        uses=[law.age_rule],
    )
    return days


def within_cap(case: Case, law: Law, sheet: Sheet, cap: Fraction, children: int) -> list[sick_days.Days]:
    """Each child has days of its own in a calendar year, and so has each parent. For two children sick at once the
    real days off count, which draw on the days of either."""
    job, which = job_of(case, case.spell.period.first), case.word("child")
    sheet.traces.kind = which if children == 1 else None
    earlier = [
        s
        for s in case.earlier_spells
        if s.benefit == "sick_child" and (children > 1 or s.kind in (None, which, "sick_child"))
    ]
    used = sick_days.used_before(case, sheet, earlier, job)
    if children > 1:
        sheet.use(law.two_children_rule, law.two_children_cap_rule)
    days = sick_days.payable(case, law, sheet)
    years = sorted({piece.period.first.year for piece in days})
    inside, beyond = sick_days.within(
        {year: max(Fraction(0), cap - used.get(year, Fraction(0))) for year in years}, days
    )
    for year in years:
        enough = not any(d.period.first.year == year for d in beyond)
        params = {
            "year": t.year(year),
            "cap": t.count(cap),
            "used": t.count(used.get(year, Fraction(0))),
            "needed": t.count(sick_days.units_of(d for d in days if d.period.first.year == year)),
        }
        sheet.finding(
            f"yearly_cap_{year}",
            say(N_("{cap} days of {year}, {used} used before; this leave has {needed}"), **params),
            enough,
            law.child_days,
            facts={"cap": str(cap), "used": str(used.get(year, Fraction(0)))},
            change=None if enough else say(N_("Leave of the other parent, who has days of his or her own")),
            reason=say(N_("Of the {cap} days of {year} you had used {used}; no more days can be paid."), **params),
        )
    sheet.timeline = sick_days.exhaust(sheet.timeline, beyond, inside)
    return inside


def no_days(law: Law, sheet: Sheet) -> None:
    """The leave holds no working day that is payable."""
    if not sheet.refused_so_far():
        sheet.finding(
            "payable_days",
            say(N_("No working day of the leave is payable")),
            False,
            law.working_days_rule,
            reason=say(N_("No day of this leave is payable: they are rest days, holidays or days of other leave.")),
        )
