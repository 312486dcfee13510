"""One claim's whole journey, from the counter to the phone, and what can happen on the way."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deploy.embedded.demo import examples
from deploy.embedded.hands import DoorShut
from tests.journeys.town import Town

BOUNMY = "10-0001-7919"
LA_S1 = next(e for e in examples() if e.id == "LA-S1")


def registered(town: Town, number: str = BOUNMY, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    return town.hands.register(number, "sickness", town.clock.today().isoformat(), facts or LA_S1.facts)


def settled(town: Town, claim: dict[str, Any]) -> list[int]:
    return [o["amount"]["minor"] for o in town.hands.orders(claim["id"]) if o["state"] == "settled"]


def test_a_claim_from_the_counter_to_the_phone(town: Town) -> None:
    town.passes("2025-05-19")
    claim = registered(town)
    decision = town.hands.decide(claim["id"])
    town.passes("2025-05-30")
    assert decision["outcome"] == "granted"
    assert sorted(settled(town, claim)) == [112000000, 224000000]
    assert {m["times"] for m in town.moved().values()} == {1}
    assert sum(m["minor"] for m in town.moved().values()) == 336000000
    texts = [re.sub(r"\s", " ", t) for t in town.texts(BOUNMY)]
    assert sum("2.240.000" in t for t in texts) == 1
    assert sum("1.120.000" in t for t in texts) == 1
    letters = [x for x in town.hands.letters(claim["id"]) if x["decision_id"] == decision["id"]]
    assert len(letters) == 1
    assert town.hands.phet.get(f"/v1/letters/{letters[0]['id']}").startswith(b"%PDF")
    assert town.hands.khamla.get(f"/v1/claims/{claim['id']}")["state"] == "closed"
    balances = town.hands.phet.get("/v1/ledger/balances")["items"]
    assert sum(b["balance"] for b in balances) == 0
    assert town.parked() == []


def test_a_refusal_sends_a_letter_and_no_money(quiet_town: Town) -> None:
    town = quiet_town
    example = next(e for e in examples() if e.id == "LA-S4")
    town.passes("2025-06-30")
    claim = town.hands.register(example.number, example.benefit, "2025-06-30", example.facts)
    decision = town.hands.decide(claim["id"])
    town.passes("2025-07-12")
    assert decision["outcome"] == "refused"
    assert town.hands.orders(claim["id"]) == []
    assert town.moved() == {}
    letters = town.hands.letters(claim["id"])
    assert [x["template"] for x in letters if x["decision_id"] == decision["id"]] == ["decision_letter"]


def test_a_corrected_wage_pays_the_difference_once(town: Town) -> None:
    town.passes("2025-05-19")
    claim = registered(town)
    town.hands.decide(claim["id"])
    town.passes("2025-05-30")
    months = [
        {"month": m, "wage": {"minor": 350000000, "currency": "LAK"}}
        for m in ("2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02")
    ]
    person = town.hands.person(BOUNMY)
    town.hands.khamla.post(f"/v1/persons/{person['id']}/contributions", {"months": months})
    now = town.hands.khamla.get(f"/v1/claims/{claim['id']}")
    now = town.hands.khamla.call(
        "PATCH",
        f"/v1/claims/{claim['id']}",
        {"facts": now["facts"], "why": "wages corrected"},
        etag=now["version"],
    )
    revision = town.hands.decide(claim["id"])
    town.passes("2025-06-13")
    assert revision["difference"]["minor"] == 31500000
    assert sum(settled(town, claim)) == revision["total"]["minor"] == 367500000
    assert {m["times"] for m in town.moved().values()} == {1}


def test_a_cancelled_certificate_stops_what_was_not_sent_and_names_what_was_paid_too_much(quiet_town: Town) -> None:
    town = quiet_town
    facts = LA_S1.facts | {
        "spell": {"first_day": "2025-03-03", "last_day": "2025-07-16"},
        "certificates": [
            {"number": "A", "from": "2025-03-03", "to": "2025-05-16"},
            {"number": "B", "from": "2025-05-17", "to": "2025-07-16", "follow_up": True},
        ],
    }
    town.passes("2025-05-19")
    claim = registered(town, facts=facts)
    town.hands.decide(claim["id"])
    town.passes("2025-06-14")
    assert sum(settled(town, claim)) == 448000000
    now = town.hands.khamla.get(f"/v1/claims/{claim['id']}")
    cancelled = now["facts"] | {
        "certificates": [
            now["facts"]["certificates"][0],
            now["facts"]["certificates"][1] | {"cancelled": True},
        ]
    }
    town.hands.khamla.call(
        "PATCH",
        f"/v1/claims/{claim['id']}",
        {"facts": cancelled, "why": "the hospital cancelled it"},
        etag=now["version"],
    )
    shorter = town.hands.decide(claim["id"])
    town.passes("2025-08-15")
    assert shorter["total"]["minor"] == 336000000
    assert sum(settled(town, claim)) == 448000000, "nothing more was sent, nothing was taken back in silence"
    with town.services["benefits"].engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT minor, state FROM overpayment").all() == [(112000000, "found")]


def test_money_that_came_back_is_paid_once_to_the_new_account(quiet_town: Town) -> None:
    town = quiet_town
    person = town.hands.person(BOUNMY)
    town.hands.noy.call(
        "PUT",
        f"/v1/persons/{person['id']}/payee",
        {"kind": "bank", "bank": "BCEL", "number": "0101110009104", "holder": person["name"]["latin"]},
    )
    town.passes("2025-05-19")
    claim = registered(town)
    town.hands.decide(claim["id"])
    town.passes("2025-05-28")
    now = town.hands.khamla.get(f"/v1/claims/{claim['id']}")
    assert (now["waits_for"]["whom"], now["waits_for"]["reason"]) == ("worker", "account")
    assert settled(town, claim) == []
    town.hands.noy.call(
        "PUT",
        f"/v1/persons/{person['id']}/payee",
        {"kind": "bank", "bank": "BCEL", "number": "0101110005555", "holder": person["name"]["latin"]},
    )
    town.settle()
    town.passes("2025-06-06")
    assert sum(settled(town, claim)) == 336000000
    assert sum(m["minor"] for m in town.moved().values()) == 336000000


def test_while_an_appeal_is_open_nothing_is_recovered(quiet_town: Town) -> None:
    town = quiet_town
    town.passes("2025-05-19")
    claim = registered(town)
    decision = town.hands.decide(claim["id"])
    town.passes("2025-05-23")
    appeal = town.hands.noy.post(
        f"/v1/claims/{claim['id']}/appeals",
        {"decision_id": decision["id"], "finding": "contributed", "grounds": "I paid for more months."},
    )
    with pytest.raises(DoorShut, match="same_person"):
        town.hands.decide(claim["id"])
    after = town.hands.decide(claim["id"], officer="souk", supervisor="bounthan", reasons="Nothing new was found.")
    assert after["kind"] == "appeal"
    assert town.hands.noy.get(f"/v1/claims/{claim['id']}")["state"] == "decided"
    town.passes("2025-06-06")
    assert sum(settled(town, claim)) == 336000000
    assert {m["times"] for m in town.moved().values()} == {1}
    assert appeal["state"] == "lodged"
