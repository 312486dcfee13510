"""A run as it is read: tables and charts from the run file, for the page, the PDF and the command line.

Every figure stands in a table; a chart only draws what the table beside it says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from services.benefits.conformance.page import TEMPLATES
from services.benefits.conformance.profile import scheme
from services.benefits.evidence.report_assumed import assumed
from services.benefits.evidence.report_years import SIDE, over_years, years_said
from services.benefits.evidence.small_cells import FEWEST
from services.benefits.evidence.tables import HIDDEN, Cells, Plain, Table, Told
from services.benefits.law.text import plain_number
from shared.money import Money
from shared.web import formatting
from shared.web.texts import N_

BRANCH = {"all": N_("Both branches"), "sickness": N_("Sickness"), "maternity": N_("Maternity")}
DIMENSION = {
    "sex": N_("By sex"),
    "age": N_("By age group"),
    "decile": N_("By decile of wages"),
    "province": N_("By province"),
    "sector": N_("By sector"),
    "formal": N_("Formal or informal"),
}
LABEL = {"female": N_("female"), "male": N_("male"), "yes": N_("formal"), "no": N_("informal")}
#: Sectors of the invented populations, and what the register does not know; a file of persons has words of its own.
SECTOR = {
    "garments": N_("garments"),
    "agriculture": N_("agriculture"),
    "trade": N_("trade"),
    "public": N_("public sector"),
    "services": N_("services"),
    "domestic_work": N_("domestic work"),
    "unknown": N_("not known"),
}
#: Provinces of the invented populations, which have no names.
_INVENTED = re.compile(r"Province ([0-9]{1,3})", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """A run as the template shows it."""

    title: str
    subtitle: str
    first: Cells
    tables: tuple[Table, ...]
    last: Cells


def shown(body: dict[str, Any], language: str = "en") -> Shown:
    """Everything the page says, as a reader of a language reads it."""
    return told(body, Told(language))


def told(body: dict[str, Any], _: Told) -> Shown:
    """Everything the page says."""
    said, inputs = body["results"], body["inputs"]
    reform = inputs["reform"]
    counts = said["counts"]
    code = inputs["country"]
    country = _(scheme(code).name or code.upper())
    return Shown(
        _("What the law costs, {country}, {year}", country=country, year=_span(_, said, inputs["year"])),
        _("Reform: {title}", title=reform["title"]) if reform else _("The law in force, without a reform"),
        (
            _(
                "{persons} persons in the file, {insured} insured, {events} events of a year.",
                persons=_.number(said["persons"]),
                insured=_.number(said["insured"]),
                events=_.number(said["events"]),
            ),
            _(
                "{drawn} cases were drawn and put to the ordinary assessment one by one: {differing} differ.",
                drawn=_.number(counts["compared"]),
                differing=_.number(counts["differing"]),
            ),
            *_uncertain(_, body),
            *years_said(_, body),
        ),
        (
            *over_years(_, body),
            _cost(_, body),
            *([_changes(_, body)] if reform else []),
            _rates(_, body),
            _months(_, body),
            *(_by(_, body, name) for name in DIMENSION),
            *assumed(_, body),
        ),
        (
            _(
                "A cell that rests on fewer than {fewest} persons of the file is not shown, nor a second one that "
                "would tell it.",
                fewest=_.number(FEWEST),
            ),
            _("Law: {law}", law=", ".join(f"{one['id']} {one['revision']}" for one in inputs["law"])),
            _("Run {digest}", digest=body["digest"]),
        ),
    )


def _span(_: Told, said: dict[str, Any], year: int) -> str:
    """The year of a run, or its first and last."""
    years = said.get("years")
    return f"{_.year(year)}–{_.year(years[-1]['year'])}" if years else _.year(year)


def _sides(body: dict[str, Any]) -> tuple[str, ...]:
    return ("baseline", "reform") if body["inputs"]["reform"] else ("baseline",)


def _uncertain(_: Told, body: dict[str, Any]) -> list[str]:
    said = body["results"]["uncertainty"]
    if not said:
        return []  # the cost itself is not shown
    between = {name: tuple(_.money(body, side[end]) for end in ("low", "high")) for name, side in said.items()}
    sentences = [
        _(
            "Had other persons like these been drawn, the law in force would cost between {low} and {high} {currency} "
            "in 95 of 100 years.",
            low=between["baseline"][0],
            high=between["baseline"][1],
            currency=body["currency"],
        )
    ]
    if "difference" in between:
        sentences.append(
            _(
                "The reform would change that by {low} to {high} {currency}. What is assumed may be wrong by more.",
                low=between["difference"][0],
                high=between["difference"][1],
                currency=body["currency"],
            )
        )
    return sentences


def _cost(_: Told, body: dict[str, Any]) -> Table:
    said, rows = body["results"], []
    for name, where in (("all", said["all"]), *said["branches"].items()):
        for side in _sides(body):
            cells = (_.cell(body, where[side], key) for key in ("cost", "recipients", "spells", "days"))
            share = said["of_wages"][side]
            rate = "" if name != "all" else HIDDEN if share is None else _.percent(Fraction(share), 3)
            rows.append((f"{_(BRANCH[name])}: {_(SIDE[side])}", *cells, rate))
    head = (
        "",
        _("Cost, {currency}", currency=body["currency"]),
        _("Recipients"),
        _("Spells"),
        _("Days paid"),
        _("Of insured wages"),
    )
    note = _("The share of insured wages is the contribution rate that would pay the benefits, without administration.")
    return Table(_("Cost of a year"), head, tuple(rows), note=note)


def _changes(_: Told, body: dict[str, Any]) -> Table:
    said, rows = body["results"], []
    for name, where in (("all", said["all"]), *said["branches"].items()):
        change = where["change"]
        cells = [HIDDEN] * 4 if change is None else []
        for who in ("winners", "losers") if change is not None else ():
            cells += [_.number(change[who]["persons"]), _.money(body, change[who]["amount"])]
        rows.append((_(BRANCH[name]), *cells))
    head = ("", _("Receive more"), _("together"), _("Receive less"), _("together"))
    return Table(_("Who gains and who loses"), head, tuple(rows))


def _rates(_: Told, body: dict[str, Any]) -> Table:
    rows = []
    for name, where in body["results"]["branches"].items():
        for side in _sides(body):
            rate = (where[side] or {}).get("replacement")
            cells = [_.hundredths(rate[key]) for key in ("p10", "median", "p90")] if rate else [HIDDEN] * 3
            cells += [_.hundredths(rate["below"][key]) for key in ("45", "60", "two_thirds")] if rate else [HIDDEN] * 3
            rows.append((f"{_(BRANCH[name])}: {_(SIDE[side])}", *cells))
    head = (
        "",
        _("One in ten at or below"),
        _("Median"),
        _("Nine in ten at or below"),
        _("Below 45 % (C102)"),
        _("Below 60 % (C130)"),
        _("Below two-thirds (C183)"),
    )
    note = _("The allowance over the wage of the days it covers, rest days among them; grants are left out.")
    return Table(_("How much of the wage is replaced"), head, tuple(rows), note=note)


def _months(_: Told, body: dict[str, Any]) -> Table:
    sums: dict[str, dict[str, int | None]] = {}
    for row in body["results"]["months"]:
        month, side = sums.setdefault(row["month"], {}), row["side"]
        so_far = month.get(side, 0)
        month[side] = None if so_far is None or row["cost"] is None else so_far + row["cost"]
    sides = _sides(body)
    listed = [(month, [found.get(side, 0) for side in sides]) for month, found in sorted(sums.items())]
    rows = tuple(
        (_.month(month), *(HIDDEN if n is None else _.money(body, n) for n in costs)) for month, costs in listed
    )
    drawn = tuple((_.month(month), tuple(n or 0 for n in costs)) for month, costs in listed)
    named = tuple(_(SIDE[side]) for side in sides)
    note = _("The month in which the days end that are paid for; leave of this year that goes on stands in the next.")
    return Table(_("Cost by month, {currency}", currency=body["currency"]), ("", *named), rows, named, drawn, note)


def _by(_: Told, body: dict[str, Any], dimension: str) -> Table:
    sides, rows, drawn = _sides(body), [], []
    for row in body["results"]["by"][dimension]:
        cells = [_.number(row["insured"])]
        for side in sides:
            cell = row[side]
            rate = (cell or {}).get("replacement")
            cells += [_.cell(body, cell, "recipients"), _.cell(body, cell, "cost")]
            cells.append(_.hundredths(rate["median"]) if rate else HIDDEN)
        label = _label(_, dimension, row["label"])
        rows.append((label, *cells))
        drawn.append((label, tuple(row[side]["cost"] if row[side] else 0 for side in sides)))
    named = tuple(_(SIDE[side]) for side in sides)
    each = (_("Recipients"), _("Cost, {currency}", currency=body["currency"]), _("Median rate"))
    head = ("", _("Insured"), *(f"{side}: {one}" for side in named for one in each))
    return Table(_(DIMENSION[dimension]), head, tuple(rows), named, tuple(drawn))


def _label(_: Told, dimension: str, label: str) -> str:
    """What a group is called: words of the house in the reader's language, those of a file as they stand there."""
    if dimension == "province" and (number := _INVENTED.fullmatch(label)):
        return _("Province {n}", n=_.number(int(number[1])))
    known = SECTOR if dimension == "sector" else LABEL if dimension in ("sex", "formal") else {}
    if dimension in ("age", "decile"):
        return formatting.digits(label, _.language)
    return _(known[label]) if label in known else label


# Written ----------------------------------------------------------------------------------------------


def page(body: dict[str, Any], language: str = "en") -> str:
    """The report as one file that stands alone."""
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    formatting.install(env)
    static = Path(TEMPLATES[1]).parent / "static"
    sheet = "".join((static / name).read_text("utf-8") for name in ("tideover.css", "desk.css"))
    return env.get_template("evidence_alone.html").render(language=language, run=shown(body, language), sheets=sheet)


def text(body: dict[str, Any]) -> str:
    """The report for a terminal, in English."""
    found = told(body, Plain())
    lines = [found.title, found.subtitle, *found.first]
    for table in found.tables:
        lines += ["", table.title, *_lined(table)]
    return "\n".join([*lines, "", *found.last])


def _lined(table: Table) -> list[str]:
    every: Sequence[Cells] = (table.head, *table.rows)
    widths = [max(len(row[n]) for row in every) for n in range(len(table.head))]
    return [
        "  ".join(cell.ljust(widths[n]) if not n else cell.rjust(widths[n]) for n, cell in enumerate(row)).rstrip()
        for row in every
    ]


def beside(first: dict[str, Any], second: dict[str, Any]) -> str:
    """Two runs side by side, in English: what went in that differs, and the cost under each law."""
    lines = []
    for name, value in first["inputs"].items():
        if second["inputs"].get(name) != value:
            lines.append(f"other {name}")
    for side in ("baseline", "reform"):
        costs = [body["results"]["all"].get(side) for body in (first, second)]
        for body, cell in zip((first, second), costs, strict=True):
            if cell is not None:
                amount = plain_number(Fraction(Money(cell["cost"], body["currency"]).units))
                lines.append(f"{side:<9} {body['digest'][:12]}  {amount} {body['currency']}")
    return "\n".join(lines)
