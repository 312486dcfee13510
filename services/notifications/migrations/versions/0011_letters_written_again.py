"""A letter that could not be written is written once the reason was mended; earlier ones are tried again."""

from alembic import op

revision = "0011_letters_written_again"
down_revision = "0010_letters_without_code"

SQL = """
INSERT INTO message_allowed_move VALUES ('letter', 'technical_failure', 'rendered');
UPDATE job SET state = 'waiting', attempts = 0, ended_at = NULL, called_at = NULL FROM message
  WHERE message.channel = 'letter' AND message.state = 'technical_failure'
    AND job.kind = 'write_letter' AND job.key = message.id::text AND job.state = 'done';
"""


def upgrade() -> None:
    op.execute(SQL)
