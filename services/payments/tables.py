"""The rows of payments, as SQLAlchemy Core knows them; the SQL is in `migrations/`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    FetchedValue,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.tables import with_common_tables

metadata = with_common_tables()


def _id(name: str, *args: object, **kwargs: object) -> Column[str]:
    return Column(name, UUID(as_uuid=False), *args, **kwargs)  # type: ignore[arg-type]


def _at(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


reason_code = Table(
    "reason_code",
    metadata,
    Column("code", Text, primary_key=True),
    Column("source", Text, nullable=False),  # iso | house
    Column("about", Text, nullable=False),
    Column("owner", Text, nullable=False),  # whose move it is: office | payments | bank | benefits
    Column("holds_successor", Text),
    Column("revised_on", Date, nullable=False),
)

#: The latest version of what benefits granted.
award_schedule = Table(
    "award_schedule",
    metadata,
    _id("award_id", primary_key=True),
    Column("version", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    _id("claim_id", nullable=False),
    Column("claim_number", Text, nullable=False),
    _id("person_id", nullable=False),
    Column("office_id", Text, nullable=False),
    Column("past", JSONB, nullable=False),  # [[component, no]] fixed at arrival
    Column("received_on", Date, nullable=False),
    Column("ended", Boolean, nullable=False),
)

award_instalment = Table(
    "award_instalment",
    metadata,
    _id("award_id", ForeignKey("award_schedule.award_id"), primary_key=True),
    Column("component", Text, primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("advanced", JSONB, nullable=False),  # {employer: minor units of it that go to her}
)

run = Table(
    "run",
    metadata,
    _id("id", primary_key=True),
    Column("number", Text, nullable=False),
    Column("pay_day", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("work", Text, nullable=False),  # what a job is doing with it
    Column("made_by", Text, nullable=False),
    Column("made_by_name", Text, nullable=False),
    _at("made_at", nullable=False),
    Column("made_on", Date, nullable=False),
    Column("order_count", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("approvals_needed", Integer),
    _at("checked_at"),
    _at("approved_at"),
    _at("sent_at"),
    Column("sent_on", Date),
    Column("executes_on", Date),
    _at("answered_at"),
    _at("ended_at"),
    Column("message_id", Text, nullable=False),
    Column("file_sha256", Text),
    Column("regained_on", Date),
    Column("version", Integer, nullable=False),
)

payment_order = Table(
    "payment_order",
    metadata,
    _id("id", primary_key=True),
    Column("serial", Integer, nullable=False),
    _id("award_id", ForeignKey("award_schedule.award_id"), nullable=False),
    _id("claim_id", nullable=False),
    Column("claim_number", Text, nullable=False),
    _id("person_id", nullable=False),
    Column("office_id", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("channel", Text, nullable=False),  # over which its money leaves, decided by its run's check
    Column("state", Text, nullable=False),
    Column("standing", Text, nullable=False, server_default=FetchedValue()),  # live | ended | cancelled: of the state
    Column("reason", Text),
    Column("reason_since", Date),
    Column("reason_by", Text),
    Column("reference", Text, nullable=False),
    _id("uetr", nullable=False),
    _id("replaces", ForeignKey("payment_order.id")),
    _id("run_id", ForeignKey("run.id")),
    Column("fingerprint", Text),  # of the account it was sent to
    Column("made_on", Date, nullable=False),
    Column("sent_on", Date),
    Column("settled_on", Date),
    Column("ended_on", Date),
    _at("asked_at"),
    Column("regained_on", Date),  # put back after a restore, from what others had heard
    Column("version", Integer, nullable=False),
    _id("employer_id"),  # who is paid because she advanced it; none: the person
)

#: The life of each order, never changed.
order_move = Table(
    "order_move",
    metadata,
    _id("order_id", ForeignKey("payment_order.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("before", Text),
    Column("after", Text, nullable=False),
    Column("reason", Text),
    Column("by", Text, nullable=False),
    _at("at", nullable=False),
    Column("on_day", Date, nullable=False),
    Column("note", Text),
)

#: An order in a run, with what the check found; payee and account are forgotten some time after the end.
run_item = Table(
    "run_item",
    metadata,
    _id("run_id", ForeignKey("run.id"), primary_key=True),
    _id("order_id", ForeignKey("payment_order.id"), primary_key=True),
    Column("taken_out", Text),  # skipped | rejected | held | cancelled
    Column("taken_by", Text),
    Column("note", Text),
    Column("payee_name", Text),
    Column("payee_latin", Text),
    Column("account", JSONB),
    Column("fingerprint", Text),
    Column("name_match", Text),
    Column("bank_name", Text),
    Column("warnings", JSONB, nullable=False),
    Column("judged_by", Text),
    _at("judged_at"),
    _at("checked_at"),
    Column("last_minor", BigInteger),
    Column("last_run", Text),
)

#: A file of a run: the orders between two references. `sent_at` stands before the bank hears of it.
run_part = Table(
    "run_part",
    metadata,
    _id("run_id", ForeignKey("run.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("first_reference", Text, nullable=False),
    Column("last_reference", Text, nullable=False),
    Column("order_count", Integer, nullable=False),
    Column("file_sha256", Text, nullable=False),
    _at("sent_at"),
    _at("answered_at"),
)

run_approval = Table(
    "run_approval",
    metadata,
    _id("id", primary_key=True),
    _id("run_id", ForeignKey("run.id"), nullable=False),
    Column("by_id", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    _at("at", nullable=False),
    Column("on_day", Date, nullable=False),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    _id("id", primary_key=True),
    Column("cause", Text, nullable=False),  # what made it; unique, so that nothing is posted twice
    Column("kind", Text, nullable=False),
    _id("order_id", ForeignKey("payment_order.id")),
    _id("line_id"),
    _id("run_id"),
    Column("happened_on", Date, nullable=False),
    _at("recorded_at", nullable=False),
)

ledger_posting = Table(
    "ledger_posting",
    metadata,
    _id("entry_id", ForeignKey("ledger_entry.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("account", Text, nullable=False),
    Column("component", Text),
    Column("minor", BigInteger, nullable=False),  # debit positive, credit negative
    Column("currency", Text, nullable=False),
)

#: A file of statements as it came; its bytes are kept while something of it could not be read.
statement_file = Table(
    "statement_file",
    metadata,
    _id("id", primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("source", Text, nullable=False),  # channel | person
    Column("taken_by", Text, nullable=False),
    Column("taken_by_name", Text, nullable=False),
    _at("taken_at", nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("state", Text, nullable=False),  # waiting | read | partly | refused
    Column("faults", JSONB, nullable=False),
    Column("content", LargeBinary),
    Column("tries", Integer, nullable=False),
    _id("layout_id"),  # by which a person says that it is to be read; none: by its heading
)

#: How a bank's table is read, for one of our accounts: made by one person, confirmed by another. The example is kept
#: until somebody has decided.
statement_layout = Table(
    "statement_layout",
    metadata,
    _id("id", primary_key=True),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),  # draft | proposed | confirmed | refused | replaced | withdrawn
    Column("layout", JSONB, nullable=False),
    Column("example", LargeBinary),
    Column("example_name", Text, nullable=False),
    Column("example_sha256", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_by_name", Text, nullable=False),
    _at("made_at", nullable=False),
    Column("decided_by", Text),
    Column("decided_by_name", Text),
    _at("decided_at"),
    _at("ended_at"),
    Column("ended_by_name", Text),
)

statement = Table(
    "statement",
    metadata,
    _id("id", primary_key=True),
    Column("channel", Text, nullable=False),
    Column("statement_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("opening_minor", BigInteger),
    Column("closing_minor", BigInteger),
    Column("adds_up", Boolean),
    Column("line_count", Integer, nullable=False),
    Column("unreadable", JSONB, nullable=False),
    _at("imported_at", nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("done", Boolean, nullable=False),  # every line has had its effect
    Column("source", Text, nullable=False),  # channel | person
    Column("imported_by_name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # statement | report | notification
    Column("first_day", Date, nullable=False),
    _at("from_at"),
    _at("to_at"),
    Column("sequence", BigInteger),
    Column("page", Integer),
    Column("servicer", Text, nullable=False),
    Column("missing_minor", BigInteger),  # what the bank tells and nothing kept explains
    Column("last_read_on", Date, nullable=False),
    Column("doubts", JSONB, nullable=False),  # codes: what speaks against a statement handed in by a person
)

statement_line = Table(
    "statement_line",
    metadata,
    _id("id", primary_key=True),
    _id("statement_id", ForeignKey("statement.id"), nullable=False),
    Column("entry", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("entry_reference", Text, nullable=False),
    Column("uetr", Text),
    Column("before_minor", BigInteger),  # the balance before its entry, as the bank tells it
    Column("told_on", Date, nullable=False),  # the day of the statement to whose sum it belongs
    Column("is_return", Boolean, nullable=False),
    Column("is_fee", Boolean, nullable=False),
    Column("charges_minor", BigInteger),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("reference", Text),
    Column("reason", Text),
    Column("match", Text, nullable=False),
    _id("order_id", ForeignKey("payment_order.id")),
    Column("text", Text, nullable=False),
    Column("resolution", Text),
    Column("resolved_by", Text),
    _at("resolved_at"),
    Column("note", Text),
)

#: Each place of each statement and the line kept for it: what is told twice is kept once.
statement_place = Table(
    "statement_place",
    metadata,
    _id("statement_id", ForeignKey("statement.id"), primary_key=True),
    _id("line_id", ForeignKey("statement_line.id"), primary_key=True),
    Column("entry", Integer, nullable=False),
)

#: Money that a person paid back; its parts say of which orders.
repayment = Table(
    "repayment",
    metadata,
    _id("id", primary_key=True),
    _id("line_id", ForeignKey("statement_line.id")),  # none: set off against another claim, no money came in
    _id("award_id", ForeignKey("award_schedule.award_id"), nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("from_component", Text),  # of the instalment that was paid less for it
    Column("taken_by", Text, nullable=False),
    _at("taken_at", nullable=False),
    Column("taken_by_name", Text, nullable=False),
)
#: That a repayment stands on the wrong claim: asked by one, decided by another; it stands until that is final.
repayment_back = Table(
    "repayment_back",
    metadata,
    _id("id", primary_key=True),
    _id("repayment_id", ForeignKey("repayment.id"), nullable=False),
    Column("state", Text, nullable=False),  # proposed | final | refused
    Column("why", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_name", Text, nullable=False),
    _at("asked_at", nullable=False),
    Column("decided_by", Text),
    Column("decided_name", Text),
    _at("decided_at"),
)
repayment_part = Table(
    "repayment_part",
    metadata,
    _id("repayment_id", ForeignKey("repayment.id"), primary_key=True),
    _id("order_id", ForeignKey("payment_order.id"), primary_key=True),
    Column("minor", BigInteger, nullable=False),
)

#: The money of an office's counter on one day.
cash_box = Table(
    "cash_box",
    metadata,
    _id("id", primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("state", Text, nullable=False),  # open | closed
    Column("opening_minor", BigInteger, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_by_name", Text, nullable=False),
    _at("opened_at", nullable=False),
    Column("counted_minor", BigInteger),
    Column("difference_minor", BigInteger),
    Column("closed_by", Text),
    Column("closed_by_name", Text),
    _at("closed_at"),
    Column("note", Text),
)

#: An order that is collected at the counter.
voucher = Table(
    "voucher",
    metadata,
    _id("order_id", ForeignKey("payment_order.id"), primary_key=True),
    Column("number", Text, nullable=False),
    Column("office_id", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("payee_name", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting | proved | handed_over | expired
    Column("issued_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("code_no", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("proof_kind", Text),
    Column("proof_number", Text),
    Column("proved_by", Text),
    Column("proved_by_name", Text),
    _at("proved_at"),
    Column("handed_by", Text),
    Column("handed_by_name", Text),
    _at("handed_at"),
    _id("box_id", ForeignKey("cash_box.id")),
    Column("ended_on", Date),
    Column("version", Integer, nullable=False),
)

#: What came into a box and went out of it, never changed.
cash_move = Table(
    "cash_move",
    metadata,
    _id("id", primary_key=True),
    _id("box_id", ForeignKey("cash_box.id"), nullable=False),
    Column("kind", Text, nullable=False),  # brought | taken_away | paid
    Column("minor", BigInteger, nullable=False),
    _id("order_id", ForeignKey("payment_order.id")),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    _at("at", nullable=False),
    Column("note", Text),
)
