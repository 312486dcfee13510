"""Where a benefit may leave its line over earnings, found by putting thousands of earnings to the law together.

Probing one by one sees no dip that lies between two probes. A law that treats a narrow band of wages otherwise either
compares wages, and then the batch is cut there, or reckons other amounts, and then they leave the line of their
neighbours; both are seen on a grid whose earnings are half a per cent apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

import numpy as np

from services.benefits.conformance.law import Law
from services.benefits.domain.case import Case
from services.benefits.law.many.batch import Piece, assess_many
from services.benefits.law.many.numbers import Array, Many

#: Earnings of a month, in units of whatever currency.
LOWEST, HIGHEST, STEP = 100, 200_000_000, Fraction(1005, 1000)
#: No more places than these are searched anew. A law of wage classes is off its line at every class: then those are
#: taken at which the benefit falls although the wage rises, and those at which it replaces least.
MOST = 80


def _grid() -> list[int]:
    found: list[int] = []
    at = Fraction(LOWEST)
    while at < HIGHEST:
        if not found or int(at) > found[-1]:
            found.append(int(at))
        at = Fraction(int(at * STEP * 1000) + 1, 1000)
    return found


GRID = _grid()


def suspects(law: Law, cases: Iterable[Callable[[Fraction], Case]]) -> set[Fraction]:
    """Earnings of the grid beside which the law answers otherwise, or the benefit is off its line, in any of some
    cases; each case is given as a function of the earnings."""
    found: set[int] = set()
    looked: list[list[Piece]] = []
    for case in cases:
        earnings = Many(np.array(GRID, dtype=np.int64))
        pieces = list(assess_many(case(earnings), law.assess, size=len(GRID)))
        found |= {place for piece in pieces for place in _breaks(piece)}
        looked.append(pieces)
    if len(found) > MOST:
        found = _worst_of(found, looked)
    return {Fraction(GRID[place]) for place in found}


def _worst_of(found: set[int], looked: Iterable[Iterable[Piece]]) -> set[int]:
    """The places that look worst in any case."""
    worst: dict[int, Worst] = {}
    for pieces in looked:
        worth: dict[int, Fraction] = {}
        for piece in pieces:
            worth |= _worth(piece)
        for place in found:
            here = _worst(place, worth)
            worst[place] = min(worst.get(place, here), here)
    return set(sorted(found, key=lambda place: (worst[place], place))[:MOST])


#: How bad a place looks, worst first: what is left of the benefit where it falls while the wage rises (1 where it does
#: not fall), then the part of the wage it replaces.
Worst = tuple[Fraction, Fraction]


def _worst(place: int, worth: Mapping[int, Fraction]) -> Worst:
    here, before = worth.get(place, Fraction(0)), worth.get(place - 1, Fraction(0))
    left = here / before if before else Fraction(1)
    return min(left, Fraction(1)), here / GRID[place]


def _worth(piece: Piece) -> dict[int, Fraction]:
    """What the days of each earning of a piece are worth."""
    worth = sum((span.amount for span in piece.found.timeline if span.amount is not None), Fraction(0))
    if not isinstance(worth, Many):
        return {int(row): worth for row in piece.rows}
    return {int(row): worth.of(place) for place, row in enumerate(piece.rows)}


def _breaks(piece: Piece) -> set[int]:
    """Places of the grid at which a piece begins or ends, and those that are off the line of their neighbours."""
    rows = piece.rows
    alone = np.ones(len(rows), dtype=bool)
    begins, ends = alone.copy(), alone.copy()
    begins[1:] = ends[:-1] = np.diff(rows) != 1
    found = {int(n) for n in rows[begins | ends] if 0 < n < len(GRID) - 1}
    worth = sum((span.amount for span in piece.found.timeline if span.amount is not None), Fraction(0))
    if not isinstance(worth, Many) or len(rows) < 3:
        return found
    x, y = np.array(GRID, dtype=object)[rows], worth.numerators()
    off = (y[1:-1] - y[:-2]) * (x[2:] - x[1:-1]) != (y[2:] - y[1:-1]) * (x[1:-1] - x[:-2])
    inside: Array = off & (rows[2:] - rows[:-2] == 2)
    return found | {int(n) for n in rows[1:-1][inside]}
