"""Which sessions have ended, so that their tokens die before they run out."""

from alembic import op

from shared.tables import ENDED_SESSIONS_SQL

revision = "0012_ended_sessions"
down_revision = "0011_letters_written_again"


def upgrade() -> None:
    op.execute(ENDED_SESSIONS_SQL)
