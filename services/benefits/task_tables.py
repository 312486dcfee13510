"""Rows of whose task a claim is, and of decisions that are looked at afterwards."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedText


def _claim(*, key: bool = False) -> Column[str]:
    return Column("claim_id", UUID(as_uuid=False), ForeignKey("claim.id"), primary_key=key, nullable=False)


#: Who has a claim in hand, until when it rests, and what it weighed when it was last looked at: what the queue orders
#: by. Outside the claim's own row, so that taking it does not put out of date what somebody else is typing.
claim_task = Table(
    "claim_task",
    metadata,
    _claim(key=True),
    Column("holder", Text),
    Column("holder_name", Text),
    Column("held_since", Date),
    Column("rests_until", Date),
    Column("rests_why", SealedText),
    Column("rests_version", Integer),
    Column("likely_minor", BigInteger),
    Column("open_doubts", Integer),
    Column("by_hand", JSONB),
    Column("weighed_version", Integer),
)

#: Each time a claim changed hands or was laid aside.
claim_task_change = Table(
    "claim_task_change",
    metadata,
    _claim(key=True),
    Column("no", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("to_name", Text),
    Column("until", Date),
    Column("why", SealedText),
    _moment("at"),
    Column("on", Date, nullable=False),
)

#: Decisions drawn to be looked at afterwards.
control_sample = Table(
    "control_sample",
    metadata,
    _id("decision_id", key=True),
    _claim(),
    Column("office_id", Text, nullable=False),
    Column("by_rules", Boolean, nullable=False),
    Column("drawn_on", Date, nullable=False),
    Column("found", Text),
    Column("why", SealedText),
    Column("looked_by", Text),
    Column("looked_name", Text),
    Column("looked_on", Date),
)
