"""Miscarriage benefit of Myanmar: up to six weeks of leave, and the expense in a private facility."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.mm.ssl2012.reference import (
    OF_THE_YEAR,
    Year,
    allowance,
    average_of_year,
    daily,
    in_time,
    qualifies_of_year,
    refuse_days,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Year):
    """The figures of the miscarriage benefit."""

    miscarriage_weeks: Value
    private_miscarriage: Value
    private_ectopic: Value
    employer_weeks: Value
    certificate_rule: Provision
    lawful_rule: Provision
    no_child_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = (*OF_THE_YEAR, "lawful")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, allowance, expense."""
    on = case.day("miscarriage_on")
    qualified = qualifies(case, law, sheet, on)
    qualified = in_time(case, law, sheet, on) and qualified
    before = steps.parts_of_leave(sheet, on)
    sheet.timeline = payable_days(case, law, sheet, on, before)
    if not qualified:
        refuse_days(sheet)
        return
    paid = [span.period for span in sheet.timeline if span.is_paid]
    if paid:
        day = daily(law, sheet, average_of_year(case, law, sheet, on), law.allowance_rate)
        parts = [Period(paid[0].first, paid[-1].last)]
        allowance(law, sheet, day, law.allowance_rate, parts, law.miscarriage_weeks, continues=before)
    if not steps.paid_once(sheet, before, on, law.no_child_rule):
        expense(case, law, sheet, on)
    conclude(law, sheet, on)


def qualifies(case: Case, law: Law, sheet: Sheet, on: date) -> bool:
    """The test of the year; not for an unlawful abortion."""
    lawful = case.word("loss") != "unlawful_abortion"
    lawful = sheet.finding(
        "lawful",
        say(N_("Not an unlawful abortion")) if lawful else say(N_("An unlawful abortion")),
        lawful,
        law.lawful_rule,
        facts={"loss": case.word("loss")},
        reason=say(N_("Nothing is paid for an unlawful abortion.")),
    )
    year = qualifies_of_year(case, law, sheet, on)
    if sheet.finding_facts("contributed")["months"] < law.contributed_of_year.whole:
        sheet.finding(
            "employer_leave",
            say(N_("The employer owes {weeks} weeks of leave"), weeks=t.count(law.employer_weeks.whole)),
            True,
            law.employer_weeks,
            facts={"weeks": law.employer_weeks.whole},
        )
    return lawful and year


def payable_days(case: Case, law: Law, sheet: Sheet, on: date, before: list[EarlierSpell]) -> Timeline:
    """Up to six weeks of certified leave from the miscarriage, or from the first day of it where that is later."""
    claimed = case.spell.period
    timeline = steps.certified_days(sheet, claimed, law.certificate_rule, sheet.days(claimed))
    if claimed.first < on:
        timeline = timeline.put(Period(claimed.first, on - ONE_DAY), Status.NOT_PAID, say(N_("Before the miscarriage")))
    timeline = steps.not_payable(sheet, timeline, law.suspension_rule, ("worked", "wage_paid", "false_statement"))
    end = max(steps.begun(before, claimed.first), on) + law.miscarriage_weeks.whole * 7 * ONE_DAY
    if end <= claimed.last:
        params = {"weeks": t.count(law.miscarriage_weeks.whole), "day": t.day(end - ONE_DAY)}
        sheet.finding(
            "longest",
            say(N_("{weeks} weeks of leave end on {day}"), **params),
            False,
            law.miscarriage_weeks,
            facts={"last_day": (end - ONE_DAY).isoformat()},
            change=say(N_("A claim for sickness, if the illness goes on")),
            reason=say(N_("{weeks} weeks of leave are paid; they ended on {day}."), **params),
        )
        timeline = timeline.put(Period(max(end, claimed.first), claimed.last), Status.EXHAUSTED, "longest")
    return timeline


def expense(case: Case, law: Law, sheet: Sheet, on: date) -> None:
    """From 1 December 2021 the receipts of a private facility, up to a fixed amount."""
    cap = law.private_ectopic if case.word("loss") == "ectopic_pregnancy" else law.private_miscarriage
    if case.word("facility") != "private" or cap.limit is None:
        sheet.use(law.no_child_rule)
        return
    receipts = case.amount("receipts")
    sheet.lump_sum(
        "expense",
        say(
            N_("Expense: receipts of {receipts}, at most {cap}"),
            receipts=sheet.money(receipts),
            cap=sheet.money(cap.number),
        ),
        min(receipts, cap.number),
        cap,
        Period(on, on),
    )


def conclude(law: Law, sheet: Sheet, on: date) -> None:
    """The sentence that opens the letter."""
    if not sheet.timeline.paid_days() and not any(paid.amount for paid in sheet.lump_sums):
        if sheet.refused_so_far():
            return
        sheet.finding(
            "payable_days",
            say(N_("No day of leave is payable")),
            False,
            law.suspension_rule,
            reason=say(N_("No day of the leave is payable: you worked, or the wage went on.")),
        )
        return
    found = sheet.finding_facts("contributed")
    sheet.granted(
        "contributed",
        say(
            N_n(
                "You had a miscarriage on {day} and had contributed {have} of the "
                "{months} months before; {needed} are needed. You receive {total}, with "
                "{days} day of leave.",
                "You had a miscarriage on {day} and had contributed {have} of the "
                "{months} months before; {needed} are needed. You receive {total}, with "
                "{days} days of leave.",
            )
            if sheet.timeline.paid_days()
            else N_(
                "You had a miscarriage on {day} and had contributed {have} of the {months} months before; "
                "{needed} are needed. You receive {total}."
            ),
            day=t.day(on),
            have=t.count(found["months"]),
            months=t.count(law.year_months.whole),
            needed=t.count(found["needed"]),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )
