"""The standards as data: one file per instrument, each threshold dated and cited like a figure of a rule pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.domain.assessment import Citation
from services.benefits.law import reading
from services.benefits.law.figures import FigureFault
from services.benefits.law.yaml_file import Located, YamlFault, as_day, load_yaml

HERE = Path(__file__).resolve().parent
INSTRUMENTS = HERE / "instruments"

#: In the order a reader meets them: the basic conventions, the higher ones, the aspirations, the floor.
ORDER = ("C102", "C130", "C183", "C103", "R134", "R191", "R202")

BRANCHES = ("sickness", "maternity", "both")
UNITS = ("days", "months", "rate", "number", "word")

_KEYS = {
    *("article", "label", "description", "branches", "test", "unit", "values", "applies", "compare"),
    *("group", "route", "needs", "of", "terms", "answer", "also", "when", "strict", "open", "per_case"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A further number that the article sets, or that the test of it needs."""

    value: Fraction
    citation: Citation


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing an instrument asks for, and the test that measures it."""

    id: str
    instrument: str
    article: str
    label: str
    description: str
    branches: tuple[str, ...]
    test: str
    unit: str
    value: Fraction | str | None
    citation: Citation
    applies: str
    compare: str
    group: str
    route: str
    needs: str
    options: Mapping[str, Any]
    terms: Mapping[str, Term]

    @property
    def number(self) -> Fraction:
        """The threshold. Raises `TypeError` where the text sets no number."""
        if not isinstance(self.value, Fraction):
            raise TypeError(f"{self.id} has no number")
        return self.value

    @property
    def binding_days(self) -> Fraction | None:
        """Days of leave over which a level is tested, where the article names them."""
        return self.term("leave_days") if "leave_days" in self.terms else None

    def term(self, name: str) -> Fraction:
        """A further number of the article. Raises `KeyError` where the file names none."""
        return self.terms[name].value

    def whole_term(self, name: str) -> int:
        """The same as a whole number. Raises `KeyError`, `TypeError`."""
        value = self.term(name)
        if value.denominator != 1:
            raise TypeError(f"{name} of {self.id} is not a whole number")
        return value.numerator


@dataclass(frozen=True, slots=True)
class Instrument:
    """A Convention or Recommendation; only Conventions bind, and only States that ratified them."""

    code: str
    title: str
    binding: bool
    since: date
    requirements: tuple[Requirement, ...]
    #: What may be accepted, by branch: a Part, or the whole.
    parts: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=8)
def instruments(folder: Path = INSTRUMENTS) -> tuple[Instrument, ...]:
    """All instruments. Raises `FigureFault`, naming file and line, for anything doubtful."""
    found = [_instrument(path) for path in sorted(folder.glob("*.yaml"))]
    seen: set[str] = set()
    for instrument in found:
        for requirement in instrument.requirements:
            if requirement.id in seen:
                raise FigureFault(folder, 1, f"{requirement.id} is written twice")
            seen.add(requirement.id)
    known = {code: place for place, code in enumerate(ORDER)}
    return tuple(sorted(found, key=lambda i: (known.get(i.code, len(known)), i.code)))


@lru_cache(maxsize=8)
def requirements(folder: Path = INSTRUMENTS) -> tuple[Requirement, ...]:
    """Every requirement, in the order of the instruments and their files."""
    return tuple(r for instrument in instruments(folder) for r in instrument.requirements)


@lru_cache(maxsize=256)
def requirement(id: str, folder: Path = INSTRUMENTS) -> Requirement:
    """One requirement by its id. Raises `KeyError`."""
    for found in requirements(folder):
        if found.id == id:
            return found
    raise KeyError(id)


@lru_cache(maxsize=1)
def tested_lengths() -> tuple[int, ...]:
    """The days of sickness benefit after which requirements stop testing its rates, each once."""
    named = ("tested_days", "tested_days_article_2")
    return tuple(sorted({r.whole_term(n) for r in requirements() for n in named if n in r.terms}))


def longest_tested() -> int:
    """The most days of sickness benefit whose rates any requirement tests."""
    return max(tested_lengths(), default=1)


def _instrument(path: Path) -> Instrument:
    try:
        head = load_yaml(path)
    except YamlFault as fault:
        raise FigureFault(fault.path, fault.line, fault.message) from fault
    if not isinstance(head, Located) or not isinstance(head.get("requirements"), Located):
        raise FigureFault(path, 1, "an instrument has a title and requirements")
    code, since = head.get("instrument"), as_day(head.get("since"))
    if not isinstance(code, str) or since is None or not isinstance(head.get("title"), str):
        raise FigureFault(path, head.line, "an instrument needs instrument, title and since")
    body = head["requirements"]
    return Instrument(
        code,
        head["title"],
        head.get("binding") is True,
        since,
        tuple(_requirement(path, code, id, one) for id, one in body.items()),
        _parts(path, head),
    )


def _parts(path: Path, head: Located) -> Mapping[str, str]:
    """What may be accepted of an instrument, by branch."""
    parts = head.get("parts") or {}
    known = isinstance(parts, dict) and set(parts) <= set(BRANCHES)
    if not known or not all(isinstance(part, str) for part in parts.values()):
        raise FigureFault(path, head.line_of("parts"), f"parts name what may be accepted of {', '.join(BRANCHES)}")
    return dict(parts)


def _requirement(path: Path, code: str, id: str, body: Any) -> Requirement:
    if not isinstance(body, Located):
        raise FigureFault(path, 1, f"{id} needs article, label and more")
    for key in body:
        if key not in _KEYS:
            raise FigureFault(path, body.line_of(key), f"unknown key {key} of {id}")
    for key in ("article", "label", "description", "test", "applies"):
        if not isinstance(body.get(key), str) or not body[key].strip():
            raise FigureFault(path, body.line, f"{id} needs {key}, a text")
    branches = body.get("branches")
    if not isinstance(branches, list) or not branches or not set(branches) <= set(BRANCHES):
        raise FigureFault(path, body.line_of("branches"), f"{id}: branches are {', '.join(BRANCHES)}")
    unit = body.get("unit")
    if unit not in UNITS:
        raise FigureFault(path, body.line_of("unit"), f"unknown unit {unit!r} of {id}")
    values = body.get("values")
    if not isinstance(values, Located) or not values:
        raise FigureFault(path, body.line_of("values"), f"{id} needs values by first day")
    last: Located | None = None
    for since, entry in values.items():
        if as_day(since) is None or not isinstance(entry, Located) or "value" not in entry:
            raise FigureFault(path, values.line_of(since), f"{id}: write day: {{value, citation, evidence}}")
        last = entry
    assert last is not None  # noqa: S101
    raw, value = last["value"], None
    if raw != "none":
        value = str(raw) if unit == "word" else reading.number(path, id, raw, last.line_of("value"))
    known = {"article", "label", "description", "branches", "test", "unit", "values", "applies", "terms"}
    return Requirement(
        id=id,
        instrument=code,
        article=body["article"],
        label=body["label"],
        description=body["description"],
        branches=tuple(branches),
        test=body["test"],
        unit=unit,
        value=value,
        citation=reading.citation(path, last, id),
        applies=body["applies"],
        compare=str(body.get("compare", "at_least")),
        group=str(body.get("group", "")),
        route=str(body.get("route", "")),
        needs=str(body.get("needs", "")),
        options={key: body[key] for key in body if key not in known},
        terms=_terms(path, id, body),
    )


def _terms(path: Path, id: str, body: Located) -> Mapping[str, Term]:
    """The further numbers of a requirement, each with citation and evidence."""
    terms = body.get("terms") or Located()
    if not isinstance(terms, Located):
        raise FigureFault(path, body.line_of("terms"), f"{id}: terms are numbers by name")
    found: dict[str, Term] = {}
    for name, entry in terms.items():
        line = terms.line_of(name)
        if not isinstance(entry, Located) or set(entry) != {"value", "citation", "evidence"}:
            raise FigureFault(path, line, f"{id} {name}: write {{value, citation, evidence}}")
        found[name] = Term(
            reading.number(path, f"{id} {name}", entry["value"], line), reading.citation(path, entry, f"{id} {name}")
        )
    return found
