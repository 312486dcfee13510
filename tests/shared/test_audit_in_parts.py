"""The audit grows for ever and lies in parts by year; no part lets a row go."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from shared import database
from shared.pruning import room_for_looks
from shared.tables import audit

SERVICES = ["benefits", "payments", "notifications"]


def looked(connection: Connection, year: int) -> str:
    """Somebody looked in a year; the part in which that lies."""
    id_ = str(uuid.uuid4())
    said = {"actor": "noy", "kind": "account", "office": "svk", "action": "GET /desk 200", "trace_id": "t"}
    at = datetime(year, 6, 1, tzinfo=UTC)
    connection.execute(insert(audit).values(id=id_, at=at, subjects=[id_], **said))
    return str(connection.scalar(text("SELECT tableoid::regclass::text FROM audit WHERE id = :id"), {"id": id_}))


@pytest.mark.parametrize("service", SERVICES)
def test_each_year_lies_in_a_part_and_nothing_is_lost(service: str, new_database: Callable[[str], str]) -> None:
    engine = database.connect(new_database(service))
    this = datetime.now(UTC).year
    with engine.begin() as connection:
        assert looked(connection, this) == "audit_before"
        assert looked(connection, this + 1) == f"audit_{this + 1}"
        assert looked(connection, this + 5) == "audit_rest"
        assert len(connection.execute(select(audit)).all()) == 3
    engine.dispose()


def test_a_part_is_made_before_its_year_begins_also_after_years_of_rest(new_database: Callable[[str], str]) -> None:
    engine = database.connect(new_database("benefits"))
    this = datetime.now(UTC).year
    with engine.begin() as connection:
        room_for_looks(connection, datetime(this, 12, 1, tzinfo=UTC))  # there already
        assert looked(connection, this + 2) == "audit_rest"
    with engine.begin() as connection:
        for _ in range(2):
            room_for_looks(connection, datetime(this + 4, 11, 15, tzinfo=UTC))
        assert looked(connection, this + 2) == "audit_rest"  # where others of its year lie
        assert looked(connection, this + 4) == f"audit_{this + 4}"
        assert looked(connection, this + 5) == f"audit_{this + 5}"
    engine.dispose()


@pytest.mark.parametrize("year", [0, 1, 5])
@pytest.mark.parametrize("do", ["DELETE FROM audit", "UPDATE audit SET actor = 'nobody'"])
def test_no_part_lets_a_look_be_changed_or_taken_away(year: int, do: str, new_database: Callable[[str], str]) -> None:
    engine = database.connect(new_database("benefits"))
    with engine.begin() as connection:
        part = looked(connection, datetime.now(UTC).year + year)
    for statement in (do, do.replace("audit", part, 1)):
        released = f"SET LOCAL tideover.erasing = 'released'; {statement}"
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(released)
    engine.dispose()
