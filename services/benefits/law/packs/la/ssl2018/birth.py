"""Birth benefit of Lao PDR: lump sum for each child, monthly allowance for the insured woman on leave."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.facts import Case
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.la.ssl2018 import maternity
from services.benefits.law.packs.la.ssl2018.reference import (
    average_insured_salary,
    in_time,
    qualifying_window,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period


class Law(maternity.Maternity):
    """The figures of the birth benefit."""

    birth_contributed_months: Value
    birth_pregnancy_months: Value
    leave_days_twins: Value
    days_after_birth: Value
    death_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the institution's page."""
    born, mother = case.day("birth_on"), maternity.claimed_by_mother(case)
    qualifies(case, law, sheet, born)
    begins = born
    if mother:
        leave = leave_of(case, law)
        begins = leave.first
        sheet.timeline = payable_days(case, law, sheet, leave)
        rest_after_birth(law, sheet, born)
    in_time(case, law, sheet, born)
    unmet = next((f for f in sheet.findings if f.verdict == NOT_MET and f.id != "rest_after_birth"), None)
    if unmet is not None:
        sheet.timeline = sheet.timeline.mark_all(sheet.timeline.where("P"), "N", unmet.id)
        return
    average = average_insured_salary(case, law, sheet, begins)
    if mother and sheet.timeline.paid_days():
        maternity.allowance(case, law, sheet, average)
    maternity.lump_sum(law, sheet, average, case.number("children"), born)
    conclude(case, law, sheet, born)


def qualifies(case: Case, law: Law, sheet: Sheet, born: date) -> None:
    """A birth after six months or more of pregnancy; nine months of contributions in the twelve calendar months
    before the month of the birth."""
    steps.contributed_months(
        sheet,
        "contributed",
        qualifying_window(case, law, born),
        law.birth_contributed_months,
        uses=[law.window_months],
    )
    months, least = case.number("pregnancy_months"), law.birth_pregnancy_months
    birth = months >= least.whole
    sheet.finding(
        "birth",
        say(
            N_("A birth after {months} completed months of pregnancy; {least} are needed"),
            months=t.count(months),
            least=t.count(least.whole),
        ),
        birth,
        least,
        facts={"pregnancy_months": months},
        change=None if birth else say(N_("A claim for a miscarriage")),
        reason=say(
            N_("The pregnancy ended before {least} months, so it is paid as a miscarriage, not as a birth."),
            least=t.count(least.whole),
        ),
    )
    maternity.entitled_person(case, law, sheet)


def leave_of(case: Case, law: Law) -> Period:
    """105 days; 120 for two children or more; fewer where the mother's leave ends earlier."""
    first = maternity.leave_begins(case)
    days = law.leave_days_twins.whole if case.number("children") > 1 else law.leave_days.whole
    last = first + (days - 1) * ONE_DAY
    if case.spell.last_day is not None:
        last = min(last, case.spell.last_day)
    return Period(first, last)


def payable_days(case: Case, law: Law, sheet: Sheet, leave: Period) -> Timeline:
    """Every day of the leave, up to the day on which the mother dies."""
    sheet.finding(
        "on_leave",
        say(
            N_("On maternity leave from {first} to {last}, {days} days"),
            first=t.day(leave.first),
            last=t.day(leave.last),
            days=t.count(leave.length),
        ),
        True,
        law.leave_days_twins if case.number("children") > 1 else law.leave_days,
        facts={"from": leave.first.isoformat(), "to": leave.last.isoformat(), "days": leave.length},
        uses=[law.allowance_rule],
    )
    timeline = maternity.days_on_leave(case, law, sheet, leave)
    if case.has("mother_died_on") and (died := case.day("mother_died_on")) < leave.last:
        sheet.use(law.death_rule)
        after = Period(max(leave.first, died + ONE_DAY), leave.last)
        timeline = timeline.mark(after, "N", say(N_("The allowance ended on {day}"), day=t.day(died)))
    return timeline


def rest_after_birth(law: Law, sheet: Sheet, born: date) -> None:
    """At least 42 days of the leave lie after the birth; fewer is shown to the officer, who judges it."""
    last = sheet.timeline.last_day("P")
    days = sheet.timeline.paid_days(Period(born, last)) if last and last >= born else 0
    enough = days >= law.days_after_birth.whole
    sheet.finding(
        "rest_after_birth",
        say(
            N_("{days} paid days from the birth on; {needed} are to lie there"),
            days=t.count(days),
            needed=t.count(law.days_after_birth.whole),
        ),
        True if enough else None,
        law.days_after_birth,
        facts={"days": days, "needed": law.days_after_birth.whole},
        change=None if enough else say(N_("An officer's view on the shorter rest after the birth")),
    )


def conclude(case: Case, law: Law, sheet: Sheet, born: date) -> None:
    """The sentence that opens the letter."""
    found = sheet.finding_facts("contributed")
    params = {
        "born": t.day(born),
        "have": t.count(found["months"]),
        "months": t.count(found["window"]),
        "needed": t.count(found["needed"]),
        "total": sheet.total_param(),
    }
    if maternity.claimed_by_mother(case):
        run = sheet.timeline
        sheet.granted(
            "contributed",
            say(
                N_(
                    "You gave birth on {born} and had contributed {have} of the {months} months before; {needed} are "
                    "needed. You receive {total}: an allowance for {days} days of leave and a birth grant."
                ),
                **params,
                days=t.count(run.paid_days()),
            ),
        )
        return
    sheet.granted(
        "contributed",
        say(
            N_(
                "Your wife gave birth on {born} and you had contributed {have} of the {months} months before; {needed} "
                "are needed. You receive {total} as a birth grant."
            ),
            **params,
        ),
    )
