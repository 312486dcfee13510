"""The numbers of a year, counted by a job and kept."""

from alembic import op

revision = "0079_statistics"
down_revision = "0078_registered_at_the_desk"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE kept_statistics (year integer PRIMARY KEY, made_at timestamptz NOT NULL, body json NOT NULL)"
    )
