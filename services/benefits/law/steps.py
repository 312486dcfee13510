"""Steps of the law that more than one country takes.

Months are counted by their index (`Month.index`), windows are (first, last) of such indexes, both included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain.assessment import Text
from services.benefits.domain.case import Case, EarlierSpell, FactMissing
from services.benefits.domain.history import LUMP_SUM_ALONE, amid
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Span, Timeline
from services.benefits.law import text as t
from services.benefits.law.figures import Cited, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.exact import higher, lower
from shared.period import ONE_DAY, Month, Period, add_months

Window = tuple[int, int]

#: Whether an order that begins on the second day follows one that ended on the first; `None` where that turns on
#: the weekly rest of the employer, which is not known.
Follows = Callable[[date, date], bool | None]


def index_of(day: date) -> int:
    """The index of the month of a day."""
    return day.year * 12 + day.month - 1


def month_at(index: int) -> Month:
    return Month(index // 12, index % 12 + 1)


def years_of(months: int) -> Fraction:
    """Months as years, exact: 180 months are 15 years, and one month less is not yet."""
    return Fraction(months, 12)


def age_at(born: date, day: date) -> int:
    """Completed years of age on a day; who was born on 29 February has the birthday on the 28th of other years."""
    years = day.year - born.year
    return years - 1 if day < add_months(born, 12 * years) else years


def months_before(day: date, months: int) -> Window:
    """The calendar months before the month of `day`."""
    last = index_of(day) - 1
    return last - months + 1, last


# Qualifying -----------------------------------------------------------------------------------------


def contributed_months(
    sheet: Sheet,
    id: str,
    window: Window,
    needed: Value,
    *,
    cite: Cited | None = None,
    uses: Iterable[Cited] = (),
    kinds: frozenset[str] | None = None,
) -> bool:
    """At least `needed` months with a paid contribution in the window."""
    first, last = window
    have, want, size = sheet.case.contributions.paid_within(first, last, kinds), needed.whole, last - first + 1
    params = {
        "have": t.count(have),
        "months": t.count(size),
        "needed": t.count(want),
        "first": t.month(month_at(first)),
        "last": t.month(month_at(last)),
    }
    change = None
    if have < want:
        change = say(
            N_n(
                "{missing} more contributed month between {first} and {last}",
                "{missing} more contributed months between {first} and {last}",
            ),
            missing=t.count(want - have),
            first=params["first"],
            last=params["last"],
        )
    return sheet.finding(
        id,
        say(N_("Contributed {have} of {months} months, {first} to {last}; {needed} are needed"), **params),
        have >= want,
        cite or needed,
        facts={
            "months": have,
            "needed": want,
            "window": size,
            "from": str(month_at(first)),
            "to": str(month_at(last)),
        },
        change=change,
        reason=say(
            N_(
                "You had contributed {have} of the {months} months from {first} to {last}; {needed} are needed, "
                "so this benefit cannot be paid."
            ),
            **params,
        ),
        uses=(needed, *uses),
    )


# Reference earnings ---------------------------------------------------------------------------------


def insured_wage(wage: Fraction, floor: Fraction | None, ceiling: Fraction | None) -> Fraction:
    """The wage of a month, raised to the floor and cut at the ceiling of that month."""
    if floor is not None:
        wage = higher(wage, floor)
    if ceiling is not None:
        wage = lower(wage, ceiling)
    return wage


_AT_CEILING = N_("above the ceiling of {limit}")
_AT_FLOOR = N_("below the floor of {limit}")
_UNPAID = N_("no contribution paid")


def insured_months(
    sheet: Sheet,
    months: Iterable[int],
    ceiling: Any = None,
    floor: Any = None,
) -> list[Fraction]:
    """Insured wages of the contributed months among `months`, each under the ceiling and floor in force on its
    first day, written as the reference earnings. `ceiling` and `floor` are functions of a day giving a `Value`."""
    found: list[Fraction] = []
    by_month, before = sheet.case.by_month, None
    known: tuple[Any, ...] = ()
    for index in months:
        c = by_month.get(index)
        name = f"{index // 12:04d}-{index % 12 + 1:02d}"
        if c is None or not c.paid:
            sheet.month(name, c.wage if c else None, None, say(_UNPAID))
            continue
        first = date(index // 12, index % 12 + 1, 1)
        high, low = ceiling(first) if ceiling else None, floor(first) if floor else None
        most, least = high and high.value, low and low.value
        if before is not None and high is not None and before.value is not most and before.value != most:
            sheet.mark(first, say(N_("The ceiling becomes {limit}"), limit=sheet.money(high.number)))
        before = high
        sheet.use(*(limit for limit in (low, high) if limit is not None and limit.value is not None))
        # months with the very same wage and limits (the usual case) have the very same insured wage
        if not known or known[0] is not c.wage or known[1] is not most or known[2] is not least:
            known = (c.wage, most, least, *_within(sheet, c.wage, most, least))
        found.append(known[3])
        sheet.month(name, c.wage, known[3], known[4])
    return found


def _within(
    sheet: Sheet, wage: Fraction, most: Fraction | None, least: Fraction | None
) -> tuple[Fraction, Text | None]:
    """A wage within its limits, and what is said of it where they changed it."""
    note = None
    if least is not None and (raised := higher(wage, least)) is not wage:
        wage, note = raised, say(_AT_FLOOR, limit=sheet.money(least))
    if most is not None and (cut := lower(wage, most)) is not wage:
        wage, note = cut, say(_AT_CEILING, limit=sheet.money(most))
    return wage, note


def last_contributed(
    case: Case, before: int, count: int, not_before: int | None = None, kinds: frozenset[str] | None = None
) -> list[int]:
    """Indexes of the last `count` contributed months (of these kinds) before the month with index `before`, oldest
    first."""
    found: list[int] = []
    for c in reversed(case.contributions):
        index = c.month.index
        if index >= before or not c.paid or (kinds is not None and c.kind not in kinds):
            continue
        if not_before is not None and index < not_before:
            break
        found.append(index)
        if len(found) == count:
            break
    found.reverse()
    return found


# Days -----------------------------------------------------------------------------------------------


def uncertified(case: Case, period: Period) -> list[Period]:
    """The days of `period` that no certificate in force covers. Raises `FactMissing` where certificates are not
    given at all (an empty list says that there are none)."""
    if case.certificates is None:
        raise FactMissing("#/certificates")
    left = [period]
    for certificate in case.certificates:
        if not certificate.cancelled:
            left = [rest for piece in left for rest in piece.without(certificate.period)]
    return left


def certified_days(sheet: Sheet, period: Period, cite: Cited, timeline: Timeline) -> Timeline:
    """A day without a certificate is not paid."""
    gaps = uncertified(sheet.case, period)
    days = sum(gap.length for gap in gaps)
    if not days:
        sheet.finding(
            "certified",
            say(
                N_n("Certificates cover the {days} day", "Certificates cover all {days} days"),
                days=t.count(period.length),
            ),
            True,
            cite,
            facts={"days": period.length},
        )
        return timeline
    sheet.finding(
        "certified",
        say(
            N_n("Certificates cover {covered} of {days} day", "Certificates cover {covered} of {days} days"),
            covered=t.count(period.length - days),
            days=t.count(period.length),
        ),
        False,
        cite,
        facts={"days": period.length, "missing": [gap.json() for gap in gaps]},
        change=say(N_("A certificate for {first} to {last}"), first=t.day(gaps[0].first), last=t.day(gaps[-1].last)),
        reason=say(
            N_("No medical certificate covers {first} to {last}, so these days are not paid."),
            first=t.day(gaps[0].first),
            last=t.day(gaps[-1].last),
        ),
    )
    return timeline.put_all(gaps, Status.NOT_PAID, "certified")


#: What makes a day unpayable wherever a wage is replaced, with the words for it.
NOT_PAYABLE = {
    "wage_paid": N_("The employer paid the wage for this day"),
    "worked": N_("Worked on this day"),
    "false_statement": N_("The statement about this day was false"),
    "treatment_refused": N_("Treatment was refused without reason"),
}


def not_payable(sheet: Sheet, timeline: Timeline, cite: Cited, whats: Iterable[str] = tuple(NOT_PAYABLE)) -> Timeline:
    """Days on which the wage went on, the person worked, or the like: not paid, each with its reason."""
    for what in whats:
        periods = sheet.case.happened(what)
        if periods:
            sheet.use(cite)
            timeline = timeline.put_all(
                periods, Status.NOT_PAID, say(NOT_PAYABLE.get(what, N_("Other leave on this day")))
            )
    return timeline


def beyond_leave(
    sheet: Sheet, timeline: Timeline, cite: Cited, change: Text | None = None, *, paid_to: date | None = None
) -> Timeline:
    """Days claimed, or ordered by a doctor, after the last day that the law pays of a leave (`paid_to`; the last of the
    timeline where none is named): shown as not paid, never left out. The last day claimed is that of the spell."""
    end = timeline.spans[-1].period.last
    last, paid_to = max(end, sheet.case.spell.last_day or end), end if paid_to is None else paid_to
    if last <= paid_to:
        return timeline
    if end < last:
        timeline = Timeline((*timeline.spans, Span(Period(end + ONE_DAY, last), Status.PAID, "fund")))
    beyond = Period(max(timeline.spans[0].period.first, paid_to + ONE_DAY), last)
    params = {"day": t.day(paid_to), "first": t.day(beyond.first), "last": t.day(beyond.last)}
    sheet.finding(
        "leave_days",
        say(N_("The leave that the law pays ends on {day}; {first} to {last} lie beyond it"), **params),
        False,
        cite,
        facts=beyond.json(),
        change=change,
        reason=say(N_("The leave that the law pays ends on {day}; {first} to {last} are not paid."), **params),
    )
    return timeline.put(beyond, Status.EXHAUSTED, "leave_days", None)


def parts_of_leave(sheet: Sheet, on: date) -> list[EarlierSpell]:
    """What was decided before of the leave for one event, the birth, loss or receipt of a child on a day, oldest first:
    claims for it in parts come to what one claim for all of it comes to."""
    sheet.traces.event_on = on
    case = sheet.case
    return sorted(
        (s for s in case.earlier_spells if s.benefit == case.benefit and s.event_on == on), key=lambda s: s.period
    )


def counted_to(case: Case, first: date, days: int) -> date:
    """The day on which so many days from the first are reached, without those that another claim was paid for."""
    last = first + (days - 1) * ONE_DAY
    for paid in case.set_off:
        begins = max(paid.first, first)
        if begins <= min(last, paid.last):
            last += Period(begins, paid.last).length * ONE_DAY
    return last


def begun(parts: Iterable[EarlierSpell], first: date) -> date:
    """The first day of a leave that may have been claimed in parts; `first` is that of the part now claimed."""
    return min([first, *(part.period.first for part in parts if part.kind != LUMP_SUM_ALONE)])


def paid_once(sheet: Sheet, parts: Iterable[EarlierSpell], on: date, cite: Cited) -> bool:
    """Whether the lump sum for an event was paid with an earlier claim; then it is not paid again."""
    if not any(part.lump_sum for part in parts):
        return False
    sheet.finding(
        "lump_sum_paid",
        say(N_("The lump sum for {day} was paid with an earlier claim"), day=t.day(on)),
        bool(sheet.timeline.paid_days()),
        cite,
        facts={"on": on.isoformat()},
        reason=say(N_("The lump sum for {day} was paid with an earlier claim."), day=t.day(on)),
    )
    return True


def linked(case: Case, within: int | Follows) -> list[EarlierSpell]:
    """The earlier spells that this one continues, oldest first: the same illness, and each begins at most so many
    days after the last day of the one before, or follows it as the pack says. Raises `FactMissing` where the
    illness or the weekly rest that decides is not known."""
    chain: list[EarlierSpell] = []
    first, illness, said = case.spell.period.first, case.spell.illness, case.spell.same_illness
    for earlier in sorted(
        (s for s in case.earlier_spells if s.benefit == case.benefit),
        key=lambda s: s.period.first,
        reverse=True,
    ):
        gap = (first - earlier.period.last).days
        if gap <= 0:
            continue
        follows = gap <= within if isinstance(within, int) else within(earlier.period.last, first)
        if follows is False:
            break
        same = said
        if same is None and illness is not None and earlier.illness is not None:
            same = illness == earlier.illness
        if same is None:
            raise FactMissing("#/spell/same_illness")
        if not same:
            continue
        if follows is None:
            raise FactMissing(f"#/employments/{max(0, len(case.employments) - 1)}/weekly_rest")
        chain.append(earlier)
        first, illness, said = earlier.period.first, earlier.illness or illness, earlier.same_illness
        if said is False:
            break
    chain.reverse()
    return chain


def continued_by(case: Case, within: int | Follows) -> list[EarlierSpell]:
    """The spells decided before this one that continue it: of the same illness, each beginning at most so many days
    after the last day of the one before, or following it as the pack says. What they used up is gone, whichever was
    claimed first."""
    last, inside = case.spell.period.last, amid(case)
    found: list[EarlierSpell] = []
    for later in sorted((s for s in case.earlier_spells if s.benefit == case.benefit), key=lambda s: s.period.first):
        gap = (later.period.first - last).days
        near = gap > 0 and (gap <= within if isinstance(within, int) else within(last, later.period.first))
        near = near or later in inside
        same = case.spell.illness is not None and later.illness == case.spell.illness
        if near and same and later.same_illness is not False:
            found.append(later)
            last = max(last, later.period.last)
    return found


def days_paid(spell: EarlierSpell) -> int:
    """Days the fund paid of an earlier spell; all of it where nobody says."""
    paid = spell.paid_by_year()
    return spell.period.length if paid is None else int(sum(paid.values(), Fraction(0)))


@dataclass(frozen=True, slots=True)
class BenefitMonth:
    """One month of benefit, from day d to the day before d of the next month; `number` counts from 0."""

    number: int
    period: Period


def benefit_months(first_payable: date, until: date, since: date | None = None) -> Iterator[BenefitMonth]:
    """Benefit months from the first payable day to the one that holds `until`, beginning with the one that holds
    `since`. A month without day d begins on its last day, always reckoned from the first payable day."""
    number = 0
    if since is not None and since > first_payable:
        number = max(0, index_of(since) - index_of(first_payable) - 1)
    start = add_months(first_payable, number)
    while start <= until:
        after = add_months(first_payable, number + 1)
        if since is None or since < after:
            yield BenefitMonth(number, Period(start, after - ONE_DAY))
        number, start = number + 1, after


def blocks(period: Period, days: int) -> Iterator[Period]:
    """A period cut into pieces of `days`; the last may be shorter."""
    first = period.first
    while first <= period.last:
        last = min(period.last, first + (days - 1) * ONE_DAY)
        yield Period(first, last)
        first = last + ONE_DAY
