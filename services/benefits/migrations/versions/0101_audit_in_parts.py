"""The audit lies in parts by year."""

from alembic import op

from shared.migrating import part_the_audit
from shared.tables import AUDIT_STAYS_SQL

revision = "0101_audit_in_parts"
down_revision = "0100_keys_of_employers"


def upgrade() -> None:
    op.execute(AUDIT_STAYS_SQL)
    part_the_audit()
