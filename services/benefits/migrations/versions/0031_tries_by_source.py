"""Tries to come in are counted by who makes them, and no longer lock the account or the claim they are made at."""

from alembic import op

revision = "0031_tries_by_source"
down_revision = "0030_months_taken_back"

SQL = """
CREATE TABLE sign_in_tries (key text PRIMARY KEY, failures integer NOT NULL, last_at timestamptz NOT NULL,
  rests_until timestamptz);
ALTER TABLE account DROP COLUMN failures, DROP COLUMN locked_until;
ALTER TABLE claim DROP COLUMN access_failures;
"""


def upgrade() -> None:
    op.execute(SQL)
