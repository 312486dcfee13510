"""Rows of the keys with which an employer's software comes in."""

from __future__ import annotations

from sqlalchemy import Column, Date, Table, Text

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata

#: Of a key only a digest; who ended it before its time, if somebody did.
employer_key = Table(
    "employer_key",
    metadata,
    _id(key=True),
    _id("account_id"),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("last_used_on", Date),
    Column("ended_by", Text),
    Column("ended_name", Text),
)
