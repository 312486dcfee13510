"""What has stopped has an owner; who lets it go says why."""

from alembic import op

from shared.tables import STOPPED_SQL

revision = "0006_what_has_stopped"
down_revision = "0005_latin_names"


def upgrade() -> None:
    op.execute(STOPPED_SQL)
