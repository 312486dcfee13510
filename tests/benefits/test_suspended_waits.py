"""While payments are suspended, whatever else the claim waits for goes on waiting; and nobody is stuck."""

from __future__ import annotations

import io
import uuid
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.suspension import Ground
from services.benefits.usecases import awards, claims, feedback, grounds
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import submitted
from tests.benefits.test_papers_added import photo
from tests.benefits.test_suspension import Json, asks, claim, lifts, ordered, suspended
from tests.benefits.visitors import Browser, Phone

__all__ = ["claim"]  # the fixture of the stories of suspension


def order_moved(office: Office, claim: Json, type_: str, part: Json, order_id: str = "", **more: Any) -> str:
    """Payments say what became of an order of an instalment."""
    id_ = order_id or str(uuid.uuid4())
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        award = store.awards.of_claim(act, claim["id"])
        assert award is not None
        told = {name: part[name] for name in ("component", "no", "period", "amount")}
        told |= {"claim_id": claim["id"], "award_id": award.id, "order_id": id_, "reference": uuid.uuid4().hex[:16]}
        told |= dict.fromkeys(("sent_on", "paid_on", "since", "due_on"), "2025-05-22") | more
        feedback.order_moved(act, cast(Any, SimpleNamespace(type=f"payments.order.{type_}", data=told)))
    return id_


def waits(office: Office, claim: Json) -> tuple[str, str] | None:
    found = office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"]
    return (found["whom"], found["reason"]) if found else None


def bounced(office: Office, claim: Json) -> None:
    first = claim["decision"]["schedule"][0]
    order = order_moved(office, claim, "sent", first)
    order_moved(office, claim, "rejected", first, order, reason="AC01")


def test_her_account_is_asked_for_whether_it_bounced_before_or_while_payments_are_suspended(
    office: Office, claim: Json
) -> None:
    bounced(office, claim)
    assert waits(office, claim) == ("worker", "account")
    asked = asks(office, claim).json
    assert waits(office, claim) == ("worker", "account")
    assert "Suspended payments to look at" in Browser(office, office.supervisor).open("/desk?show=")
    back = office.supervisor.post(f"/v1/suspensions/{asked['id']}/return", {"words": "Ask her first."})
    assert back.status_code == 200
    assert waits(office, claim) == ("worker", "account")


def test_money_of_earlier_days_that_bounces_meanwhile_is_asked_about_at_once(office: Office, claim: Json) -> None:
    first = claim["decision"]["schedule"][0]
    order = order_moved(office, claim, "sent", first)
    found = suspended(office, claim)
    order_moved(office, claim, "rejected", first, order, reason="AC01")
    assert waits(office, claim) == ("worker", "account")
    office.on(found["look_again_on"])
    assert claim["number"] in Browser(office, office.officer).open("/desk?show=").split('id="suspended"')[1]
    assert lifts(office, found).status_code == 200
    assert waits(office, claim) == ("worker", "account")


def test_a_history_that_changed_is_decided_again_after_the_suspension_too(
    office: Office, claim: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = suspended(office, claim)
    other = submitted(office, claim["person_id"], benefit="birth", facts={})
    comes = iter([1, 2])
    monkeypatch.setattr(claims, "_comes_to", lambda act, case: next(comes))
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        claims.tell_neighbours(act, store.claims.get(act, other["id"]))
    assert waits(office, claim) == ("officer", "history_changed")
    assert lifts(office, found).status_code == 200
    assert waits(office, claim) == ("officer", "history_changed")


def test_an_objection_withdrawn_while_the_days_are_decided_again_freezes_nothing(office: Office, claim: Json) -> None:
    found, phone = suspended(office, claim), Phone(office)
    phone.client.set_cookie("lang", "en")
    phone.come_in(claim)
    phone.open("/worker/objection")
    phone.send("/worker/objection", decision=claim["decision"]["id"], finding="suspension", grounds="I was at home.")
    held = lifts(office, found, "held", held={"from": "2025-05-17", "to": "2025-05-20"}, words="The ledger says so.")
    assert held.json["state"] == "settling"
    phone.send("/worker/objection/withdrawal")
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    assert (now["state"], waits(office, claim)) == ("in_assessment", ("officer", "revision"))
    made = office.officer2.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=now["version"]).json
    assert office.supervisor.post(f"/v1/decisions/{made['id']}/confirmation").status_code == 200
    assert sum(ordered(office).values()) > 0


def test_an_objection_to_something_else_does_not_keep_the_money_going(office: Office, claim: Json) -> None:
    asked = asks(office, claim).json
    finding = claim["decision"]["assessment"]["findings"][0]["id"]
    body = {"decision_id": claim["decision"]["id"], "finding": finding, "grounds": "no"}
    assert office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body).status_code == 201
    confirmed = office.supervisor.post(f"/v1/suspensions/{asked['id']}/confirmation")
    assert confirmed.status_code == 200, confirmed.json
    assert waits(office, claim) == ("officer", "appeal")
    kept = {part["no"] for part in claim["decision"]["schedule"] if part["period"]["to"] >= "2025-05-17"}
    assert {no for no, minor in ordered(office).items() if not minor} == kept


def test_her_paper_wakes_an_officer(office: Office, claim: Json) -> None:
    suspended(office, claim)
    phone = Phone(office)
    phone.come_in(claim)
    phone.open("/worker/papers")
    phone.send("/worker/papers", kind="other", what="Market master", file=cast(Any, (io.BytesIO(photo()), "p.jpg")))
    assert waits(office, claim) == ("officer", "paper_added")


def test_what_a_ground_without_a_fact_means_is_said_before_it_is_decided(
    office: Office, claim: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    prison = Ground("prison", "in prison, maintained at public expense", "b", "a provision", "default", None)
    monkeypatch.setattr(grounds, "grounds", lambda act, claim: [prison])
    found = suspended(office, claim, ground="prison")
    held = lifts(office, found, "held", held={"from": "2025-05-17", "to": "2025-05-31"}, words="Told by the prison.")
    assert held.json["state"] == "settling", held.json
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    refused = office.officer2.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=now["version"])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "suspension_facts")
    spell = now["facts"]["spell"] | {"last_day": "2025-05-16"}
    said = {"facts": now["facts"] | {"spell": spell}, "why": "she was in prison from 17 May on"}
    now = office.clerk.patch(f"/v1/claims/{claim['id']}", said, now["version"]).json
    made = office.officer2.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=now["version"])
    assert made.status_code == 201, made.json


def test_too_long_a_period_keeps_what_was_typed_and_the_same_days_count_once(office: Office, claim: Json) -> None:
    found = suspended(office, claim)
    officer, at = Browser(office, office.officer), f"/desk/claims/{claim['id']}/suspension"
    typed = {"do": "settle", "suspension": found["id"], "held_from": "17/5/2025", "words": "The ledger says so."}
    assert "The ledger says so." in officer.send(at, 422, held_to="17/5/2099", **typed)
    officer.send(at, 200, held_to="20/5/2025", key="again", **typed)
    happened = office.officer.get(f"/v1/claims/{claim['id']}").json["facts"]["happenings"]
    assert happened == [{"from": "2025-05-17", "to": "2025-05-20", "what": "worked"}]


def test_a_recovery_to_confirm_stays_with_the_supervisor(office: Office, claim: Json) -> None:
    suspended(office, claim)
    with office.service.engine.begin() as connection:
        kept = {
            "waits_for": "supervisor",
            "waits_reason": "confirm_recovery",
            "waits_since": office.act(connection).today,
        }
        connection.execute(t.claim.update().where(t.claim.c.id == claim["id"]).values(**kept))
        awards.wait_suspended(office.act(connection), ClaimId(claim["id"]))
    assert waits(office, claim) == ("supervisor", "confirm_recovery")
