"""What no pack can show: wages, persons protected, financing, and what the law says outside the benefit itself.

A profile is one file, `profiles/<country>/<year>.yaml`; what it does not say is *no data*. An institution keeps its
own beside the product and names the folder. How the packs of a country are to be run stands in `schemes/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.conformance.standards import HERE, requirement
from services.benefits.domain.assessment import Citation
from services.benefits.domain.case import HAPPENINGS
from services.benefits.law import reading
from services.benefits.law.figures import FigureFault, load_mapping
from services.benefits.law.yaml_file import Located

PROFILES = HERE / "profiles"
SCHEMES = HERE / "schemes"

#: Definitions of the skilled manual male employee, C102 art. 65(6) and C130 art. 22(6).
DEFINITIONS = ("a", "b", "c", "d")
ANSWERS = ("yes", "no", "silent", "judge", "not_applicable")


@dataclass(frozen=True, slots=True)
class Datum:
    """A number with its source."""

    value: Fraction
    citation: Citation


@dataclass(frozen=True, slots=True)
class Answer:
    """A legal fact: yes, no, silent (the law was read and says nothing), judge, or not applicable."""

    answer: str
    text: str
    citation: Citation
    value: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """A national ground of suspension, and the letter of C102 art. 69 it is one of ("" where none, "?" in doubt).
    `fact` is what a claim says of the days on which it holds, where there is a word for it (`domain.case`)."""

    text: str
    letter: str
    citation: Citation
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One country in one year, as far as it is known."""

    country: str
    year: int
    name: str
    note: str = ""
    invented: bool = False
    ratified: Mapping[str, Answer] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    declared: Mapping[str, str] = field(default_factory=dict)
    skilled: Mapping[str, Datum] = field(default_factory=dict)
    labourer: Datum | None = None
    lowest: Datum | None = None
    family_in_work: Fraction = Fraction(0)
    family_in_contingency: Fraction = Fraction(0)
    statistics: Mapping[str, Datum] = field(default_factory=dict)
    financing: Mapping[str, Datum] = field(default_factory=dict)
    grounds: tuple[Ground, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    means_test: Mapping[str, Fraction] = field(default_factory=dict)

    def has_declared(self, what: str) -> bool:
        return self.declared.get(what) == "yes"

    def is_bound(self, instrument: str) -> bool:
        """Whether the State ratified an instrument."""
        answer = self.ratified.get(instrument)
        return answer is not None and answer.answer == "yes"

    def definition(self) -> str:
        """The definition of the skilled worker the State declared; empty where it declared none."""
        return self.declared.get("skilled_worker", "")


def nearest_rank(earnings: list[Fraction], share: Fraction) -> Fraction:
    """The earnings that `share` of all persons do not exceed, by nearest rank: element ceil(share x n)."""
    ordered = sorted(earnings)
    place = share * len(ordered)
    return ordered[-(-place.numerator // place.denominator) - 1]


def available(country: str, folders: tuple[Path, ...] = (PROFILES,)) -> dict[int, Path]:
    """The profile files of a country by year; a later folder wins over an earlier one."""
    found: dict[int, Path] = {}
    for folder in folders:
        for path in sorted((folder / country).glob("*.yaml")):
            if path.stem.isdigit():
                found[int(path.stem)] = path
    return dict(sorted(found.items()))


def profile(country: str, on: date, folders: tuple[Path, ...] = (PROFILES,)) -> Profile:
    """The latest profile not later than the year of `on`; one that knows nothing where there is none. Raises
    `FigureFault`."""
    found: Profile | None = None
    for year, path in available(country, folders).items():
        if year <= on.year:
            found = read_profile(path)
    return found or Profile(country, on.year, scheme(country).name or country.upper())


@lru_cache(maxsize=64)
def read_profile(path: Path) -> Profile:
    """Read one profile. Raises `FigureFault` for an unknown key or a number without a source."""
    head = _load(path)
    known = {
        *("country", "year", "name", "note", "invented", "ratified", "parts", "declared", "wages"),
        *("statistics", "financing", "grounds", "answers", "means_test"),
    }
    for key in head:
        if key not in known:
            raise FigureFault(path, head.line_of(key), f"unknown key {key} of a profile")
    wages = head.get("wages") or Located()
    for key in wages:
        if key not in ("skilled", "labourer", "lowest", "family"):
            raise FigureFault(path, wages.line_of(key), f"unknown key {key} of wages")
    family = wages.get("family") or {}
    return Profile(
        country=str(head.get("country")),
        year=int(head.get("year", 0)),
        name=str(head.get("name") or head.get("country")),
        note=str(head.get("note") or ""),
        invented=head.get("invented") is True,
        ratified={n: _answer(path, n, b) for n, b in (head.get("ratified") or {}).items()},
        parts=tuple(str(p) for p in head.get("parts") or ()),
        declared={str(k): _yes(v) for k, v in (head.get("declared") or {}).items()},
        skilled=_skilled(path, wages.get("skilled") or {}),
        labourer=_datum(path, "labourer", wages["labourer"]) if wages.get("labourer") else None,
        lowest=_datum(path, "lowest", wages["lowest"]) if wages.get("lowest") else None,
        family_in_work=reading.number(path, "family", family.get("in_work", 0), head.line),
        family_in_contingency=reading.number(path, "family", family.get("in_contingency", 0), head.line),
        statistics={n: _datum(path, n, b) for n, b in (head.get("statistics") or {}).items()},
        financing={n: _datum(path, n, b) for n, b in (head.get("financing") or {}).items()},
        grounds=tuple(_ground(path, b) for b in head.get("grounds") or ()),
        answers={n: _answer(path, n, b) for n, b in (head.get("answers") or {}).items()},
        means_test={
            n: reading.number(path, n, v, head.line_of("means_test")) for n, v in (head.get("means_test") or {}).items()
        },
    )


def _load(path: Path) -> Located:
    return load_mapping(path, "the file is a mapping")


def _yes(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _datum(path: Path, name: str, body: Any) -> Datum:
    if not isinstance(body, Located):
        raise FigureFault(path, 1, f"{name} needs value, citation and evidence")
    return Datum(reading.number(path, name, body.get("value"), body.line), reading.citation(path, body, name))


def _skilled(path: Path, body: Mapping[str, Any]) -> dict[str, Datum]:
    """(a) and (b) are wages; (c) and (d) may be given as a wage, or worked out from the earnings of all protected."""
    ceiling = requirement("C102-65-CEILING")
    share, average = ceiling.term("earnings_not_exceeded"), ceiling.term("of_the_average")
    found: dict[str, Datum] = {}
    for key, entry in body.items():
        if key not in DEFINITIONS or not isinstance(entry, Located):
            raise FigureFault(path, 1, f"skilled wages are given under a, b, c or d, not {key}")
        cited = reading.citation(path, entry, f"skilled wage ({key})")
        if "earnings" in entry:
            earnings = [reading.number(path, key, one, entry.line_of("earnings")) for one in entry["earnings"]]
            if not earnings or key not in "cd":
                raise FigureFault(path, entry.line, "earnings of all protected give (c) and (d)")
            mean = sum(earnings, Fraction(0)) / len(earnings)
            found[key] = Datum(nearest_rank(earnings, share) if key == "c" else mean * average, cited)
        elif "mean" in entry:
            if key != "d":
                raise FigureFault(path, entry.line, "the mean gives (d) only")
            found[key] = Datum(reading.number(path, key, entry["mean"], entry.line) * average, cited)
        else:
            found[key] = Datum(reading.number(path, key, entry.get("value"), entry.line), cited)
    return dict(sorted(found.items()))


def _answer(path: Path, name: str, body: Any) -> Answer:
    if not isinstance(body, Located):
        raise FigureFault(path, 1, f"{name} needs answer, text, citation and evidence")
    answer = _yes(body.get("answer"))
    if answer not in ANSWERS:
        raise FigureFault(path, body.line_of("answer"), f"{name}: an answer is {', '.join(ANSWERS)}")
    value = body.get("value")
    return Answer(
        answer,
        str(body.get("text") or ""),
        reading.citation(path, body, name),
        None if value is None else reading.number(path, name, value, body.line_of("value")),
    )


def _ground(path: Path, body: Any) -> Ground:
    if not isinstance(body, Located) or not isinstance(body.get("text"), str):
        raise FigureFault(path, 1, "a ground of suspension needs text, letter, citation and evidence")
    if (fact := body.get("fact")) is not None and fact not in HAPPENINGS:
        raise FigureFault(path, body.line_of("fact"), f"unknown fact {fact} of a ground")
    return Ground(body["text"], str(body.get("letter") or ""), reading.citation(path, body, "ground"), fact)


# How the packs of a country are run -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a standard beneficiary of one branch is put to the packs of a country."""

    benefit: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    employer_days: str = ""  # the figure that says how long the employer pays; "working" or "calendar" days
    employer_days_are: str = "calendar"
    leave_days: str = ""  # the figure that says how long the leave is, where it is not the paid one
    weekly_rest: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A country's name and its recipes."""

    country: str
    name: str = ""
    sickness: Recipe = Recipe()
    maternity: Recipe = Recipe()
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def scheme(country: str, folder: Path = SCHEMES) -> Scheme:
    """How to run a country's packs; the plain way where no file says. Raises `FigureFault`."""
    path = folder / f"{country}.yaml"
    if not path.exists():
        return Scheme(country)
    head = _load(path)
    for key in head:
        if key not in ("country", "name", "sickness", "maternity", "notes"):
            raise FigureFault(path, head.line_of(key), f"unknown key {key} of a scheme")
    return Scheme(
        country,
        str(head.get("name") or ""),
        _recipe(path, head.get("sickness")),
        _recipe(path, head.get("maternity")),
        tuple(str(n) for n in head.get("notes") or ()),
    )


_DAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


def _recipe(path: Path, body: Any) -> Recipe:
    if body is None:
        return Recipe()
    known = {"benefit", "facts", "employer_days", "employer_days_are", "leave_days", "weekly_rest"}
    for key in body:
        if key not in known:
            raise FigureFault(path, body.line_of(key), f"unknown key {key} of a recipe")
    return Recipe(
        str(body.get("benefit") or ""),
        dict(body.get("facts") or {}),
        str(body.get("employer_days") or ""),
        str(body.get("employer_days_are") or "calendar"),
        str(body.get("leave_days") or ""),
        tuple(_DAYS[d] for d in body.get("weekly_rest") or ()),
    )
