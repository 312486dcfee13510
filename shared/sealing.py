"""The seals of a service change: a new key comes, what the old one sealed is sealed anew, the old one goes."""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from shared.act import Act
from shared.jobs import JobRun, Later
from shared.logs import log
from shared.seals import SEALED, SealedBytes, SealedJson, SealedText, Seals, seals_of
from shared.tables import seal_key

#: Rows sealed anew in one transaction.
TOGETHER = 200


def sealed_columns(metadata: MetaData) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """The tables that hold something sealed, and which columns."""
    for table in metadata.sorted_tables:
        found = [c for c in table.c if isinstance(c.type, SealedText | SealedBytes | SealedJson)]
        if found:
            yield table, found


def _is_old(column: Column[Any], mark: str) -> ColumnElement[bool]:
    """Whether a value lies open, or is sealed by a key that is not the present one."""
    if isinstance(column.type, SealedBytes):
        raw = type_coerce(column, LargeBinary)
        return and_(func.octet_length(raw) > 0, func.substring(raw, 1, len(mark)) != mark.encode())
    if isinstance(column.type, SealedJson):
        json = type_coerce(column, JSONB)
        says = func.coalesce(json[SEALED].astext, "")
        empty = json.in_([literal({}, JSONB), literal([], JSONB), literal(None, JSONB)])
        return and_(~empty, ~says.startswith(mark, autoescape=True))
    plain = type_coerce(column, Text)
    return and_(plain != "", ~plain.startswith(mark, autoescape=True))


def seal_again(engine: Engine, metadata: MetaData) -> int:
    """Seal with the present key whatever lies open or is sealed by another; answers how many rows that were. Safe to
    repeat and to be killed at any point; each `TOGETHER` rows are a transaction."""
    seals, count = seals_of(engine.dialect), 0
    for table, columns in sealed_columns(metadata):
        for column in columns:
            while some := _some_again(engine, table, column, seals.mark):
                count += some
    return count


def go_on(engine: Engine, metadata: MetaData, seals: Seals, run: JobRun) -> Later | None:
    """The job that seals by the present key what lies open or is sealed by another. While processes that know the
    present key only to open go on, something may come after: it is done when there was nothing to do."""
    count = seal_again(engine, metadata)
    log.info("sealed_again", rows=count)
    with run.begin() as act:
        if count and other_keys(act, seals):
            return Later(timedelta(minutes=10), reason="sealed_again")
        now_whole(act, seals)
    return None


def _some_again(engine: Engine, table: Table, column: Column[Any], mark: str) -> int:
    keys = list(table.primary_key)
    with engine.begin() as connection:
        # Tables that only grow let this pass, where nothing but what is sealed differs (`shared.tables.RESEALED_SQL`).
        connection.execute(text("SET LOCAL tideover.sealing = 'again'"))
        query = select(*keys, column).where(_is_old(column, mark)).limit(TOGETHER).with_for_update(skip_locked=True)
        rows = connection.execute(query).all()
        for row in rows:
            here = and_(*(key == value for key, value in zip(keys, row, strict=False)))
            connection.execute(table.update().where(here).values({column.name: row[-1]}))
        return len(rows)


def note_key(act: Act, seals: Seals) -> None:
    """Remember by which keys something may be sealed, so that readiness can say when one of them is gone."""
    known = set(act.connection.scalars(select(seal_key.c.name)))
    if seals.name not in known:
        act.connection.execute(seal_key.insert().values(name=seals.name, since=act.now))


def only_key(act: Act, seals: Seals) -> bool:
    """Whether nothing is left to seal anew since the present key came."""
    rows = act.connection.execute(select(seal_key)).all()
    return [(row.name, row.whole_at is not None) for row in rows] == [(seals.name, True)]


def other_keys(act: Act, seals: Seals) -> bool:
    """Whether something was sealed by other keys than the present one."""
    return any(name != seals.name for name in act.connection.scalars(select(seal_key.c.name)))


def now_whole(act: Act, seals: Seals) -> None:
    """Everything is sealed by the present key: the others are not needed any more."""
    act.connection.execute(seal_key.delete().where(seal_key.c.name != seals.name))
    act.connection.execute(seal_key.update().values(whole_at=act.now))


def missing_key(connection: Any, seals: Seals) -> str | None:
    """A key by which something may be sealed and that the ring does not have."""
    names = set(connection.scalars(select(seal_key.c.name))) - seals.ring.keys()
    return f"{seals.file.name} {min(names)}" if names else None


# --- the files ---------------------------------------------------------------------------------


def new_key() -> str:
    return base64.b64encode(AESGCM.generate_key(256)).decode()


def change(folder: Path, service: str, step: str) -> None:
    """One step of changing a key, each followed by starting the service's processes again:

    `add` puts a new key at the end of the ring: everybody can open by it before anybody seals with it. `use` moves the
    last key to the front; the job `seal_again` then seals all anew. `drop` leaves only the first, when that job is
    done; a service that still needs another says so and is not ready.
    """
    file = folder / f"{service}.seal"
    keys = file.read_text().split()
    match step:
        case "add":
            keys = [*keys, new_key()]
        case "use":
            keys = [keys[-1], *keys[:-1]]
        case "drop":
            keys = keys[:1]
    fresh = file.with_name(f"{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text("\n".join(keys) + "\n")
    fresh.replace(file)


def main(words: list[str]) -> int:
    """`python -m shared.sealing FOLDER SERVICE add|use|drop`."""
    parser = argparse.ArgumentParser(prog="python -m shared.sealing", description=change.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("service")
    parser.add_argument("step", choices=("add", "use", "drop"))
    said = parser.parse_args(words)
    change(said.folder, said.service, said.step)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
