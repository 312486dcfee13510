"""One officer alone never makes a person, her wages, her account and the decision."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.institution import institution
from services.benefits.usecases import claims, people
from shared.act import Actor
from shared.money import Money
from shared.period import Month
from tests.benefits.conftest import PAPERS, SICK, Office, Person
from tests.benefits.visitors import Browser

ACCOUNT = {"kind": "bank", "bank": "BCEL", "number": "0101110009999", "holder": "Bounmy Sisavath"}


def submitted(office: Office, by: Person, person: str) -> dict[str, Any]:
    body = {"person_id": person, "benefit": "sickness", "facts": SICK, "papers": PAPERS}
    claim = by.post("/v1/claims", body).json
    now: dict[str, Any] = by.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json
    return now


def decided(by: Person, claim: dict[str, Any]) -> dict[str, Any]:
    answer = by.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def doubts(by: Person, claim: dict[str, Any]) -> set[str]:
    return {w["code"] for w in by.get(f"/v1/claims/{claim['id']}").json["warnings"]}


def test_who_entered_the_facts_does_not_grant_the_money_alone(office: Office) -> None:
    claim = submitted(office, office.officer, office.someone())
    assert "alone_entered_facts" in doubts(office.officer, claim)
    assert "alone_entered_facts" not in doubts(office.officer2, claim)
    decision = decided(office.officer, claim)
    assert (decision["state"], decision["second_reason"]) == ("proposed", "one_hand")
    assert office.officer.post(f"/v1/decisions/{decision['id']}/confirmation").status_code == 403
    assert office.supervisor.post(f"/v1/decisions/{decision['id']}/confirmation").json["state"] == "final"


def test_what_a_clerk_registered_an_officer_decides_alone(office: Office) -> None:
    assert decided(office.officer, submitted(office, office.clerk, office.someone()))["state"] == "final"


@pytest.mark.parametrize("hand", ["registered_person", "declared_wages", "set_account"])
def test_each_hand_in_what_it_rests_on_asks_for_a_second_person(office: Office, hand: str) -> None:
    officer, person = office.officer, office.someone()
    if hand == "registered_person":
        names = {"full": "ນາງ ບຸນມີ ສີສະຫວັດ", "latin": "Bounmy Sisavath"}
        number = [{"scheme": "la-sso", "value": uuid.uuid4().hex[:10], "verified": True}]
        new = {"name": names, "born_on": "1988-08-12", "identifiers": number, "insured_since": "2021-06-01"}
        answer = officer.post("/v1/persons", new)
        assert answer.status_code == 201, answer.json
        person = answer.json["id"]
    if hand in ("registered_person", "declared_wages"):
        by = officer if hand == "declared_wages" else office.officer2
        months = [f"2024-{m:02d}" for m in range(1, 13)] + ["2025-01", "2025-02"]
        wages = [{"month": m, "wage": {"minor": 320000000, "currency": "LAK"}} for m in months]
        assert by.post(f"/v1/persons/{person}/contributions", {"months": wages}).status_code == 201
    if hand in ("registered_person", "set_account"):
        by = officer if hand == "set_account" else office.officer2
        assert by.call("PUT", f"/v1/persons/{person}/payee", ACCOUNT).status_code == 200
    claim = submitted(office, office.clerk, person)
    assert f"alone_{hand}" in doubts(officer, claim)
    for warning in office.officer2.get(f"/v1/claims/{claim['id']}").json["warnings"]:
        if warning["judge"]:
            said = {"warning": warning["id"], "why": "looked at"}
            claim = office.officer2.post(f"/v1/claims/{claim['id']}/judgements", said, etag=claim["version"]).json
    assert decided(officer, claim)["second_reason"] == "one_hand"


def test_a_changed_account_rests_for_some_days_whoever_changed_it(office: Office) -> None:
    person = office.someone()
    assert office.clerk.call("PUT", f"/v1/persons/{person}/payee", ACCOUNT).status_code == 200
    claim = submitted(office, office.clerk, person)
    assert "alone_recent_account" in doubts(office.officer, claim)
    office.on("2025-06-04")
    assert "alone_recent_account" not in doubts(office.officer, claim)


def test_a_refusal_needs_no_second_person(office: Office) -> None:
    claim = submitted(office, office.officer, office.someone(months=2))
    decision = decided(office.officer, claim)
    assert (decision["outcome"], decision["state"]) == ("refused", "final")


def test_an_institution_may_take_a_combination_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = replace(institution(), one_hand=("set_account",))
    monkeypatch.setattr(claims, "institution", lambda: fewer)
    assert decided(office.officer, submitted(office, office.officer, office.someone()))["state"] == "final"


def asks(office: Office, claim: dict[str, Any]) -> None:
    """The institution asks the employer about this claim."""
    with office.service.engine.begin() as connection:
        told = {"claim_id": claim["id"], "employer_id": claim["employer_id"], "state": "requested", "asked_for": []}
        days = {"asked_on": office.service.clock.today(), "due_on": office.service.clock.today()}
        connection.execute(t.statement.insert().values(id=str(uuid.uuid4()), **told, **days, version=1))


def declares(office: Office, person: str, month: str) -> None:
    """The employer's clerk, who has an account, says a wage, as when she answers the institution's question."""
    with office.service.engine.connect() as connection:
        job = store.persons.jobs(office.act(connection), PersonId(person))[0]
    nok = office.account("nok", "employer", office=None, employer=job.employer_id)
    with office.service.engine.begin() as connection:
        actor = Actor(nok.id, "account", frozenset({"employer"}), employer=job.employer_id, name="Nok")
        act = replace(office.act(connection), actor=actor)
        wage, of = Money.parse("9900000", "LAK"), Month.parse(month)
        people.record_contribution(act, PersonId(person), of, wage, employer_id=job.employer_id)


@pytest.mark.parametrize(("month", "code"), [("2025-02", "declared_late"), ("2021-02", "declared_before_hire")])
def test_an_employers_word_makes_no_entitlement(office: Office, month: str, code: str) -> None:
    """A wage changed after the claim was opened, or of a time before she worked there, is judged first."""
    person = office.someone()
    claim = submitted(office, office.clerk, person)
    before = doubts(office.officer, claim)
    asks(office, claim)
    declares(office, person, month)
    assert code in doubts(office.officer, claim) - before
    refused = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert refused.status_code == 409
    assert "warning_open" in {e["code"] for e in refused.json["errors"]}


# Her own word by a code on her phone ------------------------------------------------------------------


def told(office: Office, code: dict[str, Any]) -> dict[str, Any]:
    """What her message says, as notifications fetch it."""
    path = f"/v1/phone-codes/{code['id']}/message-facts"
    answer = office.client.get(path, headers=office.machine("notifications"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def test_she_says_the_code_on_her_phone_and_no_second_person_is_needed(office: Office) -> None:
    claim = submitted(office, office.officer, office.someone())
    code = office.officer.post(f"/v1/claims/{claim['id']}/phone-codes").json
    said = told(office, code)
    assert said["account"] == "4471"
    wrong = "00000000" if said["code"] != "00000000" else "11111111"
    answer = f"/v1/claims/{claim['id']}/phone-codes/answer"
    assert office.officer.post(answer, {"code": wrong}).json["confirmed"] is False
    assert "alone_entered_facts" in doubts(office.officer, claim)
    assert office.officer.post(answer, {"code": said["code"]}).json["confirmed"] is True
    assert "alone_entered_facts" not in doubts(office.officer, claim)
    assert decided(office.officer, claim)["state"] == "final"


def test_what_changes_after_her_word_is_not_covered_by_it(office: Office) -> None:
    person = office.someone()
    claim = submitted(office, office.officer, person)
    code = office.officer.post(f"/v1/claims/{claim['id']}/phone-codes").json
    office.officer.post(f"/v1/claims/{claim['id']}/phone-codes/answer", {"code": told(office, code)["code"]})
    assert office.clerk.call("PUT", f"/v1/persons/{person}/payee", ACCOUNT).status_code == 200
    assert {"alone_entered_facts", "alone_recent_account"} <= doubts(office.officer, claim)


def test_a_phone_that_the_officer_wrote_proves_nothing(office: Office) -> None:
    person = office.someone()
    now = office.officer.get(f"/v1/persons/{person}")
    change = {"phone": "020 5551 2399", "why": "she said so"}
    assert office.officer.call("PATCH", f"/v1/persons/{person}", change, etag=now.json["version"]).status_code == 200
    claim = submitted(office, office.officer, person)
    refused = office.officer.post(f"/v1/claims/{claim['id']}/phone-codes")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "phone_of_one_hand")
    other = office.officer2.post(f"/v1/claims/{claim['id']}/phone-codes")
    assert other.json["errors"][0]["code"] == "phone_of_one_hand", "he also entered what it would confirm"


def test_a_phone_that_was_changed_of_late_proves_nothing_yet(office: Office) -> None:
    person = office.someone()
    now = office.clerk.get(f"/v1/persons/{person}").json["version"]
    change = {"phone": "020 5551 2399", "why": "she said so"}
    assert office.clerk.call("PATCH", f"/v1/persons/{person}", change, etag=now).status_code == 200
    claim = submitted(office, office.officer, person)
    refused = office.officer.post(f"/v1/claims/{claim['id']}/phone-codes")
    assert refused.json["errors"][0]["code"] == "phone_too_new"
    office.on("2025-06-09")
    assert office.officer.post(f"/v1/claims/{claim['id']}/phone-codes").status_code == 201


@pytest.mark.parametrize("way", ["wrote her number long ago", "registered her"])
def test_a_clerk_who_wrote_phone_and_account_is_not_confirmed_by_an_officer_in_good_faith(
    office: Office, way: str
) -> None:
    clerk, officer = office.clerk, office.officer
    if way == "registered her":
        names = {"full": "ນາງ ບຸນມີ ສີສະຫວັດ", "latin": "Bounmy Sisavath"}
        number = [{"scheme": "la-sso", "value": uuid.uuid4().hex[:10], "verified": True}]
        new = {"name": names, "born_on": "1988-08-12", "identifiers": number, "phone": "020 5551 2399"}
        person = clerk.post("/v1/persons", new).json["id"]
        assert clerk.call("PUT", f"/v1/persons/{person}/payee", ACCOUNT).status_code == 200
    else:
        person = office.someone()
        now = clerk.get(f"/v1/persons/{person}").json["version"]
        change = {"phone": "020 5551 2399", "why": "she said so"}
        assert clerk.call("PATCH", f"/v1/persons/{person}", change, etag=now).status_code == 200
        office.on("2025-06-09")
    assert clerk.call("PUT", f"/v1/persons/{person}/payee", {**ACCOUNT, "number": "0101110008888"}).status_code == 200
    claim = submitted(office, office.officer2, person)
    assert "alone_recent_account" in doubts(officer, claim)
    refused = officer.post(f"/v1/claims/{claim['id']}/phone-codes")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "phone_of_one_hand")


def test_five_wrong_codes_and_three_messages_a_day_are_all(office: Office) -> None:
    claim = submitted(office, office.officer, office.someone())
    asks, answer = f"/v1/claims/{claim['id']}/phone-codes", f"/v1/claims/{claim['id']}/phone-codes/answer"
    code = office.officer.post(asks).json
    right = told(office, code)["code"]
    wrong = "00000000" if right != "00000000" else "11111111"
    for _ in range(5):
        assert office.officer.post(answer, {"code": wrong}).status_code == 201
    late = office.officer.post(answer, {"code": right})
    assert (late.status_code, late.json["errors"][0]["code"]) == (409, "too_many_tries")
    assert [office.officer.post(asks).status_code for _ in range(3)] == [201, 201, 409]


def test_an_institution_that_lists_nothing_goes_on_asking_a_second_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "institution", lambda: replace(institution(), phone_covers=()))
    claim = submitted(office, office.officer, office.someone())
    code = office.officer.post(f"/v1/claims/{claim['id']}/phone-codes").json
    office.officer.post(f"/v1/claims/{claim['id']}/phone-codes/answer", {"code": told(office, code)["code"]})
    assert decided(office.officer, claim)["second_reason"] == "one_hand"


def test_at_the_desk_the_page_says_in_one_sentence_where_her_word_stands(office: Office) -> None:
    claim = submitted(office, office.officer, office.someone())
    desk, page = Browser(office, office.officer), f"/desk/claims/{claim['id']}"
    assert "She may say herself, by a code on her phone" in desk.open(page)
    assert "Type what she tells you" in desk.send(f"{page}/phone-code")
    with office.service.engine.connect() as connection:
        latest = store.phone_codes.latest(office.act(connection), ClaimId(claim["id"]))
    assert latest is not None
    code = str(told(office, {"id": latest.id})["code"])
    assert "Tries left: 4" in desk.send(f"{page}/phone-code/answer", code="1" if code[0] != "1" else "2")
    assert "what was entered for her claim is right" in desk.send(f"{page}/phone-code/answer", code=code, key="again")
    assert "by phone" not in Browser(office, office.clerk).open(page)
