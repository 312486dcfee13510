"""How banks' tables are read: layouts by account, each made by one person and confirmed by another."""

from alembic import op

revision = "0050_statement_layouts"
down_revision = "0042_told_in_detail"

SQL = """
CREATE TABLE statement_layout (
  id uuid PRIMARY KEY, account text NOT NULL, name text NOT NULL, version integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'proposed', 'confirmed', 'refused', 'replaced', 'withdrawn')),
  layout jsonb NOT NULL, example bytea, example_name text NOT NULL, example_sha256 text NOT NULL,
  made_by text NOT NULL, made_by_name text NOT NULL, made_at timestamptz NOT NULL,
  decided_by text, decided_by_name text, decided_at timestamptz, ended_at timestamptz, ended_by_name text,
  CHECK ((state IN ('draft', 'proposed')) = (decided_by IS NULL)),
  CHECK (state NOT IN ('confirmed', 'replaced', 'withdrawn') OR decided_by <> made_by),
  CHECK (state IN ('draft', 'proposed') OR example IS NULL));
CREATE UNIQUE INDEX statement_layout_in_use ON statement_layout (account, name) WHERE state = 'confirmed';
CREATE UNIQUE INDEX statement_layout_version ON statement_layout (account, name, version) WHERE state <> 'draft';
ALTER TABLE statement_file ADD COLUMN layout_id uuid;
"""


def upgrade() -> None:
    op.execute(SQL)
