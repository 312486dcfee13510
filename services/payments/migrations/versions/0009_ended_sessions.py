"""Which sessions have ended, so that their tokens die before they run out."""

from alembic import op

from shared.tables import ENDED_SESSIONS_SQL

revision = "0009_ended_sessions"
down_revision = "0008_what_has_stopped"


def upgrade() -> None:
    op.execute(ENDED_SESSIONS_SQL)
