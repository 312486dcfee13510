"""A number that stands for many persons: whole numerators over one common denominator.

Adding, multiplying and dividing act on all of them together, exactly. A comparison has one answer while it is the same
for all; where it is not, `Cut` is raised, with who is on which side. What needs one number of all of them raises
`NotForMany`. Numerators have 64 bits; what might not fit is reckoned in Python's own integers and counted
(`Tally.wide`), so that nothing ever wraps round.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NoReturn

import numpy as np
from numpy.typing import NDArray

from shared.exact import Numbers
from shared.money import Rounding

Array = NDArray[Any]
#: Sums and products stay below this; the rest of the 64 bits is room for one addition.
LIMIT = 2**62


class Cut(Exception):
    """A question has two answers among the many: `mask` says who has the answer yes."""

    def __init__(self, mask: Array) -> None:
        super().__init__("the many have two answers")
        self.mask = mask


class NotForMany(TypeError):
    """A step wants one number where there are many: whoever runs the batch reckons it person by person."""


@dataclass
class Tally:
    """What a run of many cost: `runs` of the steps, `wide` numbers beyond 64 bits, persons reckoned `alone`."""

    runs: int = 0
    wide: int = 0
    alone: int = 0


TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)


def _refuse(what: str) -> Callable[..., NoReturn]:
    def refused(*_: Any) -> NoReturn:
        raise NotForMany(what)

    return refused


def _parts(number: Any) -> tuple[int, int]:
    """Numerator and denominator of one exact number; `NotForMany` for anything else."""
    if isinstance(number, int):
        return int(number), 1
    if type(number) is Fraction:
        return number.numerator, number.denominator
    raise NotForMany(f"no exact number: {type(number).__name__}")


class Many(Numbers):
    """Numbers of many persons, `nums[n] / den` each, in one order of persons. Nothing changes it."""

    __slots__ = ("_bound", "_den", "_nums")
    _nums: Array
    _den: int
    _bound: int

    def __new__(cls, nums: Array, den: int = 1, bound: int | None = None) -> Many:
        """`bound` is no less than the greatest numerator, whatever its sign; it is looked up where it is not given."""
        made = object.__new__(cls)
        if bound is None:
            bound = _greatest(nums)
        if nums.dtype.hasobject:
            if bound < LIMIT:
                nums = nums.astype(np.int64)
            elif (tally := TALLY.get()) is not None:
                tally.wide += 1
        made._nums, made._den, made._bound = nums, den, bound
        return made

    @classmethod
    def from_fractions(cls, values: Iterable[Fraction]) -> Many:
        """One number for each person, in their order."""
        listed = list(values)
        den = math.lcm(1, *(value.denominator for value in listed))
        return cls(np.array([int(value * den) for value in listed], dtype=object), den)

    def __len__(self) -> int:
        return len(self._nums)

    def of(self, place: int) -> Fraction:
        """The number of one person."""
        return Fraction(int(self._nums[place]), self._den)

    def take(self, rows: Array) -> Many:
        """The numbers of some persons, by their places."""
        return Many(self._nums[rows], self._den, self._bound)

    def numerators(self) -> Array:
        """The numerators over the one denominator, as Python's own integers."""
        return _wide(self._nums)

    def whole_numbers(self) -> Array:
        """The numerators of numbers known to be whole (`whole`): 64 bits, or Python's own where they do not fit."""
        return self.whole()._nums

    # Room ---------------------------------------------------------------------------------------------

    def _times(self, factor: int) -> tuple[Array, int]:
        """Numerators times a whole number, with their bound; in wide integers where 64 bits might not do."""
        if factor == 1:
            return self._nums, self._bound
        size = abs(factor)
        if self._bound * size >= LIMIT and not self._nums.dtype.hasobject:
            bound = _greatest(self._nums)
            if bound * size >= LIMIT:
                return _wide(self._nums) * factor, bound * size
            return self._nums * factor, bound * size
        return self._nums * factor, self._bound * size

    def _made(self, nums: Array, den: int, bound: int) -> Many:
        """The result of an operation, in lowest terms once its numerators grow long."""
        if bound >= 2**40 and den > 1:
            shared = math.gcd(den, *(int(n) for n in nums[:32]))
            if shared > 1 and (shared := math.gcd(shared, int(np.gcd.reduce(nums)))) > 1:
                return Many(nums // shared, den // shared, bound // shared)
        return Many(nums, den, bound)

    def _together(self, other: Any) -> tuple[Array, Any, int, int, int]:
        """Both over one denominator: numerators, the other's, the denominator, and the bounds of the two."""
        if type(other) is Many:
            if other._den == self._den:
                return self._nums, other._nums, self._den, self._bound, other._bound
            den = math.lcm(self._den, other._den)
            mine, bound = self._times(den // self._den)
            theirs, its_bound = other._times(den // other._den)
            return mine, theirs, den, bound, its_bound
        num, its_den = _parts(other)
        den = math.lcm(self._den, its_den)
        mine, bound = self._times(den // self._den)
        number = num * (den // its_den)
        if abs(number) >= LIMIT:
            mine = _wide(mine)
        return mine, number, den, bound, abs(number)

    # Reckoning ----------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        if (type(other) is int or type(other) is Fraction) and not other:
            return self
        mine, theirs, den, bound, its_bound = self._together(other)
        return self._made(mine + theirs, den, bound + its_bound)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        mine, theirs, den, bound, its_bound = self._together(other)
        return self._made(mine - theirs, den, bound + its_bound)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    def __neg__(self) -> Any:
        return Many(-self._nums, self._den, self._bound)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return Many(abs(self._nums), self._den, self._bound)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Many):
            mine, theirs, bound = self._nums, other._nums, self._bound * other._bound
            if bound >= LIMIT:
                mine = _wide(mine)
            return self._made(mine * theirs, self._den * other._den, bound)
        return self._scaled(*_parts(other))

    __rmul__ = __mul__

    def _scaled(self, num: int, den: int) -> Many:
        """Times `num / den`, which is in lowest terms."""
        if num == den:
            return self
        shared = math.gcd(num, self._den)
        nums, bound = self._times(num // shared)
        return self._made(nums, self._den // shared * den, bound)

    def __truediv__(self, other: Any) -> Any:
        num, den = _parts(other)
        if not num:
            raise ZeroDivisionError("many divided by nothing")
        return self._scaled(den, num) if num > 0 else self._scaled(-den, -num)

    def __floordiv__(self, other: Any) -> Any:
        return (self / other).__floor__()

    def __mod__(self, other: Any) -> Any:
        return self - (self // other) * other

    def __divmod__(self, other: Any) -> Any:
        whole = self // other
        return whole, self - whole * other

    def __floor__(self) -> Any:
        return Many(self._nums // self._den, 1, self._bound // self._den + 1)

    def __ceil__(self) -> Any:
        return -((-self).__floor__())

    # Choosing, without a question ---------------------------------------------------------------------

    def rounded(self, rounding: str) -> Many:
        """Each rounded to a whole number, as `shared.money.round_fraction` rounds one."""
        if self._den == 1:
            return self
        den, nums, bound = self._den, self._nums, self._bound
        negative = bool((nums < 0).any())
        size = abs(nums) if negative else nums
        match Rounding(rounding):
            case Rounding.HALF_UP:
                doubled, _ = Many(size, den, bound)._times(2)
                result = (doubled + den) // (2 * den)
            case Rounding.UP:
                result = -(-size // den)
            case Rounding.DOWN:
                result = size // den
            case Rounding.HALF_EVEN:
                result = size // den
                rest = size - result * den
                result = result + ((rest > den - rest) | ((rest == den - rest) & (result % 2 == 1)))
        if negative:
            result = np.where(nums < 0, -result, result)
        return Many(result, 1, bound // den + 1)

    def whole(self) -> Many:
        """The same numbers over the denominator 1. Raises `ValueError` where one is not whole."""
        if self._den == 1:
            return self
        if (self._nums % self._den).any():
            raise ValueError("not whole for each of the many")
        return Many(self._nums // self._den, 1, self._bound // self._den + 1)

    def raised_to(self, least: Fraction) -> Many:
        mine, theirs, den, bound, its_bound = self._together(least)
        return Many(np.maximum(mine, theirs), den, max(bound, its_bound))

    def cut_at(self, most: Fraction) -> Many:
        mine, theirs, den, bound, its_bound = self._together(most)
        return Many(np.minimum(mine, theirs), den, max(bound, its_bound))

    def sum_of_most(self, others: Sequence[Fraction], count: int) -> Any:
        values: list[Any] = [self, *others]
        if count >= len(values):
            return sum(values)
        if count == 1:
            best: Any = self
            for value in others:
                best = best.raised_to(value)
            return best
        den = math.lcm(*(v._den if isinstance(v, Many) else v.denominator for v in values))
        columns, bounds = [], []
        for value in values:
            # over the one denominator each is a column; one number is the same for all
            full = value if isinstance(value, Many) else self * 0 + value
            nums, bound = full._times(den // full._den)
            columns.append(nums)
            bounds.append(bound)
        table = np.stack(columns)
        bound = sum(sorted(bounds)[-count:])
        if bound >= LIMIT:
            table = _wide(table)
        table = np.sort(table, axis=0) if table.dtype == object else np.partition(table, len(values) - count, axis=0)
        return self._made(table[-count:].sum(axis=0), den, bound)

    # Asking -------------------------------------------------------------------------------------------

    def _answer(self, mask: Array) -> bool:
        yes = int(np.count_nonzero(mask))
        if yes in (0, len(mask)):
            return yes > 0 or not len(mask)
        raise Cut(mask)

    def _against(self, other: Any, compare: Callable[[Any, Any], Any]) -> bool:
        mine, theirs, *_ = self._together(other)
        return self._answer(compare(mine, theirs))

    def __lt__(self, other: Any) -> bool:
        return self._against(other, operator.lt)

    def __le__(self, other: Any) -> bool:
        return self._against(other, operator.le)

    def __gt__(self, other: Any) -> bool:
        return self._against(other, operator.gt)

    def __ge__(self, other: Any) -> bool:
        return self._against(other, operator.ge)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other is None or not isinstance(other, (int, Fraction)):
            return False
        return self._against(other, operator.eq)

    def __bool__(self) -> bool:
        return self != 0

    # One number of all ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        return "many"

    def __repr__(self) -> str:
        return f"<numbers of {len(self)}>"

    __hash__: ClassVar[Any] = _refuse("a key")
    __float__ = _refuse("a float")
    __int__ = _refuse("one whole number")
    __trunc__ = _refuse("one whole number")
    __round__ = _refuse("rounding without a named direction")
    __rtruediv__ = _refuse("a number divided by many")
    __rfloordiv__ = _refuse("a number divided by many")
    __rmod__ = _refuse("a number divided by many")
    __rdivmod__ = _refuse("a number divided by many")
    __pow__ = _refuse("a power")
    __rpow__ = _refuse("a power")
    __complex__ = _refuse("a complex number")
    as_integer_ratio = _refuse("one ratio")
    limit_denominator = _refuse("one ratio")

    @property
    def numerator(self) -> int:
        raise NotForMany("one numerator")

    @property
    def denominator(self) -> int:
        raise NotForMany("one denominator")

    def __reduce__(self) -> Any:
        return Many, (self._nums, self._den, self._bound)

    def __copy__(self) -> Many:
        return self

    def __deepcopy__(self, memo: Any) -> Many:
        return self


def _greatest(nums: Array) -> int:
    """The greatest numerator, whatever its sign."""
    return max(abs(int(nums.max())), abs(int(nums.min()))) if len(nums) else 0


def _wide(nums: Array) -> Array:
    """The same whole numbers as Python's own integers."""
    return nums.astype(object)
