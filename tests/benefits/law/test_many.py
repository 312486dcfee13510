"""Many at once: the steps of every pack, run on numbers that stand for many persons, say of each person what the
ordinary assessment says of her alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case
from services.benefits.domain.contributions import Contributions, Row
from services.benefits.law import in_force
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.many.batch import answer, answer_of, assess_many, one_of
from services.benefits.law.many.numbers import Cut, Many, NotForMany, Tally
from services.benefits.law.vocabulary import countries
from shared.exact import higher, lower, most, most_in_a_row
from shared.money import Money, Rounding, round_fraction

TODAY = date(2026, 1, 15)

amounts = st.integers(0, 10**9).map(lambda cents: Fraction(cents, 100))
#: Small, usual and absurdly large wages, some of them with the hundredths that a paper may name.
wages = st.one_of(amounts, st.integers(0, 60_000_000).map(Fraction), st.integers(0, 10**22).map(Fraction))
exact = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=5000)


@lru_cache(maxsize=1)
def case_files() -> dict[str, CaseFile]:
    """Every case file of every pack that has numbers to vary, by country and id."""
    found = {}
    for file in read_case_files(in_force.PACKS):
        if isinstance(file.mapping, Mapping) and file.mapping.get("contributions"):
            found[f"{file.mapping['country']} {file.id} {file.path.name}"] = file
    return found


def assessing(file: CaseFile) -> Callable[[Case], Assessment]:
    return lambda case: in_force.assess(case, today=file.today or TODAY, options=file.options or None)


def varied(case: Case, draw: Callable[[Fraction], list[Fraction]]) -> Case:
    """A batch: each month's wage and each amount of the event is another for everybody."""
    rows: dict[int, Row] = {}
    for index, (wage, paid, kind) in case.contributions.rows.items():
        rows[index] = (Many.from_fractions(draw(Fraction(wage))), paid, kind)
    event = {
        name: Many.from_fractions(draw(value)) if isinstance(value, Fraction) else value
        for name, value in case.event.items()
    }
    return replace(case, contributions=Contributions(rows), event=MappingProxyType(event))


def hold_together(file: CaseFile, batch: Case, persons: int) -> Tally:
    """Every person of the batch has in it what she has alone."""
    tally, seen = Tally(), []
    for piece in assess_many(batch, assessing(file), tally):
        for place, row in enumerate(piece.rows):
            seen.append(int(row))
            alone = answer(assessing(file)(one_of(batch, int(row))))
            assert answer_of(piece, place) == alone
    assert sorted(seen) == list(range(persons))
    return tally


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_batch_says_of_each_person_what_she_is_told_alone(data: st.DataObject) -> None:
    """For any case file of any pack, and any wages, month by month."""
    file = case_files()[data.draw(st.sampled_from(sorted(case_files())))]
    persons = data.draw(st.integers(2, 5))
    seed = st.lists(wages, min_size=persons, max_size=persons)
    usual = st.lists(st.integers(0, 400), min_size=persons, max_size=persons)

    def draw(wage: Fraction) -> list[Fraction]:
        if data.draw(st.booleans()):
            return data.draw(seed)
        return [wage * Fraction(percent, 100) for percent in data.draw(usual)]

    hold_together(file, varied(file.case(), draw), persons)


@pytest.mark.parametrize("country", countries())
def test_every_case_of_a_pack_runs_for_many_and_is_seldom_cut(country: str) -> None:
    """Around the wages of the file: one run of the steps is usual, ten are many, nobody is reckoned alone."""
    factors = [Fraction(n, 20) for n in range(4, 84, 5)]
    for name, file in case_files().items():
        if not name.startswith(f"{country} "):
            continue
        batch = varied(file.case(), lambda wage: [wage * factor for factor in factors])
        tally = hold_together(file, batch, len(factors))
        assert tally.runs <= 13, name
        assert (tally.wide, tally.alone) == (0, 0), name


def test_a_batch_is_cut_where_the_law_asks_a_question_of_the_wage() -> None:
    """Nobody who earned nothing is granted anything; the others are, in the same batch."""
    file = next(f for n, f in case_files().items() if n.startswith("la LA-S1 "))
    batch = varied(file.case(), lambda wage: [wage, Fraction(0), 2 * wage])
    pieces = {tuple(map(int, piece.rows)) for piece in assess_many(batch, assessing(file))}
    assert len(pieces) >= 1
    hold_together(file, batch, 3)


def test_wages_beyond_64_bits_are_reckoned_all_the_same_and_counted() -> None:
    file = next(f for n, f in case_files().items() if n.startswith("th TH-S1 "))
    batch = varied(file.case(), lambda wage: [wage, Fraction(10**30 + 7, 7), Fraction(10**21, 3)])
    assert hold_together(file, batch, 3).wide > 0


def test_a_step_that_wants_one_number_is_carried_out_person_by_person() -> None:
    """A pack whose steps make a whole number of a wage is not guessed at: each person is reckoned alone."""
    file = next(f for n, f in case_files().items() if n.startswith("xx "))
    batch = varied(file.case(), lambda wage: [wage, wage + 1, wage + 2])
    ordinary = assessing(file)

    def stubborn(case: Case) -> Assessment:
        int(case.contributions[0].wage)
        return ordinary(case)

    tally = Tally()
    pieces = list(assess_many(batch, stubborn, tally))
    assert (tally.alone, len(pieces)) == (3, 3)
    assert [answer(piece.found) for piece in pieces] == [
        answer(ordinary(one_of(batch, int(piece.rows[0])))) for piece in pieces
    ]


# Numbers ----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(exact, exact), min_size=1, max_size=6), exact, st.integers(1, 9))
def test_many_numbers_reckon_as_one(pairs: list[tuple[Fraction, Fraction]], one: Fraction, divisor: int) -> None:
    ones, others = [a for a, _ in pairs], [b for _, b in pairs]
    a, b = Many.from_fractions(ones), Many.from_fractions(others)

    def same(many: Any, reckon: Callable[[Fraction, Fraction], Any]) -> None:
        assert [many.of(n) for n in range(len(pairs))] == [reckon(x, y) for x, y in pairs]

    same(a + b, lambda x, y: x + y)
    same(one + a - b, lambda x, y: one + x - y)
    same(one - a, lambda x, y: one - x)
    same(a * b * one, lambda x, y: x * y * one)
    same(a / divisor, lambda x, y: x / divisor)
    same(a // divisor, lambda x, y: Fraction(x // divisor))
    same(a % divisor, lambda x, y: x % divisor)
    same(math.ceil(a), lambda x, y: Fraction(math.ceil(x)))
    same(higher(a, one), lambda x, y: max(x, one))
    same(lower(one, b), lambda x, y: min(y, one))
    same(higher(lower(a, b), one), lambda x, y: max(min(x, y), one))
    same(most([a, b, one], 2), lambda x, y: sum(sorted([x, y, one])[-2:], Fraction(0)))
    same(most_in_a_row([one, a, b], 2), lambda x, y: max(one + x, x + y))


@given(st.lists(exact, min_size=1, max_size=6), st.sampled_from(Rounding), st.sampled_from([1, 10, Fraction(1, 100)]))
def test_many_amounts_are_rounded_as_one(values: list[Fraction], rounding: Rounding, smallest: Fraction) -> None:
    """Money has one crossing from exact to payable, for one and for many."""
    many = Money.rounded(Many.from_fractions(values), "LAK", rounding, smallest)
    each = [Money.rounded(value, "LAK", rounding, smallest).minor for value in values]
    minor: Any = many.minor
    assert [int(n) for n in minor.whole_numbers()] == each
    whole: Any = round_fraction(Many.from_fractions(values), rounding)
    assert [whole.of(n) for n in range(len(values))] == [round_fraction(value, rounding) for value in values]


@given(st.lists(exact, min_size=2, max_size=6), exact)
def test_a_comparison_has_one_answer_or_cuts(values: list[Fraction], limit: Fraction) -> None:
    many, answers = Many.from_fractions(values), [value < limit for value in values]
    if len(set(answers)) == 1:
        assert (many < limit) == answers[0]
        return
    with pytest.raises(Cut) as cut:
        bool(many < limit)
    assert [bool(yes) for yes in cut.value.mask] == answers


def test_a_number_of_many_is_no_key_no_float_and_no_single_number() -> None:
    many = Many.from_fractions([Fraction(1), Fraction(2)])
    for use in (hash, float, int, round, lambda m: Fraction(1) / m, lambda m: m**2, lambda m: Fraction(m)):
        with pytest.raises(NotForMany):
            use(many)
    with pytest.raises(Cut):
        bool(many - 1)


@given(st.lists(st.integers(-(2**61), 2**61), min_size=1, max_size=4), st.integers(1, 2**62))
def test_nothing_wraps_round(values: list[int], factor: int) -> None:
    many = Many(np.array(values, dtype=np.int64))
    product = many * factor + many
    assert [product.of(n) for n in range(len(values))] == [Fraction(v * factor + v) for v in values]
