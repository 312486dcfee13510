"""Who is insured, which salaries count and when a file is late: what every Vietnamese benefit shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Citation, Line
from services.benefits.domain.case import Case, Employment, FactMissing
from services.benefits.law import text as t
from services.benefits.law.figures import Cited, Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import insured_months
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period

#: Kinds of contribution: salaries count where work was paid; months of leave count for the qualifying period.
COMPULSORY, LEAVE, VOLUNTARY = "compulsory", "maternity_leave", "voluntary"


#: Its place in the week, Monday the first.
SATURDAY = 6


class Common(Figures):
    """What every benefit of the compulsory scheme uses."""

    covered_groups: Value
    later_groups: Value
    base_salary: Value
    ceiling_factor: Value
    floor_factor: Value
    submit_days: Value
    employer_submit_days: Value
    employer_submit_unit: Value
    maternity_submit_from: Value
    arrears_rule: Provision
    in_work_rule: Provision
    foreigner_rule: Provision
    late_rule: Provision


def insured_person(case: Case, law: Common, sheet: Sheet) -> bool:
    """The groups insured for sickness and maternity; one that the law does not name is for an officer to judge."""
    kinds_known(case, sheet)
    group = case.insured.insured_as
    known, cite = group_row(law.covered_groups, group), law.covered_groups
    if known is None and (known := group_row(law.later_groups, group)) is not None:
        cite = law.later_groups
    if group == "foreigner" and known:
        sheet.finding(
            "foreigner",
            say(N_("A foreigner: contract, transfer, retirement age and treaties are to be looked at")),
            None,
            law.foreigner_rule,
            reason=say(N_("Whether a foreign worker is insured must be judged from the contract.")),
        )
    return sheet.finding(
        "insured",
        say(N_("Insured for sickness and maternity as: {group}"), group=t.term(group)),
        None if known is None else known == 1,
        cite,
        facts={"insured_as": group},
        change=None if known == 1 else say(N_("Compulsory insurance for sickness and maternity")),
        reason=say(N_("This group is not insured for sickness and maternity: {group}."), group=t.term(group))
        if known is not None
        else say(N_("Whether this group is insured must be judged: {group}."), group=t.term(group)),
    )


def kinds_known(case: Case, sheet: Sheet) -> None:
    """A month is compulsory, voluntary, or one of maternity leave, which counts as contributed without a salary."""
    if case.contributions.kinds - {COMPULSORY, LEAVE, VOLUNTARY}:
        sheet.ask(
            "#/contributions",
            "unknown_kind",
            say(N_("Is each month compulsory, voluntary, or a month of maternity leave (maternity_leave)?")),
        )


def group_row(table: Value, group: str) -> Fraction | None:
    """Whether a table of groups has a group, and with which answer."""
    try:
        return table.row(group)
    except KeyError:
        return None


def in_work(case: Case, law: Common, sheet: Sheet, on: date) -> bool:
    """Only birth, surrogacy, adoption and lump sum are paid to a person who has left the job; for other benefits an
    employment that ended before the leave is for an officer to judge."""
    ends = [job.last_day for job in case.employments]
    ended = max((day for day in ends if day is not None), default=None)
    if ended is None or None in ends or ended >= on:
        return True
    return sheet.finding(
        "in_work",
        say(N_("The employment ended on {day}, before the days off"), day=t.day(ended)),
        None,
        law.in_work_rule,
        facts={"ended_on": ended.isoformat()},
        change=say(N_("An employment on the first day off")),
        reason=say(
            N_("Your employment ended on {day}; whether you were still insured must be judged."),
            day=t.day(ended),
        ),
    )


def job_of(case: Case, on: date) -> Employment:
    """With several contracts at once the first one signed is the insured one."""
    there = [
        job
        for job in case.employments
        if job.first_day is not None and job.first_day <= on and (job.last_day is None or on <= job.last_day)
    ]
    return min(there, key=lambda job: job.first_day or on) if there else case.employment


def weekly_rest_known(case: Case, sheet: Sheet, claimed: Period, job: Employment) -> None:
    """Weekly rest is set by the employer; where a Saturday lies in the days off it changes the amount."""
    if job.weekly_rest is not None or job.rest_days or job.work_days:
        return
    if any(day.isoweekday() == SATURDAY for day in claimed):
        place = case.employments.index(job) if job in case.employments else 0
        sheet.ask(
            f"#/employments/{place}/weekly_rest",
            "fact_missing",
            say(N_("On which days of the week does this employer rest?")),
        )


# Salaries -------------------------------------------------------------------------------------------


def weaker(first: Citation, second: Citation) -> Citation:
    """Two sources as one citation, as sure as the less sure of them."""
    order = ("verified", "secondary", "recalled", "default")
    evidence = max(first.evidence, second.evidence, key=order.index)
    return Citation(f"{first.text}; {second.text}", evidence)


def times(factor: Value, base: Value, name: str) -> Value:
    """A limit that is a number of base salaries (reference levels)."""
    if factor.limit is None:
        return replace(factor, name=name)
    return replace(
        factor,
        name=name,
        unit="money",
        value=factor.number * base.number,
        citation=weaker(factor.citation, base.citation),
    )


def insured_salaries(law: Common, sheet: Sheet, months: Sequence[int]) -> list[Fraction]:
    """Each month's salary under twenty base salaries of the month contributed for, and from July 2025 at least one
    reference level of it."""

    def ceiling(on: date) -> Value:
        then = law.at(on)
        base = then.base_salary
        return times(then.ceiling_factor, base, f"ceiling_{base.since.year}")

    def floor(on: date) -> Value:
        then = law.at(on)
        base = then.base_salary
        return times(then.floor_factor, base, f"floor_{base.since.year}")

    return insured_months(sheet, months, ceiling=ceiling, floor=floor)


def salaried_months(case: Case, law: Common, sheet: Sheet, before: int, number: int) -> list[int]:
    """The last `number` months before a month for which a salary was contributed, oldest first; gaps are skipped,
    months in arrears too (the benefit rests on months actually paid)."""
    found: list[int] = []
    for contribution in reversed(case.contributions):
        index = contribution.month.index
        if index >= before or contribution.kind != COMPULSORY:
            continue
        if not contribution.paid:
            sheet.use(law.arrears_rule)
            continue
        found.append(index)
        if len(found) == number:
            break
    found.reverse()
    return found


def contributed_in_all(case: Case, before: int) -> int:
    """Months of compulsory contributions before a month, those not listed included; months of maternity leave
    count, voluntary ones do not."""
    listed = case.contributions.paid_before(before, without=VOLUNTARY)
    return listed + (case.number("earlier_contribution_months") if case.has("earlier_contribution_months") else 0)


def salary_of_month(law: Common, sheet: Sheet, index: int, cite: Cited, uses: Sequence[Cited]) -> Line:
    """The contribution salary of one month, as a line. Raises `FactMissing`."""
    found = insured_salaries(law, sheet, [index])
    if not found:
        raise FactMissing("#/contributions")
    return sheet.line("base", say(N_("Contribution salary of the month")), found[0], cite, uses=uses)


# Time limits ----------------------------------------------------------------------------------------


def return_to_work(case: Case, sheet: Sheet, last_day: date) -> date:
    """The first working day after the last day off."""
    back = last_day + ONE_DAY
    job = job_of(case, back)
    while sheet.calendar.all_off(Period(back, back), job):
        back += ONE_DAY
    return back


def in_time(
    case: Case,
    law: Common,
    sheet: Sheet,
    last_day: date,
    *,
    maternity: bool = False,
    employer_only: bool = False,
) -> None:
    """The person hands the papers to the employer within 45 days of the return to work, which is the first working day
    after the last day off (after maternity, from July 2025, of the end of the leave), who hands the file on within his
    own days (calendar days before July 2025, working days since); a list of convalescence has the employer's days
    alone, from the day after it. A later file needs an explanation, which an officer judges."""
    made = case.claimed_on
    if made is None:
        return
    from_end = maternity and law.maternity_submit_from.word == "end_of_leave"
    since = last_day if from_end else return_to_work(case, sheet, last_day)
    last = last_day + ONE_DAY if employer_only else since + law.submit_days.whole * ONE_DAY
    left = law.employer_submit_days.whole
    while left:
        last += ONE_DAY
        if law.employer_submit_unit.word == "calendar" or sheet.calendar.working_days(
            Period(last, last), case.employment
        ):
            left -= 1
    late = made > last
    sheet.finding(
        "in_time",
        say(N_("Claimed on {day}; the time limit is {last}"), day=t.day(made), last=t.day(last)),
        None if late else True,
        law.late_rule if late else law.submit_days,
        facts={"claimed_on": made.isoformat(), "last_day": last.isoformat()},
        change=say(N_("A written explanation of the delay")) if late else None,
        reason=say(
            N_("Your claim came after {last}; the written explanation of the delay must be judged."),
            last=t.day(last),
        )
        if late
        else None,
        uses=[
            law.submit_days,
            law.employer_submit_days,
            law.employer_submit_unit,
            *([law.maternity_submit_from] if maternity else []),
        ],
    )
