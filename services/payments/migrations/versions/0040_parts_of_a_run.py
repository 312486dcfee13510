"""A run leaves in parts: files of so many orders, each handed over once."""

from alembic import op

revision = "0040_parts_of_a_run"
down_revision = "0030_restored"

SQL = """
CREATE TABLE run_part (
  run_id uuid NOT NULL REFERENCES run, no integer NOT NULL CHECK (no >= 1),
  message_id text NOT NULL UNIQUE CHECK (length(message_id) <= 35),
  first_reference text NOT NULL, last_reference text NOT NULL, order_count integer NOT NULL, file_sha256 text NOT NULL,
  sent_at timestamptz, answered_at timestamptz, PRIMARY KEY (run_id, no));
INSERT INTO run_part SELECT id, 1, message_id, '0', 'Z', order_count, file_sha256, sent_at, answered_at
  FROM run WHERE state IN ('sent', 'part_settled', 'closed');
CREATE TRIGGER run_part_is_kept BEFORE DELETE ON run_part FOR EACH ROW EXECUTE FUNCTION keep_for_ever();
"""


def upgrade() -> None:
    op.execute(SQL)
