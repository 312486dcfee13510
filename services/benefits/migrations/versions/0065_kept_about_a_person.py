"""Copies of all that is kept about a person; a name is corrected with its paper."""

from alembic import op

revision = "0065_kept_about_a_person"
down_revision = "0064_sealed"

SQL = """
CREATE TABLE person_export (id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES person,
  state text NOT NULL CHECK (state IN ('under_way', 'ready', 'gone')), why text NOT NULL, asked_by text NOT NULL,
  asked_name text NOT NULL, language text NOT NULL, asked_at timestamptz NOT NULL, "on" date NOT NULL, until date,
  content bytea, CHECK ((state = 'ready') = (content IS NOT NULL)));
CREATE INDEX person_export_of_person ON person_export (person_id, asked_at);
CREATE UNIQUE INDEX person_export_under_way ON person_export (person_id) WHERE state = 'under_way';
ALTER TABLE person_change DROP CONSTRAINT person_change_what_check;
ALTER TABLE person_change ADD CONSTRAINT person_change_what_check CHECK (what IN ('details', 'name', 'payee',
  'death_confirmed', 'death_mistaken', 'address_checked', 'contribution_withdrawn')) NOT VALID;
ALTER TABLE person_change VALIDATE CONSTRAINT person_change_what_check;
"""


def upgrade() -> None:
    op.execute(SQL)
