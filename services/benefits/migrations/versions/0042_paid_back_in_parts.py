"""What is paid back may be agreed in parts; each part that is missed is reminded of once."""

from alembic import op

revision = "0042_paid_back_in_parts"
down_revision = "0041_repayments_taken_back"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE recovery ADD COLUMN parts jsonb NOT NULL DEFAULT '[]',"
        " ADD COLUMN reminded jsonb NOT NULL DEFAULT '[]'"
    )
