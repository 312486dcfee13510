"""Money in whole minor units, exact fractions, and the one crossing between them."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.exact import Numbers

#: ISO 4217 minor unit exponents of the currencies this product pays in.
EXPONENTS = {"LAK": 2, "VND": 0, "MMK": 2, "THB": 2, "PHP": 2, "KHR": 2, "XXD": 2, "USD": 2}


class UnknownCurrency(ValueError):
    """The currency is not one of ISO 4217 that the product knows."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one operation."""


class Rounding(enum.StrEnum):
    """Named directions of rounding, as statutes name them."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"
    HALF_EVEN = "half_even"


def exponent(currency: str) -> int:
    """Digits after the point of a currency (ISO 4217). Raises `UnknownCurrency`."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def round_fraction(value: Fraction, rounding: Rounding) -> int:
    """The whole number that `value` becomes; halves move away from zero for `HALF_UP`."""
    if isinstance(value, Numbers):
        for_each: int = value.rounded(rounding)
        return for_each
    whole, rest = divmod(abs(value.numerator), value.denominator)
    half = 2 * rest - value.denominator  # above nothing: more than a half
    match rounding:
        case Rounding.HALF_UP:
            up = half >= 0
        case Rounding.UP:
            up = rest > 0
        case Rounding.DOWN:
            up = False
        case Rounding.HALF_EVEN:
            up = half > 0 or (half == 0 and whole % 2 == 1)
    size = whole + int(up)
    return size if value.numerator >= 0 else -size


@dataclass(frozen=True, order=False, slots=True)
class Money:
    """An amount that can be paid or stored: whole minor units of one currency (of many persons at once, `Numbers`)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if type(self.minor) is not int and not isinstance(self.minor, Numbers):
            raise TypeError("minor units are whole numbers")

    @classmethod
    def rounded(
        cls,
        units: Fraction | int,
        currency: str,
        rounding: Rounding,
        smallest: Fraction | int = 1,
    ) -> Money:
        """The single crossing from exact currency units to a payable amount.

        `units` are currency units (not minor ones); `smallest` is the smallest payable amount in
        currency units, a figure of the rule pack (1 kip, 0.01 baht).
        """
        exact = units if isinstance(units, Fraction) else Fraction(units)
        steps = round_fraction(exact if smallest == 1 else exact / smallest, rounding)
        least = smallest * 10 ** exponent(currency)
        minor = (least.numerator if least.denominator == 1 else least) * steps
        if isinstance(minor, Numbers):
            return cls(minor.whole(), currency)
        if minor.denominator != 1:
            raise ValueError(f"{smallest} {currency} is smaller than the minor unit")
        return cls(int(minor), currency)

    @classmethod
    def parse(cls, units: str, currency: str) -> Money:
        """Read a decimal string in currency units ("1250.00"). Raises `ValueError`."""
        minor = decimal_fraction(units) * 10 ** exponent(currency)
        if minor.denominator != 1:
            raise ValueError(f"{units!r} has more digits than {currency} allows")
        return cls(int(minor), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @property
    def units(self) -> Fraction:
        """The exact amount in currency units."""
        if isinstance(self.minor, Numbers):
            return self.minor / 10 ** exponent(self.currency)
        return Fraction(self.minor, 10 ** exponent(self.currency))

    def decimal(self) -> str:
        """The amount as banks write it: "1250.00", a point even where no locale has one."""
        digits = exponent(self.currency)
        sign = "-" if self.minor < 0 else ""
        text = str(abs(self.minor)).rjust(digits + 1, "0")
        return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"

    def json(self) -> dict[str, int | str]:
        return {"minor": self.minor, "currency": self.currency}

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0


def decimal_fraction(text: str) -> Fraction:
    """The exact value of a plain decimal string: ASCII digits, at most one point, optional minus.

    Raises `ValueError` for anything else ("1e3", "1,000", full-width digits, blanks).
    """
    body = text[1:] if text.startswith("-") else text
    whole, point, rest = body.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (point and not (rest.isascii() and rest.isdigit())):
        raise ValueError(f"{text[:40]!r} is not a plain decimal number")
    if len(body) > 40:
        raise ValueError("a number of more than 40 digits")
    return Fraction(text)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency; zero where there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result


def rounded_running_total(
    parts: Sequence[Fraction], currency: str, rounding: Rounding, smallest: Fraction | int = 1
) -> list[Money]:
    """Round parts so that their sum is the rounded sum: each takes the running total less what was given."""
    given, exact, result = Money.zero(currency), Fraction(0), []
    for part in parts:
        exact += part
        so_far = Money.rounded(exact, currency, rounding, smallest)
        result.append(so_far - given)
        given = so_far
    return result
