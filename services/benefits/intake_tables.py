"""Rows of what was taken in at a counter while its line was down."""

from __future__ import annotations

from sqlalchemy import Column, Date, Table, Text

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedJson

#: Each item once, under the id that its browser gave it. What was typed is kept only until it has become a draft.
intake = Table(
    "intake",
    metadata,
    _id(key=True),
    Column("receipt", Text, nullable=False),
    Column("office_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("fault", Text),
    Column("typed", SealedJson(none_as_null=True)),
    Column("sent_by", Text, nullable=False),
    Column("sent_name", Text, nullable=False),
    Column("taken_by", Text),
    Column("taken_name", Text),
    _moment("arrived_at"),
    Column("arrived_on", Date, nullable=False),
    _id("claim_id", null=True),
    Column("ended_by", Text),
    Column("ended_name", Text),
    Column("ended_on", Date),
    Column("why", Text),
)
