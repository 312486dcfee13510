"""Sickness benefit of Lao PDR: general disease and accidents outside work."""

from __future__ import annotations

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.packs.la.ssl2018.reference import in_time, qualifying_window
from services.benefits.law.packs.la.ssl2018.sickness_amounts import amounts
from services.benefits.law.packs.la.ssl2018.sickness_law import History, Law, case_of
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period, add_months

#: Conditions of the claim as a whole: where one is not met, the fund pays no day.
OF_THE_WHOLE = ("contributed", "scope", "wage_stopped", "in_time")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the institution's page."""
    claimed = case.spell.period
    in_scope(case, law, sheet)
    contributed(case, law, sheet, claimed)
    if work_unknown(case, sheet):
        return
    history = case_of(case, law, claimed)
    if history.first_payable <= claimed.last:
        sheet.traces.first_payable = history.first_payable
    timeline = qualifies(case, law, sheet, history, claimed)
    in_time(case, law, sheet, max(history.first_payable, claimed.first))
    sheet.timeline = payable_days(case, law, sheet, history, timeline)
    first = sheet.timeline.first_day(Status.PAID)
    if first is None and not sheet.refused_so_far():
        nothing_left(law, sheet, history, claimed)
    if first is None:
        return
    amounts(case, law, sheet, history)
    conclude(case, law, sheet, history)


def work_unknown(case: Case, sheet: Sheet) -> bool:
    """Whether facts of the work are missing and had to be asked; a voluntary member has no employer."""
    if case.insured.insured_as == "voluntary":
        return False
    asked = [sheet.needs_work_fact("pay"), sheet.needs_work_fact("wage_stopped_word")]
    if case.employment.pay not in (None, "monthly"):
        asked.append(sheet.needs_work_fact("days_worked"))
    return any(asked)


def contributed(case: Case, law: Law, sheet: Sheet, claimed: Period) -> None:
    """Three months of contributions in the twelve calendar months before the month in which the case began."""
    earlier = steps.linked(case, law.relapse_days.whole)
    steps.contributed_months(
        sheet,
        "contributed",
        qualifying_window(case, law, earlier[0].period.first if earlier else claimed.first),
        law.contributed_months,
        uses=[law.window_months],
    )


def in_scope(case: Case, law: Law, sheet: Sheet) -> None:
    """No work injury."""
    general = case.spell.cause != "work_injury"
    sheet.finding(
        "scope",
        say(N_("Not a work injury")) if general else say(N_("A work injury")),
        general,
        law.scope_rule,
        facts={"cause": case.spell.cause},
        change=None if general else say(N_("Claim it from the work injury branch")),
        reason=say(N_("A work injury is not paid by the sickness benefit but by the work injury branch.")),
    )


def qualifies(case: Case, law: Law, sheet: Sheet, history: History, claimed: Period) -> Timeline:
    """Salary stopped, medical certificate."""
    if history.earlier:
        sheet.finding(
            "linked",
            say(N_("Continues the case that began on {onset}"), onset=t.day(history.onset)),
            True,
            law.relapse_days,
            facts={"onset": history.onset.isoformat(), "spells": len(history.earlier)},
        )
    timeline = sheet.days(claimed)
    timeline = steps.certified_days(sheet, claimed, law.certificate_rule, timeline)
    wage_stopped(case, law, sheet, history, claimed)
    return timeline


def wage_stopped(case: Case, law: Law, sheet: Sheet, history: History, claimed: Period) -> None:
    """The salary is stopped during the leave; the worker's word alone is for an officer to judge."""
    if case.insured.insured_as == "voluntary":
        return
    since = max(history.first_payable, claimed.first)
    job = case.employment
    if since > claimed.last:
        return
    if (until := case.wage_paid_until) is not None and until >= since:
        since = until + ONE_DAY
    if since > claimed.last:
        return
    sure = job.wage_stopped_word != "worker"
    sheet.finding(
        "wage_stopped",
        say(N_("Wage stopped from {day}"), day=t.day(since)),
        True if sure else None,
        law.wage_stopped_rule,
        facts={"word_of": job.wage_stopped_word, "from": since.isoformat()},
        change=None if sure else say(N_("The employer's statement that the wage stopped")),
        reason=None
        if sure
        else say(N_("Only you have said that your wage stopped on {day}; your employer has not."), day=t.day(since)),
    )


def payable_days(case: Case, law: Law, sheet: Sheet, history: History, timeline: Timeline) -> Timeline:
    """From the first day after the employer's days to the end of the second phase, without days on which the wage
    went on, the person worked, or maternity benefit is paid."""
    claimed = case.spell.period
    begins = history.first_payable
    if history.employer_days and claimed.first < begins:
        last = min(claimed.last, begins - ONE_DAY)
        sheet.finding(
            "employer_days",
            say(
                N_n(
                    "The employer pays {days} day of {year}, up to {last}",
                    "The employer pays {days} days of {year}, up to {last}",
                ),
                days=t.count((last - claimed.first).days + 1),
                year=t.year(history.onset.year),
                last=t.day(last),
            ),
            True,
            law.employer_days,
            facts={"days": (last - claimed.first).days + 1, "available": history.employer_days},
            uses=[law.employer_year_rule],
        )
        timeline = timeline.put(Period(claimed.first, last), Status.EMPLOYER, "employer_days", "employer")
    elif case.insured.insured_as != "voluntary":
        sheet.finding(
            "employer_days",
            say(
                N_("No employer-paid days of {year} are left for this spell"),
                year=t.year(history.onset.year),
            ),
            True,
            law.employer_days,
            facts={"available": history.employer_days},
            uses=[law.employer_year_rule],
        )
    if (until := case.wage_paid_until) is not None and until >= begins and until >= claimed.first:
        beyond = Period(max(begins, claimed.first), until)
        timeline = timeline.put(beyond, Status.NOT_PAID, say(steps.NOT_PAYABLE["wage_paid"]))
        sheet.use(law.suspension_rule)
    timeline = steps.not_payable(sheet, timeline, law.suspension_rule)
    for birth in case.earlier_spells:
        if birth.benefit not in ("birth", "miscarriage"):
            continue
        if not birth.pays_nothing and birth.paid_span.overlap(claimed):
            timeline = timeline.put(birth.paid_span, Status.NOT_PAID, say(N_("Maternity benefit is paid for this day")))
            sheet.use(law.maternity_first_rule)
    end = add_months(begins, law.longest_months.whole)
    if end <= claimed.last:
        sheet.finding(
            "longest",
            say(
                N_("The benefit ends on {day}, after {months} months"),
                day=t.day(end - ONE_DAY),
                months=t.count(law.longest_months.whole),
            ),
            False,
            law.longest_months,
            facts={"last_day": (end - ONE_DAY).isoformat()},
            change=say(N_("An assessment of invalidity")),
            reason=say(
                N_("The sickness benefit of this case ended on {day}; what follows is an assessment of invalidity."),
                day=t.day(end - ONE_DAY),
            ),
        )
        timeline = timeline.put(Period(max(end, claimed.first), claimed.last), Status.EXHAUSTED, "longest")
    unmet = next((f for f in sheet.findings if f.verdict == NOT_MET and f.id in OF_THE_WHOLE), None)
    return timeline.put_all(timeline.where(Status.PAID), Status.NOT_PAID, unmet.id) if unmet else timeline


def nothing_left(law: Law, sheet: Sheet, history: History, claimed: Period) -> None:
    """No day of the spell is for the fund."""
    sheet.finding(
        "days_for_the_fund",
        say(
            N_("No day from {first} to {last} is for the fund"),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
        ),
        False,
        law.employer_days,
        facts={"employer_days": history.employer_days},
        change=say(N_("Incapacity after {day}"), day=t.day(claimed.last)),
        reason=say(
            N_("Your employer pays you for all days from {first} to {last}, so the fund pays nothing for them.")
            if sheet.timeline.count(Status.EMPLOYER) == claimed.length
            else N_("None of the days from {first} to {last} can be paid; beside each of them stands why."),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
        ),
    )


def conclude(case: Case, law: Law, sheet: Sheet, history: History) -> None:
    """The sentence that opens the letter."""
    claimed, line = case.spell.period, sheet.timeline
    first, last = line.first_day(Status.PAID), line.last_day(Status.PAID)
    assert first is not None  # noqa: S101
    assert last is not None  # noqa: S101
    found = sheet.finding_facts("contributed")
    params = {
        "first": t.day(claimed.first),
        "last": t.day(claimed.last),
        "have": t.count(found["months"]),
        "months": t.count(found["window"]),
        "needed": t.count(found["needed"]),
        "total": sheet.total_param(),
        "paid_from": t.day(first),
        "paid_to": t.day(last),
    }
    employer = line.last_day(Status.EMPLOYER)
    if employer is not None:
        sheet.granted(
            "contributed",
            say(
                N_(
                    "You were unable to work from {first} to {last}, your employer paid you until {employer}, and you "
                    "had contributed {have} of the {months} months before; {needed} are needed. You receive {total} "
                    "for {paid_from} to {paid_to}."
                ),
                **params,
                employer=t.day(employer),
            ),
        )
        return
    sheet.granted(
        "contributed",
        say(
            N_(
                "You were unable to work from {first} to {last}, and you had contributed {have} of the {months} months "
                "before; {needed} are needed. You receive {total} for {paid_from} to {paid_to}."
            ),
            **params,
        ),
    )
