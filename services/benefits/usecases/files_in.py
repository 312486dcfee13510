"""A file comes in: kept as it was sent, its rows answered at once where they are few, else by a job, slice by slice.

Each slice is one transaction that holds what the rows did and what they were answered: whoever dies between two goes on
with the next row, and no row is taken twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from services.benefits import store
from services.benefits.domain.ids import EmployerId, FileId
from services.benefits.domain.import_file import FileState, FileUnreadable, ImportFile, Row, RowAnswer
from services.benefits.institution import institution
from services.benefits.usecases import columns
from services.benefits.usecases.imports import answer_row
from services.benefits.usecases.table_files import COLUMNS, FORMATS, heading_and_rows, kinds_here, read_rows
from shared.act import Act, Actor
from shared.jobs import post_job
from shared.reading import NotRead, days
from shared.reading.letters import one_line

#: How much work is done within the request, and in one transaction of the job. A row is one, but for a wage, which is
#: as many as it names months.
AT_ONCE = 200
JOB = "take_import"


class KeyReused(ValueError):
    """The sender's key came with another file before."""


def receive(
    act: Act,
    kind: str,
    name: str,
    data: bytes,
    key: str | None = None,
    said: Mapping[str, str] | None = None,
    *,
    may_ask: bool = False,
) -> ImportFile:
    """Keep a file and answer its rows: within this transaction where that is little work, else by a job.

    The same file is one thing while its rows are being answered: whoever sends it again for the same employer or office
    gets that one. Once it has ended it is answered anew, because what becomes of a row depends on what is known by
    then; with the same key it is never taken anew. `said` is what stands beside the file and not in it. A list whose
    columns have other names is read as its sender said before; where she never did, and may be asked (`may_ask`), it
    waits for her. Raises `FileUnreadable`, `KeyReused`.
    """
    if kind not in kinds_here(institution().country):
        raise FileUnreadable("unknown_kind")
    said = _said(act, kind, said or {})
    try:
        rows = read_rows(kind, data, said)
    except FileUnreadable as wrong:
        if wrong.code != "columns" or kind not in columns.KINDS:
            raise
        heading, _ = heading_and_rows(kind, data, 0)
        known_columns = store.files.columns(act, kind, columns.key_of(heading))
        if known_columns is None:
            if not may_ask:
                raise
            return _kept(act, kind, name, data, [], key, said, asks=True)
        said |= known_columns
        rows = read_rows(kind, data, said)
    if not rows:
        raise FileUnreadable("empty")
    digest = _digest(data, said)
    store.files.same_sender(act, digest, kind)
    known = store.files.sent_with(act, key) if key is not None else None
    if known is not None and (known.hash, known.kind) != (digest, kind):
        raise KeyReused
    known = known or store.files.under_way(act, digest, kind)
    if known is not None:
        return known
    return _begun(act, _kept(act, kind, name, data, rows, key, said), rows)


def _begun(act: Act, file: ImportFile, rows: Sequence[Row]) -> ImportFile:
    if sum(map(_work, rows)) <= AT_ONCE:
        return _answered(act, file, rows)
    post_job(act, JOB, key=file.id, payload={"file_id": file.id})
    return file


def name_columns(act: Act, id_: str, typed: Mapping[int, str]) -> ImportFile:
    """Say which column of a list is which (by its place, from 0); its rows are then answered, and what was said is
    kept for the next list of this sender with the same heading. Raises `FileUnreadable`, `store.NotHere`."""
    file = store.files.get(act, id_, lock=True)
    if file.state is not FileState.ASKS_COLUMNS or file.content is None:
        return file
    heading, _ = heading_and_rows(file.kind, file.content, 0)
    told = columns.chosen(heading, typed, *COLUMNS[file.kind])
    said = dict(file.said or {}) | told
    rows = read_rows(file.kind, file.content, said)
    if not rows:
        raise FileUnreadable("empty")
    store.files.keep_columns(act, file.kind, columns.key_of(heading), told)
    under_way = replace(file, state=FileState.UNDER_WAY, rows=len(rows), said=said, hash=_digest(file.content, said))
    return _begun(act, store.files.save(act, file, under_way), rows)


def take_file(act: Act, kind: str, name: str, data: bytes) -> ImportFile:
    """Keep a file and answer all its rows within this transaction, however many: for the operator's command.
    Raises `FileUnreadable`."""
    rows = read_rows(kind, data)
    return _answered(act, _kept(act, kind, name, data, rows, None, {}), rows)


def _said(act: Act, kind: str, said: Mapping[str, str]) -> dict[str, str]:
    """What a kind of file needs to be told beside it; an employer speaks for herself only."""
    asks = FORMATS[kind].asks if kind in FORMATS else ()
    told = {name: one_line(said.get(name, ""))[:60] for name in asks}
    if act.actor.employer is not None and "employer_no" in told:
        told["employer_no"] = store.places.employer(act, act.actor.employer).number
    return {name: value for name, value in told.items() if value}


def _digest(data: bytes, said: Mapping[str, str]) -> str:
    """What makes a file the same: its bytes, and what was said beside it."""
    beside = "".join(f"{name}\n{value}\n" for name, value in sorted(said.items())).encode()
    return hashlib.sha256(data + beside).hexdigest()


def _kept(
    act: Act,
    kind: str,
    name: str,
    data: bytes,
    rows: Sequence[Row],
    key: str | None,
    said: Mapping[str, str],
    *,
    asks: bool = False,
) -> ImportFile:
    actor = act.actor
    state = FileState.ASKS_COLUMNS if asks else FileState.UNDER_WAY if rows else FileState.DONE
    file = ImportFile(
        FileId(act.new_id()),
        _digest(data, said),
        kind,
        name[:200],
        actor.id,
        act.now,
        state,
        len(rows),
        counts={},
        ended_at=act.now if state is FileState.DONE else None,
        employer_id=EmployerId(actor.employer) if actor.employer else None,
        office_id=actor.office,
        sender={
            "id": actor.id,
            "kind": actor.kind,
            "roles": sorted(actor.roles),
            "office": actor.office,
            "employer": actor.employer,
            "name": actor.name,
            "language": actor.language,
        },
        key=key,
        content=data,
        said=dict(said) or None,
    )
    store.files.add(act, file)
    return file


def _answered(act: Act, file: ImportFile, rows: Sequence[Row]) -> ImportFile:
    return store.files.answer(act, file, [answer_row(act, file.kind, row) for row in rows]) if rows else file


def rows_of(file: ImportFile) -> list[Row]:
    """The rows of a file as it was sent; none where it is not kept any more."""
    return read_rows(file.kind, file.content, file.said) if file.content is not None else []


def go_on(act: Act, id_: str, rows: Sequence[Row]) -> ImportFile:
    """Answer the next rows of a file in the name of who sent it. A file that is done stays as it is."""
    file = store.files.get(act, id_, lock=True)
    if file.is_done:
        return file
    sender = dict(file.sender or {})
    hers = replace(act, actor=Actor(**sender | {"roles": frozenset(sender["roles"])}))
    answers = [answer_row(hers, file.kind, row) for row in _slice(rows[file.answered :])]
    return store.files.answer(act, file, answers)


def forget_old(act: Act) -> int:
    """Forget what old files said; what became of each row stays. Answers how many files that were."""
    return store.files.forget(act, act.now - timedelta(days=institution().forget_files_after_days))


def _slice(rows: Sequence[Row]) -> Iterator[Row]:
    """The first rows, as many as are work for one transaction; at least one."""
    work = 0
    for row in rows:
        work += _work(row)
        if work > AT_ONCE and work > _work(row):
            return
        yield row


def _work(row: Row) -> int:
    """How much work a row is: its months, where it names a readable span of them."""
    try:
        first, last = (
            days.read_month(row[name], buddhist=institution().buddhist_years).index for name in ("from", "to")
        )
    except (KeyError, NotRead):
        return 1
    return max(1, last - first + 1)


def answers(act: Act, file: ImportFile) -> list[RowAnswer]:
    """What became of each row that is answered, with what it said, as far as that is still kept."""
    told = store.files.answers(act, file)
    cells = {row.number: row for row in rows_of(file)}
    return [replace(a, cells=dict(cells[a.row])) if a.row in cells else a for a in told]
