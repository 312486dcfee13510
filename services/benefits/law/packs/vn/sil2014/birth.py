"""Birth benefit of the mother: months of leave at her average salary, and a lump sum for each child."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import DailyLeave, Qualifying
from services.benefits.law.packs.vn.reference import in_time, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import index_of
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period, add_months


class Law(Qualifying, DailyLeave):
    """The figures of the birth benefit."""

    birth_months: Value
    further_child_months: Value
    months_before_birth: Value
    second_birth_months: Value
    stillbirth_weeks: Value
    dead_fetus_counts: Value
    months_paid: Choice
    child_death_young_months: Value
    child_death_birth_months: Value
    child_death_months: Value
    early_return_months: Value
    early_return_needs_doctor: Value
    early_return_rule: Provision
    worked_rule: Provision
    mother_died_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "contributed", "birth")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, leave, amounts, in the order of the law."""
    carry_out(case, law, sheet, lambda: law.birth_months.whole, stillbirth_lump_sum=True)


def carry_out(
    case: Case, law: Law, sheet: Sheet, months_for_one: Callable[[], int], *, stillbirth_lump_sum: bool
) -> None:
    """The same steps in both laws, with the months of leave for one child handed in; they may ask for a fact, so they
    are reckoned after the conditions."""
    born = case.day("birth_on")
    parts = steps.parts_of_leave(sheet, born)
    insured_person(case, law, sheet)
    begins = steps.begun(parts, claimed_from(case, born))
    found = maternity.qualifies(case, law, sheet, born, own=leave_before(law, begins, born))
    is_birth = birth(case, law, sheet, born)
    whole = leave_of(case, law, sheet, born, months_for_one(), begins)
    leave = child_died(case, law, sheet, born, whole)
    if case.spell.last_day is not None and leave.first <= case.spell.last_day < leave.last:
        leave = Period(leave.first, case.spell.last_day)
    claimed = part_from(case, born, parts)
    days_of(case, law, sheet, born, whole, leave, claimed)
    if sheet.refused_so_far():
        maternity.refuse_days(sheet)
        return
    sheet.timeline = steps.beyond_leave(sheet, sheet.timeline, law.birth_months, paid_to=leave.last)
    early_return(case, law, sheet, leave)
    mother_died(case, law, sheet, leave)
    in_time(case, law, sheet, leave.last, maternity=True)
    if sheet.timeline.paid_days():
        average = maternity.average_salary(
            law, sheet, maternity.months_of_average(case, law, sheet, leave.first, found, born)
        )
        maternity.pay_leave(law, sheet, average, leave, parts)
    if (is_birth == "birth" or stillbirth_lump_sum) and not steps.paid_once(sheet, parts, born, law.lump_sum_factor):
        maternity.lump_sum(law, sheet, children_paid(case, law, born), born)
    conclude(case, sheet, found, born)


def birth(case: Case, law: Law, sheet: Sheet, born: date) -> str:
    """A child born alive; from July 2025 also the death of a fetus from the 22nd week on, which is treated as a
    birth."""
    if case.number("children"):
        sheet.finding(
            "birth",
            say(
                N_("A birth on {born} of {children} children"),
                born=t.day(born),
                children=t.count(case.number("children")),
            )
            if case.number("children") > 1
            else say(N_("A birth on {born}"), born=t.day(born)),
            True,
            law.birth_months,
            facts={"birth_on": born.isoformat(), "children": case.number("children")},
        )
        return "birth"
    weeks = law.at(born).stillbirth_weeks
    enough = weeks.limit is not None and case.number("pregnancy_weeks") >= weeks.whole
    sheet.finding(
        "birth",
        say(
            N_("The fetus died after {weeks} weeks; this is treated as a birth"),
            weeks=t.count(case.number("pregnancy_weeks")),
        )
        if enough
        else say(N_("No child was born alive")),
        enough,
        weeks,
        facts={"children": 0},
        change=None if enough else say(N_("A claim for a miscarriage")),
        reason=say(N_("No child was born alive; please claim the benefit after a miscarriage.")),
    )
    return "stillbirth"


def all_children(case: Case) -> int:
    """Children born and fetuses that died."""
    return max(1, case.number("children") + case.number("dead_fetuses"))


def children_paid(case: Case, law: Law, born: date) -> int:
    """Until August 2021 the lump sum counts living children only, since then dead fetuses too."""
    if law.at(born).dead_fetus_counts.word == "all":
        return all_children(case)
    return max(1, case.number("children"))


def leave_of(case: Case, law: Law, sheet: Sheet, born: date, months: int, begins: date) -> Period:
    """Six months, at most two of them before the birth, and one more for each child after the first; the days of the
    leave are calendar days."""
    earliest = add_months(born, -law.months_before_birth.whole)
    first = max(begins, earliest)
    months += law.further_child_months.whole * (all_children(case) - 1)
    leave = Period(first, add_months(first, months) - ONE_DAY)
    sheet.finding(
        "leave",
        say(
            N_n("Leave of {months} month, {first} to {last}", "Leave of {months} months, {first} to {last}"),
            months=t.count(months),
            first=t.day(leave.first),
            last=t.day(leave.last),
        ),
        True,
        law.further_child_months if all_children(case) > 1 else law.birth_months,
        facts={**leave.json(), "months": months},
        uses=[law.month_rule],
    )
    return leave


def leave_before(law: Law, begins: date, born: date) -> Period | None:
    """The leave from its first day to the birth, where it began before it."""
    first = max(begins, add_months(born, -law.months_before_birth.whole))
    return Period(first, born) if first < born else None


def claimed_from(case: Case, born: date) -> date:
    """The leave begins on the day of birth at the latest."""
    return min(case.spell.first_day or born, born)


def part_from(case: Case, born: date, parts: list[EarlierSpell]) -> date:
    """The first day claimed; the day of birth at the latest, except of a leave whose days before were decided."""
    first = case.spell.first_day
    if first is not None and any(part.period.first < first for part in parts):
        return first
    return claimed_from(case, born)


def days_of(case: Case, law: Law, sheet: Sheet, born: date, whole: Period, leave: Period, claimed_first: date) -> None:
    """The days of the leave from the first one claimed; none more than two months before the birth, and none in months
    without benefit."""
    sheet.timeline = sheet.days(Period(claimed_first, max(claimed_first, leave.last)))
    if claimed_first < leave.first:
        sheet.finding(
            "before_birth",
            say(
                N_("At most {months} months of leave lie before the birth; it begins on {first}"),
                months=t.count(law.months_before_birth.whole),
                first=t.day(leave.first),
            ),
            True,
            law.months_before_birth,
            facts={"claimed_from": claimed_first.isoformat(), "from": leave.first.isoformat()},
        )
        before = Period(claimed_first, leave.first - ONE_DAY)
        sheet.timeline = sheet.timeline.put(before, Status.NOT_PAID, "before_birth")
    if all_children(case) > 1:
        sheet.use(law.months_paid, law.at(born).dead_fetus_counts)
        months = index_of(whole.last + ONE_DAY) - index_of(whole.first)
        after_last_paid = add_months(whole.first, months_paid(case, law, born, months))
        if after_last_paid <= leave.last:
            unpaid = Period(after_last_paid, leave.last)
            sheet.timeline = sheet.timeline.put(
                unpaid, Status.NOT_PAID, say(N_("Leave without benefit in these months"))
            )


def months_paid(case: Case, law: Law, born: date, months: int) -> int:
    """Every month of leave is paid; until August 2021 not the months for a dead fetus. (Alternative: the months of a
    single birth only.)"""
    further = law.further_child_months.whole
    single = months - further * (all_children(case) - 1)
    if law.months_paid.is_("single_birth"):
        return single
    return single + further * (children_paid(case, law, born) - 1)


def child_died(case: Case, law: Law, sheet: Sheet, born: date, leave: Period) -> Period:
    """Until June 2025: a child dies under two months old, four months from the birth; older, two months from the
    death; never beyond the full leave."""
    if law.child_death_young_months.limit is None or not case.has("child_died_on"):
        return leave
    died = case.day("child_died_on")
    young = died < add_months(born, law.child_death_young_months.whole)
    cite = law.child_death_birth_months if young else law.child_death_months
    last = min(leave.last, add_months(born if young else died, cite.whole) - ONE_DAY)
    sheet.finding(
        "child_died",
        say(N_("The child died on {died}; the leave ends on {last}"), died=t.day(died), last=t.day(last)),
        True,
        cite,
        facts={"died_on": died.isoformat(), "last_day": last.isoformat()},
        uses=[law.child_death_young_months],
    )
    return Period(leave.first, last)


def early_return(case: Case, law: Law, sheet: Sheet, leave: Period) -> None:
    """After at least four months of leave, with notice and the employer's consent, the mother may return: she has
    her wage, and the benefit to the end of the leave."""
    if not case.has("returned_on") or (back := case.day("returned_on")) > leave.last:
        return
    allowed_from = add_months(leave.first, law.early_return_months.whole)
    agreed = case.flag("employer_consents")
    if law.early_return_needs_doctor.whole:
        agreed = agreed and case.flag("doctor_confirms")
    allowed = agreed and back >= allowed_from
    sheet.finding(
        "early_return",
        say(
            N_("Returned to work on {back}; the law allows it from {first}"),
            back=t.day(back),
            first=t.day(allowed_from),
        ),
        allowed,
        law.early_return_months,
        facts={"returned_on": back.isoformat(), "allowed_from": allowed_from.isoformat(), "agreed": agreed},
        change=None
        if allowed
        else say(N_("A return on or after {first}, with the consent the law asks for"), first=t.day(allowed_from)),
        reason=say(N_("The benefit is not paid for the days worked from {back} on."), back=t.day(back)),
        uses=[law.early_return_rule, law.early_return_needs_doctor],
    )
    if not allowed:
        sheet.use(law.worked_rule)
        until = leave.last if not agreed else min(leave.last, allowed_from - ONE_DAY)
        sheet.timeline = sheet.timeline.put(Period(back, until), Status.NOT_PAID, "early_return")


def mother_died(case: Case, law: Law, sheet: Sheet, leave: Period) -> None:
    """When the mother dies the rest of her leave goes to the father or the carer."""
    if not case.has("mother_died_on") or (died := case.day("mother_died_on")) >= leave.last:
        return
    sheet.use(law.mother_died_rule)
    after = Period(max(leave.first, died + ONE_DAY), leave.last)
    sheet.timeline = sheet.timeline.put(
        after,
        Status.NOT_PAID,
        say(N_("The rest of the leave, from {day}, is for the father or carer"), day=t.day(after.first)),
    )


def conclude(case: Case, sheet: Sheet, found: maternity.Qualified, born: date) -> None:
    """The sentence that opens the letter; it names what is paid and nothing else."""
    sheet.granted(
        "contributed",
        say(
            N_(
                "You gave birth on {born} and had contributed {have} of the {months} months from {from_month} to "
                "{to_month}; {needed} are needed. You receive {total} for your leave and the birth."
            )
            if case.number("children") and sheet.timeline.paid_days() and sheet.lump_sums
            else N_(
                "You gave birth on {born} and had contributed {have} of the {months} months from {from_month} to "
                "{to_month}; {needed} are needed. You receive {total} for your leave."
            )
            if case.number("children") and sheet.timeline.paid_days()
            else N_(
                "You gave birth on {born} and had contributed {have} of the {months} months from {from_month} to "
                "{to_month}; {needed} are needed. You receive {total} for the birth."
            )
            if case.number("children")
            else N_(
                "Your pregnancy ended on {born} and you had contributed {have} of the {months} "
                "months from {from_month} "
                "to {to_month}; {needed} are needed. You receive {total}."
            ),
            born=t.day(born),
            total=sheet.total_param(),
            **maternity.contributed_param(found),
        ),
    )
