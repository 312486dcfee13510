"""The audit lies in parts by year."""

from shared.migrating import part_the_audit

revision = "0047_audit_in_parts"
down_revision = "0046_letters_in_batches"


def upgrade() -> None:
    part_the_audit()
