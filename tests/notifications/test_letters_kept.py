"""The life of a letter: written again where it failed, printed, posted, come back, seen by whom it concerns."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import text

from services.notifications import composing
from services.notifications.usecases import letters
from shared.act import Actor
from tests.notifications.conftest import OTHER_OFFICE, Person, Town
from tests.notifications.test_letters import read, written

KEY = {"Idempotency-Key": '"k-1"'}


def _cannot_be_written(town: Town) -> tuple[Person, Callable[[], None]]:
    """Benefits does not know the decision any more; answers how that is mended."""
    person = town.benefits.knows(Person(language="en"))
    decision = town.benefits.decides(person)
    town.decided(person, decision)
    lost = town.benefits.decisions.pop(decision)
    town.works(2)
    row = town.letter(person)
    assert (row.state, row.reason) == ("technical_failure", "no_facts")

    def mend() -> None:
        town.benefits.decisions[decision] = lost

    return person, mend


def test_a_letter_whose_reason_was_mended_is_written_the_next_day(town: Town) -> None:
    person, mend = _cannot_be_written(town)
    town.works(2)
    assert len(town.posted("notifications.message.failed")) == 1, "told once, however often it is tried"
    mend()
    town.service.look_at_jobs()
    assert town.letter(person).state == "technical_failure"
    town.clock.move_to(date(2025, 6, 3))
    town.works(2)
    row = town.letter(person)
    assert (row.state, row.reason) == ("rendered", None)
    (ready,) = town.posted("notifications.letter.ready")
    assert ready["data"]["letter_id"] == row.id
    assert len(town.posted("notifications.message.failed")) == 1


def test_whoever_mended_it_has_it_written_at_once(town: Town) -> None:
    person, mend = _cannot_be_written(town)
    row = town.letter(person)
    browser = town.signed_in("clerk")
    page = browser.get("/letters?state=technical_failure").text
    assert f"/letters/{row.id}/write" in page
    mend()
    form = {"csrf_token": "c5rf", "_key": "00000000-0000-4000-8000-000000000001"}
    assert browser.post(f"/letters/{row.id}/write", data=form).status_code == 303
    town.service.look_at_jobs()
    assert town.letter(person).state == "rendered"
    assert f"/letters/{row.id}/write" not in browser.get("/letters").text


def test_only_a_letter_that_failed_is_written_again(town: Town, person: Person) -> None:
    letter = written(town, person)
    client = town.client()
    asked = f"/v1/letters/{letter}/writings"
    assert client.post(asked, headers=town.as_("clerk") | KEY).json["code"] == "wrong_state"
    assert client.post(asked, headers=town.as_("clerk", office=OTHER_OFFICE) | KEY).status_code == 404
    assert client.post(asked, headers=town.as_("auditor") | KEY).status_code == 403


def test_letters_that_gave_up_before_this_rule_are_tried_again(town: Town) -> None:
    """Their jobs had ended; the migration takes them up again."""
    person, mend = _cannot_be_written(town)
    with town.service.engine.begin() as connection:
        connection.execute(text("UPDATE job SET state = 'done', due_on = '2025-06-02' WHERE kind = 'write_letter'"))
        connection.execute(text(_revive().split(";")[1]))
    mend()
    town.works(2)
    assert town.letter(person).state == "rendered"


def _revive() -> str:
    again = importlib.import_module("services.notifications.migrations.versions.0011_letters_written_again")
    return str(again.SQL)


def test_facts_that_lack_something_wait_for_somebody_to_mend_them(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    appeal = town.benefits.decisions[decision].pop("appeal")
    town.decided(person, decision)
    town.works(2)
    assert town.letter(person).state == "created"
    town.benefits.decisions[decision]["appeal"] = appeal
    town.works(2)
    assert town.letter(person).state == "rendered"


def test_the_same_letter_has_the_same_bytes(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    made = [
        composing.decision_letter(
            town.benefits.contacts[person.id], town.benefits.decisions[decision], "https://x.example"
        ).pdf()
        for _ in range(2)
    ]
    assert made[0] == made[1]


# --- through people's hands ----------------------------------------------------------------------


def test_a_letter_is_printed_posted_and_comes_back(town: Town, person: Person) -> None:
    letter = written(town, person)
    api, clerk = town.client(), town.as_("clerk")
    seen = api.get(f"/v1/letters/{letter}/state", headers=clerk)
    assert seen.json["next"] == ["printed"]
    etag = seen.headers["ETag"]
    for number, state in enumerate(("printed", "posted", "returned")):
        answer = api.post(
            f"/v1/letters/{letter}/states",
            json={"state": state},
            headers=clerk | {"If-Match": etag, "Idempotency-Key": f'"s{number}"'},
        )
        assert answer.status_code == 201, answer.json
        etag = answer.headers["ETag"]
    assert answer.json["state"] == "returned_letter"
    assert answer.json["next"] == []
    (event,) = town.posted("notifications.letter.returned")
    assert event["data"]["letter_id"] == letter


def test_who_saw_an_old_state_is_told_so(town: Town, person: Person) -> None:
    letter = written(town, person)
    api, clerk = town.client(), town.as_("clerk")
    url = f"/v1/letters/{letter}/states"
    etag = api.get(f"/v1/letters/{letter}/state", headers=clerk).headers["ETag"]
    assert api.post(url, json={"state": "printed"}, headers=clerk | KEY).status_code == 428
    assert api.post(url, json={"state": "printed"}, headers=clerk | {"If-Match": etag}).status_code == 400
    assert api.post(url, json={"state": "printed"}, headers=clerk | KEY | {"If-Match": '"77"'}).status_code == 412
    wrong = api.post(url, json={"state": "posted"}, headers=clerk | KEY | {"If-Match": etag})
    assert (wrong.status_code, wrong.json["code"], wrong.json["params"]) == (
        409,
        "wrong_state",
        {"state": "rendered"},
    )
    assert api.post(url, json={"state": "burnt"}, headers=clerk | KEY | {"If-Match": etag}).status_code == 422
    assert api.post(url, json={"state": "printed"}, headers=clerk | KEY | {"If-Match": etag}).status_code == 201
    again = api.post(url, json={"state": "printed"}, headers=clerk | KEY | {"If-Match": etag})
    assert again.status_code == 201  # the same key: the same answer, nothing twice
    assert again.json["prints"] == 1


@pytest.mark.poppler
def test_every_print_after_the_first_is_marked_as_a_copy(town: Town, person: Person, tmp_path: Path) -> None:
    letter = written(town, person)
    clerk = town.signed_in("clerk")
    listing = clerk.get(f"/letters?claim={person.claim}").text
    assert "to be printed" in listing
    prints = []
    for key in ("a", "b"):
        answer = clerk.post(f"/letters/{letter}/print", data={"csrf_token": "c5rf", "_key": key})
        assert answer.status_code == 303, answer.text
        prints.append(clerk.get(answer.headers["Location"]).data)
    first, second = (read(pdf, tmp_path) for pdf in prints)
    assert "ສຳເນົາ" not in first
    assert "ສຳເນົາ" in second
    with pikepdf.open(io.BytesIO(prints[1])) as pdf:
        pages = len(pdf.pages)
    assert second.count("ສຳເນົາ ·") == pages
    assert town.letter(person).state == "printed"
    assert "ສຳເນົາ" in read(clerk.get(f"/letters/{letter}").data, tmp_path)
    worker = town.signed_in("worker", claim=person.claim, office=None)
    assert "ສຳເນົາ" not in read(worker.get(f"/letters/{letter}").data, tmp_path)


@pytest.mark.poppler
def test_an_english_translation_is_made_on_request_and_says_what_it_is(
    town: Town, person: Person, tmp_path: Path
) -> None:
    letter = written(town, person)
    api, clerk = town.client(), town.as_("clerk")
    town.benefits.close()
    answer = api.post(f"/v1/letters/{letter}/translations", json={"language": "en"}, headers=clerk | KEY)
    assert answer.status_code == 202
    town.works(2)
    assert api.get(answer.headers["Location"], headers=clerk).status_code == 404
    town.benefits.open()
    town.works(2)
    translation = api.get(answer.headers["Location"], headers=clerk)
    said = read(translation.data, tmp_path)
    assert "The letter in Lao is the decision." in said
    assert "You were unable" in said or "3,360,000 kip" in said
    state = api.get(f"/v1/letters/{letter}/state", headers=clerk).json
    assert [(d["language"], d["original"]) for d in state["documents"]] == [("lo", True), ("en", False)]


def test_a_letter_not_written_because_benefits_is_away_says_so(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    town.benefits.close()
    town.decided(person, decision)
    town.works(2)
    letter = town.letter(person).id
    answer = town.client().get(f"/v1/letters/{letter}", headers=town.as_("clerk"))
    assert (answer.status_code, answer.json["code"]) == (503, "neighbour_away")
    assert answer.headers["Retry-After"]
    page = town.signed_in("clerk").get(f"/letters?claim={person.claim}").text
    assert "benefits service, which does not answer" in page


# --- who may see what ----------------------------------------------------------------------------


def test_nobody_sees_the_letters_of_another_office(town: Town, person: Person) -> None:
    letter = written(town, person)
    api = town.client()
    other = town.as_("supervisor", office=OTHER_OFFICE)
    message = town.sms(person).id
    for path in (f"/v1/letters/{letter}", f"/v1/letters/{letter}/state", f"/v1/messages/{message}"):
        assert api.get(path, headers=other).status_code == 404, path
        assert api.get(path, headers=town.as_("supervisor", office=None)).status_code == 404, path
        assert api.get(path).status_code == 401, path
        assert api.get(path, headers=town.as_("employer")).status_code == 403, path
    for path in (
        f"/v1/letters?claim={person.claim}",
        f"/v1/messages?claim={person.claim}",
        "/v1/messages",
        "/v1/letters",
    ):
        assert api.get(path, headers=other).json["items"] == [], path
    browser = town.signed_in("clerk", office=OTHER_OFFICE)
    assert browser.get(f"/letters/{letter}").status_code == 404
    assert browser.get(f"/letters/{letter}/prints/1").status_code == 404
    data = {"csrf_token": "c5rf", "state": "posted", "version": "2"}
    for path in ("print", "state", "translate"):
        answer = browser.post(f"/letters/{letter}/{path}", data=data | {"language": "en"})
        assert answer.status_code == 404, path


def test_a_worker_sees_the_letters_of_her_claim_and_of_no_other(town: Town, person: Person) -> None:
    letter = written(town, person)
    stranger = town.benefits.knows(Person())
    api = town.client()
    hers = town.as_("worker", office=None, claim=person.claim)
    another = town.as_("worker", office=None, claim=stranger.claim)
    assert api.get(f"/v1/letters/{letter}", headers=hers).status_code == 200
    assert len(api.get("/v1/letters", headers=hers).json["items"]) == 1
    assert api.get(f"/v1/letters/{letter}", headers=another).status_code == 404
    assert api.get(f"/v1/letters?claim={person.claim}", headers=another).json["items"] == []
    assert (
        api.post(
            f"/v1/letters/{letter}/states",
            json={"state": "printed"},
            headers=hers | KEY | {"If-Match": '"2"'},
        ).status_code
        == 403
    )
    page = town.signed_in("worker", claim=person.claim, office=None).get("/letters")
    assert page.status_code == 200
    assert f"/letters/{letter}" in page.text
    assert "<form" not in page.text


def test_every_look_is_written_down(town: Town, person: Person) -> None:
    letter = written(town, person)
    town.client().get(f"/v1/letters/{letter}", headers=town.as_("auditor"))
    town.signed_in("clerk").get(f"/letters?claim={person.claim}")
    with town.service.engine.connect() as connection:
        looks = connection.execute(text("SELECT action, subjects FROM audit ORDER BY at")).all()
    assert [look.action for look in looks] == ["GET /v1/letters/<uuid:letter_id> 200", "GET /letters 200"]
    assert all(person.id in look.subjects for look in looks)


def test_lists_are_cut_into_pages(town: Town) -> None:
    people = [town.benefits.knows(Person(phone=None)) for _ in range(5)]
    for person in people:
        town.submitted(person)
    town.works(2)
    api, clerk = town.client(), town.as_("clerk")
    found, url = [], "/v1/messages?limit=3"
    while url:
        page = api.get(url, headers=clerk).json
        found += [item["id"] for item in page["items"]]
        url = f"/v1/messages?limit=3&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert len(found) == len(set(found)) == 10
    assert '"phone"' not in json.dumps(page)
    for bad in ("limit=0", "limit=x", "cursor=zzz", "claim=5", "state=lost", "colour=red"):
        assert api.get(f"/v1/messages?{bad}", headers=clerk).status_code == 422, bad


def test_pages_in_lao_and_in_english(town: Town, person: Person) -> None:
    written(town, person)
    clerk = town.signed_in("clerk")
    for path in (
        "/letters",
        "/messages",
        f"/letters?claim={person.claim}",
        f"/messages?claim={person.claim}",
    ):
        for language in ("lo", "en"):
            separator = "&" if "?" in path else "?"
            page = clerk.get(f"{path}{separator}lang={language}")
            assert page.status_code == 200, path
            assert f'<html lang="{language}"' in page.text
    assert "3.360.000" in clerk.get(f"/messages?claim={person.claim}").text
    assert clerk.get("/letters?claim=nonsense").status_code == 422


@pytest.mark.poppler
def test_staff_look_at_a_letter_without_the_workers_code_and_print_it_with(
    town: Town, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her code opens her page: it is on the paper that is being printed, and on her own screen."""
    town.submitted(person)
    town.works()
    letter = town.letter(person)
    code = "40718256"

    def words(answer: Any) -> str:
        assert answer.status_code == 200
        return read(answer.data, tmp_path).replace(" ", "")

    client, clerk = town.client(), town.as_("clerk")
    for path in (f"/letters/{letter.id}", f"/v1/letters/{letter.id}", f"/v1/letters/{letter.id}?copy=yes"):
        for role in ("clerk", "officer", "supervisor", "auditor"):
            assert code not in words(client.get(path, headers=town.as_(role))), (path, role)
        assert code in words(client.get(path, headers=town.as_("worker", claim=person.claim)))
    printed = client.post(f"/letters/{letter.id}/print", headers=clerk, data={"csrf_token": "c5rf"}).headers["Location"]
    assert code in words(client.get(printed, headers=clerk))
    officer = Actor("officer-2", "account", frozenset({"officer"}), office=letter.office_id, name="Seng")
    token = town.benefits.keys.session_token(officer, csrf="c", now=datetime.now(UTC))
    assert code not in words(client.get(printed, headers={"Authorization": f"Bearer {token}"}))
    monkeypatch.setattr(letters, "HANDLING", timedelta(0))  # the paper is out of the printer
    assert code not in words(client.get(printed, headers=clerk))


def test_a_new_code_is_written_to_her(town: Town, person: Person) -> None:
    town.submitted(person)
    town.tell("benefits.claim.access_renewed", person)
    town.works()
    written = town.rows(person, channel="letter")
    assert [(row.template, row.state) for row in written] == [("acknowledgement_letter", "rendered")] * 2
    assert len(town.rows(person, channel="sms")) == 1
