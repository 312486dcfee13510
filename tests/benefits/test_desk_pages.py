"""The desk as pages: by hand, without script, from the search box to the decision."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from services.benefits import tables as t
from tests.benefits.conftest import SICK, Office
from tests.benefits.visitors import Browser
from tests.there import there

TYPED: dict[str, Any] = {
    "received_on": "19/5/2025",
    "first_day": "3/3/2025",
    "last_day": "16/5/2025",
    "illness": "M54.5",
    "cert_no_0": "SVK-25-01981",
    "cert_from_0": "3/3/2025",
    "cert_to_0": "16/5/2025",
    "cert_verified_0": "yes",
    "pay": "monthly",
    "wage_paid_until": "1/4/2025",
    "wage_stopped_word": "employer",
    "event_employer_days_used": "0",
}


def test_from_the_search_box_to_the_decision(office: Office, officer: Browser) -> None:
    person = office.someone()
    officer.open("/desk/search?q=bounmy")
    assert officer.here == f"/desk/persons/{person}"
    officer.send(f"/desk/persons/{person}/claims", benefit="sickness")
    path = officer.here
    assert "3,360,000" not in officer.page.text
    preview = officer.send(f"{path}/preview", **TYPED)
    assert "3,360,000" in preview
    version = there(re.search(r'name="version" value="(\d+)"', officer.open(path))).group(1)
    decide = officer.send(path, do="submit", version=version, **TYPED)
    assert officer.here == f"{path}/decide"
    assert "3,360,000" in decide
    assert "1,120,000" in decide
    version = there(re.search(r'name="version" value="(\d+)"', decide)).group(1)
    assert "You entered these facts yourself" in officer.open(f"{path}/decide")
    assert "A second person confirms this" in officer.send(f"{path}/decide", do="decide", version=version)
    second = Browser(office, office.supervisor)
    proposal = there(re.search(r'name="decision" value="([^"]+)"', second.open(f"{path}/decide"))).group(1)
    done = second.send(f"{path}/decide", do="confirm", decision=proposal)
    assert "Decided" in done
    assert "19 July 2025" in done


def test_what_is_typed_wrong_comes_back_beside_its_field_and_nothing_is_lost(office: Office, officer: Browser) -> None:
    person = office.someone()
    officer.send(f"/desk/persons/{person}/claims", benefit="sickness")
    path = officer.here
    page = officer.send(path, expect=422, do="save", version="1", **(TYPED | {"first_day": "31/31"}))
    assert 'id="e-first_day"' in page
    assert "SVK-25-01981" in page


def test_a_form_without_its_token_is_refused(office: Office, officer: Browser) -> None:
    person = office.someone()
    answer = officer.client.post(f"/desk/persons/{person}/claims", data={"benefit": "sickness"})
    assert answer.status_code == 403


def test_the_queue_shows_what_waits_and_for_whom(office: Office, officer: Browser) -> None:
    person = office.someone(wage="4500000")
    claim = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "sickness", "facts": SICK}).json
    assert claim["number"] in officer.open("/desk?show=drafts")
    office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"])
    assert claim["number"] in officer.open("/desk?show=decide")
    other = Browser(office, office.officer_of_vte)
    assert claim["number"] not in other.open("/desk")
    assert claim["number"] not in other.open("/desk/claims")


@pytest.mark.parametrize("language", ["lo", "en"])
def test_every_page_of_the_desk_can_be_read_in_both_languages(office: Office, officer: Browser, language: str) -> None:
    person = office.someone()
    claim = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "birth", "facts": {}}).json
    for path in (
        "/desk",
        "/desk/claims",
        "/desk/search?q=zz",
        f"/desk/persons/{person}",
        f"/desk/claims/{claim['id']}",
        f"/desk/claims/{claim['id']}/decide",
        f"/desk/claims/{claim['id']}/acknowledgement",
    ):
        page = officer.open(path + ("&" if "?" in path else "?") + f"lang={language}")
        assert f'<html lang="{language}">' in page


def version_in(page: str) -> str:
    return there(re.search(r'name="version" value="(\d+)"', page)).group(1)


def test_address_phone_and_language_are_corrected_with_a_reason(office: Office, officer: Browser) -> None:
    person = office.someone()
    path = f"/desk/persons/{person}"
    said: dict[str, Any] = {"address": "Ban Phonxay\n12, Savannakhet", "phone": "020 5551 0000", "language": "en"}
    version = version_in(officer.open(path))
    page = officer.send(f"{path}/details", expect=422, version=version, **said)
    assert 'id="e-details_why"' in page
    assert "Ban Phonxay" in page
    page = officer.send(f"{path}/details", version=version, details_why="moved; family book seen", **said)
    assert "12, Savannakhet" in page
    assert "moved; family book seen" in page
    assert "+8562055614720 → +8562055510000" in page
    now = office.officer.get(f"/v1/persons/{person}").json
    assert (now["address"], now["phone"], now["language"]) == (
        ["Ban Phonxay", "12, Savannakhet"],
        "+8562055510000",
        "en",
    )
    with office.service.engine.connect() as connection:
        kept = connection.execute(select(t.person_change).where(t.person_change.c.what == "details")).one()
    assert kept.before == {"address": [], "phone": "+8562055614720", "language": "lo"}
    assert (kept.by, kept.why) == (office.officer.actor.id, "moved; family book seen")


def test_a_wrong_phone_comes_back_beside_its_field(office: Office, officer: Browser) -> None:
    path = f"/desk/persons/{office.someone()}"
    version = version_in(officer.open(path))
    page = officer.send(
        f"{path}/details", expect=422, version=version, address="x", phone="12", language="lo", details_why="told so"
    )
    assert 'id="e-phone"' in page
    assert "told so" in page


def test_two_people_who_correct_at_once_do_not_undo_each_other(office: Office, officer: Browser) -> None:
    person = office.someone()
    path = f"/desk/persons/{person}"
    version = version_in(officer.open(path))
    said: dict[str, Any] = {"address": "Ban Phonxay", "phone": "", "language": "lo", "details_why": "moved"}
    officer.send(f"{path}/details", version=version, **said)
    officer.send(f"{path}/details", expect=412, key="other", version=version, **said)
    officer.send(f"{path}/details", expect=412, key="none", **said)
    account: dict[str, Any] = {
        "bank": "LDB",
        "number": "0101110009999",
        "holder": "Bounmy Sisavath",
        "payee_why": "new book",
    }
    officer.send(f"{path}/payee", expect=412, version=version, **account)
    page = officer.send(f"{path}/payee", key="again", version=version_in(officer.open(path)), **account)
    assert "BCEL → LDB" in page
    assert "…4471 → …9999" in page
    assert "new book" in page
    assert "0101110009999" not in page


def test_the_api_corrects_only_at_the_version_that_was_seen(office: Office) -> None:
    person = office.someone()
    path = f"/v1/persons/{person}"
    seen = office.clerk.get(path)
    version = seen.json["version"]
    assert office.clerk.call("PATCH", path, {"phone": None, "why": "lost"}).status_code == 428
    assert office.clerk.patch(path, {"phone": None}, version).status_code == 422
    assert office.auditor.patch(path, {"phone": None, "why": "lost"}, version).status_code == 403
    assert office.clerk_of_vte.patch(path, {"phone": None, "why": "lost"}, version).status_code == 404
    now = office.clerk.patch(path, {"phone": None, "why": "lost"}, version)
    assert (now.status_code, now.json["phone"], now.json["version"]) == (200, None, version + 1)
    assert office.clerk.patch(path, {"phone": None, "why": "lost"}, version).status_code == 412
    account = {"kind": "bank", "bank": "LDB", "number": "999", "holder": "Bounmy Sisavath", "why": "new book"}
    assert office.clerk.call("PUT", f"{path}/payee", account, etag=version).status_code == 412
    assert office.clerk.call("PUT", f"{path}/payee", account, etag=version + 1).status_code == 200


def test_what_is_said_again_changes_nothing_and_the_history_is_kept_for_ever(office: Office) -> None:
    person = office.someone()
    version = office.clerk.get(f"/v1/persons/{person}").json["version"]
    same = office.clerk.patch(f"/v1/persons/{person}", {"phone": "020 5561 4720", "why": "told again"}, version)
    assert same.json["version"] == version
    for change in (delete(t.person_change), update(t.person_change).values(why="x")):
        with office.service.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(change)
