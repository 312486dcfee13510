"""Letters not printed yet are printed as one batch, with a cover sheet; a letter belongs to one batch at most."""

from alembic import op

revision = "0046_letters_in_batches"
down_revision = "0045_kept_for_a_term"

SQL = """
CREATE TABLE letter_batch (
  id uuid PRIMARY KEY, office_id text NOT NULL, office_name text NOT NULL, language text NOT NULL, by text NOT NULL,
  by_name text NOT NULL, on_day date NOT NULL, at timestamptz NOT NULL, letters integer NOT NULL CHECK (letters > 0));
CREATE INDEX letter_batch_of_office ON letter_batch (office_id, at);
CREATE TRIGGER letter_batch_is_kept BEFORE UPDATE OR DELETE ON letter_batch
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();

CREATE TABLE letter_in_batch (
  message_id uuid PRIMARY KEY REFERENCES message, batch_id uuid NOT NULL REFERENCES letter_batch, no integer NOT NULL,
  UNIQUE (batch_id, no));
CREATE TRIGGER letter_in_batch_is_kept BEFORE UPDATE OR DELETE ON letter_in_batch
  FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(SQL)
