"""Suspended payments on the real carriers: nothing of what waits is ordered, nothing leaves twice, nothing is lost."""

from __future__ import annotations

from typing import Any

from tests.journeys.test_recovery import BOUNMY, long_leave, see, settled, templates, texts
from tests.journeys.town import Town

Json = dict[str, Any]


def granted(town: Town) -> Json:
    """A leave until the middle of July, decided on 19 May; what was due until then leaves on the 22nd."""
    town.passes("2025-05-19")
    claim = town.hands.register(BOUNMY, "sickness", "2025-05-19", long_leave())
    decision = town.hands.decide(claim["id"])
    town.settle()
    return claim | {"decision": decision}


def suspend(town: Town, claim: Json, first_day: str = "2025-05-17") -> Json:
    body = {"ground": "worked", "first_day": first_day, "words": "Seen at work.", "look_again_on": "2025-07-01"}
    etag = see(town, claim)["version"]
    asked = town.hands.khamla.post(f"/v1/claims/{claim['id']}/suspensions", body, etag=etag)
    found: Json = town.hands.manivanh.post(f"/v1/suspensions/{asked['id']}/confirmation")
    return found


def lift(town: Town, found: Json, **more: Any) -> None:
    body = {"ended": "groundless", "words": "It was her sister."} | more
    town.hands.khamla.post(f"/v1/suspensions/{found['id']}/lifting", body)
    town.settle()


def orders(town: Town, claim: Json, *states: str) -> dict[int, int]:
    return {o["no"]: o["amount"]["minor"] for o in town.hands.orders(claim["id"]) if o["state"] in states}


def first_part(claim: Json) -> int:
    """What is due for the days before 17 May."""
    schedule = claim["decision"]["schedule"]
    return sum(int(p["amount"]["minor"]) for p in schedule if p["period"]["to"] < "2025-05-17")


def test_suspended_before_a_pay_day_nothing_of_it_leaves_and_lifted_it_is_paid_once(town: Town) -> None:
    claim = granted(town)
    town.passes("2025-05-24")
    before = settled(town, claim)
    assert before == first_part(claim)
    found = suspend(town, claim)
    town.settle()
    assert orders(town, claim, "planned", "held", "approved") == {}
    town.passes("2025-06-28")
    assert settled(town, claim) == before, "three pay days passed, and nothing left"
    assert see(town, claim)["waits_for"]["reason"] == "suspended"
    lift(town, found)
    town.passes("2025-08-01")
    assert settled(town, claim) == claim["decision"]["total"]["minor"]
    assert {m["times"] for m in town.moved().values()} == {1}
    assert see(town, claim)["state"] == "closed"
    assert templates(town, claim).count("suspension_letter") == 1
    assert templates(town, claim).count("suspension_end_letter") == 1
    assert sum("17/5/2025" in told for told in texts(town)) == 1
    assert town.parked() == []


def test_lifted_with_days_on_which_the_ground_held_the_rest_is_paid(town: Town) -> None:
    claim = granted(town)
    town.passes("2025-05-24")
    found = suspend(town, claim)
    town.passes("2025-06-20")
    lift(town, found, ended="held", held={"from": "2025-05-17", "to": "2025-05-31"}, words="The ledger shows it.")
    town.passes("2025-06-27")
    assert settled(town, claim) == first_part(claim), "until it is decided again, all waits"
    last = town.hands.decide(claim["id"])
    town.passes("2025-08-01")
    assert first_part(claim) < last["total"]["minor"] < claim["decision"]["total"]["minor"]
    assert settled(town, claim) == last["total"]["minor"]
    assert {m["times"] for m in town.moved().values()} == {1}
    assert see(town, claim)["state"] == "closed"
    assert town.parked() == []


def test_suspended_while_a_run_is_drafted_it_is_taken_out_and_what_was_released_is_not_touched(town: Town) -> None:
    claim = granted(town)
    # The pay day comes, the run is drafted and checked, and nobody has released it yet.
    town.passes("2025-05-22", releasing=False)
    found = suspend(town, claim, first_day="2025-04-02")
    town.settle()
    town.passes("2025-05-30")
    assert settled(town, claim) == 0
    lift(town, found)
    town.passes("2025-06-06")
    assert settled(town, claim) >= first_part(claim)
    again = suspend(town, claim, first_day="2025-04-02")
    before = settled(town, claim)
    town.passes("2025-07-01")
    assert settled(town, claim) == before, "what has left stays, what had not waits"
    lift(town, again)
    town.passes("2025-08-01")
    assert settled(town, claim) == claim["decision"]["total"]["minor"]
    assert {m["times"] for m in town.moved().values()} == {1}
    assert town.parked() == []


def test_suspended_right_after_the_release_what_is_on_its_way_counts_once(town: Town) -> None:
    claim = granted(town)
    town.passes("2025-05-22", releasing=False)
    assert town.hands.release_runs()
    found = suspend(town, claim, first_day="2025-04-02")
    town.passes("2025-06-12")
    gone = settled(town, claim)
    assert gone in (0, first_part(claim)), "as a whole, or not at all"
    lift(town, found)
    town.passes("2025-08-01")
    assert settled(town, claim) == claim["decision"]["total"]["minor"]
    assert {m["times"] for m in town.moved().values()} == {1}
    assert town.parked() == []
