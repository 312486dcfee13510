"""Rows written before a migration are what they were after it: statements and lines of before every line was kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from alembic import command
from sqlalchemy import text

from services.payments import app
from shared import database

FOLDER = Path(app.__file__).parent
STATEMENT, HASHED, NAMED, BACK, FEE = (str(uuid.uuid4()) for _ in range(5))


def test_lines_kept_by_their_reference_stay_with_their_places(empty_database: Callable[[], str]) -> None:
    engine = database.connect(empty_database())
    with engine.begin() as connection:
        command.upgrade(database._alembic(FOLDER, connection), "0003_channel_named")
        put = """INSERT INTO statement (id, channel, statement_id, sha256, account, currency, day, is_final,
                   opening_minor, closing_minor, adds_up, line_count, unreadable, imported_at, imported_by, done)
                 VALUES (:i, 'iso20022', 'S-1', 'x', '0100000000001', 'LAK', '2025-05-22', true, 0, 30, true, 3, '[]',
                   '2025-05-23 01:00+00', 'payments', true)"""
        connection.execute(text(put), {"i": STATEMENT})
        put = """INSERT INTO statement_line (id, statement_id, position, account, bank_reference, amount_minor,
                   currency, booked_on, match) VALUES (:i, :s, :p, '0100000000001', :r, :a, 'LAK', '2025-05-22', :m)"""
        lines = [(NAMED, 1, "PB1/2", 100, "unmatched"), (HASHED, 2, "sha256:ab", -50, "unmatched")]
        lines += [(BACK, 3, "PB3", 30, "return"), (FEE, 4, "PB4", -50, "fee")]
        for line, place, reference, amount, match in lines:
            values = {"i": line, "s": STATEMENT, "p": place, "r": reference, "a": amount, "m": match}
            connection.execute(text(put), values)
    database.migrate(engine, FOLDER)
    with engine.connect() as connection:
        query = "SELECT id::text, entry, part, entry_reference, told_on::text, is_return, is_fee FROM statement_line"
        kept = {row[0]: tuple(row[1:]) for row in connection.execute(text(query))}
        places = connection.execute(text("SELECT line_id::text, entry FROM statement_place ORDER BY entry")).all()
        row = connection.execute(text("SELECT first_day::text, last_read_on::text, missing_minor FROM statement")).one()
    engine.dispose()
    assert kept == {
        NAMED: (1, 0, "PB1", "2025-05-22", False, False),
        HASHED: (2, 0, "", "2025-05-22", False, False),
        BACK: (3, 0, "PB3", "2025-05-22", True, False),
        FEE: (4, 0, "PB4", "2025-05-22", False, True),
    }
    assert [tuple(place) for place in places] == [(NAMED, 1), (HASHED, 2), (BACK, 3), (FEE, 4)]
    assert tuple(row) == ("2025-05-22", "2025-05-23", 0)


def test_orders_and_runs_of_before_left_over_the_bank(empty_database: Callable[[], str]) -> None:
    engine = database.connect(empty_database())
    with engine.begin() as connection:
        command.upgrade(database._alembic(FOLDER, connection), "0005_latin_names")
        put = """INSERT INTO run (id, number, pay_day, currency, state, made_by, made_by_name, made_at, made_on,
                   message_id)
                 VALUES (:i, '2025-05-A', '2025-05-22', 'LAK', 'draft', 'k', 'K', '2025-05-22 01:00+00', '2025-05-22',
                   'm')"""
        connection.execute(text(put), {"i": str(uuid.uuid4())})
    database.migrate(engine, FOLDER)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT channel FROM run")) == "iso20022"
    engine.dispose()
