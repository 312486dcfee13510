"""The page of standards of a day is worked out before it is asked for, and kept."""

from alembic import op

revision = "0077_standards_made_ahead"
down_revision = "0076_words_of_who_asks"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE kept_report ("on" date, language text, revision text NOT NULL, page json NOT NULL,
        PRIMARY KEY ("on", language))"""
    )
