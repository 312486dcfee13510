"""One part of a run: some shapes, each assessed once for all its events in one year, under the baseline, the reform and
the law whose figures follow wages; or the levels of the standards in one year.

A part reads what lies in the folder of its run and writes one file there, whole or not at all. It may be carried out in
any process, on any machine that sees the folder, and again at any time: the same part gives the same file.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from services.benefits.conformance.beneficiary import LONG_INSURED, Birth, Sick, birth_case, sick_case
from services.benefits.conformance.profile import Recipe, scheme
from services.benefits.domain.assessment import GRANTED, IN_PART, NEEDS_JUDGEMENT, QUESTIONS, REFUSED, Assessment
from services.benefits.domain.case import Case
from services.benefits.domain.contributions import Contributions, Row
from services.benefits.domain.status import Status
from services.benefits.evidence.events import SICKNESS, Shape, exact_sums, first_day, unpack
from services.benefits.evidence.laws import Laws, in_force_now, reformed
from services.benefits.evidence.levels import levels
from services.benefits.evidence.small_cells import FEWEST
from services.benefits.evidence.through import Through, half_up, indexed
from services.benefits.law import in_force
from services.benefits.law.figures import Value
from services.benefits.law.many.batch import Piece, answer, answer_of, assess_many, one_of
from services.benefits.law.many.numbers import Array, Many, Tally
from services.benefits.law.pack import Benefit, Pack
from shared.money import exponent
from shared.period import Month, Period

#: Outcomes as they stand in the arrays of a part; an event of a person whom the law does not insure is outside.
OUTCOMES = (GRANTED, IN_PART, REFUSED, NEEDS_JUDGEMENT, QUESTIONS, "outside")
SIDES = ("baseline", "reform")
#: The last of these with its figures raised by a rule of indexation, in a run through years.
INDEXED = "indexed"
#: Of the persons who are assessed one by one, every so-many-th is so in each later year.
LATER = 10
#: What a part says of each event under one law. Amounts are minor units; `allowance` is what replaces the wage;
#: `days` are paid by the fund, `covered` those and the rest days among them.
FIELDS = (("total", np.int64), ("allowance", np.int64), ("days", np.int16), ("covered", np.int16), ("outcome", np.int8))

#: Sums below this, whatever their sign, are reckoned in 64 bits.
ROOM = 2**62


@dataclass(frozen=True)
class Side:
    """A law, with what is needed to put its questions to a standard person."""

    laws: Laws
    _facts: dict[tuple[int, date], Facts | None] = field(default_factory=dict, compare=False, repr=False)

    def benefit(self, branch: int, on: date) -> tuple[Pack, Benefit, Recipe] | None:
        """The benefit of a branch on a day; `None` where there is no law or no such benefit."""
        recipes = scheme(self.laws.country)
        recipe = recipes.sickness if branch == SICKNESS else recipes.maternity
        try:
            pack = self.laws.on(on)
        except in_force.PackNotInForce:
            return None
        code = recipe.benefit or ("sickness" if branch == SICKNESS else "maternity")
        return (pack, pack.benefits[code], recipe) if code in pack.benefits else None

    def facts(self, shape: Shape, year: int) -> Facts | None:
        """What the case of a shape depends on besides its wages; `None` where the law of that day has no benefit."""
        first = first_day(shape, year)
        key = (shape.branch, first)
        if key not in self._facts:
            self._facts[key] = self._facts_of(*key)
        return self._facts[key]

    def _facts_of(self, branch: int, first: date) -> Facts | None:
        found = self.benefit(branch, first)
        if found is None:
            return None
        pack, body, recipe = found
        employer = _employer_days(pack, body, recipe, first) if branch == SICKNESS else (0, 0)
        return Facts(self.laws.country, first, body.code, tuple(body.facts), body, recipe, employer)


@dataclass(frozen=True)
class Facts:
    """What two laws must have in common to be asked the same case."""

    country: str
    first: date
    benefit: str
    asked: tuple[str, ...]
    body: Benefit = field(compare=False)
    recipe: Recipe = field(compare=False)
    employer: tuple[int, int]

    def case(self, shape: Shape, insured_as: str, wages: list[Many | Fraction]) -> Case:
        """The case of a shape; `wages` are those of the months before it, the latest first, or one for all."""
        months = months_of(shape)
        if shape.branch == SICKNESS:
            pays = min(shape.days, self.employer[1])
            sick = Sick(self.first, shape.days, wages[0], months, employer_pays=pays, insured_as=insured_as)
            case = sick_case(self.country, self.body, self.recipe, sick, self.employer[0])
        else:
            case = birth_case(self.country, self.body, self.recipe, Birth(self.first, wages[0], months))
            case = replace(case, insured=replace(case.insured, insured_as=insured_as))
        return replace(case, contributions=_months(case.contributions, wages)) if len(wages) > 1 else case


def months_of(shape: Shape) -> int:
    """For how many months somebody of a shape has contributed."""
    return LONG_INSURED if shape.months >= 12 else shape.months


def _employer_days(pack: Pack, body: Benefit, recipe: Recipe, on: date) -> tuple[int, int]:
    """For how many days the law makes the employer pay first: as it counts them, and in calendar days."""
    name = recipe.employer_days or "employer_days"
    figure = pack.figure(name, max(on, pack.since), body.code) if name in body.book.figures else None
    if not isinstance(figure, Value) or not isinstance(figure.value, Fraction):
        return 0, 0
    days = figure.whole
    if recipe.employer_days_are == "working":
        return days, -(-days * 7 // (7 - (len(recipe.weekly_rest) or 1)))
    return days, days


def _months(months: Contributions, wages: list[Many | Fraction]) -> Contributions:
    """The months with the wage of each; months before the first that is known have its wage."""
    rows: dict[int, Row] = {}
    for back, index in enumerate(reversed(months.indexes)):
        rows[index] = (wages[min(back, len(wages) - 1)], *months.rows[index][1:])
    return Contributions(rows)


# The run's folder ---------------------------------------------------------------------------------------


class Part(NamedTuple):
    """Some events (from the first to before the last) in the first year or in one so many years `after` it; or the
    levels of the standards in that year."""

    first: int
    last: int
    after: int = 0
    standards: bool = False


@dataclass(frozen=True)
class Plan:
    """What a run is about, as its folder says it (`plan.json`)."""

    folder: Path
    key: str
    country: str
    currency: str
    year: int
    insured: tuple[str, ...]
    reform: str | None
    parts: tuple[Part, ...]
    drawn: tuple[int, ...]
    through: Through

    @classmethod
    def read(cls, folder: Path) -> Plan:
        said = json.loads((folder / "plan.json").read_text("utf-8"))
        return cls(
            folder,
            said["key"],
            said["country"],
            said["currency"],
            said["year"],
            tuple(said["insured"]),
            said["reform"] and str(folder.resolve() / said["reform"]),
            tuple(Part(*part) for part in said["parts"]),
            tuple(said["drawn"]),
            Through.read(said["through"]) if said.get("through") else Through(said["year"]),
        )

    def array(self, name: str) -> Array:
        """One array of the run's events, read where it lies."""
        found: Array = np.load(self.folder / "events" / f"{name}.npy", mmap_mode="r")
        return found

    def file(self, part: int) -> Path:
        return self.folder / "parts" / f"{part:05d}.npz"

    @property
    def sides(self) -> Mapping[str, Side]:
        """The baseline and, where there are such, the reform and the law whose figures follow wages."""
        return _sides(self.country, self.reform, self.through)


@functools.lru_cache(maxsize=8)
def _sides(country: str, reform: str | None, through: Through) -> Mapping[str, Side]:
    laws = {SIDES[0]: in_force_now(country)}
    if reform:
        laws[SIDES[1]] = reformed(Path(reform))
    if through.rules:
        laws[INDEXED] = indexed(laws[SIDES[1] if reform else SIDES[0]], through)
    return {name: Side(law) for name, law in laws.items()}


def carry_out(folder: Path, part: int) -> Tally:
    """Assess all events of a part and write its file; nothing is done where the file is there."""
    plan, tally = Plan.read(folder), Tally()
    target = plan.file(part)
    if target.exists():
        return tally
    if plan.parts[part].standards:
        laws = {name: side.laws for name, side in plan.sides.items()}
        insured = json.loads((folder / "insured.json").read_text("utf-8"))
        _write(target, {"levels": np.array(json.dumps(levels(laws, plan.through, plan.parts[part].after, insured)))})
        return tally
    first, last, after, _ = plan.parts[part]
    year, drawn_of_all = plan.year + after, plan.drawn[::LATER] if after else plan.drawn
    shapes, weight = np.array(plan.array("shape")[first:last]), np.array(plan.array("weight")[first:last])
    wages = _Wages(np.array(plan.array("wages")[first:last]), plan.currency, plan.through, after)
    drawn = [n - first for n in drawn_of_all if first <= n < last]
    sides = plan.sides
    made = {side: {name: np.zeros(len(shapes), dtype=kind) for name, kind in FIELDS} for side in sides}
    for arrays in made.values():
        arrays["outcome"][:] = OUTCOMES.index("outside")
    person = np.array(plan.array("person")[first:last])
    months: dict[str, OfMonth] = {}
    compared = Compared()
    begins = [0, *(int(n) + 1 for n in np.flatnonzero(np.diff(shapes))), len(shapes)]
    for begin, end in itertools.pairwise(begins):
        shape, case, asked = unpack(int(shapes[begin])), None, None
        mine = [n - begin for n in drawn[bisect_left(drawn, begin) : bisect_left(drawn, end)]]
        for name, side in sides.items():
            facts = side.facts(shape, year)
            if facts is None or (shape.joined and name == SIDES[0]):
                continue
            if case is None or facts != asked:
                case, asked = facts.case(shape, plan.insured[shape.insured], wages.of(shape, facts, begin, end)), facts
            for piece in assess_many(case, side.laws.assess, tally, end - begin):
                whose = (weight[begin:end], person[begin:end])
                _keep(made[name], months, piece, begin, whose, (name, shape.branch))
                compared.look(side, case, piece, mine)
    results = {f"{side}_{name}": array for side, arrays in made.items() for name, array in arrays.items()}
    counts = (tally.runs, tally.wide, tally.alone, compared.persons, compared.differing)
    of_months = {name: [one.cost, sorted(one.persons)] for name, one in months.items()}
    _write(target, {**results, "counts": np.array(counts, dtype=np.int64), "months": np.array(json.dumps(of_months))})
    return tally


@dataclass
class _Wages:
    """The wages of a part's events as numbers that stand for all of a shape. In a later year each month before the
    event has the wage of its own calendar year."""

    wages: Array
    currency: str
    through: Through
    after: int
    _grown: dict[tuple[int, int], Array] = field(default_factory=dict)

    def of(self, shape: Shape, facts: Facts, begin: int, end: int) -> list[Many | Fraction]:
        """The wages of the months before an event, the latest first; one for all in the first year, where the file
        has one."""
        if not self.after:
            return _many(self.wages[begin:end], self.currency)
        latest = Month.of(facts.first).index - (1 if shape.months else 0)
        found: dict[tuple[int, int], Many | Fraction] = {}
        listed: list[Many | Fraction] = []
        for back in range(max(1, months_of(shape))):
            year = max(self.through.year, (latest - back) // 12)  # before the first, wages are as the file has them
            key = (min(back, self.wages.shape[1] - 1), year)
            if key not in found:
                found[key] = _many(self._column(*key)[begin:end, None], self.currency)[0]
            listed.append(found[key])
        return listed

    def _column(self, column: int, year: int) -> Array:
        if (column, year) not in self._grown:
            self._grown[column, year] = grown(self.wages[:, column], self.through.of_year(year))
        return self._grown[column, year]


def grown(wages: Array, factor: Fraction) -> Array:
    """Wages in minor units that have grown, each rounded half up to the minor unit."""
    if factor == 1:
        return wages
    values, places = np.unique(wages, return_inverse=True)
    listed = [half_up(int(value) * factor) for value in values]
    kind: Any = np.int64 if max(listed, default=0) < 2**62 else object
    found: Array = np.array(listed, dtype=kind)[places.reshape(wages.shape)]
    return found


def _many(wages: Array, currency: str) -> list[Many | Fraction]:
    """The wages of some events as numbers that stand for all of them."""
    scale = 10 ** exponent(currency)
    if not (wages % scale).any():
        return [Many(wages[:, n] // scale) for n in range(wages.shape[1])]
    return [Many(wages[:, n].copy(), scale) for n in range(wages.shape[1])]


@dataclass
class OfMonth:
    """What is paid for a month, in thousandths of a person times minor units; and by whom it is reached: `FEWEST`
    persons of the file, or all of them where they are fewer."""

    cost: int = 0
    persons: set[int] = field(default_factory=set)

    def reach(self, persons: Iterable[int]) -> None:
        for one in persons:
            if len(self.persons) >= FEWEST:
                return
            self.persons.add(int(one))


def _keep(
    made: Mapping[str, Array],
    months: dict[str, OfMonth],
    piece: Piece,
    begin: int,
    whose: tuple[Array, Array],
    of: tuple[str, int],
) -> None:
    """Write what a piece says of its persons where they stand in the part, and add to the cost of each month."""
    weight, person = whose
    found, uncut = piece.found, len(piece.rows) == len(weight)
    rows = slice(begin, begin + len(weight)) if uncut else piece.rows + begin
    days, covered = days_of(found)
    made["outcome"][rows] = OUTCOMES.index(found.outcome)
    made["days"][rows], made["covered"][rows] = days, covered
    if not found.instalments:
        return
    made["total"][rows] = piece.minor(found.total)
    allowance: Array | int = 0
    weights, persons = (weight, person) if uncut else (weight[piece.rows], person[piece.rows])
    room = ROOM // (max(1, int(weights.max())) * len(weights))
    for due in found.instalments:
        amount = piece.minor(due.amount)
        if due.component == "allowance":
            allowance = allowance + amount
        name = f"{of[0]} {of[1]} {found.benefit} {due.component} {due.period.last:%Y-%m}"
        of_month = months.setdefault(name, OfMonth())
        of_month.cost += weighed(amount, weights, room)
        of_month.reach(persons[np.asarray(amount != 0, dtype=bool)])
    made["allowance"][rows] = allowance


def weighed(amount: Array, weights: Array, room: int) -> int:
    """The exact sum of amounts times weights, in 64 bits where each amount is below `room`."""
    if amount.dtype != object and -room < int(amount.min()) and int(amount.max()) < room:
        return int(amount @ weights)
    return exact_sums(np.zeros(len(amount), dtype=np.int64), 1, amount, weights)[0]


def days_of(found: Assessment) -> tuple[int, int]:
    """Days the fund pays, and those days with the rest days and holidays among them."""
    first, last = found.timeline.first_day(Status.PAID), found.timeline.last_day(Status.PAID)
    if first is None or last is None or not found.instalments:
        return 0, 0
    paid, within = found.timeline.paid_days(), Period(first, last)
    return paid, paid + sum(found.timeline.count(code, within) for code in (Status.WEEKLY_REST, Status.HOLIDAY))


@dataclass
class Compared:
    """Persons put to the ordinary assessment one by one, and how often its answer was another than the batch's."""

    persons: int = 0
    differing: int = 0
    _of: Case | None = None
    _alone: dict[int, Case] = field(default_factory=dict)

    def look(self, side: Side, case: Case, piece: Piece, drawn: list[int]) -> None:
        if not drawn:
            return
        if self._of is not case:
            self._of, self._alone = case, {}  # the same case under each law
        for row, place in zip(drawn, np.searchsorted(piece.rows, drawn), strict=True):
            if place < len(piece.rows) and piece.rows[place] == row:  # rows are in order
                self.persons += 1
                if row not in self._alone:
                    self._alone[row] = one_of(case, row)
                alone = side.laws.assess(self._alone[row])
                self.differing += answer(alone) != answer_of(piece, int(place))


def _write(target: Path, arrays: Mapping[str, Any]) -> None:
    """All of it or nothing: the file has its name only once it is whole and on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}.half")
    with half.open("wb") as stream:
        np.savez(stream, **arrays)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(target)
