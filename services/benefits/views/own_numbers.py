"""What this institution counts itself, beside the numbers that a report under article 22 asks for.

An institution counts its own insured; the articles ask for all employees and all women of the country. So its numbers
stand in a table of their own, with what they are, and close no gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.web import formatting, pages
from shared.web.texts import N_

#: A number that a report asks for: what this institution has of it, and where in the numbers of a year.
COUNTED: Mapping[str, tuple[str, tuple[str, str, str]]] = {
    "employees_protected": (N_("Persons insured with this institution"), ("all", "", "protected")),
    "women_covered": (N_("Women insured with this institution"), ("sex", "female", "protected")),
    "sickness_days_granted": (N_("Days of sickness benefit it paid for"), ("benefit", "sickness", "days")),
}


def beside(page: Mapping[str, Any], own: Mapping[str, Any], year: int) -> dict[str, Any]:
    """The page of a report with the institution's numbers of a year at each question that asks for such."""
    titles = [{**title, "groups": [_group(one, own, year) for one in title["groups"]]} for title in page["titles"]]
    return {**page, "titles": titles}


def _group(group: Mapping[str, Any], own: Mapping[str, Any], year: int) -> dict[str, Any]:
    return {**group, "replies": [_reply(one, own, year) for one in group["replies"]]}


def _reply(reply: Mapping[str, Any], own: Mapping[str, Any], year: int) -> dict[str, Any]:
    _, said = pages.translate, pages.language()
    rows = []
    for asked in reply["statistics"]:
        words, (dimension, group, name) = COUNTED.get(asked, ("", ("", "", "")))
        number = own.get(dimension, {}).get(group, {}).get(name)
        if number is not None:
            rows.append([_(words), formatting.number(number, said), _("its own statistics, /statistics")])
    if not rows:
        return dict(reply)
    title = _("Counted by this institution in {year}", year=formatting.calendar_year(year, said))
    table = {"title": title, "head": [_("Group of persons"), _("How many"), _("Source")], "rows": rows}
    return {**reply, "sheets": [*reply["sheets"], table]}
