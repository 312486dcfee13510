"""An order that moves on its way is written once, not once for each index of its table.

PostgreSQL writes a changed row into every index when one of the columns changed that any index names, if only in its
`WHERE`. The indexes of orders named the state, which changes with every move; they name now where an order stands
(live, ended, cancelled), which changes once. Pages keep room for the next version of their rows.

What failed and is made good once stands in an index of the few orders that replace another. The guard of sending asks
about repayments only where without them there is no room.
"""

from alembic import op

from shared.migrating import in_steps, index_beside

revision = "0067_orders_move_lighter"
down_revision = "0066_audit_in_parts"

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
    SELECT s.ended, i.amount_minor, CASE WHEN NEW.employer_id IS NOT NULL
        THEN coalesce((i.advanced ->> NEW.employer_id::text)::bigint, 0)
        WHEN i.advanced = '{}' THEN i.amount_minor
        ELSE i.amount_minor - (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(i.advanced)) END
      INTO over, whole, target FROM award_schedule s LEFT JOIN award_instalment i
        ON i.award_id = s.award_id AND i.component = NEW.component AND i.no = NEW.no
      WHERE s.award_id = NEW.award_id;
    SELECT coalesce(sum(amount_minor), 0),
        coalesce(sum(amount_minor) FILTER (WHERE employer_id IS NOT DISTINCT FROM NEW.employer_id), 0)
      INTO moved, moved_of FROM payment_order
      WHERE award_id = NEW.award_id AND component = NEW.component AND no = NEW.no AND id <> NEW.id
        AND state IN ('sent', 'accepted', 'unknown', 'settled');
    over := over OR target IS NULL;
    IF NOT over AND (moved_of + NEW.amount_minor > target OR moved + NEW.amount_minor > whole) THEN
      -- What was paid back has not moved any more, as long as it stands on the claim. It only ever gives room, so that
      -- it is asked about only where there is none.
      SELECT coalesce(sum(p.minor), 0),
          coalesce(sum(p.minor) FILTER (WHERE o.employer_id IS NOT DISTINCT FROM NEW.employer_id), 0)
        INTO repaid, repaid_of FROM repayment_part p JOIN payment_order o ON o.id = p.order_id
        WHERE o.award_id = NEW.award_id AND o.component = NEW.component AND o.no = NEW.no
          AND NOT EXISTS (SELECT FROM repayment_back b WHERE b.repayment_id = p.repayment_id AND b.state = 'final');
      over := moved_of - repaid_of + NEW.amount_minor > target OR moved - repaid + NEW.amount_minor > whole;
    END IF;
    IF over THEN
      RAISE EXCEPTION 'order % would pay beyond its award', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
"""


#: Where an order stands follows from its state, whoever writes it.
STANDING = """
CREATE OR REPLACE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.standing := CASE WHEN NEW.state = 'cancelled' THEN 'cancelled'
    WHEN NEW.state IN ('settled', 'rejected', 'returned') THEN 'ended' ELSE 'live' END;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER order_stands BEFORE INSERT OR UPDATE OF state, standing ON payment_order
  FOR EACH ROW EXECUTE FUNCTION stand();
"""

#: What ended before this release and does not stand so yet; the trigger says how it ended.
ENDED = "standing = 'live' AND state IN ('settled', 'rejected', 'returned', 'cancelled')"

#: Each new index, what it holds, and the one whose place it takes.
INDEXES = (
    (
        "order_live_once",
        "payment_order (award_id, component, no, coalesce(employer_id, person_id)) WHERE standing = 'live'",
        "one_live_order_for_each",
    ),
    (
        "order_replaced_once",
        "payment_order (replaces) WHERE replaces IS NOT NULL AND standing <> 'cancelled'",
        "replaced_once",
    ),
    ("order_to_draft", "payment_order (due_on, id) WHERE standing = 'live' AND run_id IS NULL", "order_due"),
    ("order_live_in_run", "payment_order (run_id) WHERE standing = 'live'", "order_of_run_in_flight"),
    ("order_held_for", "payment_order (reason) WHERE standing = 'live' AND reason IS NOT NULL", "order_held"),
)


def upgrade() -> None:
    op.execute(GUARD)
    op.execute("ALTER TABLE payment_order SET (fillfactor = 50)")
    op.execute("ALTER TABLE payment_order ADD COLUMN IF NOT EXISTS standing text NOT NULL DEFAULT 'live'")
    op.execute(STANDING)
    # Found by an index of their own, so that a step does not look at all orders there ever were.
    index_beside("order_to_stand", f"payment_order (id) WHERE {ENDED}")
    in_steps(
        "UPDATE payment_order SET standing = 'ended'"
        f" WHERE id IN (SELECT id FROM payment_order WHERE {ENDED} ORDER BY id LIMIT :step)"
    )
    for name, on, before in INDEXES:
        index_beside(name, on, unique=name.endswith("_once"))
        with op.get_context().autocommit_block():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {before}")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS order_in_flight")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS order_to_stand")
