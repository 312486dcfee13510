"""Orders of an employer who advanced a benefit: of each instalment a part may be hers.

One live order for each payee of an instalment; none pays beyond its part, and all together not beyond the whole.
"""

from alembic import op

from shared.migrating import index_beside

revision = "0062_employers_are_paid"
down_revision = "0060_sealed"

GUARD = """
CREATE OR REPLACE FUNCTION guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whole bigint; target numeric; moved numeric; repaid numeric; moved_of numeric; repaid_of numeric; over boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('planned', 'held') THEN
      RAISE EXCEPTION 'an order begins planned or held' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.award_id, NEW.person_id, NEW.employer_id, NEW.component, NEW.no, NEW.amount_minor, NEW.currency,
      NEW.reference, NEW.uetr)
     IS DISTINCT FROM
     (OLD.id, OLD.award_id, OLD.person_id, OLD.employer_id, OLD.component, OLD.no, OLD.amount_minor, OLD.currency,
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
    SELECT amount_minor, CASE WHEN NEW.employer_id IS NULL
        THEN amount_minor - (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(advanced))
        ELSE coalesce((advanced ->> NEW.employer_id::text)::bigint, 0) END
      INTO whole, target FROM award_instalment
      WHERE award_id = NEW.award_id AND component = NEW.component AND no = NEW.no;
    SELECT coalesce(sum(amount_minor), 0),
        coalesce(sum(amount_minor) FILTER (WHERE employer_id IS NOT DISTINCT FROM NEW.employer_id), 0)
      INTO moved, moved_of FROM payment_order
      WHERE award_id = NEW.award_id AND component = NEW.component AND no = NEW.no AND id <> NEW.id
        AND state IN ('sent', 'accepted', 'unknown', 'settled');
    -- What was paid back has not moved any more, as long as it stands on the claim.
    SELECT coalesce(sum(p.minor), 0),
        coalesce(sum(p.minor) FILTER (WHERE o.employer_id IS NOT DISTINCT FROM NEW.employer_id), 0)
      INTO repaid, repaid_of FROM repayment_part p JOIN payment_order o ON o.id = p.order_id
      WHERE o.award_id = NEW.award_id AND o.component = NEW.component AND o.no = NEW.no
        AND NOT EXISTS (SELECT FROM repayment_back b WHERE b.repayment_id = p.repayment_id AND b.state = 'final');
    IF over OR target IS NULL OR moved_of - repaid_of + NEW.amount_minor > target
        OR moved - repaid + NEW.amount_minor > whole THEN
      RAISE EXCEPTION 'order % would pay beyond its award', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.execute("ALTER TABLE payment_order ADD COLUMN employer_id uuid")
    op.execute("ALTER TABLE award_instalment ADD COLUMN advanced jsonb NOT NULL DEFAULT '{}'")
    op.execute(GUARD)
    index_beside("order_of_employer", "payment_order (employer_id) WHERE employer_id IS NOT NULL")
    index_beside(
        "one_live_order_for_each",
        "payment_order (award_id, component, no, coalesce(employer_id, person_id))"
        " WHERE state IN ('planned', 'held', 'approved', 'sent', 'accepted', 'unknown')",
        unique=True,
    )
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS one_live_order")
