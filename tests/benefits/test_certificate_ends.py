"""Two days before her last certificate ends, the worker is told what to do: once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.benefits import store
from services.benefits.usecases import certificate_ends
from tests.benefits.conftest import PAPERS, SICK, Office
from tests.benefits.test_claim_story import sent

#: The last certificate of worked example LA-S1 ends on 16 May 2025.
END = date(2025, 5, 16)


def submitted(office: Office, person: str, facts: dict[str, Any] = SICK) -> dict[str, Any]:
    body = {"person_id": person, "benefit": "sickness", "received_on": "2025-05-05", "facts": facts, "papers": PAPERS}
    claim = office.clerk.post("/v1/claims", body).json
    answer: dict[str, Any] = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json
    return answer


def decided(office: Office, person: str, facts: dict[str, Any] = SICK) -> dict[str, Any]:
    claim = submitted(office, person, facts)
    answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert answer.json["state"] == "final", answer.json
    return claim


def told(office: Office) -> list[str]:
    """The days that were told, in the order of telling."""
    return [data["last_day"] for data in sent(office, "benefits.certificate.ends")]


def on(office: Office, day: str) -> list[str]:
    office.on(day)
    office.service.look_at_jobs()
    return told(office)


@pytest.fixture
def ill(office: Office) -> dict[str, Any]:
    office.on("2025-05-06")
    return decided(office, office.someone())


def test_she_is_told_two_days_before_and_not_again(office: Office, ill: dict[str, Any]) -> None:
    assert on(office, "2025-05-13") == []
    assert on(office, "2025-05-14") == ["2025-05-16"]
    assert on(office, "2025-05-15") == ["2025-05-16"]
    with office.service.engine.begin() as connection:
        certificate_ends.remind(office.act(connection), ill["id"], END)  # a job that is repeated
        changes = store.claims.changes(office.act(connection), office.claim(ill["id"]).id)
    assert told(office) == ["2025-05-16"]
    assert [c.what for c in changes].count("certificate_told") == 1


def test_a_claim_decided_the_day_before_is_told_at_once_and_one_decided_after_it_is_not(office: Office) -> None:
    office.on("2025-05-15")
    decided(office, office.someone())
    assert on(office, "2025-05-15") == ["2025-05-16"]
    office.on("2025-05-20")
    decided(office, office.someone("ນາງ ວັນນາ ໄຊຍະວົງ", "Vanna Xayavong"))
    assert on(office, "2025-05-20") == ["2025-05-16"]


def test_a_claim_that_is_not_decided_or_refused_tells_nothing(office: Office) -> None:
    office.on("2025-05-06")
    submitted(office, office.someone())
    decided(office, office.someone("ນາງ ວັນນາ ໄຊຍະວົງ", "Vanna Xayavong", months=2))
    assert on(office, "2025-05-14") == []


def test_a_follow_up_certificate_moves_the_day(office: Office, ill: dict[str, Any]) -> None:
    more = {"number": "SVK-25-03001", "from": "2025-05-17", "to": "2025-05-30", "follow_up": True}
    facts = SICK | {
        "spell": SICK["spell"] | {"last_day": "2025-05-30"},
        "certificates": [*SICK["certificates"], more],
    }
    claim = office.claim(ill["id"])
    said = {"facts": facts, "papers": {"verified": ["SVK-25-01981", "SVK-25-02640", "SVK-25-03001"]}, "why": "longer"}
    office.clerk.patch(f"/v1/claims/{claim.id}", said, etag=claim.version)
    office.officer.post(f"/v1/claims/{claim.id}/decisions", {}, etag=office.claim(ill["id"]).version)
    assert office.claim(ill["id"]).state == "decided"
    assert on(office, "2025-05-14") == []
    assert on(office, "2025-05-28") == ["2025-05-30"]


def test_who_is_fit_by_then_is_told_nothing(office: Office) -> None:
    office.on("2025-05-06")
    fit = {name: said for name, said in SICK["spell"].items() if name != "last_day"} | {"fit_on": "2025-05-17"}
    decided(office, office.someone(), facts=SICK | {"spell": fit})
    assert on(office, "2025-05-14") == []
