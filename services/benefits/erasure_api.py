"""Erasing a person's name, as the desk's programs ask for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.usecases import erasures
from services.benefits.views.erasure import answer
from shared.act import Act
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()


@doors.api("GET", "/v1/erasures", roles=("officer", "supervisor", "auditor"), gives=s.ErasuresOut)
def open_ones(act: Act) -> Any:
    """What is asked for in your office and not done yet, the oldest first."""
    found = store.erasures.open_ones(act)
    viewed(*(one.person_id for one in found))
    return {"items": [answer(one) for one in found]}


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/erasures",
    roles=("officer", "supervisor"),
    takes=s.WhyIn,
    gives=s.ErasureOut,
    status=201,
)
def ask(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Ask in a person's name that her name and particulars be erased; she is told before it is done."""
    return answer(erasures.ask(act, str(person_id), why=body["why"]))


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/erasures/<uuid:erasure_id>/release",
    roles=("supervisor",),
    gives=s.ErasureOut,
    status=201,
)
def release(act: Act, person_id: UUID, erasure_id: UUID) -> Any:
    """A second person erases; what must stay names her by a code."""
    return answer(erasures.release(act, str(person_id), str(erasure_id)))


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/erasures/<uuid:erasure_id>/withdrawal",
    roles=("officer", "supervisor"),
    gives=s.ErasureOut,
    status=201,
)
def withdraw(act: Act, person_id: UUID, erasure_id: UUID) -> Any:
    """Take back what was asked for."""
    return answer(erasures.withdraw(act, str(person_id), str(erasure_id)))
