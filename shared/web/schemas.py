"""The house's marshmallow fields: strict, and their error messages are codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from shared.ids import is_uuid
from shared.money import EXPONENTS, Money
from shared.period import FIRST_DAY, LAST_DAY, DayOutOfRange, Period, PeriodReversed, read_day
from shared.reading.letters import is_zawgyi

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_COMMON: dict[str, Any] = {
    "required": "required",
    "null": "required",
    "validator_failed": "invalid",
    "invalid": "invalid",
    "type": "invalid",
}


class House(Schema):
    """Base of all request and answer schemas: unknown members are refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown_member", "type": "not_an_object"}


#: How deep what is sent may be nested; a case is six deep.
DEEPEST = 30
_BROKEN = re.compile("[\x00\ufffd\ud800-\udfff]")


def is_broken(text: str) -> bool:
    """Whether a text holds what no database keeps and no reader can show."""
    return _BROKEN.search(text) is not None


def broken(value: Any, at: str = "#", depth: int = 0) -> Iterator[dict[str, Any]]:
    """What makes a JSON value unfit to be kept, wherever in it, also in members whose shape no schema knows."""
    if isinstance(value, str):
        if is_broken(value):
            yield {"pointer": at[:300], "code": "broken_text", "params": {}}
    elif isinstance(value, dict | list):
        if depth >= DEEPEST:
            yield {"pointer": at[:300], "code": "too_deep", "params": {}}
            return
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(name, str) and is_broken(name):
                yield {"pointer": at[:300], "code": "broken_text", "params": {}}
            else:
                yield from broken(inner, f"{at}/{_step(name)}", depth + 1)


def _step(name: Any) -> str:
    return str(name)[:80].replace("~", "~0").replace("/", "~1")


def _checked(text: str) -> str:
    if is_broken(text):
        raise ValidationError("broken_text")
    if is_zawgyi(text):
        raise ValidationError("zawgyi")
    return text


class Text(fields.String):
    """Text of at most `most` characters, trimmed; control characters and broken UTF-8 are refused."""

    default_error_messages: dict[str, Any] = {**_COMMON, "invalid_utf8": "broken_text"}

    def __init__(self, *, most: int = 200, least: int = 1, pattern: str | None = None, **kwargs: Any) -> None:
        checks: list[Any] = [validate.Length(min=least, max=most, error="too_long" if most else "invalid")]
        if pattern:
            checks.append(validate.Regexp(re.compile(pattern, re.ASCII), error="pattern"))
        super().__init__(validate=checks, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return _checked(str(text).strip())


class Code(fields.String):
    """One of a list of lower-case words."""

    default_error_messages: dict[str, Any] = _COMMON

    def __init__(self, *allowed: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(allowed, error="not_allowed"), **kwargs)


class Whole(fields.Integer):
    """A whole number, given as a number."""

    default_error_messages: dict[str, Any] = {**_COMMON, "too_large": "too_large"}

    def __init__(self, *, least: int | None = None, most: int | None = None, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=most, error="out_of_range"), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not int:
            raise ValidationError("invalid")
        return value


class Yes(fields.Boolean):
    """true or false, nothing that merely looks like it."""

    default_error_messages: dict[str, Any] = _COMMON

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if type(value) is not bool:
            raise ValidationError("invalid")
        return value


class Day(fields.Date):
    """2025-03-31."""

    default_error_messages: dict[str, Any] = _COMMON

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _DAY.match(value):
            raise ValidationError("not_a_day")
        try:
            return read_day(value)
        except DayOutOfRange:
            raise ValidationError("date_out_of_range") from None
        except ValueError:
            raise ValidationError("not_a_day") from None


class MonthText(Text):
    """2025-03, as text; any month of the house's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=7, pattern=r"^\d{4}-(0[1-9]|1[0-2])$", **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if re.fullmatch(r"\d{4}-\d\d", text, re.ASCII) and not FIRST_DAY.year <= int(text[:4]) <= LAST_DAY.year:
            raise ValidationError("date_out_of_range")
        return text


class Id(fields.String):
    """A UUID as text."""

    default_error_messages: dict[str, Any] = _COMMON

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "uuid"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not is_uuid(value):
            raise ValidationError("not_an_id")
        return value.lower()


class _MoneyShape(House):
    minor = Whole(required=True, least=-(10**15), most=10**15)
    currency = Code(*sorted(EXPONENTS), required=True)


class MoneyField(fields.Nested):
    """{"minor": 125000, "currency": "LAK"} to and from `Money`."""

    default_error_messages: dict[str, Any] = _COMMON

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_MoneyShape, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        shape = super()._deserialize(value, attr, data, **kwargs)
        return Money(shape["minor"], shape["currency"])

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return None if nested_obj is None else nested_obj.json()


class _PeriodShape(House):
    first = Day(required=True, data_key="from")
    last = Day(required=True, data_key="to")


class PeriodField(fields.Nested):
    """{"from": …, "to": …}, both included, to and from `Period`."""

    default_error_messages: dict[str, Any] = _COMMON

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_PeriodShape, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        shape = super()._deserialize(value, attr, data, **kwargs)
        try:
            return Period(shape["first"], shape["last"])
        except PeriodReversed:
            raise ValidationError({"to": ["before_start"]}) from None

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return None if nested_obj is None else nested_obj.json()


def pointers(messages: Any, at: str = "#") -> list[dict[str, Any]]:
    """marshmallow's nested messages as a flat list of {pointer, code, params}."""
    if isinstance(messages, dict):
        found: list[dict[str, Any]] = []
        for name, inner in messages.items():
            step = at if name == "_schema" else f"{at}/{_step(name)}"
            found += pointers(inner, step[:300])
        return found
    library = {
        "Missing data for required field.": "required",
        "Field may not be null.": "required",
        "Unknown field.": "unknown_member",
    }
    listed = [
        library.get(m, m) if isinstance(m, str) else m for m in (messages if isinstance(messages, list) else [messages])
    ]
    return [
        {
            "pointer": at,
            "code": m if isinstance(m, str) and re.fullmatch(r"[a-z0-9_]{1,64}", m) else "invalid",
            "params": {},
        }
        for m in listed
    ]
