"""A batch: persons whose cases are alike but for their numbers, assessed together and cut where they part.

    for piece in assess_many(case, lambda case: in_force.assess(case, today=today)): ...

The case holds a `Many` wherever its persons differ (wages, amounts of an event, what rounding left over of an earlier
spell). The ordinary assessment runs on it; where a comparison parts the persons, each side is run again from the
start. Nothing is a second formula: what comes out is the assessment of each person, to the minor unit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case
from services.benefits.domain.contributions import Contributions, Row
from services.benefits.law.many.numbers import TALLY, Array, Cut, Many, NotForMany, Tally
from shared.money import Money

Assess = Callable[[Case], Assessment]


@dataclass(frozen=True, slots=True)
class Piece:
    """The persons of a batch for whom the steps gave the same answers: their places, and the assessment whose numbers
    stand for them in that order."""

    rows: Array
    found: Assessment

    def minor(self, amount: Money) -> Array:
        """An amount of the assessment for each of the persons, in minor units."""
        if isinstance(amount.minor, Many):
            return amount.minor.whole_numbers()
        return np.full(len(self.rows), amount.minor, dtype=np.int64)


def assess_many(case: Case, assess: Assess, tally: Tally | None = None, size: int = 0) -> Iterator[Piece]:
    """The assessment of every person of a batch, in pieces; each person is in exactly one. `assess` is the ordinary
    assessment of a case, `size` the number of persons where it is known. Raises `ValueError` where the numbers of the
    case stand for different numbers of persons, or for none."""
    size = size or size_of(case)
    tally = tally if tally is not None else Tally()
    token = TALLY.set(tally)
    try:
        waiting = [(case, np.arange(size))]
        while waiting:
            part, rows = waiting.pop()
            tally.runs += 1
            try:
                found = assess(part)
            except Cut as cut:
                for side in (~cut.mask, cut.mask):
                    places = np.flatnonzero(side)
                    waiting.append((taken(part, places), rows[places]))
            except NotForMany:
                for place, row in enumerate(rows):
                    tally.alone += 1
                    yield Piece(np.array([row]), assess(one_of(part, place)))
            else:
                yield Piece(rows, found)
    finally:
        TALLY.reset(token)


def size_of(case: Case) -> int:
    """How many persons a case stands for. Raises `ValueError`."""
    sizes: set[int] = set()

    def look(many: Many) -> Many:
        sizes.add(len(many))
        return many

    changed(case, look)
    if len(sizes) != 1:
        raise ValueError(f"a batch has numbers of so many persons: {sorted(sizes)}")
    return sizes.pop()


def taken(case: Case, places: Array) -> Case:
    """The case of some of the persons, by their places."""
    part: Case = changed(case, lambda many: many.take(places))
    return part


def one_of(case: Case, place: int) -> Case:
    """The case of one person, as the ordinary assessment takes it."""
    alone: Case = changed(case, lambda many: many.of(place))
    return alone


#: What never holds a number of many.
_SINGLE = frozenset({str, int, bool, date, frozenset, Fraction, type(None)})


#: The members of each kind of record met so far; none of what is no record.
_MEMBERS: dict[Any, tuple[str, ...]] = {}


def _members(kind: Any) -> tuple[str, ...]:
    found = _MEMBERS.get(kind)
    if found is None:
        record = dataclasses.is_dataclass(kind)
        found = _MEMBERS[kind] = tuple(field.name for field in dataclasses.fields(kind)) if record else ()
    return found


def changed(value: Any, change: Callable[[Many], Any], seen: dict[int, Any] | None = None) -> Any:
    """Facts or an answer with each of their many numbers changed; all else is the same object as before."""
    kind = type(value)
    if kind in _SINGLE:
        return value
    seen = {} if seen is None else seen
    if kind is Many:
        if id(value) not in seen:
            seen[id(value)] = change(value)
        return seen[id(value)]
    if kind is Contributions:
        return _months(value, change, seen)
    if isinstance(value, tuple):
        members = tuple(changed(member, change, seen) for member in value)
        return members if any(a is not b for a, b in zip(members, value, strict=True)) else value
    if kind is MappingProxyType or isinstance(value, Mapping):
        named = {name: changed(member, change, seen) for name, member in value.items()}
        return MappingProxyType(named) if any(named[name] is not value[name] for name in named) else value
    if names := _members(kind):
        new = {}
        for name in names:
            before = getattr(value, name)
            if (after := changed(before, change, seen)) is not before:
                new[name] = after
        return dataclasses.replace(value, **new) if new else value
    return value


def _months(months: Contributions, change: Callable[[Many], Any], seen: dict[int, Any]) -> Contributions:
    """`changed` for contributions, of which there are many more than of anything else."""
    rows: dict[int, Row] = {}
    for index, row in months.rows.items():
        wage = row[0]
        if type(wage) is Many:
            if id(wage) not in seen:
                seen[id(wage)] = change(wage)
            rows[index] = (seen[id(wage)], row[1], row[2])
    if not rows:
        return months
    return Contributions({**months.rows, **rows})


def answer_of(piece: Piece, place: int) -> tuple[Any, ...]:
    """What a piece says of one of its persons, by her place in the piece, to hold against `answer`."""
    return answer(piece.found, lambda value: value.of(place) if isinstance(value, Many) else value)


def answer(found: Assessment, of: Callable[[Any], Any] = lambda value: value) -> tuple[Any, ...]:
    """What an assessment comes to: outcome, the findings' verdicts, questions, days with what they are worth, lump
    sums, instalments and total, exact lines and what it leaves behind for later claims; without its sentences."""
    return (
        found.outcome,
        found.decisive,
        found.options,
        tuple((f.id, f.verdict) for f in found.findings),
        tuple(q.pointer for q in found.questions),
        tuple((s.period, s.status, s.payer, s.rate, of(s.amount)) for s in found.timeline),
        tuple((line.id, of(line.value), _minor(of, line.payable)) for line in found.worksheet),
        tuple((r.month, of(r.declared), of(r.insured)) for r in found.reference),
        tuple((s.id, _minor(of, s.amount)) for s in found.lump_sums),
        tuple((i.no, i.component, i.period, _minor(of, i.amount)) for i in found.instalments),
        _minor(of, found.total),
        tuple((leave.period, leave.kind, leave.days, of(leave.remainder)) for leave in found.leaves),
        tuple((u.figure, u.citation) for u in found.unconfirmed),
    )


def _minor(of: Callable[[Any], Any], amount: Money | None) -> int | None:
    """Minor units of one person. Raises `ValueError` where they are not whole."""
    if amount is None:
        return None
    minor = of(amount.minor)
    if minor.denominator != 1:
        raise ValueError("minor units are whole numbers")
    return int(minor)
