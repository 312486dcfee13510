"""Whose task a claim is, what it weighs, and which decisions are looked at afterwards. `claim.taken_by` was never
used."""

from alembic import op

revision = "0095_whose_task"
down_revision = "0094_wage_corrected"

SQL = """
ALTER TABLE claim DROP COLUMN taken_by;
CREATE TABLE claim_task (claim_id uuid PRIMARY KEY REFERENCES claim, holder text, holder_name text, held_since date,
  rests_until date, rests_why text, rests_version integer, likely_minor bigint,
  open_doubts integer, by_hand jsonb, weighed_version integer,
  CHECK ((holder IS NULL) = (holder_name IS NULL) AND (holder IS NULL) = (held_since IS NULL)),
  CHECK ((rests_until IS NULL) = (rests_version IS NULL)));
CREATE INDEX claim_task_of_holder ON claim_task (holder) WHERE holder IS NOT NULL;
CREATE TABLE claim_task_change (claim_id uuid NOT NULL REFERENCES claim, no integer NOT NULL,
  what text NOT NULL CHECK (what IN ('taken', 'given_back', 'given', 'rests', 'resumed')),
  by text NOT NULL, by_name text NOT NULL, to_name text, until date, why text, at timestamptz NOT NULL,
  "on" date NOT NULL, PRIMARY KEY (claim_id, no));
CREATE TABLE control_sample (decision_id uuid PRIMARY KEY REFERENCES decision, claim_id uuid NOT NULL REFERENCES claim,
  office_id text NOT NULL REFERENCES office, by_rules boolean NOT NULL, drawn_on date NOT NULL,
  found text CHECK (found IN ('right', 'wrong', 'unclear')), why text, looked_by text, looked_name text,
  looked_on date, CHECK ((found IS NULL) = (looked_by IS NULL)));
CREATE INDEX control_sample_open ON control_sample (office_id, drawn_on) WHERE found IS NULL;
CREATE INDEX control_sample_of_claim ON control_sample (claim_id);
"""


def upgrade() -> None:
    op.execute(SQL)
