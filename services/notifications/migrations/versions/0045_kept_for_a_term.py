"""What has been kept for its term goes when two people release it; what a person was told goes with her name."""

from alembic import op

from shared.migrating import index_beside
from shared.tables import ERASED_SQL, RETENTION_SQL

revision = "0045_kept_for_a_term"
down_revision = "0040_sealed"

#: As in 0001, but for what two people have released: a row goes, or loses what it said.
MESSAGE = """
CREATE OR REPLACE FUNCTION message_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF is_being_erased() THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'messages are kept' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'created' THEN
      RAISE EXCEPTION 'a message begins as created' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF is_being_erased() AND NEW.text = '' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
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
"""


def upgrade() -> None:
    index_beside("delivery_receipt_of_message", "delivery_receipt (message_id) WHERE message_id IS NOT NULL")
    index_beside("message_of_person", "message (person_id)")
    op.execute(ERASED_SQL.replace(":", "\\:"))
    op.execute(MESSAGE.replace(":", "\\:"))
    op.execute(RETENTION_SQL)
