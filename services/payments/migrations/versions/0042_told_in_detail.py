"""A sum that the bank later tells in detail gives way to its details."""

from alembic import op

revision = "0042_told_in_detail"
down_revision = "0041_books_looked_at_together"

SQL = """
ALTER TABLE statement_line DROP CONSTRAINT statement_line_resolution_check;
ALTER TABLE statement_line ADD CONSTRAINT statement_line_resolution_check CHECK (resolution IN ('settled_as_paid',
  'fee', 'refunded', 'repayment', 'split', 'noted', 'confirmed', 'returned_less_charges', 'told_twice',
  'told_in_detail'));
"""


def upgrade() -> None:
    op.execute(SQL)
