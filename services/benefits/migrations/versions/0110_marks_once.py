"""Names that hold a mark twice, or the Burmese e before its letter, are found however they are typed: what they are
searched by is put together anew, as in 0108."""

from alembic import op
from sqlalchemy import text

from shared.reading.names import fold

revision = "0110_marks_once"
down_revision = "0108_names_in_one_order"

#: Rows looked at in one transaction.
STEP = 1000
READ = """SELECT id::text AS id, name, name_latin, search FROM person
  WHERE id > CAST(:after AS uuid) AND search ~ '[\u1031\u1040\u0e31-\u0e4e\u0eb1-\u0ecd]' ORDER BY id LIMIT :step"""
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
