"""The channel over which the product pays is ISO 20022; the pretend bank only speaks it."""

from alembic import op

revision = "0003_channel_named"
down_revision = "0002_repayments"


def upgrade() -> None:
    op.execute("UPDATE statement SET channel = 'iso20022' WHERE channel = 'pretend_bank'")
