"""What is sealed may be sealed anew; the names of the keys are known."""

from alembic import op

from shared.tables import RESEALED_SQL

revision = "0040_sealed"
down_revision = "0030_restored"

#: The sealed columns of tables that only grow.
COLUMNS = "'content', 'masked'"


def upgrade() -> None:
    op.execute(RESEALED_SQL.format(columns=COLUMNS))
