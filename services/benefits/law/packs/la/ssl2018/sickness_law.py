"""The figures of the Lao sickness benefit, and the case a spell belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.law import steps
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.la.ssl2018.reference import Common
from shared.period import ONE_DAY, Period


class Law(Common):
    """The figures of the sickness benefit."""

    contributed_months: Value
    rate_phase_1: Value
    rate_phase_2: Value
    phase_1_months: Value
    longest_months: Value
    employer_days: Value
    employer_days_after: Value
    relapse_days: Value
    wage_stopped_rule: Provision
    scope_rule: Provision
    maternity_first_rule: Provision
    benefit_month_rule: Provision
    employer_year_rule: Provision


@dataclass(frozen=True)
class History:
    """The case a spell belongs to: its onset, the spells it continues, and its first payable day."""

    onset: date
    earlier: list[EarlierSpell]
    first_payable: date
    employer_days: int


def case_of(case: Case, law: Law, claimed: Period) -> History:
    """The same illness with a new onset at most 30 days after the last day of incapacity continues the case.

    The employer pays a worker paid by the month the first 30 calendar days of sickness in the calendar year of
    the onset; the fund begins with the next day of the case. The first earlier spell that reached it says when."""
    earlier = steps.linked(case, law.relapse_days.whole)
    onset = earlier[0].period.first if earlier else claimed.first
    given = next((s.first_payable_day for s in earlier if s.first_payable_day), None)
    if given is not None:
        return History(onset, earlier, given, max(0, (given - claimed.first).days))
    left = rest = employer_days_left(case, law, earlier, onset)
    for period in [*(s.period for s in earlier), claimed]:
        if rest < period.length:
            return History(onset, earlier, period.first + rest * ONE_DAY, left)
        rest -= period.length
    return History(onset, earlier, claimed.last + ONE_DAY, left)


def employer_days_left(case: Case, law: Law, of_case: list[EarlierSpell], onset: date) -> int:
    """Employer-paid days still available in the calendar year of the onset, when the case began; calendar days. None
    for a voluntary member, or for a worker paid by the day, hour or piece before 90 days of work. Days that decided
    claims left with the employer are used, whether the claim names them or not."""
    if case.insured.insured_as == "voluntary":
        return 0
    enough = law.employer_days_after.whole
    if not any(job.pay == "monthly" or (job.days_worked or 0) >= enough for job in case.employments):
        return 0
    known = employer_days_known(case, law, of_case, onset)
    if known >= law.employer_days.whole:
        return 0
    return law.employer_days.whole - min(law.employer_days.whole, max(known, case.number("employer_days_used")))


def employer_days_known(case: Case, law: Law, of_case: list[EarlierSpell], onset: date) -> int:
    """Days the employer paid of other cases whose onset lies in the same calendar year, before this one."""
    days, before, began = 0, None, onset
    for spell in sorted((s for s in case.earlier_spells if s.benefit == "sickness"), key=lambda s: s.period):
        if spell.period.first >= onset or spell in of_case:
            continue
        follows = before is not None and (spell.period.first - before.period.last).days <= law.relapse_days.whole
        same = before is not None and spell.illness is not None and spell.illness == before.illness
        began = began if follows and same else spell.period.first
        days += (spell.of_employer() or 0) if began.year == onset.year else 0
        before = spell
    return days
