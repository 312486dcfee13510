"""An objection to what two people decided about money paid too much; while it is open nothing is asked back."""

from alembic import op

revision = "0043_objections_to_recovery"
down_revision = "0042_paid_back_in_parts"

SQL = """
CREATE TABLE recovery_objection (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  recovery_id uuid NOT NULL REFERENCES recovery, grounds text NOT NULL, lodged_on date NOT NULL,
  lodged_by text NOT NULL, outcome text CHECK (outcome IN ('upheld', 'rejected', 'withdrawn', 'fell_away')),
  reasons text, decided_by text, decided_name text, decided_on date,
  CHECK ((outcome IS NULL) = (decided_on IS NULL)),
  CHECK (outcome IS NULL OR outcome IN ('withdrawn', 'fell_away') OR (reasons <> '' AND decided_by IS NOT NULL)));
CREATE UNIQUE INDEX recovery_objection_once ON recovery_objection (recovery_id)
  WHERE outcome IS NULL OR outcome IN ('upheld', 'rejected');
CREATE INDEX recovery_objection_claim ON recovery_objection (claim_id);
"""


def upgrade() -> None:
    op.execute(SQL)
