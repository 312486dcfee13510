"""Sentences that are translated elsewhere: constant English with typed gaps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain.assessment import Text
from shared.period import Month

_GAP = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

Param = dict[str, Any]


def N_(message: str) -> str:  # noqa: N802 - the marker's name is Babel's custom
    """Mark a sentence for extraction (`pybabel extract -k N_`); gives it back unchanged."""
    return message


def say(msg: str, **params: Param) -> Text:
    """A sentence with its gaps filled: `say(N_("from {first}"), first=day(d))`."""
    return Text(msg, params)


def money(amount: Fraction | int, currency: str) -> Param:
    """An exact amount in currency units."""
    return {"type": "money", "value": {"exact": str(amount), "currency": currency}}


def day(on: date) -> Param:
    return {"type": "date", "value": on.isoformat()}


def month(of: Month) -> Param:
    return {"type": "month", "value": str(of)}


def count(number: int | Fraction) -> Param:
    """A whole number (or a half: 7/2)."""
    if type(number) is int:
        return {"type": "int", "value": number}
    return {"type": "int", "value": number.numerator if number.denominator == 1 else str(number)}


def rate(of: Fraction) -> Param:
    """A rate such as 7/10, shown as a percentage."""
    return {"type": "rate", "value": str(of)}


def word(text: str) -> Param:
    """Plain text, shown as it is; where it is itself a message the reader's catalogue may translate it."""
    return {"type": "text", "value": text}


def render(text: Text | Param, format_param: Callable[[Param], str] | None = None) -> str:
    """Plain English of a sentence (a `Text` or its JSON); `format_param` writes one gap its own way."""
    msg, params = (text.msg, text.params) if isinstance(text, Text) else (text["msg"], text["params"])
    write = format_param or plain
    return _GAP.sub(lambda gap: write(params[gap[1]]) if gap[1] in params else gap[0], msg)


def plain(param: Param) -> str:
    """One gap in plain English."""
    value = param["value"]
    match param["type"]:
        case "money":
            return f"{plain_number(Fraction(value['exact']))} {value['currency']}"
        case "date":
            on = date.fromisoformat(value)
            return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
        case "month":
            of = Month.parse(value)
            return f"{_MONTHS[of.number - 1]} {of.year}"
        case "rate":
            return f"{plain_number(Fraction(value) * 100)} %"
        case "int":
            return plain_number(Fraction(value))
        case _:
            return str(value)


def plain_number(value: Fraction, digits: int = 2) -> str:
    """A number with grouped thousands, and two digits where it is not whole (rounded for the eye only)."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    sign = "-" if value < 0 else ""
    hundredths = int(abs(value) * 10**digits + Fraction(1, 2))
    whole, rest = divmod(hundredths, 10**digits)
    return f"{sign}{whole:,}.{str(rest).rjust(digits, '0')}"


def gaps(msg: str) -> set[str]:
    """The names of a message's gaps."""
    return set(_GAP.findall(msg))
