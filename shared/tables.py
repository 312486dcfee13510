"""The tables every service has: outbox, inbox, jobs, idempotency, audit. One copy of the SQL, in migrations."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.seals import SealedBytes

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", UUID(as_uuid=False), nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("regained_at", DateTime(timezone=True)),  # told by a reader after a restore had forgotten it
)

#: Sessions that ended before their tokens ran out, until those have run out too.
ended_session = Table(
    "ended_session",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
)

#: The last sequence number given to each person; its row lock keeps a person's events in commit order.
person_sequence = Table(
    "person_sequence",
    metadata,
    Column("person", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("state", Text, nullable=False),  # waiting | done | parked | discarded
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Column("judged_by", Text),
    Column("owner", Text),
    Column("why", Text),
)

#: How far each person's events of each source have been carried out.
inbox_cursor = Table(
    "inbox_cursor",
    metadata,
    Column("source", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
    # Up to which number nothing of the person is kept any more, and before when all of that was told.
    Column("forgotten", BigInteger),
    Column("forgotten_before", DateTime(timezone=True)),
)

#: How many rows of each kind were removed by age on each day, and how new the newest of them was.
pruned = Table(
    "pruned",
    metadata,
    Column("kind", Text, primary_key=True),  # outbox | inbox/<source> | job | idempotency | session
    Column("day", Date, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),  # waiting | done | failed | cancelled
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    Column("correlation_id", Text, nullable=False),
    Column("called_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("judged_by", Text),
    Column("owner", Text),
    Column("why", Text),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", Text, primary_key=True),  # client, method, path and key, joined
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("answer", SealedBytes, nullable=False),  # may hold what a claim says
    Column("kept_at", DateTime(timezone=True), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("office", Text),
    Column("action", Text, nullable=False),
    Column("subjects", JSONB, nullable=False),
    Column("trace_id", Text, nullable=False),
)


#: One row: which database this is, and how often something has left it (`shared/restored.py`).
left_house = Table(
    "left_house",
    metadata,
    Column("one", Boolean, primary_key=True),
    Column("house", UUID(as_uuid=False), nullable=False),
    Column("number", BigInteger, nullable=False),
)

#: Each time this database was found to be a restored backup.
restore_hold = Table(
    "restore_hold",
    metadata,
    Column("found_at", DateTime(timezone=True), primary_key=True),
    Column("how", Text, nullable=False),  # mark | command
    Column("phase", Text, nullable=False),  # asking | held | released
    Column("waits_for", Text),  # who has not answered yet, or what is not carried out yet
    Column("regained", Integer, nullable=False),  # own events that others told us
    Column("missed", Integer, nullable=False),  # events of others that came again
    Column("released_at", DateTime(timezone=True)),
    Column("released_by", Text),
    Column("why", Text),
)

#: The keys by which something may be sealed (`shared/seals.py`): their names only. One that is `whole` has sealed all.
seal_key = Table(
    "seal_key",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("whole_at", DateTime(timezone=True)),
)


#: What a look found that has been kept for its term: asked for by one, released by another, then erased.
retention_report = Table(
    "retention_report",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("made_on", Date, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),  # made | asked | released | done | replaced
    Column("lines", JSONB, nullable=False),
    *(Column(f"asked_{name}", Text) for name in ("by", "name")),
    Column("asked_at", DateTime(timezone=True)),
    *(Column(f"released_{name}", Text) for name in ("by", "name")),
    Column("released_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
)


def with_common_tables() -> MetaData:
    """A service's own metadata, holding a copy of the tables above."""
    own = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(own)
    return own


#: The SQL of these tables, as each service's first migration runs it. Never changed: a later change is a migration.
FIRST_SQL = """
CREATE TABLE outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE, type text NOT NULL, person text NOT NULL, sequence bigint NOT NULL,
  body jsonb NOT NULL, written_at timestamptz NOT NULL, sent_at timestamptz,
  UNIQUE (person, sequence));
CREATE INDEX outbox_unsent ON outbox (position) WHERE sent_at IS NULL;
CREATE TABLE person_sequence (person text PRIMARY KEY, last bigint NOT NULL);
CREATE TABLE inbox (
  source text NOT NULL, event_id text NOT NULL, type text NOT NULL, person text NOT NULL, sequence bigint NOT NULL,
  body jsonb NOT NULL, state text NOT NULL CHECK (state IN ('waiting', 'done', 'parked', 'discarded')),
  attempts integer NOT NULL, next_try_at timestamptz NOT NULL, reason text, received_at timestamptz NOT NULL,
  done_at timestamptz, judged_by text, PRIMARY KEY (source, event_id));
CREATE INDEX inbox_waiting ON inbox (next_try_at, source, person, sequence) WHERE state = 'waiting';
CREATE INDEX inbox_parked ON inbox (received_at) WHERE state = 'parked';
CREATE TABLE inbox_cursor (source text NOT NULL, person text NOT NULL, last bigint NOT NULL,
  PRIMARY KEY (source, person));
CREATE TABLE job (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, key text NOT NULL, payload jsonb NOT NULL,
  due_on date NOT NULL, due_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed', 'cancelled')),
  attempts integer NOT NULL, reason text, correlation_id text NOT NULL, called_at timestamptz, ended_at timestamptz,
  UNIQUE (kind, key));
CREATE INDEX job_waiting ON job (due_on, due_at, number) WHERE state = 'waiting';
CREATE TABLE idempotency (
  key text PRIMARY KEY, body_hash bytea NOT NULL, status integer NOT NULL, headers jsonb NOT NULL,
  answer bytea NOT NULL, kept_at timestamptz NOT NULL);
CREATE TABLE audit (
  id uuid PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL, kind text NOT NULL, office text,
  action text NOT NULL, subjects jsonb NOT NULL, trace_id text NOT NULL);
CREATE INDEX audit_subjects ON audit USING gin (subjects jsonb_path_ops);
CREATE FUNCTION keep_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""

#: What has been kept for its term: what a look found, who asked that it goes, and what went (`shared/retention.py`).
#: Each service runs it in a migration of its own.
RETENTION_SQL = """
CREATE TABLE retention_report (
  id uuid PRIMARY KEY, made_on date NOT NULL, made_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('made', 'asked', 'released', 'done', 'replaced')), lines jsonb NOT NULL,
  asked_by text, asked_name text, asked_at timestamptz, released_by text, released_name text, released_at timestamptz,
  ended_at timestamptz,
  CHECK (state NOT IN ('asked', 'released', 'done') OR asked_by IS NOT NULL),
  CHECK (state NOT IN ('released', 'done') OR (released_by IS NOT NULL AND released_by <> asked_by)));
CREATE UNIQUE INDEX retention_report_open ON retention_report ((true)) WHERE state IN ('made', 'asked');
CREATE UNIQUE INDEX retention_report_released ON retention_report ((true)) WHERE state = 'released';
"""
#: Rows that only grow may go where two people have released it, and in no other way; the audit never goes.
ERASED_SQL = """
CREATE OR REPLACE FUNCTION is_being_erased() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('tideover.erasing', true), '') = 'released'
$$;
CREATE OR REPLACE FUNCTION keep_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND only_sealed_anew(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'audit' AND is_being_erased() THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

#: What has stopped has an owner, and who let it go said why. Each service runs it in a migration of its own.
STOPPED_SQL = """
ALTER TABLE inbox ADD COLUMN owner text, ADD COLUMN why text;
ALTER TABLE job ADD COLUMN judged_by text, ADD COLUMN owner text, ADD COLUMN why text;
CREATE INDEX job_failed ON job (ended_at) WHERE state = 'failed';
"""

#: Every service knows which sessions have ended. Each runs it in a migration of its own.
ENDED_SESSIONS_SQL = "CREATE TABLE ended_session (id uuid PRIMARY KEY, until timestamptz NOT NULL)"

#: What left is counted, and a restored backup is held. Each service runs it in a migration of its own.
RESTORED_SQL = """
CREATE TABLE left_house (one boolean PRIMARY KEY DEFAULT true CHECK (one), house uuid NOT NULL, number bigint NOT NULL);
INSERT INTO left_house (house, number) VALUES (gen_random_uuid(), 0);
CREATE TABLE restore_hold (
  found_at timestamptz PRIMARY KEY, how text NOT NULL CHECK (how IN ('mark', 'command')),
  phase text NOT NULL CHECK (phase IN ('asking', 'held', 'released')), waits_for text,
  regained integer NOT NULL DEFAULT 0, missed integer NOT NULL DEFAULT 0,
  released_at timestamptz, released_by text, why text, CHECK (phase <> 'released' OR released_by IS NOT NULL));
CREATE UNIQUE INDEX restore_hold_open ON restore_hold ((true)) WHERE phase <> 'released';
ALTER TABLE outbox ADD COLUMN regained_at timestamptz;
CREATE INDEX outbox_regained ON outbox (position) WHERE regained_at IS NOT NULL;
"""

#: What is old is removed (`shared/pruning.py`), and what waits behind another message is not looked at again and again.
#: Each service runs it in a migration of its own, and then makes the indexes.
PRUNED_SQL = """
CREATE TABLE pruned (
  kind text NOT NULL, day date NOT NULL, number bigint NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (kind, day));
ALTER TABLE inbox_cursor ADD COLUMN forgotten bigint, ADD COLUMN forgotten_before timestamptz;
"""
PRUNED_INDEXES = {
    "inbox_behind": "inbox (source, person, sequence) WHERE state = 'waiting'",
    "audit_at": "audit USING brin (at)",
}
#: The audit never goes, in whichever part it lies. Only a service whose rows may be erased runs it (`ERASED_SQL`).
AUDIT_STAYS_SQL = """
CREATE OR REPLACE FUNCTION keep_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND only_sealed_anew(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME !~ '^audit(_|$)' AND is_being_erased() THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
#: The audit is never removed and grows for ever: it lies in parts by year, so that a year can be kept on a slower disk,
#: and no index grows beyond its year. What falls into no part lies in `audit_rest`. A part is called after the table,
#: which is how the trigger knows it. Each service runs it in a migration of its own, after the key and the rule of the
#: rows that there are (`shared/migrating.py: part_the_audit`).
PARTED_SQL = """
DROP TRIGGER audit_is_kept ON audit;
ALTER TABLE audit DROP CONSTRAINT audit_pkey;
ALTER TABLE audit ADD CONSTRAINT audit_before_pkey PRIMARY KEY USING INDEX audit_before_key;
ALTER TABLE audit RENAME TO audit_before;
ALTER INDEX audit_subjects RENAME TO audit_before_subjects;
ALTER INDEX audit_at RENAME TO audit_before_at;
CREATE TABLE audit (
  id uuid NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, kind text NOT NULL, office text,
  action text NOT NULL, subjects jsonb NOT NULL, trace_id text NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX audit_subjects ON audit USING gin (subjects jsonb_path_ops);
CREATE INDEX audit_at ON audit USING brin (at);
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
CREATE TABLE audit_rest PARTITION OF audit DEFAULT;
"""
#: Tables that only grow let a value be sealed anew, where the row is the same but for what is sealed. Each service
#: names its `columns` in a migration of its own.
RESEALED_SQL = """
CREATE FUNCTION only_sealed_anew(old_row jsonb, new_row jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('tideover.sealing', true), '') = 'again'
    AND old_row - array[{columns}] = new_row - array[{columns}]
$$;
CREATE OR REPLACE FUNCTION keep_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND only_sealed_anew(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TABLE seal_key (name text PRIMARY KEY, since timestamptz NOT NULL, whole_at timestamptz);
"""
