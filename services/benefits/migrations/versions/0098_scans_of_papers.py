"""Scans and photos of papers, added at the desk, by the worker and by the employer."""

from alembic import op

revision = "0098_scans_of_papers"
down_revision = "0097_taken_in_without_a_line"

SQL = """
CREATE TABLE paper_scan (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person,
  kind text NOT NULL CHECK (kind IN ('certificate', 'birth', 'account', 'identity', 'other')), what text NOT NULL,
  media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'application/pdf')),
  size integer NOT NULL CHECK (size > 0), sha256 text NOT NULL,
  added_by text NOT NULL CHECK (added_by IN ('desk', 'worker', 'employer')), "by" text NOT NULL, by_name text NOT NULL,
  "at" timestamptz NOT NULL, "on" date NOT NULL,
  state text NOT NULL CHECK (state IN ('added', 'looked_at', 'not_usable')), reason text,
  looked_by text, looked_name text, looked_on date, content bytea NOT NULL,
  CHECK ((state = 'not_usable') = (reason IS NOT NULL)), CHECK ((state = 'added') = (looked_by IS NULL)),
  UNIQUE (claim_id, added_by, "by", sha256));
CREATE INDEX paper_scan_of_person ON paper_scan (person_id);
"""


def upgrade() -> None:
    op.execute(SQL)
