"""Messages and letters, their parts, receipts, documents and prints.

Revision ID: 0001
Revises:
"""

from alembic import op

from shared.tables import FIRST_SQL

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = """
CREATE TABLE message_allowed_move (
  channel text NOT NULL, before text NOT NULL, after text NOT NULL, PRIMARY KEY (channel, before, after));
INSERT INTO message_allowed_move VALUES
  ('sms', 'created', 'sending'), ('sms', 'created', 'permanent_failure'), ('sms', 'created', 'technical_failure'),
  ('sms', 'created', 'cancelled'),
  ('sms', 'sending', 'sent'), ('sms', 'sending', 'delivered'), ('sms', 'sending', 'temporary_failure'),
  ('sms', 'sending', 'permanent_failure'), ('sms', 'sending', 'technical_failure'),
  ('sms', 'temporary_failure', 'sending'), ('sms', 'temporary_failure', 'delivered'),
  ('sms', 'temporary_failure', 'permanent_failure'), ('sms', 'temporary_failure', 'technical_failure'),
  ('sms', 'temporary_failure', 'cancelled'),
  ('sms', 'sent', 'delivered'), ('sms', 'sent', 'permanent_failure'), ('sms', 'sent', 'technical_failure'),
  ('sms', 'technical_failure', 'delivered'),
  ('letter', 'created', 'rendered'), ('letter', 'created', 'technical_failure'), ('letter', 'created', 'cancelled'),
  ('letter', 'rendered', 'printed'), ('letter', 'rendered', 'cancelled'),
  ('letter', 'printed', 'posted'), ('letter', 'printed', 'handed_over'),
  ('letter', 'posted', 'returned_letter'), ('letter', 'handed_over', 'returned_letter');

CREATE TABLE message (
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  channel text NOT NULL CHECK (channel IN ('sms', 'letter')),
  state text NOT NULL,
  reason text,
  template text NOT NULL, template_version text,
  event_id text NOT NULL, recipient text NOT NULL,
  person_id uuid NOT NULL, claim_id uuid NOT NULL, claim_number text NOT NULL, decision_id uuid,
  office_id text NOT NULL,
  facts jsonb NOT NULL,
  language text, text text, phone text,
  version integer NOT NULL,
  created_on date NOT NULL, created_at timestamptz NOT NULL, changed_at timestamptz NOT NULL, sending_at timestamptz,
  CONSTRAINT message_once UNIQUE (event_id, template, recipient),
  CONSTRAINT message_number_only_while_needed
    CHECK (phone IS NULL OR state IN ('created', 'sending', 'temporary_failure')),
  CONSTRAINT message_says_something
    CHECK (channel <> 'sms' OR state IN ('created', 'permanent_failure', 'technical_failure', 'cancelled')
           OR (text IS NOT NULL AND template_version IS NOT NULL AND language IS NOT NULL)),
  CONSTRAINT message_letters_have_no_text CHECK (channel <> 'letter' OR (text IS NULL AND phone IS NULL)),
  CONSTRAINT message_state_of_channel CHECK (
    state IN ('created', 'technical_failure', 'cancelled')
    OR (channel = 'sms' AND state IN ('sending', 'sent', 'delivered', 'temporary_failure', 'permanent_failure'))
    OR (channel = 'letter' AND state IN ('rendered', 'printed', 'posted', 'handed_over', 'returned_letter'))));
CREATE INDEX message_of_claim ON message (claim_id, created_at);
CREATE INDEX message_of_office ON message (office_id, created_at, id);

CREATE FUNCTION message_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'messages are kept' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'created' THEN
      RAISE EXCEPTION 'a message begins as created' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (
      SELECT FROM message_allowed_move m WHERE m.channel = OLD.channel AND m.before = OLD.state
      AND m.after = NEW.state) THEN
    RAISE EXCEPTION 'message: % cannot become %', OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.version <> OLD.version + (NEW.state <> OLD.state)::int THEN
    RAISE EXCEPTION 'message: a new version with each move' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF ROW(NEW.id, NEW.channel, NEW.template, NEW.event_id, NEW.recipient, NEW.person_id, NEW.claim_id,
      NEW.facts, NEW.created_at)
     IS DISTINCT FROM
     ROW(OLD.id, OLD.channel, OLD.template, OLD.event_id, OLD.recipient, OLD.person_id, OLD.claim_id,
      OLD.facts, OLD.created_at)
     OR (OLD.text IS NOT NULL AND NEW.text IS DISTINCT FROM OLD.text)
     OR (OLD.template_version IS NOT NULL AND NEW.template_version IS DISTINCT FROM OLD.template_version) THEN
    RAISE EXCEPTION 'message: what was said stays' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER message_moves BEFORE INSERT OR UPDATE OR DELETE ON message
  FOR EACH ROW EXECUTE FUNCTION message_moves_forward();

CREATE TABLE message_move (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id uuid NOT NULL REFERENCES message, state text NOT NULL, reason text, by text NOT NULL,
  on_day date NOT NULL, at timestamptz NOT NULL);
CREATE INDEX message_move_of_message ON message_move (message_id, number);
CREATE TRIGGER message_move_is_kept BEFORE UPDATE OR DELETE ON message_move
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

CREATE TABLE message_part (
  message_id uuid NOT NULL REFERENCES message, no integer NOT NULL CHECK (no BETWEEN 1 AND 3),
  operator_id text, receipt text, receipt_at timestamptz, PRIMARY KEY (message_id, no));
CREATE INDEX message_part_of_operator ON message_part (operator_id);

CREATE TABLE delivery_receipt (
  operator_id text NOT NULL, state text NOT NULL, reference integer, error text, received_at timestamptz NOT NULL,
  message_id uuid REFERENCES message, PRIMARY KEY (operator_id, state));

CREATE TABLE letter_document (
  message_id uuid NOT NULL REFERENCES message, language text NOT NULL, is_original boolean NOT NULL,
  content bytea NOT NULL, sha256 text NOT NULL, pages integer NOT NULL, template_version text NOT NULL,
  made_at timestamptz NOT NULL, PRIMARY KEY (message_id, language),
  CHECK (sha256 = encode(sha256(content), 'hex')));
CREATE UNIQUE INDEX letter_document_one_original ON letter_document (message_id) WHERE is_original;
CREATE TRIGGER letter_document_is_kept BEFORE UPDATE OR DELETE ON letter_document
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

CREATE TABLE letter_print (
  message_id uuid NOT NULL REFERENCES message, no integer NOT NULL, language text NOT NULL, by text NOT NULL,
  at timestamptz NOT NULL, PRIMARY KEY (message_id, no));
CREATE TRIGGER letter_print_is_kept BEFORE UPDATE OR DELETE ON letter_print
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(FIRST_SQL)
    op.execute(SQL)


def downgrade() -> None:
    raise NotImplementedError("history goes forward; restore a backup instead")
