"""The name of an office may say below which other it lies: `hn.caugiay`."""

from alembic import op

revision = "0051_offices_below_offices"
down_revision = "0050_restored"


def upgrade() -> None:
    # A table of a few hundred rows that few write: both statements are done in a moment.
    op.execute("ALTER TABLE office DROP CONSTRAINT office_id_check")
    op.execute(
        r"ALTER TABLE office ADD CONSTRAINT office_id_check "
        r"CHECK (length(id) <= 64 AND id ~ '^[a-z0-9_]+(\.[a-z0-9_]+)*$')"
    )
