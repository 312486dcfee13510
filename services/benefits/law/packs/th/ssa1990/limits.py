"""How many days of sickness the Thai fund pays: of one spell, and of one calendar year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits.domain.assessment import Text
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Provision, Value
from services.benefits.law.packs.th.ssa1990.wages import Wages
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say
from shared.period import ONE_DAY, Period


class Limits(Wages):
    """The figures of the limits."""

    days_of_spell: Value
    days_of_year: Value
    days_of_chronic: Value
    limits_and_employer_days: Choice
    limits_rule: Provision


@dataclass(frozen=True)
class Used:
    """Ordered days of earlier spells that count: of the spell this one continues, and by calendar year."""

    spell: int
    years: Mapping[int, int]


def days_used(case: Case, law: Limits, chain: list[EarlierSpell], after: list[EarlierSpell]) -> Used:
    """Ordered days off of earlier spells. Days that the employer paid come first in a spell and count, unless
    the institution chose otherwise; where nobody says what was paid, every ordered day counts, up to the
    limit."""
    counted = law.limits_and_employer_days.is_("counted")
    spell, years = 0, defaultdict[int, int](int)
    for earlier in case.earlier_spells:
        if earlier.benefit != "sickness":
            continue
        by_year: dict[int, int] = defaultdict(int)
        if earlier.days:
            for span in earlier.days:
                if span.is_paid or (counted and span.code is Status.EMPLOYER):
                    for piece in span.period.by_year():
                        by_year[piece.first.year] += piece.length
        elif earlier.paid_days:
            for year, days in earlier.paid_days.items():
                by_year[year] += int(days)
            if counted and earlier.employer_days:
                first = earlier.period.first
                for piece in Period(first, first + (earlier.employer_days - 1) * ONE_DAY).by_year():
                    by_year[piece.first.year] += piece.length
        else:
            left = law.days_of_chronic.whole if earlier.kind == "chronic" else law.days_of_spell.whole
            skip = 0 if counted else earlier.employer_days or 0
            if skip < earlier.period.length:
                for piece in Period(earlier.period.first + skip * ONE_DAY, earlier.period.last).by_year():
                    days_here = min(left, piece.length)
                    by_year[piece.first.year] += days_here
                    left -= days_here
        if earlier in chain or earlier in after:
            spell += sum(by_year.values())
        if earlier.kind != "chronic":
            for year, number in by_year.items():
                years[year] += number
    return Used(spell, years)


def within_limits(law: Limits, sheet: Sheet, timeline: Timeline, used: Used, chronic: bool) -> Timeline:
    """Ninety days for one spell and 180 for one year; for a listed chronic disease 365 days for the spell."""
    limit = law.days_of_chronic if chronic else law.days_of_spell
    counted = (Status.PAID, Status.EMPLOYER) if law.limits_and_employer_days.is_("counted") else (Status.PAID,)
    left, years = max(0, limit.whole - used.spell), dict(used.years)
    beyond: dict[str, Period] = {}
    result = timeline
    for span in timeline:
        if span.status not in counted:
            continue
        for piece in span.period.by_year():
            year = piece.first.year
            left_of_year = piece.length if chronic else max(0, law.days_of_year.whole - years.get(year, 0))
            days = min(left, left_of_year, piece.length)
            if days < piece.length:
                rest = Period(piece.first + days * ONE_DAY, piece.last)
                name = "longest_spell" if left <= left_of_year else f"longest_year_{year}"
                beyond[name] = Period(beyond[name].first if name in beyond else rest.first, rest.last)
                # A day with wage stays the employer's; the reason says that no difference is paid for it.
                result = result.put(
                    rest,
                    Status.EXHAUSTED if span.is_paid else Status.EMPLOYER,
                    name,
                    None if span.is_paid else "employer",
                )
            left -= days
            years[year] = years.get(year, 0) + days
    sheet.use(limit, law.limits_and_employer_days)
    if not chronic:
        sheet.use(law.days_of_year, law.limits_rule)
    for name, period in beyond.items():
        say_limit(law, sheet, name, period, limit if name == "longest_spell" else law.days_of_year, used)
    return result


def say_limit(law: Limits, sheet: Sheet, name: str, beyond: Period, limit: Value, used: Used) -> None:
    spell = name == "longest_spell"
    before = used.spell if spell else used.years.get(beyond.first.year, 0)
    params = {
        "limit": t.count(limit.whole),
        "day": t.day(beyond.first),
        "year": t.year(beyond.first.year),
    }
    sheet.finding(
        name,
        say(N_("The {limit} days of one spell are used up before {day}"), **params)
        if spell
        else say(N_("The {limit} days of {year} are used up before {day}"), **params),
        False,
        limit,
        facts={"limit": limit.whole, "days_before": before, "from": beyond.first.isoformat()},
        change=say(N_("A decision that the disease counts as chronic"))
        if spell and limit is law.days_of_spell
        else None
        if spell
        else next_year(beyond.first),
        reason=say(N_("The law pays {limit} days for one spell; they were used up before {day}."), **params)
        if spell
        else say(N_("The law pays {limit} days a year; those of {year} were used up before {day}."), **params),
        uses=[law.limits_and_employer_days],
    )


def next_year(day: date) -> Text:
    """What would turn a yearly limit: days off from New Year on."""
    return say(N_("Days off from {day}"), day=t.day(date(day.year + 1, 1, 1)))
