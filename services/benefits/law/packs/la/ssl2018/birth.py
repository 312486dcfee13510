"""Birth benefit of Lao PDR: lump sum for each child, monthly allowance for the insured woman on leave."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
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
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(maternity.Maternity):
    """The figures of the birth benefit."""

    birth_contributed_months: Value
    birth_pregnancy_months: Value
    leave_days_twins: Value
    days_after_birth: Value
    death_rule: Provision
    stillbirth_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amounts, in the order of the institution's page."""
    born = case.day("birth_on")
    qualifies(case, law, sheet, born)
    begins, mother = born, maternity.claimed_by_mother(case)
    parts = steps.parts_of_leave(sheet, born)
    if mother:
        begins = steps.begun(parts, maternity.leave_begins(case))
        sheet.timeline = payable_days(case, law, sheet, begins)
        rest_after_birth(law, sheet, born, parts)
    in_time(case, law, sheet, born)
    grants = children_with_grant(case, law, sheet)
    unmet = next((f for f in sheet.findings if f.verdict == NOT_MET and f.id not in OF_A_PART), None)
    if unmet is not None:
        sheet.timeline = sheet.timeline.put_all(sheet.timeline.where(Status.PAID), Status.NOT_PAID, unmet.id)
        return
    average = average_insured_salary(case, law, sheet, begins)
    if mother and sheet.timeline.paid_days():
        maternity.allowance(case, law, sheet, average, parts)
    if grants and not steps.paid_once(sheet, parts, born, law.lump_sum_rate):
        maternity.lump_sum(law, sheet, average, grants, born)
    conclude(case, sheet, born)


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("contributed", "birth", "claimant", "child")

#: Findings that take away a part of the benefit, not all of it.
OF_A_PART = ("rest_after_birth", "leave_days", "stillbirth")


def children_of(case: Case) -> tuple[int, int]:
    """Children born alive, and stillborn ones, which must be known where none was born alive. Raises
    `FactMissing`."""
    alive = case.number("children")
    if alive and not case.has("stillborn_children"):
        return alive, 0
    return alive, case.number("stillborn_children")


def children_with_grant(case: Case, law: Law, sheet: Sheet) -> int:
    """Children for whom the grant is paid. No text says whether a stillborn child after six months has it, as an
    earlier loss has; an officer judges it."""
    alive, stillborn = children_of(case)
    if not alive + stillborn:
        sheet.finding(
            "child",
            say(N_("No child is named, neither born alive nor stillborn")),
            False,
            law.birth_pregnancy_months,
            facts={"children": 0, "stillborn_children": 0},
            change=say(N_("The number of children born alive or stillborn")),
            reason=say(N_("No birth of a child is named in this claim.")),
        )
    if not stillborn:
        return alive
    granted = sheet.finding(
        "stillbirth",
        say(N_("{children} stillborn: whether the birth grant is paid must be judged"), children=t.count(stillborn)),
        None,
        law.stillbirth_rule,
        facts={"children": alive, "stillborn_children": stillborn},
        change=say(N_("An officer's view on the birth grant for a stillborn child")),
        reason=say(N_("Whether the birth grant is paid for a stillborn child must be judged.")),
    )
    return alive + stillborn if granted else alive


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
            N_n(
                "A birth after {months} completed month of pregnancy; {least} are needed",
                "A birth after {months} completed months of pregnancy; {least} are needed",
            ),
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


def longest(case: Case, law: Law) -> Value:
    """The days of leave for one child, or for several, alive or not."""
    return law.leave_days_twins if sum(children_of(case)) > 1 else law.leave_days


def payable_days(case: Case, law: Law, sheet: Sheet, begins: date) -> Timeline:
    """105 days from the first day of the leave, 120 for two children or more, up to the day on which the mother dies;
    fewer where the leave ends earlier. A leave claimed in parts began with the first of them."""
    first, last = maternity.leave_begins(case), begins + (longest(case, law).whole - 1) * ONE_DAY
    leave = Period(first, max(first, last if case.spell.last_day is None else min(last, case.spell.last_day)))
    sheet.finding(
        "on_leave",
        say(
            N_n(
                "On maternity leave from {first} to {last}, {days} day",
                "On maternity leave from {first} to {last}, {days} days",
            ),
            first=t.day(leave.first),
            last=t.day(leave.last),
            days=t.count(leave.length),
        ),
        True,
        longest(case, law),
        facts={"from": leave.first.isoformat(), "to": leave.last.isoformat(), "days": leave.length},
        uses=[law.allowance_rule],
    )
    timeline = maternity.days_on_leave(case, law, sheet, leave)
    if case.has("mother_died_on") and (died := case.day("mother_died_on")) < leave.last:
        sheet.use(law.death_rule)
        after = Period(max(leave.first, died + ONE_DAY), leave.last)
        timeline = timeline.put(after, Status.NOT_PAID, say(N_("The allowance ended on {day}"), day=t.day(died)))
    return steps.beyond_leave(sheet, timeline, longest(case, law), maternity.goes_on(), paid_to=last)


def rest_after_birth(law: Law, sheet: Sheet, born: date, parts: list[EarlierSpell]) -> None:
    """At least 42 days of the leave lie after the birth; fewer is shown to the officer, who judges it."""
    last = sheet.timeline.last_day(Status.PAID)
    days = sheet.timeline.paid_days(Period(born, last)) if last and last >= born else 0
    days += int(sum(part.paid_within(Period(born, date.max)) for part in parts))
    enough = days >= law.days_after_birth.whole
    sheet.finding(
        "rest_after_birth",
        say(
            N_n(
                "{days} paid day from the birth on; {needed} are to lie there",
                "{days} paid days from the birth on; {needed} are to lie there",
            ),
            days=t.count(days),
            needed=t.count(law.days_after_birth.whole),
        ),
        True if enough else None,
        law.days_after_birth,
        facts={"days": days, "needed": law.days_after_birth.whole},
        change=None if enough else say(N_("An officer's view on the shorter rest after the birth")),
    )


def conclude(case: Case, sheet: Sheet, born: date) -> None:
    """The sentence that opens the letter; it names what is paid and nothing else."""
    found, days = sheet.finding_facts("contributed"), sheet.timeline.paid_days()
    if not sheet.instalments and sheet.refused_so_far():
        return
    params = {
        "born": t.day(born),
        "have": t.count(found["months"]),
        "months": t.count(found["window"]),
        "needed": t.count(found["needed"]),
        "total": sheet.total_param(),
    }
    if not maternity.claimed_by_mother(case):
        text = N_(
            "Your wife gave birth on {born} and you had contributed {have} of the {months} months before; {needed} "
            "are needed. You receive {total} as a birth grant."
        )
    elif days and sheet.lump_sums:
        text = N_n(
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} day of leave and a birth grant.",
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} days of leave and a birth grant.",
        )
    elif days:
        text = N_n(
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} day of leave.",
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} days of leave.",
        )
    else:
        text = N_(
            "You gave birth on {born} and had contributed {have} of the {months} months before; {needed} are "
            "needed. You receive {total} as a birth grant."
        )
    if days and maternity.claimed_by_mother(case):
        params["days"] = t.count(days)
    sheet.granted("contributed", say(text, **params))
