"""What came back of money that an employer had paid a worker in advance, as the employer writes it down."""

from alembic import op

revision = "0021_advances_that_came_back"
down_revision = "0020_find_names_by_parts"

# A slip is taken back by an entry against it; nothing is deleted.
SQL = """
CREATE TABLE advance_return (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  employer_id uuid NOT NULL REFERENCES employer, returned_on date NOT NULL, minor bigint NOT NULL,
  currency text NOT NULL, source text NOT NULL CHECK (source IN ('fund', 'worker', 'other')), note text,
  reverses uuid UNIQUE REFERENCES advance_return, by text NOT NULL, by_name text NOT NULL,
  at timestamptz NOT NULL, "on" date NOT NULL, CHECK ((reverses IS NULL) = (minor > 0)));
CREATE INDEX advance_return_claim ON advance_return (claim_id);
CREATE TRIGGER advance_return_is_kept BEFORE UPDATE OR DELETE ON advance_return
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(SQL)
