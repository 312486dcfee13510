"""Money that came back from a person because it was too much: whose, of which orders,
and paid anew if it is due after all."""

from alembic import op

revision = "0002_repayments"
down_revision = "0001_orders_runs_ledger"

TABLES = """
CREATE TABLE repayment (
  id uuid PRIMARY KEY, line_id uuid NOT NULL UNIQUE REFERENCES statement_line,
  award_id uuid NOT NULL REFERENCES award_schedule, minor bigint NOT NULL CHECK (minor > 0), currency text NOT NULL,
  received_on date NOT NULL, taken_by text NOT NULL, taken_at timestamptz NOT NULL);
CREATE INDEX repayment_award ON repayment (award_id);
CREATE TABLE repayment_part (
  repayment_id uuid NOT NULL REFERENCES repayment, order_id uuid NOT NULL REFERENCES payment_order,
  minor bigint NOT NULL CHECK (minor > 0), PRIMARY KEY (repayment_id, order_id));
CREATE INDEX repayment_part_order ON repayment_part (order_id);
CREATE TRIGGER repayment_is_kept BEFORE UPDATE OR DELETE ON repayment FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
CREATE TRIGGER repayment_part_is_kept BEFORE UPDATE OR DELETE ON repayment_part
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

ALTER TABLE statement_line DROP CONSTRAINT statement_line_resolution_check;
ALTER TABLE statement_line ADD CONSTRAINT statement_line_resolution_check
  CHECK (resolution IN ('settled_as_paid', 'fee', 'refunded', 'repayment', 'noted'));
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
    -- What she paid back has not moved any more.
    SELECT coalesce(sum(p.minor), 0) INTO repaid FROM repayment_part p JOIN payment_order o ON o.id = p.order_id
      WHERE o.award_id = NEW.award_id AND o.component = NEW.component AND o.no = NEW.no;
    IF over OR target IS NULL OR moved - repaid + NEW.amount_minor > target THEN
      RAISE EXCEPTION 'order % would pay beyond its award', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.execute(TABLES.replace(":", "\\:"))
    op.execute(GUARD.replace(":", "\\:"))
