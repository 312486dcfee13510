"""The common tables, and what the tiny services write to show what happened."""

from alembic import op

from shared.migrating import index_beside
from shared.tables import (
    ENDED_SESSIONS_SQL,
    FIRST_SQL,
    PRUNED_INDEXES,
    PRUNED_SQL,
    RESEALED_SQL,
    RESTORED_SQL,
    STOPPED_SQL,
)

revision = "0001_tables"
down_revision = None


def upgrade() -> None:
    op.execute(FIRST_SQL)
    op.execute(STOPPED_SQL)
    op.execute(RESTORED_SQL)
    op.execute(ENDED_SESSIONS_SQL)
    op.execute(PRUNED_SQL)
    op.execute(RESEALED_SQL.format(columns="'sealed'"))
    op.execute("""
    CREATE TABLE effect (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL, type text NOT NULL,
      person text NOT NULL, sequence bigint NOT NULL, pid integer NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE TABLE claim (id text PRIMARY KEY, person text NOT NULL, name text NOT NULL);
    CREATE TABLE told (order_id text PRIMARY KEY, tries integer NOT NULL)""")
    for name, on in PRUNED_INDEXES.items():
        index_beside(name, on)
