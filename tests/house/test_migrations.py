"""A change of tables stops nobody: whoever works on half a million persons waits for no migration.

The statements that the migrations beyond `BEFORE` really run are read; what they may do to a table that was there
before is little. How it is done instead stands in `shared/migrating.py` and docs/running.md.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, event, text

from shared import database, migrating

SERVICES = Path(__file__).parents[2] / "services"
#: The migrations that were made before this was watched.
BEFORE = {"benefits": "0050_restored", "payments": "0042_told_in_detail", "notifications": "0030_restored"}
#: What holds a table for as long as it has rows, and what is done instead.
HOLDS = [
    (r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY).*? ON (?:ONLY )?(?P<table>\w+)", "index_beside"),
    (
        r"ALTER TABLE (?P<table>\w+)\b(?=.*\bADD (CONSTRAINT|CHECK|FOREIGN KEY|EXCLUDE)\b)(?!.*(NOT VALID|USING I))",
        "rule_proved_later",
    ),
    (r"ALTER TABLE (?P<table>\w+)\b(?=.*\bADD (PRIMARY KEY|UNIQUE)\b)", "index_beside, then USING INDEX"),
    (r"ALTER TABLE (?P<table>\w+)\b(?=.*\bREFERENCES\b)(?!.*NOT VALID)", "rule_proved_later"),
    (r"ALTER TABLE (?P<table>\w+)\b(?=.*\bSET NOT NULL\b)", "rule_proved_later with CHECK (… IS NOT NULL)"),
    (r"ALTER TABLE (?P<table>\w+)\b(?=.*\bALTER (COLUMN )?\w+ (SET DATA )?TYPE\b)", "a new column, in_steps"),
    (
        r"ALTER TABLE (?P<table>\w+)\b(?=.*\bADD COLUMN\b.*\b(GENERATED|gen_random_uuid|clock_timestamp|random)\b)",
        "in_steps",
    ),
    (r"(?:UPDATE|DELETE FROM) (?P<table>\w+)\b(?!.*\bLIMIT\b)", "in_steps"),
    (r"(?:CLUSTER|VACUUM FULL|LOCK TABLE|REINDEX (?!.*CONCURRENTLY)\w+) (?P<table>\w+)", "something else"),
]


def faults(sql: str, new: set[str]) -> list[str]:
    """What some statements would do to tables that are not new."""
    found = []
    for statement in sql.split(";"):
        plain = " ".join(statement.split())
        if made := re.match(r"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)", plain):
            new.add(made.group(1))
        for pattern, instead in HOLDS:
            held = re.match(pattern, plain, re.IGNORECASE)
            if held and held.group("table") not in new | {"alembic_version"}:
                found.append(f"{plain[:80]}: use {instead}")
    return found


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX a ON person (b)",
        "ALTER TABLE person ADD CONSTRAINT a CHECK (b > 0)",
        "ALTER TABLE person ADD FOREIGN KEY (b) REFERENCES c",
        "ALTER TABLE person ADD COLUMN b uuid REFERENCES c",
        "ALTER TABLE person ALTER COLUMN b SET NOT NULL",
        "ALTER TABLE person ALTER b TYPE bigint",
        "ALTER TABLE person ADD COLUMN b uuid DEFAULT gen_random_uuid()",
        "CREATE TABLE c (d int);\nUPDATE person SET b = 1",
        "DELETE FROM person",
    ],
)
def test_what_holds_a_table_is_seen(sql: str) -> None:
    assert faults(sql, set())


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (b int); CREATE INDEX c ON a (b); UPDATE a SET b = 1",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON person (b)",
        "ALTER TABLE person ADD COLUMN b text, ADD COLUMN c boolean NOT NULL DEFAULT false",
        "ALTER TABLE person ADD CONSTRAINT a CHECK (b > 0) NOT VALID",
        "ALTER TABLE person VALIDATE CONSTRAINT a",
        "UPDATE person SET b = 1 WHERE id IN (SELECT id FROM person WHERE b IS NULL LIMIT :step)",
    ],
)
def test_what_stops_nobody_is_let_through(sql: str) -> None:
    assert faults(sql, set()) == []


@pytest.fixture
def engine(empty_database: Callable[[], str]) -> Iterator[Engine]:
    made = database.connect(empty_database())
    yield made
    made.dispose()


@pytest.mark.parametrize("service", sorted(BEFORE))
def test_new_migrations_hold_no_table_for_long(service: str, engine: Engine) -> None:
    folder = SERVICES / service
    with engine.connect() as connection:
        command.upgrade(database._alembic(folder, connection), BEFORE[service])
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _, __, sql, *___: said.append(sql))
    database.migrate(engine, folder)
    new: set[str] = set()
    assert [fault for sql in said for fault in faults(sql, new)] == []
    assert any("lock_timeout" in sql for sql in said), "who waits for a table lets others pass"
    with engine.connect() as connection:
        broken = connection.scalars(text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"))
        assert list(broken) == []


def test_a_table_that_is_in_use_is_asked_for_again_and_holds_up_nobody(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds a table; the migration tries, lets go, and ends once she is done."""
    folder = SERVICES / "notifications"
    with engine.connect() as connection:
        command.upgrade(database._alembic(folder, connection), BEFORE["notifications"])
    tried, done = threading.Event(), threading.Event()
    real = time.sleep

    def sleep(seconds: float) -> None:
        tried.set()
        real(seconds)

    monkeypatch.setattr(time, "sleep", sleep)

    def migrate() -> None:
        database.migrate(engine, folder)
        done.set()

    with engine.connect() as desk:
        desk.execute(text("SELECT count(*) FROM inbox_cursor"))
        migrating_ = threading.Thread(target=migrate)
        migrating_.start()
        assert tried.wait(60)
        assert not done.is_set()
        desk.rollback()
    migrating_.join(60)
    assert database.at_head(engine, folder)


def test_an_index_whose_making_was_killed_is_made_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1)")
    with pytest.raises(Exception, match="unique"), engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            "CREATE UNIQUE INDEX CONCURRENTLY a_b ON a (b)"
        )
    with engine.connect() as connection:
        _as_a_migration(connection, lambda: migrating.index_beside("a_b", "a (b)"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_b'::regclass"))


def test_rows_are_rewritten_a_few_at_a_time_and_a_rule_is_proved(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b int); INSERT INTO a SELECT NULL FROM generate_series(1, 12000)")

    def change() -> None:
        migrating.in_steps("UPDATE a SET b = 1 WHERE ctid IN (SELECT ctid FROM a WHERE b IS NULL LIMIT :step)")
        migrating.rule_proved_later("a", "b_is_told", "CHECK (b IS NOT NULL)")

    with engine.connect() as connection:
        _as_a_migration(connection, change)
        assert connection.scalar(text("SELECT count(*) FROM a WHERE b = 1")) == 12000
        assert connection.scalar(text("SELECT convalidated FROM pg_constraint WHERE conname = 'b_is_told'"))


def _as_a_migration(connection: Any, change: Callable[[], None]) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
    with context.begin_transaction(_per_migration=True), Operations.context(context):
        change()
