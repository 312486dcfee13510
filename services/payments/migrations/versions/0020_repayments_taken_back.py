"""A repayment is taken back from the wrong claim by two people; one line may hold several, and a rest."""

from alembic import op

revision = "0020_repayments_taken_back"
down_revision = "0009_ended_sessions"

TABLES = """
CREATE TABLE repayment_back (
  id uuid PRIMARY KEY, repayment_id uuid NOT NULL REFERENCES repayment,
  state text NOT NULL CHECK (state IN ('proposed', 'final', 'refused')), why text NOT NULL,
  asked_by text NOT NULL, asked_name text NOT NULL, asked_at timestamptz NOT NULL,
  decided_by text, decided_name text, decided_at timestamptz,
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  CHECK (state <> 'final' OR decided_by <> asked_by));
CREATE UNIQUE INDEX repayment_back_once ON repayment_back (repayment_id) WHERE state <> 'refused';
ALTER TABLE repayment DROP CONSTRAINT repayment_line_id_key;
CREATE INDEX repayment_line ON repayment (line_id);
ALTER TABLE repayment ADD COLUMN taken_by_name text NOT NULL DEFAULT '';
ALTER TABLE statement_line DROP CONSTRAINT statement_line_resolution_check;
ALTER TABLE statement_line ADD CONSTRAINT statement_line_resolution_check CHECK (resolution IN
  ('settled_as_paid', 'fee', 'refunded', 'repayment', 'split', 'noted', 'confirmed', 'returned_less_charges',
   'told_twice'));
"""

GUARD = """
CREATE OR REPLACE FUNCTION guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target bigint; moved numeric; repaid numeric; over boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('planned', 'held') THEN
      RAISE EXCEPTION 'an order begins planned or held' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.award_id, NEW.person_id, NEW.component, NEW.no, NEW.amount_minor, NEW.currency,
      NEW.reference, NEW.uetr)
     IS DISTINCT FROM
     (OLD.id, OLD.award_id, OLD.person_id, OLD.component, OLD.no, OLD.amount_minor, OLD.currency,
      OLD.reference, OLD.uetr) THEN
    RAISE EXCEPTION 'what an order pays, to whom and under which reference never changes'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('planned', 'approved'), ('planned', 'held'), ('planned', 'cancelled'),
    ('held', 'planned'), ('held', 'cancelled'),
    ('approved', 'sent'), ('approved', 'planned'), ('approved', 'held'), ('approved', 'cancelled'),
    ('sent', 'accepted'), ('sent', 'settled'), ('sent', 'rejected'), ('sent', 'unknown'), ('sent', 'cancelled'),
    ('accepted', 'settled'), ('accepted', 'rejected'), ('accepted', 'cancelled'),
    ('unknown', 'accepted'), ('unknown', 'settled'), ('unknown', 'rejected'), ('unknown', 'cancelled'),
    ('settled', 'returned')) THEN
    RAISE EXCEPTION 'an order that is % cannot become %', OLD.state, NEW.state
    USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state NOT IN ('planned', 'held', 'approved') AND NEW.run_id IS DISTINCT FROM OLD.run_id THEN
    RAISE EXCEPTION 'an order that was sent stays with its run' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'sent' AND OLD.state = 'approved' THEN
    SELECT ended INTO over FROM award_schedule WHERE award_id = NEW.award_id;
    SELECT amount_minor INTO target FROM award_instalment
      WHERE award_id = NEW.award_id AND component = NEW.component AND no = NEW.no;
    SELECT coalesce(sum(amount_minor), 0) INTO moved FROM payment_order
      WHERE award_id = NEW.award_id AND component = NEW.component AND no = NEW.no AND id <> NEW.id
        AND state IN ('sent', 'accepted', 'unknown', 'settled');
    -- What she paid back has not moved any more, as long as it stands on her claim.
    SELECT coalesce(sum(p.minor), 0) INTO repaid FROM repayment_part p JOIN payment_order o ON o.id = p.order_id
      WHERE o.award_id = NEW.award_id AND o.component = NEW.component AND o.no = NEW.no
        AND NOT EXISTS (SELECT FROM repayment_back b WHERE b.repayment_id = p.repayment_id AND b.state = 'final');
    IF over OR target IS NULL OR moved - repaid + NEW.amount_minor > target THEN
      RAISE EXCEPTION 'order % would pay beyond its award', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GUARD.replace(":", "\\:"))
