"""Own sickness in both laws: conditions, the days of a calendar year, and their amount."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line
from services.benefits.domain.case import Case, EarlierSpell, Employment
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Cited, Provision, Value
from services.benefits.law.packs.vn import sick_days
from services.benefits.law.packs.vn.leave_months import CountedMonths, with_leave_months
from services.benefits.law.packs.vn.reference import contributed_in_all, in_work, insured_person
from services.benefits.law.packs.vn.sick_days import Days, SickDays
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import Period

#: Kinds of earlier spell that are own sickness; a sick child's days are claimed for another benefit.
ORDINARY, LONG_TERM = None, "long_term"


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "scope", "conduct", "in_work")


class OwnSickness(SickDays, CountedMonths):
    """The figures both laws have."""

    covered_causes: Value
    excluded_causes: Value
    days_normal: Scale
    days_hazardous: Scale
    armed_forces_rate: Value
    second_phase_rate: Scale
    new_year_cap: Choice
    category_rule: Provision
    years_rule: Provision
    used_days_rule: Provision
    list_rule: Provision


def conditions(case: Case, law: OwnSickness, sheet: Sheet) -> bool:
    """An insured person off work for a cause the law covers, proved by medical papers; no minimum contribution."""
    insured = insured_person(case, law, sheet)
    cause = case.spell.cause
    if cause == "work_injury" and case.flag("relapse_of_work_injury"):
        cause = "relapse"
    covered = cause in ("illness", "accident") or bool(
        cause not in ("self_inflicted", "sick_child") and law.covered_causes.row(cause)
    )
    if cause == "self_inflicted":
        covered = True
    change = None
    if cause == "sick_child":
        change = say(N_("A claim for the care of a sick child"))
    elif not covered:
        change = say(N_("Claim it from the work injury branch, if it belongs there"))
    scope = sheet.finding(
        "scope",
        say(N_("Cause of the leave: {cause}"), cause=t.term(cause)),
        covered,
        law.covered_causes,
        facts={"cause": cause},
        change=change,
        reason=say(N_("Sickness benefit is not paid for this cause: {cause}."), cause=t.term(cause)),
    )
    conduct = "self_harm" if case.spell.cause == "self_inflicted" else case.word("excluded_cause")
    clean = conduct == "none" or not law.excluded_causes.row(conduct)
    right = sheet.finding(
        "conduct",
        say(N_("Not caused by self-harm, drunkenness or listed drugs"))
        if conduct == "none"
        else say(N_("Caused by: {cause}"), cause=t.term(conduct)),
        clean,
        law.excluded_causes,
        facts={"excluded_cause": conduct},
        reason=say(N_("Nothing is paid for an incapacity that came from: {cause}."), cause=t.term(conduct)),
    )
    here = in_work(case, law, sheet, case.spell.period.first)
    return insured and scope and right and here


def refuse_days(sheet: Sheet, claimed: Period) -> None:
    """No day is paid; the first condition that is not met says why."""
    refused = next(f.id for f in sheet.findings if f.verdict == "not_met")
    sheet.timeline = sheet.days(claimed).put(claimed, Status.NOT_PAID, refused)


def certified(case: Case, law: OwnSickness, sheet: Sheet) -> Timeline:
    return steps.certified_days(sheet, case.spell.period, law.certificate_rule, sheet.days(case.spell.period))


def continues(case: Case, law: OwnSickness, sheet: Sheet, earlier: list[EarlierSpell]) -> date:
    """The first day of the leave; a leave may have several papers."""
    if not earlier:
        return case.spell.period.first
    onset = earlier[0].period.first
    sheet.finding(
        "one_leave",
        say(N_("Continues the leave that began on {onset}"), onset=t.day(onset)),
        True,
        law.one_leave_rule,
        facts={"onset": onset.isoformat(), "spells": len(earlier)},
    )
    return onset


def contribution_years(case: Case, law: OwnSickness, sheet: Sheet, onset: date) -> Fraction:
    """Years of compulsory contributions up to the month before the leave, exact; they open a row of each scale."""
    months = contributed_in_all(with_leave_months(case, law, sheet), steps.index_of(onset))
    years = steps.years_of(months)
    sheet.finding(
        "contribution_years",
        say(
            N_n(
                "{months} month of compulsory contributions before the leave",
                "{months} months of compulsory contributions before the leave",
            ),
            months=t.count(months),
        ),
        True,
        law.years_rule,
        facts={"months": months, "years": str(years)},
    )
    return years


def yearly_cap(case: Case, law: OwnSickness, sheet: Sheet, years: Fraction, job: Employment) -> Scale:
    """The table of normal work, or of hazardous work and hard areas, as on the day the leave begins."""
    hard = job.hazardous or case.flag("hard_area")
    table = law.days_hazardous if hard else law.days_normal
    days = table.row(years).whole
    sheet.finding(
        "category",
        say(N_("Hazardous work or hard area: {days} working days a year"), days=t.count(days))
        if hard
        else say(N_("Normal work: {days} working days a year"), days=t.count(days)),
        True,
        law.category_rule,
        facts={"hazardous": hard, "days": days},
        uses=[table],
    )
    return table


def within_cap(
    case: Case,
    law: OwnSickness,
    sheet: Sheet,
    days: list[Days],
    cap: Fraction,
    table: Scale,
    earlier: Iterable[EarlierSpell],
    job: Employment,
    *,
    second_phase: bool = False,
) -> tuple[list[Days], list[Days]]:
    """Each calendar year's days count in that year: the days within its cap, less those taken before, and the days
    beyond it."""
    earlier = list(earlier)
    used = sick_days.used_before(case, sheet, earlier, job)
    if earlier:
        sheet.use(law.used_days_rule)
    years = sorted({piece.period.first.year for piece in days})
    if len(years) > 1:
        sheet.use(law.new_year_cap)
    left = {year: max(Fraction(0), cap - used.get(year, Fraction(0))) for year in years}
    inside, beyond = sick_days.within(dict(left), days, restart=law.new_year_cap.is_("restart"))
    for year in years:
        needed = sick_days.units_of(d for d in days if d.period.first.year == year)
        enough = not any(d.period.first.year == year for d in beyond)
        params = {
            "year": t.year(year),
            "cap": t.count(cap),
            "used": t.count(used.get(year, Fraction(0))),
            "needed": t.count(needed),
        }
        sheet.finding(
            f"yearly_cap_{year}",
            say(N_("{cap} days of {year}, {used} used before; this leave has {needed}"), **params),
            enough or second_phase,
            table,
            facts={"cap": str(cap), "used": str(used.get(year, Fraction(0))), "needed": str(needed)},
            change=None
            if enough or second_phase
            else say(N_("Incapacity on or after {day}"), day=t.day(date(year + 1, 1, 1))),
            reason=say(N_("Of the {cap} days of {year} you had used {used}; no more days can be paid."), **params),
        )
    return inside, beyond


def nothing_payable(sheet: Sheet, law: OwnSickness) -> None:
    """The leave holds no working day that is payable."""
    if sheet.refused_so_far():
        return
    sheet.finding(
        "payable_days",
        say(N_("No working day of the leave is payable")),
        False,
        law.working_days_rule,
        reason=say(N_("No day of this leave is payable: they are rest days, holidays or days of other leave.")),
    )


def pay_days(
    case: Case,
    law: OwnSickness,
    sheet: Sheet,
    onset: date,
    first: list[Days],
    second: list[Days],
    years: Fraction,
    *,
    full_rate: bool = False,
    continues: Sequence[EarlierSpell] = (),
) -> None:
    """Each day the base times the rate, divided by 24; one line, rounded once, for all days of the leave."""
    base = sick_days.base_of_leave(case, law, sheet, onset)
    figure = law.armed_forces_rate if full_rate else law.sick_rate
    inputs, total = list[Line](), Fraction(0)
    priced: list[tuple[list[Days], Fraction, Fraction]] = []
    if first:
        daily = sick_days.daily_amount(law, sheet, base, figure.number, figure)
        exact = daily.exact * sick_days.units_of(first)
        priced.append((first, daily.exact, figure.number))
        total += exact
        inputs = [daily]
        if second:
            inputs = [_phase_line(sheet, "first_phase", first, exact, daily, figure, figure.number)]
    if second:
        rate = law.second_phase_rate.row(years).value
        daily = sick_days.daily_amount(law, sheet, base, rate, law.second_phase_rate, "daily_second")
        exact = daily.exact * sick_days.units_of(second)
        priced.append((second, daily.exact, rate))
        total += exact
        inputs = [
            *inputs,
            _phase_line(sheet, "second_phase", second, exact, daily, law.second_phase_rate, rate),
        ]
    mark_rates(sheet, priced)
    sick_days.price(sheet, priced)
    every = [*first, *second]
    days = sick_days.units_of(every)
    paid = Period(min(d.period.first for d in every), max(d.period.last for d in every))
    amount = sheet.component("allowance", continues=continues).pay(paid, total)
    sheet.line(
        "benefit",
        say(N_n("Sickness benefit for {days} day", "Sickness benefit for {days} days"), days=t.count(days)),
        total,
        figure,
        inputs=inputs,
        payable=amount,
        uses=[law.working_days_rule],
    )
    sheet.granted(
        "scope",
        say(
            N_n(
                "You were off work from {first} to {last}. You receive {total} for {days} working day.",
                "You were off work from {first} to {last}. You receive {total} for {days} working days.",
            ),
            first=t.day(case.spell.period.first),
            last=t.day(case.spell.period.last),
            total=sheet.total_param(),
            days=t.count(days),
        ),
    )


def mark_rates(sheet: Sheet, priced: list[tuple[list[Days], Fraction, Fraction]]) -> None:
    """Mark each day from which another rate is paid: where the rate falls, and where a new year's days raise it."""
    rates = sorted((piece.period.first, phase, rate) for phase, (days, _, rate) in enumerate(priced) for piece in days)
    for (_, _, before), (on, _, rate) in itertools.pairwise(rates):
        if rate != before:
            sheet.mark(on, say(N_("{rate} from here"), rate=t.rate(rate)))


def _phase_line(
    sheet: Sheet, id: str, days: list[Days], exact: Fraction, daily: Line, cite: Cited, rate: Fraction
) -> Line:
    return sheet.line(
        id,
        say(
            N_n("{days} day at {rate}", "{days} days at {rate}"),
            days=t.count(sick_days.units_of(days)),
            rate=t.rate(rate),
        ),
        exact,
        cite,
        inputs=[daily],
    )
