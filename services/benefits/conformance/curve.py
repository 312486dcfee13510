"""Benefit over earnings: every kink of a piecewise straight function, found by probing it."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

Point = tuple[Fraction, ...]
#: How many more earnings may be tried around one that is off the line.
CLOSER = 160


@dataclass
class Curve:
    """The monthly benefit as a function of monthly earnings: exact points, straight between them."""

    points: dict[Fraction, Point] = field(default_factory=dict)
    kinks: list[Fraction] = field(default_factory=list)
    complete: bool = True

    @property
    def parts(self) -> int:
        return len(next(iter(self.points.values())))

    def highest(self) -> Fraction | None:
        """The earnings beyond which no part of the benefit rises; `None` where it rises for ever."""
        xs = sorted(self.points)
        top, before = self.points[xs[-1]], self.points[xs[-2]]
        if top != before:
            return None
        for x in reversed(xs):
            if self.points[x] != top:
                return xs[xs.index(x) + 1]
        return xs[0]


def linear(one: Fraction, two: Fraction, first: Point, second: Point, at: Fraction) -> Point:
    """The value on the straight line through two points."""
    part = (at - one) / (two - one)
    return tuple(a + (b - a) * part for a, b in zip(first, second, strict=True))


def trace(
    function: Callable[[Fraction], Point],
    lowest: Fraction,
    highest: Fraction,
    smallest: Fraction,
    suspects: Iterable[Fraction] = (),
) -> Curve:
    """Every kink of a piecewise straight function between two earnings, found by probing: halves until a piece holds
    one kink, then the exact crossing of the two lines, which is checked; a step is closed in to the smallest unit.
    `suspects` are earnings near which a piece too narrow for the probes may lie; where one is off the line, it is
    searched on both sides."""
    tracing = _Tracing(function, smallest)
    at = lowest
    edges = [at]
    while at < highest:
        at = min(at * 32, highest)
        edges.append(at)
    for a, b in itertools.pairwise(edges):
        tracing.search(a, b)
    for at in sorted(set(suspects)):
        tracing.suspect(at, edges)
    return tracing.finished(lowest, highest, edges)


@dataclass
class _Tracing:
    """A curve while it is being probed; `budget` is how many more earnings may be tried."""

    function: Callable[[Fraction], Point]
    smallest: Fraction
    budget: int = 420
    curve: Curve = field(default_factory=Curve)
    probes: set[Fraction] = field(default_factory=set)

    def value(self, at: Fraction) -> Point:
        points = self.curve.points
        if at not in points:
            self.budget -= 1
            points[at] = self.function(at)
        return points[at]

    def probe(self, at: Fraction) -> Point:
        if at not in self.curve.points:
            self.probes.add(at)
        return self.value(at)

    def straight(self, a: Fraction, b: Fraction) -> bool:
        first, second = self.value(a), self.value(b)
        for part in (Fraction(3, 11), Fraction(7, 11)):
            at = a + (b - a) * part
            if self.probe(at) != linear(a, b, first, second, at):
                return False
        return True

    def crossing(self, a: Fraction, b: Fraction) -> Fraction | None:
        """Where the line from the left meets the line from the right, if that is the only kink between."""
        value, near = self.value, (b - a) / 64
        left = [(q - p) / near for p, q in zip(value(a), self.probe(a + near), strict=True)]
        right = [(q - p) / near for p, q in zip(self.probe(b - near), value(b), strict=True)]
        found: Fraction | None = None
        for n, (up, down) in enumerate(zip(left, right, strict=True)):
            if up == down:
                continue
            at = (value(b)[n] - value(a)[n] + up * a - down * b) / (up - down)
            if found is not None and found != at:
                return None
            found = at
        if found is None or not a < found < b:
            return None
        want = tuple(p + up * (found - a) for p, up in zip(value(a), left, strict=True))
        if self.probe(found) != want:
            return None
        return found if self.straight(a, found) and self.straight(found, b) else None

    def search(self, a: Fraction, b: Fraction) -> None:
        if self.budget <= 0:
            self.curve.complete = False
            return
        if self.straight(a, b):
            return
        at = self.crossing(a, b)
        if at is not None:
            self.curve.kinks.append(at)
            self.probes.discard(at)
            return
        if b - a <= self.smallest:
            self.curve.kinks.extend((a, b))
            return
        middle = (a + b) / 2
        if b > 4 * a:
            middle = a * _root(b / a)
        self.probe(middle)
        self.search(a, middle)
        self.search(middle, b)

    def suspect(self, at: Fraction, edges: list[Fraction]) -> None:
        """Look closer where an earning is off the line that was found; it becomes an edge."""
        known = sorted({*edges, *self.curve.kinks})
        place = bisect_left(known, at)
        if not 0 < place < len(known) or known[place] == at:
            return
        before, after = known[place - 1], known[place]
        if self.value(at) == linear(before, after, self.value(before), self.value(after), at):
            return
        edges.append(at)
        self.budget = max(self.budget, CLOSER)
        self.search(before, at)
        self.search(at, after)

    def finished(self, lowest: Fraction, highest: Fraction, edges: list[Fraction]) -> Curve:
        """The curve: a grid point that lies on the line of its neighbours is no kink; one that does not is."""
        curve, value = self.curve, self.value
        kept = sorted({lowest, highest, *curve.kinks, *edges, *self.probes})
        real: list[Fraction] = []
        for n, x in enumerate(kept):
            if x in (lowest, highest):
                continue
            before, after = kept[n - 1], kept[n + 1]
            if value(x) != linear(before, after, value(before), value(after), x):
                real.append(x)
        curve.kinks = sorted(real)
        curve.points = {x: curve.points[x] for x in sorted({lowest, highest, *curve.kinks})}
        return curve


def _root(ratio: Fraction) -> Fraction:
    """A power of two near the square root of a ratio; exactness is not needed, only progress."""
    power = 1
    while power * power * 4 <= ratio:
        power *= 2
    return Fraction(power)
