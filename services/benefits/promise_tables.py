"""The rows of promised days: when she was told that money comes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata

#: One for each instalment that was ever promised; it is kept with the claim.
promised_day = Table(
    "promised_day",
    metadata,
    _id("claim_id", key=True),
    Column("component", Text, primary_key=True),
    Column("no", Integer, primary_key=True),
    _id("decision_id"),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("day", Date, nullable=False),
    Column("promised_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("before", Date),
    Column("news_by", Date),
    Column("left_on", Date),
)
