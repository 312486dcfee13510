"""Tables of this service, beside the common ones."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.seals import SealedBytes
from shared.tables import with_common_tables

metadata = with_common_tables()

message = Table(
    "message",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    #: Counts messages; its last sixteen bits travel with each part as SMPP's user_message_reference.
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("template", Text, nullable=False),
    Column("template_version", Text),
    Column("event_id", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("person_id", UUID(as_uuid=False), nullable=False),
    Column("claim_id", UUID(as_uuid=False), nullable=False),
    Column("claim_number", Text, nullable=False),
    Column("decision_id", UUID(as_uuid=False)),
    Column("office_id", Text, nullable=False),
    Column("facts", JSONB, nullable=False),  # ids, days and amounts of the event; never who she is
    Column("language", Text),
    Column("text", Text),  # what she was told
    Column("phone", Text),  # only while it is needed to send
    Column("version", Integer, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("sending_at", DateTime(timezone=True)),
    Column("line", Text),  # which operator has it, or may have it
    UniqueConstraint("event_id", "template", "recipient", name="message_once"),
    Index("message_of_claim", "claim_id", "created_at"),
    Index("message_of_office", "office_id", "created_at", "id"),
    Index("message_under_way", "sending_at", postgresql_where=text("state = 'sending'")),
)

#: What has happened to each message; append-only.
message_move = Table(
    "message_move",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", UUID(as_uuid=False), ForeignKey("message.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("by", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("message_move_of_message", "message_id", "number"),
)

#: The moves that are allowed, for the trigger.
message_allowed_move = Table(
    "message_allowed_move",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("before", Text, primary_key=True),
    Column("after", Text, primary_key=True),
)

#: The parts of a short message: written before the call, the operator's id after it.
message_part = Table(
    "message_part",
    metadata,
    Column("message_id", UUID(as_uuid=False), ForeignKey("message.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("operator_id", Text),
    Column("operator_fold", Text),  # the id without case, dashes and padding
    Column("receipt", Text),
    Column("receipt_at", DateTime(timezone=True)),
    Index("message_part_of_operator", "operator_id"),
    Index("message_part_of_fold", "operator_fold"),
)

#: Every receipt as it came, once for each state; also those that come before our own commit.
delivery_receipt = Table(
    "delivery_receipt",
    metadata,
    Column("line", Text, primary_key=True),
    Column("operator_id", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("operator_fold", Text, nullable=False),
    Column("reference", Integer),
    Column("error", Text),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("message_id", UUID(as_uuid=False), ForeignKey("message.id")),
    Index("delivery_receipt_of_nobody", "received_at", postgresql_where=text("message_id IS NULL")),
)

#: The letter itself, once for each language; append-only. The first is the original.
letter_document = Table(
    "letter_document",
    metadata,
    Column("message_id", UUID(as_uuid=False), ForeignKey("message.id"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("is_original", Boolean, nullable=False),  # false: a translation made on request
    Column("content", SealedBytes, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("template_version", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    #: The same without the code of her page, which staff see; none where the letter holds no code.
    Column("masked", SealedBytes),
)

#: Who printed a letter when; the first print is the letter, later ones are marked as copies. Append-only.
letter_print = Table(
    "letter_print",
    metadata,
    Column("message_id", UUID(as_uuid=False), ForeignKey("message.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("language", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

#: Letters that were printed together, with a cover sheet: by whom, when and for which office. Append-only.
letter_batch = Table(
    "letter_batch",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("office_name", Text, nullable=False),  # as it calls itself
    Column("language", Text, nullable=False),  # of the cover sheet
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("letters", Integer, nullable=False),
    Index("letter_batch_of_office", "office_id", "at"),
)

#: Which letters a batch holds, in the order of the paper; a letter belongs to one batch at most. Append-only.
letter_in_batch = Table(
    "letter_in_batch",
    metadata,
    Column("message_id", UUID(as_uuid=False), ForeignKey("message.id"), primary_key=True),
    Column("batch_id", UUID(as_uuid=False), ForeignKey("letter_batch.id"), nullable=False),
    Column("no", Integer, nullable=False),
    UniqueConstraint("batch_id", "no"),
)
