"""Rows of scans and photos of papers."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, Table, Text

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedBytes, SealedText

#: Each paper once. What it shows and what is said of it lies sealed; the content is last, so that lists leave it out.
paper_scan = Table(
    "paper_scan",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("person_id"),
    Column("kind", Text, nullable=False),
    Column("what", SealedText, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("sha256", "added_by", "by", "by_name")),
    _moment("at"),
    Column("on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", SealedText),
    *(Column(name, Text) for name in ("looked_by", "looked_name")),
    Column("looked_on", Date),
    Column("content", SealedBytes, nullable=False),
)
