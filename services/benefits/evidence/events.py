"""The events of a year: who falls ill, for how long, and who gives birth, drawn from a population as is assumed.

Whole numbers alone are drawn and compared; what is drawn for a block of persons depends on the seed, the year and the
number of the block. Events that share everything but numbers have one *shape*: branch, first day, length, months
contributed, and as what the person is insured.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from services.benefits.evidence.assumptions import AGES, Assumptions
from services.benefits.evidence.laws import Coverage
from services.benefits.evidence.population import BLOCK, WEIGHT, Block, Population
from services.benefits.law.many.numbers import Array

SICKNESS, BIRTH = 0, 1
BRANCHES = ("sickness", "maternity")
#: A million: draws are whole numbers below it.
WHOLE = 1_000_000
#: By what results are shown. The words of `sex`, `province`, `sector`, `formal` are those of the file.
DIMENSIONS = ("sex", "age", "decile", "province", "sector", "formal")
DECILES = 10


@dataclass(frozen=True, slots=True)
class Shape:
    """What the events of one batch share. `joined` persons are insured by the reform alone."""

    branch: int
    insured: int
    joined: bool
    day: int
    days: int
    months: int


#: How a shape is packed into one whole number, least first: name and how many values it may have.
_PLACES = (("months", 16), ("days", 512), ("day", 512), ("joined", 2), ("insured", 32), ("branch", 2))


def pack(**parts: Array | int) -> Array:
    """Shapes as whole numbers."""
    key: Array | int = 0
    for name, size in reversed(_PLACES):
        key = key * size + parts[name]
    return np.asarray(key, dtype=np.int64)


def unpack(key: int) -> Shape:
    found = {}
    for name, size in _PLACES:
        key, found[name] = divmod(key, size)
    return Shape(found["branch"], found["insured"], bool(found["joined"]), found["day"], found["days"], found["months"])


def branch_of(keys: Array) -> Array:
    """The branch of each of many packed shapes."""
    return keys // math.prod(size for name, size in _PLACES if name != "branch")


@dataclass
class Events:
    """All events of a year, ordered by shape: the shape as a number, the person's row, weight in thousandths, wages in
    minor units (a column a month, the latest first, or one for all) and the group of each dimension."""

    shape: Array
    person: Array
    weight: Array
    wages: Array
    groups: dict[str, Array]

    def __len__(self) -> int:
        return len(self.shape)


@dataclass
class Insured:
    """The insured of a year: how many (thousandths) and their wages of a year (minor units) by group of each dimension,
    and the wages at which deciles begin."""

    labels: dict[str, list[str]]
    persons: dict[str, list[int]] = field(default_factory=dict)
    wages: dict[str, list[int]] = field(default_factory=dict)
    deciles: list[int] = field(default_factory=list)
    rows: int = 0
    #: The least wage that three in four persons lie at or below, for the skilled worker of C102 article 65(6)(c).
    three_quarters: int = 0


def exact_sums(keys: Array, size: int, *factors: Array) -> list[int]:
    """For each of `size` keys the exact sum of the products of whole numbers: 64 bits where they do, Python's integers
    where they might not."""
    product, bound = factors[0], 1
    if product.dtype != object:
        product = product.astype(np.int64, copy=False)
    for place, factor in enumerate(factors):
        bound *= max(1, abs(int(factor.max())), abs(int(factor.min()))) if len(factor) else 1
        if bound >= 2**62:
            product = product.astype(object)
        if place:
            product = product * factor
    if product.dtype != object and bound * max(1, len(keys)) >= 2**62:
        low, high = product & 0xFFFFFFFF, product >> 32
        return [a + (b << 32) for a, b in zip(exact_sums(keys, size, low), exact_sums(keys, size, high), strict=True)]
    if size == 1:
        return [int(product.sum())]
    found = np.zeros(size, dtype=product.dtype)
    np.add.at(found, keys, product)
    return [int(n) for n in found]


def draw(
    population: Population,
    assumed: Assumptions,
    seed: int,
    coverage: tuple[Coverage, ...] = (),
    progress: Callable[[int], None] = lambda rows: None,
) -> tuple[Events, Insured]:
    """The events and the insured of `assumed.year`. Raises `PopulationInvalid`."""
    shapes: list[Array] = []
    parts: dict[str, list[Array]] = {name: [] for name in ("person", "weight", "wages", *DIMENSIONS)}
    keep = _Keep()
    for block in population.blocks():
        # A stream each for the insured, for who joins and for those who joined: a reform changes no draw of the others.
        own, joining, others = (
            np.random.Generator(np.random.PCG64([seed, assumed.year, block.number, stream])) for stream in range(3)
        )
        insured = block.codes["insured_as"] != _code(population, "insured_as", "none")
        joined_as = _joined(block, population, coverage, joining)
        age = _age(block, assumed.year)
        keep.block(block, insured, age)
        reached = ((False, insured, own), (True, joined_as >= 0, others))
        for joined, covered, rng in reached if coverage else reached[:1]:
            as_what = joined_as if joined else block.codes["insured_as"].astype(np.int64)
            for rows, branch, day, days in _drawn(block, age, population, assumed, covered, rng):
                months = block.months[rows]
                shapes.append(
                    pack(branch=branch, insured=as_what[rows], joined=int(joined), day=day, days=days, months=months)
                )
                parts["person"].append(rows + block.number * BLOCK)
                parts["weight"].append(block.weight[rows])
                parts["wages"].append(block.wages[rows])
                parts["age"].append(age[rows].astype(np.int8))
                for name in ("sex", "province", "sector", "formal"):
                    parts[name].append(block.codes[name][rows])
        progress(block.number * BLOCK + len(block))
    insured_, deciles = keep.done(population)
    del keep
    return _ordered(shapes, parts, deciles), insured_


def _ordered(shapes: list[Array], parts: dict[str, list[Array]], deciles: Array) -> Events:
    shape = np.concatenate(shapes)
    shapes.clear()
    order = np.argsort(shape, kind="stable")

    def sorted_(name: str) -> Array:
        """One column in the order of shapes; its pieces are let go, for two copies of all would not be small."""
        return np.concatenate(parts.pop(name))[order]

    wages = sorted_("wages")
    groups = {name: sorted_(name) for name in DIMENSIONS if name != "decile"}
    groups["decile"] = np.searchsorted(deciles, wages[:, 0], side="right").astype(np.int8)
    return Events(shape[order], sorted_("person"), sorted_("weight"), wages, groups)


def _code(population: Population, column: str, word: str) -> int:
    """The number of a word; it is made known where no row has had it yet."""
    known = population.words[column]
    if word not in known:
        known.append(word)
    return known.index(word)


def _age(block: Block, year: int) -> Array:
    """The place of each person's age group; who is younger than the first is in the first."""
    return (np.searchsorted(AGES, year - block.birth_year, side="right") - 1).clip(0)


def _joined(block: Block, population: Population, coverage: tuple[Coverage, ...], rng: np.random.Generator) -> Array:
    """As what each person becomes insured by the reform; -1 for those whom it does not reach."""
    found = np.full(len(block), -1, dtype=np.int64)
    lots = rng.integers(0, WHOLE, len(block))
    outside = block.codes["insured_as"] == _code(population, "insured_as", "none")
    for group in coverage:
        here = outside & (found < 0)
        if group.sector is not None:
            here &= block.codes["sector"] == _code(population, "sector", group.sector)
        found[here & (lots < int(group.take_up * WHOLE))] = _code(population, "insured_as", group.insured_as)
    return found


def _drawn(
    block: Block, age: Array, population: Population, assumed: Assumptions, covered: Array, rng: np.random.Generator
) -> Iterator[tuple[Array, int, Array, Array]]:
    """Rows with their events: spells of sickness (one or more a person where the incidence is above 1,000), births."""
    size = len(block)
    woman = block.codes["sex"] == _code(population, "sex", "female")
    of_year = (date(assumed.year, 12, 31) - date(assumed.year, 1, 1)).days + 1
    female, male = np.array(assumed.spells["female"]), np.array(assumed.spells["male"])
    often = np.where(woman, female[age], male[age]) * int(assumed.sickness_take_up * 1000)  # in a million
    spells = often // WHOLE + (rng.integers(0, WHOLE, size) < often % WHOLE)
    rows = np.repeat(np.arange(size), np.where(covered, spells, 0))
    ends = np.cumsum([share for _, share in assumed.lengths])
    place = np.searchsorted(ends, rng.integers(0, 1000, len(rows)), side="right")
    days = np.array([days for days, _ in assumed.lengths])[place]
    yield rows, SICKNESS, rng.integers(0, of_year, len(rows)), days
    often = np.array(assumed.births)[age] * int(assumed.maternity_take_up * 1000)
    rows = np.flatnonzero(covered & woman & (rng.integers(0, WHOLE, size) < often))
    yield rows, BIRTH, rng.integers(0, of_year, len(rows)), np.zeros(len(rows), dtype=np.int64)


class _Keep:
    """What is kept of each block to say how many are insured, on what wages."""

    def __init__(self) -> None:
        self._wages: list[Array] = []
        self._weights: list[Array] = []
        self._groups: dict[str, dict[int, tuple[int, int]]] = {}
        self._rows = 0

    def block(self, block: Block, insured: Array, age: Array) -> None:
        weight, months = block.weight[insured], block.wages.shape[1]
        yearly = block.wages[insured].sum(axis=1) * (12 // months)
        self._rows += len(block)
        self._wages.append(block.wages[insured, 0])
        self._weights.append(np.ones(1, dtype=np.int64) if (weight == WEIGHT).all() else weight)
        for name in ("sex", "age", "province", "sector", "formal"):
            codes = (age if name == "age" else block.codes[name])[insured].astype(np.int64)
            size = int(codes.max()) + 1 if len(codes) else 0
            persons, wages = exact_sums(codes, size, weight), exact_sums(codes, size, weight, yearly)
            found = self._groups.setdefault(name, {})
            for code in range(size):
                before = found.get(code, (0, 0))
                found[code] = (before[0] + persons[code], before[1] + wages[code])

    def done(self, population: Population) -> tuple[Insured, Array]:
        alike = all(len(weight) == 1 for weight in self._weights)
        wages, weights = np.concatenate(self._wages), None if alike else self._all_weights()
        limits: Array = _deciles(wages, weights)
        age = [f"{first}-{after - 1}" for first, after in itertools.pairwise(AGES)] + [f"{AGES[-1]}+"]
        labels = {name: list(population.words[name]) for name in ("sex", "province", "sector", "formal")}
        labels |= {"age": age, "decile": [str(n + 1) for n in range(DECILES)]}
        made = Insured(labels, deciles=[int(n) for n in limits], rows=self._rows)
        made.three_quarters = nearest_rank(wages, weights, (3, 4))
        del wages, weights
        for name, found in self._groups.items():
            made.persons[name] = [found.get(code, (0, 0))[0] for code in range(len(labels[name]))]
            made.wages[name] = [found.get(code, (0, 0))[1] for code in range(len(labels[name]))]
        made.persons["decile"], made.wages["decile"] = [0] * DECILES, [0] * DECILES
        for some, their in zip(self._wages, self._weights, strict=True):  # by block: all at once would not be small
            place = np.searchsorted(limits, some, side="right")
            each = their if len(their) == len(some) else np.full(len(some), WEIGHT, dtype=np.int64)
            for name, sums in (
                ("persons", exact_sums(place, DECILES, each)),
                ("wages", exact_sums(place, DECILES, each, some * 12)),
            ):
                before = getattr(made, name)["decile"]
                getattr(made, name)["decile"] = [a + b for a, b in zip(before, sums, strict=True)]
        return made, limits

    def _all_weights(self) -> Array:
        return np.concatenate(
            [
                weight if len(weight) == len(wages) else np.full(len(wages), WEIGHT, dtype=np.int64)
                for weight, wages in zip(self._weights, self._wages, strict=True)
            ]
        )


def _deciles(wages: Array, weights: Array | None) -> Array:
    """The wages at which the second to the tenth decile of persons begin."""
    if not len(wages):
        return np.zeros(DECILES - 1, dtype=np.int64)
    if weights is None:
        places = [len(wages) * n // DECILES for n in range(1, DECILES)]
        return np.partition(wages, places)[places]
    order = np.argsort(wages, kind="stable")
    so_far = np.cumsum(weights[order])
    at = np.searchsorted(so_far, [int(so_far[-1]) * n // DECILES for n in range(1, DECILES)])
    return wages[order][at]


def nearest_rank(wages: Array, weights: Array | None, share: tuple[int, int]) -> int:
    """The least wage that so many of all persons lie at or below; 0 where there is nobody."""
    if not len(wages):
        return 0
    if weights is None:
        place = -(-len(wages) * share[0] // share[1]) - 1
        return int(np.partition(wages, place)[place])
    order = np.argsort(wages, kind="stable")
    so_far = np.cumsum(weights[order])
    return int(wages[order][int(np.searchsorted(so_far, -(-int(so_far[-1]) * share[0] // share[1])))])


def first_day(shape: Shape, year: int) -> date:
    """The first day of the leave of a shape; the last of the year where the year has no such day."""
    return min(date(year, 1, 1) + timedelta(days=shape.day), date(year, 12, 31))
