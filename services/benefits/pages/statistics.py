"""The numbers of a year: for supervisors their office's, for the head office the whole institution's."""

from __future__ import annotations

from typing import Any

from flask import request

from services.benefits.pages.employer import download
from services.benefits.usecases import statistics
from services.benefits.views import statistics as view
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import Problem, not_found

doors = Doors()
READS = ("supervisor", "auditor", "administrator")
LATER = {"Retry-After": "5"}
#: How many years back the page offers.
BACK = 5


@doors.page("/statistics", roles=READS)
def statistics_page(act: Act) -> Any:
    """Claims, persons, days and money of a year, whole and by group."""
    year = _year(act, request.args.get("year", ""))
    found = statistics.ask(act, year)
    own = statistics.of_office(found[1], act.actor.office) if found is not None else {}
    years = range(act.today.year, act.today.year - BACK - 1, -1)
    return show("statistics.html", view.page(year, list(years), found, own, head=statistics.is_head(act.actor.office)))


@doors.page("/statistics/<year>.xlsx", roles=READS)
def workbook(act: Act, year: str) -> Any:
    """The same as a workbook, with the tables of the ILO's inquiry."""
    found = statistics.ask(act, _year(act, year))
    if found is None:
        return pages.answered(Problem(202, "being_counted"), LATER)
    own = statistics.of_office(found[1], act.actor.office)
    return download(view.workbook(found, own), f"statistics-{year}", "xlsx")


def _year(act: Act, typed: str) -> int:
    """The year asked for; this one where none is. Raises 404 for one that nobody counts."""
    if not typed:
        return act.today.year
    if not (typed.isascii() and typed.isdecimal() and statistics.FIRST_YEAR <= int(typed[:5]) <= act.today.year):
        raise not_found()
    return int(typed)
