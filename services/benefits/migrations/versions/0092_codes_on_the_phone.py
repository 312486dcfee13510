"""A person confirms by a code on her phone what an officer entered for her claim."""

from alembic import op

revision = "0092_codes_on_the_phone"
down_revision = "0091_papers_of_hospitals"

SQL = """
CREATE TABLE phone_code (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person, payee_id uuid, asked_by text NOT NULL,
  asked_name text NOT NULL, asked_at timestamptz NOT NULL, tries integer NOT NULL, confirmed_by text,
  confirmed_name text, confirmed_at timestamptz, CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)));
CREATE INDEX phone_code_of_claim ON phone_code (claim_id, asked_at);
"""


def upgrade() -> None:
    op.execute(SQL)
