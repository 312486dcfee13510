"""A file that leaves something unsaid is kept with what its sender said beside it."""

from alembic import op

revision = "0090_files_of_others"
down_revision = "0087_advances_are_paid_back"


def upgrade() -> None:
    op.execute("ALTER TABLE import_file ADD COLUMN IF NOT EXISTS said jsonb")
