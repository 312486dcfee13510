"""A run through years: how wages and coverage grow, and by which rule a ceiling follows wages.

Nobody ages and no law is guessed: the persons and events are those of the first year, the law of a later year is the
law as it is written today, with the figures it dates itself. On top of it a rule of indexation raises figures of money:
`with wages` on 1 January of each year, `every N years` by what wages have grown since the last time, `never`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.benefits.domain.assessment import Citation
from services.benefits.evidence.assumptions import read_assumptions
from services.benefits.evidence.laws import Laws
from services.benefits.law.figures import Dated
from services.benefits.law.pack import Pack

#: How many years a run may be of, the first among them.
MOST_YEARS = 10
NEVER, WITH_WAGES = "never", "with wages"
_EVERY = re.compile(r"every ([2-9]|10) years", re.ASCII)


class RuleUnknown(ValueError):
    """A rule of indexation that is none, or for a figure that is no money of this law."""


@dataclass(frozen=True)
class Through:
    """What is declared of the years: for each its factor of wages and of coverage, both 1 in the first; and the rules
    of indexation by the name of the figure."""

    year: int
    wages: tuple[Fraction, ...] = (Fraction(1),)
    coverage: tuple[Fraction, ...] = (Fraction(1),)
    rules: tuple[tuple[str, str], ...] = ()

    def json(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "wages": [str(n) for n in self.wages],
            "coverage": [str(n) for n in self.coverage],
            "rules": dict(self.rules),
        }

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Through:
        """What `json` wrote."""
        wages, coverage = (tuple(Fraction(n) for n in said[name]) for name in ("wages", "coverage"))
        return cls(said["year"], wages, coverage, tuple(said["rules"].items()))

    def of_year(self, year: int) -> Fraction:
        """By how much wages are those of the first year in a calendar year; before it they are as the file has them."""
        return self.wages[min(max(0, year - self.year), len(self.wages) - 1)]


def declared(country: str, year: int, years: int, rules: Mapping[str, str], assumptions: Path | None) -> Through:
    """The years as the assumptions have them: each year grows by what is assumed of that year. Raises `FigureFault`."""
    wages, coverage = [Fraction(1)], [Fraction(1)]
    for later in range(year + 1, year + years):
        assumed = read_assumptions(country, later, assumptions)
        wages.append(wages[-1] * (1 + assumed.wage_growth))
        coverage.append(coverage[-1] * (1 + assumed.coverage_growth))
    return Through(year, tuple(wages), tuple(coverage), tuple(sorted((n, r) for n, r in rules.items() if r != NEVER)))


def half_up(exact: Fraction) -> int:
    """An exact number as a whole one, a half away from nothing below it."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def rule_of(text: str) -> str:
    """A rule as it is kept, from how a person writes it. Raises `RuleUnknown`."""
    plain = " ".join(text.replace("_", " ").lower().split())
    plain = {"every year": WITH_WAGES, "every 1 years": WITH_WAGES}.get(plain, plain)
    if plain not in (NEVER, WITH_WAGES) and not _EVERY.fullmatch(plain):
        raise RuleUnknown(f"{text}: a rule is `never`, `with wages` or `every N years` (2 to 10)")
    return plain


def every(rule: str) -> int:
    """After how many years a figure is raised again."""
    found = _EVERY.fullmatch(rule)
    return int(found[1]) if found else 1


def of_money(laws: Laws, since: date) -> dict[str, str]:
    """The figures that are amounts of money from a day on, with what the law says they are."""
    found: dict[str, str] = {}
    for pack in laws.statutes:
        if pack.until is None or pack.until >= since:
            for body in pack.benefits.values():
                for name, figure in body.book.figures.items():
                    if figure.unit == "money" and isinstance(figure.values[-1].value, Fraction):
                        found.setdefault(name, figure.description)
    return dict(sorted(found.items()))


def indexed(laws: Laws, through: Through) -> Laws:
    """The law with its figures raised by the rules in every year. Raises `RuleUnknown`."""
    known = of_money(laws, date(through.year, 1, 1))
    statutes = list(laws.statutes)
    for name, rule in through.rules:
        if name not in known:
            raise RuleUnknown(f"{name}: no figure of money from {through.year} on; there are {', '.join(known)}")
        for place, pack in enumerate(statutes):
            if any(name in body.book.figures for body in pack.benefits.values()):
                statutes[place] = _raised(pack, name, rule, through)
    return replace(laws, statutes=tuple(statutes))


def _raised(pack: Pack, name: str, rule: str, through: Through) -> Pack:
    source = Citation(f"Indexation: {rule}", "default")
    for since, value in steps(_dated(pack, name), rule, through):
        pack = pack.with_value_since(name, since, value, source)
    return pack


def _dated(pack: Pack, name: str) -> tuple[Dated, ...]:
    return next(b.book.figures[name].values for b in pack.benefits.values() if name in b.book.figures)


def steps(values: tuple[Dated, ...], rule: str, through: Through) -> list[tuple[date, Fraction]]:
    """When a figure becomes what: the steps of the law itself and those of the rule, in the order of their days.

    A step of the rule is what the law set last, times the growth of wages since (since the first year, where it was set
    before), rounded half up to the whole currency unit. Neither the rule nor a step of the law below it lowers what has
    been reached.
    """
    first, last = date(through.year, 1, 1), through.year + len(through.wages) - 1
    amounts = [(one.since, one.value) for one in values if isinstance(one.value, Fraction)]
    before = [amount for since, amount in amounts if since <= first]
    anchor, anchored = (before[-1], through.year) if before else (None, through.year)
    now, found = anchor, list[tuple[date, Fraction]]()
    days: list[tuple[date, Fraction | None]] = [(since, amount) for since, amount in amounts if since > first]
    days += [(date(year, 1, 1), None) for year in range(through.year + every(rule), last + 1, every(rule))]
    for day, law in sorted(days, key=lambda one: (one[0], one[1] is not None)):
        if law is not None and (now is None or law >= now):
            anchor, anchored, now = law, day.year, law
        elif law is None and anchor is not None and now is not None:
            exact = anchor * through.of_year(day.year) / through.of_year(anchored)
            now = max(now, Fraction(half_up(exact)))
        if now is not None:
            found.append((day, now))
    return found


def figure_in(laws: Laws, name: str, year: int) -> Fraction | None:
    """What a figure is at the end of a year; `None` where the law has none."""
    try:
        found = laws.on(date(year, 12, 31)).figure(name, date(year, 12, 31))
    except (LookupError, ValueError):
        return None
    value = getattr(found, "value", None)
    return value if isinstance(value, Fraction) else None
