"""Payments still to come are suspended by two people, and lifted; what waits of an award is kept with it."""

from alembic import op

revision = "0103_suspended"
down_revision = "0102_what_waits"

SQL = """
ALTER TABLE award ADD COLUMN held jsonb NOT NULL DEFAULT '[]';
CREATE TABLE suspension (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim, ground jsonb NOT NULL,
  first_day date NOT NULL, words text NOT NULL CHECK (words <> ''), look_again_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'returned', 'runs', 'settling', 'lifted')),
  proposed_by text NOT NULL, proposed_name text NOT NULL, proposed_on date NOT NULL, proposed_at timestamptz NOT NULL,
  decided_on date, confirmed_by text, confirmed_name text, returned_words text, appeal_until date,
  ended text CHECK (ended IN ('groundless', 'held')), held_from date, held_to date,
  lifted_on date, lifted_by text, lifted_name text, lifted_words text,
  CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by),
  CHECK ((state IN ('runs', 'settling', 'lifted')) = (confirmed_by IS NOT NULL AND decided_on IS NOT NULL)),
  CHECK ((state = 'lifted') = (lifted_on IS NOT NULL)),
  CHECK ((held_from IS NULL) = (held_to IS NULL) AND held_from <= held_to));
CREATE UNIQUE INDEX suspension_once ON suspension (claim_id) WHERE state IN ('proposed', 'runs', 'settling');
CREATE INDEX suspension_claim ON suspension (claim_id);
"""


def upgrade() -> None:
    op.execute(SQL)
