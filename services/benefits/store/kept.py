"""All that benefits keeps about a person, and the copies of it that are handed to her."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.benefits import tables as t
from services.benefits.domain.export import Export, ExportState
from services.benefits.domain.ids import PersonId
from services.benefits.store.rows import Shape, kind
from shared import kept
from shared.act import Act

EXPORT = Shape(Export, t.person_export, state=kind("state", ExportState))
c = t.person_export.c


def everything(act: Act, id_: PersonId) -> dict[str, list[dict[str, Any]]]:
    """Every row about her, by table."""
    claims = list(act.connection.scalars(select(t.claim.c.id).where(t.claim.c.person_id == id_)))
    ways = [("person_id", [id_]), ("claim_id", claims)]
    queries = kept.about(t.metadata, ways, {"person": "id", "claim": "person_id"})
    return kept.rows(act.connection, queries | {"audit": kept.looks([id_, *claims])})


def add(act: Act, export: Export) -> None:
    EXPORT.add(act, export)


def of_person(act: Act, id_: PersonId) -> list[Export]:
    """The copies asked for, the latest first."""
    return EXPORT.all(act, EXPORT.select(c.person_id == id_).order_by(c.asked_at.desc(), c.id.desc()))


def export(act: Act, id_: str, *, lock: bool = False) -> Export:
    """A copy, whoever asks. Raises `NotHere`."""
    return EXPORT.one(act, c.id == id_, lock=lock)


def save(act: Act, before: Export, after: Export) -> Export:
    EXPORT.save(act, before, after)
    return after
