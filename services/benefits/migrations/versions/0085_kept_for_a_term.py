"""What has been kept for its term goes when two people release it; a person's name is erased at her request."""

from alembic import op

from shared.migrating import index_beside
from shared.tables import ERASED_SQL, RETENTION_SQL

revision = "0085_kept_for_a_term"
down_revision = "0079_statistics"

KEPT = """
CREATE OR REPLACE FUNCTION decision_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND only_sealed_anew(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
  IF TG_OP = 'DELETE' AND is_being_erased() THEN RETURN OLD; END IF;
  IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
    OR ROW(OLD.facts, OLD.assessment, OLD.total_minor, OLD.proposed_by, OLD.claim_id)
     IS DISTINCT FROM ROW(NEW.facts, NEW.assessment, NEW.total_minor, NEW.proposed_by, NEW.claim_id)
  THEN RAISE EXCEPTION 'a decision, once made, does not change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION guard_set_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND is_being_erased() THEN RETURN OLD; END IF;
  IF TG_OP = 'DELETE' OR OLD.undone_on IS NOT NULL OR NEW.undone_on IS NULL
     OR (to_jsonb(NEW) - 'undone_on') IS DISTINCT FROM (to_jsonb(OLD) - 'undone_on') THEN
    RAISE EXCEPTION 'what was set off is kept; it can only be undone' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
ERASURE = """
ALTER TABLE person ADD COLUMN IF NOT EXISTS erased_on date;
CREATE TABLE person_erasure (id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES person,
  state text NOT NULL CHECK (state IN ('asked', 'erased', 'withdrawn')), why text NOT NULL, asked_by text NOT NULL,
  asked_name text NOT NULL, asked_at timestamptz NOT NULL, "on" date NOT NULL, not_before date NOT NULL,
  ended_by text, ended_name text, ended_on date,
  CHECK ((state = 'asked') = (ended_on IS NULL)), CHECK (state <> 'erased' OR ended_by <> asked_by));
CREATE UNIQUE INDEX person_erasure_open ON person_erasure (person_id) WHERE state <> 'withdrawn';
CREATE INDEX person_erasure_of_person ON person_erasure (person_id);
"""
#: Who points at a row that goes is found without reading everybody.
POINTED_AT = {
    "award_decision": "award (decision_id)",
    "appeal_claim": "appeal (claim_id)",
    "appeal_decision": "appeal (decision_id)",
    "appeal_new_decision": "appeal (new_decision_id) WHERE new_decision_id IS NOT NULL",
    "overpayment_claim": "overpayment (claim_id)",
    "recovery_overpayment": "recovery (overpayment_id)",
    "recovery_from_claim": "recovery (from_claim_id) WHERE from_claim_id IS NOT NULL",
    "recovery_objection_recovery": "recovery_objection (recovery_id)",
    "repayment_back_claim": "repayment_back (claim_id)",
    "set_off_recovery": "set_off (recovery_id)",
    "set_off_from_claim": "set_off (from_claim_id)",
    "employer_statement_claim": "employer_statement (claim_id)",
}


def upgrade() -> None:
    for name, on in POINTED_AT.items():
        index_beside(name, on)
    op.execute(ERASED_SQL.replace(":", "\\:"))
    op.execute(KEPT)
    op.execute(RETENTION_SQL)
    op.execute(ERASURE)
