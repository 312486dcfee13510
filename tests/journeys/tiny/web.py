"""The doors of the tiny benefits service."""

from __future__ import annotations

from typing import Any

from shared.act import Act
from shared.web.doors import PUBLIC, Doors
from shared.web.schemas import House, Id, Text
from tests.journeys.tiny import parts

doors = Doors()


class ClaimIn(House):
    id = Id(required=True)
    person = Id(required=True)
    name = Text(required=True, most=80)


@doors.api("POST", "/v1/claims", roles=PUBLIC, takes=ClaimIn, status=201)
def submit(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    """A claim comes in; its money is granted at once."""
    parts.grant(act, body["id"], body["person"], body["name"])
    return {"id": body["id"]}


@doors.api("POST", "/v1/claims/counter", roles=("officer",), takes=ClaimIn, status=201)
def submit_at_the_counter(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    """The same by somebody who signed in, so that it is audited."""
    parts.grant(act, body["id"], body["person"], body["name"])
    return {"id": body["id"]}


@doors.page("/desk/<name>", roles=PUBLIC)
def look(act: Act, name: str) -> str:
    """Says a name back, to try paths in five scripts."""
    return name
