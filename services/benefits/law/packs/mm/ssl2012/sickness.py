"""Sickness benefit of Myanmar, Health and Social Care Insurance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.benefits.domain.assessment import NOT_MET, Line
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.mm.ssl2012.reference import (
    Common,
    allowance,
    average,
    daily,
    in_time,
    served,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Common):
    """The figures of the sickness benefit."""

    service_months: Value
    contributed_months: Value
    window_months: Value
    average_months: Value
    sickness_rate: Value
    longest_weeks: Value
    relapse_days: Value
    certificate_weeks: Value
    weeks_before_birth: Value
    certificate_rule: Provision
    count_rule: Provision
    no_waiting_rule: Provision
    double_pay_rule: Provision
    scope_rule: Provision
    maternity_first_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount."""
    claimed = case.spell.period
    in_scope(case, law, sheet)
    earlier = steps.linked(case, law.relapse_days.whole)
    onset = earlier[0].period.first if earlier else claimed.first
    qualifies(case, law, sheet, onset, earlier)
    in_time(case, law, sheet, claimed.first)
    if paid_days_unknown(case, law, sheet, earlier, claimed) or sheet.questions:
        return
    sheet.timeline = payable_days(case, law, sheet, earlier)
    refused = next((f.id for f in sheet.findings if f.verdict == NOT_MET and f.id in OF_THE_WHOLE), None)
    if refused is not None:
        sheet.timeline = sheet.timeline.put_all(sheet.timeline.where(Status.PAID), Status.NOT_PAID, refused)
        return
    if not sheet.timeline.paid_days():
        nothing_left(law, sheet, claimed)
        return
    day = daily(law, sheet, average_wage(case, law, sheet, onset), law.sickness_rate)
    sheet.use(law.no_waiting_rule)
    parts = certified_parts(case, law, claimed)
    allowance(law, sheet, day, law.sickness_rate, parts, law.longest_weeks, continues=earlier)
    conclude(law, sheet, claimed)


#: Conditions of the claim as a whole: where one is not met, no day is paid.
OF_THE_WHOLE = ("scope", "service", "contributed", "in_time")


def paid_days_unknown(case: Case, law: Law, sheet: Sheet, earlier: list[EarlierSpell], claimed: Period) -> bool:
    """The days paid for earlier spells of the illness matter only where the weeks could run out."""
    limit = law.longest_weeks.whole * 7
    if sum(s.period.length for s in earlier) + claimed.length <= limit or all(
        s.paid_by_year() is not None for s in earlier
    ):
        return False
    number = next(n for n, s in enumerate(case.earlier_spells) if s in earlier and s.paid_by_year() is None)
    sheet.ask(
        f"#/earlier_spells/{number}/paid_days",
        "fact_missing",
        say(N_("How many days were paid for the earlier spell of this illness?")),
    )
    return True


def qualifies(case: Case, law: Law, sheet: Sheet, onset: date, earlier: list[EarlierSpell]) -> None:
    """Worked at least six months in the establishment before the illness and paid at least four months in
    that time."""
    served(case, law, sheet, onset, law.service_months)
    steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(onset, law.window_months.whole),
        law.contributed_months,
        uses=[law.window_months],
    )
    if earlier:
        sheet.finding(
            "linked",
            say(N_("Continues the illness that began on {onset}"), onset=t.day(onset)),
            True,
            law.relapse_days,
            facts={"onset": onset.isoformat(), "spells": len(earlier)},
            uses=[law.count_rule],
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
        change=None if general else say(N_("Claim it from the work injury insurance")),
        reason=say(N_("A work injury is not paid by the sickness benefit but by the work injury insurance.")),
    )


def payable_days(case: Case, law: Law, sheet: Sheet, earlier: list[EarlierSpell]) -> Timeline:
    """Certified days from the first, weekends and holidays too, without days on which the employer pays,
    maternity benefit is paid or the person works; at most 26 weeks of one illness are paid."""
    claimed = case.spell.period
    timeline = steps.certified_days(sheet, claimed, law.certificate_rule, sheet.days(claimed))
    timeline = certified_anew(case, law, sheet, claimed, timeline)
    paid = case.happened("wage_paid")
    if (until := case.wage_paid_until) is not None and until >= claimed.first:
        paid.append(Period(claimed.first, min(until, claimed.last)))
    if paid:
        sheet.use(law.double_pay_rule)
        timeline = timeline.put_all(paid, Status.EMPLOYER, say(steps.NOT_PAYABLE["wage_paid"]), "employer")
    timeline = steps.not_payable(
        sheet, timeline, law.suspension_rule, ("worked", "treatment_refused", "false_statement")
    )
    for period in maternity_days(case, law):
        if period.overlap(claimed):
            sheet.use(law.maternity_first_rule, law.weeks_before_birth)
            timeline = timeline.put(
                period, Status.NOT_PAID, say(N_("Maternity takes the place of sickness on this day"))
            )
    limit = law.longest_weeks.whole * 7
    used = sum(steps.days_paid(s) for s in [*earlier, *steps.continued_by(case, law.relapse_days.whole)])
    first = timeline.nth_day(Status.PAID, max(0, limit - used) + 1)
    if first is not None:
        params = {"weeks": t.count(law.longest_weeks.whole), "day": t.day(first)}
        sheet.finding(
            "longest",
            say(N_("The {weeks} weeks of one illness are used up before {day}"), **params),
            False,
            law.longest_weeks,
            facts={"days_before": used, "limit": limit, "from": first.isoformat()},
            reason=say(N_("{weeks} weeks are paid for one illness; they were used up before {day}."), **params),
            uses=[law.count_rule],
        )
        timeline = timeline.put(Period(first, claimed.last), Status.EXHAUSTED, "longest")
    return timeline


def certified_anew(case: Case, law: Law, sheet: Sheet, claimed: Period, timeline: Timeline) -> Timeline:
    """A long illness is certified anew every eight weeks; a longer certificate is for an officer to judge,
    and where it is not accepted, its days after eight weeks are not paid."""
    most = law.certificate_weeks.whole * 7
    long = [c.period for c in case.certificates or () if not c.cancelled and c.period.overlap(claimed)]
    long = [period for period in long if period.length > most]
    if not long:
        return timeline
    accepted = sheet.finding(
        "certified_anew",
        say(
            N_n("One certificate covers {days} day", "One certificate covers {days} days"),
            days=t.count(max(p.length for p in long)),
        ),
        None,
        law.certificate_weeks,
        facts={"certificates": [period.json() for period in long], "most": most},
        change=say(N_("Certificates of at most {weeks} weeks"), weeks=t.count(law.certificate_weeks.whole)),
        reason=say(
            N_("A certificate covers more than {weeks} weeks; whether it is accepted must be judged."),
            weeks=t.count(law.certificate_weeks.whole),
        ),
    )
    if accepted:
        return timeline
    beyond = [Period(period.first + most * ONE_DAY, period.last) for period in long]
    return timeline.put_all(beyond, Status.NOT_PAID, "certified_anew")


def maternity_days(case: Case, law: Law) -> Iterator[Period]:
    """Days on which maternity takes precedence: six weeks before the due date end a sickness that comes from
    pregnancy, or the birth where that was earlier still, and a maternity benefit takes its own days. Where the birth
    is late, days after those six weeks and before the birth may be sickness."""
    before = law.weeks_before_birth.whole * 7
    birth = case.day("birth_on") if case.has("birth_on") else None
    if case.flag("caused_by_pregnancy"):
        due = case.day("due_on")
        leave = Period(due - before * ONE_DAY, due - ONE_DAY)
        yield leave if birth is None or birth > due else Period(min(birth, leave.first), date.max)
        if birth is not None and birth > due:
            yield Period(birth, date.max)
    for spell in case.earlier_spells:
        if spell.pays_nothing:
            continue
        if spell.benefit == "maternity":
            paid = spell.paid_span.first + before * ONE_DAY
            if birth is None or birth <= paid:
                yield spell.paid_span
            else:
                yield Period(spell.paid_span.first, min(paid - ONE_DAY, spell.paid_span.last))
                if birth <= spell.paid_span.last:
                    yield Period(birth, spell.paid_span.last)
        elif spell.benefit in ("miscarriage", "adoption", "paternity"):
            yield spell.paid_span


def average_wage(case: Case, law: Law, sheet: Sheet, onset: date) -> Line:
    """The last four contributed months among the six calendar months before the month of onset, divided by
    four."""
    first, last = steps.months_before(onset, law.window_months.whole)
    months = steps.last_contributed(case, last + 1, law.average_months.whole, not_before=first)
    wages = steps.insured_months(sheet, months, ceiling=lambda day: law.at(day).ceiling)
    return average(law, sheet, wages, law.average_months.whole, law.average_months)


def certified_parts(case: Case, law: Law, claimed: Period) -> Iterator[Period]:
    """One instalment for each certified period of at most eight weeks."""
    left = [claimed]
    for certificate in sorted(case.certificates or (), key=lambda c: c.period):
        if certificate.cancelled:
            continue
        for part in [p for piece in left if (p := piece.overlap(certificate.period))]:
            yield from steps.blocks(part, law.certificate_weeks.whole * 7)
            left = [rest for piece in left for rest in piece.without(part)]


def nothing_left(law: Law, sheet: Sheet, claimed: Period) -> None:
    """All days have wage, or maternity benefit, or were worked."""
    if sheet.refused_so_far():
        return
    sheet.finding(
        "payable_days",
        say(
            N_("No day from {first} to {last} is payable"),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
        ),
        False,
        law.double_pay_rule,
        facts={"days": claimed.length},
        change=say(N_("A day of illness without wage")),
        reason=say(
            N_("Nothing is payable from {first} to {last}: wage or another benefit is paid for these days."),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
        ),
    )


def conclude(law: Law, sheet: Sheet, claimed: Period) -> None:
    """The sentence that opens the letter."""
    found = sheet.finding_facts("contributed")
    sheet.granted(
        "contributed",
        say(
            N_n(
                "You were ill from {first} to {last}, and you had contributed {have} of "
                "the {months} months before; {needed} are needed. You receive {total} "
                "for {days} day.",
                "You were ill from {first} to {last}, and you had contributed {have} of "
                "the {months} months before; {needed} are needed. You receive {total} "
                "for {days} days.",
            ),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
            have=t.count(found["months"]),
            months=t.count(law.window_months.whole),
            needed=t.count(found["needed"]),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )
