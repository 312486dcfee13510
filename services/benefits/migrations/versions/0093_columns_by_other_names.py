"""Lists whose columns have names of their own: a file waits until somebody says which column is which, and what she
said is kept for the next list with the same heading."""

from alembic import op

from shared.migrating import rule_proved_later

revision = "0093_columns_by_other_names"
down_revision = "0092_codes_on_the_phone"

SQL = """
CREATE TABLE column_names (place text NOT NULL, kind text NOT NULL, heading text NOT NULL, columns jsonb NOT NULL,
  by text NOT NULL, by_name text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (place, kind, heading));
ALTER TABLE import_file DROP CONSTRAINT import_file_state_check;
"""


def upgrade() -> None:
    op.execute(SQL)
    rule_proved_later("import_file", "import_file_state", "CHECK (state IN ('under_way', 'asks_columns', 'done'))")
