"""Sickness benefit of section 40 of Thailand: the self-employed, with a fixed amount for a day or a visit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import NOT_MET
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Span
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Figures, Provision, Value
from services.benefits.law.packs.th.ssa1990.limits import next_year
from services.benefits.law.packs.th.ssa1990.wages import (
    OF_EMPLOYEES,
    SECTION_33,
    SECTION_39,
    in_time,
    own_months,
    section_of,
)
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Figures):
    """The figures of section 40."""

    contributed_months: Value
    window_months_40: Value
    hospital_daily: Value
    rest_daily: Value
    rest_least_days: Value
    visit_amount: Value
    visits_of_year: Value
    days_of_year_40: Value
    claim_years: Value
    covered_40_rule: Provision
    own_months_rule: Provision
    certificate_rule: Provision
    all_days_rule: Provision
    visit_rule: Provision
    continued_rest_rule: Provision
    change_day_rule: Provision
    early_years_40_rule: Provision


_VISIT = say(N_("A visit to a doctor, without an order to rest"))


@dataclass(frozen=True)
class Days:
    """What the days of a spell are: in hospital, at rest on a doctor's order; the days of visits; and the
    days of the orders that this one continues."""

    hospital: list[Period]
    rest: list[Period]
    visits: list[date]
    before: list[Period]


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, visits, amounts."""
    claimed = case.spell.period
    insured_40(case, law, sheet)
    chain = steps.linked(case, 1)
    qualifies(case, law, sheet, chain[0].period.first if chain else claimed.first)
    in_time(case, law.claim_years, sheet, claimed.first)
    sheet.use(*(rule for rule in (law.early_years_40_rule, law.change_day_rule) if rule.concerns(claimed.first)))
    days = days_of(case, law, sheet, claimed, chain)
    sheet.traces.kinds = [(stay, "hospital") for stay in days.hospital]
    rest_long_enough(law, sheet, days, chain)
    refused = next(
        (f.id for f in sheet.findings if f.verdict == NOT_MET and f.id in OF_THE_WHOLE),
        None,
    )
    if refused is not None:
        sheet.timeline = sheet.timeline.put_all(sheet.timeline.where(Status.PAID), Status.NOT_PAID, refused)
        return
    days_left(case, law, sheet)
    amounts(case, law, sheet, days)
    conclude(law, sheet, claimed)


#: Conditions of the claim as a whole: where one is not met, no day is paid.
OF_THE_WHOLE = ("covered", "contributed", "in_time")


def insured_40(case: Case, law: Law, sheet: Sheet) -> None:
    """Insured under section 40."""
    known, own = section_of(case) == "40", t.word("40")
    sheet.finding(
        "covered",
        say(N_("Insured under section {section}"), section=own)
        if known
        else say(N_("Not insured under section {section}"), section=own),
        known,
        law.covered_40_rule,
        facts={"insured_as": case.insured.insured_as},
        change=None
        if known
        else say(N_("A claim for the sickness benefit of sections {employed} and {continued}"), **OF_EMPLOYEES),
        reason=say(
            N_("This benefit is for people insured under section {section} of the Social Security Act."), section=own
        ),
    )


def qualifies(case: Case, law: Law, sheet: Sheet, onset: date) -> None:
    """Three months of contributions in the four months before the month of illness."""
    steps.contributed_months(
        sheet,
        "contributed",
        steps.months_before(onset, law.window_months_40.whole),
        law.contributed_months,
        uses=[law.window_months_40],
        kinds=own_months(case, sheet, law.own_months_rule, frozenset({SECTION_33, SECTION_39})),
    )


def days_of(case: Case, law: Law, sheet: Sheet, claimed: Period, chain: list[EarlierSpell]) -> Days:
    """In hospital from one day; certified rest at home; visits without admission. A day of neither is not
    paid."""
    hospital = _days_of(claimed, case.happened("hospital"))
    seen = [p.first for period in case.happened("outpatient") if (p := period.overlap(claimed))]
    gaps = steps.uncertified(case, claimed)
    visited = [p for day in seen for gap in gaps if (p := gap.overlap(Period(day, day)))]
    for visit in visited:
        gaps = [rest for gap in gaps for rest in gap.without(visit)]
    timeline = sheet.days(claimed)
    timeline = timeline.put_all(visited, Status.NOT_PAID, _VISIT)
    days = sum(gap.length for gap in gaps)
    if days or not visited:
        sheet.finding(
            "certified",
            say(
                N_n("Certificates cover {covered} of {days} day", "Certificates cover {covered} of {days} days"),
                covered=t.count(claimed.length - days - sum(v.length for v in visited)),
                days=t.count(claimed.length),
            ),
            not days,
            law.certificate_rule,
            facts={"days": claimed.length, "missing": [gap.json() for gap in gaps]},
            change=say(
                N_("A certificate for {first} to {last}"),
                first=t.day(gaps[0].first),
                last=t.day(gaps[-1].last),
            )
            if days
            else None,
            reason=say(N_("Some days have no medical certificate, so they are not paid.")),
        )
    timeline = timeline.put_all(gaps, Status.NOT_PAID, "certified")
    timeline = steps.not_payable(sheet, timeline, law.certificate_rule, ("worked", "false_statement"))
    sheet.timeline = timeline
    rest = _without(timeline.where(Status.PAID), hospital)
    return Days(hospital, rest, seen, [spell.period for spell in chain])


def _without(periods: list[Period], others: list[Period]) -> list[Period]:
    for other in others:
        periods = [piece for period in periods for piece in period.without(other)]
    return periods


def _days_of(claimed: Period, periods: list[Period]) -> list[Period]:
    """The claimed days that lie in any of the periods, each once though stays may overlap."""
    return _without([claimed], _without([claimed], periods))


def rest_long_enough(law: Law, sheet: Sheet, days: Days, chain: list[EarlierSpell]) -> None:
    """Until September 2025 from three days of rest, all of them paid; from October 2025 from one day. A rest
    too short counts as one visit."""
    least = law.rest_least_days.whole
    before = sum(s.period.length for s in chain if s.kind != "hospital")
    for rest in days.rest:
        continued = before if chain and rest.first == chain[-1].period.last + ONE_DAY else 0
        if continued:
            sheet.use(law.continued_rest_rule)
        if rest.length + continued >= least:
            continue
        sheet.timeline = sheet.timeline.put(rest, Status.NOT_PAID, "rest_days")
        if all(f.id != "rest_days" for f in sheet.findings):
            rest_too_short(law, sheet, rest)


def rest_too_short(law: Law, sheet: Sheet, rest: Period) -> None:
    least = law.rest_least_days.whole
    sheet.finding(
        "rest_days",
        say(
            N_n("Rest of {days} day; {least} are needed", "Rest of {days} days; {least} are needed"),
            days=t.count(rest.length),
            least=t.count(least),
        ),
        False,
        law.rest_least_days,
        facts={"days": rest.length, "least": least, "from": rest.first.isoformat()},
        change=say(N_("A doctor's order for at least {least} days of rest"), least=t.count(least)),
        reason=say(N_("Rest at home is paid from {least} days on."), least=t.count(least)),
        uses=[law.all_days_rule],
    )


def days_left(case: Case, law: Law, sheet: Sheet) -> None:
    """At most 30 days of hospital and rest in a calendar year (option 3: 90)."""
    limit = int(law.days_of_year_40.row(case.word("contribution_option")))
    used: dict[int, int] = defaultdict(int)
    for earlier in case.earlier_spells:
        if earlier.benefit == case.benefit:
            paid = earlier.paid_by_year()
            for year, number in (_all_days(earlier.period) if paid is None else paid).items():
                used[year] += int(number)
    sheet.use(law.days_of_year_40)
    result = sheet.timeline
    for span in sheet.timeline:
        first = span.period.first
        while span.is_paid and first <= span.period.last:
            piece = Period(first, min(span.period.last, date(first.year, 12, 31)))
            left = max(0, limit - used[first.year])
            if left < piece.length:
                beyond = Period(piece.first + left * ONE_DAY, piece.last)
                result = result.put(beyond, Status.EXHAUSTED, f"longest_year_{first.year}")
                if all(f.id != f"longest_year_{first.year}" for f in sheet.findings):
                    limit_reached(law, sheet, limit, beyond)
            used[first.year] += min(left, piece.length)
            first = piece.last + ONE_DAY
    sheet.timeline = result
    for year in sorted({case.spell.period.first.year, case.spell.period.last.year}):
        sheet.line(
            f"days_used_{year}",
            say(
                N_("Days of {year} used with this claim, of {limit}"),
                year=t.year(year),
                limit=t.count(limit),
            ),
            used[year],
            law.days_of_year_40,
            unit="days",
        )


def _all_days(period: Period) -> dict[int, Fraction]:
    """Where nobody says how many days were paid, all of them."""
    found: dict[int, Fraction] = {}
    for year in range(period.first.year, period.last.year + 1):
        within = period.overlap(Period(date(year, 1, 1), date(year, 12, 31)))
        found[year] = Fraction(within.length if within else 0)
    return found


def limit_reached(law: Law, sheet: Sheet, limit: int, beyond: Period) -> None:
    params = {"limit": t.count(limit), "year": t.year(beyond.first.year), "day": t.day(beyond.first)}
    sheet.finding(
        f"longest_year_{beyond.first.year}",
        say(N_("The {limit} days of {year} are used up before {day}"), **params),
        False,
        law.days_of_year_40,
        facts={"limit": limit, "from": beyond.first.isoformat()},
        change=next_year(beyond.first),
        reason=say(N_("The law pays {limit} days a year; those of {year} were used up before {day}."), **params),
    )


def visits_due(case: Case, law: Law, sheet: Sheet, days: Days) -> list[date]:
    """Visits without admission for which no day of hospital or rest is paid, at most three in a calendar
    year. An order to rest is a visit where nothing of it is paid, unless it follows a stay in hospital or an
    earlier order, or another claim was paid for a part of it."""
    line, elsewhere = sheet.timeline, list(case.set_off)
    due = {
        day
        for day in days.visits
        if not line.count(Status.PAID, Period(day, day + ONE_DAY)) and not _within(day, days.hospital)
    }
    for rest in days.rest:
        eve = rest.first - ONE_DAY
        ordered_anew = not _within(eve, [*days.hospital, *days.before, *elsewhere])
        ordered_anew = ordered_anew and not _within(rest.last + ONE_DAY, elsewhere)
        if (
            ordered_anew
            and not line.count(Status.PAID, rest)
            and not any(eve <= day <= rest.last for day in days.visits)
        ):
            due.add(rest.first)
    if not due or not law.visit_amount.row(case.word("contribution_option")):
        return []
    known, most = visits_known(case), law.visits_of_year.whole
    year = case.spell.period.first.year
    told = known[year] if known[year] >= most else max(known[year], case.number("visits_paid"))
    left, paid = {year: most - told}, []
    for day in sorted(due):
        rest_of_year = left.get(day.year, most - known[day.year])
        if rest_of_year > 0:
            paid.append(day)
        left[day.year] = rest_of_year - 1
    if len(paid) < len(due):
        sheet.finding(
            "visits",
            say(N_("{limit} visits of the year are paid"), limit=t.count(law.visits_of_year.whole)),
            False,
            law.visits_of_year,
            facts={"visits": len(due), "paid": len(paid)},
            reason=say(
                N_("{limit} visits a year are paid, and they are used up."),
                limit=t.count(law.visits_of_year.whole),
            ),
        )
    return paid


def visits_known(case: Case) -> Counter[int]:
    """Visits that our own decisions paid, by calendar year: days of them that count as none of hospital or rest."""
    known: Counter[int] = Counter()
    for spell in case.earlier_spells:
        if spell.benefit == case.benefit:
            known.update(days.period.first.year for days in spell.days if days.is_paid and not days.part)
    return known


def _within(day: date, periods: list[Period]) -> bool:
    return any(day in period for period in periods)


def amounts(case: Case, law: Law, sheet: Sheet, days: Days) -> None:
    """300 baht for a day in hospital, 200 for a day of rest, a fixed amount for a visit."""
    due, line = sheet.component("allowance"), sheet.timeline
    prices: list[tuple[Period, Fraction | None, Fraction]] = []
    for id, text, periods, amount in (
        (
            "hospital",
            N_n("{days} day in hospital at {amount}", "{days} days in hospital at {amount}"),
            days.hospital,
            law.hospital_daily,
        ),
        (
            "rest",
            N_n("{days} day of certified rest at {amount}", "{days} days of certified rest at {amount}"),
            days.rest,
            law.rest_daily,
        ),
    ):
        paid = [p for span in line if span.is_paid for period in periods if (p := span.period.overlap(period))]
        if not paid:
            continue
        number = sum(period.length for period in paid)
        exact = amount.number * number
        prices += [(period, None, amount.number * period.length) for period in paid]
        sheet.line(
            id,
            say(text, days=t.count(number), amount=sheet.money(amount.number)),
            exact,
            amount,
            payable=due.pay(Period(min(paid).first, max(p.last for p in paid)), exact),
        )
    sheet.timeline = line.price_all(sorted(prices, key=lambda price: price[0]))
    visits = visits_due(case, law, sheet, days)
    if visits:
        sheet.timeline = sheet.timeline.combine(lambda span: _as_visit(span, visits))
        # A visit is no day of hospital or rest, and uses up none.
        sheet.traces.parts |= {Period(day, day): Fraction(0) for day in visits}
        amount_of_visit = law.visit_amount.row(case.word("contribution_option"))
        sheet.lump_sum(
            "visits",
            say(
                N_n("{visits} visit without admission at {amount}", "{visits} visits without admission at {amount}"),
                visits=t.count(len(visits)),
                amount=sheet.money(amount_of_visit),
            ),
            amount_of_visit * len(visits),
            law.visit_amount,
            Period(visits[0], visits[-1]),
            uses=[law.visit_rule, law.visits_of_year],
        )


def _as_visit(span: Span, visits: list[date]) -> Span:
    """The day of a visit that is paid, where nothing but the visit is claimed for it."""
    return (
        replace(span, status=Status.PAID, payer="fund")
        if span.reasons == (_VISIT,) and span.period.first in visits
        else span
    )


def conclude(law: Law, sheet: Sheet, claimed: Period) -> None:
    """The sentence that opens the letter."""
    if not sheet.instalments:
        if not sheet.refused_so_far():
            sheet.finding(
                "payable_days",
                say(N_("No day in hospital, no day of rest and no visit is payable")),
                False,
                law.visit_amount,
                facts={"days": claimed.length},
                reason=say(N_("Nothing is payable for these days under your option.")),
            )
        return
    sheet.granted(
        "contributed",
        say(
            N_("You were ill from {first} to {last}. You receive {total} under section {section}."),
            section=t.word("40"),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
            total=sheet.total_param(),
        ),
    )
