"""All that a service keeps about a person, row by row: what she is told when she asks.

A table is about her by the first of the ways that its columns know (her id, her claims, her orders, …), so that a new
table with such a column is told without anybody remembering it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, MetaData, Row, Select, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from shared.seals import SealedBytes
from shared.tables import audit

#: Columns that let somebody in, or only help to search: they are told to nobody.
UNTOLD = frozenset(
    {"search", "password_hash", "totp_secret", "totp_last", "secret_hash", "csrf", "digest", "fingerprint"}
)
#: A column and the ids of it that are hers.
Way = tuple[str, Any]


def about(metadata: MetaData, ways: Sequence[Way], roots: Mapping[str, str]) -> dict[str, Select[Any]]:
    """How each table is asked that holds something about her. `roots` are tables that are about her by a column of
    another name: their own id, mostly."""
    known = dict(ways)
    found = {}
    for table in metadata.sorted_tables:
        way = roots.get(table.name) or next((name for name, _ in ways if name in table.c), None)
        if way is None:
            continue
        name = {"id": table.name + "_id"}.get(way, way)
        told = [c for c in table.c if c.name not in UNTOLD and not isinstance(c.type, LargeBinary | SealedBytes)]
        found[str(table.name)] = select(*told).where(table.c[way].in_(known[name])).order_by(*table.primary_key)
    return found


def looks(ids: Sequence[str]) -> Select[Any]:
    """Who looked at what is hers: when, from which office, by which door; not which clerk."""
    c = audit.c
    hers = or_(*(c.subjects.op("@>")(literal([id_], JSONB)) for id_ in ids))
    return select(c.at, c.kind, c.office, c.action).where(hers).order_by(c.at)


def rows(connection: Connection, queries: Mapping[str, Select[Any]]) -> dict[str, list[dict[str, Any]]]:
    """What the tables say, in plain JSON; tables that say nothing are left out."""
    found = {name: [_row(row) for row in connection.execute(query)] for name, query in queries.items()}
    told = {name: lines for name, lines in found.items() if lines}
    plain: dict[str, list[dict[str, Any]]] = orjson.loads(orjson.dumps(told))
    return plain


def _row(row: Row[Any]) -> dict[str, Any]:
    # The names that SQLAlchemy gives are texts of a kind of their own.
    return {str(name): said for name, said in row._mapping.items()}
