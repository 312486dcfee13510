"""What is sealed may be sealed anew; the names of the keys are known."""

from alembic import op

from shared.tables import RESEALED_SQL

revision = "0040_sealed"
down_revision = "0037_removed_by_age"

#: The sealed columns of tables that only grow.
COLUMNS = "'content', 'masked'"


def upgrade() -> None:
    op.execute(RESEALED_SQL.format(columns=COLUMNS))
    # The digest is of the letter, not of what is sealed: whoever opens it compares (`store.document`).
    op.execute("ALTER TABLE letter_document DROP CONSTRAINT letter_document_check")
