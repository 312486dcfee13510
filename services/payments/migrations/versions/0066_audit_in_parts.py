"""The audit lies in parts by year."""

from shared.migrating import part_the_audit

revision = "0066_audit_in_parts"
down_revision = "0065_kept_for_a_term"


def upgrade() -> None:
    part_the_audit()
