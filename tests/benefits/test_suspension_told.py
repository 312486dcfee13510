"""What is said of money while payments are suspended, and after: what waits is owed, neither lost nor paid too much."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.benefits.usecases import feedback
from tests.benefits.browser import live
from tests.benefits.conftest import SICK, Office, Person
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_suspension import ANOTHER, LONG, claim, lifts, suspended, version
from tests.benefits.visitors import Browser, Phone
from tests.there import there

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
    return dict(there(office.client.get(path, headers=office.machine("notifications")).json)["outlook"])


def letter_facts(office: Office, found: Json) -> Json:
    """What the letters about a suspension say."""
    path = f"/v1/suspensions/{found['id']}/letter-facts"
    said = there(office.client.get(path, headers=office.machine("notifications")).json)
    assert "lifted" in said, said
    return dict(said)


def kip(outlook: Json) -> dict[str, int]:
    amounts = {name: outlook[name]["minor"] for name in ("paid", "to_come", "too_much")}
    return amounts | {"waiting": outlook.get("waiting", {"minor": 0})["minor"]}


@pytest.mark.parametrize("held", [True, False])
def test_days_before_it_are_paid_after_a_revision_that_numbers_them_anew(office: Office, held: bool) -> None:
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


def test_a_decision_made_meanwhile_says_what_waits_and_no_debt_that_is_none(office: Office, claim: Json) -> None:
    first = claim["decision"]["schedule"][0]
    live.bank_says(office, claim, minor=first["amount"]["minor"], no=1, period=first["period"])
    suspended(office, claim)
    says(office, claim, "the employer paid one day more", event={"employer_days_used": 1})
    again = final(office, claim)
    said = kip(outlook(office, again))
    owed = again["total"]["minor"] - first["amount"]["minor"]
    assert said == {"paid": first["amount"]["minor"], "to_come": 0, "too_much": 0, "waiting": owed}
    made = sent(office, "benefits.decision.made")[-1]
    assert (made["to_come"]["minor"], made["waiting"]["minor"]) == (0, owed)
    assert sent(office, "benefits.overpayment.found") == []
    path = f"/v1/decisions/{again['id']}/letter-facts"
    facts = there(office.client.get(path, headers=office.machine("notifications")).json)
    held, waits = facts["suspended"]
    assert held["msg"].startswith("Payments for days from {first} on are suspended")
    assert (waits["msg"], waits["params"]["amount"]["value"]["currency"]) == ("{amount} waits.", "LAK")
    phone = Phone(office)
    phone.client.set_cookie("lang", "en")
    page = re.sub(r"\s+", " ", phone.come_in(claim))
    assert "(Practice of the institution: suspension). 2,753,333 kip waits." in page
    desk = re.sub(r"\s+", " ", Browser(office, office.officer).open(f"/desk/claims/{claim['id']}/decide"))
    assert "2,753,333 kip waits." in desk
    assert "Paid beyond the award" not in desk


def test_lifted_after_a_death_was_reported_nothing_promises_money(office: Office, claim: Json) -> None:
    found = suspended(office, claim)
    about = {"person_id": claim["person_id"], "office_id": "svk", "reported_on": "2025-05-20"}
    with office.service.engine.begin() as connection:
        feedback.payee_died(office.act(connection), cast(Any, SimpleNamespace(data=about)))
    assert lifts(office, found).status_code == 200
    lifted = letter_facts(office, found)["lifted"]
    assert lifted["goes_on"] is False
    assert lifted["said"]["msg"] == "The ground did not hold. This award has ended: nothing more is paid on it."
    (told,) = sent(office, "benefits.suspension.lifted")
    assert told["goes_on"] is False
    assert "nothing more is paid" in Browser(office, office.officer).open(f"/desk/claims/{claim['id']}/suspension")


@pytest.mark.parametrize(
    ("until", "outcome", "goes_on"), [("2025-06-30", "rejected", False), ("2025-05-20", "partly_upheld", True)]
)
def test_whether_the_ground_held_on_all_days_or_on_some_she_is_told_so(
    office: Office, claim: Json, until: str, outcome: str, goes_on: bool
) -> None:
    first = claim["decision"]["schedule"][0]
    live.bank_says(office, claim, minor=first["amount"]["minor"], no=1, period=first["period"])
    found = suspended(office, claim, first_day="2025-05-02")
    body = {"decision_id": claim["decision"]["id"], "finding": "suspension", "grounds": "I was at home."}
    assert office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body).status_code == 201
    held = lifts(office, found, "held", held={"from": "2025-05-02", "to": until}, words="The ledger shows it.")
    assert held.status_code == 200, held.json
    made = office.officer2.post(
        f"/v1/claims/{claim['id']}/decisions", {"reasons": "The ledger."}, etag=version(office, claim)
    )
    assert made.status_code == 201, made.json
    Person(office, ANOTHER).post(f"/v1/decisions/{made.json['id']}/confirmation")
    assert [told["outcome"] for told in sent(office, "benefits.appeal.decided")] == [outcome]
    (told,) = sent(office, "benefits.suspension.lifted")
    lifted = letter_facts(office, found)["lifted"]
    assert (told["goes_on"], lifted["goes_on"]) == (goes_on, goes_on)
    assert ("Nothing more is paid; you can object" in lifted["said"]["msg"]) is not goes_on
