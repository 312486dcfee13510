"""A decision keeps what had been paid when it was made, what was still to come and what was too much."""

from alembic import op

revision = "0075_outlook_of_decisions"
down_revision = "0070_one_key_for_a_number"


def upgrade() -> None:
    # No default: nothing is written to the rows there are, and older decisions say no more than they did.
    op.execute("ALTER TABLE decision ADD COLUMN outlook jsonb")
