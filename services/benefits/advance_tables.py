"""The rows of advances: what employers say they paid, what came back, and the accounts they are paid back into."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Table, Text

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment

#: What an employer says she advanced on a claim, what the worker says to it, and what was decided.
advance = Table(
    "advance",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("person_id"),
    _id("employer_id"),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("paid_on", Date, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("paper", "state", "stated_by", "stated_name")),
    Column("stated_on", Date, nullable=False),
    Column("answer_by", Date, nullable=False),
    Column("answered_on", Date),
    *(Column(name, Text) for name in ("against", "decided_by", "decided_name")),
    Column("decided_on", Date),
    Column("why", Text),
    _moment("stated_at"),
)

#: An employer's account: asked for by one, confirmed by another; one is current.
employer_payee = Table(
    "employer_payee",
    metadata,
    _id(key=True),
    _id("employer_id"),
    *(Column(name, Text, nullable=False) for name in ("bank", "number", "holder", "paper", "state", "asked_by")),
    Column("asked_name", Text, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_name", Text),
    Column("decided_on", Date),
    _moment("asked_at"),
)

#: What came back of an advance, by the employer's own books; an entry against another takes it back.
advance_return = Table(
    "advance_return",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("employer_id"),
    Column("returned_on", Date, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("note", Text),
    _id("reverses", null=True),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    _moment("at"),
    Column("on", Date, nullable=False),
)
