"""The smallest change: which figure of the pack would have to move, and to what value, for a verdict to flip.

Nothing is assumed about the figures: each is moved in turn, the law is run, and what helps is narrowed down. The value
found is put into the pack and the whole requirement is tested once more; only then is it called verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from services.benefits.conformance.beneficiary import Birth, Sick
from services.benefits.conformance.checks.leave import after_birth, needed_after_birth
from services.benefits.conformance.checks.ratios import ratios_at, tested_days
from services.benefits.conformance.checks.result import FAIL, PASS, REVIEW, Change, Context, Result
from services.benefits.conformance.checks.running import run
from services.benefits.conformance.checks.words import amount, percent
from services.benefits.conformance.law import Law, NoBenefit
from services.benefits.conformance.measure import FEW, STARTS, Branch, branch, days_of
from services.benefits.domain.assessment import Text
from services.benefits.law import text as t
from services.benefits.law.figures import Figure
from services.benefits.law.scales import Rows
from services.benefits.law.text import N_, N_n, say

DAY_UNITS = ("days", "weeks", "months", "years")
DAYS_OF = {"days": Fraction(1), "weeks": Fraction(7), "months": Fraction(30), "years": Fraction(365)}

BRANCHES = ("sickness", "maternity")

#: Units that are counted, by how they are said.
COUNTED = {
    "days": N_n("{n} day", "{n} days"),
    "weeks": N_n("{n} week", "{n} weeks"),
    "months": N_n("{n} month", "{n} months"),
    "years": N_n("{n} year", "{n} years"),
}

#: Kinds of test whose failures have a figure behind them.
DURATIONS = ("longest_case", "paid_days", "national_leave", "paid_all", "leave_days", "waiting")
LEVELS = ("level65", "ceiling65", "two_thirds", "average")

Score = Callable[[Law], Fraction]


@dataclass(frozen=True)
class Lever:
    """A figure, or one row of a table or a scale, that can be moved."""

    figure: Figure
    row: str
    now: Fraction
    unit: str

    @property
    def name(self) -> str:
        return f"{self.figure.name}.{self.row}" if self.row else self.figure.name

    @property
    def label(self) -> str:
        """The row as a person reads it: "from 15 years", or the word of a table."""
        value = self.figure.values[0].value
        return value.label(self.row) if isinstance(value, Rows) else self.row.replace("_", " ")

    def pull(self, law: Law, value: Fraction, benefit: str) -> Law:
        """Raises whatever the pack raises for a value it cannot take."""
        if not self.row:
            return law.with_figure(self.figure.name, value, benefit)
        current = law.pack.figure(self.figure.name, law.on, benefit).value
        if isinstance(current, Rows):
            return law.with_figure(self.figure.name, current.with_value(self.row, value), benefit)
        assert not isinstance(current, (str, Fraction)) and current is not None  # noqa: S101, PT018
        return law.with_figure(self.figure.name, {**current, self.row: value}, benefit)


Moved = tuple[tuple[Lever, Fraction], ...]

#: Changes told of one requirement; the smallest are verified first.
SHOWN = 3


def levers(law: Law, benefit: str, units: tuple[str, ...]) -> Iterator[Lever]:
    """Figures of a benefit with these units, rows of a scale by what they give; rows of a table whose description
    speaks of days count as days."""
    for figure in law.pack.benefits[benefit].book.figures.values():
        value = law.pack.figure(figure.name, law.on, benefit).value
        if figure.unit in units and isinstance(value, Fraction):
            yield Lever(figure, "", value, figure.unit)
        elif isinstance(value, Rows):
            if value.gives in units and value.gives in DAY_UNITS:
                yield from (Lever(figure, row.key, row.value, value.gives) for row in value.rows)
        elif (
            figure.unit == "table"
            and "days" in units
            and "days" in figure.description.lower()
            and not isinstance(value, (str, Fraction))
        ):
            for row, number in (value or {}).items():
                yield Lever(figure, row, number, "days")


def smallest(result: Result, context: Context) -> tuple[Change, ...]:
    """Changes of one figure that make a failed test pass, the smallest first;
    of two together where one is not enough."""
    if result.verdict != FAIL:
        return ()
    r = result.requirement
    found: Branch = context.branch(result.branch)
    benefit = found.body.code
    law = context.law
    if r.test == "late_birth":
        return _extension(result, context, benefit)
    if r.test in LEVELS:
        score, units = _level_score(result, found, context), ("rate", "money", "number")
        single = [c for lever in levers(law, benefit, units) if (c := _solve(lever, law, benefit, score)) is not None]
    elif r.test in DURATIONS:
        days = _days_score(result, found, context)
        if days is None:
            return ()
        single = _whole_numbers(law, benefit, days, result)
    else:
        return ()
    kept: list[Change] = []
    for moved in sorted(single, key=_size):
        change = _checked(moved, benefit, result, context)
        if change.verified:
            kept.append(change)
        if len(kept) == SHOWN:
            break
    return tuple(kept)


def _extension(result: Result, context: Context, benefit: str) -> tuple[Change, ...]:
    """What article 4(5) asks for is a rule and no longer leave for all: the leave goes on by the days the birth is
    late, so that as many days follow it as if it had come in time; verified by the birth in time."""
    needed = needed_after_birth(result.requirement, context)
    words = say(
        N_("A rule that extends the leave by the days the birth is late, so that {needed} days follow it"),
        needed=t.count(needed),
    )
    in_time = after_birth(context, 0)[0] >= needed
    return (Change((), benefit, (words,), verified=True),) if in_time else ()


def _size(moved: Moved) -> tuple[int, Fraction]:
    """How few figures move, and how little of what they are."""
    parts = (abs(to - lever.now) / lever.now if lever.now else abs(to) for lever, to in moved)
    return len(moved), sum(parts, Fraction(0))


# Scores: at least nothing where the test passes ------------------------------------------------------


def _level_score(result: Result, found: Branch, context: Context) -> Score:
    """The rate at the earnings where it was lowest, less the threshold."""
    r = result.requirement
    tested = tested_days(r, result.branch, context)
    worst = result.tried[0].earnings if result.tried else found.usual
    wages = [d.value for d in context.profile.skilled.values()]
    declared = context.profile.skilled.get(context.profile.definition())
    at = [worst]
    if r.test == "ceiling65":
        at = [declared.value] if declared is not None else wages or [worst]

    def score(law: Law) -> Fraction:
        inner = branch(law, result.branch)
        inner.__dict__["changes"], inner.__dict__["starts"] = found.changes, found.starts
        inner.__dict__["basis"] = found.basis
        if result.branch == "sickness":
            inner.__dict__["length"] = found.length
        local = replace_context(context, law, inner, result.branch)
        rates = [x.rate for e in at for x in ratios_at(local, result.branch, e, tested)]
        if r.test in ("two_thirds",):
            rates = [min(x.rate for x in ratios_at(local, result.branch, e, tested)) for e in at]
        return min(rates) - r.number

    return score


def alike(law: Law, found: Branch) -> Branch:
    """A branch of a changed law that is tried at the same earnings and on the day that was worst, without looking for
    its kinks anew."""
    inner = branch(law, found.name)
    inner.__dict__["usual"], inner.__dict__["basis"] = found.usual, found.basis
    shown = found.shortest.tried if found.name == "sickness" else found.fewest_paid[1]
    inner.every = (shown.case.spell.first_day or STARTS[0],)
    return inner


def replace_context(context: Context, law: Law, inner: Branch, name: str) -> Context:
    return Context(law, context.profile, context.latest, {**context._branches, name: inner})


def _days_score(result: Result, found: Branch, context: Context) -> Score | None:
    r = result.requirement
    needed = r.value if isinstance(r.value, Fraction) else Fraction(0)
    if r.test in ("longest_case", "waiting"):
        start = found.shortest.start
        length = int(needed) + 60

        def case(law: Law) -> Fraction:
            inner = alike(law, found)
            spell = Sick(start, length if r.test == "longest_case" else 60, found.usual)
            days = days_of(inner.sick(spell), found.basis, start)
            if r.test == "waiting":
                return needed - days.waiting
            inside = days.waiting if days.waiting <= r.term("waiting_days") else 0
            good = days.span + inside if days.ends else Fraction(length)
            return good - needed

        return case
    if r.test in ("paid_days", "paid_all", "national_leave", "leave_days"):
        first = found.fewest_paid[1].case.spell.first_day or STARTS[0]

        def leave(law: Law) -> Fraction:
            inner = alike(law, found)
            paid = inner.birth(Birth(first, found.usual)).timeline.paid_days()
            if r.test == "national_leave":
                length = found.leave_length() if found.recipe.leave_days else None
                return Fraction(paid - (length or needed))
            if r.test == "leave_days":
                return Fraction(inner.leave_length() or 0) - needed
            declared = context.profile.declared.get("leave_days", "")
            return paid - (max(needed, Fraction(declared)) if declared else needed)

        return leave
    return None


# Searching ------------------------------------------------------------------------------------------


def _try(score: Score, law: Law) -> Fraction | None:
    """The score, or nothing where the pack cannot work with the value."""
    try:
        return score(law)
    except (ArithmeticError, LookupError, TypeError, ValueError, AssertionError):
        return None


def _solve(lever: Lever, law: Law, benefit: str, score: Score) -> Moved | None:
    """The exact value of a rate or an amount at which the score is nothing: straight lines, followed to their root."""
    low = lever.now
    high = Fraction(1) if lever.unit == "rate" else low * 64 if low else Fraction(0)
    if high <= low:
        return None
    at_low, at_high = _try(score, lever.pull(law, low, benefit)), _try(score, lever.pull(law, high, benefit))
    if at_low is None or at_high is None or at_low >= 0 or at_high < 0:
        return None
    for _ in range(40):
        middle = low - at_low * (high - low) / (at_high - at_low)
        if middle == low:
            break
        value = _try(score, lever.pull(law, middle, benefit))
        if value is None:
            return None
        if value == 0:
            return ((lever, payable(lever, middle, law)),)
        if value < 0:
            low, at_low = middle, value
        else:
            high, at_high = middle, value
    return ((lever, payable(lever, high, law)),)


def payable(lever: Lever, value: Fraction, law: Law) -> Fraction:
    """A value as a law would write it, on the side that turns the verdict: a rate in whole per cent, or in tenths where
    it is so now; money in the units that are paid; a number of things whole where it is whole now."""
    step = Fraction(1)
    if lever.unit == "rate":
        step = Fraction(1, 100) if (lever.now * 100).denominator == 1 else Fraction(1, 1000)
    elif lever.unit == "money":
        step = max(step, law.pack.rounding.smallest)
    elif lever.now.denominator != 1:
        return value
    return -(-value // step) * step


def _whole_numbers(law: Law, benefit: str, score: Score, result: Result) -> list[Moved]:
    """Days, weeks, months: the nearest whole number at which the test passes; two figures where one is not enough."""
    found: list[Moved] = []
    helpful: list[Lever] = []
    base = _try(score, law)
    if base is None:
        return []
    every = list(levers(law, benefit, DAY_UNITS))
    for lever in every:
        moved, helps = _nearest(lever, law, benefit, score, base, result)
        if moved is not None:
            found.append(((lever, moved),))
        elif helps:
            helpful.append(lever)
    if found:
        return found
    for lever in helpful:
        far = _far(lever, result)
        wide = lever.pull(law, far, benefit)
        for other in every:
            if other.name == lever.name:
                continue
            partial = _try(score, wide)
            if partial is None:
                continue
            moved, _ = _nearest(other, wide, benefit, score, partial, result)
            if moved is None:
                continue
            narrow = other.pull(law, moved, benefit)
            first, _ = _nearest(lever, narrow, benefit, score, base, result)
            if first is not None:
                found.append(((lever, first), (other, moved)))
                return found
    return found


def _far(lever: Lever, result: Result) -> Fraction:
    """A value beyond anything a standard asks for."""
    needed = result.requirement.value if isinstance(result.requirement.value, Fraction) else Fraction(0)
    return Fraction(int(max(lever.now * 2, needed * 2 / DAYS_OF[lever.unit] + 2)))


def _nearest(
    lever: Lever, law: Law, benefit: str, score: Score, base: Fraction, result: Result
) -> tuple[Fraction | None, bool]:
    down = result.requirement.test == "waiting"
    if lever.now.denominator != 1:
        return None, False
    bad, good = int(lever.now), 0 if down else int(_far(lever, result))
    reached = _try(score, lever.pull(law, Fraction(good), benefit))
    if reached is None:
        return None, False
    if reached < 0:
        return None, reached > base
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        value = _try(score, lever.pull(law, Fraction(middle), benefit))
        if value is not None and value >= 0:
            good = middle
        else:
            bad = middle
    return Fraction(good), True


def _checked(moved: Moved, benefit: str, result: Result, context: Context) -> Change:
    """The whole requirement once more, on the pack with the values found: on a few days of the year and on those that
    were worst before."""
    law = context.law
    for lever, value in moved:
        law = lever.pull(law, value, benefit)
    local = Context(law, context.profile, context.latest)
    for name in BRANCHES:
        try:
            found, inner = context.branch(name), local.branch(name)
        except NoBenefit:
            continue
        inner.known = found.starts
        inner.__dict__["basis"] = found.basis
        worst = (one.case.spell.first_day for one in result.tried)
        inner.every = tuple(sorted({*FEW, *found.starts, *(day for day in worst if day is not None)}))
    again = run(result.requirement, result.branch, local)
    words = tuple(_words(lever, value, context.currency) for lever, value in moved)
    figures = tuple((lever.name, lever.now, value, lever.unit) for lever, value in moved)
    return Change(figures, benefit, words, again.verdict in (PASS, REVIEW))


def _words(lever: Lever, value: Fraction, currency: str) -> Text:
    name = t.phrase(Text(lever.figure.description))
    if lever.row:
        name = t.phrase(say(N_("{figure} ({row})"), figure=name, row=_row(lever)))
    if lever.unit == "rate":
        return say(
            N_("{name}: {to} instead of {now}"),
            name=name,
            to=t.shown(percent(value)),
            now=t.shown(percent(lever.now)),
        )
    if lever.unit == "money":
        return say(
            N_("{name}: at least {to} instead of {now}"),
            name=name,
            to=amount(value, currency),
            now=amount(lever.now, currency),
        )
    return say(N_("{name}: {to} instead of {now}"), name=name, to=_counted(lever.unit, value), now=t.count(lever.now))


def _counted(unit: str, value: Fraction) -> t.Param:
    """A number of a unit, to be written by the plural rule of the reader's language."""
    one = COUNTED.get(unit)
    return t.count(value) if one is None else t.phrase(say(one, n=t.count(value)))


def _row(lever: Lever) -> t.Param:
    """A row as a person names it: the word of a table, or "under 15 years" of a scale."""
    scale = lever.figure.values[0].value
    if not isinstance(scale, Rows):
        return t.phrase(Text(lever.label))
    place = [row.key for row in scale.rows].index(lever.row)
    if place or len(scale.rows) == 1:
        return t.phrase(say(N_("from {threshold}"), threshold=_counted(scale.by, scale.rows[place].since)))
    return t.phrase(say(N_("under {threshold}"), threshold=_counted(scale.by, scale.rows[1].since)))


__all__ = ["DURATIONS", "LEVELS", "Lever", "levers", "smallest"]
