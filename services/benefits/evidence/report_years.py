"""A run through years as it is read: what each year costs with and without a rule of indexation, and from which year on
a ceiling that never follows wages fails a standard."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from services.benefits.conformance.checks.result import FAIL, REVIEW
from services.benefits.conformance.page import WORDS
from services.benefits.evidence.tables import HIDDEN, Cells, Table, Told
from shared.web.texts import N_

BRANCH = {"sickness": N_("Sickness"), "maternity": N_("Maternity")}
SIDE = {"baseline": N_("Law in force"), "reform": N_("Reform"), "indexed": N_("Raised by the rule")}
#: Figures that many laws have, by their code in a pack; others are named as the law describes them.
FIGURE = {"ceiling": N_("Ceiling"), "floor": N_("Floor")}
#: The standard that says how low a ceiling may be.
CEILING = "C102-65-CEILING"
INDEXED = "indexed"
Json = dict[str, Any]


def _never(body: Json) -> str:
    """The law that no rule raises: the reform, where there is one."""
    return "reform" if body["inputs"]["reform"] else "baseline"


def _with_rule(body: Json) -> bool:
    return INDEXED in body["results"]["years"][0]["sides"]


def _level(year: Json, side: str, branch: str) -> Json | None:
    """What the checker says of the ceiling in one year."""
    found = year["levels"].get(side, ())
    return next((one for one in found if one["id"] == CEILING and one["branch"] == branch), None)


# Sentences ----------------------------------------------------------------------------------------------


def years_said(_: Told, body: Json) -> list[str]:
    """What the years come to, in sentences; none for a run of one year."""
    years = body["results"].get("years")
    if not years:
        return []
    said = [
        _(
            "Persons and events are the same in each year; until {last} wages grow by {wages} and the number of "
            "insured by {coverage}. The tables of one year are of {first}.",
            first=_.year(years[0]["year"]),
            last=_.year(years[-1]["year"]),
            wages=_.rate(_short(Fraction(years[-1]["wages"]) - 1)),
            coverage=_.rate(_short(Fraction(years[-1]["coverage"]) - 1)),
        )
    ]
    for name, rule in body["inputs"]["through"]["rules"].items():
        figure = body["results"]["figures"].get(name, name)
        said.append(_("Rule: {figure} follows {rule}.", figure=_(figure), rule=_rule(_, rule)))
    for branch in BRANCH:
        said += _of_ceiling(_, body, branch)
    return said


def _short(rate: Fraction) -> Fraction:
    """A rate in thousandths, for the eye."""
    return Fraction(round(rate * 1000), 1000)


def _rule(_: Told, rule: str) -> str:
    if rule == "with wages":
        return _("wages, each year")
    return _("wages, every {years} years", years=_.number(int(rule.split()[1])))


def _of_ceiling(_: Told, body: Json, branch: str) -> list[str]:
    """From which year on a ceiling that is never raised fails article 65, and what keeping it costs in that year."""
    side, years = _never(body), body["results"]["years"]
    found = [(year, _level(year, side, branch)) for year in years]
    known = [(year, level) for year, level in found if level is not None and level["rate"] is not None]
    if not known:
        return []
    doubtful = next((year for year, level in known if level["in_doubt"]), None)
    failing = [year for year, level in known if level["below"]]
    said = []
    named = {"branch": _(BRANCH[branch])}
    if doubtful is not None and (not failing or doubtful["year"] < failing[0]["year"]):
        said.append(
            _(
                "{branch}: from {year} on it depends on the definition of the skilled worker whether a ceiling that is "
                "never raised meets C102 article 65(3).",
                year=_.year(doubtful["year"]),
                **named,
            )
        )
    if not failing:
        last = _.year(years[-1]["year"])
        if doubtful is None:
            said.append(_("{branch}: the ceiling meets C102 article 65(3) through {last}.", last=last, **named))
        return said
    first = failing[0]
    named["year"] = _.year(first["year"])
    if len(failing) == len(years):
        said.append(_("{branch}: already in {year} the ceiling fails C102 article 65(3).", **named))
    elif failing == years[-len(failing) :]:
        said.append(_("{branch}: never raised, the ceiling fails C102 article 65(3) from {year} on.", **named))
    else:
        listed = ", ".join(_.year(year["year"]) for year in failing)
        said.append(
            _("{branch}: never raised, the ceiling fails C102 article 65(3) in {years}.", years=listed, **named)
        )
    if _with_rule(body) and first is not years[0]:
        kept = _level(first, INDEXED, branch)
        cost = _difference(first, side)
        told = {"amount": HIDDEN if cost is None else _.money(body, cost), "currency": body["currency"], **named}
        if kept is not None and kept["in_doubt"]:
            said.append(
                _(
                    "{branch}: by one definition of the skilled worker alone the rule keeps it, for {amount} "
                    "{currency} in {year}.",
                    **told,
                )
            )
        elif kept is not None and not kept["below"]:
            said.append(_("{branch}: keeping it by the rule costs {amount} {currency} in {year}.", **told))
        else:
            said.append(_("{branch}: the rule does not keep it either in {year}.", **named))
    return said


def _difference(year: Json, side: str) -> int | None:
    """What the rule costs more in a year; `None` where too few persons are behind it."""
    with_rule, without = (year["sides"][name]["all"] for name in (INDEXED, side))
    return None if with_rule is None or without is None else with_rule["cost"] - without["cost"]


# Tables -------------------------------------------------------------------------------------------------


def over_years(_: Told, body: Json) -> list[Table]:
    """The tables of a run through years; none for a run of one year."""
    if not body["results"].get("years"):
        return []
    return [_kept(_, body), _each(_, body), _replaced(_, body), _levels(_, body)]


def _kept(_: Told, body: Json) -> Table:
    """Year by year: the figures, the cost with the rule and without, what is between, and what the standard says."""
    years, never, ruled = body["results"]["years"], _never(body), _with_rule(body)
    sides = (never, INDEXED) if ruled else (never,)
    figures = list(dict.fromkeys(name for year in years for name in year["figures"]))
    columns: list[tuple[str, Callable[[Json], str]]] = [
        (f"{_named(_, body, name)}: {_(SIDE[side])}", _figure(_, name, side)) for name in figures for side in sides
    ]
    columns += [
        (f"{_('Cost, {currency}', currency=body['currency'])}: {_(SIDE[side])}", _cost(_, body, side)) for side in sides
    ]
    if ruled:
        columns.append((_("What the rule costs"), _more(_, body, never)))
    columns += [(f"{_('Of insured wages')}: {_(SIDE[side])}", _rate(_, side)) for side in sides]
    columns += [(f"C102 65(3): {_(SIDE[side])}", _worst(_, side)) for side in sides]
    rows = tuple((_.year(year["year"]), *(cell(year) for __, cell in columns)) for year in years)
    drawn = tuple(
        (_.year(year["year"]), tuple(cell["cost"] if (cell := year["sides"][side]["all"]) else 0 for side in sides))
        for year in years
    )
    named = tuple(_(SIDE[side]) for side in sides)
    note = _(
        "A figure is what it is at the end of the year. A law that no rule raises has the figures that it dates itself."
    )
    return Table(_("Through the years"), ("", *(head for head, __ in columns)), rows, named, drawn, note)


def _named(_: Told, body: Json, name: str) -> str:
    told = FIGURE.get(name) or body["results"]["figures"].get(name, name)
    return _(told)


def _figure(_: Told, name: str, side: str) -> Callable[[Json], str]:
    def cell(year: Json) -> str:
        value = year["figures"].get(name, {}).get(side)
        return HIDDEN if value is None else _.number(Fraction(value))

    return cell


def _cost(_: Told, body: Json, side: str) -> Callable[[Json], str]:
    return lambda year: _.cell(body, year["sides"][side]["all"], "cost")


def _more(_: Told, body: Json, never: str) -> Callable[[Json], str]:
    def cell(year: Json) -> str:
        cost = _difference(year, never)
        return HIDDEN if cost is None else _.money(body, cost)

    return cell


def _rate(_: Told, side: str) -> Callable[[Json], str]:
    def cell(year: Json) -> str:
        rate = year["sides"][side]["of_wages"]
        return HIDDEN if rate is None else _.percent(Fraction(rate), 3)

    return cell


def _worst(_: Told, side: str) -> Callable[[Json], str]:
    """The worse of both branches."""

    def cell(year: Json) -> str:
        found = [level for branch in BRANCH if (level := _level(year, side, branch)) is not None]
        return _verdict(_, min(found, key=_order)) if found else HIDDEN

    return cell


def _order(level: Json) -> tuple[bool, bool, Fraction]:
    return (not level["below"], not level["in_doubt"], Fraction(level["rate"] or 10))


def _verdict(_: Told, level: Json) -> str:
    """The rate that was measured, and what it means."""
    code = FAIL if level["below"] else REVIEW if level["in_doubt"] else level["verdict"]
    if level["rate"] is None:
        return _(WORDS[code])
    rate, needed = Fraction(level["rate"]), Fraction(level["needed"])
    return f"{_.rate(rate, needed)}, {_(WORDS[code])}"


def _each(_: Told, body: Json) -> Table:
    """Every law in every year: who is insured and paid, for how many days, and the cost of each branch."""
    rows: list[Cells] = []
    for year in body["results"]["years"]:
        for side, cells in year["sides"].items():
            counted = [_.cell(body, cells["all"], name) for name in ("recipients", "spells", "days")]
            costs = [_.cell(body, cells[name], "cost") for name in ("sickness", "maternity")]
            insured = _.number(year["insured"]), _.money(body, year["insured_wages"])
            rows.append((f"{_.year(year['year'])}: {_(SIDE[side])}", *insured, *counted, *costs))
    cost = _("Cost, {currency}", currency=body["currency"])
    head = (
        "",
        _("Insured persons"),
        _("Insured wages, {currency}", currency=body["currency"]),
        _("Recipients"),
        _("Spells"),
        _("Days paid"),
        *(f"{_(BRANCH[name])}: {cost}" for name in ("sickness", "maternity")),
    )
    return Table(_("Each law in each year"), head, tuple(rows))


def _by_year(_: Told, body: Json) -> Cells:
    return ("", *(_.year(year["year"]) for year in body["results"]["years"]))


def _replaced(_: Told, body: Json) -> Table:
    """The median replacement rate of each branch under each law."""
    years = body["results"]["years"]
    rows = []
    for branch in BRANCH:
        for side in years[0]["sides"]:
            found = [(year["sides"][side][branch] or {}).get("replacement") for year in years]
            cells = (_.hundredths(one["median"]) if one else HIDDEN for one in found)
            rows.append((f"{_(BRANCH[branch])}: {_(SIDE[side])}", *cells))
    note = _(
        "From the second year on, months before the new year have its lower wages; in the first year all months have "
        "the wages of the file. What falls from the first year to the second is therefore not the law's doing alone."
    )
    return Table(_("How much of the wage is replaced, median of each year"), _by_year(_, body), tuple(rows), note=note)


def _levels(_: Told, body: Json) -> Table:
    """What the checker of the standards says of each law at the wages of each year."""
    years = body["results"]["years"]
    rows = []
    named = dict.fromkeys(
        (one["id"], one["branch"]) for year in years for found in year["levels"].values() for one in found
    )
    for id_, branch in named:
        for side in years[0]["levels"]:
            of_year = [
                next((one for one in year["levels"][side] if (one["id"], one["branch"]) == (id_, branch)), None)
                for year in years
            ]
            any_ = next((one for one in of_year if one is not None and one["rate"] is not None), None)
            if any_ is not None:
                label = f"{any_['instrument']} {any_['article']}, {_(BRANCH[branch])}: {_(SIDE[side])}"
                rows.append((label, *(_verdict(_, one) if one else HIDDEN for one in of_year)))
    note = _(
        "Measured as for the page of standards, at the end of each year. The skilled worker earns what three in four "
        "insured persons of the file do not exceed, or 125 % of their average, whichever definition is chosen."
    )
    return Table(_("The levels of the standards at the wages of each year"), _by_year(_, body), tuple(rows), note=note)
