"""A restored backup has forgotten what left after it was made: this notices, and holds what would leave twice.

Whatever leaves (events, payments, short messages) counts the row `left_house` up first, and then a mark kept outside
the database (`MARKS_DIR`). A database that is behind the mark, or is another than the one the mark was made for, was
brought back: a hold is opened. While it is `asking`, nothing is written that others would hear of, until they have
told what they know (`shared/catching_up.py`). While it is `held`, events travel, but no money and no short message
leaves, until a named person has looked and lets them.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from shared.act import Act
from shared.database import at_once
from shared.logs import log
from shared.tables import left_house, restore_hold


class CatchingUp(Exception):
    """The service was restored and does not know yet what others have heard of it: nothing may be told now."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Which database it was from which something left last, and how often something had left it by then."""

    house: str
    number: int


@dataclass(frozen=True)
class Marks:
    """The file that keeps the mark of one service."""

    file: Path

    def read(self) -> Mark | None:
        try:
            said = json.loads(self.file.read_text())
            return Mark(str(said["house"]), int(said["number"]))
        except FileNotFoundError:
            return None

    def write(self, mark: Mark) -> None:
        """Raise the mark; it is on the disk when this returns. One of another database is replaced."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self.read()
            if known is not None and known.house == mark.house and known.number >= mark.number:
                return
            fresh = self.file.with_suffix(".new")
            with fresh.open("w") as out:
                json.dump({"house": mark.house, "number": mark.number}, out)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(self.file)
            folder = os.open(self.file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def look_back(engine: Engine, marks: Marks | None, now: datetime) -> None:
    """Open a hold where the database is behind its mark. Asked at the start of each process."""
    known = marks.read() if marks is not None else None
    with at_once(engine) as connection:
        here = Mark(*connection.execute(select(left_house.c.house, left_house.c.number)).one())
        _compare(connection, marks, known, here, now)


def may_leave(engine: Engine, marks: Marks | None, now: datetime, *, asked_about: bool = False) -> bool:
    """Whether something may leave now; when it may, the mark stands before it does.

    `asked_about`: an event, which others know by its id. Events wait only until the others were asked; money and short
    messages until a person lets them.
    """
    # The mark is read first: whoever raised it had counted up before.
    known = marks.read() if marks is not None else None
    with at_once(engine) as connection:
        count = update(left_house).values(number=left_house.c.number + 1)
        here = Mark(*connection.execute(count.returning(left_house.c.house, left_house.c.number)).one())
        phase = _compare(connection, marks, known, Mark(here.house, here.number - 1), now)
    if phase is not None and not (asked_about and phase == "held"):
        return False
    if marks is not None:
        marks.write(here)
    return True


def _compare(connection: Connection, marks: Marks | None, known: Mark | None, here: Mark, now: datetime) -> str | None:
    """The phase of the hold that is open, or is opened now because the mark says more than the database."""
    if marks is not None and known is not None and (known.house != here.house or known.number > here.number):
        connection.execute(update(left_house).where(left_house.c.number < known.number).values(number=known.number))
        open_hold(connection, "mark", now)
        marks.write(Mark(here.house, known.number))
    return phase(connection)


def open_hold(connection: Connection, how: str, now: datetime) -> None:
    """This database was brought back: `how` we know, by the mark, or because the command that did it says so."""
    made = connection.exec_driver_sql(
        "INSERT INTO restore_hold (found_at, how, phase, waits_for) VALUES (%(now)s, %(how)s, 'asking', 'others') "
        "ON CONFLICT DO NOTHING",
        {"now": now, "how": how},
    )
    if made.rowcount:
        log.error("restored_backup_found", how=how)


def phase(connection: Connection) -> str | None:
    """`asking`, `held`, or none where nothing is held."""
    found: str | None = connection.scalar(select(restore_hold.c.phase).where(restore_hold.c.phase != "released"))
    return found


def current(connection: Connection) -> Any:
    """The open hold, or none."""
    return connection.execute(select(restore_hold).where(restore_hold.c.phase != "released")).first()


def newest(connection: Connection) -> datetime | None:
    """When this database was last found to be a restored one."""
    found: datetime | None = connection.scalar(
        select(restore_hold.c.found_at).order_by(restore_hold.c.found_at.desc()).limit(1)
    )
    return found


def release(act: Act, why: str) -> bool:
    """A named person lets money and messages leave again; false where nothing is held, or others were not asked yet."""
    values = {"phase": "released", "released_at": act.now, "released_by": act.actor.name or act.actor.id, "why": why}
    held = update(restore_hold).where(restore_hold.c.phase == "held", restore_hold.c.waits_for.is_(None))
    return bool(act.connection.execute(held.values(**values)).rowcount)


def told(connection: Connection, found_at: datetime, **values: Any) -> None:
    """What catching up has found, or what it waits for."""
    connection.execute(update(restore_hold).where(restore_hold.c.found_at == found_at).values(**values))
