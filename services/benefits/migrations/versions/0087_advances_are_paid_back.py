"""Employers say what they advanced, have accounts of their own, and are paid back out of the instalments."""

from alembic import op

revision = "0087_advances_are_paid_back"
down_revision = "0086_objections_sealed"

COLUMNS = """
ALTER TABLE award ADD COLUMN IF NOT EXISTS advanced jsonb NOT NULL DEFAULT '[]';
ALTER TABLE payment_fact ADD COLUMN IF NOT EXISTS employer_id uuid;
ALTER TABLE repayment ADD COLUMN IF NOT EXISTS employer_id uuid;
"""
SQL = """
CREATE TABLE advance (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person, employer_id uuid NOT NULL REFERENCES employer,
  minor bigint NOT NULL CHECK (minor > 0), currency text NOT NULL, first_day date NOT NULL, last_day date NOT NULL,
  paid_on date NOT NULL, paper text NOT NULL CHECK (paper <> ''),
  state text NOT NULL CHECK (state IN ('stated', 'contested', 'confirmed', 'refused')),
  stated_by text NOT NULL, stated_name text NOT NULL, stated_on date NOT NULL, answer_by date NOT NULL,
  answered_on date, against text, decided_by text, decided_name text, decided_on date, why text,
  stated_at timestamptz NOT NULL, CHECK (first_day <= last_day), CHECK (decided_by <> stated_by),
  CHECK ((state IN ('confirmed', 'refused')) = (decided_by IS NOT NULL)),
  CHECK (state <> 'contested' OR against IS NOT NULL));
CREATE INDEX advance_claim ON advance (claim_id);
CREATE INDEX advance_employer ON advance (employer_id);
CREATE FUNCTION guard_advance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND is_being_erased() THEN RETURN OLD; END IF;
  IF TG_OP = 'DELETE' OR OLD.state IN ('confirmed', 'refused')
     OR (NEW.id, NEW.claim_id, NEW.employer_id, NEW.minor, NEW.currency, NEW.first_day, NEW.last_day, NEW.paid_on,
         NEW.paper, NEW.stated_by)
     IS DISTINCT FROM
        (OLD.id, OLD.claim_id, OLD.employer_id, OLD.minor, OLD.currency, OLD.first_day, OLD.last_day, OLD.paid_on,
         OLD.paper, OLD.stated_by) THEN
    RAISE EXCEPTION 'what was said of an advance is kept, and decided once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER advance_is_kept BEFORE UPDATE OR DELETE ON advance FOR EACH ROW EXECUTE FUNCTION guard_advance();
CREATE TABLE employer_payee (id uuid PRIMARY KEY, employer_id uuid NOT NULL REFERENCES employer, bank text NOT NULL,
  number text NOT NULL, holder text NOT NULL, paper text NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'current', 'refused', 'replaced')),
  asked_by text NOT NULL, asked_name text NOT NULL, asked_on date NOT NULL, decided_by text, decided_name text,
  decided_on date, asked_at timestamptz NOT NULL, CHECK (decided_by <> asked_by),
  CHECK (state = 'asked' OR decided_by IS NOT NULL));
CREATE UNIQUE INDEX employer_payee_current ON employer_payee (employer_id) WHERE state = 'current';
CREATE UNIQUE INDEX employer_payee_asked ON employer_payee (employer_id) WHERE state = 'asked';
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(SQL.replace(":", "\\:"))
