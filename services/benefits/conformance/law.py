"""The law of one country on one day, as the tests of the standards put cases to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from services.benefits.conformance.profile import Recipe, Scheme, scheme
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case
from services.benefits.domain.timeline import Timeline
from services.benefits.law import in_force
from services.benefits.law.days import Calendar
from services.benefits.law.figures import Dated, Figure, Value
from services.benefits.law.in_force import INSTITUTION, PACKS
from services.benefits.law.pack import Benefit, Pack
from services.benefits.law.scales import Rows

MATERNITY_CODES = ("maternity", "birth")


class NoBenefit(LookupError):
    """The country's law, as its packs hold it, has no such benefit on that day."""


@dataclass(frozen=True)
class Law:
    """The law of one country on one day, or a draft of it, or a copy with another figure: `pack` holds the values of
    that day as if they had always been in force, so that neither later nor earlier ones reach the cases put to it."""

    country: str
    on: date
    pack: Pack
    scheme: Scheme
    institution_file: Path = INSTITUTION

    def __post_init__(self) -> None:
        object.__setattr__(self, "pack", still(self.pack, self.on))

    def assess(self, case: Case) -> Assessment:
        """The assessment that would decide this case, by the steps that decide claims."""
        return self.pack.assess(
            case,
            today=case.claimed_on or self.on,
            options=self._options,
            chosen_on=self._day,
            calendar=self._calendar,
        )

    def days(self, case: Case) -> Timeline:
        """The days of that assessment alone."""
        today = case.claimed_on or self.on
        return self.pack.timeline(case, today, self._day, self._options, self._calendar)

    @cached_property
    def _options(self) -> Mapping[str, str]:
        return in_force.choices(self.institution_file).options.get(self.country, {})

    @cached_property
    def _calendar(self) -> Calendar | None:
        own = in_force.choices(self.institution_file).holidays.get(self.country)
        return Calendar(self.pack.calendar.code, own) if own else None

    @property
    def _day(self) -> date:
        return max(self.on, self.pack.since)

    def with_figure(self, name: str, value: Fraction | Rows | Mapping[str, Fraction], benefit: str) -> Law:
        """The same law with another value of a figure, in force throughout."""
        return replace(self, pack=self.pack.with_figure(name, self.on, _plain(value), benefit))

    def benefit(self, branch: str) -> tuple[Benefit, Recipe]:
        """Raises `NoBenefit`."""
        recipe = self.scheme.sickness if branch == "sickness" else self.scheme.maternity
        codes = (recipe.benefit,) if recipe.benefit else ("sickness",) if branch == "sickness" else MATERNITY_CODES
        for code in codes:
            if code in self.pack.benefits:
                return self.pack.benefits[code], recipe
        raise NoBenefit(f"{self.pack.id} has no {branch} benefit")

    def figure(self, name: str, branch: str) -> Value | None:
        """A figure of a benefit on this day, where it has one of that name."""
        body, _ = self.benefit(branch)
        if name not in body.book.figures:
            return None
        found = self.pack.figure(name, self.on, body.code)
        return found if isinstance(found, Value) else None


def law_of(country: str, on: date, *, folder: Path = PACKS, institution_file: Path = INSTITUTION) -> Law:
    """The law in force on a day. Raises `UnknownCountry`, `PackNotInForce`."""
    return Law(country, on, in_force.pack(country, on, folder=folder), scheme(country), institution_file)


def draft_law(pack: Pack, on: date) -> Law:
    """A draft, as if it were in force on a day."""
    return Law(pack.country, on, pack, scheme(pack.country))


def _plain(value: Fraction | Rows | Mapping[str, Fraction]) -> Fraction | Rows | Mapping[str, int | str]:
    return value if isinstance(value, (Fraction, Rows)) else {key: str(number) for key, number in value.items()}


#: The first day of a value that has always been in force.
EVER = date(1900, 1, 1)


def still(pack: Pack, on: date) -> Pack:
    """A pack whose figures have had the value of one day since ever, and that never ends; one that stands still
    already is given back as it is."""
    day = max(on, pack.since)

    def alone(values: Sequence[Dated]) -> tuple[Dated, ...]:
        now = [v for v in values if v.since <= day][-1]
        return (replace(now, since=EVER, until=None),)

    def quiet(figure: Figure) -> Figure:
        others = {choice: alone(values) for choice, values in figure.alternatives.items()}
        return replace(figure, values=alone(figure.values), alternatives=MappingProxyType(others))

    every = (f for body in pack.benefits.values() for f in body.book.figures.values())
    if pack.until is None and all([v.since for v in f.values] == [EVER] for f in every):
        return pack
    benefits = {
        code: replace(body, book=replace(body.book, figures={n: quiet(f) for n, f in body.book.figures.items()}))
        for code, body in pack.benefits.items()
    }
    return replace(pack, until=None, benefits=MappingProxyType(benefits), _laws={})
