"""Months for which an employer's list names somebody as on leave."""

from alembic import op

revision = "0096_leaves_in_lists"
down_revision = "0095_whose_task"

SQL = """
CREATE TABLE leave_told (id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES person,
  employer_id uuid NOT NULL REFERENCES employer, code text NOT NULL CHECK (code IN ('OF', 'TS', 'KL', 'ON')),
  first text NOT NULL, last text, told_on date NOT NULL, told_by text NOT NULL,
  UNIQUE (person_id, employer_id, code, first));
"""


def upgrade() -> None:
    op.execute(SQL)
