"""A month of contributions that cannot have been is taken back by a named person."""

from alembic import op

revision = "0030_months_taken_back"
down_revision = "0025_files_sent_again"

SQL = """
ALTER TABLE person_change DROP CONSTRAINT person_change_what_check;
ALTER TABLE person_change ADD CONSTRAINT person_change_what_check CHECK (what IN ('details', 'payee',
  'death_confirmed', 'death_mistaken', 'address_checked', 'contribution_withdrawn')) NOT VALID;
ALTER TABLE person_change VALIDATE CONSTRAINT person_change_what_check;
"""


def upgrade() -> None:
    op.execute(SQL)
