"""Reads a figures file of a pack, and refuses whatever is doubtful about it, naming file and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints

from services.benefits.domain.assessment import EVIDENCE, Citation
from services.benefits.law.figures import (
    UNITS,
    Amount,
    Book,
    Choice,
    Dated,
    FactSpec,
    Figure,
    FigureFault,
    Figures,
    Option,
    Provision,
    Rule,
    Span,
    Value,
    is_core,
    load_mapping,
)
from services.benefits.law.scales import BY, GIVES, Rows, Scale, rows_of
from services.benefits.law.yaml_file import Located, as_day


@dataclass(frozen=True)
class FiguresFile:
    """One YAML file of a pack, read and checked by itself."""

    path: Path
    head: Located
    book: Book
    facts: tuple[FactSpec, ...]


def read_file(path: Path) -> FiguresFile:
    """Read one figures file. Raises `FigureFault` naming file and line."""
    head = load_mapping(path, "a figures file is a mapping")
    known = {"benefit", "description", "chosen_by", "facts", "figures", "options", "provisions"}
    _only(path, head, known)
    figures = {n: _figure(path, n, body) for n, body in _section(path, head, "figures")}
    options = {n: _option(path, n, body) for n, body in _section(path, head, "options")}
    rules = {n: _rule(path, n, body) for n, body in _section(path, head, "provisions")}
    seen: set[str] = set()
    for name, line in [
        *((n, head["figures"].line_of(n)) for n in figures),
        *((n, head["options"].line_of(n)) for n in options),
        *((n, head["provisions"].line_of(n)) for n in rules),
    ]:
        if name in seen:
            raise FigureFault(path, line, f"{name} is written twice")
        seen.add(name)
    facts = tuple(_fact(path, n, body) for n, body in _section(path, head, "facts"))
    return FiguresFile(path, head, Book(figures, options, rules), facts)


def join(path: Path, first: Book, second: Book) -> Book:
    """Two books as one. Raises `FigureFault` where both have the same name."""
    both = first.names() & second.names()
    if both:
        name = min(both)
        raise FigureFault(path, line_of(second, name), f"{name} is written twice: it is in the common file too")
    return Book(
        {**first.figures, **second.figures},
        {**first.options, **second.options},
        {**first.rules, **second.rules},
    )


def wanted_by(law: type[Figures]) -> dict[str, set[str]]:
    """The names a Law class declares, by kind: value, scale, choice, provision."""
    wanted: dict[str, set[str]] = {"value": set(), "scale": set(), "choice": set(), "provision": set()}
    for name, kind in get_type_hints(law).items():
        if kind in (Value, Scale, Choice, Provision):
            wanted[kind.__name__.lower()].add(name)
    return wanted


def only(book: Book, law: type[Figures]) -> Book:
    """The part of a book that a Law class uses."""
    names = set().union(*wanted_by(law).values())
    return Book(
        {n: f for n, f in book.figures.items() if n in names},
        {n: o for n, o in book.options.items() if n in names},
        {n: r for n, r in book.rules.items() if n in names},
    )


def check_names(path: Path, law: type[Figures], own: Book, common: Book) -> None:
    """Every name the steps use is there, and every figure of the benefit's file is used."""
    wanted = wanted_by(law)
    figures = {**common.figures, **own.figures}
    there = {
        "value": {name for name, figure in figures.items() if figure.unit != "scale"},
        "scale": {name for name, figure in figures.items() if figure.unit == "scale"},
        "choice": {*own.options, *common.options},
        "provision": {*own.rules, *common.rules},
    }
    for kind, names in wanted.items():
        if missing := names - there[kind]:
            raise FigureFault(path, 1, f"missing {_NOUN[kind]}: {', '.join(sorted(missing))}")
    used = set().union(*wanted.values())
    for name in sorted(own.names() - used):
        raise FigureFault(path, line_of(own, name), f"unknown name {name}: no step of the law uses it")


_NOUN = {"value": "figure", "scale": "scale", "choice": "option", "provision": "provision"}


def line_of(book: Book, name: str) -> int:
    if name in book.figures:
        return book.figures[name].values[0].line
    if name in book.options:
        return book.options[name].line
    return book.rules[name].line


def _section(path: Path, head: Located, key: str) -> list[tuple[str, Located]]:
    section = head.get(key)
    if section is None:
        empty = Located()
        empty.line, empty.lines = head.line, {}
        head[key] = empty
        return []
    if not isinstance(section, Located):
        raise FigureFault(path, head.line_of(key), f"{key} is a mapping of names")
    for name, body in section.items():
        if not isinstance(body, Located):
            raise FigureFault(path, section.line_of(name), f"{name} needs description and more")
    return list(section.items())


def _only(path: Path, body: Located, known: set[str]) -> None:
    for key in body:
        if key not in known:
            raise FigureFault(path, body.line_of(key), f"unknown key {key}")


def _text(path: Path, body: Located, key: str, name: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise FigureFault(path, body.line_of(key), f"{name} needs a {key}")
    return value.strip()


def citation(path: Path, body: Located, name: str, line: int | None = None) -> Citation:
    """The citation of a mapping that has `citation` and `evidence`."""
    at = line or body.line
    text, evidence = body.get("citation"), body.get("evidence")
    if not isinstance(text, str) or not text.strip():
        raise FigureFault(path, at, f"{name} has no citation")
    if evidence is None:
        raise FigureFault(path, at, f"{name} has no evidence")
    if evidence not in EVIDENCE:
        raise FigureFault(path, body.line_of("evidence"), f"unknown evidence {evidence!r} of {name}")
    return Citation(text.strip(), evidence)


def _figure(path: Path, name: str, body: Located) -> Figure:
    _only(path, body, {"description", "unit", "by", "gives", "values", "option", "alternatives"})
    unit = body.get("unit")
    if unit not in UNITS:
        raise FigureFault(path, body.line_of("unit"), f"unknown unit {unit!r} of {name}")
    reads = _reader(path, name, unit, body)
    values = _history(path, name, reads, body.get("values"), body.line_of("values"))
    normal, alternatives = body.get("option"), body.get("alternatives")
    if (normal is None) != (alternatives is None):
        raise FigureFault(path, body.line, f"{name}: option and alternatives belong together")
    others: dict[str, tuple[Dated, ...]] = {}
    if alternatives is not None:
        if not isinstance(alternatives, Located) or normal in alternatives:
            raise FigureFault(path, body.line_of("alternatives"), f"{name}: alternatives are other choices by name")
        for choice, history in alternatives.items():
            others[choice] = _history(path, name, reads, history, alternatives.line_of(choice))
    return Figure(
        name,
        _text(path, body, "description", name),
        unit,
        values,
        str(path),
        normal,
        MappingProxyType(others),
    )


def _reader(path: Path, name: str, unit: str, body: Located) -> Callable[[Any, int], Amount]:
    """What reads one value of a figure (as it stands in the file, with its line)."""
    if unit != "scale":
        if extra := [key for key in ("by", "gives") if key in body]:
            raise FigureFault(path, body.line_of(extra[0]), f"{name}: only a scale has {extra[0]}")
        return lambda raw, line: _amount(path, name, unit, raw, line)
    by, gives = body.get("by"), body.get("gives")
    if by not in BY:
        raise FigureFault(path, body.line_of("by"), f"{name}: a scale goes by one of {', '.join(BY)}")
    if gives not in GIVES:
        raise FigureFault(path, body.line_of("gives"), f"{name}: a scale gives one of {', '.join(GIVES)}")
    return lambda raw, line: _rows(path, name, by, gives, raw, line)


def _rows(path: Path, name: str, by: str, gives: str, raw: Any, line: int) -> Rows:
    """The rows of a scale, `{0: 30, 15: 40}`."""
    if not isinstance(raw, Located) or not raw:
        raise FigureFault(path, line, f"{name} needs rows: what begins at which threshold")
    pairs = [
        (number(path, name, since, raw.line_of(since)), number(path, name, value, raw.line_of(since)))
        for since, value in raw.items()
    ]
    try:
        return rows_of(by, gives, pairs)
    except ValueError as fault:
        raise FigureFault(path, line, f"{name}: {fault}") from fault


def _history(path: Path, name: str, reads: Callable[[Any, int], Amount], body: Any, line: int) -> tuple[Dated, ...]:
    if not isinstance(body, Located) or not body:
        raise FigureFault(path, line, f"{name} needs values by first day in force")
    found: list[Dated] = []
    for since, entry in body.items():
        at = body.line_of(since)
        first = as_day(since)
        if first is None:
            raise FigureFault(path, at, f"{name}: {since} is not a day such as 2025-01-31")
        if not isinstance(entry, Located):
            raise FigureFault(path, at, f"{name} has no citation: write {{value, citation, evidence}}")
        _only(path, entry, {"value", "citation", "evidence", "until", "note"})
        if "value" not in entry:
            raise FigureFault(path, at, f"{name} has no value from {first}")
        until = None
        if "until" in entry and (until := as_day(entry["until"])) is None:
            raise FigureFault(path, entry.line_of("until"), f"{name}: until is a day")
        if until is not None and until < first:
            raise FigureFault(path, at, f"{name}: it ends on {until}, before it begins")
        value = reads(entry["value"], entry.line_of("value"))
        found.append(Dated(first, until, value, citation(path, entry, name, at), at))
    result: list[Dated] = []
    for place, dated in enumerate(found):
        if place + 1 < len(found):
            after = found[place + 1]
            if after.since <= dated.since:
                raise FigureFault(path, after.line, f"{name}: values are written in the order of their days")
            end = after.since - timedelta(days=1)
            if dated.until is not None and dated.until > end:
                raise FigureFault(path, after.line, f"{name}: values overlap from {after.since} to {dated.until}")
            if dated.until is not None and dated.until < end:
                gap = dated.until + timedelta(days=1)
                raise FigureFault(path, after.line, f"{name} has no value from {gap} to {end}")
            dated = replace(dated, until=end)
        elif dated.until is not None:
            gap = dated.until + timedelta(days=1)
            raise FigureFault(path, dated.line, f"{name} has no value from {gap} on; end the pack instead")
        result.append(dated)
    return tuple(result)


def _amount(path: Path, name: str, unit: str, raw: Any, line: int) -> Amount:
    if unit == "word":
        if isinstance(raw, str):
            return raw
        raise FigureFault(path, line, f"{name} needs a word")
    if unit == "table":
        if not isinstance(raw, Located) or not raw:
            raise FigureFault(path, line, f"{name} needs a table of numbers")
        return MappingProxyType({str(k): number(path, name, v, raw.line_of(k)) for k, v in raw.items()})
    if raw == "none":
        return None
    return number(path, name, raw, line)


def number(path: Path, name: str, raw: Any, line: int) -> Fraction:
    """A number: 30, "0.5", 2/3, 70 %. Never a float."""
    try:
        if type(raw) is int:
            return Fraction(raw)
        if isinstance(raw, str) and raw.isascii() and len(raw) < 40 and "e" not in raw.lower():
            if raw.endswith("%"):
                return Fraction(raw[:-1].strip()) / 100
            return Fraction(raw.replace("_", "x"))
    except (ValueError, ZeroDivisionError):
        pass
    raise FigureFault(path, line, f"{name}: {str(raw)[:40]!r} is not an exact number")


def _option(path: Path, name: str, body: Located) -> Option:
    _only(path, body, {"description", "citation", "evidence", "choices"})
    choices = body.get("choices")
    if not isinstance(choices, Located) or len(choices) < 2:
        raise FigureFault(path, body.line_of("choices"), f"{name} needs at least two choices")
    texts: dict[str, str] = {}
    citations: dict[str, Citation] = {}
    for choice, text in choices.items():
        if isinstance(text, Located):
            citations[choice] = citation(path, text, f"{name} {choice}")
            text = text.get("description")
        if not isinstance(choice, str) or not isinstance(text, str):
            raise FigureFault(path, choices.line_of(choice), f"{name}: a choice is a word and what it means")
        texts[choice] = text
    return Option(
        name,
        _text(path, body, "description", name),
        MappingProxyType(texts),
        citation(path, body, name),
        str(path),
        body.line,
        MappingProxyType(citations),
    )


def _rule(path: Path, name: str, body: Located) -> Rule:
    _only(path, body, {"description", "citation", "evidence", "concerns"})
    cited, concerns = citation(path, body, name), body.get("concerns") or []
    if not isinstance(concerns, list):
        raise FigureFault(path, body.line_of("concerns"), f"{name}: concerns is a list of {{from, to}}")
    spans = tuple(_span(path, name, one, body.line_of("concerns")) for one in concerns)
    return Rule(name, _text(path, body, "description", name), cited, str(path), body.line, spans)


def _span(path: Path, name: str, body: Any, line: int) -> Span:
    """The days of one `{from, to}`, either of which may be absent."""
    if not isinstance(body, Located) or not body or set(body) - {"from", "to"}:
        raise FigureFault(path, line, f"{name}: write {{from: day, to: day}}")
    days = {key: as_day(value) for key, value in body.items()}
    for key, day in days.items():
        if day is None:
            raise FigureFault(path, body.line_of(key), f"{name}: {key} is a day such as 2025-01-31")
    return Span(days.get("from"), days.get("to"))


FACT_TYPES = ("date", "month", "int", "bool", "word", "money", "number", "dates", "any")


def _fact(path: Path, name: str, body: Located) -> FactSpec:
    _only(path, body, {"type", "question", "default", "guess", "others", "required", "choices"})
    kind = body.get("type", "any" if is_core(name) else None)
    if kind not in FACT_TYPES:
        raise FigureFault(path, body.line_of("type"), f"unknown type {kind!r} of the fact {name}")
    choices = body.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(c, str) for c in choices):
        raise FigureFault(path, body.line_of("choices"), f"{name}: choices are a list of words")
    required = body.get("required", False)
    if type(required) is not bool:
        raise FigureFault(path, body.line_of("required"), f"{name}: required is true or false")
    question = _text(path, body, "question", name)
    default, guess = body.get("default"), body.get("guess")
    if guess is not None and (default is not None or required):
        raise FigureFault(path, body.line_of("guess"), f"{name}: a fact has a guess, a default or is required")
    others = body.get("others") or [c for c in choices if c != guess]
    if kind == "bool" and guess is not None:
        others = [not guess]
    if guess is not None and not others:
        raise FigureFault(
            path, body.line_of("guess"), f"{name}: a guess needs others, answers that might change the result"
        )
    return FactSpec(name, kind, question, default, required, tuple(choices), body.line, guess, tuple(others))
