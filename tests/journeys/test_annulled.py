"""An annulled decision on the real carriers: what has not left stays, what has is asked back, and an objection that is
upheld pays the rest once."""

from __future__ import annotations

from typing import Any

from tests.journeys.test_recovery import see, settled, templates, texts
from tests.journeys.test_suspended import granted, orders
from tests.journeys.town import Town

Json = dict[str, Any]


def annul(town: Town, claim: Json, ground: str = "registered_twice") -> Json:
    body = {"ground": ground, "basis": "Law, article 70", "words": "Another claim is about the same days."}
    asked = town.hands.khamla.post(f"/v1/claims/{claim['id']}/annulments", body, etag=see(town, claim)["version"])
    found: Json = town.hands.manivanh.post(f"/v1/annulments/{asked['id']}/confirmation")
    town.settle()
    return found


def test_annulled_before_a_pay_day_nothing_leaves(town: Town) -> None:
    claim = granted(town)
    assert orders(town, claim, "planned", "held", "approved")
    annul(town, claim)
    assert orders(town, claim, "planned", "held", "approved") == {}
    town.passes("2025-08-01")
    assert settled(town, claim) == 0
    assert see(town, claim)["waits_for"] is None
    assert templates(town, claim).count("annulment_letter") == 1
    assert templates(town, claim).count("overpayment_letter") == 0
    assert sum("ຍົກເລີກຄຳຕົກລົງ" in told for told in texts(town)) == 1
    assert town.parked() == []


def test_annulled_after_a_payment_it_is_asked_back_and_decided_anew_only_the_rest_is_paid(town: Town) -> None:
    claim = granted(town)
    town.passes("2025-05-24")
    left = settled(town, claim)
    assert left > 0
    annul(town, claim)
    town.passes("2025-06-28")
    assert settled(town, claim) == left, "three pay days passed, and nothing more left"
    assert see(town, claim)["waits_for"]["reason"] == "overpayment"
    assert templates(town, claim).count("overpayment_letter") == 1
    now = see(town, claim)
    body = {"facts": now["facts"], "why": "The other claim was of her sister."}
    town.hands.khamla.call("PATCH", f"/v1/claims/{claim['id']}", body, etag=now["version"])
    last = town.hands.decide(claim["id"])
    town.passes("2025-08-08")
    assert last["total"]["minor"] == claim["decision"]["total"]["minor"]
    assert settled(town, claim) == last["total"]["minor"], "what had left was paid, and the rest leaves once"
    assert {m["times"] for m in town.moved().values()} == {1}
    assert see(town, claim)["state"] == "closed"
    assert town.parked() == []
