"""The public doors: page, PDF and API; law needs no sign-in."""

from __future__ import annotations

import re
import threading
from datetime import date

import pytest
from flask.testing import FlaskClient

from services.benefits import consumer
from services.benefits import tables as t
from services.benefits.conformance import beside
from services.benefits.pages import standards
from services.benefits.usecases import standards_ahead
from shared.web import texts
from tests.benefits.conftest import Office
from tests.there import there


@pytest.fixture
def public(office: Office) -> FlaskClient:
    return office.app.test_client()


def test_the_api_tells_the_law_of_a_day(public: FlaskClient) -> None:
    answer = public.get("/v1/conformance/la?on=2026-11-01")
    assert answer.status_code == 200, answer.text[:400]
    body = answer.get_json()
    found = {(r["id"], r["branch"]): r for r in body["requirements"]}
    assert found["C102-65-CEILING", "sickness"]["holds_up_to"] == "6000000"
    assert found["C183-4-LATE", "maternity"]["verdict"] == "fail"
    assert found["C102-18-26W", "sickness"]["runs"][0]["days"].startswith("P365")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/conformance/zz", 404),
        ("/v1/conformance/la?on=yesterday", 422),
        ("/v1/conformance/la?on=1999-01-01", 422),
        ("/v1/conformance/la?on=9999-12-31", 422),
        ("/v1/conformance/la?on=0001-01-01", 422),
        ("/standards?on=9999-12-31", 404),
        ("/standards?country=zz", 404),
        ("/standards?on=never", 404),
    ],
)
def test_what_is_not_there_is_said(public: FlaskClient, path: str, status: int) -> None:
    assert public.get(path).status_code == status


def test_the_page_opens_without_signing_in(public: FlaskClient) -> None:
    answer = public.get("/standards?on=2026-11-01&country=la&country=th")
    assert answer.status_code == 200, answer.text[:400]
    text = answer.text.replace("\xa0", " ")
    assert "Sickness and maternity against ILO standards" in text
    assert "90 of 120, 30 short" in text
    assert text.count("<svg") >= 4
    assert not re.search(r"<[^>]+ style=", text), "the page allows no style in an element"
    assert "in breach" not in text
    sheet = public.get("/standards?as=sheet")
    assert sheet.content_type.startswith("text/css")


def test_the_page_speaks_lao_where_it_can(public: FlaskClient) -> None:
    page = public.get("/standards?on=2026-11-01&country=la&lang=lo").text
    assert 'lang="lo"' in page
    left = re.findall(r"C\d+ Part [IVX]+|Philippines|Recalled", page)
    assert not left, "Parts of Conventions, countries and sources are said in the reader's language"


def test_the_pdf(public: FlaskClient) -> None:
    answer = public.get("/standards?as=pdf&on=2026-11-01&country=la")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


def test_a_door_waits_a_moment_and_then_says_that_it_is_being_worked_out(
    public: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "WAIT_SECONDS", 0.0)
    answer = public.get("/standards?on=2026-10-30&country=la")
    assert answer.status_code == 503
    assert "This is being worked out" in answer.text
    assert answer.headers["Refresh"] == "5"
    assert public.get("/v1/conformance/la?on=2026-10-30").get_json()["code"] == "being_measured"
    monkeypatch.setattr(beside, "WAIT_SECONDS", 100.0)
    assert public.get("/standards?on=2026-10-30&country=la").status_code == 200


def test_the_page_of_today_is_made_by_the_worker_and_answered_without_being_worked_out(
    office: Office, public: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STANDARDS_AHEAD", raising=False)
    monkeypatch.setattr(standards_ahead, "AHEAD", (0,))
    monkeypatch.setattr(standards_ahead, "AFTER_SECONDS", -1)
    monkeypatch.setattr(texts, "COMPLETE", ())
    with office.service.engine.begin() as connection:
        consumer.daily(office.act(connection))
    office.service.look_at_jobs()
    monkeypatch.setattr(beside, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(standards, "beside", beside.Beside())  # a web process that has just started
    answer = public.get("/standards?lang=en")
    assert answer.status_code == 200
    assert "Sickness and maternity against ILO standards" in answer.text.replace("\xa0", " ")
    with office.service.engine.begin() as connection:
        connection.execute(t.kept_report.update().values(revision="of another law"))
    assert public.get("/standards?lang=en").status_code == 503, "a page of another law is not shown"


def test_strangers_fill_a_short_queue_and_nothing_else() -> None:
    """However many days are asked for, a few wait, one is worked out, and the rest is told to come again."""
    mine = beside.Beside()
    held = threading.Event()
    mine._thread.submit(held.wait)
    for day in range(1, beside.QUEUE + 1):
        mine.begin("json", date(2026, 9, day), "en", ["la"])
    with pytest.raises(beside.BeingMeasured):
        mine.begin("json", date(2026, 9, 28), "en", ["la"])
    mine.begin("json", date(2026, 9, 1), "en", ["la"])
    mine._thread.shutdown(wait=False, cancel_futures=True)
    held.set()


def test_a_report_that_takes_too_long_is_given_up_and_the_next_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = beside.Beside()
    monkeypatch.setattr(beside, "GIVE_UP_SECONDS", 0.05)
    with pytest.raises(beside.BeingMeasured):
        mine.ask("json", date(2026, 9, 1), "en", ["la"])
    monkeypatch.setattr(beside, "GIVE_UP_SECONDS", 100.0)
    assert mine.ask("json", date(2026, 9, 1), "en", ["la"])["country"] == "la"
    there(mine._process).kill()
