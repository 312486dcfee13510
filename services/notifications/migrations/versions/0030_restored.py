"""A restored backup is noticed and held."""

from alembic import op

from shared.tables import RESTORED_SQL

revision = "0030_restored"
down_revision = "0011_letters_written_again"


def upgrade() -> None:
    op.execute(RESTORED_SQL)
