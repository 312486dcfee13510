"""Leaves that employers' lists name. Whoever asks has been asked herself whom she may see."""

from __future__ import annotations

from collections.abc import Sequence

from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.person import LeaveTold
from services.benefits.store.rows import Shape, kind
from shared.act import Act
from shared.period import Month


def _last(text: str | None) -> Month | None:
    return Month.parse(text) if text else None


LEAVE = Shape(
    LeaveTold,
    t.leave_told,
    first=kind("first", Month.parse, str),
    last=kind("last", _last, lambda month: str(month) if month else None),
)
c = t.leave_told.c


def of_person(act: Act, id_: PersonId) -> Sequence[LeaveTold]:
    """Her leaves as employers told them, the latest first."""
    return LEAVE.all(act, LEAVE.select(c.person_id == id_).order_by(c.first.desc(), c.code))


def told(act: Act, leave: LeaveTold) -> LeaveTold | None:
    """What the same employer said of the same leave before, locked."""
    same = (c.person_id == leave.person_id, c.employer_id == leave.employer_id, c.code == leave.code)
    return LEAVE.maybe(act, *same, c.first == str(leave.first), lock=True)


def add(act: Act, leave: LeaveTold) -> None:
    LEAVE.add(act, leave, told_by=act.actor.id)


def save(act: Act, before: LeaveTold, after: LeaveTold) -> None:
    LEAVE.save(act, before, after)
