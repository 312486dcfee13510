"""What is sealed may be sealed anew; the names of the keys are known."""

from alembic import op

from shared.tables import RESEALED_SQL

revision = "0064_sealed"
down_revision = "0063_imports_as_jobs"

#: The sealed columns of tables that only grow.
COLUMNS = "'facts', 'assessment', 'judged', 'why', 'returned_words'"
DECISION = """
CREATE OR REPLACE FUNCTION decision_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND only_sealed_anew(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
  IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
    OR ROW(OLD.facts, OLD.assessment, OLD.total_minor, OLD.proposed_by, OLD.claim_id)
     IS DISTINCT FROM ROW(NEW.facts, NEW.assessment, NEW.total_minor, NEW.proposed_by, NEW.claim_id)
  THEN RAISE EXCEPTION 'a decision, once made, does not change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    op.execute(RESEALED_SQL.format(columns=COLUMNS))
    op.execute(DECISION)
