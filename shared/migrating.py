"""How a migration changes large tables while people work on them: beside, in steps, never holding a table for long.

A lock that changes a table lasts until its transaction ends, and everybody who comes after waits behind it. So an
index is made beside (`index_beside`), a rule is added without looking at old rows and proved afterwards
(`rule_proved_later`), and rows are rewritten a few at a time (`in_steps`). Each may be killed and run again.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from shared.tables import PARTED_SQL

#: Rows rewritten in one transaction.
STEP = 5000


def index_beside(name: str, on: str, *, unique: bool = False) -> None:
    """Make an index while its table is written to; what a killed try left is made anew. `on`: table, columns, where."""
    with op.get_context().autocommit_block():
        broken = "SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid)"
        if op.get_bind().scalar(text(broken), {"name": name}):
            op.execute(f"DROP INDEX CONCURRENTLY {name}")
        # Nobody waits behind this one while it waits for older looks to end, so it may wait.
        op.execute("SET lock_timeout = 0")
        op.execute(f"CREATE {'UNIQUE ' if unique else ''}INDEX CONCURRENTLY IF NOT EXISTS {name} ON {on}")
        op.execute("SET lock_timeout = '1s'")


def rule_proved_later(table: str, name: str, rule: str) -> None:
    """Add a constraint that counts at once for what is written, and then look at the old rows without stopping
    anybody. `rule`: a CHECK or FOREIGN KEY."""
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule} NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def part_the_audit() -> None:
    """Lay the audit in parts by year: what there is becomes the first part, which ends with next year's first day. The
    rows that there are get their key and their rule beside, so that the tables change hands in a moment."""
    ends = op.get_bind().scalar(text("SELECT date_part('year', now())::int + 1"))
    index_beside("audit_before_key", "audit (id, at)", unique=True)
    rule_proved_later("audit", "audit_before_ends", f"CHECK (at < '{ends}-01-01Z')")
    op.execute(PARTED_SQL)
    first = f"FOR VALUES FROM (MINVALUE) TO ('{ends}-01-01Z')"
    op.execute(f"ALTER TABLE audit ATTACH PARTITION audit_before {first}")
    op.execute(
        f"CREATE TABLE audit_{ends} PARTITION OF audit FOR VALUES FROM ('{ends}-01-01Z') TO ('{ends + 1}-01-01Z')"
    )


def in_steps(rewrite: str) -> None:
    """Repeat a statement that changes at most `:step` rows until it changes none; each time is its own transaction."""
    with op.get_context().autocommit_block():
        while op.get_bind().execute(text(rewrite), {"step": STEP}).rowcount:
            pass
