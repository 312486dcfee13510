"""A Myanmar number has one key in either script: numbers kept before get it too."""

import sqlalchemy as sa
from alembic import op

from shared.reading.identifiers import key_of

revision = "0070_one_key_for_a_number"
down_revision = "0065_kept_about_a_person"


def upgrade() -> None:
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT value FROM person_identifier WHERE scheme = 'mm-nrc'")).scalars().all()
    change = sa.text("UPDATE person_identifier SET key = :key WHERE scheme = 'mm-nrc' AND value = :value")
    for value in kept:
        connection.execute(change, {"key": key_of(value), "value": value})
