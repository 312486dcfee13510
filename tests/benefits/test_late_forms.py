"""A form sent after its token ran out, by a browser without script: nothing that was typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.benefits import tables as t
from tests.benefits.conftest import Office
from tests.benefits.test_desk_pages import version_in
from tests.there import there


class Late:
    """Khamla's browser, and a clock that can be moved by minutes."""

    def __init__(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        self.office, self.monkeypatch, self.client = office, monkeypatch, office.app.test_client()
        self.person = office.someone()
        self.path = f"/desk/persons/{self.person}"
        self.come_in("khamla", "officer")

    def come_in(self, username: str, role: str) -> None:
        account = self.office.account(username, role)
        self.client.post("/session/sign-in", data=account.typed | {"next": "/"})

    def minutes_pass(self, minutes: int) -> None:
        """The clock moves; the browser throws away the token's cookie, whose age is over."""
        clock = self.office.service.clock
        later = clock.now() + timedelta(minutes=minutes)
        self.monkeypatch.setattr(clock, "now", lambda: later)
        if minutes >= 15:
            self.client.delete_cookie("tideover")

    def form(self) -> dict[str, str]:
        """The hidden fields of the page as it stands, and what is typed."""
        page = self.client.get(self.path).text
        hidden = dict(re.findall(r'name="(csrf_token|_key)" value="([^"]+)"', page))
        return hidden | {
            "version": version_in(page),
            "address": "Ban Phonxay\nບ້ານ ໂພນໄຊ",
            "phone": "",
            "language": "lo",
            "details_why": "moved",
        }

    def send(self, path: str, make: Callable[[], dict[str, Any]]) -> TestResponse:
        """What every browser does: 307 sends method and body again, 303 asks for a page. `make` gives the body anew."""
        page = self.client.post(path, data=make())
        for _ in range(6):
            if page.status_code == 307:
                page = self.client.post(page.location, data=make())
            elif page.status_code == 303:
                page = self.client.get(page.location)
        return page

    def address(self) -> list[str]:
        with self.office.service.engine.connect() as connection:
            return list(there(connection.scalar(select(t.person.c.address).where(t.person.c.id == self.person))))


@pytest.fixture
def late(office: Office, monkeypatch: pytest.MonkeyPatch) -> Late:
    return Late(office, monkeypatch)


def test_a_form_sent_after_twenty_minutes_is_saved_as_typed(late: Late) -> None:
    form = late.form()
    late.minutes_pass(20)
    away = late.client.post(f"{late.path}/details", data=form)
    assert away.status_code == 307
    assert urlsplit(away.location).path == "/session/renew"
    assert parse_qs(urlsplit(away.location).query)["next"] == [f"{late.path}/details"]
    assert late.address() == []
    back = late.client.post(away.location, data=form)
    assert (back.status_code, back.location) == (307, f"{late.path}/details")
    assert late.client.post(back.location, data=form).status_code == 303
    assert late.address() == ["Ban Phonxay", "ບ້ານ ໂພນໄຊ"]


def test_the_browser_does_all_of_it_by_itself_and_twice_is_once(late: Late) -> None:
    form = late.form()
    late.minutes_pass(20)
    for _ in range(2):
        page = late.send(f"{late.path}/details", lambda: form)
        assert (page.status_code, page.request.path) == (200, late.path)
        late.minutes_pass(20)
    assert late.address() == ["Ban Phonxay", "ບ້ານ ໂພນໄຊ"]
    with late.office.service.engine.connect() as connection:
        changes = connection.execute(select(t.person_change).where(t.person_change.c.what == "details")).all()
    assert len(changes) == 1


def test_a_token_that_is_still_sent_but_over_is_renewed_too(late: Late) -> None:
    form = late.form()
    token = there(late.client.get_cookie("tideover")).value
    late.minutes_pass(20)
    late.client.set_cookie("tideover", token)
    page = late.send(f"{late.path}/details", lambda: form)
    assert page.status_code == 200
    assert late.address() == ["Ban Phonxay", "ບ້ານ ໂພນໄຊ"]


def test_files_come_along(late: Late) -> None:
    late.come_in("somphone", "administrator")
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', late.client.get("/imports").text)[0]
    late.minutes_pass(20)
    text = "office,name,name_latin,address,phone\npak,ປາກເຊ,Pakse,1,+85631212000\n"
    page = late.send(
        "/imports", lambda: {"csrf_token": csrf, "kind": "offices", "file": (io.BytesIO(text.encode()), "offices.csv")}
    )
    assert page.status_code == 200, page.text[:500]
    with late.office.service.engine.connect() as connection:
        assert connection.scalar(select(t.import_file.c.name)) == "offices.csv"


@pytest.mark.parametrize("word", ["", "guessed"])
def test_a_form_of_somebody_else_is_not_carried_on_and_gets_no_token(late: Late, word: str) -> None:
    form = late.form() | {"csrf_token": word}
    late.minutes_pass(20)
    page = late.send(f"{late.path}/details", lambda: form)
    assert page.status_code == 403
    assert late.client.get_cookie("tideover") is None
    assert late.address() == []


def test_a_form_from_elsewhere_does_not_pass_the_renewal(late: Late) -> None:
    form = late.form()
    late.minutes_pass(20)
    where = f"/session/renew?next={late.path}/details"
    page = late.client.post(where, data=form, headers={"Origin": "https://elsewhere.example"})
    assert page.status_code == 403
    assert late.client.get_cookie("tideover") is None


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/x", "//elsewhere.example", "/session/sign-out", "/session/renew?next=/desk"],
)
def test_it_is_sent_on_only_inside_and_never_in_a_circle(late: Late, target: str) -> None:
    form = late.form()
    late.minutes_pass(20)
    back = late.client.post("/session/renew", query_string={"next": target}, data=form)
    assert (back.status_code, back.location) == (303, "/")


@pytest.mark.parametrize("how", ["over", "signed out"])
def test_a_session_that_is_over_is_not_carried_on(late: Late, how: str) -> None:
    form = late.form()
    if how == "over":
        late.minutes_pass(11 * 60)
    else:
        secret = there(late.client.get_cookie("tideover_renewal", path="/session")).value
        late.client.post("/session/sign-out")
        late.client.set_cookie("tideover_renewal", secret, path="/session")
    page = late.send(f"{late.path}/details", lambda: form)
    assert page.request.path == "/sign-in"
    assert late.address() == []
