"""What waits is found without reading what is over; an item says who took it in."""

from alembic import op

from shared.migrating import index_beside

revision = "0102_what_waits"
down_revision = "0101_audit_in_parts"


def upgrade() -> None:
    op.execute("ALTER TABLE intake ADD COLUMN taken_by text, ADD COLUMN taken_name text")
    waits = "waits_for IS NOT NULL OR state IN ('draft', 'submitted', 'returned', 'in_assessment')"
    index_beside("claim_waiting", f"claim (office_id, received_on, number) WHERE {waits}")
