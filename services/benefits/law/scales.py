"""Scales: what the law gives by thresholds, such as contributed years that open more days.

In a figures file a scale is a figure of the unit `scale`: `by` names what its thresholds count and `gives` the unit
of its rows. The first row begins at 0, so that every number falls into a row:

    days_normal:
      unit: scale
      by: years
      gives: days
      values:
        2025-07-01: {value: {0: 30, 15: 40, 30: 60}, citation: ..., evidence: ...}
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Citation

#: What thresholds may count, and what rows may give.
BY = ("days", "weeks", "months", "years", "children", "number")
GIVES = ("days", "weeks", "months", "years", "money", "rate", "number")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a scale: from `since` on and, where another row follows, below `below` it gives `value`."""

    since: Fraction
    below: Fraction | None
    value: Fraction

    @property
    def whole(self) -> int:
        """What the row gives, as a whole number of its unit. Raises `TypeError` where it is not one."""
        if self.value.denominator != 1:
            raise TypeError(f"the row from {self.since} does not give a whole number")
        return self.value.numerator

    @property
    def key(self) -> str:
        """The row's threshold as a word, by which it can be named."""
        return str(self.since)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a scale in the order of their thresholds, with the units of both sides."""

    by: str
    gives: str
    rows: tuple[Row, ...]

    def row(self, at: Fraction | int) -> Row:
        """The row a number falls into; numbers below nothing fall into the first."""
        return next((row for row in reversed(self.rows) if row.since <= at), self.rows[0])

    def with_value(self, key: str, value: Fraction) -> Rows:
        """A copy in which one row, named by its threshold, gives another value. Raises `KeyError`."""
        if all(row.key != key for row in self.rows):
            raise KeyError(key)
        return replace(self, rows=tuple(replace(r, value=value) if r.key == key else r for r in self.rows))

    def with_threshold(self, key: str, since: Fraction) -> Rows:
        """A copy in which one row, named by its threshold, begins elsewhere. Raises `KeyError`, `ValueError`."""
        pairs = [(since if row.key == key else row.since, row.value) for row in self.rows]
        if all(row.key != key for row in self.rows):
            raise KeyError(key)
        return rows_of(self.by, self.gives, pairs)

    def label(self, key: str) -> str:
        """A row by its threshold, as a person names it: "from 15 years", "under 15 years" for the first one."""
        unit = "" if self.by == "number" else f" {self.by}"
        later = [row.key for row in self.rows[1:]]
        if key in later:
            return f"from {key}{unit}"
        return f"under {later[0]}{unit}" if later else f"from 0{unit}"

    def written(self, write: Callable[[Fraction, str], str]) -> str:
        """The rows as a person writes them; `write` gives a number with its unit."""
        if len(self.rows) == 1:
            return write(self.rows[0].value, self.gives)
        first, rest = self.rows[0], self.rows[1:]
        said = [f"under {write(rest[0].since, self.by)}: {write(first.value, self.gives)}"]
        said += [f"from {write(row.since, self.by)}: {write(row.value, self.gives)}" for row in rest]
        return "; ".join(said)


def rows_of(by: str, gives: str, pairs: list[tuple[Fraction, Fraction]]) -> Rows:
    """Rows from (threshold, value). Raises `ValueError` where they do not begin at 0 or do not rise."""
    if not pairs or pairs[0][0] != 0:
        raise ValueError("the first row of a scale begins at 0")
    for (before, _), (after, _) in itertools.pairwise(pairs):
        if after <= before:
            raise ValueError(f"the thresholds of a scale rise; {after} comes after {before}")
    ends = [since for since, _ in pairs[1:]]
    rows = tuple(Row(since, ends[n] if n < len(ends) else None, value) for n, (since, value) in enumerate(pairs))
    return Rows(by, gives, rows)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale on one day: `law.days_normal.row(years).value`."""

    name: str
    description: str
    unit: str
    value: Rows
    citation: Citation
    since: date

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.value.rows

    @property
    def thresholds(self) -> tuple[Fraction, ...]:
        """Where a new row begins, the 0 of the first one left out."""
        return tuple(row.since for row in self.value.rows[1:])

    def row(self, at: Fraction | int) -> Row:
        """The row that a number (in the unit the thresholds count) falls into."""
        return self.value.row(at)
