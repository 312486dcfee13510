"""Orders, runs, ledger, statements: and what the database itself refuses."""

from alembic import op

from services.payments.reasons import SEED
from shared.tables import FIRST_SQL

revision = "0001_orders_runs_ledger"
down_revision = None

TABLES = """
CREATE TABLE reason_code (
  code text PRIMARY KEY,
  source text NOT NULL CHECK (source IN ('iso', 'house')),
  about text NOT NULL,
  owner text NOT NULL CHECK (owner IN ('office', 'payments', 'bank', 'benefits')),
  holds_successor text,
  revised_on date NOT NULL);

CREATE TABLE award_schedule (
  award_id uuid PRIMARY KEY, version integer NOT NULL CHECK (version >= 1), currency text NOT NULL,
  claim_id uuid NOT NULL, claim_number text NOT NULL, person_id uuid NOT NULL, office_id text NOT NULL,
  past jsonb NOT NULL, received_on date NOT NULL, ended boolean NOT NULL DEFAULT false);
CREATE INDEX award_of_person ON award_schedule (person_id);
CREATE TABLE award_instalment (
  award_id uuid NOT NULL REFERENCES award_schedule, component text NOT NULL, no integer NOT NULL CHECK (no >= 1),
  due_on date NOT NULL, first_day date NOT NULL, last_day date NOT NULL, amount_minor bigint NOT NULL,
  PRIMARY KEY (award_id, component, no));

CREATE TABLE run (
  id uuid PRIMARY KEY, number text NOT NULL UNIQUE, pay_day date NOT NULL, currency text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'checked', 'approved', 'sent', 'part_settled', 'closed', 'cancelled')),
  work text NOT NULL DEFAULT 'none'
    CHECK (work IN ('none', 'checking', 'check_failed', 'sending', 'bank_away', 'no_funds')),
  made_by text NOT NULL, made_by_name text NOT NULL, made_at timestamptz NOT NULL, made_on date NOT NULL,
  order_count integer NOT NULL DEFAULT 0, total_minor bigint NOT NULL DEFAULT 0, digest text NOT NULL DEFAULT '',
  approvals_needed integer CHECK (approvals_needed >= 2),
  checked_at timestamptz, approved_at timestamptz, sent_at timestamptz, sent_on date, executes_on date,
  answered_at timestamptz, ended_at timestamptz,
  message_id text NOT NULL UNIQUE CHECK (length(message_id) <= 35), file_sha256 text,
  version integer NOT NULL DEFAULT 1,
  CHECK (state NOT IN ('sent', 'part_settled', 'closed') OR (sent_at IS NOT NULL AND file_sha256 IS NOT NULL)));
CREATE INDEX run_open ON run (pay_day) WHERE state IN ('draft', 'checked', 'approved');
CREATE INDEX run_sent_on ON run (sent_on);

CREATE TABLE payment_order (
  id uuid PRIMARY KEY, serial integer NOT NULL CHECK (serial >= 1),
  award_id uuid NOT NULL REFERENCES award_schedule, claim_id uuid NOT NULL, claim_number text NOT NULL,
  person_id uuid NOT NULL, office_id text NOT NULL, component text NOT NULL, no integer NOT NULL,
  first_day date NOT NULL, last_day date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('instalment', 'arrears', 'reissue')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0), currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  due_on date NOT NULL,
  state text NOT NULL CHECK (state IN
    ('planned', 'held', 'approved', 'sent', 'accepted', 'unknown', 'settled', 'rejected', 'returned', 'cancelled')),
  reason text, reason_since date, reason_by text,
  reference text NOT NULL UNIQUE CHECK (reference ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  uetr uuid NOT NULL UNIQUE, replaces uuid REFERENCES payment_order, run_id uuid REFERENCES run,
  fingerprint text, made_on date NOT NULL, sent_on date, settled_on date, ended_on date,
  asked_at timestamptz, version integer NOT NULL DEFAULT 1,
  UNIQUE (award_id, serial),
  CHECK (state NOT IN ('held', 'rejected', 'returned') OR reason IS NOT NULL),
  CHECK (state IN ('planned', 'held', 'cancelled') OR run_id IS NOT NULL));
-- One live order for each instalment, whatever asks for another.
CREATE UNIQUE INDEX one_live_order ON payment_order (award_id, component, no)
  WHERE state IN ('planned', 'held', 'approved', 'sent', 'accepted', 'unknown');
-- What failed is made good once.
CREATE UNIQUE INDEX replaced_once ON payment_order (replaces) WHERE state <> 'cancelled';
CREATE INDEX order_due ON payment_order (due_on, id) WHERE state = 'planned' AND run_id IS NULL;
CREATE INDEX order_of_run ON payment_order (run_id);
CREATE INDEX order_of_run_in_flight ON payment_order (run_id) WHERE state IN ('sent', 'accepted', 'unknown');
CREATE INDEX order_of_person ON payment_order (person_id);
CREATE INDEX order_of_claim ON payment_order (claim_id);
CREATE INDEX order_in_flight ON payment_order (state, sent_on) WHERE state IN ('sent', 'accepted', 'unknown');
CREATE INDEX order_held ON payment_order (reason) WHERE state = 'held';

CREATE TABLE order_move (
  order_id uuid NOT NULL REFERENCES payment_order, version integer NOT NULL, before text, after text NOT NULL,
  reason text, by text NOT NULL, at timestamptz NOT NULL, on_day date NOT NULL, note text,
  PRIMARY KEY (order_id, version));

CREATE TABLE run_item (
  run_id uuid NOT NULL REFERENCES run, order_id uuid NOT NULL REFERENCES payment_order,
  taken_out text CHECK (taken_out IN ('skipped', 'rejected', 'held', 'cancelled')), taken_by text, note text,
  payee_name text, payee_latin text, account jsonb, fingerprint text, name_match text, bank_name text,
  warnings jsonb NOT NULL DEFAULT '[]', judged_by text, judged_at timestamptz, checked_at timestamptz,
  last_minor bigint, last_run text,
  PRIMARY KEY (run_id, order_id));
CREATE INDEX run_item_order ON run_item (order_id);

CREATE TABLE run_approval (
  id uuid PRIMARY KEY, run_id uuid NOT NULL REFERENCES run, by_id text NOT NULL, by_name text NOT NULL,
  digest text NOT NULL, total_minor bigint NOT NULL, at timestamptz NOT NULL, on_day date NOT NULL,
  UNIQUE (run_id, by_id, digest));

CREATE TABLE ledger_entry (
  id uuid PRIMARY KEY, cause text NOT NULL UNIQUE, kind text NOT NULL, order_id uuid REFERENCES payment_order,
  line_id uuid, run_id uuid, happened_on date NOT NULL, recorded_at timestamptz NOT NULL);
CREATE INDEX ledger_entry_order ON ledger_entry (order_id);
CREATE INDEX ledger_entry_day ON ledger_entry (happened_on);
CREATE TABLE ledger_posting (
  entry_id uuid NOT NULL REFERENCES ledger_entry, position smallint NOT NULL,
  account text NOT NULL CHECK (account IN ('expense', 'payable', 'clearing', 'bank', 'returned', 'suspense', 'fees')),
  component text, minor bigint NOT NULL CHECK (minor <> 0), currency text NOT NULL, PRIMARY KEY (entry_id, position));
CREATE INDEX ledger_posting_account ON ledger_posting (account, currency);

CREATE TABLE statement (
  id uuid PRIMARY KEY, channel text NOT NULL, statement_id text NOT NULL, sha256 text NOT NULL, account text NOT NULL,
  currency text NOT NULL, day date NOT NULL, is_final boolean NOT NULL, opening_minor bigint, closing_minor bigint,
  adds_up boolean, line_count integer NOT NULL, unreadable jsonb NOT NULL, imported_at timestamptz NOT NULL,
  imported_by text NOT NULL, done boolean NOT NULL DEFAULT false, UNIQUE (channel, statement_id, sha256));
CREATE INDEX statement_day ON statement (day);
CREATE TABLE statement_line (
  id uuid PRIMARY KEY, statement_id uuid NOT NULL REFERENCES statement, position integer NOT NULL,
  account text NOT NULL, bank_reference text NOT NULL, amount_minor bigint NOT NULL, currency text NOT NULL,
  booked_on date NOT NULL, reference text, reason text,
  match text NOT NULL CHECK (match IN ('matched', 'amount_differs', 'duplicate', 'fee', 'return', 'unmatched')),
  order_id uuid REFERENCES payment_order, text text NOT NULL DEFAULT '',
  resolution text CHECK (resolution IN ('settled_as_paid', 'fee', 'refunded', 'noted')), resolved_by text,
  resolved_at timestamptz, note text, UNIQUE (account, bank_reference));
CREATE INDEX statement_line_of ON statement_line (statement_id);
CREATE INDEX statement_line_order ON statement_line (order_id);
CREATE INDEX statement_line_open ON statement_line (booked_on) WHERE resolution IS NULL
  AND match IN ('amount_differs', 'duplicate', 'unmatched');
"""

GUARDS = """
CREATE FUNCTION guard_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target bigint; moved numeric; over boolean;
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
    IF over OR target IS NULL OR moved + NEW.amount_minor > target THEN
      RAISE EXCEPTION 'order % would pay beyond its award', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_is_guarded BEFORE INSERT OR UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION guard_order();
CREATE TRIGGER order_is_kept BEFORE DELETE ON payment_order FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
CREATE TRIGGER order_move_is_kept BEFORE UPDATE OR DELETE ON order_move FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

CREATE FUNCTION guard_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hands integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'a run begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('draft', 'checked'), ('draft', 'cancelled'), ('checked', 'draft'), ('checked', 'approved'),
    ('checked', 'cancelled'), ('approved', 'draft'), ('approved', 'checked'), ('approved', 'sent'),
    ('approved', 'cancelled'), ('sent', 'part_settled'), ('sent', 'closed'), ('part_settled', 'closed'),
    ('closed', 'part_settled')) THEN
    RAISE EXCEPTION 'a run that is % cannot become %', OLD.state, NEW.state
    USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state IN ('sent', 'part_settled', 'closed', 'cancelled') AND
     (NEW.order_count, NEW.total_minor, NEW.digest, NEW.file_sha256, NEW.made_by, NEW.sent_on, NEW.message_id)
     IS DISTINCT FROM
     (OLD.order_count, OLD.total_minor, OLD.digest, OLD.file_sha256, OLD.made_by, OLD.sent_on, OLD.message_id) THEN
    RAISE EXCEPTION 'the totals of a run that left never change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.made_by <> OLD.made_by THEN
    RAISE EXCEPTION 'a run keeps its maker' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND NEW.state IN ('approved', 'sent') THEN
    SELECT count(DISTINCT by_id) INTO hands FROM run_approval
      WHERE run_id = NEW.id AND digest = NEW.digest AND by_id <> NEW.made_by;
    IF NEW.approvals_needed IS NULL OR hands < NEW.approvals_needed THEN
      RAISE EXCEPTION 'run % has % of % hands', NEW.id, hands, NEW.approvals_needed
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_is_guarded BEFORE INSERT OR UPDATE ON run FOR EACH ROW EXECUTE FUNCTION guard_run();
CREATE TRIGGER run_is_kept BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
CREATE TRIGGER run_approval_is_kept BEFORE UPDATE OR DELETE ON run_approval
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_posting WHERE entry_id = NEW.entry_id GROUP BY currency HAVING sum(minor) <> 0) THEN
    RAISE EXCEPTION 'entry % does not balance', NEW.entry_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_is_balanced AFTER INSERT ON ledger_posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION ledger_balances();
CREATE TRIGGER ledger_entry_is_kept BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
CREATE TRIGGER ledger_posting_is_kept BEFORE UPDATE OR DELETE ON ledger_posting
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(FIRST_SQL)
    op.execute(TABLES.replace(":", "\\:"))
    op.execute(GUARDS.replace(":", "\\:"))
    for code, source, about, owner, holds in SEED:
        row = ", ".join(
            "NULL" if v is None else "'" + v.replace("'", "''") + "'" for v in (code, source, about, owner, holds)
        )
        op.execute(f"INSERT INTO reason_code VALUES ({row}, DATE '2025-01-01')")
