"""Amounts of the law in the words of a language: rates, sums, lengths of time, tables and scales."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from services.benefits.law.figures import Amount
from services.benefits.law.scales import Rows
from services.benefits.law.text import words_of
from shared.web.formatting import mixed, money, number, rate
from shared.web.texts import N_, say, say_n


def written(found: Amount, unit: str, currency: str, language: str) -> str:
    """An amount of the law as a reader of the language writes it."""
    if found is None:
        return say(language, N_("no limit"))
    if isinstance(found, str):
        return say(language, words_of(found))
    if isinstance(found, Rows):
        return "; ".join(_row(found, n, currency, language) for n in range(len(found.rows)))
    if isinstance(found, Mapping):
        return _table(found, language)
    return _measured(found, unit, currency, language)


def _table(found: Mapping[str, Fraction], language: str) -> str:
    """Rows of the same value stand together."""
    by_value: dict[Fraction, list[str]] = {}
    for row, one in found.items():
        by_value.setdefault(one, []).append(say(language, words_of(row)))
    return "; ".join(f"{', '.join(rows)}: {mixed(one, language)}" for one, rows in by_value.items())


def _row(found: Rows, n: int, currency: str, language: str) -> str:
    """One row of a scale, with its threshold: "under 15 years: 40 days"."""
    row, later = found.rows[n], found.rows[n + 1 :]
    what = _measured(row.value, found.gives, currency, language)
    if not later and n == 0:
        return what
    if n == 0:
        below = _measured(later[0].since, found.by, currency, language)
        return say(language, N_("under {threshold}: {value}"), threshold=below, value=what)
    since = _measured(row.since, found.by, currency, language)
    return say(language, N_("from {threshold}: {value}"), threshold=since, value=what)


def _measured(found: Fraction, unit: str, currency: str, language: str) -> str:
    if unit == "money":
        return (
            money(str(found), language, currency) if found.denominator != 1 else money(int(found), language, currency)
        )
    if unit == "rate":
        return rate(found, language)
    return _counted(int(found), unit, language) if found.denominator == 1 else mixed(found, language)


def _counted(n: int, unit: str, language: str) -> str:
    """A whole number of a unit, by the plural rule of the language."""
    said = number(n, language)
    match unit:
        case "days":
            return say_n(language, "{n} day", "{n} days", n, n=said)
        case "weeks":
            return say_n(language, "{n} week", "{n} weeks", n, n=said)
        case "months":
            return say_n(language, "{n} month", "{n} months", n, n=said)
        case "years":
            return say_n(language, "{n} year", "{n} years", n, n=said)
        case "hours":
            return say_n(language, "{n} hour", "{n} hours", n, n=said)
        case "children":
            return say_n(language, "{n} child", "{n} children", n, n=said)
    return said
