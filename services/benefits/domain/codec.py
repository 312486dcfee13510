"""Records of facts: each field is declared once with `fact(kind, …)`, and `read`, `write` and `schema` go by that
declaration."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from services.benefits.domain.kinds import (
    AMOUNT,
    DAY,
    MAX_DAYS,
    EventValue,
    Json,
    Kind,
    Reader,
    decimal,
    event_kind,
    token,
)
from shared.period import ONE_DAY, Month, Period

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
            days.append(DAY.read(reader, body[name], f"{at}/{name}"))
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
    last: date | None = None if body.get("last_day") is None else DAY.read(reader, body["last_day"], f"{at}/last_day")
    fit_on: date | None = None if body.get("fit_on") is None else DAY.read(reader, body["fit_on"], f"{at}/fit_on")
    if fit_on is None:
        return last
    if last is not None and last != fit_on - ONE_DAY:
        reader.wrong(f"{at}/fit_on", "contradicts_last_day")
    return fit_on - ONE_DAY


PERIOD = Spread(("from", "to"), _period, Period.json, {"from": DAY.schema, "to": DAY.schema})
#: The last day, or the day on which the person is fit again.
LAST_DAY_OR_FIT = Spread(
    ("last_day", "fit_on"),
    _last_day,
    lambda day: {"last_day": day.isoformat()},
    {"last_day": DAY.schema, "fit_on": DAY.schema},
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
            elif (days := AMOUNT.read(reader, value, f"{at}/{year}")) is not None:
                found[int(year)] = days
    elif raw is not None:
        alone, first, last = AMOUNT.read(reader, raw, at), str(body.get("from")), str(body.get("to"))
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
                AMOUNT.schema,
                {"type": "object", "propertyNames": {"pattern": r"^\d{4}$"}, "additionalProperties": AMOUNT.schema},
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
