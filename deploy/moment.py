"""Back to a moment: a base of the whole server, everything written since from its archive, and one database of it.

What is recovered is recovered beside the house, in a server of its own that ends with it; only the named services'
databases are taken from there. So one service goes back to a moment while the others stay as they are, and the way on
is that of every restore: it is held, and asks the others what it has forgotten.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from deploy.embedded.house import HouseFailed, Plan
from deploy.embedded.postgres import Postgres, PostgresFailed, wheel_binaries
from deploy.programs import address, run

#: The member of a backup's list that tells of the base, and its folder.
BASE = "base"
#: How long the archive may take to get what was written last, and a server to come to the moment.
ARCHIVE_SECONDS, RECOVERY_SECONDS = 60, 3600


def read_moment(said: str) -> datetime:
    """A moment with its offset from UTC. Raises `HouseFailed`."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise HouseFailed(f"{said} is no moment; say 2026-11-28T14:30:00+07:00.") from None
    if found.tzinfo is None:
        raise HouseFailed(f"{said} has no offset; say of which clock, as in 2026-11-28T14:30:00+07:00.")
    return found


def make_base(plan: Plan, folder: Path) -> dict[str, Any]:
    """A copy of the whole server's files, to which what is archived later is added. What is told of it stands in the
    list of the backup."""
    run("pg_basebackup", f"--pgdata={folder / BASE}", "--checkpoint=fast", f"--dbname={address(plan, 'postgres')}")
    (folder / BASE).chmod(0o700)
    return {"made_at": datetime.now(UTC).isoformat(), "system": _system(plan)}


def verify_base(folder: Path) -> None:
    """Every file of the base is as it was written, and what it needs of the log is there."""
    run("pg_verifybackup", "--quiet", str(folder / BASE))


def _system(plan: Plan) -> str:
    """Which server this is: another one has another history."""
    with psycopg.connect(address(plan, "postgres")) as connection:
        row = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    return str(row[0]) if row else ""


def all_archived(plan: Plan, base: dict[str, Any]) -> None:
    """What the server has written until now is in the archive. A server that is not the base's own, because that one
    was lost, has nothing to add. Raises `HouseFailed`."""
    if _system(plan) != base["system"]:
        return
    with psycopg.connect(address(plan, "postgres"), autocommit=True) as connection:
        on = connection.execute("SHOW archive_mode").fetchone()
        if not on or on[0] == "off":
            return
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        last = row[0] if row else ""
        until = time.monotonic() + ARCHIVE_SECONDS
        while time.monotonic() < until:
            told = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            if told and told[0] and told[0] >= last:
                return
            time.sleep(0.2)  # the archiver tells nobody when it is done
    raise HouseFailed("The archive does not get what was written last; see the server's log. Nothing was changed.")


@contextmanager
def recovered(plan: Plan, folder: Path, moment: datetime) -> Iterator[Postgres]:
    """A server beside the house, with everything as it was at a moment; gone at the end. Raises `HouseFailed` where the
    archive does not reach so far."""
    given = os.environ.get("PG_BIN")
    place = Path(tempfile.mkdtemp(prefix="tideover-moment-", dir=plan.data))
    place.chmod(0o755)
    more = {
        "restore_command": f"cp {_quoted(plan.archive)}/%f %p",
        "recovery_target_time": moment.astimezone(UTC).isoformat(sep=" "),
        "recovery_target_action": "promote",
        # Nobody is let in before it has come to the moment: it answers then, and not earlier.
        "hot_standby": "off",
    }
    side = Postgres(place / "pg", Path(given) if given else wheel_binaries(), more=more)
    try:
        side.settle_in(folder / BASE)
        side.start(RECOVERY_SECONDS)
        yield side
    except PostgresFailed as failed:
        raise HouseFailed(f"That moment cannot be reached: {failed} Nothing was changed.") from None
    finally:
        side.remove()
        shutil.rmtree(place, ignore_errors=True)


def _quoted(archive: Path | None) -> str:
    if archive is None:
        raise HouseFailed("Name the folder of the archive with ARCHIVE=…")
    return shlex.quote(str(archive)).replace("%", "%%")
