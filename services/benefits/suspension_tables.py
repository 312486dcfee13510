"""The rows of suspensions: payments still to come that wait, on which ground, and what came of it."""

from __future__ import annotations

from sqlalchemy import Column, Date, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedText

#: One that is asked for holds nothing; one that is lifted is kept with the claim.
suspension = Table(
    "suspension",
    metadata,
    _id(key=True),
    _id("claim_id"),
    Column("ground", JSONB, nullable=False),  # as it stood: its text, the letter of C102 art. 69, where it stands
    Column("first_day", Date, nullable=False),
    Column("words", SealedText, nullable=False),
    Column("look_again_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_name", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    _moment("proposed_at"),
    Column("decided_on", Date),
    Column("confirmed_by", Text),
    Column("confirmed_name", Text),
    Column("returned_words", SealedText),
    Column("appeal_until", Date),
    Column("ended", Text),
    Column("held_from", Date),
    Column("held_to", Date),
    Column("lifted_on", Date),
    Column("lifted_by", Text),
    Column("lifted_name", Text),
    Column("lifted_words", SealedText),
)
