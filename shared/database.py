"""One dialect: PostgreSQL. Engines, transactions, migrations."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config
from psycopg.errors import LockNotAvailable
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, Engine, create_engine, event, or_, text
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.sql.elements import ColumnElement

from shared.act import BELOW

#: After how long a line is tried before it is used.
STILL_SECONDS = 0.5


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for a URL such as postgresql+psycopg://…; a lost server is noticed within seconds.

    A line that lay still for a while is tried before it is used; one that was just in use is not, which saves
    each request of a busy process one way to the server and back.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=5,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"connect_timeout": 3},
    )

    @event.listens_for(engine, "connect")
    def ids_are_text(line: Any, _: Any) -> None:
        # Every id is handled as its text; making an object of each first costs more than the query.
        line.adapters.register_loader("uuid", TextLoader)

    @event.listens_for(engine, "checkin")
    def leave(_: Any, record: Any) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def try_first(line: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("left_at", math.inf) > STILL_SECONDS:
            try:
                engine.dialect.do_ping(line)
            except Exception as lost:
                raise DisconnectionError("the server is gone") from lost

    return engine


def within(column: ColumnElement[str], office: str) -> ColumnElement[bool]:
    """Rows of an office and of the offices below it (`shared.act.sees` in SQL, but for the head office)."""
    return or_(column == office, column.startswith(office + BELOW, autoescape=True))


def copy_in(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put many rows into a table in the connection's transaction, as fast as PostgreSQL takes them."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def lock_key(*parts: str) -> int:
    """A number for PostgreSQL's advisory locks, the same in every process."""
    text_ = "\x1f".join(parts).encode()
    return (zlib.crc32(text_) << 31 | zlib.crc32(text_[::-1])) & 0x7FFF_FFFF_FFFF_FFFF


@contextmanager
def held_line(engine: Engine, *parts: str) -> Iterator[Connection | None]:
    """A connection that holds a lock while the block runs; the lock falls when the process dies. None when somebody
    else holds it. What is written on the connection is committed at once."""
    with at_once(engine) as connection:
        got = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:k)"), {"k": lock_key(*parts)}))
        try:
            yield connection if got else None
        finally:
            if got:
                connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": lock_key(*parts)})


@contextmanager
def session_lock(engine: Engine, *parts: str) -> Iterator[bool]:
    """Whether we hold a lock, on a connection of its own, while the block runs."""
    with held_line(engine, *parts) as line:
        yield line is not None


@contextmanager
def at_once(engine: Engine) -> Iterator[Connection]:
    """A connection on which each statement is its own transaction: a look costs one way to the server, not three."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


#: How long a change of tables waits for whoever uses them, while everybody behind it waits too; and how often it tries.
LOCK_SECONDS, LOCK_TRIES = 1, 120


def _alembic(package_folder: Path, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(package_folder / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, package_folder: Path) -> None:
    """Bring a service's database to the head of its migrations; two at once wait for each other.

    Each migration is a transaction of its own. One that cannot have a table within `LOCK_SECONDS` lets everybody pass
    who waits behind it, and tries again. Raises the database's fault after `LOCK_TRIES`.
    """
    # Asked again and again instead of waited for: an index is made only when every older look is over, ours too.
    while True:
        with held_line(engine, "migrate") as line:
            if line is not None:
                return _upgrade(engine, package_folder)
        time.sleep(0.2)


def _upgrade(engine: Engine, package_folder: Path) -> None:
    for left in reversed(range(LOCK_TRIES)):
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            connection.commit()
            try:
                return command.upgrade(_alembic(package_folder, connection), "head")
            except OperationalError as fault:
                if not isinstance(fault.orig, LockNotAvailable) or not left:
                    raise
            finally:
                connection.invalidate()
        time.sleep(1)


def head(package_folder: Path) -> str:
    """The newest migration a service knows."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_alembic(package_folder)).get_current_head() or ""


def at_head(engine: Engine, package_folder: Path) -> bool:
    """Whether the database has every migration this code knows."""
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT to_regclass('alembic_version')"))
        if found is None:
            return False
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == head(package_folder))


def run_migrations(target_metadata: Any) -> None:
    """What every service's `migrations/env.py` calls."""
    from alembic import context

    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=target_metadata, compare_type=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
