"""A reason to hold: the bank takes Latin letters only, and nobody has written the name in them."""

from alembic import op

from services.payments.reasons import SEED_0005

revision = "0005_latin_names"
down_revision = "0004_every_line_kept"


def upgrade() -> None:
    for code, source, about, owner, holds in SEED_0005:
        row = ", ".join("NULL" if v is None else f"'{v}'" for v in (code, source, about, owner, holds))
        op.execute(f"INSERT INTO reason_code VALUES ({row}, DATE '2026-11-28')")
