"""What is sealed may be sealed anew; the names of the keys are known."""

from alembic import op

from shared.tables import RESEALED_SQL

revision = "0060_sealed"
down_revision = "0056_orders_of_a_run_in_order"

#: The sealed columns of tables that only grow.
COLUMNS = "'answer'"


def upgrade() -> None:
    op.execute(RESEALED_SQL.format(columns=COLUMNS))
