"""Maternity benefit of Thailand, SSA ss. 65-67: lump sum for a delivery, allowance for the insured woman on
leave."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.th.ssa1990.wages import (
    Wages,
    covered,
    daily_wage,
    in_time,
    months_of_33_and_39,
    section_of,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Wages):
    """The figures of the maternity benefit."""

    birth_contributed_months: Value
    birth_weeks: Value
    lump_sum_amount: Value
    lump_sum_deliveries: Value
    allowance_deliveries: Value
    leave_rate: Value
    allowance_days: Value
    employer_leave_days: Value
    employer_paid_days: Value
    claimant_rule: Provision
    woman_rule: Provision
    leave_rule: Provision
    multiple_rule: Provision
    both_paid_rule: Provision
    first_days_rule: Provision
    running_leave_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, allowance, lump sum, in the order of the Act."""
    born, mother = case.day("birth_on"), case.word("claimant") == "mother"
    qualified = qualifies(case, law, sheet, born)
    qualified = in_time(case, law.claim_years, sheet, born) and qualified
    if law.first_days_rule.concerns(born):
        sheet.use(law.first_days_rule)
    parts = steps.parts_of_leave(sheet, born)
    leave = leave_of(case, law, born) if mother else None
    if leave is not None:
        sheet.timeline = Timeline.of(leave)
    lump = lump_sum_due(case, law, sheet, parts) if qualified else False
    allowance = mother and qualified and not paid_before(law, sheet, parts, born) and allowance_due(case, law, sheet)
    if leave is not None and not allowance:
        refused = next(f.id for f in sheet.findings if f.verdict == NOT_MET and f.id != "lump_sum_right")
        sheet.timeline = sheet.timeline.put(leave, Status.NOT_PAID, refused)
    if leave is not None and section_of(case) == "33":
        employer_side(law, sheet, leave)
    if allowance and leave is not None:
        pay_allowance(case, law, sheet, born, leave)
    if lump:
        sheet.lump_sum(
            "lump_sum",
            say(N_("Lump sum for the delivery of {day}"), day=t.day(born)),
            law.lump_sum_amount.number,
            law.lump_sum_amount,
            Period(born, born),
            uses=[law.multiple_rule] if case.number("children") > 1 else [],
        )
    conclude(case, law, sheet, born, bool(allowance), lump)


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("covered", "still_insured", "cover_after_job", "contributed", "delivery", "in_time")


def qualifies(case: Case, law: Law, sheet: Sheet, born: date) -> bool:
    """ss. 65-67: five months of contributions (before Act No. 4: seven) in the fifteen months before the
    month of the delivery. A delivery is one after 28 weeks or more, alive or not; an earlier loss is
    sickness."""
    known = covered(case, law, sheet, born)
    contributed = steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(born, law.window_months.whole),
        law.birth_contributed_months,
        uses=[law.window_months],
        kinds=months_of_33_and_39(case, law, sheet),
    )
    weeks, least = case.number("pregnancy_weeks"), law.birth_weeks.whole
    delivery = weeks >= least
    counts = sheet.finding(
        "delivery",
        say(
            N_("After {weeks} weeks of pregnancy; {least} are needed"),
            weeks=t.count(weeks),
            least=t.count(least),
        ),
        delivery,
        law.birth_weeks,
        facts={"pregnancy_weeks": weeks},
        change=None if delivery else say(N_("A claim for sickness")),
        reason=say(
            N_("The pregnancy ended before {least} weeks, so it is treated as sickness, not as a delivery."),
            least=t.count(least),
        ),
    )
    return known and contributed and counts


def known_deliveries(case: Case, lump_sum: bool) -> int:
    """Deliveries before this one for which our own decisions paid the lump sum, or the leave allowance."""
    paid = [s for s in case.earlier_spells if s.benefit == case.benefit and (s.lump_sum or not lump_sum)]
    days = {s.event_on for s in paid if s.event_on is not None and (lump_sum or not s.pays_nothing)}
    return sum(day < case.day("birth_on") for day in days)


def lump_sum_due(case: Case, law: Law, sheet: Sheet, parts: list[EarlierSpell]) -> bool:
    """For each delivery, any number of them (before Act No. 4: two); to the insured woman, or the insured man
    for his wife or registered partner. Where both are insured, one of them uses the right."""
    limit, other = law.lump_sum_deliveries.limit, case.flag("other_parent_paid")
    before = known_deliveries(case, lump_sum=True) if limit is not None else 0
    if limit is not None and before < limit:
        before = max(before, case.number("earlier_lump_sums"))
    left = limit is None or before < limit
    if any(part.lump_sum for part in parts):
        return not steps.paid_once(sheet, parts, case.day("birth_on"), law.claimant_rule)
    return sheet.finding(
        "lump_sum_right",
        say(N_("The other parent has used the right to the lump sum"))
        if other
        else say(
            N_n("The lump sum was paid for {before} delivery", "The lump sum was paid for {before} deliveries"),
            before=t.count(before),
        )
        if not left
        else say(N_("The right to the lump sum is not used up")),
        left and not other,
        law.claimant_rule if other else law.lump_sum_deliveries,
        facts={"claimant": case.word("claimant"), "other_parent_paid": other, "earlier": before},
        reason=say(N_("The lump sum for this delivery has gone to the other parent."))
        if other
        else say(N_("The lump sum is paid for at most {limit} deliveries."), limit=t.count(limit or 0)),
        uses=[law.claimant_rule],
    )


def paid_before(law: Law, sheet: Sheet, parts: list[EarlierSpell], born: date) -> bool:
    """Whether the allowance, which is paid at once, was paid for this delivery with an earlier claim."""
    if all(part.pays_nothing for part in parts):
        return False
    return not sheet.finding(
        "allowance_paid",
        say(N_("The leave allowance for {day} was paid with an earlier claim"), day=t.day(born)),
        False,
        law.allowance_days,
        facts={"birth_on": born.isoformat()},
        reason=say(N_("The leave allowance for {day} was paid with an earlier claim."), day=t.day(born)),
    )


def allowance_due(case: Case, law: Law, sheet: Sheet) -> bool:
    """ss. 65-67: the insured woman who takes leave, at most for two deliveries."""
    limit, before = law.allowance_deliveries.whole, known_deliveries(case, lump_sum=False)
    if before < limit:
        before = max(before, case.number("earlier_allowances"))
    left = sheet.finding(
        "allowance_deliveries",
        say(
            N_n(
                "The allowance was paid for {before} delivery; {limit} are the most",
                "The allowance was paid for {before} deliveries; {limit} are the most",
            ),
            before=t.count(before),
            limit=t.count(limit),
        ),
        before < limit,
        law.allowance_deliveries,
        facts={"earlier": before, "limit": limit},
        reason=say(
            N_("The leave allowance is paid for at most {limit} deliveries; you have had it for {before}."),
            before=t.count(before),
            limit=t.count(limit),
        ),
        uses=[law.woman_rule],
    )
    if section_of(case) == "39":
        return left
    taken = case.flag("leave_taken")
    return (
        sheet.finding(
            "leave_taken",
            say(N_("Took maternity leave")) if taken else say(N_("Took no maternity leave")),
            taken,
            law.leave_rule,
            facts={"leave_taken": taken},
            change=None if taken else say(N_("Maternity leave, as the employer certifies it")),
            reason=say(N_("The leave allowance is for women who take leave from work.")),
        )
        and left
    )


def leave_of(case: Case, law: Law, born: date) -> Period:
    """The days of the allowance, from the first day of leave, or from the delivery where no leave is
    named."""
    first = min(case.spell.first_day or born, born)
    return Period(first, first + (law.allowance_days.whole - 1) * ONE_DAY)


def employer_side(law: Law, sheet: Sheet, leave: Period) -> None:
    """LPA ss. 41, 59: leave and wages that the employer owes besides, told to the officer and not reckoned
    with. A leave still running when Act No. 9 began has the new rights for the part from that day."""
    first = law.at(leave.first)
    granted, paid = first.employer_leave_days, first.employer_paid_days
    last = leave.first + (granted.whole - 1) * ONE_DAY
    later = law.at(last)
    running = later.employer_leave_days.value != granted.value
    if running:
        granted, paid = later.employer_leave_days, later.employer_paid_days
    sheet.finding(
        "employer_side",
        say(
            N_n(
                "The employer grants {days} day of leave and pays the wage of up to {paid} of them, besides",
                "The employer grants {days} days of leave and pays the wage of up to {paid} of them, besides",
            ),
            days=t.count(granted.whole),
            paid=t.count(paid.whole),
        ),
        True,
        granted,
        facts={"leave_days": granted.whole, "paid_days": paid.whole},
        uses=[paid, law.both_paid_rule, *([law.running_leave_rule] if running else [])],
    )


def pay_allowance(case: Case, law: Law, sheet: Sheet, born: date, leave: Period) -> None:
    """ss. 65-67: half of the daily wage for ninety days, paid at once."""
    wage, rate, days = daily_wage(case, law, sheet, born), law.leave_rate, law.allowance_days
    benefit = sheet.line(
        "daily_benefit",
        say(N_("Daily allowance: {rate} of the daily wage"), rate=t.rate(rate.number)),
        wage.exact * rate.number,
        rate,
        inputs=[wage],
    )
    exact = benefit.exact * days.whole
    sheet.timeline = sheet.timeline.price(leave, rate.number, exact)
    sheet.line(
        "allowance",
        say(N_n("Leave allowance for {days} day", "Leave allowance for {days} days"), days=t.count(days.whole)),
        exact,
        days,
        inputs=[benefit],
        payable=sheet.component("allowance").pay(leave, exact),
    )


def conclude(case: Case, law: Law, sheet: Sheet, born: date, allowance: bool, lump: bool) -> None:
    """The sentence that opens the letter."""
    found = sheet.finding_facts("contributed")
    params = {
        "born": t.day(born),
        "have": t.count(found["months"]),
        "months": t.count(law.window_months.whole),
        "needed": t.count(found["needed"]),
        "total": sheet.total_param(),
        "days": t.count(law.allowance_days.whole),
    }
    if allowance and lump:
        text = N_n(
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} day of leave and a lump sum.",
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total}: an allowance "
            "for {days} days of leave and a lump sum.",
        )
    elif allowance:
        text = N_n(
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total} as an allowance "
            "for {days} day of leave.",
            "You gave birth on {born} and had contributed {have} of the {months} "
            "months before; {needed} are needed. You receive {total} as an allowance "
            "for {days} days of leave.",
        )
    elif case.word("claimant") == "mother":
        text = N_(
            "You gave birth on {born} and had contributed {have} of the {months} months before; {needed} are "
            "needed. You receive {total} as a lump sum, and no leave allowance."
        )
    else:
        text = N_(
            "The child was born on {born} and you had contributed {have} of the {months} months before; "
            "{needed} are needed. You receive {total} as a lump sum."
        )
    sheet.granted("contributed", say(text, **params))
