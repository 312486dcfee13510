"""What is said of money while payments are suspended, and after: what waits is owed, neither lost nor paid too much."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benefits.browser import live
from tests.benefits.conftest import SICK, Office
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_suspension import LONG, claim, suspended, version

__all__ = ["claim"]
Json = dict[str, Any]


def final(office: Office, made: Json) -> Json:
    """Decide a claim, by two people where it needs two."""
    found = decided(office, made | {"version": version(office, made)})
    if found["state"] == "proposed":
        found = office.supervisor.post(f"/v1/decisions/{found['id']}/confirmation").json
    assert found["state"] == "final", found
    return dict(found)


def says(office: Office, made: Json, why: str, **facts: Any) -> None:
    now = office.officer.get(f"/v1/claims/{made['id']}").json
    body = {"facts": now["facts"] | facts, "why": why}
    answer = office.officer.patch(f"/v1/claims/{made['id']}", body, etag=now["version"])
    assert answer.status_code == 200, answer.json


def outlook(office: Office, decision: Json) -> Json:
    """What the letter of a decision says of the money."""
    path = f"/v1/decisions/{decision['id']}/letter-facts"
    return dict(office.client.get(path, headers=office.machine("notifications")).json["outlook"])


def kip(outlook: Json) -> dict[str, int]:
    amounts = {name: outlook[name]["minor"] for name in ("paid", "to_come", "too_much")}
    return amounts | {"waiting": outlook.get("waiting", {"minor": 0})["minor"]}


@pytest.mark.parametrize("held", [True, False])
def test_days_before_it_are_paid_after_a_revision_that_numbers_them_anew(
    office: Office, held: bool
) -> None:
    until = {"wage_paid_until": "2025-05-01"}
    office.on("2025-06-10")
    late = LONG | {"employments": [SICK["employments"][0] | until]}
    made = submitted(office, office.someone(wage="2000000", until="2025-05"), facts=late, received_on="2025-06-09")
    first = final(office, made)["schedule"][0]
    assert first["period"]["from"] == "2025-05-02"
    live.bank_says(office, made, minor=first["amount"]["minor"], no=1, period=first["period"])
    office.on("2025-06-16")
    if held:
        suspended(office, made, first_day="2025-05-17")
    earlier = [SICK["employments"][0] | {"wage_paid_until": "2025-04-01"}]
    says(office, made, "the employer paid until 1 April only", employments=earlier)
    again = final(office, made)
    parts = sent(office, "benefits.award.revised")[-1]["instalments"]
    april, may, june = (part["amount"]["minor"] for part in parts)
    assert parts[1]["period"] == first["period"], "what was the first is the second now"
    assert may == first["amount"]["minor"]
    said = kip(outlook(office, again))
    assert said["paid"] == may
    assert said["too_much"] == 0
    lacks = again["schedule"][2]["amount"]["minor"]
    assert (june, said["to_come"], said["waiting"]) == ((0, april, lacks) if held else (lacks, april + lacks, 0))
