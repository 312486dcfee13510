"""A decision that should never have been made is annulled by two people: it is kept and counts no more, what was paid
by it is asked back by the usual road, and an objection that is upheld brings it back."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from services.benefits import store
from services.benefits import tables as t
from services.benefits.store import evidence, statistics
from services.benefits.usecases import claims
from shared.act import Actor
from tests.benefits.browser import live
from tests.benefits.conftest import SICK, Office, Person
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_employer_pages import employer_of
from tests.benefits.test_suspension import ANOTHER, LONG, asks, ordered, version
from tests.benefits.test_tasks import person_of
from tests.benefits.visitors import Browser, Phone
from tests.there import there

Json = dict[str, Any]
THIRD = Actor("0198a000-0000-7000-8000-0000000000ab", "account", frozenset({"supervisor"}), office="svk", name="Noy")


@pytest.fixture
def claim(office: Office) -> Json:
    """Decided on 20 May: what was due until then leaves on the 22nd, the rest in June and July."""
    made = submitted(office, office.someone(wage="2000000"), facts=LONG)
    return made | {"decision": decided(office, made)}


def asked(office: Office, claim: Json, by: str = "officer", **more: Any) -> Any:
    body = {
        "ground": "registered_twice",
        "basis": "Law, article 70",
        "words": "Claim 12 is about the same days.",
    } | more
    who = getattr(office, by)
    return who.post(f"/v1/claims/{claim['id']}/annulments", body, etag=version(office, claim))


def annulled(office: Office, claim: Json, **more: Any) -> Json:
    found = asked(office, claim, **more)
    assert found.status_code == 201, found.json
    confirmed = office.supervisor.post(f"/v1/annulments/{found.json['id']}/confirmation")
    assert confirmed.status_code == 200, confirmed.json
    return dict(confirmed.json)


def contests(office: Office, claim: Json) -> Json:
    body = {"decision_id": claim["decision"]["id"], "finding": "annulment", "grounds": "I claimed once."}
    lodged = office.clerk.post(f"/v1/claims/{claim['id']}/appeals", body)
    assert lodged.status_code == 201, lodged.json
    return dict(lodged.json)


def decides(office: Office, found: Json, outcome: str, by: Person | None = None) -> Any:
    body = {"outcome": outcome, "reasons": "Claim 12 is of her sister."}
    return (by or Person(office, THIRD)).post(f"/v1/annulments/{found['id']}/objection", body)


def letter(office: Office, found: Json) -> Json:
    path = f"/v1/annulments/{found['id']}/letter-facts"
    return dict(there(office.client.get(path, headers=office.machine("notifications")).json))


def waits(office: Office, claim: Json) -> str | None:
    found = office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"]
    return str(found["reason"]) if found else None


def paid(office: Office, claim: Json) -> int:
    """The first instalment has left and arrived."""
    first = claim["decision"]["schedule"][0]
    live.bank_says(office, claim, minor=first["amount"]["minor"], no=1, period=first["period"])
    return int(first["amount"]["minor"])


def test_two_people_annul_a_decision_and_nothing_more_is_paid(office: Office, claim: Json) -> None:
    before = ordered(office)
    found = asked(office, claim)
    assert (found.status_code, found.json["state"]) == (201, "proposed")
    assert found.json["granted"] == claim["decision"]["total"]
    assert waits(office, claim) == "confirm_annulment"
    assert ordered(office) == before, "one hand annuls nothing"
    again = asked(office, claim)
    assert (again.status_code, "already_proposed" in again.text) == (409, True)
    done = office.supervisor.post(f"/v1/annulments/{found.json['id']}/confirmation").json
    assert (done["state"], done["paid"]["minor"], done["appeal_until"]) == ("runs", 0, "2025-07-19")
    revised = sent(office, "benefits.award.revised")[-1]
    assert (revised["instalments"], revised["total"]["minor"]) == ([], 0)
    (told,) = sent(office, "benefits.decision.annulled")
    assert told["decision_id"] == claim["decision"]["id"]
    assert sent(office, "benefits.overpayment.found") == []
    assert waits(office, claim) is None
    assert office.supervisor.post(f"/v1/annulments/{found.json['id']}/confirmation").status_code == 409
    assert len(sent(office, "benefits.decision.annulled")) == 1, "said twice, it happens once"


def test_nobody_annuls_alone_in_her_own_case_elsewhere_or_without_ground_basis_and_reason(
    office: Office, claim: Json
) -> None:
    for wrong, field in (({"ground": "x"}, "ground"), ({"basis": " "}, "basis"), ({"words": " "}, "words")):
        refused = asked(office, claim, **wrong)
        assert (refused.status_code, field in refused.text) == (422, True), refused.json
    assert asked(office, claim, by="clerk").status_code == 403
    own = asked(office, claim, by="supervisor").json
    answer = office.supervisor.post(f"/v1/annulments/{own['id']}/confirmation")
    assert (answer.status_code, answer.json["code"]) == (403, "same_person")
    assert office.officer.post(f"/v1/annulments/{own['id']}/confirmation").status_code == 403
    assert office.officer_of_vte.get(f"/v1/claims/{claim['id']}/annulments").status_code == 404
    hers = person_of(office, "boss", "supervisor")
    with office.service.engine.begin() as connection:
        link = t.account.update().where(t.account.c.id == hers.actor.id)
        connection.execute(link.values(person_id=claim["person_id"]))
    assert "own_case" in hers.post(f"/v1/annulments/{own['id']}/confirmation").text
    back = Person(office, ANOTHER).post(f"/v1/annulments/{own['id']}/return", {"words": "Ask her first."})
    assert back.json["state"] == "returned"
    assert waits(office, claim) is None
    assert ordered(office), "it counts as before"
    one = t.annulment.c
    row = t.annulment.update().where(one.id == own["id"])
    alone = row.values(state="runs", confirmed_by=one.proposed_by, decided_on=date(2025, 5, 20))
    with office.service.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(alone)


def test_what_was_paid_by_it_becomes_an_overpayment_by_the_usual_road(office: Office, claim: Json) -> None:
    left = paid(office, claim)
    found = annulled(office, claim)
    assert found["paid"]["minor"] == left
    (told,) = sent(office, "benefits.overpayment.found")
    assert told["amount"]["minor"] == left
    assert waits(office, claim) == "overpayment"
    body = {"way": "repay"}
    early = office.officer.post(f"/v1/claims/{claim['id']}/recoveries", body, etag=version(office, claim))
    assert "not_heard" in early.text, "she can still object to the annulment"
    heard = body | {"heard": "She will pay in July."}
    made = office.officer.post(f"/v1/claims/{claim['id']}/recoveries", heard, etag=version(office, claim))
    assert made.status_code == 201, made.json
    facts = letter(office, found)
    assert [said["msg"].split(" ")[0] for said in facts["said"]] == ["The", "It", "{amount}", "You"]


def test_what_the_institution_paid_by_its_own_mistake_is_not_asked_back_without_saying_why(
    office: Office, claim: Json
) -> None:
    paid(office, claim)
    found = annulled(office, claim, ground="our_mistake")
    assert "The mistake was ours" in str(letter(office, found)["said"])
    body = {"way": "repay", "heard": "She did not know."}
    asked_back = office.officer.post(f"/v1/claims/{claim['id']}/recoveries", body, etag=version(office, claim))
    assert (asked_back.status_code, "could_know" in asked_back.text) == (409, True)
    body = {"way": "waive", "reason": "our_mistake"}
    let_go = office.officer.post(f"/v1/claims/{claim['id']}/recoveries", body, etag=version(office, claim))
    assert let_go.status_code == 201, let_go.json


def test_an_annulled_spell_leaves_nothing_behind(office: Office) -> None:
    person = office.someone(wage="2000000")
    first = submitted(office, person, facts=LONG)
    first |= {"decision": decided(office, first)}
    again = SICK | {"spell": SICK["spell"] | {"first_day": "2025-07-02", "last_day": "2025-07-10"}}
    again |= {"certificates": [{"number": "SVK-25-1", "from": "2025-07-02", "to": "2025-07-10", "follow_up": True}]}
    office.on("2025-07-14")
    second = submitted(office, person, facts=again, received_on="2025-07-14")

    def history() -> int:
        with office.service.engine.connect() as connection:
            act = office.act(connection)
            return len(claims.earlier_spells(act, store.claims.get(act, second["id"])))

    def replayed() -> list[str]:
        with office.service.engine.connect() as connection:
            act = office.act(connection)
            return [one.id for one in evidence.decided(act, date(2025, 1, 1), date(2025, 12, 31))]

    def counted() -> list[bool]:
        with office.service.engine.connect() as connection:
            return [one.decided is not None for one in statistics.claims(office.act(connection), 2025)]

    assert history() == 1
    assert first["decision"]["id"] in replayed()
    assert counted() == [True, False]
    found = annulled(office, first)
    assert history() == 0
    assert replayed() == []
    assert counted() == [False, False]
    contests(office, first)
    assert decides(office, found, "upheld").status_code == 200
    assert history() == 1, "the objection brings it back"
    assert first["decision"]["id"] in replayed()


def test_every_decision_opens_as_it_was_with_what_annulled_it(office: Office, claim: Json) -> None:
    before = office.officer.get(f"/v1/decisions/{claim['decision']['id']}").json
    annulled(office, claim)
    assert office.officer.get(f"/v1/decisions/{claim['decision']['id']}").json == before
    desk = Browser(office, office.officer)
    page = re.sub(r"\s+", " ", desk.open(f"/desk/decisions/{claim['decision']['id']}"))
    sentence = (
        "The decision of 20 May 2025 on this claim is annulled: the same claim was registered twice (Law, article 70)."
    )
    assert sentence in page
    assert "annulled: it counts no more" in page
    shown = re.sub(r"\s+", " ", desk.open(f"/desk/claims/{claim['id']}"))
    assert sentence in shown
    assert "Decision annulled" in shown
    assert "Law, article 70: Claim 12 is about the same days." in shown
    now = re.sub(r"\s+", " ", desk.open(f"/desk/claims/{claim['id']}/annulment"))
    assert "No decision; nothing is granted." in now
    phone = Phone(office)
    phone.client.set_cookie("lang", "en")
    assert sentence in re.sub(r"\s+", " ", phone.come_in(claim)), "desk, her page and the letter say the same"


def test_an_objection_is_decided_by_somebody_who_had_no_hand_in_it(office: Office, claim: Json) -> None:
    left = paid(office, claim)
    found = annulled(office, claim)
    contests(office, claim)
    assert waits(office, claim) == "annulment_contested"
    with office.service.engine.connect() as connection:
        over = store.awards.overpayment(office.act(connection), claim["id"])
    assert there(over).state == "suspended", "nothing is asked back meanwhile"
    confirmed = decides(office, found, "upheld", office.supervisor)
    assert (confirmed.status_code, confirmed.json["code"]) == (403, "same_person")
    made = decides(office, found, "upheld")
    assert (made.status_code, made.json["state"]) == (200, "lifted")
    total = claim["decision"]["total"]["minor"]
    revised = sent(office, "benefits.award.revised")[-1]
    assert revised["total"]["minor"] == total
    assert sum(part["amount"]["minor"] for part in revised["instalments"]) == total
    assert all(part["due_on"] > "2025-05-20" for part in revised["instalments"])
    with office.service.engine.connect() as connection:
        act = office.act(connection)
        assert there(store.decisions.last_final(act, claim["id"])).id == claim["decision"]["id"]
        assert there(store.awards.overpayment(act, claim["id"])).left.minor == 0
    assert left < total
    assert [told["outcome"] for told in sent(office, "benefits.appeal.decided")] == ["upheld"]
    assert [told["outcome"] for told in sent(office, "benefits.annulment.objection_decided")] == ["upheld"]
    assert letter(office, found)["objection"]["said"]["msg"].startswith("Your objection is upheld")
    assert decides(office, found, "rejected").status_code == 409


def test_rejected_it_stays_annulled_and_the_claim_can_still_be_decided_anew(office: Office, claim: Json) -> None:
    found = annulled(office, claim, ground="our_mistake")
    lodged = contests(office, claim)
    office.officer.patch(
        f"/v1/claims/{claim['id']}", {"facts": LONG, "why": "papers again"}, etag=version(office, claim)
    )
    blocked = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=version(office, claim))
    assert (blocked.status_code, "annulment_contested" in blocked.text) == (409, True)
    assert decides(office, found, "rejected").json["state"] == "runs"
    assert office.clerk.post(f"/v1/appeals/{lodged['id']}/withdrawal").status_code == 409
    assert waits(office, claim) == "to_decide"
    anew = decided(office, claim | {"version": version(office, claim)})
    assert (anew["no"], anew["kind"]) == (2, "first")
    assert office.supervisor.post(f"/v1/decisions/{anew['id']}/confirmation").json["state"] == "final"
    assert sum(ordered(office).values()) == anew["total"]["minor"]
    late = office.clerk.post(
        f"/v1/claims/{claim['id']}/appeals",
        {"decision_id": claim["decision"]["id"], "finding": "annulment", "grounds": "I claimed once."},
    )
    assert late.status_code == 409, "a decision stands that she can object to"
    second = annulled(office, claim | {"decision": anew})
    assert second["decision_id"] == anew["id"]


def test_what_was_suspended_ends_with_it_and_no_second_letter_is_written(office: Office, claim: Json) -> None:
    suspended = asks(office, claim)
    office.supervisor.post(f"/v1/suspensions/{suspended.json['id']}/confirmation")
    annulled(office, claim, ground="false_papers")
    with office.service.engine.connect() as connection:
        assert store.suspensions.holding(office.act(connection), claim["id"]) is None
    assert sent(office, "benefits.suspension.lifted") == []
    page = Browser(office, office.officer).open(f"/desk/claims/{claim['id']}/suspension")
    assert "The decision was annulled, so nothing waits any more." in page


def test_decided_or_opened_anew_meanwhile_it_is_given_back(office: Office, claim: Json) -> None:
    found = asked(office, claim).json
    body = {"facts": LONG, "why": "the employer paid one day more"}
    assert office.officer.patch(f"/v1/claims/{claim['id']}", body, etag=version(office, claim)).status_code == 200
    late = office.supervisor.post(f"/v1/annulments/{found['id']}/confirmation")
    assert (late.status_code, "decided_anew" in late.text) == (409, True)
    back = office.supervisor.post(f"/v1/annulments/{found['id']}/return", {"words": "Opened meanwhile."})
    assert back.status_code == 200
    assert waits(office, claim) == "revision", "what it waits for since is not undone"


def test_at_the_desk_it_is_asked_for_confirmed_and_the_claim_opened_again(office: Office, claim: Json) -> None:
    officer, supervisor = Browser(office, office.officer), Browser(office, office.supervisor)
    at = f"/desk/claims/{claim['id']}/annulment"
    assert at in officer.open(f"/desk/claims/{claim['id']}")
    officer.open(at)
    typed: Json = {"do": "propose", "ground": "wrong_person", "basis": "Law, article 70"}
    typed["version"] = str(version(office, claim))
    refused = officer.send(at, 422, words="", **typed)
    assert "This is needed." in refused
    assert "Law, article 70" in refused
    officer.send(at, words="It is her sister.", **typed)
    assert at in supervisor.open("/desk")
    page = supervisor.open(at)
    id_ = there(re.search(r'name="annulment" value="([^"]+)"', page)).group(1)
    supervisor.send(at, do="confirm", annulment=id_)
    assert "annulled" in supervisor.open(at)
    officer.open(at)
    officer.send(at, do="decide_anew", version=str(version(office, claim)), words="She has a claim all the same.")
    assert waits(office, claim) == "to_decide"


def test_she_objects_on_her_own_page_and_takes_it_back(office: Office, claim: Json) -> None:
    annulled(office, claim)
    phone = Phone(office)
    phone.client.set_cookie("lang", "en")
    page = phone.come_in(claim)
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert said.count("You can object until 19 July 2025") == 1
    assert "That the decision was annulled" in phone.open("/worker/objection")
    typed = {"decision": claim["decision"]["id"], "finding": "annulment", "grounds": "I claimed once."}
    assert "That the decision was annulled" in phone.send("/worker/objection", **typed)
    phone.send("/worker/objection/withdrawal")
    assert waits(office, claim) is None
    assert "/worker/objection" in phone.open("/worker"), "she can still object"


def test_her_employer_reads_that_it_counts_no_more_and_not_why(office: Office, claim: Json) -> None:
    annulled(office, claim, ground="false_papers")
    hr = Browser(office, employer_of(office))
    page = re.sub(r"<[^>]+>|\s+", " ", hr.open(f"/employer/cases/{claim['id']}"))
    page = re.sub(r"\s+", " ", page).replace(" ;", ";")
    assert "The decision was annulled on 20 May 2025; it counts no more." in page
    assert "false" not in page
    assert "Claim 12" not in page
