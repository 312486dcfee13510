"""What a run assumes as it is read: each assumption with its value, since when, its source and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.benefits.evidence.tables import Cells, Table, Told
from shared.web.texts import N_

EVIDENCE = {
    "verified": N_("verified"),
    "secondary": N_("secondary"),
    "recalled": N_("recalled"),
    "default": N_("assumed"),
}
#: A series of more rows is told by its ends, and stands in a table of its own.
LONGEST = 12


def assumed(_: Told, body: dict[str, Any]) -> list[Table]:
    """The assumptions with their values; a long series after them. Runs kept before `evidence/3` hold no values."""
    said = body["assumed"]
    if said and not isinstance(said[0], Mapping):
        old = tuple((_(what), _(source), _(EVIDENCE[evidence])) for what, source, evidence in said)
        return [Table(_("What is assumed"), (_("Assumption"), _("Source"), _("How sure")), old, words=True)]
    rows = tuple(_row(_, one) for one in said)
    head = (_("Assumption"), _("Value"), _("Since"), _("Source"), _("How sure"))
    series = [one for one in said if isinstance(one["value"], list) and len(one["value"]) > LONGEST]
    return [Table(_("What is assumed"), head, rows, words=True), *(_series(_, one) for one in series)]


def _row(_: Told, one: Mapping[str, Any]) -> Cells:
    what, source, sure = one["what"], one["source"], EVIDENCE[one["evidence"]]
    return _(what), _value(_, one), _.day(one["since"]), _(source), _(sure)


def _value(_: Told, one: Mapping[str, Any]) -> str:
    value = one["value"]
    if not isinstance(value, list):
        return _.rate(Fraction(value)) if one["unit"] == "rate" else _.number(Fraction(value))
    rows = [f"{key}:{_.gap}{number}" for key, number in _rows(_, value)]
    if len(rows) <= LONGEST:
        return "; ".join(rows)
    return _("{first} to {last}; all {n} below", first=rows[0], last=rows[-1], n=_.number(len(rows)))


def _series(_: Told, one: Mapping[str, Any]) -> Table:
    what = one["what"]
    return Table(_(what), ("", _("Value")), tuple(_rows(_, one["value"])))


def _rows(_: Told, value: list[list[str]]) -> list[tuple[str, str]]:
    """The rows of a series, which are whole numbers by age or by days."""
    return [(_.number(int(key)), _.number(Fraction(number))) for key, number in value]
