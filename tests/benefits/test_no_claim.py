"""A benefit that nobody had to claim: a paper opens the case, she says that it is hers, and nothing is paid before."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.institution import institution
from services.benefits.usecases import no_claim
from shared.act import Actor
from tests.benefits.conftest import Office, Person
from tests.benefits.test_tasks import run
from tests.benefits.visitors import Browser
from tests.there import there

NUMBER = "1002003004"


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """An institution that opens a case for a birth."""
    house = replace(institution(), opens_cases={"birth": "birth"})
    monkeypatch.setattr(no_claim, "institution", lambda: house)


@pytest.fixture
def mother(office: Office) -> str:
    return office.someone(number=NUMBER, months=20, until="2025-04")


def reported(office: Office, born: str = "2025-05-12", no: str = "R-1", **more: str) -> list[tuple[Any, ...]]:
    """A list of the civil registry with one birth."""
    row = {"sso_no": NUMBER, "birth_on": born, "registry_no": no} | more
    data = (",".join(row) + "\n" + ",".join(row.values()) + "\n").encode()
    headers = office.officer.headers(**{"Idempotency-Key": uuid.uuid4().hex})
    answer = office.client.post("/v1/imports/births", data=data, content_type="text/csv", headers=headers)
    assert answer.status_code == 201, answer.json
    return [(a["outcome"], a["code"]) for a in there(answer.json)["items"]]


def cases(office: Office) -> list[Any]:
    with office.service.engine.connect() as connection:
        return list(connection.execute(select(t.claim).order_by(t.claim.c.id)))


def herself(office: Office, claim_id: str) -> Browser:
    actor = Actor(id=f"worker:{claim_id}", kind="worker", roles=frozenset({"worker"}), claim=claim_id, language="en")
    return Browser(office, Person(office, actor))


@pytest.mark.usefixtures("opens", "mother")
def test_a_birth_the_registry_reports_opens_a_case_and_asks_her(office: Office) -> None:
    assert reported(office) == [("accepted", "case_opened")]
    (case,) = cases(office)
    assert (case.benefit, case.origin, case.state, case.waits_for, case.waits_reason) == (
        "birth",
        "paper",
        "returned",
        "worker",
        "confirm_case",
    )
    assert case.facts["event"]["birth_on"] == "2025-05-12"
    with office.service.engine.connect() as connection:
        asked = store.claims.statements(office.act(connection), case.employer_id)
    assert [x.claim_id for x in asked] == [case.id]


@pytest.mark.usefixtures("opens", "mother")
def test_she_says_on_her_page_that_it_is_hers(office: Office) -> None:
    reported(office)
    (case,) = cases(office)
    her = herself(office, case.id)
    assert "Is this claim yours?" in her.open("/worker")
    her.send("/worker/case", do="mine")
    assert "Is this claim yours?" not in her.text
    now = office.claim(case.id)
    assert (now.state, there(now.waits).whom, there(now.waits).reason) == ("submitted", "officer", "to_decide")
    her.send("/worker/case", do="not_mine", key="again")  # a second click changes nothing
    assert office.claim(case.id).state == "submitted"


@pytest.mark.usefixtures("opens", "mother")
def test_what_is_not_hers_ends_and_nothing_is_paid(office: Office) -> None:
    reported(office)
    (case,) = cases(office)
    herself(office, case.id).send("/worker/case", do="not_mine")
    assert office.claim(case.id).state == "withdrawn"
    run(office)
    with office.service.engine.connect() as connection:
        assert not connection.execute(select(t.award)).all()


@pytest.mark.usefixtures("opens", "mother")
def test_reported_again_or_by_two_it_is_one_case(office: Office) -> None:
    reported(office)
    assert reported(office)[0][0] == "duplicate"
    assert reported(office, no="R-2", born="2025-05-13") == [("accepted", "paper_differs")]
    assert len(cases(office)) == 1


@pytest.mark.usefixtures("opens", "mother")
@pytest.mark.parametrize("more", [{"name": "Somebody Else"}, {"sso_no": "9999999999"}, {"birth_on": "2025-06-01"}])
def test_what_is_doubtful_opens_nothing(office: Office, more: dict[str, str]) -> None:
    found = reported(office, **({"born": more["birth_on"]} if "birth_on" in more else more))
    assert found[0][1] != "case_opened"
    assert not cases(office)


@pytest.mark.usefixtures("mother")
def test_where_people_claim_a_paper_waits_for_a_claim(office: Office) -> None:
    assert reported(office) == [("accepted", "paper_waits")]
    assert not cases(office)


@pytest.mark.usefixtures("opens", "mother")
def test_nobody_decides_before_she_has_said_that_it_is_hers(office: Office) -> None:
    reported(office)
    (case,) = cases(office)
    now = office.officer.get(f"/v1/claims/{case.id}").json
    refused = office.officer2.post(f"/v1/claims/{case.id}/decisions", {}, etag=now["version"])
    assert refused.status_code == 409
    assert "case_unconfirmed" in {e["code"] for e in refused.json["errors"]}
    herself(office, case.id).send("/worker/case", do="mine")
    later = office.officer.get(f"/v1/claims/{case.id}").json
    again = office.officer2.post(f"/v1/claims/{case.id}/decisions", {}, etag=later["version"])
    assert "case_unconfirmed" not in {e["code"] for e in again.json.get("errors", [])}


@pytest.mark.usefixtures("opens", "mother")
def test_the_code_of_a_letter_alone_moves_no_money_by_the_rules(office: Office) -> None:
    reported(office)
    (case,) = cases(office)
    herself(office, case.id).send("/worker/case", do="mine")
    run(office)
    assert "unconfirmed" in by_hand(office, case.id)


@pytest.mark.usefixtures("opens", "mother")
def test_a_paper_whose_case_was_not_hers_waits_for_her_own_claim(office: Office) -> None:
    reported(office)
    (case,) = cases(office)
    herself(office, case.id).send("/worker/case", do="anything")
    assert office.claim(case.id).state == "returned"
    herself(office, case.id).send("/worker/case", do="not_mine", key="second")
    with office.service.engine.connect() as connection:
        paper = connection.execute(select(t.hospital_paper)).one()
    assert (paper.state, paper.claim_id) == ("waiting", None)


def by_hand(office: Office, claim_id: str) -> list[str]:
    with office.service.engine.connect() as connection:
        return list(there(store.tasks.get(office.act(connection), office.claim(claim_id).id).by_hand))
