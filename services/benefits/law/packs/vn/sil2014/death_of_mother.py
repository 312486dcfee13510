"""Leave of the father, or of whoever cares for the child, after the mother's death."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import DailyLeave
from services.benefits.law.packs.vn.reference import in_time, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period, add_months


class Law(DailyLeave):
    """The figures of the benefit."""

    birth_months: Value
    further_child_months: Value
    child_age_months: Value
    rest_of_leave_rule: Provision
    child_age_rule: Provision
    whose_average_rule: Provision
    who_rule: Provision
    first_day_rule: Provision


#: Months of leave for one child, by the day of birth and the first day of the mother's leave.
MonthsForOneChild = Callable[[date, date], int]


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "who")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Who, how long, on whose average, in the order of the circular."""
    carry_out(case, law, sheet, lambda born, leave_from: law.birth_months.whole)


def carry_out(case: Case, law: Law, sheet: Sheet, months_for_one: MonthsForOneChild) -> None:
    """The same steps in both laws, with the months of leave for one child handed in."""
    born, died = case.day("birth_on"), case.day("mother_died_on")
    insured_person(case, law, sheet)
    if not who(case, law, sheet):
        return
    last = last_day(case, law, sheet, born, months_for_one)
    first = max(born, died + ONE_DAY)
    if first > last:
        sheet.finding(
            "days_left",
            say(N_("Nothing was left of the leave on {day}"), day=t.day(died)),
            False,
            law.first_day_rule,
            reason=say(N_("Nothing was left of the leave when the mother died.")),
        )
        return
    leave = Period(first, last)
    sheet.timeline = sheet.days(leave)
    sheet.use(law.first_day_rule)
    if not whose_average(case, law, sheet):
        return
    if sheet.refused_so_far():
        maternity.refuse_days(sheet)
        return
    in_time(case, law, sheet, last, maternity=True)
    begins = died if case.word("contributions_of") == "father" else mother_leave(case, born)
    months = maternity.months_of_average(case, law, sheet, begins)
    maternity.pay_leave(law, sheet, maternity.average_salary(law, sheet, months), leave)
    sheet.granted(
        "how_long",
        say(
            N_("The mother died or fell ill on {died}. You receive {total} for {first} to {last}."),
            died=t.day(died),
            total=sheet.total_param(),
            first=t.day(first),
            last=t.day(last),
        ),
    )


def mother_leave(case: Case, born: date) -> date:
    """The first day of the mother's leave; the birth at the latest."""
    return min(case.day("mother_leave_from"), born) if case.has("mother_leave_from") else born


def who(case: Case, law: Law, sheet: Sheet) -> bool:
    """Mother or father is insured; the father, or where only the mother was, whoever cares for the child."""
    mother, father = case.flag("mother_insured"), case.flag("father_insured")
    carer = case.word("claimant") == "carer"
    allowed = (mother or father) and not (carer and not mother)
    return sheet.finding(
        "who",
        say(N_("Claimed by the father")) if not carer else say(N_("Claimed by whoever cares for the child")),
        allowed,
        law.who_rule,
        facts={"claimant": case.word("claimant"), "mother_insured": mother, "father_insured": father},
        reason=say(N_("Neither the mother nor the father was insured, or the carer has no claim of his own.")),
    )


def last_day(case: Case, law: Law, sheet: Sheet, born: date, months_for_one: MonthsForOneChild) -> date:
    """The mother insured and qualified: the rest of her leave. Else until the child is six months old."""
    rest = case.flag("mother_insured") and case.flag("mother_qualified")
    if not rest:
        last = add_months(born, law.child_age_months.whole) - ONE_DAY
    elif case.has("mother_leave_to"):
        last = case.day("mother_leave_to")
    else:
        months = months_for_one(born, mother_leave(case, born)) + law.further_child_months.whole * (
            case.number("children") - 1
        )
        last = add_months(mother_leave(case, born), months) - ONE_DAY
    sheet.finding(
        "how_long",
        say(N_("The rest of the mother's leave, to {last}"), last=t.day(last))
        if rest
        else say(
            N_("Until the child is {months} months old, to {last}"),
            months=t.count(law.child_age_months.whole),
            last=t.day(last),
        ),
        True,
        law.rest_of_leave_rule if rest else law.child_age_rule,
        facts={"last_day": last.isoformat(), "mother_qualified": rest},
        uses=[law.birth_months, law.further_child_months] if rest else [law.child_age_months],
    )
    return last


def whose_average(case: Case, law: Law, sheet: Sheet) -> bool:
    """The father's average where he is insured and takes the leave; the mother's where only she was insured, or where
    he takes no leave and has it on top of his wage. False where the other person's contributions are needed."""
    mother, father = case.flag("mother_insured"), case.flag("father_insured")
    carer = case.word("claimant") == "carer"
    qualified = mother and case.flag("mother_qualified")
    if not father or carer:
        needed = "mother"
    elif not mother or not qualified:
        needed = "father"
    else:
        needed = "father" if case.flag("on_leave") else "mother"
    sheet.finding(
        "whose_average",
        say(N_("The father's average counts")) if needed == "father" else say(N_("The mother's average counts")),
        True,
        law.whose_average_rule,
        facts={"average_of": needed, "on_leave": case.flag("on_leave")},
    )
    if case.word("contributions_of") != needed:
        sheet.ask(
            "#/contributions",
            "fact_missing",
            say(N_("For which months were the father's contributions paid, and on what salary?"))
            if needed == "father"
            else say(N_("For which months were the mother's contributions paid, and on what salary?")),
        )
        return False
    return True
