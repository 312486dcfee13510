"""A death that the bank reports and an address no letter finds: marked, and cleared by an officer with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Row, Select, select

from services.benefits import tables as t
from services.benefits.usecases import feedback
from shared.act import Act
from shared.tables import audit, outbox
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import decided, submitted
from tests.benefits.test_desk_pages import version_in
from tests.benefits.visitors import Browser


def told(office: Office, handler: Callable[[Act, Any], None], **data: Any) -> None:
    """What a neighbour's event makes of it."""
    with office.service.engine.begin() as connection:
        handler(office.act(connection), SimpleNamespace(data=data))


def reported(office: Office, person: str) -> None:
    told(office, feedback.payee_died, person_id=person, office_id="svk", reported_on="2025-05-20")


def rows(office: Office, query: Select[Any]) -> Sequence[Row[Any]]:
    with office.service.engine.connect() as connection:
        return connection.execute(query).all()


def waits(office: Office, claim: dict[str, Any]) -> tuple[str, str] | None:
    found = office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"]
    return found and (found["whom"], found["reason"])


def award_events(office: Office) -> list[tuple[str, int]]:
    found = rows(office, select(outbox.c.type, outbox.c.body).where(outbox.c.type.like("benefits.award.%")))
    return [(r.type, r.body["data"]["version"]) for r in found]


def test_a_mistaken_report_is_cleared_and_the_award_goes_on(office: Office, officer: Browser) -> None:
    person = office.someone()
    claim = submitted(office, person)
    decided(office, claim)
    reported(office, person)
    path = f"/desk/persons/{person}"
    page = officer.open(path)
    assert "Death to be confirmed" in page
    assert waits(office, claim) == ("registry", "death_to_confirm")
    version = version_in(page)
    page = officer.send(f"{path}/death", expect=422, do="mistaken", version=version, died_on="")
    assert 'id="e-death_why"' in page
    said: dict[str, Any] = {"do": "mistaken", "death_why": "she stood before me, card seen", "died_on": ""}
    page = officer.send(f"{path}/death", version=version, **said)
    assert "Death to be confirmed" not in page
    assert "The report of the death was mistaken" in page
    assert "she stood before me, card seen" in page
    assert waits(office, claim) is None
    assert award_events(office) == [
        ("benefits.award.granted", 1),
        ("benefits.award.ended", 2),
        ("benefits.award.revised", 3),
    ]
    (award,) = rows(office, select(t.award))
    assert (award.state, award.version) == ("running", 3)
    (row,) = rows(office, select(audit).where(audit.c.action == "POST /desk/persons/<uuid:person_id>/death 303"))
    assert (row.actor, row.subjects) == (office.officer.actor.id, [person])
    officer.send(f"{path}/death", expect=412, key="later", version=version, **said)
    officer.send(f"{path}/death", expect=409, key="last", version=version_in(officer.open(path)), **said)


def test_a_confirmed_death_stays_with_its_day_and_pays_nothing_to_the_old_account(
    office: Office, officer: Browser
) -> None:
    person = office.someone()
    claim, other = submitted(office, person), submitted(office, person, benefit="birth", facts={})
    decided(office, claim)
    reported(office, person)
    path = f"/desk/persons/{person}"
    version = version_in(officer.open(path))
    said: dict[str, Any] = {"do": "confirmed", "version": version, "death_why": "certificate 12/2025 of the village"}
    for typed, key in (("", "a"), ("31/31", "b"), ("21/5/2025", "c"), ("1/1/1980", "d")):
        page = officer.send(f"{path}/death", expect=422, key=key, died_on=typed, **said)
        assert 'id="e-died_on"' in page
        assert "certificate 12/2025" in page
    page = officer.send(f"{path}/death", died_on="18/5/2025", **said)
    assert "Died on 18 May 2025" in page
    assert "certificate 12/2025 of the village" in page
    assert waits(office, claim) == waits(office, other) == ("officer", "death_confirmed")
    (award,) = rows(office, select(t.award))
    assert award.state == "ended"
    reported(office, person)
    assert "Death to be confirmed" not in officer.open(path)
    (row,) = rows(office, select(t.person))
    assert (str(row.deceased_on), row.death_reported_on) == ("2025-05-18", None)
    officer.send(
        f"{path}/death", do="mistaken", version=version_in(officer.open(path)), death_why="another of that name"
    )
    (row,) = rows(office, select(t.person))
    assert row.deceased_on is None


def test_what_is_due_until_the_death_waits_for_another_account(office: Office) -> None:
    person = office.someone()
    claim = submitted(office, person)
    reported(office, person)
    path, now = f"/v1/persons/{person}", office.officer.get(f"/v1/persons/{person}").json

    def hindrances() -> tuple[int, set[str]]:
        version = office.officer.get(f"/v1/claims/{claim['id']}").json["version"]
        answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=version)
        return answer.status_code, {e["code"] for e in answer.json.get("errors", [])}

    assert hindrances() == (409, {"death_to_confirm"})
    word = {"outcome": "confirmed", "why": "certificate seen"}
    assert office.officer.post(f"{path}/death", word, etag=now["version"]).status_code == 422
    word["died_on"] = "2025-05-18"
    assert office.clerk.post(f"{path}/death", word, etag=now["version"]).status_code == 403
    assert office.officer_of_vte.post(f"{path}/death", word, etag=now["version"]).status_code == 404
    assert office.officer.post(f"{path}/death", word, etag=now["version"] - 1).status_code == 412
    done = office.officer.post(f"{path}/death", word, etag=now["version"])
    assert (done.status_code, done.json["deceased_on"], done.json["death_reported_on"]) == (
        201,
        "2025-05-18",
        None,
    )
    assert hindrances() == (409, {"no_account"})
    heir = {"kind": "bank", "bank": "LDB", "number": "77", "holder": "Bounmy Sisavath", "why": "the heirs"}
    assert office.clerk.call("PUT", f"{path}/payee", heir).status_code == 200
    assert hindrances() == (409, {"warning_open"}), "whose word the other account was is judged first"
    claim = office.officer.get(f"/v1/claims/{claim['id']}").json
    for warning in claim["warnings"]:
        if warning["code"] == "account_changed":
            said = {"warning": warning["id"], "why": "certificate of inheritance seen"}
            office.officer.post(f"/v1/claims/{claim['id']}/judgements", said, etag=claim["version"])
    assert hindrances()[0] == 201


def test_the_mark_of_a_death_outlives_whatever_else_the_claim_waits_for(office: Office) -> None:
    person = office.someone()
    claim = submitted(office, person)
    decision = decided(office, claim)
    reported(office, person)
    appeal = {
        "decision_id": decision["id"],
        "finding": decision["assessment"]["decisive"],
        "grounds": "Too little.",
    }
    assert office.clerk.post(f"/v1/claims/{claim['id']}/appeals", appeal).status_code == 201
    assert waits(office, claim) == ("officer", "appeal")
    version = office.officer.get(f"/v1/claims/{claim['id']}").json["version"]
    answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=version)
    assert "death_to_confirm" in {e["code"] for e in answer.json["errors"]}


@pytest.mark.parametrize("busy", [False, True])
def test_an_address_that_a_letter_did_not_find_is_checked_by_an_officer(
    office: Office, officer: Browser, busy: bool
) -> None:
    person = office.someone()
    claim = submitted(office, person)
    if not busy:
        decided(office, claim)
    before = waits(office, claim)
    told(office, feedback.letter_returned, letter_id=person, claim_id=claim["id"], person_id=person)
    assert waits(office, claim) == (before or ("officer", "address"))
    path = f"/desk/persons/{person}"
    assert "Address to be checked" in officer.open(path)
    clerk = Browser(office, office.clerk)
    assert "An officer clears this mark." in clerk.open(path)
    version = version_in(officer.page.text)
    clerk.send(f"{path}/address-check", expect=403, version=version, check_why="seen")
    Browser(office, office.officer_of_vte).send(f"{path}/address-check", expect=404, version=version, check_why="x")
    page = officer.send(f"{path}/address-check", expect=422, key="empty", version=version)
    assert 'id="e-check_why"' in page
    page = officer.send(f"{path}/address-check", version=version, check_why="phoned the village head")
    assert "Address to be checked" not in page
    assert "phoned the village head" in page
    assert waits(office, claim) == before
    answer = office.officer.post(f"/v1/persons/{person}/address-check", {"why": "again"}, etag=int(version) + 1)
    assert answer.status_code == 409
