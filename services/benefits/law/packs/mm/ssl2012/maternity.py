"""Maternity benefit of Myanmar: allowance for the leave of the insured woman, and the maternity expense."""

from __future__ import annotations

from datetime import date, timedelta

from services.benefits.domain.assessment import Line, Text
from services.benefits.domain.case import Case, EarlierSpell, FactMissing
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
from services.benefits.law.scales import Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Year):
    """The figures of the maternity benefit."""

    leave_weeks: Value
    leave_weeks_before: Value
    leave_weeks_after: Value
    twins_weeks: Value
    maternity_expense: Scale
    private_normal: Value
    private_caesarean: Value
    private_forceps: Value
    employer_leave_weeks: Value
    late_birth_rule: Provision
    early_birth_rule: Provision
    no_work_rule: Provision
    death_rule: Provision
    public_rule: Provision
    private_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = OF_THE_YEAR


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days of leave, allowance, expense."""
    born, expense_only = case.day("birth_on"), case.flag("expense_only")
    parts = steps.parts_of_leave(sheet, born)
    begins = born if expense_only else leave_begins(case, law, born, parts)
    qualified = qualifies_of_year(case, law, sheet, begins)
    qualified = in_time(case, law, sheet, begins) and qualified
    if not expense_only:
        sheet.timeline = payable_days(case, law, sheet, begins, born)
    if not qualified:
        employer_leave(law, sheet)
        refuse_days(sheet)
        return
    average = average_of_year(case, law, sheet, begins)
    if sheet.timeline.paid_days():
        day = daily(law, sheet, average, law.allowance_rate)
        instalments = parts_of(sheet.timeline, born)
        allowance(law, sheet, day, law.allowance_rate, instalments, law.leave_weeks, continues=parts)
    if not steps.paid_once(sheet, parts, born, law.maternity_expense):
        expense(case, law, sheet, average, born)
    conclude(law, sheet, born)


# Leave ----------------------------------------------------------------------------------------------


def leave_begins(case: Case, law: Law, born: date, parts: list[EarlierSpell]) -> date:
    """Leave starts at most 42 days before the due date, and with the birth at the latest where that came earlier
    still. The due date matters only to leave that began before the birth. A leave claimed in parts began with the
    first of them. Raises `FactMissing`."""
    if case.spell.first_day is None:
        raise FactMissing("#/spell/first_day")
    first = steps.begun(parts, case.spell.first_day)
    if first >= born:
        return first
    return max(first, min(born, case.day("due_on") - _weeks(law.leave_weeks_before)))


def _weeks(figure: Value) -> timedelta:
    return timedelta(days=figure.whole * 7)


def payable_days(case: Case, law: Law, sheet: Sheet, begins: date, born: date) -> Timeline:
    """Fourteen weeks, six before and eight after the birth, for twins four more. At most the first 42 days
    before the birth are paid; what is not used before it moves behind it, so that 98 days are paid in all."""
    before = min(max(0, (born - begins).days), law.leave_weeks_before.whole * 7)
    weeks = law.leave_weeks.whole + (law.twins_weeks.whole if case.number("children") > 1 else 0)
    end = born + (weeks * 7 - before - 1) * ONE_DAY
    first = case.spell.first_day
    assert first is not None  # noqa: S101 - asked before
    whole = Period(first, max(first, end))
    sheet.finding(
        "on_leave",
        say(
            N_n(
                "{weeks} weeks of leave, {before} day before the birth and {after} from it",
                "{weeks} weeks of leave, {before} days before the birth and {after} from it",
            ),
            weeks=t.count(weeks),
            before=t.count(before),
            after=t.count(weeks * 7 - before),
        ),
        True,
        law.leave_weeks,
        facts={
            "from": begins.isoformat(),
            "to": end.isoformat(),
            "before": before,
            "after": weeks * 7 - before,
        },
        uses=[law.leave_weeks_before, law.leave_weeks_after]
        + ([law.twins_weeks] if case.number("children") > 1 else []),
    )
    leave = whole
    if (until := case.spell.last_day) is not None and first <= until < whole.last:
        leave = Period(first, until)
    timeline = sheet.days(leave)
    if before < law.leave_weeks_before.whole * 7:
        sheet.use(law.early_birth_rule)
    if first < begins:
        early = Period(first, begins - ONE_DAY)
        timeline = timeline.put(early, Status.NOT_PAID, too_early(law))
        sheet.use(law.late_birth_rule)
    if end < first == begins:
        timeline = timeline.put(leave, Status.NOT_PAID, say(N_("After the weeks that are paid from the birth")))
    timeline = late_birth(law, sheet, timeline, begins, born)
    timeline = steps.not_payable(sheet, timeline, law.suspension_rule, ("worked", "wage_paid", "false_statement"))
    if case.has("mother_died_on") and (died := case.day("mother_died_on")) < leave.last:
        sheet.use(law.death_rule)
        after = Period(max(leave.first, died + ONE_DAY), leave.last)
        timeline = timeline.put(after, Status.NOT_PAID, say(N_("The benefit ended on {day}"), day=t.day(died)))
    rest_after_birth(case, law, sheet, timeline, born)
    goes_on = say(N_("A claim for sickness, if the illness goes on"))
    return steps.beyond_leave(sheet, timeline, law.leave_weeks, goes_on, paid_to=end if begins < first else None)


def too_early(law: Law) -> Text:
    """Why days before the weeks before the birth are not paid."""
    return say(N_("More than {weeks} weeks before the due date"), weeks=t.count(law.leave_weeks_before.whole))


def late_birth(law: Law, sheet: Sheet, timeline: Timeline, begins: date, born: date) -> Timeline:
    """Where the birth is late, days after the first 42 and before the birth are not paid, unless they are
    certified sick; then they are sickness."""
    gap = begins + _weeks(law.leave_weeks_before)
    if gap >= born:
        return timeline
    period = Period(gap, born - ONE_DAY)
    if not any(span.period.overlap(period) for span in timeline):
        return timeline
    sheet.finding(
        "late_birth",
        say(
            N_("The birth came late: {first} to {last} lie between the weeks before and after it"),
            first=t.day(period.first),
            last=t.day(period.last),
        ),
        False,
        law.late_birth_rule,
        facts=period.json(),
        change=say(N_("A medical certificate for these days, and a claim for sickness")),
        reason=say(
            N_("The days from {first} to {last} lie between the weeks before and after the birth."),
            first=t.day(period.first),
            last=t.day(period.last),
        ),
    )
    return timeline.put(period, Status.NOT_PAID, "late_birth")


def rest_after_birth(case: Case, law: Law, sheet: Sheet, timeline: Timeline, born: date) -> None:
    """Eight weeks after the birth are without work; fewer is for an officer to judge."""
    rest = Period(born, born + _weeks(law.leave_weeks_after) - ONE_DAY)
    worked = [p for p in case.happened("worked") if p.overlap(rest)]
    until, weeks = case.spell.last_day, t.count(law.leave_weeks_after.whole)
    enough = not worked and (until is None or until >= rest.last or case.has("mother_died_on"))
    sheet.finding(
        "rest_after_birth",
        say(N_("Without work up to {last}, {weeks} weeks from the birth"), last=t.day(rest.last), weeks=weeks)
        if enough
        else say(
            N_("Back at work before {last}, within {weeks} weeks from the birth"), last=t.day(rest.last), weeks=weeks
        ),
        True if enough else None,
        law.no_work_rule,
        facts={"until": rest.last.isoformat()},
        change=None if enough else say(N_("An officer's view on the shorter rest after the birth")),
        reason=None if enough else say(N_("Work within {weeks} weeks from the birth must be judged."), weeks=weeks),
        uses=[law.leave_weeks_after],
    )


def parts_of(timeline: Timeline, born: date) -> list[Period]:
    """Two instalments: one before the birth and one from it."""
    first, last = timeline.first_day(Status.PAID), timeline.last_day(Status.PAID)
    assert first is not None  # noqa: S101
    assert last is not None  # noqa: S101
    if last < born or born <= first:
        return [Period(first, last)]
    before = [p for p in timeline.where(Status.PAID) if p.first < born]
    return [Period(first, min(born - ONE_DAY, before[-1].last)), Period(born, last)]


def employer_leave(law: Law, sheet: Sheet) -> None:
    """Less than six of twelve months: no benefit, but the employer owes twelve weeks of leave."""
    if sheet.finding_facts("contributed")["months"] >= law.contributed_of_year.whole:
        return
    sheet.finding(
        "employer_leave",
        say(N_("The employer owes {weeks} weeks of leave"), weeks=t.count(law.employer_leave_weeks.whole)),
        True,
        law.employer_leave_weeks,
        facts={"weeks": law.employer_leave_weeks.whole},
    )


# Expense --------------------------------------------------------------------------------------------


def expense(case: Case, law: Law, sheet: Sheet, average: Line, born: date) -> None:
    """In a private facility, for births from 1 December 2021, the receipts up to a fixed amount; otherwise
    50 %, for twins 75 %, for three or more 100 % of the average wage."""
    on, at = Period(born, born), law.at(born)
    if case.word("facility") == "private" and at.private_normal.limit is not None:
        cap = {
            "normal": at.private_normal,
            "caesarean": at.private_caesarean,
            "forceps_or_vacuum": at.private_forceps,
        }[case.word("delivery")]
        receipts = case.amount("receipts")
        sheet.lump_sum(
            "expense",
            say(
                N_("Maternity expense: receipts of {receipts}, at most {cap}"),
                receipts=sheet.money(receipts),
                cap=sheet.money(cap.number),
            ),
            min(receipts, cap.number),
            cap,
            on,
            uses=[law.private_rule],
        )
        return
    children = case.number("children")
    scale = law.maternity_expense
    rate = scale.row(children).value
    sheet.lump_sum(
        "expense",
        say(N_("Maternity expense: {rate} of the average wage"), rate=t.rate(rate)),
        average.exact * rate,
        scale,
        on,
        inputs=[average],
        uses=[law.public_rule] if at.private_normal.limit is not None else [at.private_normal],
    )


def conclude(law: Law, sheet: Sheet, born: date) -> None:
    """The sentence that opens the letter; it names what is paid and nothing else."""
    expense_paid = any(paid.amount for paid in sheet.lump_sums)
    if not sheet.timeline.paid_days() and not expense_paid:
        if sheet.refused_so_far():
            return
        sheet.finding(
            "payable_days",
            say(N_("No day of leave is payable, and no expense was shown")),
            False,
            law.private_rule,
            change=say(N_("Receipts of the private facility")),
            reason=say(N_("No day of your leave is payable, and no receipts were shown.")),
        )
        return
    found = sheet.finding_facts("contributed")
    params = {
        "born": t.day(born),
        "have": t.count(found["months"]),
        "months": t.count(law.year_months.whole),
        "needed": t.count(found["needed"]),
        "total": sheet.total_param(),
        "days": t.count(sheet.timeline.paid_days()),
    }
    if sheet.timeline.paid_days() and expense_paid:
        text = N_n(
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} day of leave and the maternity expense.",
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} days of leave and the maternity expense.",
        )
    elif sheet.timeline.paid_days():
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
            "needed. You receive {total} as maternity expense."
        )
    sheet.granted("contributed", say(text, **params))
