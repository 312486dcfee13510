"""Channels side by side: each order and run says over which one its money leaves; wallets and cash have accounts."""

from alembic import op

revision = "0006_channels"
down_revision = "0005_latin_names"

SQL = """
ALTER TABLE payment_order ADD COLUMN channel text NOT NULL DEFAULT 'iso20022';
ALTER TABLE run ADD COLUMN channel text NOT NULL DEFAULT 'iso20022';
CREATE INDEX run_of_channel ON run (channel, sent_on);

CREATE FUNCTION guard_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state NOT IN ('planned', 'held') THEN
    RAISE EXCEPTION 'released money keeps its channel' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_keeps_channel BEFORE UPDATE OF channel ON payment_order FOR EACH ROW
  WHEN (OLD.channel IS DISTINCT FROM NEW.channel) EXECUTE FUNCTION guard_channel();
CREATE FUNCTION guard_run_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a run keeps its channel' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER run_keeps_channel BEFORE UPDATE OF channel ON run FOR EACH ROW
  WHEN (OLD.channel IS DISTINCT FROM NEW.channel) EXECUTE FUNCTION guard_run_channel();

ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_account_check;
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_account_check CHECK (account IN
  ('expense', 'payable', 'clearing', 'bank', 'wallet', 'cash', 'returned', 'suspense', 'fees'));
"""


def upgrade() -> None:
    op.execute(SQL.replace(":", "\\:"))
