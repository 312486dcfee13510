"""Objecting to paying back itself: it rests while that is open, somebody else decides, and a letter says why."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import ClaimId
from services.benefits.usecases import feedback
from shared import sealing
from shared.act import Actor
from tests.benefits.browser import live
from tests.benefits.conftest import Office, Person
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_marks import told
from tests.benefits.visitors import Browser, Phone
from tests.there import there

ANOTHER = Actor("0198a000-0000-7000-8000-0000000000aa", "account", frozenset({"supervisor"}), office="svk", name="Vone")


@pytest.fixture
def claim(office: Office) -> dict[str, Any]:
    """A sick leave of which too much was paid, and is to be paid back."""
    made = submitted(office, office.someone())
    decided(office, made)
    live.bank_says(office, made, minor=336000000)
    live.bank_says(office, made, minor=112000000, no=2)
    version = office.officer.get(f"/v1/claims/{made['id']}").json["version"]
    body = {"way": "repay", "heard": "She says it is too much."}
    recovery = office.officer.post(f"/v1/claims/{made['id']}/recoveries", body, etag=version).json
    office.supervisor.post(f"/v1/recoveries/{recovery['id']}/confirmation")
    return made | {"recovery": recovery["id"]}


def stands(office: Office, claim: dict[str, Any]) -> dict[str, Any]:
    return dict(office.officer.get(f"/v1/claims/{claim['id']}/overpayment").json)


def waits(office: Office, claim: dict[str, Any]) -> tuple[str, str]:
    found = office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"]
    return found["whom"], found["reason"]


def objects(office: Office, claim: dict[str, Any]) -> Any:
    path = f"/v1/recoveries/{claim['recovery']}/objections"
    return office.clerk.post(path, {"grounds": "I never saw that money."})


def decides(who: Person, objection: dict[str, Any], outcome: str, reasons: str = "The slips show it.") -> Any:
    path = f"/v1/recoveries/objections/{objection['id']}/decision"
    return who.post(path, {"outcome": outcome, "reasons": reasons})


def letter_facts(office: Office, claim: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/recoveries/{claim['recovery']}/letter-facts"
    return dict(there(office.client.get(path, headers=office.machine("notifications")).json))


def grounds(office: Office, claim: dict[str, Any]) -> str:
    with office.service.engine.connect() as connection:
        return store.awards.objections(office.act(connection), ClaimId(claim["id"]))[0].grounds


def test_what_she_says_against_it_lies_sealed_also_what_was_written_before(
    office: Office, claim: dict[str, Any]
) -> None:
    lodged = objects(office, claim).json
    decides(Person(office, ANOTHER), lodged, "rejected", "The slips of the hospital show it.")
    open_ = "SELECT count(*) FROM recovery_objection WHERE grounds LIKE '%%money%%' OR reasons LIKE '%%hospital%%'"
    heard = "SELECT count(*) FROM recovery WHERE heard LIKE '%%too much%%'"
    with office.service.engine.begin() as connection:
        assert connection.exec_driver_sql(open_).scalar() == connection.exec_driver_sql(heard).scalar() == 0
        connection.exec_driver_sql("UPDATE recovery_objection SET grounds = 'I never saw that money.'")
        assert connection.exec_driver_sql(open_).scalar() == 1, "as an earlier release wrote it"
    assert grounds(office, claim) == "I never saw that money."
    assert sealing.seal_again(office.service.engine, t.metadata) == 1
    with office.service.engine.connect() as connection:
        assert connection.exec_driver_sql(open_).scalar() == 0
    assert grounds(office, claim) == "I never saw that money."


def test_it_rests_while_it_is_open_and_somebody_else_decides(office: Office, claim: dict[str, Any]) -> None:
    assert stands(office, claim)["state"] == "recovering"
    lodged = objects(office, claim)
    assert lodged.status_code == 201
    assert objects(office, claim).status_code == 409, "once"
    assert stands(office, claim)["state"] == "suspended"
    assert waits(office, claim) == ("supervisor", "recovery_contested")
    (told_,) = sent(office, "benefits.recovery.contested")
    assert told_["recovery_id"] == claim["recovery"]
    version = office.officer.get(f"/v1/claims/{claim['id']}").json["version"]
    waive = {"way": "waive", "reason": "hardship"}
    assert "rests" in office.officer.post(f"/v1/claims/{claim['id']}/recoveries", waive, etag=version).text
    assert "new_eyes" in decides(office.supervisor, lodged.json, "rejected").text
    assert decides(office.officer, lodged.json, "rejected").status_code == 403
    assert letter_facts(office, claim)["objection"] is None
    other = Person(office, ANOTHER)
    assert decides(other, lodged.json, "rejected").json["outcome"] == "rejected"
    assert decides(other, lodged.json, "upheld").status_code == 409
    assert stands(office, claim)["state"] == "recovering", "it goes on"
    assert waits(office, claim) == ("worker", "repayment")
    assert letter_facts(office, claim)["objection"]["reasons"] == "The slips show it."
    assert objects(office, claim).status_code == 409, "it was decided"


def test_upheld_it_ends_the_recovery_and_all_is_decided_anew(office: Office, claim: dict[str, Any]) -> None:
    lodged = objects(office, claim).json
    decides(Person(office, ANOTHER), lodged, "upheld")
    found = stands(office, claim)
    assert found["state"] == "found"
    assert found["recoveries"][0]["ended_reason"] == "objection_upheld"
    assert waits(office, claim) == ("officer", "overpayment")
    (told_,) = sent(office, "benefits.recovery.objection_decided")
    assert told_["outcome"] == "upheld"


def test_she_objects_on_her_page_and_takes_it_back(office: Office, claim: dict[str, Any]) -> None:
    phone = Phone(office)
    phone.come_in(claim)
    page = phone.open("/worker?lang=en")
    assert "I do not agree to pay back so" in page
    recovery = there(re.search(r'name="recovery" value="([^"]+)"', page))[1]
    phone.send("/worker/recovery-objection", recovery=recovery, grounds="It was not me.")
    assert stands(office, claim)["state"] == "suspended"
    page = phone.open("/worker?lang=en")
    assert "It was not me." in page
    phone.send("/worker/recovery-objection", do="withdraw")
    assert stands(office, claim)["state"] == "recovering"
    assert "I do not agree to pay back so" in phone.open("/worker?lang=en"), "she may think again"


def test_the_desk_takes_it_in_and_decides_on_the_page(office: Office, claim: dict[str, Any]) -> None:
    path = f"/desk/claims/{claim['id']}/overpayment"
    clerk = Browser(office, office.clerk)
    empty = clerk.send(path, expect=422, key="1", do="object", objects_to=claim["recovery"], grounds="")
    assert "write in a few words why" in empty
    clerk.send(path, key="2", do="object", objects_to=claim["recovery"], grounds="She is ill again.")
    assert "someone who has not decided before" in Browser(office, office.supervisor).open(path)
    other = Browser(office, Person(office, ANOTHER))
    page = other.open(path)
    objection = there(re.search(r'name="objection" value="([^"]+)"', page))[1]
    other.send(path, expect=422, key="3", do="decide_objection", objection=objection, outcome="upheld", reasons="")
    page = other.send(
        path, key="4", do="decide_objection", objection=objection, outcome="upheld", reasons="She cannot."
    )
    assert "She cannot." in page
    assert "the objection was upheld" in page


def test_an_objection_falls_away_with_what_it_is_against(office: Office, claim: dict[str, Any]) -> None:
    """More is found while it is open: the recovery ends, and so does the objection."""
    objects(office, claim)
    live.bank_says(office, claim, minor=50000000, no=3)
    found = stands(office, claim)
    assert (found["state"], found["recoveries"][0]["ended_reason"]) == ("found", "more_was_found")
    assert waits(office, claim) == ("officer", "overpayment")


def test_money_that_comes_while_it_is_open_is_counted(office: Office, claim: dict[str, Any]) -> None:
    objects(office, claim)
    left = stands(office, claim)["outstanding"]
    said = {"claim_id": claim["id"], "repayment_id": str(uuid.uuid4()), "received_on": "2025-05-25", "amount": left}
    told(office, feedback.repayment_received, **said)
    assert stands(office, claim)["state"] == "settled"
