"""Files that were sent in, as they lie in the database; who asks sees her own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import cast, insert, select, text, true, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.import_file import FileState, ImportFile, RowAnswer
from services.benefits.store.rows import Shape, kind, list_of
from shared.act import HEAD_OFFICE, Act
from shared.database import lock_key, within

FILE = Shape(ImportFile, t.import_file, state=kind("state", FileState))
c, a = t.import_file.c, t.import_answers.c


def _hers(act: Act) -> ColumnElement[bool]:
    """An employer's own files; those of an office and the offices below it; all for the head office and the house."""
    actor = act.actor
    if actor.employer is not None:
        return c.employer_id == actor.employer
    if actor.kind == "service" or actor.office == HEAD_OFFICE:
        return true()
    return within(c.office_id, actor.office or "-")


def get(act: Act, id_: str, *, lock: bool = False) -> ImportFile:
    """A file of the asker's. Raises `NotHere`."""
    return FILE.one(act, c.id == id_, _hers(act), lock=lock)


def latest(act: Act, most: int = 20) -> list[ImportFile]:
    """Files of the asker's, the latest first."""
    return FILE.all(act, FILE.select(_hers(act)).order_by(c.at.desc(), c.id.desc()).limit(most))


def same_sender(act: Act, hash_: str, kind_: str) -> None:
    """Wait until nobody else takes the same file of the same place in."""
    place = act.actor.employer or act.actor.office or act.actor.id
    key = lock_key("import", place, kind_, hash_)
    act.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def under_way(act: Act, hash_: str, kind_: str) -> ImportFile | None:
    """The same file of the same employer or office, while its rows are being answered."""
    place = c.employer_id == act.actor.employer if act.actor.employer else c.office_id == act.actor.office
    return FILE.maybe(act, c.hash == hash_, c.kind == kind_, c.state == FileState.UNDER_WAY, place)


def sent_with(act: Act, key: str) -> ImportFile | None:
    """What the asker sent with this key before."""
    return FILE.maybe(act, c.by == act.actor.id, c.key == key)


def add(act: Act, file: ImportFile) -> None:
    FILE.add(act, file)


def save(act: Act, before: ImportFile, after: ImportFile) -> ImportFile:
    FILE.save(act, before, after)
    return after


def _place(act: Act) -> str:
    """Whose list it is: an employer's, else an office's."""
    return str(act.actor.employer or act.actor.office or act.actor.id)


def columns(act: Act, kind_: str, heading: str) -> dict[str, str] | None:
    """What the asker's place said of the columns of a list with this heading."""
    n = t.column_names.c
    query = select(n.columns).where(n.place == _place(act), n.kind == kind_, n.heading == heading)
    return act.connection.scalar(query)


def keep_columns(act: Act, kind_: str, heading: str, told: Mapping[str, str]) -> None:
    """Keep what was said for the next list; what was said before is replaced."""
    by = {"columns": dict(told), "by": act.actor.id, "by_name": act.actor.name or act.actor.id, "at": act.now}
    made = upsert(t.column_names).values(place=_place(act), kind=kind_, heading=heading, **by)
    act.connection.execute(made.on_conflict_do_update(index_elements=["place", "kind", "heading"], set_=by))


def answer(act: Act, before: ImportFile, answers: Sequence[RowAnswer]) -> ImportFile:
    """Keep what became of the next rows. Gives the file as it stands now."""
    after = before.further(answers, act.now)
    told = {"file_id": before.id, "first": before.answered, "answers": list_of(answers)}
    act.connection.execute(insert(t.import_answers).values(**told))
    FILE.save(act, before, after)
    return after


def answers(act: Act, file: ImportFile) -> list[RowAnswer]:
    """What became of the rows that are answered, in their order."""
    query = select(a.answers).where(a.file_id == file.id).order_by(a.first)
    told: list[list[dict[str, Any]]] = list(act.connection.scalars(query))
    return [RowAnswer(**one) for some in told for one in some]


def forget(act: Act, ended_before: datetime) -> int:
    """Forget what files said that ended before: their content, and the cells that stand beside older answers."""
    old = select(c.id).where(c.state == FileState.DONE, c.ended_at < ended_before)
    with_cells = a.answers.op("@?")(cast("$[*].cells", JSONPATH))
    found = act.connection.execute(select(t.import_answers).where(a.file_id.in_(old), with_cells)).all()
    for row in found:
        told = [{name: said for name, said in one.items() if name != "cells"} for one in row.answers]
        here = update(t.import_answers).where(a.file_id == row.file_id, a.first == row.first)
        act.connection.execute(here.values(answers=told))
    never = update(t.import_file).where(c.state == FileState.ASKS_COLUMNS, c.at < ended_before)
    act.connection.execute(never.values(state=FileState.DONE, ended_at=act.now, content=None))
    gone = update(t.import_file).where(c.id.in_(old), c.content.is_not(None)).values(content=None)
    return act.connection.execute(gone).rowcount


def has_stopped(act: Act, id_: str) -> bool:
    """Whether the job that answers its rows was given up and waits for a person."""
    job = t.metadata.tables["job"].c
    query = select(job.number).where(job.kind == "take_import", job.key == id_, job.state == "failed")
    return act.connection.scalar(query) is not None
