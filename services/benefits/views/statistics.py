"""The numbers of a year as a page, as an answer and as a workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import openpyxl

from services.benefits.domain.statistics import COUNTS, DIMENSIONS, Tally
from services.benefits.views import words
from services.benefits.views.shown import Words
from shared.money import Money, Rounding, exponent
from shared.web import formatting, pages
from shared.web.texts import N_

Numbers = Mapping[str, Any]
#: When a year was counted, and what came out.
Kept = tuple[datetime, dict[str, Any]]
EMPTY: Numbers = Tally().json()
HEADS = {
    "all": N_("The whole year"),
    "sex": N_("By sex"),
    "age": N_("By age at the end of the year"),
    "month": N_("By month"),
    "benefit": N_("By benefit"),
}
#: Columns of every table: what is counted, in the order of a claim's life.
COLUMNS = {
    "protected": N_("Insured, with a contribution"),
    "received": N_("Claims received"),
    "granted": N_("Granted"),
    "granted_in_part": N_("Granted in part"),
    "refused": N_("Not granted"),
    "pending": N_("Not decided at the end"),
    "recipients": N_("Recipients"),
    "spells": N_("Spells paid"),
    "days": N_("Days paid"),
    "expenditure": N_("Expenditure"),
    "to_decision": N_("Days to the decision, half and nine in ten"),
    "to_payment": N_("Days to the first payment, half and nine in ten"),
    "promises_kept": N_("Promised days of payment kept"),
    "promises_late": N_("Promised days not kept"),
    "appealed": N_("Appeals"),
    "overpaid": N_("Paid too much"),
    "recovered": N_("of which came back"),
}
MONEY = ("expenditure", "overpaid", "recovered")
UNKNOWN = N_("not known")
SEXES = {"female": N_("female"), "male": N_("male"), "other": N_("other"), "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Group:
    """A table: the rows of a dimension."""

    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """`made_at` is none while the year is counted for the first time."""

    year: int
    years: list[int]
    made_at: datetime | None
    columns: list[str]
    groups: list[Group]
    refused: list[tuple[str, str]]
    appeals: list[tuple[Words, str]]
    mothers: str
    daily: str
    ledger: Money | None
    elsewhere: Money | None
    adds_up: bool


def page(year: int, years: Sequence[int], found: Kept | None, own: Numbers, *, head: bool) -> StatisticsPage:
    """The page of an office's own numbers; for the `head` office the ledger stands beside them."""
    _ = pages.translate
    whole: Numbers = own.get("all", {}).get("", EMPTY)
    body: dict[str, Any] = found[1] if found is not None else {"currency": "", "ledger": 0, "elsewhere": 0}
    currency, number = body["currency"], _number
    daily = _daily(whole, currency) if whole["days"] else None
    told = found is not None and head
    return StatisticsPage(
        year=year,
        years=list(years),
        made_at=found[0] if found is not None else None,
        columns=[_(label) for label in COLUMNS.values()],
        groups=[Group(_(HEADS[name]), _rows(name, own.get(name, {}), currency)) for name in DIMENSIONS],
        refused=[(reason or _(UNKNOWN), number(n)) for reason, n in whole["refused_by"].items()],
        appeals=[
            (words.text(words.OUTCOMES | {"open": N_("not decided")}, outcome), number(n))
            for outcome, n in whole["appeals"].items()
        ],
        mothers=number(whole["mothers"]),
        daily=formatting.money(daily, pages.language()) if daily is not None else "–",
        ledger=Money(body["ledger"], currency) if told else None,
        elsewhere=Money(body["elsewhere"], currency) if told else None,
        adds_up=whole["expenditure"] == body["ledger"] - body["elsewhere"],
    )


def _daily(numbers: Numbers, currency: str) -> Money:
    """What a paid day came to on average, to the whole unit of the currency: a number to read, not to pay."""
    exact = Fraction(numbers["expenditure"], numbers["days"] * 10 ** exponent(currency))
    return Money.rounded(exact, currency, Rounding.HALF_UP, Fraction(1))


def _number(value: int) -> str:
    return formatting.number(value, pages.language())


def _rows(dimension: str, groups: Mapping[str, Numbers], currency: str) -> list[Row]:
    return [
        Row(_label(dimension, key), [_cell(n, name, currency, dimension) for name in COLUMNS])
        for key, n in groups.items()
    ]


def _label(dimension: str, key: str) -> str:
    _ = pages.translate
    if dimension == "sex":
        return _(SEXES[key])
    if dimension == "benefit":
        return formatting.text(words.text(words.BENEFITS, key), pages.language())
    if dimension == "month":
        return formatting.plain_month(key, pages.language())
    if dimension == "age":
        return _(UNKNOWN) if key == "unknown" else key.replace("-", "–")
    return _(HEADS["all"])


def _cell(numbers: Numbers, name: str, currency: str, dimension: str) -> str:
    if name in MONEY:
        return formatting.amount(Money(numbers[name], currency), pages.language())
    if name == "protected" and dimension == "benefit":
        return "–"  # who is insured is insured for all of them
    if name == "appealed":
        return _number(sum(numbers["appeals"].values()))
    if name in ("to_decision", "to_payment"):
        half, most = numbers[name]["median"], numbers[name]["p90"]
        return "–" if half is None else f"{_number(half)} · {_number(most)}"
    return _number(numbers.get(name, 0))  # a year counted by an earlier release does not say everything


def answer(found: Kept, own: Numbers) -> dict[str, Any]:
    """The numbers for a machine: whole numbers, minor units, days."""
    made_at, body = found
    return {
        "year": body["year"],
        "made_at": made_at.isoformat(),
        "currency": body["currency"],
        "groups": {name: dict(own.get(name, {})) for name in DIMENSIONS},
    }


#: The tables of the ILO's Social Security Inquiry that the administration can fill by itself, for sickness and
#: maternity; what it cannot know (population, labour force) is left to the statistician.
SSI = (
    ("Expenditure on benefits", "expenditure"),
    ("Persons protected", "protected"),
    ("Beneficiaries in the year", "recipients"),
    ("Benefits paid (spells)", "spells"),
    ("Days compensated", "days"),
    ("Claims received", "received"),
)


def workbook(found: Kept, own: Numbers) -> bytes:
    """Every table as a sheet with plain numbers, and one in the order of the inquiry (English, as it is asked)."""
    made_at, body = found
    currency, book = body["currency"], openpyxl.Workbook(write_only=True)
    for name in DIMENSIONS:
        sheet = book.create_sheet(name)
        sheet.append([name, *COUNTS, "protected", "recipients", "spells", "median_days_to_decision", "p90"])
        for key, n in own.get(name, {}).items():
            spread = n["to_decision"]
            counted = [_plain(n, count, currency) for count in COUNTS]
            kinds = [n["protected"], n["recipients"], n["spells"], spread["median"], spread["p90"]]
            sheet.append([key or "all", *counted, *kinds])
    sheet = book.create_sheet("SSI sickness and maternity")
    sheet.append(["Year", body["year"], "Currency", currency, "Counted at", made_at.isoformat()])
    sheet.append(["", "Total", "Women", "Men", *sorted(own.get("benefit", {}))])
    whole, sexes = own.get("all", {}).get("", EMPTY), own.get("sex", {})
    for label, name in SSI:
        groups = [whole, sexes.get("female", EMPTY), sexes.get("male", EMPTY)]
        groups += [own["benefit"][code] for code in sorted(own.get("benefit", {}))]
        sheet.append([label, *(_plain(n, name, currency) for n in groups)])
    sheet.append(["SDG 1.3.1: mothers with newborns receiving cash benefits (numerator)", whole["mothers"]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(numbers: Numbers, name: str, currency: str) -> Any:
    """A cell: a whole number, or an amount as text, so that no program makes a float of it."""
    return Money(numbers[name], currency).decimal() if name in MONEY else numbers.get(name, 0)
