"""Erasing a person's name at the desk: asked for by one, taken back, or done by another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits.usecases import erasures
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import invalid

doors = Doors()


def _back(person_id: UUID) -> Any:
    return pages.go(f"/desk/persons/{person_id}#erasure")


@doors.page("/desk/persons/<uuid:person_id>/erasures", method="POST", roles=("officer", "supervisor"))
def ask(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Ask in her name that her name and particulars be erased; she is told before it is done."""
    why = form.get("erasure_why", "").strip()
    if not why or len(why) > 500:
        raise invalid(("#/erasure_why", "too_long" if why else "required"))
    erasures.ask(act, str(person_id), why=why)
    return _back(person_id)


@doors.page("/desk/persons/<uuid:person_id>/erasures/<uuid:erasure_id>/release", method="POST", roles=("supervisor",))
def release(act: Act, person_id: UUID, erasure_id: UUID, form: dict[str, str]) -> Any:
    """A second person erases her name and particulars; what must stay names her by a code."""
    erasures.release(act, str(person_id), str(erasure_id))
    return _back(person_id)


@doors.page(
    "/desk/persons/<uuid:person_id>/erasures/<uuid:erasure_id>/withdrawal",
    method="POST",
    roles=("officer", "supervisor"),
)
def withdraw(act: Act, person_id: UUID, erasure_id: UUID, form: dict[str, str]) -> Any:
    """Take back what was asked for: she does not want it any more."""
    erasures.withdraw(act, str(person_id), str(erasure_id))
    return _back(person_id)
