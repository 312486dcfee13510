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
from tests.benefits.conftest import PAPERS, SICK, Office, Person
from tests.benefits.test_employer_pages import NOTICE, another_employer, asked, employer_of, sent_file
from tests.benefits.visitors import Browser
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
    assert "last used on" in nok.open("/employer/keys?lang=en")
    with office.service.engine.connect() as connection:
        key = connection.execute(select(t.employer_key)).one()
        audit = t.metadata.tables["audit"].c
        seen = (
            connection.execute(select(audit.action).where(audit.actor == key.id, audit.kind == "key")).scalars().all()
        )
    assert "POST /v1/imports/<kind> 201" in seen
    assert secret not in str(key)
    assert key.ends_on - key.made_on == timedelta(days=365)


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
    assert "ended by Nok" in nok.text
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
    office.on("2026-05-20")
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


# --- told when a case is decided ---------------------------------------------------------------


def decided_case(office: Office, worker: str) -> str:
    """A sick leave of her worker, claimed at the counter and decided; its id."""
    body = {"person_id": worker, "benefit": "sickness", "received_on": "2025-05-19", "facts": SICK, "papers": PAPERS}
    claim = office.clerk.post("/v1/claims", body).json
    claim = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json
    answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert answer.json["state"] == "final", answer.json
    return str(claim["id"])


#: What is never an employer's to know: amounts of benefit, the rate, the illness, the paper, reasons, the outcome.
NEVER = ("3,360,000", "2,240,000", "1,120,000", "60 %", "M54.5", "SVK-25-01981", "ranted", "efused", " kip", "Article")


def test_she_is_told_of_a_decision_the_days_and_what_she_does_next_and_nothing_more(
    office: Office, nok: Browser, worker: str
) -> None:
    claim = decided_case(office, worker)
    home = nok.open("/employer?lang=en")
    assert "Decided lately" in home
    assert f"/employer/cases/{claim}" in home
    page = nok.open(f"/employer/cases/{claim}?lang=en")
    assert "Decided on" in page
    assert "Back at work: 17 May 2025" in page
    assert "wage lists of" in page
    told = employer_of(office).get("/v1/employer-cases").json["items"]
    assert [one["decided"]["leave"] for one in told] == [[{"from": "2025-03-03", "to": "2025-05-16"}]]
    assert [one["decided"]["yours"] for one in told] == [[{"from": "2025-03-03", "to": "2025-04-01"}]]
    assert [word for word in NEVER if word in home + page + str(told)] == []
    for language in ("lo", "th", "vi", "my"):
        page = nok.open(f"/employer/cases/{claim}?lang={language}").replace(".", ",")
        assert [word for word in NEVER[:6] if word in page] == [], language
    office.on("2025-08-20")
    nok = Browser(office, employer_of(office))
    assert "Decided lately" not in nok.open("/employer?lang=en")
    assert "Decided on" in nok.open(f"/employer/cases/{claim}?lang=en")


def test_what_is_not_decided_and_what_is_anothers_tells_nothing(office: Office, nok: Browser, worker: str) -> None:
    another_employer(office)
    claim = decided_case(office, worker)
    hers = Browser(office, employer_of(office, "SVK-0002"))
    assert hers.client.get(f"/employer/cases/{claim}").status_code == 404
    waiting, _ = asked(office, office.someone(name="ນາງ ສອງ", latin="Song", number="1004182274"))
    page = nok.open(f"/employer/cases/{waiting['id']}?lang=en")
    assert "Decided on" not in page
    assert "Waits for" in page


# --- found -------------------------------------------------------------------------------------


def test_her_people_and_cases_are_found_by_name_and_number_and_nobody_elses(
    office: Office, nok: Browser, worker: str
) -> None:
    another_employer(office)
    claim = decided_case(office, worker)
    number = office.claim(claim).number
    for text in ("bounmy", "1004182273", number):
        page = nok.send("/employer/people?lang=en", who=text)
        assert "Bounmy Sisavath" in page, text
        assert number in page
        assert text not in nok.page.request.url
    page = nok.send("/employer/people?lang=en", who="bounmy")
    assert re.search(r"since <time[^>]*>1 Jun 2021<", page)
    assert "01/06/2021" in nok.send("/employer/people?lang=vi", who="bounmy")
    assert "Other Woman" not in nok.send("/employer/people?lang=en", who="other")
    stranger = Browser(office, employer_of(office, "SVK-0002"))
    assert "Bounmy" not in stranger.send("/employer/people?lang=en", who=number)


# --- reminded ----------------------------------------------------------------------------------


def test_what_she_is_asked_shows_the_days_left_and_she_is_reminded_a_day_before(
    office: Office, nok: Browser, worker: str
) -> None:
    _, statement = asked(office, worker)
    home = nok.open("/employer?lang=en")
    assert "days left" in home
    assert "Answer now" not in home
    office.on((statement.due_on - timedelta(days=1)).isoformat())
    nok = Browser(office, employer_of(office))
    home = nok.open("/employer?lang=en")
    assert "Answer now" in home
    assert "2 days left" in home


# --- all that is wrong with a row --------------------------------------------------------------


def answered(office: Office, kind: str, rows: str) -> list[dict[str, Any]]:
    who = employer_of(office)
    sent = office.client.post(f"/v1/imports/{kind}", data=rows.encode(), headers=who.headers())
    assert sent.status_code == 201, sent.json
    items: list[dict[str, Any]] = there(sent.json)["items"]
    return items


def test_all_that_is_wrong_with_a_row_is_said_at_once(office: Office, nok: Browser, worker: str) -> None:
    rows = (
        "sso_no,expected_on,leave_from,leave_to,advance_paid,pregnancy_no\n"
        "9999999999,2025-06-31,2025-06-02,2025-05-01,1e6,two\n"
        "1004182273,2025-07-14,2024-01-01,2023-12-31,,\n"
    )
    first, second = answered(office, "maternity_notifications", rows)
    assert [first["code"], *(x["code"] for x in first["more"])] == [
        "unknown_person",
        "not_a_day",
        "not_a_number",
        "not_an_amount",
        "before_start",
    ]
    assert [x["at"] for x in first["more"]] == ["B2", "F2", "E2", "D2"]
    assert [second["code"], *(x["code"] for x in second["more"])] == ["leave_far_from_birth", "before_start"]
    page = sent_file(nok, rows)
    assert "This is not a day. Write it as 2025-07-14. (expected_on: 2025-06-31)" in page
    assert "Write a whole number. (pregnancy_no: two)" in page
    back = nok.client.get(there(re.search(r"/employer/files/[\w-]+/reasons.csv", page)).group(0)).data.decode(
        "utf-8-sig"
    )
    assert "(sso_no) This is not a day." in back


def test_all_that_is_wrong_with_a_row_of_a_monthly_list_is_said_at_once(office: Office, worker: str) -> None:
    rows = "sso_no,month,wage,employer_no\n9999999999,2031-01,x,SVK-0001\n1004182273,2025-04,3200000,SVK-0001\n"
    first, second = answered(office, "la_monthly_list", rows)
    assert [first["code"], *(x["column"] for x in first["more"])] == ["unknown_person", "month", "wage"]
    assert (second["outcome"], second.get("more")) == ("accepted", None)


# --- a second notice ---------------------------------------------------------------------------


def test_a_second_notice_five_months_after_a_birth_needs_her_word_and_the_officer_judges_it(
    office: Office, nok: Browser, worker: str
) -> None:
    nok.send("/employer/notice?lang=en", person=worker, **NOTICE)
    second = NOTICE | {"expected_on": "10/12/2025", "leave_from": "1/11/2025"}
    page = nok.send("/employer/notice?lang=en", 422, key="second", person=worker, **second)
    assert "less than seven months away" in page
    assert 'name="second_word"' in page
    row = "sso_no,expected_on,leave_from,second_word\n1004182273,2025-12-10,2025-11-01,"
    (aside,) = answered(office, "maternity_notifications", row + "\n")
    assert (aside["outcome"], aside["code"], aside["at"]) == ("parked", "second_notice", "D2")
    why = "The first child was lost in March"
    receipt = nok.send("/employer/notice?lang=en", key="why", person=worker, **second, second_word=why)
    assert "Receipt: maternity leave notified" in receipt
    with office.service.engine.connect() as connection:
        first, claim = connection.execute(select(t.claim).order_by(t.claim.c.opened_at)).all()
    assert (claim.papers["second_word"], "second_word" in first.papers) == (why, False)
    desk = Browser(office, office.officer).open(f"/desk/claims/{claim.id}?lang=en")
    assert f"Claim {first.number} has a birth on" in desk
    assert why in desk


@pytest.mark.parametrize("expected", ["2026-02-14", "2026-03-01"])
def test_a_notice_seven_months_later_needs_no_word(office: Office, nok: Browser, worker: str, expected: str) -> None:
    nok.send("/employer/notice?lang=en", person=worker, **NOTICE)
    rows = f"sso_no,expected_on,leave_from\n1004182273,{expected},2026-01-15\n"
    assert answered(office, "maternity_notifications", rows)[0]["outcome"] == "accepted"
