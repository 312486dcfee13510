"""Names that hold Burmese signs, or marks of Lao and Thai whose place was not read before, are found however they are
typed: what they are searched by is put together anew."""

from alembic import op
from sqlalchemy import text

from shared.reading.names import fold

revision = "0108_names_in_one_order"
down_revision = "0107_annulled"

#: Rows looked at in one transaction.
STEP = 1000
READ = """SELECT id::text AS id, name, name_latin, search FROM person
  WHERE id > CAST(:after AS uuid) AND search ~ '[\u1000-\u109f\u0ecc\u0e4c\u0189\u0256]' ORDER BY id LIMIT :step"""
KEEP = """UPDATE person p SET search = told.search FROM unnest(CAST(:ids AS uuid[]), CAST(:found AS text[]))
  AS told (id, search) WHERE p.id = told.id"""


def upgrade() -> None:
    after = "00000000-0000-0000-0000-000000000000"
    with op.get_context().autocommit_block():
        while rows := op.get_bind().execute(text(READ), {"after": after, "step": STEP}).all():
            after = rows[-1].id
            told = {row.id: fold(f"{row.name_latin or ''} {row.name}") for row in rows}
            other = [row.id for row in rows if told[row.id] != row.search]
            values = {"ids": other, "found": [told[id_] for id_ in other]}
            op.get_bind().execute(text(KEEP), values)
