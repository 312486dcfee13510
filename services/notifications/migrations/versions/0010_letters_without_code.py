"""Each letter is kept a second time without the worker's code, for staff to look at."""

from alembic import op

revision = "0010_letters_without_code"
down_revision = "0003_two_operators"


def upgrade() -> None:
    op.execute("ALTER TABLE letter_document ADD COLUMN masked bytea")
