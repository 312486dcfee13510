"""The rows of what was paid too much: what was found, what was decided about it, and what came back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from shared.seals import SealedText

overpayment = Table(
    "overpayment",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("award_id"),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("repaid_minor", BigInteger, nullable=False),
    Column("waived_minor", BigInteger, nullable=False),
    Column("told_minor", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("found_on", Date, nullable=False),
)

#: What was decided about an overpayment. One that runs ends with a day and a reason; a waiver stands.
recovery = Table(
    "recovery",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("overpayment_id"),
    Column("way", Text, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reason", Text),
    Column("words", SealedText),
    Column("heard", SealedText),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_name", Text, nullable=False),
    _moment("proposed_at"),
    Column("decided_on", Date),
    Column("repay_by", Date),
    Column("confirmed_by", Text),
    Column("confirmed_name", Text),
    Column("returned_reason", Text),
    Column("returned_words", SealedText),
    Column("ended_on", Date),
    Column("ended_reason", Text),
    Column("parts", JSONB, nullable=False),
    Column("reminded", JSONB, nullable=False),
    _id("from_claim_id", null=True),  # from whose instalments it is withheld, where that is another claim
)

#: What an instalment of one claim has brought to another; undone where it no longer counts.
set_off = Table(
    "set_off",
    metadata,
    _id(key=True),
    _id("recovery_id"),
    _id("claim_id"),
    _id("from_claim_id"),
    Column("component", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("counted_on", Date, nullable=False),
    Column("undone_on", Date),
    _moment("counted_at"),
)

#: The person objects to a recovery itself; open as long as it has no outcome.
recovery_objection = Table(
    "recovery_objection",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("recovery_id"),
    Column("grounds", SealedText, nullable=False),
    Column("lodged_on", Date, nullable=False),
    Column("lodged_by", Text, nullable=False),
    Column("outcome", Text),
    Column("reasons", SealedText),
    Column("decided_by", Text),
    Column("decided_name", Text),
    Column("decided_on", Date),
)

#: What payments told us of money that came back.
repayment = Table(
    "repayment",
    metadata,
    _id(key=True),
    _id("claim_id"),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    _moment("heard_at"),
    _id("employer_id", null=True),
)

#: Repayments that payments took back from a claim: they count there no more.
repayment_back = Table(
    "repayment_back",
    metadata,
    _id("repayment_id", key=True),
    _id("claim_id"),
    Column("taken_back_on", Date, nullable=False),
    _moment("heard_at"),
)
