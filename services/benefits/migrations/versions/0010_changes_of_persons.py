"""What was corrected of a person at the desk: what it said before, what it says now, by whom and why."""

from alembic import op

revision = "0010_changes_of_persons"
down_revision = "0001_people_claims_decisions"

SQL = """
CREATE TABLE person_change (person_id uuid NOT NULL REFERENCES person, version integer NOT NULL, what text NOT NULL
  CHECK (what IN ('details', 'payee', 'death_confirmed', 'death_mistaken', 'address_checked')),
  why text, before jsonb NOT NULL, after jsonb NOT NULL, by text NOT NULL, by_name text NOT NULL,
  at timestamptz NOT NULL, "on" date NOT NULL, PRIMARY KEY (person_id, version));
CREATE TRIGGER person_change_is_kept BEFORE UPDATE OR DELETE ON person_change
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(SQL)
