"""Files of statements that people hand in, and what could not be taken of any file: kept, shown, read again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, insert, select, update

from services.payments import tables as t
from services.payments.domain.statement import Fault
from services.payments.usecases.statements import HandedIn
from shared import jobs
from shared.act import Act


class FileGone(LookupError):
    """There is no such file, or nothing is left of it to read."""


def note(act: Act, digest: str, file: bytes, faults: Sequence[Fault], by: HandedIn | None, *, taken: int) -> None:
    """What became of a file. One of the channel's that was taken whole leaves no row: its statements say it all."""
    f = t.statement_file
    state = "read" if not faults else "partly" if taken else "refused"
    values = {"state": state, "faults": [asdict(fault) for fault in faults], "content": file if faults else None}
    known = act.connection.execute(select(f.c.id).where(f.c.sha256 == digest).with_for_update()).first()
    if known is not None:
        act.connection.execute(update(f).where(f.c.id == known.id).values(**values))
    elif faults:
        _add(act, digest, "person" if by else "channel", by, values)


def _add(act: Act, digest: str, source: str, by: HandedIn | None, values: dict[str, Any]) -> Row[Any]:
    f = t.statement_file
    put = insert(f).values(
        id=act.new_id(),
        sha256=digest,
        source=source,
        taken_by=by.id if by else act.actor.id,
        taken_by_name=by.name if by else "",
        taken_at=act.now,
        taken_on=act.today,
        tries=1,
        **values,
    )
    return act.connection.execute(put.returning(f)).one()


def hand_in(act: Act, file: bytes, faults: Sequence[Fault], *, takes: int, layout_id: str | None = None) -> Row[Any]:
    """Take a file from a person. `faults` and `takes` (statements of ours) are what a first look at it found;
    `layout_id` is the layout by which she says that it is to be read.

    With nothing to take it is refused, and kept for a second reading; else it is read in the background. The same
    file again does nothing, unless something of it could not be read.
    """
    f = t.statement_file
    digest = hashlib.sha256(file).hexdigest()
    by = HandedIn(act.actor.id, act.actor.name or act.actor.id)
    state = "waiting" if takes else "refused"
    values = {"state": state, "faults": [asdict(fault) for fault in faults], "content": file, "layout_id": layout_id}
    row = act.connection.execute(select(f).where(f.c.sha256 == digest).with_for_update()).first()
    if row is None:
        row = _add(act, digest, "person", by, values)
    elif row.state in ("partly", "refused"):
        change = update(f).where(f.c.id == row.id).values(tries=row.tries + 1, **values)
        row = act.connection.execute(change.returning(f)).one()
    if row.state == "waiting":
        jobs.post_job(act, "read_statement", f"{digest}:{row.tries}", {"file_id": row.id})
    return row


def read_again(act: Act, file_id: str) -> Row[Any]:
    """Read a file once more of which something could not be taken. Raises `FileGone`."""
    f = t.statement_file
    row = act.connection.execute(select(f).where(f.c.id == file_id).with_for_update()).first()
    if row is None or row.state not in ("partly", "refused") or row.content is None:
        raise FileGone(file_id)
    change = update(f).where(f.c.id == file_id).values(state="waiting", tries=row.tries + 1).returning(f)
    row = act.connection.execute(change).one()
    jobs.post_job(act, "read_statement", f"{row.sha256}:{row.tries}", {"file_id": file_id})
    return row


def waiting_file(act: Act, file_id: str) -> tuple[bytes, HandedIn | None, str | None] | None:
    """The bytes of a file that is to be read, who brought it, and the layout she named; none where there is nothing to
    do."""
    f = t.statement_file
    row = act.connection.execute(select(f).where(f.c.id == file_id)).first()
    if row is None or row.content is None:
        return None
    by = HandedIn(row.taken_by, row.taken_by_name) if row.source == "person" else None
    return bytes(row.content), by, row.layout_id
