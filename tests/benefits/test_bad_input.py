"""What cannot be is refused at the edge, each with its code; what merely looks hopeless is taken in."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.benefits import store
from services.benefits.domain.ids import PersonId
from shared.period import Month
from tests.benefits.conftest import SICK, Office, Person
from tests.there import there

NAME = {"full": "ນາງ ມະນີ", "latin": "Manee"}


def code_of(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, there(answer.json)["code"]


def raw(
    office: Office,
    person: Person,
    data: str | bytes,
    path: str = "/v1/persons",
    content_type: str = "application/json",
    **headers: str,
) -> TestResponse:
    given = person.headers(**{"Idempotency-Key": str(uuid.uuid4()), **headers})
    return office.client.post(path, data=data, headers=given, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"name": {"full": "x" * 300}}, "#/name/full", "too_long"),
        ({"name": {"full": "ျမန္မာ ေဒၚ"}}, "#/name/full", "zawgyi"),
        ({"name": {"full": "a\ufffdb"}}, "#/name/full", "broken_text"),
        ({"name": {"full": "a\x00b"}}, "#/name/full", "broken_text"),
        ({"name": NAME, "born_on": "31.12.1990"}, "#/born_on", "not_a_day"),
        ({"name": NAME, "born_on": "20260230"}, "#/born_on", "not_a_day"),
        ({"name": NAME, "sex": "F"}, "#/sex", "not_allowed"),
        ({"name": NAME, "colour": "red"}, "#/colour", "unknown_member"),
        ({}, "#/name", "required"),
        ({"name": NAME, "phone": "12"}, "#/phone", "not_a_phone_number"),
    ],
)
def test_what_cannot_be_is_named_by_its_field(office: Office, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = office.clerk.post("/v1/persons", body)
    assert answer.status_code == 422
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json["errors"]]


def test_burmese_in_unicode_is_welcome(office: Office) -> None:
    assert office.clerk.post("/v1/persons", {"name": {"full": "ဒေါ်မြမြ"}}).status_code == 201


def test_unreadable_bytes_are_a_400(office: Office) -> None:
    for data in (b"{", b'{"name": "\xff\xfe"}', b"[1,"):
        assert code_of(raw(office, office.clerk, data)) == (400, "unreadable")
    assert code_of(raw(office, office.clerk, b"x=1", content_type="application/x-www-form-urlencoded")) == (
        415,
        "unsupported_media_type",
    )
    assert raw(office, office.clerk, b"[]").status_code == 422


def test_fifty_megabytes_are_too_many(office: Office) -> None:
    answer = raw(
        office,
        office.administrator_of_hq,
        b"a" * (50 * 1024 * 1024),
        path="/v1/imports/persons",
        content_type="text/csv",
    )
    assert code_of(answer) == (413, "too_large")


def test_a_file_in_another_encoding_is_refused_whole_and_a_bad_row_alone(office: Office) -> None:
    head = b"sso_no,name,office,name_latin,sex\n"
    answer = raw(
        office,
        office.administrator_of_hq,
        head + b"1,\xe1,svk,x,\n",
        path="/v1/imports/persons",
        content_type="text/csv",
    )
    assert code_of(answer) == (422, "not_utf8")
    rows = head + "1,ນາງ ກ,svk,A,female\n2,ນາງ ຂ,svk,B,woman\n3,ျမန္မာ ေဒၚ,svk,C,\n1,ນາງ ກ,svk,A,female\n".encode()
    answer = raw(office, office.administrator_of_hq, rows, path="/v1/imports/persons", content_type="text/csv")
    assert [(a["outcome"], a["code"]) for a in there(answer.json)["items"]] == [
        ("accepted", None),
        ("refused", "not_allowed"),
        ("refused", "zawgyi"),
        ("duplicate", None),
    ]
    again = raw(office, office.administrator_of_hq, rows, path="/v1/imports/persons", content_type="text/csv")
    assert [(a["row"], a["outcome"], a["at"]) for a in there(again.json)["items"]] == [
        (2, "duplicate", None),
        (3, "refused", "E3"),
        (4, "refused", "B4"),
        (5, "duplicate", None),
    ]


def test_the_headers_that_money_needs(office: Office) -> None:
    person = office.someone()
    claim = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "sickness", "facts": SICK}).json
    path = f"/v1/claims/{claim['id']}"
    without = office.client.post(
        "/v1/claims", json={"person_id": person, "benefit": "sickness"}, headers=office.clerk.headers()
    )
    assert code_of(without) == (400, "idempotency_key_missing")
    assert code_of(office.clerk.call("PATCH", path, {"papers": {}})) == (428, "if_match_missing")
    assert code_of(office.clerk.call("PATCH", path, {"papers": {}}, etag=99)) == (412, "changed_meanwhile")
    decided = office.officer.post(f"{path}/decisions", {}, etag=claim["version"])
    assert code_of(decided) == (409, "not_ready")


def test_a_draft_takes_what_a_submission_refuses(office: Office) -> None:
    facts = SICK | {"spell": {"first_day": "2025-03-20", "last_day": "2025-03-03"}}
    answer = office.clerk.post("/v1/claims", {"person_id": office.someone(), "benefit": "sickness", "facts": facts})
    assert answer.status_code == 201
    assert any(w["pointer"].startswith("#/spell") for w in answer.json["warnings"])
    refused = office.clerk.post(f"/v1/claims/{answer.json['id']}/submission", etag=1)
    assert refused.status_code == 422
    assert any(e["pointer"].startswith("#/spell") for e in refused.json["errors"])


def test_a_claim_for_someone_of_another_office_is_not_there(office: Office) -> None:
    stranger = office.someone(office="vte", number="77")
    assert code_of(office.clerk.post("/v1/claims", {"person_id": stranger, "benefit": "sickness"})) == (
        404,
        "not_found",
    )
    assert code_of(office.auditor.post("/v1/claims", {"person_id": stranger, "benefit": "sickness"})) == (
        403,
        "not_your_task",
    )


def test_too_many_tries_to_sign_in_must_wait(office: Office) -> None:
    office.app.config["NO_LIMITS"] = False
    answers = [office.client.post("/v1/sessions", json={"username": "x", "password": "y"}) for _ in range(25)]
    assert answers[0].status_code == 401
    assert code_of(answers[-1]) == (429, "too_many_tries")
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_sentences_follow_the_reader_and_codes_do_not(office: Office) -> None:
    lao = office.client.get("/v1/persons/1", headers=office.clerk.headers(**{"Accept-Language": "lo"}))
    english = office.client.get(
        f"/v1/persons/{uuid.uuid4()}", headers=office.clerk.headers(**{"Accept-Language": "en"})
    )
    assert there(lao.json)["code"] == there(english.json)["code"] == "not_found"
    assert lao.headers["Content-Type"] == "application/problem+json"


def test_no_line_of_the_log_says_who_somebody_is(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    person = office.someone()
    office.officer.get("/v1/persons?q=Bounmy")
    claim = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "sickness", "facts": SICK}).json
    office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=1)
    office.clerk.post("/v1/persons", {"name": {"full": "Secretname"}, "phone": "zz"})
    told = capfd.readouterr()
    log = told.out + told.err
    assert '"route"' in log
    for word in ("Bounmy", "ບຸນມີ", "Secretname", "5561", "M54"):
        assert word not in log


@pytest.mark.parametrize("month", ["9999-12", "2300-01", "0001-01", "1899-12"])
def test_a_month_outside_the_calendar_is_refused(office: Office, month: str) -> None:
    body = {"months": [{"month": month, "wage": {"minor": 320000000, "currency": "LAK"}}]}
    answer = office.officer.post(f"/v1/persons/{office.someone()}/contributions", body)
    assert answer.status_code == 422
    assert ("#/months/0/month", "date_out_of_range") in [(e["pointer"], e["code"]) for e in answer.json["errors"]]


def test_a_month_far_ahead_of_today_is_refused_and_one_of_this_year_taken(office: Office) -> None:
    path, wage = f"/v1/persons/{office.someone()}/contributions", {"minor": 320000000, "currency": "LAK"}
    assert office.officer.post(path, {"months": [{"month": "2026-05", "wage": wage}]}).status_code == 201
    assert office.officer.post(path, {"months": [{"month": "2026-06", "wage": wage}]}).status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "1899-12-31", "2200-01-01"])
def test_a_day_outside_the_calendar_is_refused(office: Office, day: str) -> None:
    answer = office.clerk.post("/v1/persons", {"name": NAME, "born_on": day})
    assert ("#/born_on", "date_out_of_range") in [(e["pointer"], e["code"]) for e in answer.json["errors"]]


def test_a_month_that_cannot_have_been_blocks_nobody_for_good(office: Office) -> None:
    """It came in before months had bounds; a named person takes it back, and her claim can be assessed again."""
    person = office.someone()
    with office.service.engine.begin() as connection:
        told = store.persons.contributions(office.act(connection), PersonId(person))[0]
        store.persons.declare(office.act(connection), replace(told, month=Month.parse("9999-12")), None)
    claim = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "sickness", "facts": SICK}).json
    assert office.clerk.get(f"/v1/claims/{claim['id']}/assessment").status_code == 422
    path = f"/v1/persons/{person}/contributions/withdrawal"
    gone = {"month": "9999-12", "employer_id": told.employer_id, "why": "A slip of the pen: 1999 was meant."}
    version = office.officer.get(f"/v1/persons/{person}").json["version"]
    assert office.clerk.post(path, gone, etag=version).status_code == 403
    assert office.officer.post(path, gone, etag=version).status_code == 201
    assert office.clerk.get(f"/v1/claims/{claim['id']}/assessment").status_code == 200
    shown = office.officer.get(f"/desk/persons/{person}").text
    assert "A slip of the pen" in shown
    assert "9999-12: 3200000.00 LAK" in shown
    assert office.officer.post(path, gone, etag=version + 1).status_code == 404
