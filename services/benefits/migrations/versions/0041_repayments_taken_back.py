"""A repayment that stood on the wrong claim counts there no more; what payments told first is kept."""

from alembic import op

revision = "0041_repayments_taken_back"
down_revision = "0040_days_that_were_paid"

SQL = """
CREATE TABLE repayment_back (repayment_id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  taken_back_on date NOT NULL, heard_at timestamptz NOT NULL);
"""


def upgrade() -> None:
    op.execute(SQL)
