"""What was paid less on one claim counts as come back on another: a repayment without a line of a statement."""

from alembic import op

revision = "0051_set_off_elsewhere"
down_revision = "0050_statement_layouts"

SQL = """
ALTER TABLE repayment ALTER COLUMN line_id DROP NOT NULL;
ALTER TABLE repayment ADD COLUMN from_component text, ADD CHECK ((line_id IS NULL) = (from_component IS NOT NULL));
"""


def upgrade() -> None:
    op.execute(SQL)
