"""Who may sign in: asked for by one person, confirmed by another, begun by the person herself."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from services.benefits import operations, store
from services.benefits import tables as t
from services.benefits.domain.account import INVITATION_TRIES, AccountCannotBe
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.usecases import files_in, staff
from shared import sessions, tables
from shared.act import SECOND_FACTOR
from shared.tables import outbox
from tests.benefits.conftest import PASSWORD, Office, Person
from tests.there import there

NEW = {"username": "latsamy", "name": "Latsamy", "role_officer": "yes", "office": "svk", "language": "lo"}


@pytest.fixture(autouse=True)
def looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LOOK_SECONDS", 0.0)


class Desk:
    """Somebody at a browser, signed in by token."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get(self, path: str) -> TestResponse:
        return self.person.office.client.get(path, headers=self.person.headers())

    def post(self, path: str, **form: str) -> TestResponse:
        form = {"csrf_token": "c", "_key": str(time.monotonic_ns())} | form
        return self.person.office.client.post(path, data=form, headers=self.person.headers())


def asks(office: Office, **changed: str) -> tuple[Desk, Desk, str]:
    """One administrator asks for an account; both, and the change."""
    one, two = Desk(office.administrator_of_hq), Desk(office.administrator2_of_hq)
    assert one.post("/accounts", **(NEW | changed)).status_code == 303
    with office.service.engine.connect() as connection:
        change = connection.scalar(select(t.account_change.c.id).where(t.account_change.c.state == "proposed"))
    return one, two, str(change)


def link_in(page: TestResponse) -> str:
    return there(re.search(r"/invitation/[0-9a-f]{64}", page.text)).group()


def digits_in(page: TestResponse) -> str | None:
    found = re.search(r">\s*(\d{8})\s*<", page.text)
    return found.group(1) if found else None


def invited(office: Office) -> tuple[str, str]:
    """The link that the second administrator sees and the digits that the first one sees."""
    one, two, change = asks(office)
    link = link_in(two.post(f"/accounts/changes/{change}", do="confirm"))
    with office.service.engine.connect() as connection:
        account = connection.scalar(select(t.account.c.id).where(t.account.c.username == "latsamy"))
    assert digits_in(two.get(f"/accounts/{account}")) is None
    return link, there(digits_in(one.get(f"/accounts/{account}")))


def secret_in(page: TestResponse) -> str:
    return there(re.search(r"<code>([A-Z2-7]{32})</code>", page.text)).group(1)


def accepts(office: Office, client: FlaskClient, link: str, digits: str, **typed: str) -> TestResponse:
    page = client.post(link, data={"digits": digits})
    assert page.status_code == 200, page.text
    code = pyotp.TOTP(secret_in(page)).at(int(office.service.clock.now().timestamp()) - 30)
    form = {"digits": digits, "password": PASSWORD, "again": PASSWORD, "code": code} | typed
    return client.post(f"{link}/acceptance", data=form)


def test_an_account_is_asked_for_by_one_and_confirmed_by_another(office: Office) -> None:
    one, two, change = asks(office)
    assert one.post(f"/accounts/changes/{change}", do="confirm").status_code == 403
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(t.account.c.id)) is None
    page = two.post(f"/accounts/changes/{change}", do="confirm")
    assert page.status_code == 200
    assert link_in(page)
    with office.service.engine.connect() as connection:
        row = connection.execute(select(t.account)).one()
        kept = connection.execute(select(t.account_change)).one()
    assert (row.username, row.state, row.password_hash, row.totp_secret) == ("latsamy", "invited", None, None)
    assert kept.proposed_by != kept.judged_by
    assert two.post(f"/accounts/changes/{change}", do="confirm").status_code == 409


def test_the_link_alone_lets_nobody_in_and_the_digits_alone_neither(office: Office) -> None:
    link, digits = invited(office)
    client = office.app.test_client()
    assert client.get(link).status_code == 200
    assert "<code>" not in client.get(link).text
    wrong = "0" * 8 if digits != "0" * 8 else "1" * 8
    assert client.post(link, data={"digits": wrong}).status_code == 401
    assert client.post("/invitation/" + "0" * 64, data={"digits": digits}).status_code == 410
    came_in = accepts(office, client, link, digits)
    assert came_in.status_code == 303
    assert client.get("/desk").status_code == 200
    assert client.post(link, data={"digits": digits}).status_code == 410


def test_an_invitation_that_is_guessed_at_is_void(office: Office) -> None:
    link, digits = invited(office)
    client = office.app.test_client()
    wrong = "0" * 8 if digits != "0" * 8 else "1" * 8
    answers = [client.post(link, data={"digits": wrong}).status_code for _ in range(INVITATION_TRIES)]
    assert answers == [401] * INVITATION_TRIES
    assert client.post(link, data={"digits": digits}).status_code == 410


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"password": "password1234", "again": "password1234"}, "easily guessed"),
        ({"password": "latsamy-latsamy", "again": "latsamy-latsamy"}, "easily guessed"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"again": "something else entirely"}, "not the same"),
        ({"code": "000000"}, "not the six digits"),
    ],
)
def test_a_weak_password_or_a_wrong_device_is_said_and_the_invitation_stays(
    office: Office, typed: dict[str, str], says: str
) -> None:
    link, digits = invited(office)
    client = office.app.test_client()
    page = accepts(office, client, link, digits, **typed)
    assert page.status_code == 422
    assert says in page.text
    assert accepts(office, client, link, digits).status_code == 303


def test_what_is_kept_of_an_invitation_opens_nothing(office: Office) -> None:
    link, _ = invited(office)
    with office.service.engine.connect() as connection:
        kept = str(connection.execute(select(t.invitation)).mappings().one())
        kept += str([answer.decode() for answer in connection.scalars(select(tables.idempotency.c.answer))])
        kept += str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert link.rsplit("/", 1)[1] not in kept


@pytest.mark.parametrize(
    "roles",
    [("clerk", "officer"), ("officer", "payment_officer"), ("administrator", "officer"), ("auditor", "supervisor")],
)
def test_who_registers_does_not_decide_and_who_decides_does_not_pay(office: Office, roles: tuple[str, ...]) -> None:
    with pytest.raises(AccountCannotBe, match="roles_apart"):
        office.account("latsamy", *roles)
    page = Desk(office.administrator_of_hq).post("/accounts", **({f"role_{r}": "yes" for r in roles} | NEW))
    assert page.status_code in (303, 422)
    assert (page.status_code == 422) == (set(roles) != {"officer"})


def test_who_decides_pays_or_administers_has_a_second_factor(office: Office) -> None:
    assert {"officer", "supervisor", "payment_officer", "administrator"} <= SECOND_FACTOR
    khamla, client = office.account("khamla", "officer"), office.app.test_client()
    assert client.post("/session/sign-in", data=khamla.typed | {"code": ""}).status_code == 401
    assert client.post("/session/sign-in", data=khamla.typed).status_code == 303


def test_who_has_none_yet_chooses_one_before_she_comes_in(office: Office) -> None:
    """Accounts of an earlier time had none where only an officer decided."""
    khamla, client = office.account("khamla", "officer"), office.app.test_client()
    with office.service.engine.begin() as connection:
        connection.execute(update(t.account).values(totp_secret=None, totp_last=None))
    away = client.post("/session/sign-in", data=khamla.typed)
    assert away.status_code == 303
    assert client.get("/desk").status_code != 200
    page = client.get(away.location)
    code = pyotp.TOTP(secret_in(page)).at(int(office.service.clock.now().timestamp()))
    form = {"digits": "", "password": PASSWORD, "again": PASSWORD, "code": code}
    assert client.post(f"{away.location}/acceptance", data=form).status_code == 303
    assert client.get("/desk").status_code == 200
    said = client.post("/v1/sessions", json=khamla.typed | {"code": ""})
    assert said.status_code == 401


def test_nobody_changes_her_own_account_and_the_last_administrator_stays(office: Office) -> None:
    one, two = office.account("one", "administrator", office="hq"), office.account("two", "administrator", office="hq")
    actor = office.administrator_of_hq.actor
    desk = Desk(Person(office, replace(actor, id=one.id)))
    for do in ("reset", "disabled", "roles"):
        assert desk.post(f"/accounts/{one.id}", do=do).status_code == 422, do
    assert desk.post(f"/accounts/{two.id}", do="disabled").status_code == 303
    third = Desk(Person(office, replace(actor, id=two.id)))
    refused = third.post(f"/accounts/{one.id}", do="disabled")
    assert refused.status_code == 422
    assert "last account that administers" in refused.text


def test_a_way_back_in_needs_two_people_and_ends_the_old_one(office: Office) -> None:
    khamla, client = office.account("khamla", "officer"), office.app.test_client()
    assert client.post("/session/sign-in", data=khamla.typed).status_code == 303
    one, two = Desk(office.administrator_of_hq), Desk(office.administrator2_of_hq)
    assert one.post(f"/accounts/{khamla.id}", do="reset").status_code == 303
    assert client.get("/desk").status_code == 200
    assert one.post(f"/accounts/{khamla.id}", do="reset").status_code == 422
    with office.service.engine.connect() as connection:
        change = connection.scalar(select(t.account_change.c.id).where(t.account_change.c.state == "proposed"))
    link = link_in(two.post(f"/accounts/changes/{change}", do="confirm"))
    assert client.get("/desk").status_code != 200
    digits = there(digits_in(one.get(f"/accounts/{khamla.id}")))
    word = "quite another word for the desk"
    assert accepts(office, client, link, digits, password=word, again=word).status_code == 303
    assert client.get("/desk").status_code == 200


def test_a_disabled_account_is_out_at_once(office: Office) -> None:
    khamla, client = office.account("khamla", "officer"), office.app.test_client()
    client.post("/session/sign-in", data=khamla.typed)
    assert client.get("/desk").status_code == 200
    assert Desk(office.administrator_of_hq).post(f"/accounts/{khamla.id}", do="disabled").status_code == 303
    assert client.get("/desk").location.startswith("/session/renew")
    assert client.get("/session/renew?next=/desk").location.startswith("/sign-in")
    assert client.post("/session/sign-in", data=khamla.typed).status_code == 401


def test_a_token_of_somebody_who_signed_out_opens_nothing(office: Office) -> None:
    khamla, client = office.account("khamla", "officer"), office.app.test_client()
    client.post("/session/sign-in", data=khamla.typed)
    token = there(client.get_cookie("tideover")).value
    csrf = there(re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-out").text)).group(1)
    assert client.post("/session/sign-out", data={"csrf_token": csrf}).status_code == 303
    stolen = office.app.test_client().get("/desk", headers={"Authorization": f"Bearer {token}"})
    assert stolen.status_code == 303
    assert stolen.location.startswith("/session/renew")


def test_the_other_services_are_told_which_sessions_ended_and_nothing_personal(office: Office) -> None:
    khamla, client = office.account("khamla", "officer"), office.app.test_client()
    client.post("/session/sign-in", data=khamla.typed)
    Desk(office.administrator_of_hq).post(f"/accounts/{khamla.id}", do="sign_out")
    with office.service.engine.connect() as connection:
        body: dict[str, Any] = there(
            connection.scalar(select(outbox.c.body).where(outbox.c.type == "benefits.session.ended"))
        )
        ended = connection.scalars(select(t.session.c.id).where(t.session.c.account_id == khamla.id)).all()
    assert set(body["data"]) == {"sessions", "until"}
    assert set(body["data"]["sessions"]) <= set(ended)
    assert client.get("/desk").status_code != 200


def test_a_changed_password_ends_all_other_sessions(office: Office) -> None:
    khamla, here = office.account("khamla", "officer"), office.app.test_client()
    elsewhere = office.app.test_client()
    elsewhere.post("/session/sign-in", data=khamla.typed)
    with office.service.engine.begin() as connection:
        connection.execute(update(t.account).values(totp_last=0))
    here.post("/session/sign-in", data=khamla.typed)
    csrf = there(re.search(r'name="csrf_token" value="([^"]+)"', here.get("/account").text)).group(1)
    word = "another word for the desk"
    form = {"csrf_token": csrf, "present": "not this", "password": word, "again": word}
    assert here.post("/account", data=form).status_code == 422
    assert here.post("/account", data=form | {"present": PASSWORD}).status_code == 303
    assert here.get("/desk").status_code == 200
    assert elsewhere.get("/desk").status_code != 200


def test_a_file_asks_for_accounts_and_sets_no_password(office: Office) -> None:
    text = "username,name,roles,office\nlatsamy,Latsamy,officer,svk\nbad,Bad,officer|auditor,svk\n"
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=operations.OPERATOR)
        first = files_in.take_file(act, "accounts", "a.csv", text.encode())
        again = files_in.take_file(act, "accounts", "a.csv", text.encode())
        told = [(a.outcome, a.code) for a in files_in.answers(act, first)]
        assert told == [("accepted", None), ("refused", "roles_apart")]
        assert files_in.answers(act, again)[0].outcome == "duplicate"
        assert store.accounts.named(act, "latsamy") is None
        with_password = b"username,name,roles,office,password\nx,X,officer,svk,secret\n"
        with pytest.raises(FileUnreadable, match="columns"):
            files_in.take_file(act, "accounts", "a.csv", with_password)


def test_the_first_two_administrators_come_from_the_machine_room_and_no_third(office: Office) -> None:
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=operations.OPERATOR)
        for name in ("one", "two"):
            assert staff.first_administrator(act, name, name.title())[0]
        with pytest.raises(AccountCannotBe, match="enough_administrators"):
            staff.first_administrator(act, "three", "Three")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"office": "nowhere"}, "There is no such office."),
        ({"employer_no": "E-9999"}, "No employer has this number."),
        ({"office": ""}, "This is needed."),
        ({"username": "x"}, "This is not possible."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(office: Office, typed: dict[str, str], says: str) -> None:
    page = Desk(office.administrator_of_hq).post("/accounts", **(NEW | typed))
    assert page.status_code == 422
    assert says in page.text
