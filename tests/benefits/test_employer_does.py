"""What an employer does herself: her own key for her software, what was decided, her people found, her rows answered
whole, a second notice explained, and what she is asked in time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.benefits import tables as t
from shared.act import Actor
from tests.benefits.conftest import Office, Person
from tests.benefits.test_desk_pages import Browser
from tests.benefits.test_employer_pages import employer_of
from tests.there import there


@pytest.fixture
def worker(office: Office) -> str:
    return office.someone(number="1004182273")


@pytest.fixture
def nok(office: Office, worker: str) -> Browser:
    """An employer's clerk with an account of her own, at her browser."""
    employer = employer_of(office).actor.employer
    account = office.account("nok", "employer", office=None, employer=employer)
    actor = Actor(id=account.id, kind="account", roles=frozenset({"employer"}), employer=employer, name="Nok")
    return Browser(office, Person(office, actor))


def made(nok: Browser, name: str = "Wages 5") -> str:
    """A key that she has made, as her page shows it."""
    return there(re.search(r'id="key">(tk_[\w-]+)<', nok.send("/employer/keys?lang=en", name=name))).group(1)


def asks(office: Office, secret: str, path: str = "/v1/employer-statements", **more: Any) -> Any:
    return office.client.get(path, headers={"Authorization": f"Bearer {secret}"}, **more)


# --- a key of her own --------------------------------------------------------------------------


def test_her_software_comes_in_with_a_key_of_her_own_and_is_known_by_it(office: Office, nok: Browser) -> None:
    secret = made(nok)
    assert secret not in nok.open("/employer/keys?lang=en")
    assert "never used" in nok.text
    assert asks(office, secret).status_code == 200
    rows = "sso_no,expected_on,leave_from\n1004182273,2025-07-14,2025-06-02\n"
    sent = office.client.post(
        "/v1/imports/maternity_notifications", data=rows, headers={"Authorization": f"Bearer {secret}"}
    )
    assert (sent.status_code, there(sent.json)["counts"]) == (201, {"accepted": 1})
    assert "last used on 20 May 2025" in nok.open("/employer/keys?lang=en")
    with office.service.engine.connect() as connection:
        key = connection.execute(select(t.employer_key)).one()
        audit = t.metadata.tables["audit"].c
        seen = (
            connection.execute(select(audit.action).where(audit.actor == key.id, audit.kind == "key")).scalars().all()
        )
    assert "POST /v1/imports/<kind> 201" in seen
    assert secret not in str(key)
    assert key.ends_at - key.made_at == timedelta(days=365)


def test_a_key_opens_no_page_and_no_door_of_others(office: Office, nok: Browser, worker: str) -> None:
    secret = made(nok)
    assert asks(office, secret, "/employer").status_code == 303
    assert asks(office, secret, "/account").status_code == 303
    assert asks(office, secret, f"/v1/persons/{worker}").status_code == 403
    office.client.set_cookie("tideover", secret)
    assert office.client.get("/v1/employer-statements").status_code == 401
    assert office.client.get("/employer").status_code == 303
    office.client.delete_cookie("tideover")


def test_a_key_ends_by_her_by_an_administrator_by_time_and_with_her_account(office: Office, nok: Browser) -> None:
    def of_page() -> str:
        return there(re.search(r"/employer/keys/([\w-]{36})/end", nok.open("/employer/keys?lang=en"))).group(1)

    first = made(nok, "One")
    nok.send(f"/employer/keys/{of_page()}/end?lang=en")
    assert "ended by Nok on 20 May 2025" in nok.text
    assert asks(office, first).status_code == 401
    second = made(nok, "Two")
    with office.service.engine.connect() as connection:
        account = connection.scalar(select(t.employer_key.c.account_id))
    admin = Browser(office, office.administrator_of_hq)
    assert "Two" in admin.open(f"/accounts/{account}?lang=en")
    admin.send(f"/accounts/{account}/keys/{of_page()}/end")
    assert asks(office, second).status_code == 401
    third = made(nok, "Three")
    assert asks(office, third).status_code == 200
    admin.send(f"/accounts/{account}", do="disabled")
    assert asks(office, third).status_code == 401


def test_a_key_is_over_after_a_year_and_five_are_enough(office: Office, nok: Browser) -> None:
    keys = [made(nok, f"Key {n}") for n in range(5)]
    assert "You have five keys" in nok.send("/employer/keys?lang=en", 422, name="Six")
    office.on("2026-05-19")
    assert asks(office, keys[0]).status_code == 200
    office.on("2026-05-21")
    assert asks(office, keys[0]).status_code == 401


def test_wrong_keys_must_wait_and_the_right_one_does_not(office: Office, nok: Browser) -> None:
    secret = made(nok)
    answers = [asks(office, f"tk_{n}").status_code for n in range(8)]
    assert answers[0] == 401
    assert answers[-1] == 429
    assert asks(office, secret).status_code == 200


def test_the_other_services_know_no_key(office: Office, nok: Browser, keys_folder: Any, tmp_path: Any) -> None:
    from tests.house.test_doors import app_of

    secret = made(nok)
    for name in ("payments", "notifications"):
        app = app_of(name, keys_folder, tmp_path)
        for door in app.extensions["doors"]:
            assert "employer" not in door.roles, door.path
            if door.kind == "api" and "public" not in door.roles and "<" not in door.path:
                answer = app.test_client().open(
                    door.path, method=door.method, headers={"Authorization": f"Bearer {secret}"}
                )
                assert answer.status_code == 401, door.path
