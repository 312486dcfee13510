"""Rows of what a worker does by herself: what she asks, what she has changed, and what she was told by message."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, Table, Text

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedJson, SealedText

#: A question about her claim, and what the office answered.
question = Table(
    "question",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("person_id"),
    Column("text", SealedText, nullable=False),
    _moment("asked_at"),
    Column("asked_on", Date, nullable=False),
    Column("answer", SealedText),
    Column("answered_by", Text),
    Column("answered_name", Text),
    Column("answered_on", Date),
)

#: Another phone or account that she asked for herself: first her code, then the waiting time.
own_change = Table(
    "own_change",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("person_id"),
    Column("what", Text, nullable=False),
    Column("said", SealedJson, nullable=False),
    _id("payee_id", null=True),
    Column("state", Text, nullable=False),
    _moment("asked_at"),
    Column("asked_on", Date, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_on", Date),
    Column("ended_by", Text),
    Column("ended_name", Text),
    Column("ended_on", Date),
    Column("why", SealedText),
)

#: Messages that reached her, by what they were about; what they said lies with notifications.
told_message = Table(
    "told_message",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("person_id"),
    Column("template", Text, nullable=False),
    Column("on_day", Date, nullable=False),
)

#: A claim that a person begins herself: the code asked for, and the claim once it was opened, which has the same id.
own_start = Table(
    "own_start",
    metadata,
    _id(key=True),
    _id("person_id", null=True),
    _id("claim_id", null=True),
    Column("number", Text, unique=True),
    _moment("asked_at"),
    Column("asked_on", Date, nullable=False),
    Column("tries", Integer, nullable=False),
    _moment("confirmed_at", null=True),
)
