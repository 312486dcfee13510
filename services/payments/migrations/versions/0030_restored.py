"""A restored backup is noticed and held; orders that had left by then are put back."""

from alembic import op

from shared.tables import RESTORED_SQL

revision = "0030_restored"
down_revision = "0020_repayments_taken_back"

#: What is put back after a restore begins where it stood: only the first write of such a row goes round the guard.
SQL = """
ALTER TABLE payment_order ADD COLUMN regained_on date;
ALTER TABLE run ADD COLUMN regained_on date;
ALTER TABLE award_schedule DROP CONSTRAINT award_schedule_version_check, ADD CHECK (version >= 0) NOT VALID;
DROP TRIGGER order_is_guarded ON payment_order;
CREATE TRIGGER order_is_guarded BEFORE INSERT ON payment_order FOR EACH ROW
  WHEN (NEW.regained_on IS NULL) EXECUTE FUNCTION guard_order();
CREATE TRIGGER order_stays_guarded BEFORE UPDATE ON payment_order FOR EACH ROW
  WHEN (OLD.regained_on IS NOT NULL OR NEW.regained_on IS NULL) EXECUTE FUNCTION guard_order();
DROP TRIGGER run_is_guarded ON run;
CREATE TRIGGER run_is_guarded BEFORE INSERT ON run FOR EACH ROW
  WHEN (NEW.regained_on IS NULL) EXECUTE FUNCTION guard_run();
CREATE TRIGGER run_stays_guarded BEFORE UPDATE ON run FOR EACH ROW
  WHEN (NEW.regained_on IS NULL OR OLD.digest <> '') EXECUTE FUNCTION guard_run();
"""


def upgrade() -> None:
    op.execute(RESTORED_SQL)
    op.execute(SQL)
