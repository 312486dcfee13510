"""Who is insured, and the daily wage of section 57 that Thai benefits share."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Line, Text
from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Cited, Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import index_of, insured_months, last_contributed, month_at
from services.benefits.law.text import N_, N_n, say
from shared.exact import most, most_in_a_row, stand_for_many
from shared.period import add_months


class Wages(Figures):
    """What the benefits of sections 33 and 39 use."""

    ceiling: Value
    floor: Value
    base_39: Value
    divisor_39: Value
    window_months: Value
    wage_window_months: Value
    wage_months: Value
    wage_divisor: Value
    cover_after_months: Value
    unpaid_months_39: Value
    paid_months_39: Value
    paid_window_months_39: Value
    claim_years: Value
    three_months: Choice
    nine_months_rule: Provision
    fewer_months_rule: Provision
    covered_rule: Provision
    own_months_rule: Provision
    early_years_rule: Provision


#: Words for the class of the insured, and the section of the Act they stand for.
SECTIONS = {"employee": "33", "section_33": "33", "section_39": "39", "section_40": "40"}

#: The sections of employees and of former employees who continue, as sentences name them.
OF_EMPLOYEES = {"employed": t.word("33"), "continued": t.word("39")}


#: The kinds of contribution that name their section; one without a name belongs to the section of the insured.
SECTION_33, SECTION_39, SECTION_40 = "section_33", "section_39", "section_40"


def own_months(case: Case, sheet: Sheet, rule: Provision, others: frozenset[str]) -> frozenset[str]:
    """The kinds of the months that count: not those of another insurance (`others`). For `contributed_months`."""
    kinds = frozenset(case.contributions.kinds)
    if kinds & others:
        sheet.use(rule)
    return kinds - others


def months_of_33_and_39(case: Case, law: Wages, sheet: Sheet) -> frozenset[str]:
    """A month of section 40 counts neither for the months needed nor for the daily wage."""
    return own_months(case, sheet, law.own_months_rule, frozenset({SECTION_40}))


def section_of(case: Case) -> str:
    """33, 39 or 40; empty for people outside these sections."""
    return SECTIONS.get(case.insured.insured_as, "")


def job_ended(case: Case) -> date | None:
    """The day on which the last of the jobs ended; none while one goes on, or where no job is known."""
    ends = [job.last_day for job in case.employments]
    return None if None in ends else max((day for day in ends if day), default=None)


def covered(case: Case, law: Wages, sheet: Sheet, on: date) -> bool:
    """ss. 33, 39: an employee, or a former employee who continues; s. 38: cover goes on for six months after
    the job ends."""
    if law.early_years_rule.concerns(on):
        sheet.use(law.early_years_rule)
    section = section_of(case)
    known = section in ("33", "39")
    is_covered = sheet.finding(
        "covered",
        say(N_("Insured under section {section}"), section=t.word(section))
        if known
        else say(N_("Not insured under section {employed} or {continued}"), **OF_EMPLOYEES),
        known,
        law.covered_rule,
        facts={"insured_as": case.insured.insured_as},
        change=_other_claim(section),
        reason=say(
            N_(
                "This benefit is for people insured under section {employed} or {continued} of the Social Security Act."
            ),
            **OF_EMPLOYEES,
        ),
    )
    if section == "39":
        return still_insured_39(case, law, sheet, on) and is_covered
    ended = job_ended(case)
    if section == "33" and ended is not None and ended < on:
        until = add_months(ended, law.cover_after_months.whole)
        still = sheet.finding(
            "cover_after_job",
            say(
                N_("The job ended on {ended}; cover goes on until {until}"),
                ended=t.day(ended),
                until=t.day(until),
            ),
            on <= until,
            law.cover_after_months,
            facts={"ended": ended.isoformat(), "until": until.isoformat()},
            change=None
            if on <= until
            else say(N_("Insurance under section {section}, or a new job"), section=OF_EMPLOYEES["continued"]),
            reason=say(N_("Your cover after the job ended on {until}, before this event."), until=t.day(until)),
        )
        return still and is_covered
    return is_covered


def _other_claim(section: str) -> Text | None:
    if section in ("33", "39"):
        return None
    if section == "40":
        return say(N_("A claim for the sickness benefit of section {section}"), section=t.word(section))
    return say(N_("Insurance under section {employed} or {continued}"), **OF_EMPLOYEES)


def still_insured_39(case: Case, law: Wages, sheet: Sheet, on: date) -> bool:
    """s. 39: the insurance ends after three months unpaid in a row, or with fewer than nine months paid in
    twelve. Whether it did is the office's register to say, so an officer judges it."""
    event, size = index_of(on), law.paid_window_months_39.whole
    own = [index for index, (_, _, kind) in case.contributions.rows.items() if kind != SECTION_40]
    begins = max(event - size, min(own, default=event))
    unpaid = longest = 0
    paid = 0
    for index in range(begins, event - 1):  # the month before the event may not be due yet
        c = case.by_month.get(index)
        there = c is not None and c.paid and c.kind != SECTION_40
        unpaid = 0 if there else unpaid + 1
        paid += there
        longest = max(longest, unpaid)
    few = event - begins == size and paid + 1 < law.paid_months_39.whole
    ended = longest >= law.unpaid_months_39.whole or few
    return sheet.finding(
        "still_insured",
        say(
            N_n(
                "Section {section}: {unpaid} month unpaid in a row; {limit} end the insurance",
                "Section {section}: {unpaid} months unpaid in a row; {limit} end the insurance",
            ),
            section=OF_EMPLOYEES["continued"],
            unpaid=t.count(longest),
            limit=t.count(law.unpaid_months_39.whole),
        ),
        None if ended else True,
        law.unpaid_months_39,
        facts={"unpaid_in_a_row": longest, "from": str(month_at(begins)), "to": str(month_at(event - 1))},
        change=say(N_("The register, showing that the insurance went on")) if ended else None,
        reason=say(N_("Months were left unpaid; whether your insurance had ended must be judged.")) if ended else None,
        uses=[law.paid_months_39, law.paid_window_months_39],
    )


def daily_wage(case: Case, law: Wages, sheet: Sheet, event: date) -> Line:
    """s. 57: the wages on which contributions were reckoned in three of the nine months back, divided by
    ninety; if the insured shows that another three months give more, those. With fewer than nine contributed
    months, the last three. s. 39: the base of its contributions. Baht a day, exact."""
    if section_of(case) == "39":
        return sheet.line(
            "daily_wage",
            say(
                N_("Daily wage of section {section}: {base} divided by {days}"),
                section=OF_EMPLOYEES["continued"],
                base=sheet.money(law.base_39.number),
                days=t.count(law.divisor_39.whole),
            ),
            law.base_39.number / law.divisor_39.number,
            law.base_39,
            uses=[law.divisor_39],
        )
    kinds = months_of_33_and_39(case, law, sheet)
    start, size, three = index_of(event), law.wage_window_months.whole, law.wage_months.whole
    window = range(start - size, start)
    cite: Cited
    if sum(c.kind in kinds for c in case.paid_months(window[0], window[-1])) == size:
        months = list(window)
        wages = _bases(law, sheet, months)
        sum_of_three, chosen = _three(law, wages, three)
        months = [months[n] for n in chosen]
        text, cite = _TEXT[law.three_months.choice], law.three_months
        sheet.use(law.nine_months_rule)
    else:
        months = last_contributed(case, start, three, kinds=kinds)
        sum_of_three = sum(_bases(law, sheet, months), Fraction(0))
        text, cite = _LAST, law.fewer_months_rule
    total = sheet.line(
        "insured_wages",
        say(
            text,
            number=t.count(three),
            window=t.count(size),
            **{f"month_{n}": t.month(month_at(index)) for n, index in enumerate(months, 1)},
        ),
        sum_of_three,
        cite,
        uses=[law.wage_months, law.wage_window_months],
    )
    return sheet.line(
        "daily_wage",
        say(N_("Daily wage: divided by {days}"), days=t.count(law.wage_divisor.whole)),
        total.exact / law.wage_divisor.number,
        law.wage_divisor,
        inputs=[total],
    )


_TEXT = {
    "best_three": N_("The best {number} of the {window} months' wages: {month_1}, {month_2}, {month_3}"),
    "best_consecutive": N_("The best {number} months' wages in a row: {month_1}, {month_2}, {month_3}"),
    "first_three": N_("The first {number} of the {window} months' wages: {month_1}, {month_2}, {month_3}"),
}
_LAST = N_("The last {number} contributed months' wages: {month_1}, {month_2}, {month_3}")


def _bases(law: Wages, sheet: Sheet, months: list[int]) -> list[Fraction]:
    """Each wage between the floor and the ceiling in force in its own month."""
    return insured_months(sheet, months, ceiling=lambda on: law.at(on).ceiling, floor=lambda on: law.at(on).floor)


def _three(law: Wages, wages: list[Fraction], count: int) -> tuple[Fraction, list[int]]:
    """The sum of the months taken and their places, oldest first; of equal ones the latest. Numbers that stand for
    many have no places in common: each of the many has a best of her own."""
    if law.three_months.is_("first_three"):
        return sum(wages[:count], Fraction(0)), list(range(count))
    if law.three_months.is_("best_consecutive"):
        total, places = most_in_a_row(wages, count), range(len(wages) - count + 1)
        if stand_for_many(wages):
            return total, []
        best = max(n for n in places if sum(wages[n : n + count]) == total)
        return total, list(range(best, best + count))
    if stand_for_many(wages):
        return most(wages, count), []
    return most(wages, count), sorted(sorted(range(len(wages)), key=lambda n: (wages[n], n))[-count:])


def in_time(case: Case, claim_years: Value, sheet: Sheet, since: date) -> bool:
    """s. 56: a claim is made within two years from the right to the benefit. A later one is for an
    officer."""
    last = add_months(since, 12 * claim_years.whole)
    made = case.claimed_on or sheet.today
    late = made > last
    return sheet.finding(
        "in_time",
        say(N_("Claimed on {day}; the time limit is {last}"), day=t.day(made), last=t.day(last)),
        None if late else True,
        claim_years,
        facts={"claimed_on": made.isoformat(), "last_day": last.isoformat()},
        change=say(N_("A reason that excuses the delay")) if late else None,
        reason=say(N_("Your claim came after {last}; whether the delay is excused must be judged."), last=t.day(last))
        if late
        else None,
    )
