"""The rows of files that came in, and of those that are handed out; `tables` hands them on."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedBytes, SealedJson, SealedText

#: A file, how far its rows are answered, and who sent it: a job answers them in her name.
import_file = Table(
    "import_file",
    metadata,
    _id(key=True),
    *(Column(name, Text, nullable=False) for name in ("hash", "kind", "name", "by", "state")),
    _moment("at"),
    _moment("ended_at", null=True),
    _id("employer_id", null=True),
    Column("office_id", Text),
    Column("sender", JSONB),  # the actor of then; none for files of before
    Column("key", Text),  # the sender's Idempotency-Key
    *(Column(name, Integer, nullable=False) for name in ("rows", "answered")),
    Column("counts", JSONB, nullable=False),  # how many rows of each outcome
    Column("content", SealedBytes),  # what was sent; none for files of before, and once its time is over
    Column("said", JSONB),  # what its sender said beside it, such as the month of a list that names none
)

#: Which column is which in the lists of an employer or an office, by their heading.
column_names = Table(
    "column_names",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("place", "kind", "heading")),
    Column("columns", JSONB, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("by", "by_name")),
    _moment("at"),
)

#: The answers of the rows that were taken in together, in the transaction that took them.
import_answers = Table(
    "import_answers",
    metadata,
    _id("file_id", key=True),
    Column("first", Integer, primary_key=True),  # which row of the file is the first of them, counted from 0
    Column("answers", JSONB, nullable=False),
)

#: Papers that hospitals sent as data; what they say lies sealed. Nobody's until the treatment's own table names her.
hospital_paper = Table(
    "hospital_paper",
    metadata,
    _id(key=True),
    _id("person_id", null=True),
    _id("claim_id", null=True),
    *(Column(name, Text, nullable=False) for name in ("facility", "link", "kind", "state")),
    *(Column(name, Integer, nullable=False) for name in ("part", "version")),
    _moment("at"),
    Column("content", SealedJson, nullable=False),
)

#: Months for which an employer's list names somebody as on leave, or back from it.
leave_told = Table(
    "leave_told",
    metadata,
    _id(key=True),
    *(_id(name) for name in ("person_id", "employer_id")),
    *(Column(name, Text, nullable=False) for name in ("code", "first")),
    Column("last", Text),
    Column("told_on", Date, nullable=False),
    Column("told_by", Text, nullable=False),
)

#: Copies of all that is kept about a person; the packed file lies here for some days.
person_export = Table(
    "person_export",
    metadata,
    _id(key=True),
    _id("person_id"),
    *(Column(name, Text, nullable=False) for name in ("state", "why", "asked_by", "asked_name", "language")),
    _moment("asked_at"),
    Column("on", Date, nullable=False),
    Column("until", Date),
    Column("content", SealedBytes),
)

#: That a person's name and particulars go: asked for by one, done by another.
person_erasure = Table(
    "person_erasure",
    metadata,
    _id(key=True),
    _id("person_id"),
    Column("state", Text, nullable=False),
    Column("why", SealedText, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("asked_by", "asked_name")),
    _moment("asked_at"),
    *(Column(name, Date, nullable=False) for name in ("on", "not_before")),
    *(Column(name, Text) for name in ("ended_by", "ended_name")),
    Column("ended_on", Date),
)
