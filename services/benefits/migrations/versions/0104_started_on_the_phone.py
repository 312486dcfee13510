"""A claim that a person starts on her phone: the code that let her, and the claim that it became."""

from alembic import op

revision = "0104_started_on_the_phone"
down_revision = "0103_suspended"

SQL = """
CREATE TABLE own_start (id uuid PRIMARY KEY, person_id uuid REFERENCES person, claim_id uuid REFERENCES claim,
  number text UNIQUE, asked_at timestamptz NOT NULL, asked_on date NOT NULL, tries integer NOT NULL,
  confirmed_at timestamptz, CHECK (claim_id IS NULL OR confirmed_at IS NOT NULL),
  CHECK (confirmed_at IS NULL OR number IS NOT NULL));
CREATE INDEX own_start_of_person ON own_start (person_id, asked_at);
CREATE INDEX own_start_of_claim ON own_start (claim_id);
CREATE INDEX own_start_unused ON own_start (asked_on) WHERE claim_id IS NULL;
"""


def upgrade() -> None:
    op.execute(SQL)
