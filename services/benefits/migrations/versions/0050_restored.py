"""A restored backup is noticed and held."""

from alembic import op

from shared.tables import RESTORED_SQL

revision = "0050_restored"
down_revision = "0033_who_registered_a_person"


def upgrade() -> None:
    op.execute(RESTORED_SQL)
