"""Another phone or account that persons asked for themselves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.own_change import OPEN, OwnChange, OwnChangeState, What
from services.benefits.store.rows import Shape, kind
from shared.act import Act
from shared.ids import moment_of

CHANGE = Shape(OwnChange, t.own_change, what=kind("what", What), state=kind("state", OwnChangeState))
c = t.own_change.c


def add(act: Act, change: OwnChange) -> None:
    CHANGE.add(act, change)


def save(act: Act, before: OwnChange, after: OwnChange) -> None:
    CHANGE.save(act, before, after)


def get(act: Act, id_: str, *, lock: bool = False) -> OwnChange:
    """Whoever asks. Raises `NotHere`."""
    return CHANGE.one(act, c.id == id_, lock=lock)


def of_person(act: Act, id_: PersonId) -> list[OwnChange]:
    """All that a person asked for, the latest first."""
    return CHANGE.all(act, CHANGE.select(c.person_id == id_).order_by(c.asked_at.desc(), c.id.desc()))


def open_ones(act: Act, id_: PersonId, *, lock: bool = False) -> list[OwnChange]:
    """What awaits her code or its day, at most one of each kind."""
    query = CHANGE.select(c.person_id == id_, c.state.in_(OPEN)).order_by(c.what)
    return CHANGE.all(act, query.with_for_update() if lock else query)


def asked_since(act: Act, id_: PersonId, moment: datetime) -> int:
    return int(act.connection.scalar(select(func.count()).where(c.person_id == id_, c.asked_at > moment)) or 0)


def known_since(act: Act, id_: PersonId) -> date:
    """The day on which she was registered, or her first claim was opened where the clock of the sandbox has an earlier
    one."""
    k = t.claim_change.c
    hers = select(t.claim.c.id).where(t.claim.c.person_id == id_)
    first = act.connection.scalar(select(func.min(k.on)).where(k.claim_id.in_(hers)))
    registered = moment_of(id_).date()
    return registered if first is None else min(first, registered)
