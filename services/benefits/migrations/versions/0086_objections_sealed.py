"""What a person says against paying back, and what was said of it, is sealed; what was written before is sealed now."""

from alembic import op

revision = "0086_objections_sealed"
down_revision = "0085_kept_for_a_term"


def upgrade() -> None:
    # The job that seals anew goes through everything again: columns have become sealed ones.
    op.execute("UPDATE seal_key SET whole_at = NULL WHERE name IN (SELECT name FROM seal_key LIMIT 100)")
