"""Whatever is sent to benefits, however odd, is taken or refused: it never is a fault on our side."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from services.benefits import app as benefits
from shared.act import ROLES, Actor
from tests.benefits.conftest import PAPERS, SICK, Office
from tests.odd_shapes import Knocker
from tests.there import there

#: A claim that says all a paper can say, so that each of its members can be odd.
FACTS: dict[str, Any] = SICK | {"earlier_spells": [{"benefit": "sickness", "from": "2024-03-01", "to": "2024-03-10"}]}
CASE: dict[str, Any] = FACTS | {
    "country": "la",
    "benefit": "sickness",
    "claimed_on": "2025-05-20",
    "insured": {"insured_as": "employee", "insured_since": "2021-06-01", "born_on": "1988-08-12"},
    "contributions": [{"month": "2025-02", "wage": "3200000"}],
}


def knocker(office: Office, **samples: Any) -> Knocker:
    person, another, sick = office.someone(), office.someone(), {"benefit": "sickness", "facts": SICK, "papers": PAPERS}
    employer = office.clerk.post("/v1/employers", {"number": "77", "name": "x"}).json["id"]
    claims = []
    for _ in range(2):
        claims.append(office.clerk.post("/v1/claims", sick | {"person_id": person}).json)
    assert office.clerk.post(f"/v1/claims/{claims[1]['id']}/submission", etag=1).status_code == 200

    def headers() -> dict[str, str]:
        actor = Actor(
            str(uuid.uuid5(uuid.NAMESPACE_URL, "everybody")),
            "account",
            frozenset(ROLES),
            office="svk",
            employer=str(uuid.uuid4()),
            claim=claims[0]["id"],
            name="Everybody",
        )
        token = office.service.keys.session_token(actor, csrf="c", now=office.service.clock.now(), second_factor=True)
        return {"Authorization": f"Bearer {token}"}

    return Knocker(
        office.app,
        headers,
        {
            "claim_id": [claims[0]["id"], claims[1]["id"]],
            "person_id": [person],
            "country": ["la"],
            "kind": ["persons"],
        },
        {
            "person_id": another,
            "employer_id": employer,
            "facts": FACTS,
            "papers": PAPERS,
            "benefit": "sickness",
            "case": CASE,
            "options": {},
            "phone": "020 5561 4720",
        }
        | samples,
        Path(there(benefits.__file__)).parent,
    )


def test_odd_bodies_are_taken_or_refused(office: Office) -> None:
    knocking = knocker(office)
    knocking.bodies()
    assert knocking.knocks > 1000
    assert not knocking.faults, "\n".join(knocking.faults[:40])


def test_odd_forms_are_taken_or_refused(office: Office) -> None:
    knocking = knocker(office)
    knocking.forms()
    knocking.looks()
    assert knocking.knocks > 1000
    assert not knocking.faults, "\n".join(knocking.faults[:40])


def test_odd_addresses_and_questions_are_answered(office: Office) -> None:
    knocking = knocker(office)
    knocking.most = 12
    knocking.queries()
    assert knocking.knocks > 1000
    assert not knocking.faults, "\n".join(knocking.faults[:40])


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"facts": SICK | {"spell": {"illness": "a\x00b"}}}, "#/facts/spell/illness", "broken_text"),
        ({"papers": {"verified": ["\x00"]}}, "#/papers/verified/0", "broken_text"),
        ({"papers": {"a\x00": 1}}, "#/papers", "broken_text"),
        ({"papers": {"doctor": json.loads("[" * 40 + "]" * 40)}}, "#/papers/doctor" + "/0" * 28, "too_deep"),
    ],
)
def test_what_cannot_be_kept_is_named_by_its_place(
    office: Office, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = office.clerk.post("/v1/claims", {"person_id": office.someone(), "benefit": "sickness"} | body)
    assert answer.status_code == 422
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json["errors"]]


@pytest.mark.parametrize("papers", [{"verified": 5}, {"verified": {"a": 1}}, {"doctor": [5]}, {"advance_paid": 1e300}])
def test_papers_of_a_wrong_shape_break_no_page(office: Office, papers: dict[str, Any]) -> None:
    body = {"person_id": office.someone(), "benefit": "sickness", "facts": SICK, "papers": papers}
    claim = office.clerk.post("/v1/claims", body).json
    assert office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=1).status_code == 200
    assert office.clerk.get(f"/desk/claims/{claim['id']}").status_code == 200


def test_an_earlier_spell_that_says_nothing_is_named_and_breaks_no_page(office: Office) -> None:
    facts = SICK | {"earlier_spells": [{}]}
    claim = office.clerk.post("/v1/claims", {"person_id": office.someone(), "benefit": "sickness", "facts": facts}).json
    assert office.clerk.get(f"/desk/claims/{claim['id']}").status_code == 200
    assert office.clerk.get(f"/v1/claims/{claim['id']}/assessment").status_code == 422
    refused = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=1)
    assert any(e["pointer"].startswith("#/earlier_spells/0") for e in refused.json["errors"])


@pytest.mark.parametrize("target", ["/\n//x", "/\t/x", "//x", "/\\x", "http://x", "/\r\nSet-Cookie: a=b", "\x00"])
def test_signing_in_leads_nowhere_but_into_the_house(office: Office, target: str) -> None:
    client = office.app.test_client()
    page = client.get("/sign-in", query_string={"next": target})
    assert page.status_code == 400 if "\x00" in target else 'name="next" value="/"' in page.text
    form = {"username": "nobody", "password": "x", "code": "", "next": target}
    assert client.post("/session/sign-in", data=form).status_code in (400, 401)
