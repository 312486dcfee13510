"""The audit lies in parts by year."""

from alembic import op

from shared.migrating import part_the_audit
from shared.tables import AUDIT_STAYS_SQL

revision = "0047_audit_in_parts"
down_revision = "0046_letters_in_batches"


def upgrade() -> None:
    op.execute(AUDIT_STAYS_SQL)
    part_the_audit()
