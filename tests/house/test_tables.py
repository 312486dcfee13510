"""Every change of tables is a migration: what the code says and what the migrations make is the same."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared import database

SERVICES = ["benefits", "payments", "notifications"]


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_the_tables_the_code_uses(service: str, new_database: Callable[[str], str]) -> None:
    engine = database.connect(new_database(service))
    metadata = importlib.import_module(f"services.{service}.tables").metadata
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    engine.dispose()
    # Indexes, foreign keys and checks live in the SQL of the migrations only.
    serious = [
        d
        for d in differences
        if d[0] not in ("remove_index", "add_index", "remove_fk", "remove_constraint", "add_constraint")
        and not (d[0] == "remove_table" and d[1].name.startswith("audit_"))  # a year's part of the audit
    ]
    assert serious == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_database_knows_whether_it_is_at_the_head(service: str, new_database: Callable[[str], str]) -> None:
    engine = database.connect(new_database(service))
    folder = Path(__file__).parents[2] / "services" / service
    assert database.at_head(engine, folder)
    engine.dispose()
