"""A decision that should never have been made is annulled by two people; it is kept, and counts no more."""

from alembic import op

revision = "0107_annulled"
down_revision = "0106_promised_days"

SQL = """
CREATE TABLE annulment (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  decision_id uuid NOT NULL REFERENCES decision, up_to integer NOT NULL,
  ground text NOT NULL CHECK (ground IN ('wrong_person', 'registered_twice', 'false_papers', 'our_mistake')),
  basis text NOT NULL CHECK (basis <> ''), words text NOT NULL CHECK (words <> ''),
  granted_minor bigint NOT NULL, paid_minor bigint NOT NULL, currency text NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'returned', 'runs', 'lifted')),
  proposed_by text NOT NULL, proposed_name text NOT NULL, proposed_on date NOT NULL, proposed_at timestamptz NOT NULL,
  waited jsonb, decided_on date, confirmed_by text, confirmed_name text, returned_words text, appeal_until date,
  outcome text CHECK (outcome IN ('upheld', 'rejected')), reasons text, outcome_on date, outcome_by text,
  outcome_name text,
  CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by),
  CHECK (outcome_by IS NULL OR outcome_by NOT IN (proposed_by, confirmed_by)),
  CHECK ((state IN ('runs', 'lifted')) = (confirmed_by IS NOT NULL AND decided_on IS NOT NULL)),
  CHECK ((outcome IS NULL) = (outcome_by IS NULL) AND (outcome IS NULL) = (outcome_on IS NULL)),
  CHECK ((state = 'lifted') = (outcome IS NOT NULL AND outcome = 'upheld')));
CREATE UNIQUE INDEX annulment_asked ON annulment (claim_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX annulment_once ON annulment (decision_id) WHERE state IN ('proposed', 'runs');
CREATE INDEX annulment_claim ON annulment (claim_id);
CREATE INDEX annulment_decision ON annulment (decision_id);
"""


def upgrade() -> None:
    op.execute(SQL)
