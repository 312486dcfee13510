"""Standard beneficiaries (Schedule to Part XI of C102): a man with wife and two children who falls ill, a woman who
gives birth; each with whatever facts the country's packs ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from services.benefits.conformance.profile import Recipe
from services.benefits.domain.case import (
    Case,
    Certificate,
    EarlierSpell,
    Employment,
    Insured,
    Spell,
)
from services.benefits.domain.contributions import COMPULSORY, Contributions
from services.benefits.domain.kinds import EventValue
from services.benefits.law.figures import is_core
from services.benefits.law.pack import Benefit
from shared.period import ONE_DAY, Month, Period

#: Months of contributions of a person who has long been insured.
LONG_INSURED = 36

#: Leave begins six weeks before the presumed day of birth.
WEEKS_BEFORE = 6

#: What a standard beneficiary answers where a pack asks; a scheme file may say otherwise.
ANSWERS: Mapping[str, EventValue] = {
    "children": 1,
    "children_born": 1,
    "pregnancy_months": 9,
    "pregnancy_weeks": 40,
    "claimant": "mother",
    "leave_taken": True,
    "facility": "public",
    "delivery": "normal",
    "listed_disease": False,
}

#: Facts that count the deliveries before this one.
DELIVERIES = ("earlier_allowances", "earlier_lump_sums", "living_children_before", "earlier_deliveries")


@dataclass(frozen=True, slots=True)
class Sick:
    """A spell of sickness to be tried."""

    first: date
    days: int
    earnings: Fraction
    months: int = LONG_INSURED
    cause: str = "illness"
    illness: str = "J18"
    employer_pays: int = 0  # calendar days for which the employer pays the wage
    earlier: tuple[EarlierSpell, ...] = ()
    sex: str = "male"
    insured_as: str = "employee"
    service: int | None = None  # months of work and insurance, where they are not those of contributions
    gap: int = 0  # months without contributions, the last ones before the month that comes before the event


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth to be tried: leave from `first`, presumed six weeks later, `late` days after that."""

    first: date
    earnings: Fraction
    months: int = LONG_INSURED
    late: int = 0  # days after the presumed day; fewer than none is before it
    children: int = 1
    earlier: int = 0  # deliveries before this one, each of which was paid
    service: int | None = None
    gap: int = 0

    @property
    def due(self) -> date:
        return self.first + timedelta(weeks=WEEKS_BEFORE)

    @property
    def born(self) -> date:
        return self.due + timedelta(days=self.late)


def contributions(before: date, months: int, earnings: Fraction, gap: int = 0) -> Contributions:
    """The same wage in each of the calendar months before a day, but for a gap that ends a month before it; with no
    month before, in the month of the day itself."""
    paid = _paid(Month.of(before).index, months, gap)
    return Contributions(dict.fromkeys(paid, (earnings, True, COMPULSORY)))


@lru_cache(maxsize=512)
def _paid(index: int, months: int, gap: int) -> tuple[int, ...]:
    """The months paid, by their index; earnings may stand for many persons and are no key."""
    if not months:
        return (index,)
    return tuple(index - n for n in range(months + gap, 0, -1) if not 1 < n <= 1 + gap)


def _since(one: Sick | Birth) -> date:
    """The first day of work and of insurance."""
    months = one.months + one.gap if one.service is None else one.service
    return Month.of(one.first).plus(-months).first_day


def _facts(body: Benefit, recipe: Recipe, own: Mapping[str, EventValue]) -> dict[str, EventValue]:
    """Answers to the facts the benefit asks for, and to nothing else."""
    wanted: dict[str, EventValue] = {**ANSWERS, **own}
    for name, value in recipe.facts.items():
        wanted[name] = value
    return {name: value for name, value in wanted.items() if name in body.facts}


def _assumed(body: Benefit, event: Mapping[str, Any]) -> dict[str, EventValue]:
    """Defaults of the pack for facts that are not given, as the reader of cases sets them."""
    found: dict[str, EventValue] = {}
    for name, fact in body.facts.items():
        if fact.assumed is not None and name not in event and not is_core(name):
            default = fact.assumed
            found[name] = Fraction(default) if fact.type in ("money", "number") else default
    return found


@lru_cache(maxsize=512)
def certificates(period: Period) -> tuple[Certificate, ...]:
    """Certificates of eight weeks, one after the other."""
    found, first = [], period.first
    while first <= period.last:
        last = min(period.last, first + timedelta(days=55))
        found.append(Certificate(Period(first, last), illness="J18", issued_on=first))
        first = last + ONE_DAY
    return tuple(found)


def sick_case(country: str, body: Benefit, recipe: Recipe, sick: Sick, employer_days: int) -> Case:
    """A man whose wage stopped with the first day, unless the employer pays on for some days."""
    period = Period(sick.first, sick.first + timedelta(days=sick.days - 1))
    left = sick.employer_pays
    event = _facts(body, recipe, {"employer_days_used": max(0, employer_days - left)})
    # Where the pack reckons the employer's days itself it is told how many are used; otherwise, when the wage ended.
    reckons = "employer_days_used" in event and recipe.employer_days_are == "calendar"
    job = Employment(
        first_day=_since(sick),
        pay="monthly",
        weekly_rest=frozenset(recipe.weekly_rest) or None,
        hazardous=False,
        wage_paid_until=None if left and reckons else sick.first + timedelta(days=left - 1),
        wage_stopped_word="employer",
    )
    return Case(
        country=country,
        benefit=body.code,
        claimed_on=sick.first + timedelta(days=min(sick.days - 1, 30)),
        insured=Insured(date(sick.first.year - 35, 1, 1), sick.sex, sick.insured_as, _since(sick)),
        employments=(job,),
        contributions=contributions(sick.first, sick.months, sick.earnings, sick.gap),
        spell=Spell(period.first, period.last, sick.illness, sick.cause, None),
        certificates=certificates(period),
        earlier_spells=sick.earlier,
        event=event,
        assumed=_assumed(body, event),
    )


def birth_case(country: str, body: Benefit, recipe: Recipe, birth: Birth) -> Case:
    """A woman whose leave begins six weeks before the presumed day of birth."""
    own: dict[str, EventValue] = {"birth_on": birth.born, "due_on": birth.due, "children": birth.children}
    own |= dict.fromkeys(DELIVERIES, birth.earlier)
    event = _facts(body, recipe, own)
    job = Employment(
        first_day=_since(birth),
        pay="monthly",
        weekly_rest=frozenset(recipe.weekly_rest) or None,
        hazardous=False,
        wage_paid_until=birth.first - ONE_DAY,
        wage_stopped_word="employer",
    )
    return Case(
        country=country,
        benefit=body.code,
        claimed_on=birth.born + timedelta(days=14),
        insured=Insured(date(birth.first.year - 30, 1, 1), "female", "employee", _since(birth)),
        employments=(job,),
        contributions=contributions(birth.first, birth.months, birth.earnings, birth.gap),
        spell=Spell(birth.first),
        event=event,
        assumed=_assumed(body, event),
    )
