"""Cash at the counter: vouchers handed over by two people, and the boxes of the offices counted each day."""

from alembic import op

from services.payments.reasons import SEED_0007

revision = "0007_cash"
down_revision = "0006_channels"

SQL = """
CREATE TABLE cash_box (
  id uuid PRIMARY KEY, office_id text NOT NULL, currency text NOT NULL, day date NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  opening_minor bigint NOT NULL CHECK (opening_minor >= 0), opened_by text NOT NULL, opened_by_name text NOT NULL,
  opened_at timestamptz NOT NULL, counted_minor bigint CHECK (counted_minor >= 0), difference_minor bigint,
  closed_by text, closed_by_name text, closed_at timestamptz, note text, UNIQUE (office_id, currency, day),
  CHECK (state = 'open' OR (counted_minor IS NOT NULL AND difference_minor IS NOT NULL AND closed_by IS NOT NULL)));
-- One box of an office is open at a time: yesterday's is counted before today's is opened.
CREATE UNIQUE INDEX cash_box_open ON cash_box (office_id, currency) WHERE state = 'open';

CREATE TABLE voucher (
  order_id uuid PRIMARY KEY REFERENCES payment_order, number text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{9}$'),
  office_id text NOT NULL, amount_minor bigint NOT NULL CHECK (amount_minor > 0), currency text NOT NULL,
  payee_name text NOT NULL, state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'proved', 'handed_over', 'expired')),
  issued_on date NOT NULL, valid_until date NOT NULL, code_no integer NOT NULL DEFAULT 1,
  tries integer NOT NULL DEFAULT 0, proof_kind text, proof_number text,
  proved_by text, proved_by_name text, proved_at timestamptz,
  handed_by text, handed_by_name text, handed_at timestamptz, box_id uuid REFERENCES cash_box,
  ended_on date, version integer NOT NULL DEFAULT 1,
  CHECK (state <> 'handed_over' OR (proved_by IS NOT NULL AND handed_by IS NOT NULL AND box_id IS NOT NULL
    AND proved_by <> handed_by)),
  CHECK (state NOT IN ('handed_over', 'expired') OR ended_on IS NOT NULL));
CREATE INDEX voucher_waiting ON voucher (office_id, valid_until) WHERE state IN ('waiting', 'proved');
CREATE FUNCTION guard_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('handed_over', 'expired') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'a voucher that ended stays ended' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.order_id, NEW.amount_minor, NEW.currency, NEW.office_id)
     IS DISTINCT FROM (OLD.order_id, OLD.amount_minor, OLD.currency, OLD.office_id) THEN
    RAISE EXCEPTION 'what a voucher pays never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER voucher_is_guarded BEFORE UPDATE ON voucher FOR EACH ROW EXECUTE FUNCTION guard_voucher();
CREATE TRIGGER voucher_is_kept BEFORE DELETE ON voucher FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

CREATE TABLE cash_move (
  id uuid PRIMARY KEY, box_id uuid NOT NULL REFERENCES cash_box,
  kind text NOT NULL CHECK (kind IN ('brought', 'taken_away', 'paid')),
  minor bigint NOT NULL CHECK (minor <> 0), order_id uuid UNIQUE REFERENCES payment_order, by text NOT NULL,
  by_name text NOT NULL, at timestamptz NOT NULL, note text,
  CHECK ((kind = 'brought') = (minor > 0)), CHECK ((kind = 'paid') = (order_id IS NOT NULL)));
CREATE INDEX cash_move_box ON cash_move (box_id);
CREATE TRIGGER cash_move_is_kept BEFORE UPDATE OR DELETE ON cash_move FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(SQL.replace(":", "\\:"))
    for code, source, about, owner, holds in SEED_0007:
        row = ", ".join("NULL" if v is None else f"'{v}'" for v in (code, source, about, owner, holds))
        op.execute(f"INSERT INTO reason_code VALUES ({row}, DATE '2026-11-28')")
