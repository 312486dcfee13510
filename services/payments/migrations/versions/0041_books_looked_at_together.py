"""Entries written together are looked at together: each balances when its statement ends."""

from alembic import op

revision = "0041_books_looked_at_together"
down_revision = "0040_parts_of_a_run"

SQL = """
DROP TRIGGER ledger_is_balanced ON ledger_posting;
CREATE OR REPLACE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong uuid;
BEGIN
  SELECT entry_id INTO wrong FROM ledger_posting WHERE entry_id IN (SELECT entry_id FROM added)
    GROUP BY entry_id, currency HAVING sum(minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % does not balance', wrong USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_is_balanced AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_balances();
"""


def upgrade() -> None:
    op.execute(SQL)
