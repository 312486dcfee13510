"""Exact numbers: one, or one that stands for many persons; and the few operations that choose between numbers.

A step of the law reckons with fractions. Handed a `Numbers` instead, the same step reckons for many persons at once;
`lower`, `higher`, `most` and `most_in_a_row` choose for each of them without asking the same question of all. Nothing
here knows how the many are kept: `services.benefits.law.many` does.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any


class Numbers(Fraction):
    """A number that stands for many: where a `Fraction` is wanted, it is one for each of them.

    Whatever needs one answer for all of them (a comparison, a whole number, a key) cuts the many in two or refuses.
    """

    __slots__ = ()

    @abstractmethod
    def rounded(self, rounding: str) -> Any:
        """Each rounded to a whole number, in a direction named by `shared.money.Rounding`."""

    @abstractmethod
    def whole(self) -> Any:
        """The same numbers, known to be whole. Raises `ValueError` where one is not."""

    @abstractmethod
    def raised_to(self, least: Fraction) -> Fraction:
        """Each, or `least` where that is greater."""

    @abstractmethod
    def cut_at(self, most: Fraction) -> Fraction:
        """Each, or `most` where that is less."""

    @abstractmethod
    def sum_of_most(self, others: Sequence[Fraction], count: int) -> Fraction:
        """The sum of the `count` greatest among this number and others, for each."""


def higher(one: Fraction, other: Fraction) -> Fraction:
    """The greater of two numbers; for each of many, where one of them stands for many."""
    if isinstance(one, Numbers):
        return one.raised_to(other)
    if isinstance(other, Numbers):
        return other.raised_to(one)
    return one if one >= other else other


def lower(one: Fraction, other: Fraction) -> Fraction:
    """The lesser of two numbers; for each of many, where one of them stands for many."""
    if isinstance(one, Numbers):
        return one.cut_at(other)
    if isinstance(other, Numbers):
        return other.cut_at(one)
    return one if one <= other else other


def most(values: Sequence[Fraction], count: int) -> Fraction:
    """The sum of the `count` greatest numbers, of all where there are fewer."""
    for place, value in enumerate(values):
        if isinstance(value, Numbers):
            return value.sum_of_most([*values[:place], *values[place + 1 :]], count)
    return sum(sorted(values, reverse=True)[:count], Fraction(0))


def most_in_a_row(values: Sequence[Fraction], count: int) -> Fraction:
    """The greatest sum of `count` numbers that follow each other. Raises `ValueError` where there are fewer."""
    sums = [sum(values[n : n + count], Fraction(0)) for n in range(len(values) - count + 1)]
    if not sums:
        raise ValueError(f"fewer than {count} numbers")
    return most(sums, 1)


def stand_for_many(values: Sequence[Fraction]) -> bool:
    """Whether one of the numbers stands for many, so that no single answer tells which of them are chosen."""
    return any(isinstance(value, Numbers) for value in values)
