"""What was paid too much on one claim is withheld from the instalments of another of the same person."""

from alembic import op

from shared.migrating import index_beside, rule_proved_later

revision = "0055_set_off_elsewhere"
down_revision = "0051_offices_below_offices"

COLUMNS = """
ALTER TABLE award ADD COLUMN IF NOT EXISTS ceded jsonb NOT NULL DEFAULT '[]';
ALTER TABLE recovery ADD COLUMN IF NOT EXISTS from_claim_id uuid;
"""
#: An award is drawn on by one recovery at a time.
ALONE = "recovery (from_claim_id) WHERE from_claim_id IS NOT NULL AND state <> 'returned' AND ended_on IS NULL"
SQL = """
CREATE TABLE set_off (id uuid PRIMARY KEY, recovery_id uuid NOT NULL REFERENCES recovery,
  claim_id uuid NOT NULL REFERENCES claim, from_claim_id uuid NOT NULL REFERENCES claim, component text NOT NULL,
  no integer NOT NULL, first_day date NOT NULL, last_day date NOT NULL, minor bigint NOT NULL CHECK (minor > 0),
  currency text NOT NULL, counted_on date NOT NULL, undone_on date, counted_at timestamptz NOT NULL,
  CHECK (claim_id <> from_claim_id));
CREATE INDEX set_off_claim ON set_off (claim_id);
CREATE UNIQUE INDEX set_off_once ON set_off (from_claim_id, component, no) WHERE undone_on IS NULL;
CREATE FUNCTION guard_set_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.undone_on IS NOT NULL OR NEW.undone_on IS NULL
     OR (to_jsonb(NEW) - 'undone_on') IS DISTINCT FROM (to_jsonb(OLD) - 'undone_on') THEN
    RAISE EXCEPTION 'what was set off is kept; it can only be undone' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER set_off_is_kept BEFORE UPDATE OR DELETE ON set_off FOR EACH ROW EXECUTE FUNCTION guard_set_off();
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    rule_proved_later("recovery", "recovery_from_claim_id_fkey", "FOREIGN KEY (from_claim_id) REFERENCES claim")
    another = "CHECK (from_claim_id IS NULL OR (way = 'set_off' AND from_claim_id <> claim_id))"
    rule_proved_later("recovery", "recovery_draws_on_another", another)
    index_beside("recovery_draws_alone", ALONE, unique=True)
    op.execute(SQL.replace(":", "\\:"))
