"""What has been kept for its term goes when two people release it. The books themselves stay: no row of theirs goes."""

from alembic import op

from shared.tables import RETENTION_SQL

revision = "0065_kept_for_a_term"
down_revision = "0062_employers_are_paid"


def upgrade() -> None:
    op.execute(RETENTION_SQL)
