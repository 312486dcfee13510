"""The numbers of a year for a machine: the same numbers as the page's."""

from __future__ import annotations

from typing import Any

from services.benefits import schemas as s
from services.benefits.usecases import statistics
from services.benefits.views import statistics as view
from shared.act import Act
from shared.web import pages
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem

doors = Doors()


@doors.api(
    "GET",
    "/v1/statistics",
    roles=("supervisor", "auditor", "administrator"),
    query=s.StatisticsQuery,
    gives=s.Anything,
    problems=(202,),
)
def numbers(act: Act, query: dict[str, Any]) -> Any:
    """The numbers of a year of your office; 202 while they are counted for the first time."""
    found = statistics.ask(act, query["year"])
    if found is None:
        return pages.answered(Problem(202, "being_counted"), {"Retry-After": "5"})
    return Answer(view.answer(found, statistics.of_office(found[1], act.actor.office)))
