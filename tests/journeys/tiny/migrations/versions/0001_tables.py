"""The common tables, and what the tiny services write to show what happened."""

from alembic import op

from shared.tables import FIRST_SQL, RESTORED_SQL, STOPPED_SQL

revision = "0001_tables"
down_revision = None


def upgrade() -> None:
    op.execute(FIRST_SQL)
    op.execute(STOPPED_SQL)
    op.execute(RESTORED_SQL)
    op.execute("""
    CREATE TABLE effect (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL, type text NOT NULL,
      person text NOT NULL, sequence bigint NOT NULL, pid integer NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE TABLE claim (id text PRIMARY KEY, person text NOT NULL, name text NOT NULL);
    CREATE TABLE told (order_id text PRIMARY KEY, tries integer NOT NULL)""")
