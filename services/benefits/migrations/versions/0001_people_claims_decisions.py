"""People, claims, decisions, awards: the first tables of benefits."""

from alembic import op

from shared.tables import FIRST_SQL

revision = "0001_people_claims_decisions"
down_revision = None

SQL = """
CREATE TABLE office (id text PRIMARY KEY CHECK (id ~ '^[a-z0-9_]{1,64}$'), name text NOT NULL, name_latin text NOT NULL,
  address jsonb NOT NULL, phone text NOT NULL);
CREATE TABLE employer (id uuid PRIMARY KEY, number text NOT NULL UNIQUE, name text NOT NULL, name_latin text,
  office_id text NOT NULL REFERENCES office, phone text, version integer NOT NULL);
CREATE TABLE person (id uuid PRIMARY KEY, office_id text NOT NULL REFERENCES office, name text NOT NULL,
  name_latin text, sex text CHECK (sex IN ('female', 'male', 'other')), born_on date, phone text,
  language text NOT NULL, address jsonb NOT NULL, insured_as text NOT NULL, insured_since date, search text NOT NULL,
  version integer NOT NULL, deceased_on date);
CREATE INDEX person_search ON person USING btree (office_id, search text_pattern_ops);
CREATE INDEX person_phone ON person (phone);
CREATE TABLE person_identifier (scheme text NOT NULL, value text NOT NULL, person_id uuid NOT NULL REFERENCES person,
  verified boolean NOT NULL, PRIMARY KEY (scheme, value));
CREATE INDEX person_identifier_person ON person_identifier (person_id);
CREATE TABLE account (id uuid PRIMARY KEY, username text NOT NULL UNIQUE, name text NOT NULL,
  password_hash text NOT NULL, totp_secret text, totp_last bigint, roles text[] NOT NULL,
  office_id text REFERENCES office, employer_id uuid REFERENCES employer, person_id uuid REFERENCES person,
  language text NOT NULL, active boolean NOT NULL, failures integer NOT NULL, locked_until timestamptz);
CREATE TABLE session (id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES account,
  secret_hash text NOT NULL UNIQUE, csrf text NOT NULL, second_factor boolean NOT NULL, opened_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL, ended_at timestamptz);
CREATE TABLE employment (person_id uuid NOT NULL REFERENCES person, employer_id uuid NOT NULL REFERENCES employer,
  first_day date NOT NULL, last_day date, pay text, weekly_rest text[],
  PRIMARY KEY (person_id, employer_id, first_day));
CREATE INDEX employment_employer ON employment (employer_id);
CREATE TABLE contribution (person_id uuid NOT NULL REFERENCES person,
  month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'), employer_id uuid REFERENCES employer,
  wage_minor bigint NOT NULL CHECK (wage_minor >= 0), currency text NOT NULL,
  paid boolean NOT NULL, kind text NOT NULL, recorded_at timestamptz NOT NULL, recorded_by text NOT NULL,
  PRIMARY KEY (person_id, month));
CREATE TABLE contribution_history (id uuid PRIMARY KEY, person_id uuid NOT NULL, month text NOT NULL,
  wage_minor bigint NOT NULL, currency text NOT NULL, paid boolean NOT NULL, replaced_by text NOT NULL,
  replaced_at timestamptz NOT NULL);
CREATE TABLE payee (id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES person,
  kind text NOT NULL CHECK (kind IN ('bank', 'wallet', 'cash')), bank text NOT NULL, number text NOT NULL,
  holder text NOT NULL, changed_on date NOT NULL, changed_at timestamptz NOT NULL, changed_by text NOT NULL,
  current boolean NOT NULL);
CREATE UNIQUE INDEX payee_one_current ON payee (person_id) WHERE current;
CREATE TABLE claim_serial (year integer PRIMARY KEY, last integer NOT NULL);
CREATE TABLE claim (id uuid PRIMARY KEY, number text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{12}$'),
  person_id uuid NOT NULL REFERENCES person, employer_id uuid REFERENCES employer,
  office_id text NOT NULL REFERENCES office, country text NOT NULL,
  benefit text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('draft', 'submitted', 'returned', 'in_assessment', 'decided', 'closed', 'withdrawn', 'lapsed')),
  waits_for text CHECK (waits_for IN ('doctor', 'worker', 'employer', 'registry', 'officer', 'supervisor')),
  waits_reason text, waits_since date, waits_until date, received_on date NOT NULL,
  facts jsonb NOT NULL, papers jsonb NOT NULL, origin text NOT NULL, access_generation integer NOT NULL,
  access_failures integer NOT NULL, version integer NOT NULL, opened_at timestamptz NOT NULL, opened_by text NOT NULL,
  submitted_at timestamptz, taken_by text, judged jsonb NOT NULL, CHECK ((waits_for IS NULL) = (waits_since IS NULL)));
CREATE INDEX claim_person ON claim (person_id);
CREATE INDEX claim_queue ON claim (office_id, state, received_on);
CREATE INDEX claim_employer ON claim (employer_id);
CREATE TABLE claim_change (claim_id uuid NOT NULL REFERENCES claim, version integer NOT NULL, what text NOT NULL,
  why text, facts jsonb NOT NULL, by text NOT NULL, by_name text NOT NULL, at timestamptz NOT NULL, "on" date NOT NULL,
  PRIMARY KEY (claim_id, version));
CREATE TRIGGER claim_change_is_kept BEFORE UPDATE OR DELETE ON claim_change
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

-- The table of allowed moves of a claim, the same as in domain/claim.py.
CREATE FUNCTION claim_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[
    'draft>submitted', 'draft>withdrawn', 'draft>lapsed', 'submitted>returned', 'returned>submitted',
    'submitted>in_assessment', 'returned>in_assessment', 'in_assessment>submitted', 'in_assessment>returned',
    'in_assessment>decided', 'submitted>withdrawn', 'returned>withdrawn', 'returned>lapsed', 'in_assessment>withdrawn',
    'decided>in_assessment', 'decided>closed', 'closed>in_assessment'])
  THEN RAISE EXCEPTION 'a claim does not move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claim_moves BEFORE UPDATE ON claim FOR EACH ROW EXECUTE FUNCTION claim_moves();

CREATE TABLE decision (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim, no integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('first', 'revision', 'appeal')),
  state text NOT NULL CHECK (state IN ('proposed', 'final', 'returned')),
  outcome text NOT NULL CHECK (outcome IN ('granted', 'granted_in_part', 'refused')), facts jsonb NOT NULL,
  assessment jsonb NOT NULL, pack_revision text NOT NULL, claim_version integer NOT NULL,
  total_minor bigint NOT NULL CHECK (total_minor >= 0), difference_minor bigint NOT NULL, currency text NOT NULL,
  schedule jsonb NOT NULL, judged jsonb NOT NULL, needs_second boolean NOT NULL, second_reason text,
  proposed_by text NOT NULL, proposed_name text NOT NULL, proposed_at timestamptz NOT NULL, decided_on date,
  confirmed_by text, confirmed_name text, confirmed_at timestamptz,
  returned_reason text, returned_words text, appeal_id uuid, appeal_until date, conformance jsonb,
  UNIQUE (claim_id, no), CHECK (state <> 'final' OR decided_on IS NOT NULL),
  CHECK (NOT (state = 'final' AND needs_second) OR (confirmed_by IS NOT NULL AND confirmed_by <> proposed_by)));
CREATE UNIQUE INDEX decision_one_proposed ON decision (claim_id) WHERE state = 'proposed';
CREATE FUNCTION decision_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
    OR ROW(OLD.facts, OLD.assessment, OLD.total_minor, OLD.proposed_by, OLD.claim_id)
     IS DISTINCT FROM ROW(NEW.facts, NEW.assessment, NEW.total_minor, NEW.proposed_by, NEW.claim_id)
  THEN RAISE EXCEPTION 'a decision, once made, does not change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER decision_is_kept BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION decision_is_kept();
CREATE TABLE award (id uuid PRIMARY KEY, claim_id uuid NOT NULL UNIQUE REFERENCES claim,
  person_id uuid NOT NULL REFERENCES person, version integer NOT NULL, decision_id uuid NOT NULL REFERENCES decision,
  state text NOT NULL CHECK (state IN ('running', 'ended')), currency text NOT NULL, total_minor bigint NOT NULL,
  schedule jsonb NOT NULL);
CREATE TABLE payment_fact (order_id uuid PRIMARY KEY, award_id uuid NOT NULL, claim_id uuid NOT NULL,
  person_id uuid NOT NULL, reference text NOT NULL, component text NOT NULL, no integer NOT NULL, minor bigint NOT NULL,
  currency text NOT NULL, state text NOT NULL, on_day date, reason text, heard_at timestamptz NOT NULL);
CREATE INDEX payment_fact_claim ON payment_fact (claim_id);
CREATE TABLE overpayment (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  award_id uuid NOT NULL REFERENCES award UNIQUE, minor bigint NOT NULL CHECK (minor >= 0), currency text NOT NULL,
  state text NOT NULL CHECK (state IN ('found', 'suspended', 'recovering', 'settled')), found_on date NOT NULL);
CREATE TABLE appeal (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  decision_id uuid NOT NULL REFERENCES decision, finding text NOT NULL, grounds text NOT NULL, lodged_on date NOT NULL,
  lodged_by text NOT NULL, in_time boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('lodged', 'proposed', 'decided')),
  outcome text CHECK (outcome IN ('upheld', 'partly_upheld', 'rejected', 'withdrawn', 'redirected', 'referred')),
  reasons text, new_decision_id uuid REFERENCES decision, decided_by text, decided_name text, decided_on date);
CREATE UNIQUE INDEX appeal_one_open ON appeal (claim_id) WHERE state <> 'decided';
CREATE TABLE letter (id uuid PRIMARY KEY, claim_id uuid NOT NULL, decision_id uuid, template text NOT NULL,
  language text NOT NULL, state text NOT NULL, on_day date NOT NULL);
CREATE INDEX letter_claim ON letter (claim_id);
CREATE TABLE employer_statement (id uuid PRIMARY KEY, claim_id uuid NOT NULL REFERENCES claim,
  employer_id uuid NOT NULL REFERENCES employer,
  state text NOT NULL CHECK (state IN ('requested', 'received', 'lapsed', 'amended')), asked_for jsonb NOT NULL,
  asked_on date NOT NULL, due_on date NOT NULL, facts jsonb, received_at timestamptz, received_by text,
  version integer NOT NULL);
CREATE UNIQUE INDEX statement_one_open ON employer_statement (claim_id) WHERE state = 'requested';
CREATE TABLE import_file (id uuid PRIMARY KEY, hash text NOT NULL UNIQUE, kind text NOT NULL, name text NOT NULL,
  by text NOT NULL, at timestamptz NOT NULL, answers jsonb NOT NULL, employer_id uuid);
"""


def upgrade() -> None:
    op.execute(FIRST_SQL)
    op.execute(SQL)
