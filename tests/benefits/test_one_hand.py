"""One officer alone never makes a person, her wages, her account and the decision."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.institution import institution
from services.benefits.usecases import claims, people
from shared.act import Actor
from shared.money import Money
from shared.period import Month
from tests.benefits.conftest import PAPERS, SICK, Office, Person

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
