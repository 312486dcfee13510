"""What a counter took in while its line was down, each item once."""

from alembic import op

revision = "0097_taken_in_without_a_line"
down_revision = "0096_leaves_in_lists"

SQL = """
CREATE TABLE intake (id uuid PRIMARY KEY, receipt text NOT NULL, office_id text NOT NULL REFERENCES office,
  state text NOT NULL CHECK (state IN ('taken', 'fault', 'settled', 'discarded')), fault text, typed jsonb,
  sent_by text NOT NULL, sent_name text NOT NULL, arrived_at timestamptz NOT NULL, arrived_on date NOT NULL,
  claim_id uuid REFERENCES claim, ended_by text, ended_name text, ended_on date, why text,
  CHECK ((state = 'fault') = (typed IS NOT NULL)), CHECK ((state = 'fault') = (fault IS NOT NULL)),
  CHECK ((state IN ('taken', 'settled')) = (claim_id IS NOT NULL)),
  CHECK ((state IN ('settled', 'discarded')) = (ended_by IS NOT NULL)));
CREATE INDEX intake_faults ON intake (office_id, arrived_at) WHERE state = 'fault';
CREATE INDEX intake_of_claim ON intake (claim_id);
CREATE INDEX intake_receipt ON intake (receipt);
"""


def upgrade() -> None:
    op.execute(SQL)
