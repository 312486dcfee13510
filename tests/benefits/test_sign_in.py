"""Coming in and going out: each try is written down, and nothing of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Row, select
from werkzeug.test import TestResponse

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.tries import Tries
from services.benefits.usecases import accounts
from shared.tables import audit
from tests.benefits.conftest import PASSWORD, Office


@pytest.fixture
def khamla(office: Office) -> str:
    return office.account("khamla", "clerk").id


def tried(office: Office, action: str | None = None) -> list[Row[Any]]:
    with office.service.engine.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.action.like("sign-%")))
        return [r for r in rows.all() if action is None or r.action == action]


def failures(office: Office) -> list[int]:
    """The counts under each key: of the source, and of the source at a name."""
    with office.service.engine.connect() as connection:
        return list(connection.scalars(select(t.sign_in_tries.c.failures)))


def page(office: Office, client: FlaskClient, username: str, password: str) -> TestResponse:
    return client.post("/session/sign-in", data={"username": username, "password": password, "code": "", "next": "/"})


def api(office: Office, client: FlaskClient, username: str, password: str) -> TestResponse:
    return client.post("/v1/sessions", json={"username": username, "password": password, "code": ""})


@pytest.mark.parametrize(("way", "good"), [(page, 303), (api, 201)])
def test_each_try_is_written_down_with_the_count_it_belongs_to(
    office: Office, khamla: str, way: Callable[[Office, FlaskClient, str, str], TestResponse], good: int
) -> None:
    client = office.app.test_client()
    assert way(office, client, "khamla", PASSWORD).status_code == good
    (row,) = tried(office)
    assert (row.action, row.actor, row.kind, row.office, row.subjects) == (
        "sign-in",
        khamla,
        "account",
        "svk",
        [khamla],
    )
    assert len(row.trace_id) == 32
    for n in range(1, accounts.TRIES + 1):
        assert way(office, client, "khamla", "not that word").status_code == 401
        refused = tried(office, "sign-in refused")
        assert len(refused) == n
        assert {r.actor for r in refused} == {"public"}
        assert all(r.subjects == [khamla] for r in refused)
        assert set(failures(office)) == {n}
    assert way(office, client, "khamla", PASSWORD).status_code == 429
    (row,) = tried(office, "sign-in throttled")
    assert (row.actor, row.subjects) == ("public", [khamla])


@pytest.mark.parametrize("way", [page, api])
def test_what_was_typed_for_nobody_is_never_kept(
    office: Office, khamla: str, way: Callable[[Office, FlaskClient, str, str], TestResponse]
) -> None:
    client = office.app.test_client()
    way(office, client, PASSWORD, "khamla")
    (row,) = tried(office)
    assert (row.action, row.actor, row.subjects) == ("sign-in refused", "public", [])
    assert PASSWORD not in str(row)
    assert "khamla" not in str(row)


@pytest.mark.parametrize("way", [page, api])
def test_no_count_without_its_row(
    office: Office,
    khamla: str,
    way: Callable[[Office, FlaskClient, str, str], TestResponse],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(store.accounts, "audit", broken)
    client = office.app.test_client()
    assert way(office, client, "khamla", "not that word").status_code == 500
    assert not any(failures(office))


STRANGER, AT_HOME = {"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "198.51.100.4"}


def test_a_stranger_who_guesses_waits_and_the_owner_comes_in(office: Office, khamla: str) -> None:
    client, right = office.app.test_client(), {"username": "khamla", "password": PASSWORD, "code": ""}
    for _ in range(40):
        client.post("/v1/sessions", json=right | {"password": "guess"}, environ_overrides=STRANGER)
    waits = client.post("/v1/sessions", json=right, environ_overrides=STRANGER)
    assert (waits.status_code, int(waits.headers["Retry-After"]) > 0) == (429, True)
    assert client.post("/v1/sessions", json=right, environ_overrides=AT_HOME).status_code == 201


def test_a_stranger_who_guesses_codes_locks_no_letter(office: Office) -> None:
    claim = office.clerk.post("/v1/claims", {"person_id": office.someone(), "benefit": "birth", "facts": {}}).json
    with office.service.engine.begin() as connection:
        connection.execute(t.claim.update().values(state="submitted"))
    code = office.service.keys.digits(accounts.access_purpose(office.claim(claim["id"])))
    client, letter = office.app.test_client(), {"number": claim["number"], "code": code}
    for n in range(30):
        client.post("/worker", data=letter | {"code": f"{(int(code) + n + 1) % 10**8:08d}"}, environ_overrides=STRANGER)
    assert client.post("/worker", data=letter, environ_overrides=STRANGER).status_code == 429
    assert client.post("/worker", data=letter, environ_overrides=AT_HOME).status_code == 303


def test_waits_grow_with_each_failure_and_are_forgotten() -> None:
    now = datetime(2025, 5, 20, 8, tzinfo=UTC)
    tries, waited = Tries("x", 0, now), []
    for _ in range(20):
        tries = tries.failed(now, 5)
        waited.append(int((tries.rests_until - now).total_seconds()) if tries.rests_until else 0)
    assert waited[:8] == [0, 0, 0, 0, 30, 60, 120, 240]
    assert waited[-1] == 3600
    assert tries.failed(now + timedelta(hours=7), 5).rests_until is None


@pytest.mark.parametrize("known", [True, False])
def test_names_and_numbers_that_exist_and_do_not_are_answered_alike(office: Office, khamla: str, known: bool) -> None:
    """The same statuses in the same order, down to the wait; and a stranger learns nothing from the time, because the
    same work is done: a hash for a password, a code worked out for a number."""
    client, typed = office.app.test_client(), "khamla" if known else "nobody"
    tried = [client.post("/v1/sessions", json={"username": typed, "password": "x", "code": ""}) for _ in range(7)]
    assert [a.status_code for a in tried] == [401] * 5 + [429] * 2
    assert [a.headers.get("Retry-After") is not None for a in tried] == [False] * 5 + [True] * 2
    claim = office.clerk.post("/v1/claims", {"person_id": office.someone(), "benefit": "birth", "facts": {}}).json
    with office.service.engine.begin() as connection:
        connection.execute(t.claim.update().values(state="submitted"))
    number = {"number": claim["number"] if known else "9" * 12, "code": "00000000"}
    assert [client.post("/worker", data=number).status_code for _ in range(11)] == [401] * 10 + [429]


def test_the_same_work_is_done_for_names_that_do_not_exist(
    office: Office, khamla: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []
    verify, fits = accounts._hasher.verify, office.service.keys.fits

    def hashing(hash_: str, password: str) -> bool:
        worked.append("hash")
        return verify(hash_, password)

    def working_out(purpose: str, typed: str) -> bool:
        worked.append("code")
        return fits(purpose, typed)

    monkeypatch.setattr(accounts, "_hasher", SimpleNamespace(verify=hashing))
    monkeypatch.setattr(office.service.keys, "fits", working_out)
    client = office.app.test_client()
    api(office, client, "khamla", "x")
    api(office, client, "nobody", "x")
    client.post("/worker", data={"number": "9" * 12, "code": "00000000"})
    assert worked == ["hash", "hash", "code"]


def test_going_out_is_written_down_even_when_the_token_has_run_out(office: Office, khamla: str) -> None:
    client = office.app.test_client()
    page(office, client, "khamla", PASSWORD)
    client.delete_cookie("tideover")
    client.post("/session/sign-out")
    (row,) = tried(office, "sign-out")
    assert (row.actor, row.kind, row.office, row.subjects) == (khamla, "account", "svk", [khamla])
    client.post("/session/sign-out")
    assert len(tried(office, "sign-out")) == 1


def test_the_worker_too(office: Office) -> None:
    person = office.someone()
    claim = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "birth", "facts": {}}).json
    with office.service.engine.begin() as connection:
        connection.execute(t.claim.update().values(state="submitted"))
    code = office.service.keys.digits(accounts.access_purpose(office.claim(claim["id"])))
    client = office.app.test_client()
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    assert client.post("/worker", data={"number": "9" * 12, "code": wrong}).status_code == 401
    assert client.post("/worker", data={"number": claim["number"], "code": wrong}).status_code == 401
    assert client.post("/worker", data={"number": claim["number"], "code": code}).status_code == 303
    assert sorted((r.action, r.actor, r.subjects) for r in tried(office)) == [
        ("sign-in", f"worker:{claim['id']}", [claim["id"]]),
        ("sign-in refused", "public", []),
        ("sign-in refused", "public", [claim["id"]]),
    ]


@pytest.mark.parametrize("zero", ["0", "໐", "๐", "၀", "０"])
def test_the_second_factor_is_typed_in_whatever_digits_a_keyboard_has(office: Office, zero: str) -> None:
    manivanh = office.account("manivanh", "supervisor")
    client = office.app.test_client()
    typed = "".join(chr(ord(zero) + int(d)) for d in manivanh.code)
    said = {"username": "manivanh", "password": PASSWORD}
    assert client.post("/session/sign-in", data=said | {"code": "໑²x"}).status_code == 401
    assert client.post("/session/sign-in", data=said | {"code": f" {typed[:3]} {typed[3:]}"}).status_code == 303
