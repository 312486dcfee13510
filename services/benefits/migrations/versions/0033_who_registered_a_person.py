"""Who registered a person is kept, so that nobody registers and decides alone."""

from alembic import op

revision = "0033_who_registered_a_person"
down_revision = "0032_accounts_of_two_people"


def upgrade() -> None:
    op.execute("ALTER TABLE person ADD COLUMN registered_by text")
