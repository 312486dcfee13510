"""Numbers set by law: dated, cited, and refused on loading when anything about them is doubtful.

A benefit's YAML holds three kinds of things, and its Python declares which it uses:

* a *figure* has dated values: number, table or word (`Value` in code), or rows with thresholds (`Scale`);
* an *option* is a choice the institution makes between alternatives (`Choice`);
* a *provision* is a rule without a number, there to be cited (`Provision`); it may name the days it concerns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, get_type_hints

from services.benefits.domain.assessment import EVIDENCE, Citation
from services.benefits.law.scales import BY, GIVES, Rows, Scale, rows_of
from services.benefits.law.yaml_file import Located, YamlFault, as_day, load_yaml

UNITS = ("days", "months", "weeks", "years", "hours", "money", "rate", "number", "children", "word", "table", "scale")

Amount = Fraction | str | Mapping[str, Fraction] | Rows | None


class FigureFault(YamlFault):
    """A figure, option or provision that does not hold together; names file and line."""


class NotInForce(LookupError):
    """A figure was asked for a day before its first value."""


class UnknownOption(ValueError):
    """An option, or a choice of one, that the pack does not offer."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One value and the days it is in force; `until` is its last day, or `None`."""

    since: date
    until: date | None
    value: Amount
    citation: Citation
    line: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its history. `alternatives` hold other histories an institution may choose (`option`)."""

    name: str
    description: str
    unit: str
    values: tuple[Dated, ...]
    source: str
    normal: str | None = None
    alternatives: Mapping[str, tuple[Dated, ...]] = field(default_factory=dict)

    def on(self, day: date, choice: str | None = None) -> Dated:
        """The value in force on a day. Raises `NotInForce`."""
        values = self.alternatives.get(choice or "", self.values)
        place = bisect_right([v.since for v in values], day) - 1
        if place < 0:
            raise NotInForce(f"{self.name} has no value on {day}: it begins on {values[0].since}")
        return values[place]

    @property
    def choices(self) -> tuple[str, ...]:
        return (self.normal, *self.alternatives) if self.normal else ()


@dataclass(frozen=True, slots=True)
class Option:
    """A choice the institution makes where the law leaves one; the first is the normal one."""

    name: str
    description: str
    choices: Mapping[str, str]
    citation: Citation
    source: str
    line: int
    citations: Mapping[str, Citation] = field(default_factory=dict)

    @property
    def normal(self) -> str:
        return next(iter(self.choices))


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both of them in it; open where one is `None`."""

    first: date | None
    last: date | None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule without a number, cited by findings and lines."""

    name: str
    description: str
    citation: Citation
    source: str
    line: int
    concerns: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact a benefit asks for: what it is, the question in plain words, what holds where it is not given.

    A `default` holds in silence. A `guess` is reckoned with only while no other answer (`others`) would change the
    result; where one would, the fact is asked."""

    name: str
    type: str
    question: str
    default: Any
    required: bool
    choices: tuple[str, ...]
    line: int
    guess: Any = None
    others: tuple[Any, ...] = ()

    @property
    def assumed(self) -> Any:
        """What is reckoned with where the fact is not given; `None` where the law cannot go on without it."""
        return self.guess if self.default is None else self.default


# What code receives ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """A figure on one day. `number` is its exact value; `days` the same as a whole number."""

    name: str
    description: str
    unit: str
    value: Amount
    citation: Citation
    since: date

    @property
    def number(self) -> Fraction:
        value = self.value
        if not isinstance(value, Fraction):
            raise TypeError(f"{self.name} is not a number")
        return value

    @property
    def limit(self) -> Fraction | None:
        """The number, or `None` where the law sets no limit."""
        return None if self.value is None else self.number

    @property
    def whole(self) -> int:
        """The value as a whole number of its unit. Raises `TypeError` where it is not one."""
        number = self.number
        if number.denominator != 1:
            raise TypeError(f"{self.name} is not a whole number")
        return number.numerator

    @property
    def word(self) -> str:
        if not isinstance(self.value, str):
            raise TypeError(f"{self.name} is not a word")
        return self.value

    def row(self, key: str) -> Fraction:
        """One number of a table. Raises `KeyError`."""
        if not isinstance(self.value, Mapping):
            raise TypeError(f"{self.name} is not a table")
        return self.value[key]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the institution chose; compare `choice.is_("six")`."""

    name: str
    description: str
    choice: str
    citation: Citation

    def is_(self, choice: str) -> bool:
        return self.choice == choice


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule without a number."""

    name: str
    description: str
    citation: Citation
    spans: tuple[Span, ...] = ()

    def concerns(self, day: date) -> bool:
        """Whether the rule says something about events of a day; of all days where it names none."""
        return not self.spans or any(day in span for span in self.spans)


Cited = Value | Scale | Choice | Provision


class Figures:
    """The law of one benefit on one day. A pack declares a subclass whose annotations name what it uses:

    `class Law(Figures): waiting_days: Value; divisor: Choice; rounding_once: Provision`

    Loading fails where the YAML lacks one, or has one the class does not name.
    """

    def __init__(self, book: Book, day: date, chosen: Mapping[str, str]) -> None:
        self._book, self._day, self._chosen = book, day, chosen
        self._others: dict[date, Self] = {}

    def at(self, day: date) -> Self:
        """The same law on another day, for figures that follow the day rather than the statute."""
        found = self._others.get(day)
        if found is None:
            found = self._others[day] = type(self)(self._book, day, self._chosen)
        return found

    @property
    def day(self) -> date:
        return self._day

    def changes(self, name: str, after: date, until: date = date.max) -> list[Value | Scale]:
        """Values of a figure that begin after one day and no later than another."""
        figure = self._book.figures[name]
        choice = self._chosen.get(name)
        values = figure.alternatives.get(choice or "", figure.values)
        return [_value(figure, v) for v in values if after < v.since <= until]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Cited:
            if name.startswith("_"):
                raise AttributeError(name)
            found = self._book.cited(name, self._day, self._chosen)
            self.__dict__[name] = found
            return found


def _value(figure: Figure, dated: Dated) -> Value | Scale:
    if isinstance(dated.value, Rows):
        return Scale(figure.name, figure.description, figure.unit, dated.value, dated.citation, dated.since)
    return Value(figure.name, figure.description, figure.unit, dated.value, dated.citation, dated.since)


@dataclass(frozen=True)
class Book:
    """Everything a benefit may cite: its own figures, options and provisions and those common to the pack."""

    figures: Mapping[str, Figure]
    options: Mapping[str, Option]
    rules: Mapping[str, Rule]

    def __contains__(self, name: str) -> bool:
        return name in self.figures or name in self.options or name in self.rules

    def names(self) -> set[str]:
        return {*self.figures, *self.options, *self.rules}

    def cited(self, name: str, day: date, chosen: Mapping[str, str]) -> Cited:
        """Raises `AttributeError` for a name the pack does not have, `NotInForce` for a day too early."""
        if figure := self.figures.get(name):
            return _value(figure, figure.on(day, chosen.get(name)))
        if option := self.options.get(name):
            choice = chosen.get(name, option.normal)
            citation = option.citations.get(choice, option.citation)
            return Choice(name, option.description, choice, citation)
        if rule := self.rules.get(name):
            return Provision(name, rule.description, rule.citation, rule.concerns)
        raise AttributeError(name)

    def choices(self) -> dict[str, tuple[str, ...]]:
        """Every option by name with its choices, the normal one first; figures with alternatives are options."""
        result = {name: tuple(option.choices) for name, option in self.options.items()}
        result.update({name: f.choices for name, f in self.figures.items() if f.normal})
        return result

    def with_figure(self, name: str, on: date, value: Amount) -> Book:
        """A copy in which the value in force on a day is another. Raises `KeyError`, `NotInForce`."""
        figure = self.figures[name]

        def changed(values: tuple[Dated, ...]) -> tuple[Dated, ...]:
            return tuple(
                replace(v, value=value) if v.since <= on and (v.until is None or on <= v.until) else v for v in values
            )

        figure.on(on)
        alternatives = {key: changed(values) for key, values in figure.alternatives.items()}
        new = replace(figure, values=changed(figure.values), alternatives=MappingProxyType(alternatives))
        return replace(self, figures={**self.figures, name: new})


# Reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FiguresFile:
    """One YAML file of a pack, read and checked by itself."""

    path: Path
    head: Located
    book: Book
    facts: tuple[FactSpec, ...]


def read_file(path: Path) -> FiguresFile:
    """Read one figures file. Raises `FigureFault` naming file and line."""
    try:
        head = load_yaml(path)
    except YamlFault as fault:
        raise FigureFault(fault.path, fault.line, fault.message) from fault
    if not isinstance(head, Located):
        raise FigureFault(path, 1, "a figures file is a mapping")
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


#: Facts every case has a place for, outside `event`; others with a point ("spell.first_day") are such too.
CORE_FACTS = frozenset({"contributions", "certificates", "employments", "claimed_on", "earlier_spells"})


def is_core(name: str) -> bool:
    """Whether a fact stands outside the case's `event`."""
    return "." in name or name in CORE_FACTS


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
