"""Whole days and calendar months; a period includes both its ends."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
#: The days this house deals in: whoever lives now was born after the first, and nothing is promised after the last.
#: A day between them can be counted on from, a century either way, without leaving the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class DayOutOfRange(ValueError):
    """A day of the calendar with which nothing here can have to do."""


def read_day(text: str) -> date:
    """Read "2025-03-31". Raises `DayOutOfRange`, and `ValueError` for what is no such day."""
    if len(text) != 10 or not text.isascii():
        raise ValueError(f"{text[:20]!r} is not a day such as 2025-03-31")
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayOutOfRange(text)
    return day


class PeriodReversed(ValueError):
    """A period whose last day lies before its first."""


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodReversed(f"{self.first} to {self.last}")

    @property
    def length(self) -> int:
        """Number of days, at least one."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += ONE_DAY

    def overlap(self, other: Period) -> Period | None:
        """The days both have, or none."""
        first = self.first if self.first >= other.first else other.first
        last = self.last if self.last <= other.last else other.last
        return Period(first, last) if first <= last else None

    def without(self, other: Period) -> list[Period]:
        """The days of this period that the other does not have: none, one or two periods."""
        if not self.overlap(other):
            return [self]
        rest = []
        if self.first < other.first:
            rest.append(Period(self.first, other.first - ONE_DAY))
        if other.last < self.last:
            rest.append(Period(other.last + ONE_DAY, self.last))
        return rest

    def by_year(self) -> Iterator[Period]:
        """The period cut at each New Year."""
        first = self.first
        while first <= self.last:
            last = min(self.last, date(first.year, 12, 31))
            yield Period(first, last)
            first = last + ONE_DAY

    def json(self) -> dict[str, str]:
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @classmethod
    def from_json(cls, said: Mapping[str, str]) -> Period:
        return cls(date.fromisoformat(said["from"]), date.fromisoformat(said["to"]))


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"no such month: {self.year}-{self.number}")

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2025-03". Raises `ValueError`."""
        year, dash, number = text.partition("-")
        if not (dash and len(year) == 4 and len(number) == 2 and text.isascii() and (year + number).isdigit()):
            raise ValueError(f"{text[:20]!r} is not a month such as 2025-03")
        return cls(int(year), int(number))

    @property
    def index(self) -> int:
        return self.year * 12 + self.number - 1

    def plus(self, months: int) -> Month:
        year, number = divmod(self.index + months, 12)
        return Month(year, number + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def month_range(first: Month, last: Month) -> list[Month]:
    """All months from first to last, both included; empty when reversed."""
    return [first.plus(n) for n in range(last.index - first.index + 1)]


@lru_cache(maxsize=8192)
def add_months(day: date, months: int) -> date:
    """The same day of a later month; its last day where it has no such day (31 January + 1 is 28 February)."""
    month = Month.of(day).plus(months)
    return date(month.year, month.number, min(day.day, month.last_day.day))
