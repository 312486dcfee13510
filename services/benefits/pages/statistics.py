"""The numbers of a year: for supervisors their office's, for the head office the whole institution's."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request

from services.benefits import schemas as s
from services.benefits.pages.employer import download
from services.benefits.usecases import statistics
from services.benefits.views import statistics as view
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem, not_found, problem_json, sentences

doors = Doors()
READS = ("supervisor", "auditor", "administrator")
#: How many years back the page offers.
BACK = 5


@doors.page("/statistics", roles=READS)
def statistics_page(act: Act) -> Any:
    """Claims, persons, days and money of a year, whole and by group."""
    year = _year(act, request.args.get("year", ""))
    found = statistics.ask(act, year)
    own = statistics.of_office(found[1], act.actor.office) if found is not None else {}
    years = range(act.today.year, act.today.year - BACK - 1, -1)
    return show("statistics.html", view.page(year, list(years), found, own))


@doors.page("/statistics/<year>.xlsx", roles=READS)
def workbook(act: Act, year: str) -> Any:
    """The same as a workbook, with the tables of the ILO's inquiry."""
    found = statistics.ask(act, _year(act, year))
    if found is None:
        return _later()
    own = statistics.of_office(found[1], act.actor.office)
    return download(view.workbook(found, own), f"statistics-{year}", "xlsx")


@doors.api("GET", "/v1/statistics", roles=READS, query=s.StatisticsQuery, gives=s.Anything, problems=(202,))
def numbers(act: Act, query: dict[str, Any]) -> Any:
    """The numbers of a year of your office; 202 while they are counted for the first time."""
    found = statistics.ask(act, query["year"])
    if found is None:
        return _later()
    return Answer(view.answer(found, statistics.of_office(found[1], act.actor.office)))


def _later() -> Answer:
    """An answer, not a fault: what was asked for is being counted, and the asking for it is kept."""
    problem = Problem(202, "being_counted")
    title, detail = (pages.translate(words) for words in sentences(problem))
    body = orjson.dumps(problem_json(problem, title, detail, ""))
    return Answer(body, 202, {"Retry-After": "5"}, "application/problem+json")


def _year(act: Act, typed: str) -> int:
    """The year asked for; this one where none is. Raises 404 for one that nobody counts."""
    if not typed:
        return act.today.year
    if not (typed.isascii() and typed.isdecimal() and statistics.FIRST_YEAR <= int(typed[:5]) <= act.today.year):
        raise not_found()
    return int(typed)
