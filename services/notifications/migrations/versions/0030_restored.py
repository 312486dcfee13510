"""A restored backup is noticed and held."""

from alembic import op

from shared.tables import RESTORED_SQL

revision = "0030_restored"
down_revision = "0012_ended_sessions"


def upgrade() -> None:
    op.execute(RESTORED_SQL)
