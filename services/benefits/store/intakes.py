"""Items that counters took in without a line."""

from __future__ import annotations

from sqlalchemy import func, literal, select

from services.benefits import tables as t
from services.benefits.domain.intake import Intake, IntakeState
from services.benefits.store.rows import NotHere, Shape, kind, of_office
from shared.act import Act

INTAKE = Shape(Intake, t.intake, state=kind("state", IntakeState))
i = t.intake.c


def lock(act: Act, id_: str) -> None:
    """Whoever sends the same item at the same time waits until this has ended."""
    act.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(literal(f"intake {id_}"), 0))))


def known(act: Act, id_: str) -> Intake | None:
    """The item, where it has arrived. Raises `NotHere` for one that another office sent."""
    found = INTAKE.maybe(act, i.id == id_)
    if found is not None and INTAKE.maybe(act, i.id == id_, of_office(act, t.intake)) is None:
        raise NotHere("intake")
    return found


def get(act: Act, id_: str, *, lock: bool = False) -> Intake:
    """Raises `NotHere`."""
    return INTAKE.one(act, i.id == id_, of_office(act, t.intake), lock=lock)


def with_receipt(act: Act, receipt: str) -> Intake | None:
    """The latest item with the number of a slip."""
    query = INTAKE.select(i.receipt == receipt, of_office(act, t.intake))
    return next(iter(INTAKE.all(act, query.order_by(i.arrived_at.desc()).limit(1))), None)


def faults(act: Act, most: int = 200) -> list[Intake]:
    """What somebody must look at, the oldest first."""
    query = INTAKE.select(i.state == IntakeState.FAULT, of_office(act, t.intake))
    return INTAKE.all(act, query.order_by(i.arrived_at, i.id).limit(most))


def add(act: Act, item: Intake) -> None:
    INTAKE.add(act, item)


def save(act: Act, before: Intake, after: Intake) -> None:
    INTAKE.save(act, before, after)
