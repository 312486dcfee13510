"""A restored backup is noticed and held."""

from alembic import op

from shared.tables import RESTORED_SQL

revision = "0050_restored"
down_revision = "0043_objections_to_recovery"


def upgrade() -> None:
    op.execute(RESTORED_SQL)
