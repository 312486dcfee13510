"""What a finished run says: cost, recipients, replacement rates, winners and losers, for all and for each group.

Sums are exact: weights in thousandths of a person times minor units, divided once at the end; in a later year times the
growth of coverage, for whoever joins is like those who are insured. A cell that rests on
fewer than `FEWEST` persons of the file is not shown, and where that leaves one hidden cell alone in its row of groups,
the next smallest goes with it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from services.benefits.evidence.events import BRANCHES, DIMENSIONS, branch_of, exact_sums
from services.benefits.evidence.parts import OUTCOMES, SIDES, OfMonth, grown
from services.benefits.evidence.population import WEIGHT
from services.benefits.evidence.run import Found
from services.benefits.evidence.small_cells import FEWEST, hidden_together
from services.benefits.evidence.through import half_up
from services.benefits.law.many.numbers import Array

#: Replacement rates that conventions ask for: C102 (45 %), C130 (60 %), C183 (two-thirds).
STANDARDS = (("45", Fraction(45, 100)), ("60", Fraction(60, 100)), ("two_thirds", Fraction(2, 3)))
#: Groups of persons that are drawn again, and how often.
GROUPS, AGAIN = 100, 1000
DAYS_OF_MONTH = 30


class Results:
    """The figures of a run, worked out from its arrays; `where` are places of events in them."""

    def __init__(self, found: Found, sides: tuple[str, ...] = SIDES) -> None:
        self.found = found
        plan = found.plan
        self.coverage = plan.through.coverage[found.after]
        self.sides = tuple(side for side in sides if f"{side}_total" in found.arrays)
        # Most events are paid nothing by any law: only the others are looked at for each group.
        some = np.zeros(len(plan.array("shape")), dtype=bool)
        for side in self.sides:
            some |= found.arrays[f"{side}_total"] > 0
        self.paid = np.flatnonzero(some)
        self.arrays = {name: array[self.paid] for name, array in found.arrays.items()}
        self.weight, self.person = plan.array("weight")[self.paid], plan.array("person")[self.paid]
        self.wage = grown(plan.array("wages")[self.paid, 0], plan.through.wages[found.after])
        self.branch = branch_of(plan.array("shape")[self.paid])
        if SIDES[1] in self.sides:
            before, after = (self.arrays[f"{side}_total"] for side in SIDES)
            self.more = after - before

    # One cell -------------------------------------------------------------------------------------------

    def weighed(self, where: Array, values: Array | None = None) -> int:
        """The weighted sum of whole values (or of persons), rounded once to whole units."""
        factors = (self.weight[where],) if values is None else (self.weight[where], values[where])
        return self._whole(_sum(*factors))

    def _whole(self, thousandths: int) -> int:
        """A weighted sum in whole units, with the growth of coverage, rounded half up."""
        return half_up(Fraction(thousandths, WEIGHT) * self.coverage)

    def persons(self, where: Array) -> tuple[int, int]:
        """How many persons have an event among these: rows of the file, and those they stand for."""
        person = self.person[where]
        order = np.argsort(person)  # which event of a person comes first is all one: each has her weight
        person = person[order]
        first = order[np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))] if len(order) else order
        return len(first), self._whole(_sum(self.weight[where[first]]))

    def cell(self, side: str, where: Array) -> dict[str, Any] | None:
        """What one law pays to some of the events; `None` where it is too few persons to be shown."""
        array = {name: self.arrays[f"{side}_{name}"] for name in ("total", "allowance", "days", "covered")}
        paid = where[array["total"][where] > 0]
        rows, recipients = self.persons(paid)
        if 0 < rows < FEWEST:
            return None
        said: dict[str, Any] = {
            "rows": rows,
            "recipients": recipients,
            "spells": self.weighed(paid),
            "days": self.weighed(paid, array["days"]),
            "cost": self.weighed(paid, array["total"]),
        }
        if rows:
            said["amount"] = _quantiles(array["total"][paid], self.weight[paid])
            said["replacement"] = self.replacement(array["allowance"], array["covered"], paid)
        return said

    def replacement(self, allowance: Array, covered: Array, where: Array) -> dict[str, Any] | None:
        """The allowance over the wage of the days it covers (rest days among them, a month of 30 days), in hundredths
        of a per cent; and the share of spells below each standard, likewise. Grants are no replacement of wages."""
        where = where[(covered[where] > 0) & (self.wage[where] > 0) & (allowance[where] > 0)]
        if not len(where):
            return None
        wage, amount, weight = self.wage[where], allowance[where], self.weight[where]
        wide = int(wage.max()) * 400 * 100 >= 2**62 or int(amount.max()) * 300_000 >= 2**62
        kind: Any = object if wide else np.int64
        replaced = wage.astype(kind) * covered[where].astype(kind)
        paid = amount.astype(kind) * DAYS_OF_MONTH
        whole, below = _sum(weight), {}
        for name, standard in STANDARDS:
            short = (paid * standard.denominator < replaced * standard.numerator).astype(bool)
            below[name] = _sum(weight[short]) * 10_000 // whole
        return {**_quantiles((paid * 10_000 // replaced).astype(np.int64), weight), "below": below}

    def change(self, where: Array) -> dict[str, Any] | None:
        """Whose claims pay more under the reform, whose less, and by how much; `None` without one or with too few."""
        if SIDES[1] not in self.sides:
            return None
        said, more = {}, self.more[where]
        for name, here in (("winners", more > 0), ("losers", more < 0)):
            chosen = where[here]
            rows, persons = self.persons(chosen)
            if 0 < rows < FEWEST:
                return None
            said[name] = {"persons": persons, "amount": self.weighed(chosen, self.more)}
        return said

    # All of it ------------------------------------------------------------------------------------------

    def json(self) -> dict[str, Any]:
        """Every figure of the run; the same for the same inputs."""
        found, everybody = self.found, np.arange(len(self.weight))
        insured = found.insured
        body: dict[str, Any] = {
            "persons": insured.rows,
            "insured": half_up(Fraction(sum(insured.persons["sex"]), WEIGHT)),
            "insured_wages": half_up(Fraction(sum(insured.wages["sex"]), WEIGHT)),
            "events": len(found.plan.array("shape")),
            "counts": found.counts,
            "outcomes": {side: self._outcomes(side) for side in self.sides},
            "all": self._both(everybody),
            "branches": {name: self._both(np.flatnonzero(self.branch == n)) for n, name in enumerate(BRANCHES)},
            "months": self._months(),
            "by": {name: self._by(name) for name in DIMENSIONS},
            "uncertainty": self._uncertainty(),
        }
        for side in self.sides:
            whole = body["all"][side]
            rate = None if whole is None else share(whole["cost"], body["insured_wages"])
            body.setdefault("of_wages", {})[side] = rate
        if any(body["all"][side] is None for side in self.sides):
            body["uncertainty"] = {}
        return body

    def _both(self, where: Array) -> dict[str, Any]:
        return {side: self.cell(side, where) for side in self.sides} | {"change": self.change(where)}

    def _outcomes(self, side: str) -> dict[str, int]:
        weight = np.array(self.found.plan.array("weight"))
        sums = exact_sums(self.found.arrays[f"{side}_outcome"].astype(np.int64), len(OUTCOMES), weight)
        return {name: (2 * n + WEIGHT) // (2 * WEIGHT) for name, n in zip(OUTCOMES, sums, strict=True) if n}

    def _months(self) -> list[dict[str, Any]]:
        """Cost by the month in which the days it is for end; hidden where it is for too few persons."""
        found: dict[tuple[str, str], OfMonth] = {}
        for name, one in self.found.months.items():
            side, _branch, _benefit, _component, month = name.split(" ")
            if side in self.sides:
                of_month = found.setdefault((month, side), OfMonth())
                of_month.cost += one.cost
                of_month.reach(sorted(one.persons))
        rows: list[dict[str, Any]] = []
        for month in sorted({month for month, _side in found}):
            cells = {side: _cell_of_month(found.get((month, side), OfMonth())) for side in self.sides}
            rows.append({"month": month, **cells})
        shown = hidden_together(rows, self.sides)
        return [
            {"side": side, "month": row["month"], "cost": row[side] and row[side]["cost"]}
            for side in self.sides
            for row in shown
        ]

    def _by(self, dimension: str) -> list[dict[str, Any]]:
        insured = self.found.insured
        codes = self.found.plan.array(f"group_{dimension}")[self.paid]
        rows = []
        for code, label in enumerate(insured.labels[dimension]):
            here = np.flatnonzero(codes == code)
            persons = insured.persons[dimension][code] if code < len(insured.persons[dimension]) else 0
            wages = insured.wages[dimension][code] if code < len(insured.wages[dimension]) else 0
            if persons or len(here):
                rows.append(
                    {
                        "label": label,
                        "insured": half_up(Fraction(persons, WEIGHT)),
                        "wages": half_up(Fraction(wages, WEIGHT)),
                        **self._both(here),
                    }
                )
        return hidden_together(rows, self.sides)

    def _uncertainty(self) -> dict[str, Any]:
        """The cost if other persons like these had been drawn: `GROUPS` groups of persons, drawn again `AGAIN` times.
        The ends leave out one in forty on each side."""
        lots = np.random.Generator(np.random.PCG64(self.found.plan.year))
        group = ((self.person.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)) % np.uint64(GROUPS)
        totals = {side: self._by_group(group.astype(np.int64), self.arrays[f"{side}_total"]) for side in self.sides}
        drawn = [[int(n) for n in lots.integers(0, GROUPS, GROUPS)] for _ in range(AGAIN)]
        said = {}
        costs = {side: [sum(found[n] for n in again) for again in drawn] for side, found in totals.items()}
        if len(self.sides) > 1:
            costs["difference"] = [after - before for before, after in zip(*costs.values(), strict=True)]
        for name, listed in costs.items():
            listed.sort()
            low, high = listed[AGAIN // 40], listed[-AGAIN // 40 - 1]
            said[name] = {"low": low // WEIGHT, "high": high // WEIGHT}
        return said

    def _by_group(self, group: Array, total: Array) -> list[int]:
        return exact_sums(group, GROUPS, self.weight, total)


def _cell_of_month(of_month: OfMonth) -> dict[str, int] | None:
    """A month as it may be shown; `None` where it is for too few persons."""
    rows = len(of_month.persons)
    if 0 < rows < FEWEST:
        return None
    return {"rows": rows, "cost": half_up(Fraction(of_month.cost, WEIGHT))}


def _sum(*factors: Array) -> int:
    """The exact sum of the products of whole numbers."""
    return exact_sums(np.zeros(len(factors[0]), dtype=np.int64), 1, *factors)[0]


def _quantiles(chosen: Array, weight: Array) -> dict[str, int]:
    """p10, median and p90 of whole values, by weight: the least value that so many lie at or below."""
    order = np.argsort(chosen)
    so_far = np.cumsum(weight[order])
    whole = int(so_far[-1])
    return {
        name: int(chosen[order[int(np.searchsorted(so_far, -(-whole * share // 100)))]])
        for name, share in (("p10", 10), ("median", 50), ("p90", 90))
    }


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent with three decimals, rounded half up: the contribution rate that would pay it."""
    if not whole:
        return "0.000"
    thousandths = (part * 200_000 + whole) // (2 * whole)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
