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
from services.benefits.law import in_force
from services.benefits.law.figures import Dated, Figure, Value
from services.benefits.law.in_force import INSTITUTION, PACKS
from services.benefits.law.pack import Benefit, Pack
from services.benefits.law.scales import Rows

MATERNITY_CODES = ("maternity", "birth")


class NoBenefit(LookupError):
    """The country's law, as its packs hold it, has no such benefit on that day."""


@dataclass(frozen=True)
class Law:
    """The law of one country on one day: the pack in force, or a copy of it with another figure."""

    country: str
    on: date
    pack: Pack
    scheme: Scheme
    genuine: bool = True  # assessed by the same door that decides claims
    folder: Path = PACKS
    institution_file: Path = INSTITUTION

    def assess(self, case: Case) -> Assessment:
        """The assessment that would decide this case."""
        today = case.claimed_on or self.on
        if self.genuine:
            return in_force.assess(case, today=today, folder=self.folder, institution_file=self.institution_file)
        chosen = in_force.choices(self.institution_file).options.get(self.country, {})
        return self.pack.assess(case, today=today, options=chosen, chosen_on=self.on)

    def with_figure(self, name: str, value: Fraction | Rows | Mapping[str, Fraction], benefit: str) -> Law:
        """The same law with another value of a figure, in force throughout."""
        pack = _frozen(self.pack, self.on).with_figure(name, self.on, _plain(value), benefit)
        return replace(self, pack=pack, genuine=False)

    @cached_property
    def frozen(self) -> Law:
        """The law of this day as if it had always been in force, to try it on cases that begin on other days."""
        return replace(self, pack=_frozen(self.pack, self.on), genuine=False)

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
    return Law(
        country,
        on,
        in_force.pack(country, on, folder=folder),
        scheme(country),
        True,
        folder,
        institution_file,
    )


def draft_law(pack: Pack, on: date) -> Law:
    """A draft, as if it were in force on a day."""
    return Law(pack.country, on, pack, scheme(pack.country), False)


def _plain(value: Fraction | Rows | Mapping[str, Fraction]) -> Fraction | Rows | Mapping[str, int | str]:
    return value if isinstance(value, (Fraction, Rows)) else {key: str(number) for key, number in value.items()}


def _frozen(pack: Pack, on: date) -> Pack:
    """A pack whose figures have had the value of one day since ever."""
    day = max(on, pack.since)

    def still(figure: Figure) -> Figure:
        def alone(values: Sequence[Dated]) -> tuple[Dated, ...]:
            now = [v for v in values if v.since <= day][-1]
            return (replace(now, since=date(1900, 1, 1), until=None),)

        others = {choice: alone(values) for choice, values in figure.alternatives.items()}
        return replace(figure, values=alone(figure.values), alternatives=MappingProxyType(others))

    benefits = {
        code: replace(body, book=replace(body.book, figures={n: still(f) for n, f in body.book.figures.items()}))
        for code, body in pack.benefits.items()
    }
    return replace(pack, benefits=MappingProxyType(benefits), _laws={})
