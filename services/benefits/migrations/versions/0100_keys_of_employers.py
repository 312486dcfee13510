"""Keys with which an employer's software comes in."""

from alembic import op

revision = "0100_keys_of_employers"
down_revision = "0099_questions_and_changes"

SQL = """
CREATE TABLE employer_key (id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES account, name text NOT NULL,
  digest text NOT NULL UNIQUE, made_on date NOT NULL, ends_on date NOT NULL, last_used_on date,
  ended_by text, ended_name text, CHECK ((ended_by IS NULL) = (ended_name IS NULL)));
CREATE INDEX employer_key_of_account ON employer_key (account_id);
"""


def upgrade() -> None:
    op.execute(SQL)
