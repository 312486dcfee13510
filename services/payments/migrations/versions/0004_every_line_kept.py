"""Every line of every statement is kept under its place; files, faults and who handed them in are kept too."""

from alembic import op

revision = "0004_every_line_kept"
down_revision = "0003_channel_named"

TABLES = """
CREATE TABLE statement_file (
  id uuid PRIMARY KEY, sha256 text NOT NULL UNIQUE, source text NOT NULL CHECK (source IN ('channel', 'person')),
  taken_by text NOT NULL, taken_by_name text NOT NULL, taken_at timestamptz NOT NULL, taken_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'read', 'partly', 'refused')), faults jsonb NOT NULL DEFAULT '[]',
  content bytea, tries integer NOT NULL DEFAULT 1);
CREATE INDEX statement_file_open ON statement_file (taken_at) WHERE state IN ('partly', 'refused');

ALTER TABLE statement
  ADD COLUMN source text NOT NULL DEFAULT 'channel' CHECK (source IN ('channel', 'person')),
  ADD COLUMN imported_by_name text NOT NULL DEFAULT '',
  ADD COLUMN kind text NOT NULL DEFAULT 'statement' CHECK (kind IN ('statement', 'report', 'notification')),
  ADD COLUMN first_day date, ADD COLUMN from_at timestamptz, ADD COLUMN to_at timestamptz,
  ADD COLUMN sequence bigint, ADD COLUMN page integer, ADD COLUMN servicer text NOT NULL DEFAULT '',
  ADD COLUMN missing_minor bigint, ADD COLUMN last_read_on date, ADD COLUMN doubts jsonb NOT NULL DEFAULT '[]';
UPDATE statement SET first_day = day, last_read_on = (imported_at AT TIME ZONE 'UTC')::date,
  missing_minor = CASE WHEN adds_up THEN 0 END;
ALTER TABLE statement ALTER COLUMN first_day SET NOT NULL, ALTER COLUMN last_read_on SET NOT NULL;
ALTER TABLE statement DROP CONSTRAINT statement_channel_statement_id_sha256_key;
CREATE UNIQUE INDEX statement_once ON statement (account, statement_id, sha256, coalesce(page, 0));
CREATE INDEX statement_of_account ON statement (account, day);

ALTER TABLE statement_line DROP CONSTRAINT statement_line_account_bank_reference_key;
ALTER TABLE statement_line RENAME COLUMN position TO entry;
ALTER TABLE statement_line
  ADD COLUMN part integer NOT NULL DEFAULT 0, ADD COLUMN entry_reference text NOT NULL DEFAULT '',
  ADD COLUMN uetr text, ADD COLUMN before_minor bigint, ADD COLUMN told_on date,
  ADD COLUMN is_return boolean NOT NULL DEFAULT false, ADD COLUMN is_fee boolean NOT NULL DEFAULT false,
  ADD COLUMN charges_minor bigint;
-- Before this migration an entry's reference was its key, and each line was counted by itself.
UPDATE statement_line SET told_on = booked_on, is_return = (match = 'return'), is_fee = (match = 'fee'),
  entry_reference = CASE WHEN bank_reference LIKE 'sha256:%' THEN '' ELSE split_part(bank_reference, '/', 1) END;
ALTER TABLE statement_line ALTER COLUMN told_on SET NOT NULL;
CREATE UNIQUE INDEX statement_line_place ON statement_line (statement_id, entry, part);
CREATE INDEX statement_line_day ON statement_line (account, booked_on);
ALTER TABLE statement_line DROP CONSTRAINT statement_line_match_check;
ALTER TABLE statement_line ADD CONSTRAINT statement_line_match_check CHECK (match IN
  ('matched', 'amount_differs', 'duplicate', 'fee', 'return', 'unmatched', 'contested'));
ALTER TABLE statement_line DROP CONSTRAINT statement_line_resolution_check;
ALTER TABLE statement_line ADD CONSTRAINT statement_line_resolution_check CHECK (resolution IN
  ('settled_as_paid', 'fee', 'refunded', 'repayment', 'noted', 'confirmed', 'returned_less_charges', 'told_twice'));
DROP INDEX statement_line_open;
CREATE INDEX statement_line_open ON statement_line (booked_on) WHERE resolution IS NULL
  AND match IN ('amount_differs', 'duplicate', 'unmatched', 'contested');

-- Each place of each statement names the line that is kept for it: told twice, kept once.
CREATE TABLE statement_place (
  statement_id uuid NOT NULL REFERENCES statement,
  line_id uuid NOT NULL REFERENCES statement_line, entry integer NOT NULL,
  PRIMARY KEY (statement_id, line_id));
CREATE INDEX statement_place_line ON statement_place (line_id);
INSERT INTO statement_place SELECT statement_id, id, entry FROM statement_line;
"""


def upgrade() -> None:
    op.execute(TABLES.replace(":", "\\:"))
