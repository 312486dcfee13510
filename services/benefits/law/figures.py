"""Numbers set by law: dated, cited, and refused on loading when anything about them is doubtful.

A benefit's YAML holds three kinds of things, and its Python declares which it uses:

* a *figure* has dated values: number, table or word (`Value` in code), or rows with thresholds (`Scale`);
* an *option* is a choice the institution makes between alternatives (`Choice`);
* a *provision* is a rule without a number, there to be cited (`Provision`); it may name the days it concerns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from services.benefits.domain.assessment import Citation
from services.benefits.law.scales import Rows, Scale
from services.benefits.law.yaml_file import Located, YamlFault, load_yaml
from shared.period import ONE_DAY

UNITS = ("days", "months", "weeks", "years", "hours", "money", "rate", "number", "children", "word", "table", "scale")

Amount = Fraction | str | Mapping[str, Fraction] | Rows | None


class FigureFault(YamlFault):
    """A figure, option or provision that does not hold together; names file and line."""


def load_mapping(path: Path, what: str) -> Located:
    """A YAML file that is a mapping, as files of law, reforms and profiles are; `what` says so where it is none.
    Raises `FigureFault`, naming file and line."""
    try:
        head = load_yaml(path)
    except YamlFault as fault:
        raise FigureFault(fault.path, fault.line, fault.message) from fault
    if not isinstance(head, Located):
        raise FigureFault(path, 1, what)
    return head


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
        value = self.value
        if not isinstance(value, Fraction) or value.denominator != 1:
            raise TypeError(f"{self.name} is not a whole number")
        return value.numerator

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

    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """Every option by name with its choices, the normal one first; figures with alternatives are options."""
        return self._choices

    @cached_property
    def _choices(self) -> Mapping[str, tuple[str, ...]]:
        result: dict[str, tuple[str, ...]] = {name: tuple(option.choices) for name, option in self.options.items()}
        result.update({name: f.choices for name, f in self.figures.items() if f.normal})
        return MappingProxyType(result)

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

    def with_value_since(self, name: str, since: date, value: Amount, citation: Citation) -> Book:
        """A copy in which a figure has another value from a day on, in every choice. Raises `KeyError`."""
        figure = self.figures[name]

        def changed(values: tuple[Dated, ...]) -> tuple[Dated, ...]:
            before = [replace(v, until=min(v.until or date.max, since - ONE_DAY)) for v in values if v.since < since]
            return (*before, Dated(since, None, value, citation, values[-1].line))

        alternatives = {key: changed(values) for key, values in figure.alternatives.items()}
        new = replace(figure, values=changed(figure.values), alternatives=MappingProxyType(alternatives))
        return replace(self, figures={**self.figures, name: new})


#: Facts every case has a place for, outside `event`; others with a point ("spell.first_day") are such too.
CORE_FACTS = frozenset({"contributions", "certificates", "employments", "claimed_on", "earlier_spells"})


def is_core(name: str) -> bool:
    """Whether a fact stands outside the case's `event`."""
    return "." in name or name in CORE_FACTS
