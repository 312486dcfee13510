"""What has stopped has an owner; who lets it go says why."""

from alembic import op

from shared.tables import STOPPED_SQL

revision = "0024_what_has_stopped"
down_revision = "0023_wages_of_two_employers"


def upgrade() -> None:
    op.execute(STOPPED_SQL)
