"""Sealed columns: opened by the ring only, sealed anew when a key changes, and said when a key is gone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.benefits import app as benefits
from services.benefits import tables as t
from shared import sealing
from shared.auth import KeyMissing, make_keys
from shared.process import Service
from shared.seals import SealBroken, Seals
from tests.benefits.conftest import SICK, Office
from tests.there import there


@pytest.fixture
def own_keys(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def house(new_database: Any, own_keys: Path, tmp_path: Path) -> Office:
    return Office(new_database("benefits"), own_keys, tmp_path / "clock")


def again(house: Office) -> Service:
    """The same service started anew: it reads its keys."""
    old = house.service
    house.service = Service(
        "benefits", old.folder, old.handlers, old.jobs, old.settings, old.clock, metadata=t.metadata
    )
    house.app = benefits.create_app(house.service)
    house.client = house.app.test_client()
    old.engine.dispose()
    return house.service


def day(house: Office) -> None:
    house.service.plan_day()
    house.service.look_at_jobs()


def sealed_by(house: Office) -> set[str]:
    """By which keys the facts of claims are sealed, as they lie in the database; `open` where they are not."""
    with house.service.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT facts ->> 'sealed' FROM claim_change WHERE facts <> '{}'").scalars()
        return {row.split(".")[2] if row else "open" for row in rows}


def claimed(house: Office) -> str:
    claim = house.clerk.post("/v1/claims", {"person_id": house.someone(), "benefit": "sickness", "facts": SICK}).json
    return str(claim["id"])


@given(st.text(), st.binary())
def test_what_is_sealed_comes_back_and_never_looks_the_same(
    tmp_path_factory: pytest.TempPathFactory, words: str, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    seals = Seals(folder, "benefits")
    assert seals.open_text(seals.seal_text(words)) == words
    assert seals.open(seals.seal(data)) == data
    assert seals.seal_text(words) != seals.seal_text(words)
    with pytest.raises(KeyMissing):
        Seals(folder, "payments").open(seals.seal(data))


def test_a_sealed_value_that_was_changed_is_not_opened(own_keys: Path) -> None:
    seals = Seals(own_keys, "benefits")
    sealed = bytearray(seals.seal(b"M54.5"))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        seals.open(bytes(sealed))


def test_a_key_changes_while_people_work(house: Office, own_keys: Path) -> None:
    id_ = claimed(house)
    day(house)
    first = house.service.seals.name
    assert sealed_by(house) == {first}
    sealing.change(own_keys, "benefits", "add")
    again(house)
    assert claimed(house), "who knows the new key seals by the old one still"
    assert sealed_by(house) == {first}
    sealing.change(own_keys, "benefits", "use")
    second = again(house).seals.name
    assert second != first
    claimed(house)
    assert sealed_by(house) == {first, second}
    day(house)
    assert sealed_by(house) == {second}
    assert house.claim(id_).facts["spell"]["illness"] == "M54.5"
    house.on("2025-05-21")
    day(house)
    sealing.change(own_keys, "benefits", "drop")
    again(house)
    assert house.client.get("/readyz").status_code == 200
    assert house.claim(id_).facts == SICK


def test_what_lay_open_before_is_sealed_by_the_first_day(house: Office) -> None:
    id_ = claimed(house)
    with house.service.engine.begin() as connection:
        connection.execute(text("SET LOCAL tideover.sealing = 'again'"))
        for table in ("claim", "claim_change"):
            connection.execute(text(f'UPDATE {table} SET facts = \'{{"spell": {{"illness": "M54.5"}}}}\''))
    assert sealed_by(house) == {"open"}
    assert house.claim(id_).facts["spell"]["illness"] == "M54.5", "it is read as it stands until then"
    day(house)
    assert sealed_by(house) == {house.service.seals.name}
    assert house.claim(id_).facts == {"spell": {"illness": "M54.5"}}


def test_readiness_names_the_key_that_something_is_still_sealed_by(house: Office, own_keys: Path) -> None:
    claimed(house)
    day(house)
    name = house.service.seals.name
    sealing.change(own_keys, "benefits", "add")
    sealing.change(own_keys, "benefits", "use")
    sealing.change(own_keys, "benefits", "drop")
    again(house)
    answer = house.client.get("/readyz")
    assert (answer.status_code, there(answer.json)["reason"]) == (503, f"benefits.seal {name}")


def test_a_lost_file_of_keys_is_named(house: Office, own_keys: Path) -> None:
    shutil.move(own_keys / "benefits.seal", own_keys / "elsewhere")
    again(house)
    assert there(house.client.get("/readyz").json)["reason"] == "benefits.seal"


def test_what_only_grows_lets_nothing_pass_but_a_new_seal(house: Office) -> None:
    claimed(house)
    tries = {
        "UPDATE claim_change SET facts = '{}'": "",
        "UPDATE claim_change SET by = 'somebody else'": "again",
        "DELETE FROM claim_change": "again",
    }
    for change, said in tries.items():
        with house.service.engine.connect() as connection:
            connection.execute(text(f"SET LOCAL tideover.sealing = '{said}'"))
            with pytest.raises(IntegrityError):
                connection.execute(text(change))
