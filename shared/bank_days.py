"""The days on which banks move money, and what becomes of a pay day on which they do not.

Benefits promise such a day and payments keep it: both read it here, from `bank_days.yaml`.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import yaml


class Moves(enum.StrEnum):
    """Where a pay day goes that is none of the bank's: to the next day, to the day before, or nowhere."""

    FOLLOWING = "following"
    PRECEDING = "preceding"
    NONE = "none"


@dataclass(frozen=True)
class BankCalendar:
    """Weekend, holidays, and the time until which the bank takes files for the day (the institution's zone)."""

    #: ISO days of the week, 1 is Monday.
    weekend: frozenset[int]
    #: Whether a day is a holiday of the country, or one that the institution entered.
    is_holiday: Callable[[date], bool]
    cut_off: time = time.max
    moves: Moves = Moves.FOLLOWING
    #: Days on which the bank works although they fall on a weekend or a holiday (exchanged days).
    worked: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        """Whether the bank moves money on a day."""
        if day in self.worked:
            return True
        return day.isoweekday() not in self.weekend and not self.is_holiday(day)

    def next_open(self, day: date) -> date:
        """The day itself, or the first after it on which the bank works."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def pays_on(self, wanted: date) -> date:
        """The day on which what is due on a day is paid."""
        day = wanted
        if self.moves is Moves.PRECEDING:
            while not self.is_open(day):
                day -= timedelta(days=1)
        return self.next_open(day) if self.moves is Moves.FOLLOWING else day

    def settles_on(self, wanted: date, today: date, at: time) -> date:
        """The day on which a file handed over now is executed: the pay day, or the first of the bank that is left."""
        first = today if at <= self.cut_off else today + timedelta(days=1)
        day = max(self.pays_on(wanted), first)
        return day if self.moves is Moves.NONE else self.next_open(day)

    def due_until(self, today: date) -> date:
        """The last due day that is paid with what is due today: over a weekend, where pay days move forward."""
        day = today
        if self.moves is Moves.PRECEDING and self.is_open(today):
            while not self.is_open(day + timedelta(days=1)):
                day += timedelta(days=1)
        return day


def read(text: str) -> BankCalendar:
    """Read the calendar from YAML. Raises `ValueError` naming what is missing or cannot be understood."""
    given: dict[str, Any] = yaml.safe_load(text)
    try:
        closed = frozenset(given["closed"] or ())
        of_country = _holidays(str(given["country"]))
        return BankCalendar(
            weekend=frozenset(int(day) for day in given["weekend"]),
            is_holiday=lambda day: day in closed or of_country(day),
            moves=Moves(str(given["pay_days_move"])),
            worked=frozenset(given["worked"] or ()),
        )
    except KeyError as missing:
        raise ValueError(f"bank_days.yaml: {missing.args[0]} is missing") from None
    except (TypeError, AttributeError, ValueError) as wrong:
        raise ValueError(f"bank_days.yaml: {wrong}") from None


def _holidays(country: str) -> Callable[[date], bool]:
    """Public holidays of a country and those of its banks, from the `holidays` library; each year once."""
    kinds = getattr(holidays, country).supported_categories
    wanted = tuple(kind for kind in ("public", "bank") if kind in kinds)
    known = holidays.country_holidays(country, categories=wanted)
    return lambda day: day in known


@cache
def bank_days() -> BankCalendar:
    """The calendar of this installation: BANK_DAYS_FILE, or the file beside this one."""
    file = os.environ.get("BANK_DAYS_FILE")
    return read((Path(file) if file else Path(__file__).with_name("bank_days.yaml")).read_text(encoding="utf-8"))
