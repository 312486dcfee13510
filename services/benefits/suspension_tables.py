"""The rows of suspensions: payments still to come that wait, on which ground, and what came of it; and of annulments:
decisions that should never have been made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedJson, SealedText

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

#: One in force takes its decision, and those before it, out of all that counts decisions (`store.decisions.counts`).
annulment = Table(
    "annulment",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("decision_id"),
    Column("up_to", Integer, nullable=False),
    Column("ground", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("words", SealedText, nullable=False),
    Column("granted_minor", BigInteger, nullable=False),
    Column("paid_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_name", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    _moment("proposed_at"),
    Column("waited", SealedJson(none_as_null=True)),
    Column("decided_on", Date),
    Column("confirmed_by", Text),
    Column("confirmed_name", Text),
    Column("returned_words", SealedText),
    Column("appeal_until", Date),
    Column("outcome", Text),
    Column("reasons", SealedText),
    Column("outcome_on", Date),
    Column("outcome_by", Text),
    Column("outcome_name", Text),
)
