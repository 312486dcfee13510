"""The kinds of a single fact: how each is read from JSON, written back, and described in JSON Schema.

Reading collects every fault with a pointer and a code, so that a person corrects them all at once; a fault never says
who the person is.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NoReturn, Protocol

from shared.money import decimal_fraction
from shared.period import FIRST_DAY, LAST_DAY, Month

Json = dict[str, Any]
#: What an event fact may be, after reading.
EventValue = date | Month | Fraction | int | bool | str | tuple["EventValue", ...]

MAX_ERRORS, MAX_TEXT, MAX_DAYS = 50, 200, 3660
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CaseInvalid(ValueError):
    """Facts that cannot be: each error has `pointer`, `code` and `params`."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__("; ".join(f"{e['pointer']}: {e['code']}" for e in errors[:5]))
        self.errors = errors


class Asked(Protocol):
    """A fact a benefit asks for, as its pack declares it."""

    @property
    def type(self) -> str: ...
    @property
    def choices(self) -> tuple[str, ...]: ...


class Reader:
    """Collects errors while reading. `asked` are the facts of the event that the benefit of the case asks for."""

    def __init__(self, asked: Mapping[str, Asked] = MappingProxyType({})) -> None:
        self.errors: list[Json] = []
        self.asked = asked

    def wrong(self, pointer: str, code: str, **params: Any) -> None:
        self.errors.append({"pointer": pointer, "code": code, "params": params})
        if len(self.errors) >= MAX_ERRORS:
            self.stop()

    def stop(self) -> NoReturn:
        raise CaseInvalid(self.errors)

    def mapping(self, raw: Any, pointer: str, known: Iterable[str]) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            self.wrong(pointer, "not_a_mapping")
            return {}
        for key in raw.keys() - known:
            self.wrong(f"{pointer}/{token(key)}", "unknown_field")
        return raw


def token(key: Any) -> str:
    """A key as it may stand in a pointer: short, and with the two signs escaped (RFC 6901)."""
    return str(key)[:40].replace("~", "~0").replace("/", "~1")


# Kinds of one value -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One value: `read` gives it or `None` after saying what is wrong; `write` is its JSON."""

    read: Callable[[Reader, Any, str], Any]
    write: Callable[[Any], Any]
    schema: Json


def _same(value: Any) -> Any:
    return value


def _day(reader: Reader, raw: Any, at: str) -> date | None:
    if isinstance(raw, str) and len(raw) == 10 and raw.isascii():
        try:
            raw = date.fromisoformat(raw)
        except ValueError:
            pass
    if not isinstance(raw, date) or isinstance(raw, datetime):
        reader.wrong(at, "not_a_date")
        return None
    if not FIRST_DAY <= raw <= LAST_DAY:
        reader.wrong(at, "date_out_of_range", first=FIRST_DAY.isoformat(), last=LAST_DAY.isoformat())
        return None
    return raw


def _month(reader: Reader, raw: Any, at: str) -> Month | None:
    try:
        found = Month.parse(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None:
        reader.wrong(at, "not_a_month")
    elif not FIRST_DAY.year <= found.year <= LAST_DAY.year:
        reader.wrong(at, "date_out_of_range", first=str(FIRST_DAY.year), last=str(LAST_DAY.year))
        return None
    return found


def _text(reader: Reader, raw: Any, at: str) -> str | None:
    if not isinstance(raw, str) or not raw.isprintable() or not raw.strip():
        reader.wrong(at, "not_text")
        return None
    if len(raw) > MAX_TEXT:
        reader.wrong(at, "too_long", max=MAX_TEXT, given=len(raw))
        return None
    return raw


def _flag(reader: Reader, raw: Any, at: str) -> bool | None:
    if type(raw) is bool:
        return raw
    reader.wrong(at, "not_true_or_false")
    return None


def _amount(reader: Reader, raw: Any, at: str) -> Fraction | None:
    if not isinstance(raw, str):
        reader.wrong(at, "amount_not_text")
        return None
    try:
        if len(raw) > 24:
            raise ValueError(raw)
        value = decimal_fraction(raw)
    except ValueError:
        reader.wrong(at, "not_an_amount")
        return None
    if value < 0:
        reader.wrong(at, "negative")
        return None
    return value


def _ratio(reader: Reader, raw: Any, at: str) -> Fraction | None:
    if isinstance(raw, str) and re.fullmatch(r"-?\d{1,24}(/[1-9]\d{0,23})?", raw, re.ASCII):
        return Fraction(raw)
    reader.wrong(at, "not_an_amount")
    return None


def number(most: int = 100_000) -> Kind:
    """A whole number from nought."""

    def read(reader: Reader, raw: Any, at: str) -> int | None:
        if type(raw) is not int:
            reader.wrong(at, "not_a_whole_number")
        elif raw < 0:
            reader.wrong(at, "negative")
        elif raw > most:
            reader.wrong(at, "too_large", max=most)
        else:
            return raw
        return None

    return Kind(read, _same, {"type": "integer", "minimum": 0})


def words(choices: Iterable[str]) -> Kind:
    """One of some words."""
    known = tuple(choices)

    def read(reader: Reader, raw: Any, at: str) -> str | None:
        if isinstance(raw, str) and raw in known:
            return raw
        reader.wrong(at, "unknown_word", choices=list(known))
        return None

    return Kind(read, _same, {"enum": list(known)})


def choice(of: type[enum.StrEnum]) -> Kind:
    """A member of an enum, written as its value."""
    known = {member.value: member for member in of}

    def read(reader: Reader, raw: Any, at: str) -> enum.StrEnum | None:
        if isinstance(raw, str) and (member := known.get(raw)) is not None:
            return member
        reader.wrong(at, "unknown_word", choices=list(known))
        return None

    return Kind(read, str, {"enum": list(known)})


def _days(reader: Reader, raw: Any, at: str) -> frozenset[date] | None:
    if not isinstance(raw, (list, tuple)):
        reader.wrong(at, "not_a_list")
        return None
    if len(raw) > 1000:
        reader.wrong(at, "too_many", max=1000, given=len(raw))
        return None
    return frozenset(day for n, item in enumerate(raw) if (day := _day(reader, item, f"{at}/{n}")))


def _weekdays(reader: Reader, raw: Any, at: str) -> frozenset[int] | None:
    if isinstance(raw, (list, tuple)) and len(raw) <= 6 and all(name in WEEK for name in raw):
        return frozenset(WEEK.index(name) + 1 for name in raw)
    reader.wrong(at, "unknown_word", choices=list(WEEK))
    return None


def Words(most: int) -> Kind:  # noqa: N802 - reads like a kind
    """An officer's own words."""

    def read(reader: Reader, raw: Any, at: str) -> str | None:
        if isinstance(raw, str) and raw.strip() and len(raw) <= most:
            return raw
        reader.wrong(at, "missing" if not raw else "too_long", max=most)
        return None

    return Kind(read, _same, {"type": "string", "minLength": 1, "maxLength": most})


def decimal(value: Fraction) -> str:
    """A fraction whose denominator divides a power of ten, as a plain decimal string. Raises `ValueError`."""
    digits, rest = 0, value
    while rest.denominator != 1:
        rest, digits = rest * 10, digits + 1
        if digits > 40:
            raise ValueError(f"{value} has no end as a decimal")
    if not digits:
        return str(rest.numerator)
    text = str(abs(rest.numerator)).rjust(digits + 1, "0")
    return f"{'-' if value < 0 else ''}{text[:-digits]}.{text[-digits:]}"


_DAY: Json = {"type": "string", "format": "date", "pattern": r"^(19|20|21)\d\d-\d\d-\d\d$"}
_MONTH: Json = {"type": "string", "pattern": r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$"}
_AMOUNT: Json = {
    "type": "string",
    "pattern": r"^\d+(\.\d+)?$",
    "maxLength": 24,
    "description": "decimal string in currency units",
}
_DAYS: Json = {"type": "array", "items": _DAY, "maxItems": 1000}

DAY = Kind(_day, date.isoformat, _DAY)
MONTH = Kind(_month, str, _MONTH)
TEXT = Kind(_text, _same, {"type": "string", "minLength": 1, "maxLength": MAX_TEXT})
FLAG = Kind(_flag, _same, {"type": "boolean"})
AMOUNT = Kind(_amount, decimal, _AMOUNT)
RATIO = Kind(_ratio, str, {"type": "string", "pattern": r"^-?\d+(/\d+)?$", "description": "exact fraction"})
NUMBER = number()
DAYS = Kind(_days, lambda days: [day.isoformat() for day in sorted(days)], _DAYS)
WEEKDAYS = Kind(
    _weekdays,
    lambda days: [WEEK[n - 1] for n in sorted(days)],
    {"type": "array", "items": {"enum": list(WEEK)}, "maxItems": 6},
)
#: Facts of an event, by the type their pack declares.
_DATES = Kind(lambda r, raw, at: tuple(sorted(_days(r, raw, at) or ())), DAYS.write, _DAYS)
EVENT_KINDS = {
    "date": DAY,
    "month": MONTH,
    "int": NUMBER,
    "bool": FLAG,
    "money": AMOUNT,
    "number": AMOUNT,
    "dates": _DATES,
}


@functools.lru_cache(maxsize=1024)
def event_kind(type_: str, choices: tuple[str, ...]) -> Kind:
    """The kind of an event fact of this type, or one of these choices."""
    return EVENT_KINDS.get(type_) or (words(choices) if choices else TEXT)
