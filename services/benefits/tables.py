"""The rows of benefits: who is insured, what was claimed, decided and granted."""

from __future__ import annotations

from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, Column, Date, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.benefits.advance_tables import advance, advance_return, employer_payee
from services.benefits.file_tables import (
    column_names,
    hospital_paper,
    import_answers,
    import_file,
    leave_told,
    person_erasure,
    person_export,
)
from services.benefits.intake_tables import intake
from services.benefits.key_tables import employer_key
from services.benefits.promise_tables import promised_day
from services.benefits.question_tables import own_change, own_start, question, told_message
from services.benefits.recovery_tables import (
    overpayment,
    recovery,
    recovery_objection,
    repayment,
    repayment_back,
    set_off,
)
from services.benefits.scan_tables import paper_scan
from services.benefits.suspension_tables import annulment, suspension
from services.benefits.table_kinds import id_ as _id
from services.benefits.table_kinds import metadata
from services.benefits.table_kinds import moment as _moment
from services.benefits.task_tables import claim_task, claim_task_change, control_sample
from shared.seals import SealedJson, SealedText

__all__ = (
    "advance",
    "advance_return",
    "annulment",
    "claim_task",
    "claim_task_change",
    "column_names",
    "control_sample",
    "employer_key",
    "employer_payee",
    "hospital_paper",
    "import_answers",
    "import_file",
    "intake",
    "leave_told",
    "metadata",
    "overpayment",
    "own_change",
    "own_start",
    "paper_scan",
    "person_erasure",
    "person_export",
    "promised_day",
    "question",
    "recovery",
    "recovery_objection",
    "repayment",
    "repayment_back",
    "set_off",
    "suspension",
    "told_message",
)


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


office = Table(
    "office",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_latin", Text, nullable=False),
    Column("address", JSONB, nullable=False),
    Column("phone", Text, nullable=False),
)

account = Table(
    "account",
    metadata,
    _id(key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("totp_secret", SealedText),
    Column("totp_last", BigInteger),
    Column("roles", ARRAY(Text), nullable=False),
    Column("office_id", Text),
    _id("employer_id", null=True),
    _id("person_id", null=True),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
)

#: Each change of an account: what it shall be, who asked for it and who agreed.
account_change = Table(
    "account_change",
    metadata,
    _id(key=True),
    _id("account_id"),
    *(Column(name, Text, nullable=False) for name in ("kind", "username", "name", "language", "state")),
    Column("roles", ARRAY(Text), nullable=False),
    Column("office_id", Text),
    _id("employer_id", null=True),
    _id("person_id", null=True),
    *(Column(f"proposed_{name}", Text, nullable=False) for name in ("by", "name")),
    _moment("proposed_at"),
    *(Column(f"judged_{name}", Text) for name in ("by", "name")),
    _moment("judged_at", null=True),
)

#: One-time ways into an account; only a digest of the link is kept.
invitation = Table(
    "invitation",
    metadata,
    _id(key=True),
    _id("account_id"),
    _id("change_id", null=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("totp_secret", SealedText),
    Column("failures", Integer, nullable=False),
    _moment("ends_at"),
    _moment("ended_at", null=True),
)

#: Failures to come in, by a digest of who tries and at what.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    _moment("last_at"),
    _moment("rests_until", null=True),
)

session = Table(
    "session",
    metadata,
    _id(key=True),
    _id("account_id"),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("csrf", Text, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    _moment("opened_at"),
    _moment("ends_at"),
    _moment("ended_at", null=True),
)

employer = Table(
    "employer",
    metadata,
    _id(key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_latin", Text),
    Column("office_id", Text, nullable=False),
    Column("phone", Text),
    Column("version", Integer, nullable=False),
)

person = Table(
    "person",
    metadata,
    _id(key=True),
    Column("office_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_latin", Text),
    Column("sex", Text),
    Column("born_on", Date),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("address", JSONB, nullable=False),
    Column("insured_as", Text, nullable=False),
    Column("insured_since", Date),
    Column("search", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("deceased_on", Date),
    Column("death_reported_on", Date),
    Column("address_doubted_on", Date),
    Column("registered_by", Text),
    Column("erased_on", Date),
)

person_identifier = Table(
    "person_identifier",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    _id("person_id"),
    Column("verified", Boolean, nullable=False),
    Column("key", Text, nullable=False),
)

#: Each correction of a person: what it said before and says now, by whom and why.
person_change = Table(
    "person_change",
    metadata,
    _id("person_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("why", Text),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    _moment("at"),
    Column("on", Date, nullable=False),
)

#: Her own word by a code on her phone: for which claim, and which account it named; or for which number.
phone_code = Table(
    "phone_code",
    metadata,
    _id(key=True),
    _id("claim_id", null=True),
    _id("person_id"),
    _id("payee_id", null=True),
    *_texts("asked_by", "asked_name"),
    _moment("asked_at"),
    Column("tries", Integer, nullable=False),
    *(Column(f"confirmed_{name}", Text) for name in ("by", "name")),
    _moment("confirmed_at", null=True),
    Column("phone", Text),
)

#: One office asks for a person of another; who holds her gives her over or says why not.
transfer = Table(
    "transfer",
    metadata,
    _id(key=True),
    _id("person_id"),
    *_texts("from_office", "to_office", "why", "asked_by", "asked_name"),
    Column("asked_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    *(Column(name, Text) for name in ("answered_by", "answered_name")),
    Column("answered_on", Date),
    Column("answer", Text),
)

employment = Table(
    "employment",
    metadata,
    _id("person_id", key=True),
    _id("employer_id", key=True),
    Column("first_day", Date, primary_key=True),
    Column("last_day", Date),
    Column("pay", Text),
    Column("weekly_rest", ARRAY(Text)),
)

contribution = Table(
    "contribution",
    metadata,
    _id("person_id"),
    Column("month", Text, nullable=False),
    _id("employer_id", null=True),
    Column("wage_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    _moment("recorded_at"),
    Column("recorded_by", Text, nullable=False),
)

#: What a corrected contribution said before.
contribution_history = Table(
    "contribution_history",
    metadata,
    _id(key=True),
    _id("person_id"),
    Column("month", Text, nullable=False),
    _id("employer_id", null=True),
    Column("wage_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("replaced_by", Text, nullable=False),
    _moment("replaced_at"),
)

payee = Table(
    "payee",
    metadata,
    _id(key=True),
    _id("person_id"),
    *_texts("kind", "bank", "number", "holder"),
    Column("changed_on", Date, nullable=False),
    _moment("changed_at"),
    Column("changed_by", Text, nullable=False),
    Column("current", Boolean, nullable=False),
)

claim_serial = Table(
    "claim_serial",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

claim = Table(
    "claim",
    metadata,
    _id(key=True),
    Column("number", Text, nullable=False, unique=True),
    _id("person_id"),
    _id("employer_id", null=True),
    *_texts("office_id", "country", "benefit", "state"),
    Column("waits_for", Text),
    Column("waits_reason", Text),
    Column("waits_since", Date),
    Column("waits_until", Date),
    Column("waits_words", Text),
    Column("received_on", Date, nullable=False),
    Column("facts", SealedJson, nullable=False),
    Column("papers", SealedJson, nullable=False),
    Column("origin", Text, nullable=False),
    Column("access_generation", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _moment("opened_at"),
    Column("opened_by", Text, nullable=False),
    _moment("submitted_at", null=True),
    Column("judged", SealedJson, nullable=False),
)

#: Each version of a claim's facts, who changed them and why.
claim_change = Table(
    "claim_change",
    metadata,
    _id("claim_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("why", SealedText),
    Column("facts", SealedJson, nullable=False),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    _moment("at"),
    Column("on", Date, nullable=False),
)

kept_report = Table(
    "kept_report",
    metadata,
    Column("on", Date, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("revision", Text, nullable=False),
    Column("page", JSON, nullable=False),  # its members stand in an order
)

kept_statistics = Table(
    "kept_statistics",
    metadata,
    Column("year", Integer, primary_key=True),
    _moment("made_at"),
    Column("body", JSON, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    _id(key=True),
    _id("claim_id"),
    Column("no", Integer, nullable=False),
    *_texts("kind", "state", "outcome"),
    Column("facts", SealedJson, nullable=False),
    Column("assessment", SealedJson, nullable=False),
    Column("pack_revision", Text, nullable=False),
    Column("claim_version", Integer, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("difference_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("schedule", JSONB, nullable=False),
    Column("judged", SealedJson, nullable=False),
    Column("needs_second", Boolean, nullable=False),
    Column("second_reason", Text),
    *_texts("proposed_by", "proposed_name"),
    _moment("proposed_at"),
    Column("decided_on", Date),
    Column("confirmed_by", Text),
    Column("confirmed_name", Text),
    _moment("confirmed_at", null=True),
    Column("returned_reason", Text),
    Column("returned_words", SealedText),
    _id("appeal_id", null=True),
    Column("appeal_until", Date),
    Column("conformance", JSONB),
    Column("outlook", JSONB),
)

award = Table(
    "award",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("person_id"),
    Column("version", Integer, nullable=False),
    _id("decision_id"),
    Column("state", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("schedule", JSONB, nullable=False),
    Column("past", JSONB, nullable=False),
    Column("paid_until", JSONB, nullable=False),
    Column("withheld", JSONB, nullable=False),
    Column("ceded", JSONB, nullable=False),  # [[component, no, minor, recovery]] kept back for another claim
    Column("advanced", JSONB, nullable=False),  # [[component, no, employer, minor]] that go to employers
    Column("held", JSONB, nullable=False),  # [[component, no, minor]] that wait while payments are suspended
)

#: What payments told us about each order; payments know what was paid.
payment_fact = Table(
    "payment_fact",
    metadata,
    _id("order_id", key=True),
    _id("award_id"),
    _id("claim_id"),
    _id("person_id"),
    Column("reference", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("on_day", Date),
    Column("reason", Text),
    _moment("heard_at"),
    _id("employer_id", null=True),
)

appeal = Table(
    "appeal",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("decision_id"),
    Column("finding", Text, nullable=False),
    Column("grounds", SealedText, nullable=False),
    Column("lodged_on", Date, nullable=False),
    Column("lodged_by", Text, nullable=False),
    Column("in_time", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("reasons", SealedText),
    _id("new_decision_id", null=True),
    Column("decided_by", Text),
    Column("decided_name", Text),
    Column("decided_on", Date),
)

letter = Table(
    "letter",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("decision_id", null=True),
    *_texts("template", "language", "state"),
    Column("on_day", Date, nullable=False),
)

statement = Table(
    "employer_statement",
    metadata,
    _id(key=True),
    _id("claim_id"),
    _id("employer_id"),
    Column("state", Text, nullable=False),
    Column("asked_for", JSONB, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("facts", JSONB),
    _moment("received_at", null=True),
    Column("received_by", Text),
    Column("version", Integer, nullable=False),
)
