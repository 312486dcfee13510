"""What a claim waits for is kept in the officer's own words too, for whoever is asked."""

from alembic import op

revision = "0076_words_of_who_asks"
down_revision = "0075_outlook_of_decisions"


def upgrade() -> None:
    op.execute("ALTER TABLE claim ADD COLUMN waits_words text")
