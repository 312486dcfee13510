"""What a fact can be: for each kind how it is read from JSON, written back, and described in JSON Schema.

A record of facts declares each field once with `fact(kind, …)`; `read`, `write` and `schema` go by that declaration.
Reading collects every fault with a pointer and a code, so that a person corrects them all at once; a fault never says
who the person is.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NoReturn, Protocol

from shared.money import decimal_fraction
from shared.period import ONE_DAY, Month, Period

Json = dict[str, Any]
#: What an event fact may be, after reading.
EventValue = date | Month | Fraction | int | bool | str | tuple["EventValue", ...]

MAX_ERRORS, MAX_TEXT, MAX_DAYS = 50, 200, 3660
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
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


# Kinds that take several members of a record ----------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """A value that stands in several members of its record."""

    names: tuple[str, ...]
    read: Callable[[Reader, Mapping[str, Any], str], Any]
    write: Callable[[Any], Json]
    schemas: Json


def _period(reader: Reader, body: Mapping[str, Any], at: str) -> Period | None:
    days: list[date | None] = []
    for name in ("from", "to"):
        if body.get(name) is None:
            reader.wrong(f"{at}/{name}", "missing")
            days.append(None)
        else:
            days.append(_day(reader, body[name], f"{at}/{name}"))
    first, last = days
    if first is None or last is None:
        return None
    if last < first:
        reader.wrong(f"{at}/to", "before_the_first_day")
        return None
    if (last - first).days >= MAX_DAYS:
        reader.wrong(f"{at}/to", "too_many_days", max=MAX_DAYS)
        return None
    return Period(first, last)


def _last_day(reader: Reader, body: Mapping[str, Any], at: str) -> date | None:
    last = None if body.get("last_day") is None else _day(reader, body["last_day"], f"{at}/last_day")
    fit_on = None if body.get("fit_on") is None else _day(reader, body["fit_on"], f"{at}/fit_on")
    if fit_on is None:
        return last
    if last is not None and last != fit_on - ONE_DAY:
        reader.wrong(f"{at}/fit_on", "contradicts_last_day")
    return fit_on - ONE_DAY


PERIOD = Spread(("from", "to"), _period, Period.json, {"from": _DAY, "to": _DAY})
#: The last day, or the day on which the person is fit again.
LAST_DAY_OR_FIT = Spread(
    ("last_day", "fit_on"), _last_day, lambda day: {"last_day": day.isoformat()}, {"last_day": _DAY, "fit_on": _DAY}
)


# Records of facts, alone and in lists -----------------------------------------------------------------


def one(record: type) -> Kind:
    """A record of facts of its own."""
    return Kind(lambda reader, raw, at: read(record, reader, raw, at), write, schema(record))


def many(record: type, most: int, *, by: str | None = None) -> Kind:
    """A list of records; of those with the same `by` (a day) only one may be there, and they are kept in its order."""

    def read_all(reader: Reader, raw: Any, at: str) -> tuple[Any, ...]:
        if not isinstance(raw, (list, tuple)):
            reader.wrong(at, "not_a_list")
            return ()
        if len(raw) > most:
            reader.wrong(at, "too_many", max=most, given=len(raw))
            reader.stop()
        given = [read(record, reader, item, f"{at}/{n}") for n, item in enumerate(raw)]
        if by is None:
            return tuple(item for item in given if item is not None)
        kept: dict[date, Any] = {}
        for n, item in enumerate(given):
            if item is not None and (key := getattr(item, by)) in kept:
                reader.wrong(f"{at}/{n}/{by}", "day_twice", day=key.isoformat())
            elif item is not None:
                kept[key] = item
        return tuple(kept[key] for key in sorted(kept))

    return Kind(
        read_all,
        lambda items: [write(item) for item in items],
        {"type": "array", "items": schema(record), "maxItems": most},
    )


def by_name(record: type, most: int) -> Kind:
    """Records by a name of the pack's own."""

    def read_all(reader: Reader, raw: Any, at: str) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            reader.wrong(at, "not_a_mapping")
            return MappingProxyType({})
        if len(raw) > most:
            reader.wrong(at, "too_many", max=most, given=len(raw))
            reader.stop()
        found = {str(name): read(record, reader, raw[name], f"{at}/{token(name)}") for name in sorted(raw, key=str)}
        return MappingProxyType({name: value for name, value in found.items() if value is not None})

    return Kind(
        read_all,
        lambda named: {name: write(value) for name, value in sorted(named.items())},
        {"type": "object", "maxProperties": most, "additionalProperties": schema(record)},
    )


def _days_by_year(reader: Reader, body: Mapping[str, Any], at: str) -> Mapping[int, Fraction]:
    raw, at = body.get("paid_days"), f"{at}/paid_days"
    found: dict[int, Fraction] = {}
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            year = str(key)
            if not (year.isascii() and year.isdigit() and len(year) == 4):
                reader.wrong(f"{at}/{token(key)}", "not_a_year")
            elif (days := _amount(reader, value, f"{at}/{year}")) is not None:
                found[int(year)] = days
    elif raw is not None:
        alone, first, last = _amount(reader, raw, at), str(body.get("from")), str(body.get("to"))
        if first[:4] != last[:4]:
            reader.wrong(at, "days_by_year_needed")
        elif alone is not None and first[:4].isdigit():
            found[int(first[:4])] = alone
    return MappingProxyType(dict(sorted(found.items())))


#: Days by calendar year; one number where the spell lies in one year.
DAYS_BY_YEAR = Spread(
    ("paid_days",),
    _days_by_year,
    lambda years: {"paid_days": {str(year): decimal(days) for year, days in years.items()}},
    {
        "paid_days": {
            "oneOf": [
                _AMOUNT,
                {"type": "object", "propertyNames": {"pattern": r"^\d{4}$"}, "additionalProperties": _AMOUNT},
            ]
        }
    },
)


def _event(reader: Reader, raw: Any, at: str) -> Mapping[str, EventValue]:
    if not isinstance(raw, Mapping):
        reader.wrong(at, "not_a_mapping")
        return MappingProxyType({})
    found: dict[str, EventValue] = {}
    for name in sorted(raw, key=str):
        asked = reader.asked.get(name) if isinstance(name, str) else None
        if asked is None:
            reader.wrong(f"{at}/{token(name)}", "unknown_field", choices=sorted(reader.asked))
        elif raw[name] is not None:
            value = event_kind(asked.type, asked.choices).read(reader, raw[name], f"{at}/{name}")
            if value is not None:
                found[name] = value
    return MappingProxyType(found)


def _write_fact(value: EventValue) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Month):
        return str(value)
    if isinstance(value, Fraction):
        return decimal(value)
    if isinstance(value, tuple):
        return [_write_fact(item) for item in value]
    return value


EVENT = Kind(_event, lambda event: {name: _write_fact(event[name]) for name in sorted(event)}, {"type": "object"})


# Declaring, reading, writing --------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """How a field of a record is read and written."""

    kind: Kind | Spread
    name: str | None
    required: bool
    absent: Any


def fact(
    kind: Kind | Spread, default: Any = None, *, name: str | None = None, required: bool = False, absent: Any = None
) -> Any:
    """Declare a field. `name` is its name on paper where that differs; a `required` one must be given, or is `absent`
    where that is said; others are `default` where they are not given, and are then not written."""
    said = {"fact": Fact(kind, name, required and absent is None, absent)}
    if required:
        return field(metadata=said)
    if isinstance(default, MappingProxyType):
        return field(default_factory=lambda: default, metadata=said)
    return field(default=default, metadata=said)


@dataclass(frozen=True)
class _Plan:
    """The fields of a record with their facts, made once."""

    spread: tuple[tuple[str, Spread, Any], ...]
    single: tuple[tuple[str, str, Kind, Fact, Any], ...]
    fields: tuple[tuple[str, str, Kind | Spread, Any], ...]
    names: frozenset[str]


def _default(f: Field[Any]) -> Any:
    if f.default is not MISSING:
        return f.default
    return f.default_factory() if f.default_factory is not MISSING else MISSING


@functools.cache
def _plan(record: type[Any]) -> _Plan:
    spread, single, every = [], [], []
    names: set[str] = set()
    for f in fields(record):
        said = f.metadata.get("fact")
        if said is None:
            continue
        default = _default(f)
        if isinstance(said.kind, Spread):
            spread.append((f.name, said.kind, default))
            names |= set(said.kind.names)
        else:
            single.append((f.name, said.name or f.name, said.kind, said, default))
            names.add(said.name or f.name)
        every.append((f.name, said.name or f.name, said.kind, default))
    return _Plan(tuple(spread), tuple(single), tuple(every), frozenset(names))


def read(record: type, reader: Reader, raw: Any, at: str) -> Any:
    """A record from JSON; `None`, and errors collected, where a required fact is missing or cannot be."""
    plan = _plan(record)
    body = reader.mapping(raw, at, plan.names)
    found: dict[str, Any] = {}
    whole = True
    for name, spread, default in plan.spread:
        value = spread.read(reader, body, at)
        if value is not None:
            found[name] = value
        elif default is MISSING:
            whole = False
    for name, key, kind, said, default in plan.single:
        given = body.get(key)
        value = said.absent if given is None else kind.read(reader, given, f"{at}/{key}")
        if value is not None:
            found[name] = value
        elif default is MISSING:
            whole = False
            if given is None:
                reader.wrong(f"{at}/{key}", "missing")
    if not whole:
        return None
    made = record(**found)
    check = getattr(made, "check", None)
    if check is not None:
        check(reader, at, body)
    return made


def write(record: Any) -> Json:
    """The canonical JSON of a record: what was given, in the order of its declaration."""
    found: Json = {}
    for name, key, kind, default in _plan(record.__class__).fields:
        value = getattr(record, name)
        if value is None or (value == default and default is not MISSING):
            continue
        if isinstance(kind, Spread):
            found.update(kind.write(value))
        else:
            found[key] = kind.write(value)
    return found


def schema(record: type) -> Json:
    """The JSON Schema of a record."""
    properties: Json = {}
    required: list[str] = []
    for f in fields(record):
        said = f.metadata.get("fact")
        if said is None:
            continue
        if isinstance(said.kind, Spread):
            properties |= said.kind.schemas
            required += said.kind.names if said.required else ()
        else:
            properties[said.name or f.name] = said.kind.schema
            required += [said.name or f.name] if said.required else []
    found: Json = {"type": "object", "additionalProperties": False, "properties": properties}
    return found | {"required": required} if required else found
