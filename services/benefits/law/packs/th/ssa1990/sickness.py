"""Sickness benefit of Thailand, SSA ss. 62-64: employees (s. 33) and former employees who continue (s.
39)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.case import Case, EarlierSpell, Employment
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Span, Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.th.ssa1990.limits import Limits, days_used, within_limits
from services.benefits.law.packs.th.ssa1990.wages import (
    covered,
    daily_wage,
    in_time,
    job_ended,
    months_of_33_and_39,
    section_of,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Limits):
    """The figures of the sickness benefit."""

    contributed_months: Value
    sickness_rate: Value
    employer_days: Value
    ordered_rule: Provision
    counted_rule: Provision
    employer_first_rule: Provision
    difference_rule: Provision
    last_day_rule: Provision
    not_work_rule: Provision
    own_harm_rule: Provision
    refusal_rule: Provision
    spell_rule: Provision
    chronic_limit_rule: Provision
    chronic_list: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the Act."""
    claimed = case.spell.period
    not_from_work(case, law, sheet)
    chain = steps.linked(case, without_return(case, sheet))
    onset = chain[0].period.first if chain else claimed.first
    qualifies(case, law, sheet, onset, chain)
    if facts_missing(case, law, sheet, chain, claimed):
        return
    chronic = listed(case, law, sheet)
    sheet.traces.kind = "chronic" if chronic else None
    in_time(case, law.claim_years, sheet, claimed.first)
    timeline = employer_pays(case, law, sheet, sheet.days(claimed))
    timeline = steps.certified_days(sheet, claimed, law.ordered_rule, timeline)
    timeline = steps.not_payable(sheet, timeline, law.refusal_rule, ("worked", "treatment_refused", "false_statement"))
    used = days_used(case, law, chain, steps.continued_by(case, without_return(case, sheet)))
    sheet.timeline = within_limits(law, sheet, timeline, used, chronic)
    refused = next((f.id for f in sheet.findings if f.verdict == NOT_MET and f.id in OF_THE_WHOLE), None)
    if refused is not None:
        sheet.timeline = sheet.timeline.put_all(sheet.timeline.where(Status.PAID), Status.NOT_PAID, refused)
        return
    if not sheet.timeline.paid_days() and not employer_pays_less(case, sheet):
        nothing_left(law, sheet, claimed)
        return
    amounts(case, law, sheet, onset, chain)
    conclude(law, sheet, claimed)


#: Conditions of the claim as a whole: where one is not met, no day is paid.
OF_THE_WHOLE = (
    *("covered", "still_insured", "cover_after_job", "contributed", "not_work", "own_harm"),
    *("right_to_wage", "in_time"),
)


SATURDAY = 6
#: Rest days of a person without an employer who sets them.
WEEKEND = frozenset({SATURDAY, 7})


def without_return(case: Case, sheet: Sheet) -> steps.Follows:
    """Orders follow each other where nobody returned to work between them: only weekly rest and public holidays of
    the employer lie there. One who has no employer has no work to return to on Saturdays and Sundays."""

    def follows(last: date, first: date) -> bool | None:
        if last + ONE_DAY >= first:
            return True
        between = Period(last + ONE_DAY, first - ONE_DAY)
        if any(between.overlap(worked) for worked in case.happened("worked")):
            return False
        if not employed(case, first):
            return sheet.calendar.all_off(between, Employment(), WEEKEND)
        if sheet.calendar.all_off(between, case.employment):
            return True
        if case.employment.weekly_rest is None and sheet.calendar.all_off(between, case.employment, WEEKEND):
            return None
        return False

    return follows


def employed(case: Case, on: date) -> bool:
    """Whether there is an employer who could owe the wage of a day: section 33, and a job that has not ended."""
    ended = job_ended(case)
    return section_of(case) == "33" and (ended is None or ended >= on)


def facts_missing(case: Case, law: Law, sheet: Sheet, chain: list[EarlierSpell], claimed: Period) -> bool:
    """The employer's certificate names the last day with wage; without it there is nothing to decide on."""
    asked = employed(case, claimed.first) and sheet.needs_work_fact("wage_paid_until")
    if law.limits_and_employer_days.is_("not_counted") or section_of(case) != "33":
        return asked
    for number, spell in enumerate(case.earlier_spells):
        counts = spell in chain or spell.period.last.year >= claimed.first.year
        if spell.benefit == "sickness" and spell.paid_days and spell.of_employer() is None and counts:
            sheet.ask(
                f"#/earlier_spells/{number}/employer_days",
                "fact_missing",
                say(N_("For how many days of the earlier spell did the employer pay?")),
            )
            asked = True
    return asked


def qualifies(case: Case, law: Law, sheet: Sheet, onset: date, chain: list[EarlierSpell]) -> None:
    """Three months of contributions in the fifteen months before the month of treatment."""
    covered(case, law, sheet, onset)
    steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(onset, law.window_months.whole),
        law.contributed_months,
        uses=[law.window_months],
        kinds=months_of_33_and_39(case, law, sheet),
    )
    if chain:
        sheet.finding(
            "same_spell",
            say(N_("Continues the spell that began on {onset}"), onset=t.day(onset)),
            True,
            law.spell_rule,
            facts={"onset": onset.isoformat(), "orders": len(chain) + 1},
        )
    else:
        sheet.use(law.spell_rule)


def not_from_work(case: Case, law: Law, sheet: Sheet) -> None:
    """An injury or illness that does not come from work (s. 61: nor from the person's own will)."""
    work = case.spell.cause == "work_injury"
    sheet.finding(
        "not_work",
        say(N_("Does not come from work")) if not work else say(N_("Comes from work")),
        not work,
        law.not_work_rule,
        facts={"cause": case.spell.cause},
        change=say(N_("A claim on the Workmen's Compensation Fund")) if work else None,
        reason=say(N_("An injury or illness from work is not paid by this benefit.")),
    )
    if case.spell.cause == "self_inflicted":
        sheet.finding(
            "own_harm",
            say(N_("The person harmed herself or himself, or agreed to it")),
            False,
            law.own_harm_rule,
            facts={"cause": case.spell.cause},
            reason=say(N_("Nothing is paid for harm that a person did to herself or himself, or agreed to.")),
        )


def listed(case: Case, law: Law, sheet: Sheet) -> bool:
    """Listed chronic diseases have 365 days; whether one not listed counts as such the Medical Committee
    decides."""
    disease = case.word("chronic_disease")
    if disease == "none":
        return False
    if disease != "other":
        sheet.finding(
            "chronic",
            say(N_("A chronic disease on the list: {disease}"), disease=t.term(_DISEASE[disease])),
            True,
            law.chronic_list,
            facts={"disease": disease},
            uses=[law.chronic_limit_rule],
        )
        return True
    sheet.finding(
        "chronic",
        say(N_("The Medical Committee decides whether this disease counts as chronic")),
        None,
        law.chronic_list,
        facts={"disease": disease},
        change=say(N_("A decision of the Medical Committee")),
        reason=say(N_("The Medical Committee must say whether your illness counts as chronic.")),
        uses=[law.chronic_limit_rule],
    )
    judged = case.judgements.get("chronic")
    return judged is not None and judged.met


_DISEASE = {
    "cancer": N_("cancer"),
    "kidney_failure": N_("chronic kidney failure"),
    "aids": N_("AIDS"),
    "paralysis": N_("paralysis from a disease or injury of brain, vessels or spine"),
    "complicated_fracture": N_("a bone fracture with complications"),
}


def employer_pays(case: Case, law: Law, sheet: Sheet, timeline: Timeline) -> Timeline:
    """s. 64 para. 3: no benefit while the person has a right to wages under the labour law or the rules of work, from
    any employer."""
    claimed = case.spell.period
    if not employed(case, claimed.first):
        return timeline
    until = case.wage_paid_until
    assert until is not None  # noqa: S101 - asked before
    periods = [Period(claimed.first, min(until, claimed.last))] if until >= claimed.first else []
    days = periods[0].length if periods else 0
    sheet.finding(
        "employer_days",
        say(
            N_n("The employer pays {days} day, up to {last}", "The employer pays {days} days, up to {last}"),
            days=t.count(days),
            last=t.day(periods[0].last),
        )
        if periods
        else say(N_("The employer certifies no wage for this spell")),
        True,
        law.employer_first_rule,
        facts={"days": days, "wage_paid_until": until.isoformat()},
        uses=[law.last_day_rule],
    )
    if case.has("employer_days_used"):
        right_used_up(case, law, sheet, periods)
    periods += case.happened("wage_paid")
    return timeline.put_all(periods, Status.EMPLOYER, "employer_days", "employer")


def right_used_up(case: Case, law: Law, sheet: Sheet, periods: list[Period]) -> None:
    """LPA ss. 32, 57: up to thirty working days a year at full wage. Where the employer stopped earlier, the
    wage may still be due, which is for an officer to judge."""
    within = sum(sheet.calendar.working_days(period, case.employment) for period in periods)
    used, limit = case.number("employer_days_used") + within, law.employer_days.whole
    open_ = used < limit and (not periods or periods[0].last < case.spell.period.last)
    sheet.finding(
        "right_to_wage",
        say(
            N_("{used} of {limit} working days of paid sick leave used"),
            used=t.count(used),
            limit=t.count(limit),
        ),
        None if open_ else True,
        law.employer_days,
        facts={"used": used, "limit": limit},
        change=say(N_("The employer's statement that the right to the wage has ended")) if open_ else None,
        reason=say(
            N_("Your employer may still owe you wages: {used} of {limit} working days of sick leave were paid."),
            used=t.count(used),
            limit=t.count(limit),
        )
        if open_
        else None,
    )


# Amounts --------------------------------------------------------------------------------------------


def employer_pays_less(case: Case, sheet: Sheet) -> bool:
    """Whether days with wage may bring the difference to the benefit."""
    return case.has("employer_daily_pay") and any(_with_wage(span) for span in sheet.timeline)


def _with_wage(span: Span) -> bool:
    return span.status is Status.EMPLOYER and not any(
        isinstance(r, str) and r.startswith("longest") for r in span.reasons
    )


def amounts(case: Case, law: Law, sheet: Sheet, onset: date, chain: list[EarlierSpell]) -> None:
    """Half of the daily wage for each day; where the employer pays less than that, the difference (s. 64
    para. 3)."""
    wage = daily_wage(case, law, sheet, onset)
    rate = law.sickness_rate
    benefit = sheet.line(
        "daily_benefit",
        say(N_("Daily benefit: {rate} of the daily wage"), rate=t.rate(rate.number)),
        wage.exact * rate.number,
        rate,
        inputs=[wage],
    )
    days, line = sheet.timeline.paid_days(), sheet.timeline
    exact = benefit.exact * days
    prices: list[tuple[Period, Fraction | None, Fraction]] = [
        (span.period, rate.number, benefit.exact * span.days) for span in line if span.is_paid
    ]
    inputs = [benefit]
    if employer_pays_less(case, sheet):
        paid = case.amount("employer_daily_pay")
        less = max(Fraction(0), benefit.exact - paid)
        short = [span.period for span in line if _with_wage(span)]
        number = sum(period.length for period in short)
        difference = sheet.line(
            "difference",
            say(
                N_n(
                    "{days} day with {wage} from the employer: the difference to the daily benefit",
                    "{days} days with {wage} from the employer: the difference to the daily benefit",
                ),
                days=t.count(number),
                wage=sheet.money(paid),
            ),
            less * number,
            law.difference_rule,
            inputs=[benefit],
        )
        if less:
            prices += [(period, None, less * period.length) for period in short]
            reason = say(N_("The employer paid {wage}; the difference is paid"), wage=sheet.money(paid))
            line = line.combine(
                lambda span: (
                    Span(span.period, Status.PAID, "fund", None, None, (*span.reasons, reason))
                    if _with_wage(span)
                    else span
                )
            )
        exact += difference.exact
        inputs.append(difference)
    sheet.timeline = line.price_all(sorted(prices, key=lambda price: price[0]))
    if not sheet.timeline.paid_days():
        nothing_left(law, sheet, case.spell.period)
        return
    first, last = sheet.timeline.first_day(Status.PAID), sheet.timeline.last_day(Status.PAID)
    assert first is not None  # noqa: S101
    assert last is not None  # noqa: S101
    sheet.line(
        "benefit",
        say(
            N_n("Sickness benefit for {days} day", "Sickness benefit for {days} days"),
            days=t.count(sheet.timeline.paid_days()),
        ),
        exact,
        law.sickness_rate,
        inputs=inputs,
        payable=sheet.component("allowance", continues=chain).pay(Period(first, last), exact),
        uses=[law.counted_rule],
    )


def nothing_left(law: Law, sheet: Sheet, claimed: Period) -> None:
    """All days have wage, so benefit never begins."""
    if sheet.refused_so_far():
        return
    sheet.finding(
        "days_for_the_fund",
        say(
            N_("No day from {first} to {last} is without wage"),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
        ),
        False,
        law.employer_first_rule,
        facts={"days": claimed.length},
        change=say(N_("Days off after {day}, ordered by a doctor"), day=t.day(claimed.last)),
        reason=say(
            N_("Nothing is left to pay from {first} to {last}: your employer pays these days, or you worked."),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
        ),
    )


def conclude(law: Law, sheet: Sheet, claimed: Period) -> None:
    """The sentence that opens the letter."""
    found = sheet.finding_facts("contributed")
    sheet.granted(
        "contributed",
        say(
            N_n(
                "A doctor ordered you off work from {first} to {last}, and you had "
                "contributed {have} of the {months} months before; {needed} are needed. "
                "You receive {total} for {days} day.",
                "A doctor ordered you off work from {first} to {last}, and you had "
                "contributed {have} of the {months} months before; {needed} are needed. "
                "You receive {total} for {days} days.",
            ),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
            have=t.count(found["months"]),
            months=t.count(law.window_months.whole),
            needed=t.count(found["needed"]),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )
