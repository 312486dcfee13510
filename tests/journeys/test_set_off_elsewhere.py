"""What was paid too much on one claim is kept back from another of the same person: decided by two, one truth
everywhere, never more than is owed."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.embedded.demo import examples
from deploy.embedded.hands import DoorShut
from tests.journeys import test_recovery as story
from tests.journeys.test_recovery import BOUNMY, TOO_MUCH, change, overpayment, see, settled, spent, stands, waits
from tests.journeys.town import Town

LA_S1 = next(e for e in examples() if e.id == "LA-S1")


def later_leave(first: str = "2025-07-17", last: str = "2025-10-17") -> dict[str, Any]:
    """A second illness, after the one on which too much was paid."""
    return LA_S1.facts | {
        "spell": {"first_day": first, "last_day": last, "illness": "J18.9", "same_illness": False},
        "certificates": [{"number": "D", "from": first, "to": last}],
        "employments": [{"pay": "monthly", "wage_paid_until": "2025-07-16", "wage_stopped_word": "employer"}],
    }


def two_claims(town: Town) -> tuple[dict[str, Any], dict[str, Any]]:
    """Half a month too much was paid on the first claim; the second has instalments to come."""
    owing = story.paid_too_much(town)
    town.passes("2025-07-21")
    wages = [{"month": f"2025-0{m}", "wage": {"minor": 320000000, "currency": "LAK"}} for m in (3, 4, 5, 6)]
    town.hands.khamla.post(f"/v1/persons/{town.hands.person(BOUNMY)['id']}/contributions", {"months": wages})
    paying = town.hands.register(BOUNMY, "sickness", "2025-07-21", later_leave())
    decision = town.hands.decide(paying["id"])
    town.settle()
    return owing, paying | {"last": decision}


def decide(town: Town, owing: dict[str, Any], paying: dict[str, Any]) -> dict[str, Any]:
    told = {"heard": "She agrees that it is kept back from her second claim."}
    proposed = story.propose(town, owing, "set_off", from_claim_id=paying["id"], **told)
    decided: dict[str, Any] = town.hands.manivanh.post(f"/v1/recoveries/{proposed['id']}/confirmation")
    town.settle()
    return decided


def planned(town: Town, claim: dict[str, Any]) -> dict[int, int]:
    orders = town.hands.orders(claim["id"])
    return {o["no"]: o["amount"]["minor"] for o in orders if o["state"] in ("planned", "held")}


def whole(claim: dict[str, Any]) -> dict[int, int]:
    return {part["no"]: part["amount"]["minor"] for part in claim["last"]["schedule"]}


def kept(town: Town, paying: dict[str, Any]) -> int:
    """What is kept back of the instalments that have not left."""
    full = whole(paying)
    return sum(full[no] - minor for no, minor in planned(town, paying).items())


def test_it_is_kept_back_from_the_other_claim_until_nothing_is_owed(town: Town) -> None:
    owing, paying = two_claims(town)
    before = spent(town)
    full = whole(paying)
    decided = decide(town, owing, paying)
    assert decided["from_claim_id"] == paying["id"]
    assert stands(town, owing) == ("recovering", TOO_MUCH), "nothing has been kept back yet"
    assert kept(town, paying) == decided["amount"]["minor"]
    assert all(minor * 5 >= full[no] * 4 for no, minor in planned(town, paying).items()), "at most a fifth of each"
    town.passes("2025-11-15")
    assert settled(town, paying) == paying["last"]["total"]["minor"] - decided["amount"]["minor"]
    assert stands(town, owing)[1] == TOO_MUCH - decided["amount"]["minor"]
    assert overpayment(town, owing)["repaid"]["minor"] == decided["amount"]["minor"]
    # What the second claim comes to was spent, by money and by what it brought; the first has so much less.
    assert spent(town) == before + settled(town, paying)
    assert see(town, paying)["state"] == "closed"
    assert {m["times"] for m in town.moved().values()} == {1}
    assert town.parked() == []


def test_only_two_people_and_only_what_is_hers_can_be_drawn_on(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = two_claims(town)
    with pytest.raises(DoorShut, match="other_claim_is_for_set_off"):
        story.propose(town, owing, "repay", heard="agrees", from_claim_id=paying["id"])
    with pytest.raises(DoorShut, match="nothing_to_withhold"):
        story.propose(town, owing, "set_off", heard="agrees", from_claim_id=owing["id"])
    proposed = story.propose(town, owing, "set_off", by="manivanh", heard="agrees", from_claim_id=paying["id"])
    with pytest.raises(DoorShut, match="same_person"):
        town.hands.manivanh.post(f"/v1/recoveries/{proposed['id']}/confirmation")
    assert kept(town, paying) == 0, "one person's word keeps nothing back"


def test_an_objection_stops_it_and_its_rejection_lets_it_go_on(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = two_claims(town)
    decided = decide(town, owing, paying)
    before = kept(town, paying)
    objection = town.hands.noy.post(
        f"/v1/recoveries/{decided['id']}/objections", {"grounds": "I need the whole of it."}
    )
    town.settle()
    assert stands(town, owing)[0] == "suspended"
    assert kept(town, paying) == 0, "while she is heard, nothing is kept back"
    body = {"outcome": "rejected", "reasons": "A fifth leaves enough to live on."}
    town.hands.bounthan.post(f"/v1/recoveries/objections/{objection['id']}/decision", body)
    town.settle()
    assert kept(town, paying) == before


def test_two_people_take_it_back_by_another_decision_and_what_was_kept_stays_counted(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = two_claims(town)
    decided = decide(town, owing, paying)
    town.passes("2025-09-27")
    counted = TOO_MUCH - stands(town, owing)[1]
    assert 0 < counted < decided["amount"]["minor"]
    story.decide_recovery(town, owing, "waive", reason="hardship")
    town.settle()
    assert kept(town, paying) == 0
    assert stands(town, owing) == ("waived", 0)
    town.passes("2025-11-15")
    assert settled(town, paying) == paying["last"]["total"]["minor"] - counted


def test_where_the_other_award_is_revoked_the_rest_stays_owed(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = two_claims(town)
    decide(town, owing, paying)
    town.passes("2025-09-27")
    assert 0 < stands(town, owing)[1] < TOO_MUCH
    gone = settled(town, paying)
    facts = see(town, paying)["facts"]
    void = [facts["certificates"][0] | {"cancelled": True}]
    change(town, paying, facts | {"certificates": void})
    town.hands.decide(paying["id"])
    town.settle()
    # Both claims together are owed what was paid in cash beyond what is due: nothing is lost, nothing doubled.
    left = stands(town, owing)[1] + stands(town, paying)[1]
    assert left == TOO_MUCH + gone
    assert waits(town, owing) == ("officer", "overpayment")
    assert town.parked() == []


def test_what_she_pays_back_meanwhile_is_not_kept_back_as_well(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = two_claims(town)
    decide(town, owing, paying)
    town.passes("2025-09-27")
    left = stands(town, owing)[1]
    story.pays_in(town, left, f"pay back {owing['number']}")
    (line,) = story.unexplained(town)
    story.explain(town, line, owing["number"])
    town.settle()
    assert stands(town, owing) == ("settled", 0)
    assert kept(town, paying) == 0
    town.passes("2025-11-15")
    assert settled(town, paying) == paying["last"]["total"]["minor"] - (TOO_MUCH - left)
    assert town.parked() == []


def test_what_turns_out_to_be_due_after_all_is_given_back(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = two_claims(town)
    decide(town, owing, paying)
    town.passes("2025-09-27")
    counted = TOO_MUCH - stands(town, owing)[1]
    assert counted > 0
    facts = see(town, owing)["facts"] | {
        "spell": {"first_day": "2025-03-03", "last_day": "2025-05-31"},
        "certificates": [
            {"number": "A", "from": "2025-03-03", "to": "2025-05-16"},
            {"number": "C", "from": "2025-05-17", "to": "2025-05-31", "follow_up": True},
        ],
    }
    papers = see(town, owing)["papers"] | {"verified": ["A", "C"]}
    change(town, owing, facts, "the hospital confirms it after all", papers=papers)
    decision = town.hands.decide(owing["id"])
    town.settle()
    assert stands(town, owing) == ("settled", 0)
    town.passes("2025-11-15")
    both = decision["total"]["minor"] + paying["last"]["total"]["minor"]
    assert settled(town, owing) + settled(town, paying) == both == spent(town)
    assert town.parked() == []
