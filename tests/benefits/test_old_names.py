"""Names kept before they were read in one order of signs are found as others are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from services.benefits import app
from shared import database
from shared.reading.names import fold

FOLDER = Path(app.__file__).parent
IN_ORDER, LATIN = "ဒေါ်ခင်မျိုး", "Bounmy"


@pytest.mark.parametrize(
    ("until", "otherwise"),
    [
        ("0107_annulled", "ဒေါ်လှ့ုမေ"),  # the dot below typed before the vowel, as some keyboards do
        ("0108_names_in_one_order", "ေမာင်"),  # the vowel typed before its letter
        ("0108_names_in_one_order", "เค้้า"),
    ],
)
def test_names_of_before_are_found_however_they_are_typed(
    empty_database: Callable[[], str], until: str, otherwise: str
) -> None:
    engine = database.connect(empty_database())
    put = """INSERT INTO person (id, name, search, office_id, language, address, insured_as, version)
      VALUES (:id, :name, :search, 'ygn', 'my', '[]', 'employee', 1)"""
    ids = {name: str(uuid.uuid4()) for name in (otherwise, IN_ORDER, LATIN)}
    with engine.connect() as connection:
        command.upgrade(database._alembic(FOLDER, connection), until)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO office (id, name, name_latin, address, phone) VALUES ('ygn', 'ရန်ကုန်', 'Yangon', '[]', '1')"
            )
        )
        for name, id_ in ids.items():
            kept = name.casefold()
            connection.execute(text(put), {"id": id_, "name": name, "search": f" {kept}"})
    database.migrate(engine, FOLDER)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id::text, search FROM person")).all()
    engine.dispose()
    found = {row[0]: row[1] for row in rows}
    assert found[ids[otherwise]] == fold(otherwise) != otherwise, "as somebody finds her who types it in order"
    assert found[ids[IN_ORDER]] == fold(IN_ORDER)
    assert found[ids[LATIN]] == " bounmy", "what holds no such sign is not touched"
