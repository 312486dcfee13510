"""What is old is removed, and what waits behind another message is not looked at again and again."""

from alembic import op

from shared.migrating import index_beside
from shared.tables import PRUNED_INDEXES, PRUNED_SQL

revision = "0060_removed_by_age"
down_revision = "0055_set_off_elsewhere"


def upgrade() -> None:
    op.execute(PRUNED_SQL)
    for name, on in PRUNED_INDEXES.items():
        index_beside(name, on)
