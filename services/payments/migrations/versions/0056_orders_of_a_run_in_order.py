"""A slice of a run is found by its references, however many orders the run has and whatever is known of them.

Statistics say nothing yet of a run that was just drafted: by the index of runs alone each slice read the whole run.
"""

from alembic import op

from shared.migrating import index_beside

revision = "0056_orders_of_a_run_in_order"
down_revision = "0055_removed_by_age"


def upgrade() -> None:
    index_beside("order_of_run_by_reference", "payment_order (run_id, reference)")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS order_of_run")
