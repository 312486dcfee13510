"""A person asks that her name be erased: she is told, a second person does it, and only a code stays with what must."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.embedded.hands import DoorShut
from services.benefits.domain.erasure import code_of
from services.benefits.domain.ids import PersonId
from tests.journeys.test_journeys import BOUNMY, LA_S1
from tests.journeys.town import Town


def amounts(town: Town) -> list[Any]:
    with town.services["payments"].engine.connect() as connection:
        orders = "SELECT reference, amount_minor, state FROM payment_order ORDER BY reference"
        postings = "SELECT account, sum(minor) FROM ledger_posting GROUP BY account ORDER BY account"
        return [*connection.exec_driver_sql(orders), *connection.exec_driver_sql(postings)]


def test_her_name_goes_from_the_whole_house_and_the_books_stay(quiet_town: Town) -> None:
    town = quiet_town
    town.passes("2025-05-19")
    claim = town.hands.register(BOUNMY, "sickness", "2025-05-19", LA_S1.facts)
    town.hands.decide(claim["id"])
    her = town.hands.person(BOUNMY)
    path = f"/v1/persons/{her['id']}/erasures"
    with pytest.raises(DoorShut, match="money_under_way"):
        town.hands.officer.post(path, {"why": "her letter of 20 May"})
    town.passes("2025-06-30")
    with pytest.raises(DoorShut, match="appeal_time_running"):
        town.hands.officer.post(path, {"why": "her letter of 20 May"})
    town.passes("2025-08-01")
    assert town.hands.officer.get(f"/v1/claims/{claim['id']}")["state"] == "closed"
    asked = town.hands.officer.post(path, {"why": "her letter of 1 August"})
    assert asked["not_before"] == "2025-08-15"
    town.settle()
    assert "15" in town.texts(BOUNMY)[-1], "she was told beforehand"
    with pytest.raises(DoorShut, match="too_early"):
        town.hands.supervisor.post(f"{path}/{asked['id']}/release")
    town.passes("2025-08-15")
    numbers = [i["value"] for i in her["identifiers"]]
    words = [her["name"]["latin"], her["name"]["full"], her["phone"][-8:], *numbers]
    assert "benefits.person.name" in town.lying_open(*words)
    before = amounts(town)
    assert town.hands.supervisor.post(f"{path}/{asked['id']}/release")["state"] == "erased"
    town.settle()
    assert town.lying_open(*words) == set()
    assert amounts(town) == before, "what was paid stays"
    with town.services["notifications"].engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT state, text FROM message WHERE channel = 'sms'").all()
        assert told
        assert {row.text for row in told} == {""}, "that she was told stays, what it said goes"
        assert connection.exec_driver_sql("SELECT count(*) FROM letter_document").scalar() == 0
    kept = town.hands.auditor.get(f"/v1/persons/{her['id']}")
    assert kept["name"]["full"] == code_of(PersonId(her["id"]))
    assert town.hands.officer.get(f"/v1/claims/{claim['id']}")["state"] == "closed", "the decision stays"
    assert town.hands.officer.get("/v1/erasures")["items"] == []
    with pytest.raises(DoorShut, match="person_erased"):
        town.hands.clerk.post(
            "/v1/claims", {"person_id": her["id"], "benefit": "sickness", "received_on": "2025-08-15"}
        )
