"""Persons asked over from one office to another."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, true
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.transfer import Transfer, TransferState
from services.benefits.store.rows import Shape, kind
from shared.act import HEAD_OFFICE, Act
from shared.database import within

TRANSFER = Shape(Transfer, t.transfer, state=kind("state", TransferState))
c = t.transfer.c
#: An answer is told at the desk for so many days.
TOLD_DAYS = 14


def add(act: Act, transfer: Transfer) -> None:
    TRANSFER.add(act, transfer)


def save(act: Act, before: Transfer, after: Transfer) -> None:
    TRANSFER.save(act, before, after)


def open_for(act: Act, person_id: PersonId) -> Transfer | None:
    """The one that waits for an answer; there is at most one of a person."""
    return TRANSFER.maybe(act, c.person_id == person_id, c.state == TransferState.ASKED)


def to_answer(act: Act, id_: str) -> Transfer:
    """One that the asker's office was asked, locked. Raises `NotHere`."""
    return TRANSFER.one(act, c.id == id_, _of(act, c.from_office), lock=True)


def told(act: Act) -> list[Transfer]:
    """What the asker's office was asked and has not answered, and what it asked for itself, with answers of late."""
    late = or_(c.state == TransferState.ASKED, c.answered_on >= act.today - timedelta(days=TOLD_DAYS))
    asked = (_of(act, c.from_office) & (c.state == TransferState.ASKED)) | (_of(act, c.to_office) & late)
    return TRANSFER.all(act, TRANSFER.select(asked).order_by(c.asked_on, c.id))


def _of(act: Act, office: ColumnElement[str]) -> ColumnElement[bool]:
    own = act.actor.office or " "
    return true() if own == HEAD_OFFICE else within(office, own)
