"""What has stopped has an owner; who lets it go says why."""

from alembic import op

from shared.tables import STOPPED_SQL

revision = "0008_what_has_stopped"
down_revision = "0007_cash"


def upgrade() -> None:
    op.execute(STOPPED_SQL)
