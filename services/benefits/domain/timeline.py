"""The days of a spell as spans: what each day is worth, who pays it, and every reason why not.

A timeline is immutable and covers each day of its period exactly once. Spans, not days, are its pieces, so six
months cost no more than six days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from services.benefits.domain.assessment import Json, Reason, reason_json
from services.benefits.domain.status import Status
from shared.period import ONE_DAY, Period


@dataclass(frozen=True, slots=True)
class Span:
    """Days that follow each other and are treated alike. `rate` and `amount` are exact; `amount` is for the
    whole span, in currency units; `parts` counts its days where some count half."""

    period: Period
    status: Status = Status.PAID
    payer: str | None = "fund"
    rate: Fraction | None = None
    amount: Fraction | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def days(self) -> int:
        return (self.period.last - self.period.first).days + 1

    @property
    def is_paid(self) -> bool:
        """Whether the fund pays these days."""
        return self.status is Status.PAID

    def json(self) -> Json:
        return {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "status": self.status.words,
            "code": self.status.value,
            "payer": self.payer,
            "rate": None if self.rate is None else str(self.rate),
            "amount": None if self.amount is None else str(self.amount),
            "reasons": [reason_json(reason) for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """Spans in the order of days, without gap or overlap."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, period: Period) -> Timeline:
        """All days of `period` paid by the fund, until something is said against it."""
        return cls((Span(period),))

    @classmethod
    def of_all(cls, periods: Iterable[Period]) -> Timeline:
        """Several periods that do not touch, such as the parts of a leave."""
        return cls(tuple(Span(period) for period in sorted(periods)))

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def put(self, period: Period, status: Status, reason: Reason, payer: str | None = None) -> Timeline:
        """Give the days of `period` a status, unless a stronger one is there; the reason is kept."""
        first, last = period.first, period.last
        result: list[Span] = []
        for span in self.spans:
            if span.period.last < first or last < span.period.first:
                result.append(span)
                continue
            before, inside, after = _cut(span, first, last)
            if before:
                result.append(before)
            if status.precedence > inside.status.precedence:
                inside = Span(inside.period, status, payer, None, None, (*inside.reasons, reason))
            elif reason not in inside.reasons:
                inside = replace(inside, reasons=(*inside.reasons, reason))
            result.append(inside)
            if after:
                result.append(after)
        return Timeline(tuple(result))

    def put_all(self, periods: Iterable[Period], status: Status, reason: Reason, payer: str | None = None) -> Timeline:
        """`put` for each of several periods."""
        line = self
        for period in periods:
            line = line.put(period, status, reason, payer)
        return line

    def price(self, period: Period, rate: Fraction | None, amount: Fraction) -> Timeline:
        """Say what the paid days of `period` are worth; `amount` is spread over them by their number."""
        return self.price_all([(period, rate, amount)])

    def price_all(self, prices: Iterable[tuple[Period, Fraction | None, Fraction]]) -> Timeline:
        """`price` for several periods in the order of days, which do not touch the same day, in one pass."""
        result: list[Span] = []
        waiting = list(self.spans)
        waiting.reverse()
        for period, rate, amount in prices:
            first, last, inside = period.first, period.last, []
            while waiting and waiting[-1].period.first <= last:
                span = waiting.pop()
                if not span.is_paid or span.period.last < first:
                    result.append(span)
                    continue
                before, within, after = _cut(span, first, last)
                if before:
                    result.append(before)
                inside.append(len(result))
                result.append(within)
                if after:
                    waiting.append(after)
            days = sum(result[place].days for place in inside)
            for place in inside:
                span = result[place]
                part = amount if span.days == days else amount * span.days / days
                result[place] = Span(span.period, Status.PAID, span.payer, rate, part, span.reasons)
        waiting.reverse()
        return Timeline((*result, *waiting))

    def paid_days(self, within: Period | None = None) -> int:
        """How many days the fund pays, in all or within a period."""
        return self.count(Status.PAID, within)

    def count(self, status: Status, within: Period | None = None) -> int:
        days = 0
        for span in self.spans:
            if span.status is status:
                if within is None:
                    days += span.days
                elif overlap := span.period.overlap(within):
                    days += overlap.length
        return days

    def where(self, status: Status) -> list[Period]:
        """The days with one status, as periods; neighbours are joined."""
        joined: list[Period] = []
        for span in self.spans:
            if span.status is not status:
                continue
            if joined and joined[-1].last + ONE_DAY == span.period.first:
                joined[-1] = Period(joined[-1].first, span.period.last)
            else:
                joined.append(span.period)
        return joined

    def first_day(self, status: Status) -> date | None:
        return next((span.period.first for span in self.spans if span.status is status), None)

    def last_day(self, status: Status) -> date | None:
        return next((span.period.last for span in reversed(self.spans) if span.status is status), None)

    def nth_day(self, status: Status, number: int) -> date | None:
        """The day on which the count of days with `status` reaches `number` (1 is the first of them)."""
        left = number
        for span in self.spans:
            if span.status is status:
                if left <= span.days:
                    return span.period.first + (left - 1) * ONE_DAY
                left -= span.days
        return None

    def combine(self, rule: Callable[[Span], Span]) -> Timeline:
        """A timeline with each span replaced by what `rule` makes of it."""
        return Timeline(tuple(rule(span) for span in self.spans))

    @property
    def length(self) -> int:
        return sum(span.days for span in self.spans)

    def letters(self) -> str:
        """One letter a day, a space before Monday: `PPPPPPP PPNN`."""
        text: list[str] = []
        for span in self.spans:
            for day in span.period:
                text.append(" " + span.status if day.isoweekday() == 1 and text else span.status)
        return "".join(text)


def _cut(span: Span, first: date, last: date) -> tuple[Span | None, Span, Span | None]:
    """A span in three: before, within and after the days first to last, which it overlaps."""
    period, before, after = span.period, None, None
    if period.first < first:
        before = _piece(span, Period(period.first, first - ONE_DAY))
    if last < period.last:
        after = _piece(span, Period(last + ONE_DAY, period.last))
    if not before and not after:
        return None, span, None
    inside = Period(max(period.first, first), min(period.last, last))
    return before, _piece(span, inside), after


def _piece(span: Span, period: Period) -> Span:
    amount = None if span.amount is None else span.amount * period.length / span.days
    return Span(period, span.status, span.payer, span.rate, amount, span.reasons)
