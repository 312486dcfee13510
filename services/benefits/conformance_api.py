"""The API of conformance: what the law of a country meets of the ILO standards on a day. It is law,
so nobody signs in."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.benefits import schemas as s
from services.benefits.conformance.beside import beside
from services.benefits.conformance.report import FIRST_YEAR, LAST_YEAR
from services.benefits.law.in_force import pack
from services.benefits.law.vocabulary import countries
from shared.act import Act
from shared.web import schemas as fields
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import invalid, not_found

doors = Doors()


class Asked(fields.House):
    """The day whose law is measured; today where none is given."""

    on = fields.Day()


@doors.api(
    "GET",
    "/v1/conformance/<country>",
    roles=PUBLIC,
    query=Asked,
    gives=s.Anything,
    limit="60 per minute",
    problems=(404, 422, 503),
)
def conformance(act: Act, country: str, query: dict[str, Any]) -> Any:
    """Every requirement of the ILO standards with its verdict, the runs behind it and the smallest changes."""
    if country not in countries():
        raise not_found()
    on: date = query.get("on") or act.today
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise invalid(("#/on", "date_out_of_range"))
    pack(country, on)
    return beside.ask("json", on, "en", [country])
