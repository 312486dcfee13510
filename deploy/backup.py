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
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from deploy import moment
from deploy.embedded.house import SERVICES, HouseFailed, Plan
from deploy.embedded.postgres import PostgresFailed
from deploy.programs import address, plain, run
from shared import database, restored

MANIFEST = "backup.json"
#: What a backup holds: each service's dump, and the base of the whole server.
Manifest = dict[str, dict[str, Any]]


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def make(plan: Plan, folder: Path, services: Sequence[str]) -> None:
    """Dump each database into a folder that did not hold a backup."""
    if (folder / MANIFEST).exists():
        raise HouseFailed(f"{folder} holds a backup already; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept: Manifest = {}
    with server(plan):
        for service in services:
            made_at = datetime.now(UTC)
            file = folder / f"{service}.dump"
            run("pg_dump", "--format=custom", "--no-owner", f"--file={file}", address(plan, service))
            file.chmod(0o600)
            kept[service] = {"made_at": made_at.isoformat(), "sha256": _digest(file), "bytes": file.stat().st_size}
            say(f"{service}: {file.stat().st_size:,} bytes")
        if plan.archive is not None:
            kept[moment.BASE] = moment.make_base(plan, folder)
            say(f"With {plan.archive} every later moment can be brought back (make restore … TO_TIME=…).")
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


def verify_whole(plan: Plan, folder: Path, services: Sequence[str]) -> None:
    """The dumps, and the base where there is one."""
    verify(plan, folder, services)
    if moment.BASE in manifest(folder):
        moment.verify_base(folder)
        say("the base: whole")


def restore(plan: Plan, folder: Path, services: Sequence[str]) -> None:
    """Bring databases back while the house stands still; each is held until it has asked the others."""
    kept = manifest(folder)
    with standing_still(plan), server(plan):
        for service in services:
            _whole(folder, kept, service)
        for service in services:
            _bring(plan, service, folder / f"{service}.dump", kept[service]["made_at"])


def restore_moment(plan: Plan, folder: Path, services: Sequence[str], to: datetime) -> None:
    """Bring databases back as they were at a moment after the backup; each is held until it has asked the others."""
    base = manifest(folder).get(moment.BASE)
    if base is None or plan.archive is None:
        raise HouseFailed(f"{folder} holds no base, or there is no archive (ARCHIVE=…): only whole backups come back.")
    if to <= datetime.fromisoformat(base["made_at"]):
        raise HouseFailed(f"{folder} was made at {base['made_at']}: take an earlier backup for that moment.")
    if to > datetime.now(UTC):
        raise HouseFailed("That moment has not come yet.")
    with standing_still(plan), server(plan):
        moment.all_archived(plan, base)
        with tempfile.TemporaryDirectory(dir=plan.data) as place:
            _dump_moment(plan, folder, services, to, Path(place))
            for service in services:
                _bring(plan, service, Path(place) / f"{service}.dump", to.isoformat())


def _dump_moment(plan: Plan, folder: Path, services: Sequence[str], to: datetime, place: Path) -> None:
    with moment.recovered(plan, folder, to) as side:
        for service in services:
            run("pg_dump", "--format=custom", "--no-owner", f"--file={place / service}.dump", plain(side.url(service)))


def _bring(plan: Plan, service: str, dump: Path, as_of: str) -> None:
    _fill(plan, service, dump)
    engine = database.connect(plan.url_of(service))
    with database.at_once(engine) as connection:
        restored.open_hold(connection, "command", datetime.now(UTC))
    engine.dispose()
    (plan.data / "migrated").unlink(missing_ok=True)
    say(f"{service}: as of {as_of}, held until somebody lets it go at /parked/{service}")


def manifest(folder: Path) -> Manifest:
    try:
        return dict(json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError):
        raise HouseFailed(f"{folder} holds no finished backup.") from None


def _whole(folder: Path, kept: Manifest, service: str) -> None:
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
    run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={address(plan, name)}", str(dump))


def _drop(plan: Plan, name: str) -> None:
    with psycopg.connect(address(plan, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
    parser.add_argument("--to-time", default="", help="restore: a moment after the backup, from the archive")
    parser.add_argument("services", nargs="*", help="all three where none is named")
    told = parser.parse_intermixed_args(arguments)
    if unknown := set(told.services) - set(SERVICES):
        parser.error(f"there is no service {sorted(unknown)[0]}")
    services = told.services or list(SERVICES)
    try:
        plan, folder = Plan.from_environment(), told.folder.absolute()
        if told.do == "restore" and told.to_time:
            restore_moment(plan, folder, services, moment.read_moment(told.to_time))
        else:
            {"make": make, "verify": verify_whole, "restore": restore}[told.do](plan, folder, services)
    except (HouseFailed, PostgresFailed) as failed:
        print(failed, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
