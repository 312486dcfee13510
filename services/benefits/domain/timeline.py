"""The days of a spell as runs: what each day is worth, who pays it, and every reason why not.

A timeline is immutable and covers each day of its period exactly once. Runs, not days, are its pieces, so six
months cost no more than six days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Json, Reason, reason_json
from shared.period import ONE_DAY, Period

#: Which status a day keeps when several apply: the higher number. A day keeps the reasons of all of them.
PRECEDENCE = {"P": 0, "H": 1, "R": 1, "W": 2, "E": 3, "X": 4, "N": 5}

#: Plain English for each letter, for pages and the command line.
STATUS = {
    "P": "paid",
    "H": "holiday",
    "R": "weekly rest",
    "W": "waiting",
    "E": "employer pays",
    "X": "exhausted",
    "N": "not paid",
}


@dataclass(frozen=True, slots=True)
class Run:
    """Days that follow each other and are treated alike. `rate` and `amount` are exact; `amount` is for the
    whole run, in currency units; `parts` counts its days where some count half."""

    period: Period
    code: str = "P"
    payer: str | None = "fund"
    rate: Fraction | None = None
    amount: Fraction | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def days(self) -> int:
        return (self.period.last - self.period.first).days + 1

    def json(self) -> Json:
        return {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "status": STATUS[self.code],
            "code": self.code,
            "payer": self.payer,
            "rate": None if self.rate is None else str(self.rate),
            "amount": None if self.amount is None else str(self.amount),
            "reasons": [reason_json(reason) for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """Runs in the order of days, without gap or overlap."""

    runs: tuple[Run, ...] = ()

    @classmethod
    def of(cls, period: Period) -> Timeline:
        """All days of `period` paid by the fund, until something is said against it."""
        return cls((Run(period),))

    @classmethod
    def of_all(cls, periods: Iterable[Period]) -> Timeline:
        """Several periods that do not touch, such as the parts of a leave."""
        return cls(tuple(Run(period) for period in sorted(periods)))

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    def mark(self, period: Period, code: str, reason: Reason, payer: str | None = None) -> Timeline:
        """Give the days of `period` the status `code`, unless a stronger one is there; the reason is kept."""
        first, last = period.first, period.last
        result: list[Run] = []
        for run in self.runs:
            if run.period.last < first or last < run.period.first:
                result.append(run)
                continue
            before, inside, after = _cut(run, first, last)
            if before:
                result.append(before)
            if PRECEDENCE[code] > PRECEDENCE[inside.code]:
                inside = Run(inside.period, code, payer, None, None, (*inside.reasons, reason))
            elif reason not in inside.reasons:
                inside = replace(inside, reasons=(*inside.reasons, reason))
            result.append(inside)
            if after:
                result.append(after)
        return Timeline(tuple(result))

    def mark_all(self, periods: Iterable[Period], code: str, reason: Reason, payer: str | None = None) -> Timeline:
        """`mark` for each of several periods."""
        line = self
        for period in periods:
            line = line.mark(period, code, reason, payer)
        return line

    def price(self, period: Period, rate: Fraction | None, amount: Fraction) -> Timeline:
        """Say what the paid days of `period` are worth; `amount` is spread over them by their number."""
        return self.price_all([(period, rate, amount)])

    def price_all(self, prices: Iterable[tuple[Period, Fraction | None, Fraction]]) -> Timeline:
        """`price` for several periods in the order of days, which do not touch the same day, in one pass."""
        result: list[Run] = []
        waiting = list(self.runs)
        waiting.reverse()
        for period, rate, amount in prices:
            first, last, inside = period.first, period.last, []
            while waiting and waiting[-1].period.first <= last:
                run = waiting.pop()
                if run.code != "P" or run.period.last < first:
                    result.append(run)
                    continue
                before, within, after = _cut(run, first, last)
                if before:
                    result.append(before)
                inside.append(len(result))
                result.append(within)
                if after:
                    waiting.append(after)
            days = sum(result[place].days for place in inside)
            for place in inside:
                run = result[place]
                part = amount if run.days == days else amount * run.days / days
                result[place] = Run(run.period, "P", run.payer, rate, part, run.reasons)
        waiting.reverse()
        return Timeline((*result, *waiting))

    def paid_days(self, within: Period | None = None) -> int:
        """How many days the fund pays, in all or within a period."""
        return self.count("P", within)

    def count(self, code: str, within: Period | None = None) -> int:
        days = 0
        for run in self.runs:
            if run.code == code:
                if within is None:
                    days += run.days
                elif overlap := run.period.overlap(within):
                    days += overlap.length
        return days

    def where(self, code: str) -> list[Period]:
        """The days with one status, as periods; neighbours are joined."""
        joined: list[Period] = []
        for run in self.runs:
            if run.code != code:
                continue
            if joined and joined[-1].last + ONE_DAY == run.period.first:
                joined[-1] = Period(joined[-1].first, run.period.last)
            else:
                joined.append(run.period)
        return joined

    def first_day(self, code: str) -> date | None:
        return next((run.period.first for run in self.runs if run.code == code), None)

    def last_day(self, code: str) -> date | None:
        return next((run.period.last for run in reversed(self.runs) if run.code == code), None)

    def nth_day(self, code: str, number: int) -> date | None:
        """The day on which the count of days with `code` reaches `number` (1 is the first of them)."""
        left = number
        for run in self.runs:
            if run.code == code:
                if left <= run.days:
                    return run.period.first + (left - 1) * ONE_DAY
                left -= run.days
        return None

    def combine(self, rule: Callable[[Run], Run]) -> Timeline:
        """A timeline with each run replaced by what `rule` makes of it."""
        return Timeline(tuple(rule(run) for run in self.runs))

    @property
    def length(self) -> int:
        return sum(run.days for run in self.runs)

    def letters(self) -> str:
        """One letter a day, a space before Monday: `PPPPPPP PPNN`."""
        text: list[str] = []
        for run in self.runs:
            for day in run.period:
                text.append(" " + run.code if day.isoweekday() == 1 and text else run.code)
        return "".join(text)


def _cut(run: Run, first: date, last: date) -> tuple[Run | None, Run, Run | None]:
    """A run in three: before, within and after the days first to last, which it overlaps."""
    period, before, after = run.period, None, None
    if period.first < first:
        before = _piece(run, Period(period.first, first - ONE_DAY))
    if last < period.last:
        after = _piece(run, Period(last + ONE_DAY, period.last))
    if not before and not after:
        return None, run, None
    inside = Period(max(period.first, first), min(period.last, last))
    return before, _piece(run, inside), after


def _piece(run: Run, period: Period) -> Run:
    amount = None if run.amount is None else run.amount * period.length / run.days
    return Run(period, run.code, run.payer, run.rate, amount, run.reasons)
