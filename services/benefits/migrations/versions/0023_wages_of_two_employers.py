"""The wages of one month that several employers declared stand beside each other."""

from alembic import op

revision = "0023_wages_of_two_employers"
down_revision = "0022_recovery"

SQL = """
ALTER TABLE contribution DROP CONSTRAINT contribution_pkey;
CREATE UNIQUE INDEX contribution_one_word ON contribution (person_id, month, employer_id) NULLS NOT DISTINCT;
ALTER TABLE contribution_history ADD COLUMN employer_id uuid;
"""


def upgrade() -> None:
    op.execute(SQL)
