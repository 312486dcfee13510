"""One PostgreSQL for the whole run, a fresh database for each story, and a count of what is missing here."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings

from deploy.embedded.postgres import Postgres, wheel_binaries
from tests import warm
from tests.chromium import launch, program

# How long an example takes says how busy the machine is: no test fails for it.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

SERVER = "TIDEOVER_TEST_SERVER"  # conninfo of the server all workers use, without dbname
KEYS = "TIDEOVER_TEST_KEYS"
ROOT = Path(__file__).parent.parent
QUICK_ROOM = 6 * 2**30  # bytes
_own: list[Postgres] = []


def missing_here() -> dict[str, str]:
    """Marks whose programs this machine does not have, with the reason in words."""
    reasons = {}
    if not (
        os.environ.get("AMQP_URL")
        or shutil.which("rabbitmq-server")
        or Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists()
    ):
        reasons["rabbitmq"] = "no RabbitMQ is installed or named by AMQP_URL"
    if program() is None:
        reasons["chromium"] = "no Chromium is installed"
    if not (shutil.which("pdftoppm") and shutil.which("pdftotext")):
        reasons["poppler"] = "poppler-utils is not installed"
    return reasons


def quick_place() -> Path | None:
    """Where a server whose data nobody keeps writes soonest: in memory, where the machine has some to spare. Making
    and dropping a database for each story otherwise waits for the disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free >= QUICK_ROOM
    return memory if roomy else None


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts what all workers share; they find it in the environment."""
    warm.keep()
    if hasattr(config, "workerinput"):
        return
    # Measuring the law takes minutes of a processor; the tests whose subject it is have it done.
    os.environ["STANDARDS_AHEAD"] = "no"
    if SERVER not in os.environ:
        given = os.environ.get("TEST_POSTGRES_BIN")
        folder = Path(tempfile.mkdtemp(prefix="tideover-test-", dir=quick_place()))
        folder.chmod(0o755)
        server = Postgres(folder / "pg", Path(given) if given else wheel_binaries(), fast=True)
        server.start()
        _own.append(server)
        os.environ[SERVER] = f"host={server.sockets} user=tideover"
    if KEYS not in os.environ:
        from shared.auth import make_keys

        keys = Path(tempfile.mkdtemp(prefix="tideover-keys-"))
        make_keys(keys)
        os.environ[KEYS] = str(keys)


@pytest.fixture(autouse=True)
def _standards_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are worked out beside; on a busy machine a story waits for one longer than a door would."""
    beside = sys.modules.get("services.benefits.conformance.beside")
    if beside is not None:
        monkeypatch.setattr(beside, "WAIT_SECONDS", 100.0)


def pytest_unconfigure(config: pytest.Config) -> None:
    for server in _own:
        server.remove()
        shutil.rmtree(server.data.parent, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = missing_here()
    gone = [item for item in items if any(item.get_closest_marker(mark) for mark in reasons)]
    if gone and os.environ.get("CI") == "true":
        raise pytest.UsageError("CI must have everything: " + "; ".join(reasons.values()))
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in set(gone)]
    config.stash[_GONE] = (len(gone), "; ".join(reasons.values()))


_GONE: pytest.StashKey[tuple[int, str]] = pytest.StashKey()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reasons = missing_here()
    if reasons:
        terminalreporter.write_line(
            "Not run here: tests marked " + "; ".join(f"{m} ({why})" for m, why in reasons.items())
        )


def _connect(name: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(f"{os.environ[SERVER]} dbname={name}", autocommit=True)


def url_of(name: str) -> str:
    """SQLAlchemy's URL of a database on the test server."""
    parts = dict(p.split("=", 1) for p in os.environ[SERVER].split())
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql+psycopg://{parts['user']}@{port}/{name}?host={parts['host']}"


def template_of(service: str) -> str:
    """A migrated database of a service, made once for all workers."""
    from shared import database

    name = f"template_{service}"
    with _connect() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (database.lock_key(name),))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}_making"')
            connection.execute(f'CREATE DATABASE "{name}_making"')
            engine = database.connect(url_of(f"{name}_making"))
            database.migrate(engine, ROOT / "services" / service)
            engine.dispose()
            connection.execute(f'ALTER DATABASE "{name}_making" RENAME TO "{name}"')
        connection.execute("SELECT pg_advisory_unlock(%s)", (database.lock_key(name),))
    return name


@pytest.fixture
def new_database() -> Iterator[Callable[[str], str]]:
    """`new_database("payments")` is the URL of a fresh, migrated database that ends with the test."""
    made: list[str] = []

    def make(service: str) -> str:
        name = f"{service}_{uuid.uuid4().hex[:12]}"
        template = template_of(service)
        with _connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        made.append(name)
        return url_of(name)

    yield make
    with _connect() as connection:
        for name in made:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def empty_database() -> Iterator[Callable[[], str]]:
    """`empty_database()` is the URL of a fresh database without tables, for the pretend bank and phone."""
    made: list[str] = []

    def make() -> str:
        name = f"empty_{uuid.uuid4().hex[:12]}"
        with _connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        return url_of(name)

    yield make
    with _connect() as connection:
        for name in made:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for each worker of the run; Playwright allows one of its loops a thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = launch(play)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def keys_folder() -> Path:
    return Path(os.environ[KEYS])
