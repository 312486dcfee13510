"""What was paid too much: found, decided by two people after the person was heard, paid back, withheld or let go."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import requests

from deploy.embedded.demo import examples
from deploy.embedded.hands import DoorShut
from tests.journeys.town import Town

BOUNMY = "10-0001-7919"
LA_S1 = next(e for e in examples() if e.id == "LA-S1")
#: The institution's account in kip, as payments' institution.yaml names it.
OUR_ACCOUNT = "0100000000001"
TOO_MUCH = 112000000


def long_leave(until: str = "2025-07-16") -> dict[str, Any]:
    """A sick leave in two certificates; the second is cancelled later."""
    return LA_S1.facts | {
        "spell": {"first_day": "2025-03-03", "last_day": until},
        "certificates": [
            {"number": "A", "from": "2025-03-03", "to": "2025-05-16"},
            {"number": "B", "from": "2025-05-17", "to": until, "follow_up": True},
        ],
    }


def paid_too_much(town: Town) -> dict[str, Any]:
    """Half a month too much was paid, because a certificate turned out to be void."""
    town.passes("2025-05-19")
    claim = town.hands.register(BOUNMY, "sickness", "2025-05-19", long_leave())
    town.hands.decide(claim["id"])
    town.passes("2025-06-14")
    now = see(town, claim)
    certificates = [now["facts"]["certificates"][0], now["facts"]["certificates"][1] | {"cancelled": True}]
    change(town, claim, now["facts"] | {"certificates": certificates})
    last = town.hands.decide(claim["id"])
    town.settle()
    return claim | {"last": last}


def see(town: Town, claim: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = town.hands.khamla.get(f"/v1/claims/{claim['id']}")
    return answer


def change(
    town: Town, claim: dict[str, Any], facts: dict[str, Any], why: str = "the hospital cancelled it", **more: Any
) -> None:
    etag = see(town, claim)["version"]
    body = {"facts": facts, "why": why, **more}
    town.hands.khamla.call("PATCH", f"/v1/claims/{claim['id']}", body, etag=etag)


def overpayment(town: Town, claim: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = town.hands.khamla.get(f"/v1/claims/{claim['id']}/overpayment")
    return answer


def stands(town: Town, claim: dict[str, Any]) -> tuple[str, int]:
    found = overpayment(town, claim)
    return found["state"], found["outstanding"]["minor"]


def propose(town: Town, claim: dict[str, Any], way: str, by: str = "khamla", **told: Any) -> dict[str, Any]:
    etag = see(town, claim)["version"]
    answer: dict[str, Any] = getattr(town.hands, by).post(
        f"/v1/claims/{claim['id']}/recoveries", {"way": way, **told}, etag=etag
    )
    return answer


def decide_recovery(town: Town, claim: dict[str, Any], way: str, **told: Any) -> dict[str, Any]:
    told = {"heard": "She came to the counter and agrees."} | told if way != "waive" else told
    proposed = propose(town, claim, way, **told)
    decided = town.hands.manivanh.post(f"/v1/recoveries/{proposed['id']}/confirmation")
    town.settle()
    answer: dict[str, Any] = decided
    return answer


def waits(town: Town, claim: dict[str, Any]) -> tuple[str, str] | None:
    found = see(town, claim)["waits_for"]
    return (found["whom"], found["reason"]) if found else None


def pays_in(town: Town, minor: int, about: str, *, days: int = 1) -> None:
    """Somebody brings money to the institution's bank; the statement of that day is read."""
    booked = {
        "number": OUR_ACCOUNT,
        "minor": minor,
        "currency": "LAK",
        "about": about,
        "kind": "other",
    }
    requests.post(f"{os.environ['BANK_URL']}/control/movements", json=booked, timeout=5).raise_for_status()
    day = town.clock.today()
    town.passes(day.fromordinal(day.toordinal() + days).isoformat())


def unexplained(town: Town) -> list[dict[str, Any]]:
    """Lines of statements that wait for an explanation."""
    found = []
    for statement in town.hands.sisouk.get("/v1/statements")["items"]:
        lines = town.hands.sisouk.get(f"/v1/statements/{statement['id']}")["lines"]
        found += [line for line in lines if line["match"] == "unmatched" and line["resolution"] is None]
    return found


def explain(town: Town, line: dict[str, Any], claim_number: str) -> dict[str, Any]:
    body = {"how": "repayment", "note": "slip seen", "claim_number": claim_number}
    answer = town.hands.sisouk.post(f"/v1/statement-lines/{line['id']}/resolution", body)
    town.settle()
    said: dict[str, Any] = answer
    return said


def settled(town: Town, claim: dict[str, Any]) -> int:
    return sum(o["amount"]["minor"] for o in town.hands.orders(claim["id"]) if o["state"] == "settled")


def spent(town: Town) -> int:
    """What the ledger says was spent on benefits."""
    accounts = town.hands.phet.get("/v1/ledger/balances")["items"]
    assert sum(a["balance"] for a in accounts) == 0
    return sum(a["balance"] for a in accounts if a["account"] == "expense")


def texts(town: Town) -> list[str]:
    return [re.sub(r"\s", " ", t) for t in town.texts(BOUNMY)]


def templates(town: Town, claim: dict[str, Any]) -> list[str]:
    return [letter["template"] for letter in town.hands.letters(claim["id"])]


def test_she_pays_back_and_the_claim_is_closed(town: Town) -> None:
    claim = paid_too_much(town)
    assert stands(town, claim) == ("found", TOO_MUCH)
    assert waits(town, claim) == ("officer", "overpayment")
    decided = decide_recovery(town, claim, "repay")
    assert decided["repay_by"] == "2025-08-13", "sixty days, as the institution has chosen"
    assert stands(town, claim) == ("recovering", TOO_MUCH)
    assert waits(town, claim) == ("worker", "repayment")
    assert templates(town, claim).count("recovery_letter") == 1
    assert spent(town) == 448000000

    pays_in(town, 50000000, f"pay back {claim['number']}")
    (line,) = unexplained(town)
    explain(town, line, claim["number"])
    assert stands(town, claim) == ("recovering", 62000000)
    pays_in(town, 62000000, "rest")
    (line,) = unexplained(town)
    explain(town, line, claim["number"])
    assert stands(town, claim) == ("settled", 0)
    assert spent(town) == 336000000
    assert see(town, claim)["state"] == "closed"
    assert sum("500.000 ກີບ" in t for t in texts(town)) == 1
    assert sum("620.000 ກີບ" in t for t in texts(town)) == 1
    town.passes("2025-09-01")
    assert settled(town, claim) == 448000000, "nothing was paid again"
    assert {m["times"] for m in town.moved().values()} == {1}
    assert town.parked() == []


def test_nobody_is_asked_to_pay_back_by_one_person_or_unheard(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    with pytest.raises(DoorShut, match="not_heard"):
        propose(town, claim, "repay")
    with pytest.raises(DoorShut, match="reason_needed"):
        propose(town, claim, "waive")
    with pytest.raises(DoorShut, match="nothing_to_withhold"):
        propose(town, claim, "set_off", heard="agrees")
    own = propose(town, claim, "repay", by="manivanh", heard="agrees")
    with pytest.raises(DoorShut, match="already_proposed"):
        propose(town, claim, "repay", heard="agrees")
    with pytest.raises(DoorShut, match="same_person"):
        town.hands.manivanh.post(f"/v1/recoveries/{own['id']}/confirmation")
    with pytest.raises(DoorShut, match="not_your_task"):
        town.hands.noy.post(f"/v1/recoveries/{own['id']}/confirmation")
    assert waits(town, claim) == ("supervisor", "confirm_recovery")
    given = town.hands.bounthan.post(
        f"/v1/recoveries/{own['id']}/return", {"reason": "too_hard", "words": "Three children."}
    )
    assert given["state"] == "returned"
    assert waits(town, claim) == ("officer", "overpayment")
    assert templates(town, claim).count("recovery_letter") == 0


def test_after_her_time_to_object_she_may_be_asked_without_a_word_of_hers(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    town.passes("2025-08-14")
    proposed = propose(town, claim, "repay")
    assert proposed["state"] == "proposed"


def test_what_is_let_go_closes_the_claim_and_is_told(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    decide_recovery(town, claim, "waive", reason="hardship", words="Three children, no other income.")
    assert stands(town, claim) == ("waived", 0)
    assert see(town, claim)["state"] == "closed"
    assert templates(town, claim).count("recovery_letter") == 1
    assert spent(town) == 448000000


def test_an_appeal_stops_the_recovery_and_a_withdrawn_one_lets_it_go_on(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    decide_recovery(town, claim, "repay")
    last = claim["last"]
    appeal = town.hands.noy.post(
        f"/v1/claims/{claim['id']}/appeals",
        {"decision_id": last["id"], "finding": "contributed", "grounds": "The certificate was good."},
    )
    assert stands(town, claim) == ("suspended", TOO_MUCH)
    with pytest.raises(DoorShut, match="rests"):
        propose(town, claim, "waive", reason="hardship")
    town.hands.noy.post(f"/v1/appeals/{appeal['id']}/withdrawal")
    assert stands(town, claim) == ("recovering", TOO_MUCH)
    assert waits(town, claim) == ("worker", "repayment")


def test_what_she_paid_back_is_paid_again_when_it_was_due_after_all(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    decide_recovery(town, claim, "repay")
    pays_in(town, TOO_MUCH, f"pay back {claim['number']}")
    explain(town, unexplained(town)[0], claim["number"])
    assert see(town, claim)["state"] == "closed"
    # The hospital takes it back: the second certificate is good until the end of May.
    now = see(town, claim)
    good = [
        {"number": "A", "from": "2025-03-03", "to": "2025-05-16"},
        {"number": "C", "from": "2025-05-17", "to": "2025-05-31", "follow_up": True},
    ]
    facts = now["facts"] | {
        "spell": {"first_day": "2025-03-03", "last_day": "2025-05-31"},
        "certificates": good,
    }
    papers = now["papers"] | {"verified": ["A", "C"]}
    change(town, claim, facts, "the hospital confirms it after all", papers=papers)
    decision = town.hands.decide(claim["id"])
    assert decision["total"]["minor"] == 448000000
    town.passes("2025-07-25")
    assert settled(town, claim) == 448000000 + TOO_MUCH, "what came back went out again"
    assert spent(town) == 448000000
    assert stands(town, claim) == ("settled", 0)
    assert see(town, claim)["state"] == "closed"
    assert {m["times"] for m in town.moved().values()} == {1}


def test_more_than_was_paid_too_much_is_not_taken_as_a_repayment(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    pays_in(town, TOO_MUCH + 1, "too much of a good thing")
    (line,) = unexplained(town)
    with pytest.raises(DoorShut, match="more_than_owed"):
        explain(town, line, claim["number"])
    with pytest.raises(DoorShut, match="claim_not_known"):
        explain(town, line, "000000000000")
    assert len(unexplained(town)) == 1
    assert stands(town, claim) == ("found", TOO_MUCH)


def test_a_part_of_each_later_instalment_is_withheld_until_it_is_settled(town: Town) -> None:
    claim, over = wage_was_too_high(town)
    decided = decide_recovery(town, claim, "set_off")
    assert decided["amount"]["minor"] == over
    assert stands(town, claim) == ("recovering", over)
    assert waits(town, claim) is None
    town.passes("2025-08-30")
    total = claim["last"]["total"]["minor"]
    paid = [o["amount"]["minor"] for o in town.hands.orders(claim["id"]) if o["state"] == "settled"]
    assert sum(paid) == total
    assert spent(town) == total
    assert stands(town, claim) == ("settled", 0)
    assert see(town, claim)["state"] == "closed"
    assert {m["times"] for m in town.moved().values()} == {1}


def test_an_appeal_stops_the_withholding_and_its_rejection_lets_it_go_on(quiet_town: Town) -> None:
    town = quiet_town
    claim, over = wage_was_too_high(town)
    decide_recovery(town, claim, "set_off")
    last = claim["last"]
    full = {i["no"]: i["amount"]["minor"] for i in last["schedule"]}

    def planned() -> dict[int, int]:
        return {o["no"]: o["amount"]["minor"] for o in town.hands.orders(claim["id"]) if o["state"] == "planned"}

    withheld = planned()
    assert sum(full[no] - minor for no, minor in withheld.items()) == over
    assert all(minor * 10 >= full[no] * 8 for no, minor in withheld.items()), "at most a fifth of each"
    town.hands.noy.post(
        f"/v1/claims/{claim['id']}/appeals",
        {"decision_id": last["id"], "finding": "contributed", "grounds": "My wage was higher."},
    )
    town.settle()
    assert planned() == {no: full[no] for no in withheld}, "while she is heard, nothing is kept back"
    after = town.hands.decide(claim["id"], officer="souk", supervisor="bounthan", reasons="The slip is clear.")
    town.settle()
    assert after["total"] == last["total"]
    assert stands(town, claim) == ("recovering", over)
    assert planned() == withheld
    town.passes("2025-08-30")
    assert settled(town, claim) == last["total"]["minor"]


def test_a_smaller_instalment_that_comes_back_does_not_end_the_withholding(quiet_town: Town) -> None:
    town = quiet_town
    claim, over = wage_was_too_high(town)
    decide_recovery(town, claim, "set_off")
    person = town.hands.person(BOUNMY)
    lives_at(town, person, "0101110009104")  # comes back next day
    town.passes("2025-07-05")
    assert waits(town, claim) == ("worker", "account")
    assert stands(town, claim) == ("recovering", over)
    assert overpayment(town, claim)["recoveries"][-1]["ended_on"] is None
    assert templates(town, claim).count("overpayment_letter") == 1
    lives_at(town, person, "0101110005555")
    town.passes("2025-07-25")
    lives_at(town, person, "0101110009104")
    town.passes("2025-08-09")  # the last from which something is kept back comes back too
    assert stands(town, claim)[0] == "recovering"
    lives_at(town, person, "0101110005556")
    town.passes("2025-09-15")
    assert settled(town, claim) == claim["last"]["total"]["minor"]
    assert stands(town, claim) == ("settled", 0)
    assert templates(town, claim).count("overpayment_letter") == 1


def lives_at(town: Town, person: dict[str, Any], number: str) -> None:
    """Her money goes to another account from now on."""
    account = {"kind": "bank", "bank": "BCEL", "number": number, "holder": person["name"]["latin"]}
    town.hands.noy.call("PUT", f"/v1/persons/{person['id']}/payee", account)
    town.settle()


def wage_was_too_high(town: Town) -> tuple[dict[str, Any], int]:
    """A long leave whose wage is corrected downwards after two months were paid: (claim, what was too much)."""
    town.passes("2025-05-19")
    claim = town.hands.register(BOUNMY, "sickness", "2025-05-19", long_leave("2025-08-15"))
    town.hands.decide(claim["id"])
    town.passes("2025-06-06")
    before = settled(town, claim)
    person = town.hands.person(BOUNMY)
    months = [
        {"month": m, "wage": {"minor": 288000000, "currency": "LAK"}}
        for m in ("2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02")
    ]
    town.hands.khamla.post(f"/v1/persons/{person['id']}/contributions", {"months": months})
    change(town, claim, see(town, claim)["facts"], "wages corrected")
    last = town.hands.decide(claim["id"])
    town.settle()
    state, over = stands(town, claim)
    assert state == "found"
    assert over == before // 10
    return claim | {"last": last}, over


def test_money_entered_on_the_wrong_claim_is_taken_back_and_asked_for_again(quiet_town: Town) -> None:
    """It closed her claim; it was somebody else's. Two people take it off, and her claim waits for her money again."""
    town = quiet_town
    claim = paid_too_much(town)
    decide_recovery(town, claim, "repay")
    pays_in(town, TOO_MUCH + 30000000, "a stranger's money")
    (line,) = unexplained(town)
    part = {"how": "repayment", "note": "slip seen", "claim_number": claim["number"]}
    part |= {"amount": {"minor": TOO_MUCH, "currency": "LAK"}}
    town.hands.sisouk.post(f"/v1/statement-lines/{line['id']}/resolution", part)
    town.settle()
    assert stands(town, claim) == ("settled", 0)
    assert see(town, claim)["state"] == "closed"
    (entered,) = town.hands.sisouk.get("/v1/repayments")["items"]
    town.hands.sisouk.post(f"/v1/repayments/{entered['id']}/taking-back", {"why": "another claim's slip"})
    with pytest.raises(DoorShut, match="asked_by_you"):
        town.hands.sisouk.post(f"/v1/repayments/{entered['id']}/taking-back/confirmation")
    town.hands.vilay.post(f"/v1/repayments/{entered['id']}/taking-back/confirmation")
    town.settle()
    assert stands(town, claim) == ("recovering", TOO_MUCH)
    assert waits(town, claim) == ("worker", "repayment")
    assert spent(town) == 448000000
    assert sum("was not yours" in t or "ບໍ່ແມ່ນຂອງທ່ານ" in t for t in texts(town)) == 1
    town.hands.sisouk.post(f"/v1/statement-lines/{line['id']}/resolution", part)
    town.settle()
    assert stands(town, claim) == ("settled", 0)
    assert spent(town) == 336000000
    assert town.parked() == []


def test_parts_are_agreed_and_a_missed_one_is_reminded_of_once(quiet_town: Town) -> None:
    town = quiet_town
    claim = paid_too_much(town)
    part = {"due_on": "2025-07-10", "amount": {"minor": 60000000, "currency": "LAK"}}
    decided = decide_recovery(town, claim, "repay", parts=[part])
    assert [p["amount"]["minor"] for p in decided["parts"]] == [60000000, 52000000], "each month until all is paid"
    pays_in(town, 60000000, f"pay back {claim['number']}")
    explain(town, unexplained(town)[0], claim["number"])
    town.passes("2025-07-16")
    assert waits(town, claim) == ("worker", "repayment")
    town.passes("2025-08-16")
    assert waits(town, claim) == ("supervisor", "repayment_late")
    town.passes("2025-08-20")
    assert sum("520.000 ກີບ" in t and "10/8/2025" in t for t in texts(town)) == 1
    assert town.parked() == []


def test_an_objection_to_the_withholding_stops_it_and_its_rejection_lets_it_go_on(quiet_town: Town) -> None:
    town = quiet_town
    claim, over = wage_was_too_high(town)
    decided = decide_recovery(town, claim, "set_off")
    full = {i["no"]: i["amount"]["minor"] for i in claim["last"]["schedule"]}

    def planned() -> dict[int, int]:
        return {o["no"]: o["amount"]["minor"] for o in town.hands.orders(claim["id"]) if o["state"] == "planned"}

    withheld = planned()
    assert sum(full[no] - minor for no, minor in withheld.items()) == over
    path = f"/v1/recoveries/{decided['id']}/objections"
    objection = town.hands.noy.post(path, {"grounds": "A fifth is too much for us."})
    town.settle()
    assert planned() == {no: full[no] for no in withheld}, "while she is heard, nothing is kept back"
    assert stands(town, claim) == ("suspended", over)
    verdict = {"outcome": "rejected", "reasons": "A fifth leaves enough to live on."}
    answer = f"/v1/recoveries/objections/{objection['id']}/decision"
    with pytest.raises(DoorShut, match="new_eyes"):
        town.hands.manivanh.post(answer, verdict)
    town.hands.bounthan.post(answer, verdict)
    town.settle()
    assert planned() == withheld
    assert templates(town, claim).count("objection_letter") == 1
    town.passes("2025-08-30")
    assert settled(town, claim) == claim["last"]["total"]["minor"]
    assert stands(town, claim) == ("settled", 0)
    assert town.parked() == []
