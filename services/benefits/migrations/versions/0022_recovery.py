"""What becomes of money paid beyond an award: decided by two people, withheld, paid back or let go."""

from alembic import op

revision = "0022_recovery"
down_revision = "0021_advances_that_came_back"

SQL = """
ALTER TABLE award ADD COLUMN past jsonb NOT NULL DEFAULT '[]', ADD COLUMN paid_until jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN withheld jsonb NOT NULL DEFAULT '[]';
-- The past of versions that stand: due when they were decided, or not after the last part that moved.
UPDATE award a SET past = coalesce((
  SELECT jsonb_agg(jsonb_build_array(p ->> 'component', (p ->> 'no')::int))
  FROM jsonb_array_elements(a.schedule) p JOIN decision d ON d.id = a.decision_id
  WHERE (p ->> 'due_on')::date <= d.decided_on OR (p ->> 'no')::int <= coalesce((
    SELECT max(f.no) FROM payment_fact f
    WHERE f.award_id = a.id AND f.component = p ->> 'component' AND f.state IN ('sent', 'unknown', 'settled')), 0)),
    '[]');

ALTER TABLE overpayment ADD COLUMN repaid_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN waived_minor bigint NOT NULL DEFAULT 0, ADD COLUMN told_minor bigint NOT NULL DEFAULT 0;
UPDATE overpayment SET told_minor = minor;
ALTER TABLE overpayment DROP CONSTRAINT overpayment_state_check;
ALTER TABLE overpayment ADD CONSTRAINT overpayment_state_check
  CHECK (state IN ('found', 'suspended', 'recovering', 'waived', 'settled'));

CREATE TABLE recovery (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  overpayment_id uuid NOT NULL REFERENCES overpayment, way text NOT NULL CHECK (way IN ('repay', 'set_off', 'waive')),
  minor bigint NOT NULL CHECK (minor > 0), currency text NOT NULL,
  reason text CHECK (reason IN ('hardship', 'our_mistake', 'too_small')), words text,
  heard text, state text NOT NULL CHECK (state IN ('proposed', 'returned', 'final')), proposed_by text NOT NULL,
  proposed_name text NOT NULL, proposed_at timestamptz NOT NULL, decided_on date, repay_by date, confirmed_by text,
  confirmed_name text, returned_reason text, returned_words text, ended_on date, ended_reason text,
  CHECK ((way = 'waive') = (reason IS NOT NULL)),
  CHECK (state <> 'final' OR (decided_on IS NOT NULL AND confirmed_by IS NOT NULL AND confirmed_by <> proposed_by)));
CREATE INDEX recovery_claim ON recovery (claim_id);
CREATE UNIQUE INDEX recovery_one_proposal ON recovery (claim_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX recovery_one_active ON recovery (claim_id) WHERE state = 'final' AND way <> 'waive'
  AND ended_on IS NULL;

CREATE TABLE repayment (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  minor bigint NOT NULL CHECK (minor > 0), currency text NOT NULL, received_on date NOT NULL,
  heard_at timestamptz NOT NULL);
CREATE INDEX repayment_claim ON repayment (claim_id);
CREATE TRIGGER repayment_is_kept BEFORE UPDATE OR DELETE ON repayment FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(SQL.replace(":", "\\:"))
