"""What is assumed of a year: how often persons fall ill, for how long, how often they give birth, who claims.

Kept as figures are: a value, since when, its source and how sure we are of it. The file is read by the reader of the
law's figures, so that each fault names file and line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.benefits.law.figures import FigureFault, NotInForce
from services.benefits.law.reading import read_file

FOLDER = Path(__file__).resolve().parent / "assumptions"

#: Age groups by the age at which they begin; a table gives one number for each.
AGES = (15, 25, 35, 45, 55)
GROWTH = ("wage_growth", "coverage_growth")
_RATES = ("sickness_take_up", "maternity_take_up", *GROWTH)
_TABLES = ("spells_female", "spells_male", "spell_lengths", "births")


@dataclass(frozen=True)
class Assumptions:
    """What holds in one year. Incidence and births are for 1,000 persons a year, by age group; `lengths` are calendar
    days with their share among 1,000 spells; take-up and growth are rates."""

    country: str
    year: int
    spells: Mapping[str, tuple[int, ...]]
    births: tuple[int, ...]
    lengths: tuple[tuple[int, int], ...]
    sickness_take_up: Fraction
    maternity_take_up: Fraction
    wage_growth: Fraction
    coverage_growth: Fraction
    digest: str


def read_assumptions(country: str, year: int, path: Path | None = None) -> Assumptions:
    """The assumptions for a year; those of the house, invented, where no file is named. Raises `FigureFault`."""
    path = path or FOLDER / f"{country}.yaml"
    if not path.exists():
        raise FigureFault(path, 1, "there is no such file of assumptions")
    book, on = read_file(path).book, date(year, 12, 31)
    if missing := {*_RATES, *_TABLES} - set(book.figures):
        raise FigureFault(path, 1, f"missing assumption: {', '.join(sorted(missing))}")
    values = {}
    for name, figure in book.figures.items():
        try:
            dated = figure.on(on)
        except NotInForce as none:
            raise FigureFault(path, figure.values[0].line, str(none)) from none
        values[name] = dated.value

    def rate(name: str) -> Fraction:
        value = values[name]
        if not isinstance(value, Fraction):
            raise FigureFault(path, book.figures[name].values[0].line, f"{name} is a rate")
        return value

    def table(name: str) -> dict[int, int]:
        value, line = values[name], book.figures[name].values[0].line
        if not isinstance(value, Mapping) or any(n.denominator != 1 or n < 0 for n in value.values()):
            raise FigureFault(path, line, f"{name} is a table of whole numbers, none below nothing")
        return {int(key): int(number) for key, number in value.items()}

    def by_age(name: str) -> tuple[int, ...]:
        rows = table(name)
        if tuple(rows) != AGES:
            line = book.figures[name].values[0].line
            raise FigureFault(path, line, f"{name} has a number for each of the ages {', '.join(map(str, AGES))}")
        return tuple(rows.values())

    lengths = tuple(table("spell_lengths").items())
    if sum(share for _, share in lengths) != 1000:
        line = book.figures["spell_lengths"].values[0].line
        raise FigureFault(path, line, "the shares of spell_lengths add up to 1000")
    return Assumptions(
        country,
        year,
        {"female": by_age("spells_female"), "male": by_age("spells_male")},
        by_age("births"),
        lengths,
        rate("sickness_take_up"),
        rate("maternity_take_up"),
        rate("wage_growth"),
        rate("coverage_growth"),
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def stated(country: str, year: int, years: int = 1, path: Path | None = None) -> list[dict[str, Any]]:
    """Each assumption that a run of some years rests on, for who reads its report: what it is, its unit, its value (a
    number, or a row for each number), since when, its source, and how sure. Growth counts from the second year on, each
    of its steps for itself. Raises `FigureFault`, `NotInForce`."""
    found = []
    for name, figure in read_file(path or FOLDER / f"{country}.yaml").book.figures.items():
        if name not in (*_RATES, *_TABLES):
            continue  # no run asks for it
        of = range(year + 1, year + years) if name in GROWTH else (year,)
        for since, one in {dated.since: dated for n in of for dated in (figure.on(date(n, 12, 31)),)}.items():
            rows = [[row, str(n)] for row, n in one.value.items()] if isinstance(one.value, Mapping) else None
            found.append(
                {
                    "what": figure.description,
                    "unit": figure.unit,
                    "value": str(one.value) if rows is None else rows,
                    "since": since.isoformat(),
                    "source": one.citation.text,
                    "evidence": one.citation.evidence,
                }
            )
    return found


def messages() -> Iterator[tuple[str, str]]:
    """What the assumptions of the house are called and where they come from; for the catalogue."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for figure in read_file(path).book.figures.values():
            yield figure.description, path.name
            yield from ((dated.citation.text, path.name) for dated in figure.values)
