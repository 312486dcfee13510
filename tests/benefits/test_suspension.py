"""Payments still to come are suspended by two people on a ground of the law, and go on again: nothing is lost, nothing
leaves twice, nobody forgets it, and she is told each time."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from services.benefits import store
from services.benefits import tables as t
from services.benefits.conformance.profile import available, profile
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.suspension import Ground
from services.benefits.usecases import grounds
from shared.act import Actor
from tests.benefits.browser import live
from tests.benefits.conftest import SICK, Office, Person
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_tasks import person_of
from tests.benefits.visitors import Browser, Phone
from tests.there import there

#: A sick leave whose last month is still to come when it is decided on 20 May.
LONG = SICK | {
    "spell": SICK["spell"] | {"last_day": "2025-06-30"},
    "certificates": [
        {"number": "SVK-25-01981", "from": "2025-03-03", "to": "2025-05-16"},
        {"number": "SVK-25-02640", "from": "2025-05-17", "to": "2025-06-30", "follow_up": True},
    ],
}
ANOTHER = Actor("0198a000-0000-7000-8000-0000000000aa", "account", frozenset({"supervisor"}), office="svk", name="Vone")
Json = dict[str, Any]


@pytest.fixture
def claim(office: Office) -> Json:
    """Decided on 20 May: what was due until then leaves on the 22nd, the rest in June and July."""
    made = submitted(office, office.someone(wage="2000000"), facts=LONG)
    decision = decided(office, made)
    assert decision["state"] == "final", decision
    return made | {"decision": decision}


def version(office: Office, claim: Json) -> int:
    return int(office.officer.get(f"/v1/claims/{claim['id']}").json["version"])


def asks(office: Office, claim: Json, by: str = "officer", **more: Any) -> Any:
    body = {"ground": "worked", "first_day": "2025-05-17", "words": "Seen at work in the market."} | more
    who = getattr(office, by)
    return who.post(f"/v1/claims/{claim['id']}/suspensions", body, etag=version(office, claim))


def suspended(office: Office, claim: Json, **more: Any) -> Json:
    asked = asks(office, claim, **more)
    assert asked.status_code == 201, asked.json
    confirmed = office.supervisor.post(f"/v1/suspensions/{asked.json['id']}/confirmation")
    assert confirmed.status_code == 200, confirmed.json
    return dict(confirmed.json)


def lifts(office: Office, found: Json, ended: str = "groundless", **more: Any) -> Any:
    body = {"ended": ended, "words": "It was her sister."} | more
    return office.officer.post(f"/v1/suspensions/{found['id']}/lifting", body)


def ordered(office: Office) -> dict[int, int]:
    """What payments last heard is to be paid of each instalment, in minor units."""
    told = [*sent(office, "benefits.award.granted"), *sent(office, "benefits.award.revised")]
    return {part["no"]: part["amount"]["minor"] for part in told[-1]["instalments"]}


def waits(office: Office, claim: Json) -> tuple[str, str, str | None]:
    found = office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"]
    return found["whom"], found["reason"], found.get("until")


def test_on_a_ground_of_the_law_two_people_hold_what_is_still_to_come(office: Office, claim: Json) -> None:
    before = ordered(office)
    offered = office.officer.get(f"/v1/claims/{claim['id']}/suspension-grounds").json["items"]
    assert [g["code"] for g in offered] == ["worked", "wage_paid", "false_statement", "treatment_refused"]
    assert {(g["citation"], g["evidence"]) for g in offered} == {("Practice of the institution: suspension", "default")}
    asked = asks(office, claim)
    assert (asked.status_code, asked.json["state"]) == (201, "proposed")
    assert waits(office, claim)[:2] == ("supervisor", "confirm_suspension")
    assert ordered(office) == before, "one hand holds nothing"
    assert asks(office, claim).status_code == 409, "once"
    confirmed = office.supervisor.post(f"/v1/suspensions/{asked.json['id']}/confirmation").json
    assert (confirmed["state"], confirmed["appeal_until"]) == ("runs", "2025-07-19")
    assert waits(office, claim) == ("officer", "suspended", "2025-06-19")
    days = {part["no"]: part["period"]["to"] for part in claim["decision"]["schedule"]}
    after = ordered(office)
    assert {no for no, minor in after.items() if not minor} == {no for no, last in days.items() if last >= "2025-05-17"}
    assert {no: m for no, m in after.items() if m} == {no: before[no] for no in days if days[no] < "2025-05-17"}
    assert sent(office)[-1] == "benefits.suspension.decided"
    assert office.supervisor.post(f"/v1/suspensions/{asked.json['id']}/confirmation").status_code == 409


def test_nobody_suspends_alone_in_her_own_case_or_without_a_ground(office: Office, claim: Json) -> None:
    own = asks(office, claim, by="supervisor")
    answer = office.supervisor.post(f"/v1/suspensions/{own.json['id']}/confirmation")
    assert (answer.status_code, answer.json["code"]) == (403, "same_person")
    assert office.officer.post(f"/v1/suspensions/{own.json['id']}/confirmation").status_code == 403
    other = Person(office, ANOTHER)
    assert other.post(f"/v1/suspensions/{own.json['id']}/return", {"words": "Ask her first."}).status_code == 200
    assert office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"] is None
    for wrong, code in (
        ({"ground": "contributions_in_arrears"}, "no_such_ground"),
        ({"first_day": "2025-12-01"}, "too_far"),
        ({"first_day": "2025-08-01"}, "nothing_to_come"),
        ({"look_again_on": "2025-05-20"}, "in_the_past"),
    ):
        refused = asks(office, claim, **wrong)
        assert (refused.status_code, code in refused.text) == (422, True), refused.json
    assert office.officer_of_vte.get(f"/v1/claims/{claim['id']}/suspensions").status_code == 404


def test_nobody_confirms_a_suspension_in_her_own_case(office: Office, claim: Json) -> None:
    asked = asks(office, claim).json
    hers = person_of(office, "boss", "supervisor")
    with office.service.engine.begin() as connection:
        link = t.account.update().where(t.account.c.id == hers.actor.id)
        connection.execute(link.values(person_id=claim["person_id"]))
    answer = hers.post(f"/v1/suspensions/{asked['id']}/confirmation")
    assert answer.status_code == 409
    assert "own_case" in answer.text


def test_lifted_all_that_waited_is_paid_on_the_next_pay_day(office: Office, claim: Json) -> None:
    before = ordered(office)
    found = suspended(office, claim)
    office.on("2025-06-20")
    assert waits(office, claim)[1] == "suspended"
    assert lifts(office, found).json["state"] == "lifted"
    assert ordered(office) == before
    revised = sent(office, "benefits.award.revised")[-1]
    due = {part["no"]: part["due_on"] for part in revised["instalments"]}
    assert all(on > "2025-06-20" for no, on in due.items() if no > 2), "promised for a day that can be kept"
    assert office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"] is None
    assert lifts(office, found).status_code == 409
    assert len(sent(office, "benefits.suspension.lifted")) == 1


def test_where_the_ground_held_on_some_days_the_rest_is_paid_with_a_new_decision(office: Office, claim: Json) -> None:
    found = suspended(office, claim)
    total = claim["decision"]["total"]["minor"]
    early = lifts(office, found, "held", held={"from": "2025-05-10", "to": "2025-05-20"})
    assert early.status_code == 422
    assert "before_suspension" in early.text
    held = lifts(office, found, "held", held={"from": "2025-05-17", "to": "2025-05-20"}, words="The ledger shows it.")
    assert held.json["state"] == "settling"
    assert [m for no, m in ordered(office).items() if no > 2 and m] == [], "all waits until it is decided"
    assert waits(office, claim)[:2] == ("officer", "revision")
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    assert now["facts"]["happenings"] == [{"from": "2025-05-17", "to": "2025-05-20", "what": "worked"}]
    again = decided(office, claim | {"version": now["version"]})
    assert again["second_reason"] == "burdensome_revision"
    last = office.supervisor.post(f"/v1/decisions/{again['id']}/confirmation").json
    assert 0 < last["total"]["minor"] < total
    assert sum(ordered(office).values()) == last["total"]["minor"], "what is left is paid, the four days are not"
    (lifted,) = sent(office, "benefits.suspension.lifted")
    assert lifted["ended"] == "held"
    with office.service.engine.connect() as connection:
        assert store.suspensions.holding(office.act(connection), ClaimId(claim["id"])) is None


def test_a_payment_that_left_before_is_not_touched_and_one_that_bounces_waits(office: Office, claim: Json) -> None:
    part = claim["decision"]["schedule"][-1]
    live.bank_says(office, claim, minor=part["amount"]["minor"], no=part["no"], period=part["period"])
    suspended(office, claim)
    assert ordered(office)[part["no"]] == part["amount"]["minor"], "it has left, and counts as it was"


def test_a_new_decision_meanwhile_does_not_set_free_what_waits(office: Office, claim: Json) -> None:
    suspended(office, claim)
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    body = {"facts": now["facts"] | {"event": {"employer_days_used": 1}}, "why": "the employer paid one day more"}
    office.officer.patch(f"/v1/claims/{claim['id']}", body, etag=now["version"])
    again = decided(office, {"id": claim["id"], "version": version(office, claim)})
    if again["state"] == "proposed":
        office.supervisor.post(f"/v1/decisions/{again['id']}/confirmation")
    assert waits(office, claim)[:2] == ("officer", "suspended"), "nobody forgets it"
    days = {p["no"]: p["period"]["to"] for p in sent(office, "benefits.award.revised")[-1]["instalments"]}
    assert all(not minor for no, minor in ordered(office).items() if days[no] >= "2025-05-17")


def test_an_objection_to_it_is_decided_by_new_eyes(office: Office, claim: Json) -> None:
    found = suspended(office, claim)
    body = {"decision_id": claim["decision"]["id"], "finding": "suspension", "grounds": "I was at home."}
    lodged = office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body)
    assert lodged.status_code == 201, lodged.json
    mine = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=version(office, claim))
    assert mine.status_code == 403
    assert lifts(office, found).status_code == 200, "the office may still see that it was wrong"
    other = office.officer2
    made = other.post(f"/v1/claims/{claim['id']}/decisions", {"reasons": "x"}, etag=version(office, claim))
    assert made.status_code == 201, made.json
    mine = office.supervisor.post(f"/v1/decisions/{made.json['id']}/confirmation")
    assert (mine.status_code, mine.json["code"]) == (403, "same_person"), "she confirmed the suspension"
    Person(office, ANOTHER).post(f"/v1/decisions/{made.json['id']}/confirmation")
    assert [told["outcome"] for told in sent(office, "benefits.appeal.decided")] == ["upheld"]


def test_she_objects_to_it_on_her_own_page(office: Office, claim: Json) -> None:
    suspended(office, claim)
    phone = Phone(office)
    phone.client.set_cookie("lang", "en")
    phone.come_in(claim)
    form = phone.open("/worker/objection")
    assert "That payments are suspended" in form
    typed = {"decision": claim["decision"]["id"], "finding": "suspension", "grounds": "I was at home."}
    receipt = phone.send("/worker/objection", **typed)
    assert "That payments are suspended" in receipt
    (told,) = sent(office, "benefits.appeal.lodged")
    assert told["finding"] == "suspension"
    phone.send("/worker/objection/withdrawal")
    assert waits(office, claim)[:2] == ("officer", "suspended"), "it goes on, and somebody looks again"


def test_the_queue_the_history_and_her_page_say_it(office: Office, claim: Json) -> None:
    found = suspended(office, claim)
    desk = Browser(office, office.officer)
    page = re.sub(r"\s+", " ", desk.open(f"/desk/claims/{claim['id']}"))
    sentence = (
        "Payments for days from 17 May 2025 on are suspended: worked on days for which the benefit is paid "
        "(Practice of the institution: suspension)."
    )
    assert sentence in page
    assert "Payments suspended" in page
    assert "Seen at work in the market." in page
    assert f"/desk/claims/{claim['id']}/suspension" in desk.open("/desk")
    phone = Phone(office)
    phone.client.set_cookie("lang", "en")
    assert sentence in phone.come_in(claim)
    path = f"/v1/suspensions/{found['id']}/letter-facts"
    said = there(office.client.get(path, headers=office.machine("notifications")).json)
    assert said["said"][0]["msg"].startswith("Payments for days from {first} on are suspended")
    assert said["lifted"] is None
    assert office.officer.get(path).status_code == 403


def test_at_the_desk_it_is_asked_for_confirmed_looked_at_and_lifted(office: Office, claim: Json) -> None:
    officer, supervisor = Browser(office, office.officer), Browser(office, office.supervisor)
    at = f"/desk/claims/{claim['id']}/suspension"
    officer.open(at)
    typed = {"do": "propose", "ground": "worked", "first_day": "17/5/2025", "look_again_on": "10/6/2025"}
    typed["version"] = str(version(office, claim))
    refused = officer.send(at, 422, words="", **typed)
    assert "This is needed." in refused
    assert "17/5/2025" in refused
    officer.send(at, 200, words="Seen at work.", **typed)
    page = supervisor.open(at)
    id_ = there(re.search(r'name="suspension" value="([^"]+)"', page)).group(1)
    supervisor.send(at, do="confirm", suspension=id_)
    page = officer.open(at)
    assert "payments are suspended" in page
    officer.send(at, do="look_later", suspension=id_, words="The market was closed.", look_again_on="1/7/2025")
    assert waits(office, claim)[2] == "2025-07-01"
    wrong = officer.send(at, expect=422, do="settle", suspension=id_, words="It held.")
    assert "This is needed." in wrong
    officer.send(at, do="lift", suspension=id_, words="It was her sister.")
    assert "Payments go on: the ground did not hold" in officer.open(at)


def test_only_grounds_of_the_list_are_offered_and_a_country_without_any_says_so(office: Office, claim: Json) -> None:
    def offered(country: str) -> list[Ground]:
        with office.service.engine.connect() as connection:
            act = office.act(connection)
            found = replace(store.claims.get(act, claim["id"]), country=country)
            return grounds.grounds(act, found)

    codes = [g.code for g in offered("xx")]
    assert "in_prison_maintained_at_public_expense" in codes
    assert "contributions_in_arrears" not in codes, "C102 art. 69 has no such letter"
    assert codes.count("treatment_refused") == 1
    said = {message for message, _ in grounds.FACTS.values()} | set(grounds.OF_PROFILES)
    for country in ("la", "mm", "th", "vn", "xx"):
        for year in available(country):
            known = profile(country, office.service.clock.today().replace(year=year)).grounds
            assert {g.text for g in known if g.letter not in grounds.NOT_LISTED} <= said, "in her language too"
