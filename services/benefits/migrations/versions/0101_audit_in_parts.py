"""The audit lies in parts by year."""

from shared.migrating import part_the_audit

revision = "0101_audit_in_parts"
down_revision = "0100_keys_of_employers"


def upgrade() -> None:
    part_the_audit()
