"""Which law governs a case: finds, checks and runs the pack of a country and statute.

    assess(case, today=date.today()) -> Assessment

Packs are read once per process; `law.pack.load_pack(folder)` reads a draft from anywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.domain.assessment import Assessment, Citation, Text
from services.benefits.domain.case import CAUSES, HAPPENINGS, Case
from services.benefits.domain.history import set_off
from services.benefits.law.case import read_case
from services.benefits.law.days import Calendar
from services.benefits.law.figures import Book, Figure, FigureFault, UnknownOption
from services.benefits.law.pack import (
    Pack,
    UnknownBenefit,
    fact_day,
    load_pack,
    module_in,
    questions_only,
)
from services.benefits.law.text import PRACTICE, words_of
from services.benefits.law.vocabulary import PACKS, countries, statutes, vocabulary
from services.benefits.law.yaml_file import Located, YamlFault, as_day, load_yaml

INSTITUTION = PACKS / "institution.yaml"


class PackNotInForce(LookupError):
    """No pack of the country covers the day that chooses the law; `begins` is the first day one does."""

    def __init__(self, country: str, on: date, begins: date | None) -> None:
        since = f"; its first pack begins on {begins}" if begins else ""
        super().__init__(f"no pack of {country} is in force on {on}{since}")
        self.country, self.on, self.begins = country, on, begins


class UnknownCountry(LookupError):
    """There is no pack for this country."""


# Choices of the institution -------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """What an institution chose where the law leaves a choice, and its own holidays."""

    options: Mapping[str, Mapping[str, str]]
    holidays: Mapping[str, Mapping[int, Mapping[date, str]]]


@lru_cache(maxsize=16)
def choices(path: Path = INSTITUTION) -> Choices:
    """Read the institution's file; nothing chosen where there is none. Raises `FigureFault`."""
    if not path.exists():
        return Choices({}, {})
    try:
        body = load_yaml(path) or Located()
    except YamlFault as fault:
        raise FigureFault(fault.path, fault.line, fault.message) from fault
    for key in body:
        if key not in ("options", "holidays"):
            raise FigureFault(path, body.line_of(key), f"unknown key {key}")
    days: dict[str, dict[int, dict[date, str]]] = {}
    for country, years in (body.get("holidays") or {}).items():
        for year, listed in years.items():
            for on in listed:
                if as_day(on) is None or as_day(on).year != year:  # type: ignore[union-attr]
                    raise FigureFault(path, listed.line_of(on), f"{on} is not a day of {year}")
            days.setdefault(country, {})[year] = {as_day(on): name for on, name in listed.items()}  # type: ignore[misc]
    return Choices(body.get("options") or {}, days)


# Finding --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _of_country(country: str, packs_folder: Path) -> tuple[Pack, ...]:
    """The statutes of a country in the order of their days. Raises `FigureFault` for a gap or an overlap."""
    found = sorted((load_pack(folder) for folder in statutes(country, packs_folder)), key=lambda p: p.since)
    for before, after in itertools.pairwise(found):
        path, line = after.folder / "pack.yaml", 1
        if before.until is None or before.until >= after.since:
            raise FigureFault(path, line, f"{after.id} and {before.id} overlap from {after.since}")
        if before.until + timedelta(days=1) < after.since:
            raise FigureFault(
                path,
                line,
                f"no statute from {before.until + timedelta(days=1)} to {after.since - timedelta(days=1)}",
            )
    for pack_ in found:
        if pack_.country != country:
            raise FigureFault(pack_.folder / "pack.yaml", 1, f"country {pack_.country} in the folder of {country}")
    return tuple(found)


def forget() -> None:
    """Forget all packs read so far, for whoever edits drafts while the process runs."""
    for cached in (_of_country, _chooser, choices, vocabulary, countries):
        cached.cache_clear()


def packs(country: str | None = None, *, folder: Path = PACKS) -> tuple[Pack, ...]:
    """All packs, or those of one country, oldest first. Raises `UnknownCountry`, `FigureFault`."""
    if country is None:
        return tuple(p for code in countries(folder) for p in _of_country(code, folder))
    if country not in countries(folder):
        raise UnknownCountry(country)
    return _of_country(country, folder)


def pack(country: str, on: date, *, folder: Path = PACKS) -> Pack:
    """The pack in force on a day. Raises `UnknownCountry`, `PackNotInForce`."""
    return covering(_of_country(country, folder), country, on)


def covering(found: tuple[Pack, ...], country: str, on: date) -> Pack:
    """The one of a country's statutes that covers a day. Raises `UnknownCountry`, `PackNotInForce`."""
    for candidate in found:
        if candidate.covers(on):
            return candidate
    if not found:
        raise UnknownCountry(country)
    raise PackNotInForce(country, on, found[0].since if on < found[0].since else None)


@lru_cache(maxsize=64)
def _chooser(country: str, folder: Path) -> Any:
    """`choose(case, packs) -> (Pack, date, Text) | None` of the country, where its transitions need words."""
    file = folder / country / "choose.py"
    if not file.exists():
        return None
    return module_in(folder / country, "choose").choose


def assess(
    case: Case,
    *,
    today: date,
    options: Mapping[str, str] | None = None,
    folder: Path = PACKS,
    institution_file: Path = INSTITUTION,
    statutes: tuple[Pack, ...] | None = None,
) -> Assessment:
    """Decide a case under the statute its dates choose; `statutes` are those of a reform, instead of the folder's.

    Missing facts come back as questions in the assessment. Raises `PackNotInForce` for a day before the first
    pack, `UnknownOption` for a choice the pack does not offer.
    """
    found = _of_country(case.country, folder) if statutes is None else statutes
    if not found:
        raise UnknownCountry(case.country)
    case = set_off(case)
    chosen = choices(institution_file)
    wanted: Mapping[str, str] = chosen.options.get(case.country, {})
    if options:
        wanted = {**wanted, **options}
    chooser = _chooser(case.country, folder)
    chosen_text: Text | None = None
    statute: Pack
    if chooser is not None and (choice := chooser(case, found)) is not None:
        statute, on, chosen_text = choice
    else:
        newest = next((p for p in reversed(found) if case.benefit in p.benefits), None)
        if newest is None:
            raise UnknownBenefit(case.country, case.benefit, today)
        day_ = fact_day(case, newest.benefits[case.benefit].chosen_by.fact)
        if day_ is None:
            return questions_only(newest, case, today)
        on = day_
        statute = covering(found, case.country, on)
    if options:
        _known_options(found, case.benefit, options)
    own = chosen.holidays.get(case.country)
    calendar = Calendar(statute.calendar.code, own) if own else None
    return statute.assess(case, today=today, options=wanted, chosen_on=on, chosen_text=chosen_text, calendar=calendar)


def conditions(found: Assessment, folder: Path = PACKS) -> tuple[str, ...]:
    """The conditions of the claim as a whole under the statute an assessment was made with, by id: what may be decided
    otherwise by people who say on which provision. None where no statute is known yet."""
    if found.statute is None:
        return ()
    statute = next(p for p in _of_country(found.country, folder) if p.id == found.statute.id)
    return statute.benefits[found.benefit].of_the_whole


class RevisionGone(LookupError):
    """The pack now holds another reading of the law than the one a stored assessment was made with."""

    def __init__(self, statute: str, stored: str, now: str) -> None:
        super().__init__(f"{statute} is now revision {now}; the assessment was made with {stored}")
        self.statute, self.stored, self.now = statute, stored, now


def rebuild(
    facts: Mapping[str, Any],
    stored: Mapping[str, Any],
    *,
    folder: Path = PACKS,
    institution_file: Path = INSTITUTION,
) -> Assessment:
    """The assessment once more from stored facts and from what the stored assessment says it was made with: its
    day, its options and its revision. Raises `RevisionGone` where the pack has moved on."""
    case = read_case(facts, packs=folder)
    again = assess(
        case,
        today=date.fromisoformat(stored["today"]),
        options=stored["options"],
        folder=folder,
        institution_file=institution_file,
    )
    if again.pack_revision != stored["pack_revision"]:
        named = again.statute.id if again.statute else case.country
        raise RevisionGone(named, stored["pack_revision"], again.pack_revision)
    return again


def _known_options(found: tuple[Pack, ...], benefit: str, options: Mapping[str, str]) -> None:
    """Options asked for by name must exist in one of the country's statutes."""
    known = {n for p in found if benefit in p.benefits for n in p.choices(benefit)}
    if unknown := sorted(set(options) - known):
        raise UnknownOption(f"{found[0].country} has no option {unknown[0]} for {benefit}")


def _rows_of(figure: Figure) -> Iterator[str]:
    """The words by which a figure's table is read, such as the groups of the insured."""
    histories = (figure.values, *figure.alternatives.values())
    for dated in (dated for history in histories for dated in history):
        if isinstance(dated.value, Mapping):
            yield from (row for row in dated.value if any(c.isalpha() for c in row))


def citations(book: Book) -> Iterator[Citation]:
    """All that figures, options and provisions of a benefit cite."""
    for figure in book.figures.values():
        for values in (figure.values, *figure.alternatives.values()):
            yield from (dated.citation for dated in values)
    for option in book.options.values():
        yield from (option.citation, *option.citations.values())
    yield from (rule.citation for rule in book.rules.values())


def texts(folder: Path = PACKS) -> Iterator[tuple[str, str]]:
    """Every sentence and every word that the figures files give to assessments and forms, with where it stands; for
    the catalogue."""
    seen: set[str] = set()
    for code in (*CAUSES, *HAPPENINGS):
        seen.add(words_of(code))
        yield words_of(code), "../../domain/case.py"
    for found in packs(folder=folder):
        for body in found.benefits.values():
            figures, options = body.book.figures.values(), body.book.options.values()
            cited = (*citations(body.book), found.rounding.citation)
            sentences = [
                *(body.chosen_by.text, found.title, body.description),
                *(words_of(word) for fact in body.facts.values() for word in fact.choices),
                *(words_of(row) for figure in figures for row in _rows_of(figure)),
                *(fact.question for fact in body.facts.values()),
                *(figure.description for figure in figures),
                *(option.description for option in options),
                *(rule.description for rule in body.book.rules.values()),
                *(text for option in options for text in option.choices.values()),
                *(c.text.removeprefix(PRACTICE) for c in cited if c.text.startswith(PRACTICE)),
            ]
            place = body.path.relative_to(folder) if body.path.is_relative_to(folder) else body.path
            for msg in sentences:
                if msg not in seen:
                    seen.add(msg)
                    yield msg, str(place)


__all__ = [
    "INSTITUTION",
    "PACKS",
    "PackNotInForce",
    "RevisionGone",
    "UnknownBenefit",
    "UnknownCountry",
    "UnknownOption",
    "assess",
    "conditions",
    "covering",
    "forget",
    "pack",
    "packs",
    "rebuild",
    "texts",
]
