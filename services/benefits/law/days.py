"""Working days: weekly rest of the employer, national holidays, and an institution's own list for a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import holidays as national

from services.benefits.domain.case import Employment
from services.benefits.domain.status import Status
from shared.period import ONE_DAY, Period

SUNDAY = frozenset({7})


@lru_cache(maxsize=512)
def _of_library(code: str, year: int) -> Mapping[date, str]:
    """A day that is only swapped for another, which is worked in its place, is no holiday: an employer who follows the
    swap says so of both days."""
    try:
        found = national.country_holidays(code, years=year, observed=True)
    except NotImplementedError:
        return {}
    label = getattr(found, "substituted_label", None)
    if label is None:
        return dict(found)
    named = national.country_holidays(code, years=year, observed=True, language=found.default_language)
    return {day: name for day, name in found.items() if not named[day].startswith(label.partition("%s")[0])}


@dataclass(frozen=True)
class Calendar:
    """National holidays: those of the `holidays` library for `code`, unless the institution lists a year itself."""

    code: str | None = None
    own: Mapping[int, Mapping[date, str]] = field(default_factory=dict)

    def holidays(self, year: int) -> Mapping[date, str]:
        """Holidays of a year with their names."""
        if year in self.own:
            return self.own[year]
        return _of_library(self.code, year) if self.code else {}

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays(day.year)

    def off_days(
        self, period: Period, job: Employment, weekly_rest: frozenset[int] = SUNDAY
    ) -> list[tuple[Period, Status]]:
        """Days of `period` on which this employment does not work: holidays and weekly rest. A day named among the
        employment's own rest or work days is what the employer says; `weekly_rest` holds where he says nothing."""
        rest = job.weekly_rest if job.weekly_rest is not None else weekly_rest
        spans: list[tuple[Period, Status]] = []
        day = period.first
        listed = self.holidays(day.year)
        year = day.year
        while day <= period.last:
            if day.year != year:
                year, listed = day.year, self.holidays(day.year)
            code = None
            if day in job.rest_days:
                code = Status.WEEKLY_REST
            elif day not in job.work_days:
                if day in listed:
                    code = Status.HOLIDAY
                elif day.isoweekday() in rest:
                    code = Status.WEEKLY_REST
            if code is not None:
                if spans and spans[-1][1] == code and spans[-1][0].last + ONE_DAY == day:
                    spans[-1] = (Period(spans[-1][0].first, day), code)
                else:
                    spans.append((Period(day, day), code))
            day += ONE_DAY
        return spans

    def all_off(self, period: Period, job: Employment, weekly_rest: frozenset[int] = SUNDAY) -> bool:
        """Whether this employment works on none of the days; looks no further than the first day of work."""
        return not any(self.working_days(Period(day, day), job, weekly_rest) for day in period)

    def working_days(self, period: Period, job: Employment, weekly_rest: frozenset[int] = SUNDAY) -> int:
        """How many days of `period` this employment works."""
        off = self.off_days(period, job, weekly_rest)
        return period.length - sum(span.length for span, _ in off)
