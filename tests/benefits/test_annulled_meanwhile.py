"""What happens while an annulment is asked for or contested: a death, a lifted suspension, a payment that comes back, a
claim that is opened. Nothing leaves that should not, nothing is asked in vain, nothing is forgotten."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.benefits import store
from services.benefits.domain.award import Award
from services.benefits.store import erasures
from services.benefits.usecases import feedback, marks
from shared.events import Event
from tests.benefits.browser import live
from tests.benefits.conftest import Office, Person
from tests.benefits.test_annulled import THIRD, annulled, asked, contests, decides, letter, paid, waits
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_employer_pages import employer_of
from tests.benefits.test_history import decide, sick
from tests.benefits.test_suspension import LONG, lifts, ordered, suspended, version
from tests.benefits.visitors import Browser
from tests.there import there

Json = dict[str, Any]


@pytest.fixture
def claim(office: Office) -> Json:
    """Decided on 20 May: what was due until then leaves on the 22nd, the rest in June and July."""
    made = submitted(office, office.someone(wage="2000000"), facts=LONG)
    return made | {"decision": decided(office, made)}


def dies(office: Office, claim: Json) -> None:
    """The bank says that the payee has died."""
    data = {"person_id": claim["person_id"], "reported_on": "2025-05-20"}
    with office.service.engine.begin() as connection:
        feedback.payee_died(office.act(connection), cast(Event, SimpleNamespace(data=data)))


def death_is_sure(office: Office, claim: Json) -> None:
    with office.service.engine.begin() as connection:
        marks.confirm_death(
            office.act(connection), claim["person_id"], None, died_on=date(2025, 5, 10), why="certificate 12/2025"
        )


def award(office: Office, claim: Json) -> Award:
    with office.service.engine.connect() as connection:
        return there(store.awards.of_claim(office.act(connection), claim["id"]))


def first_comes_back(office: Office, claim: Json) -> None:
    """The first instalment was on its way to an account that is closed."""
    first = claim["decision"]["schedule"][0]
    live.bank_says(office, claim, minor=first["amount"]["minor"], no=1, period=first["period"], came_back=True)


def test_nothing_is_paid_again_while_a_death_is_reported(office: Office, claim: Json) -> None:
    found = annulled(office, claim)
    contests(office, claim)
    dies(office, claim)
    refused = decides(office, found, "upheld")
    assert (refused.status_code, "death_to_confirm" in refused.text) == (409, True)
    assert not award(office, claim).is_running
    assert sent(office, "benefits.award.revised")[-1]["total"]["minor"] == 0
    with office.service.engine.begin() as connection:
        marks.death_mistaken(office.act(connection), claim["person_id"], None, why="she stood before me")
    assert not award(office, claim).total, "she lives, and the decision is annulled as before"
    assert decides(office, found, "upheld").status_code == 200
    assert sum(ordered(office).values()) == claim["decision"]["total"]["minor"]


def test_for_somebody_who_died_an_objection_brings_the_decision_back_and_no_payment(
    office: Office, claim: Json
) -> None:
    dies(office, claim)
    death_is_sure(office, claim)
    assert not award(office, claim).is_running
    found = annulled(office, claim)
    contests(office, claim)
    assert decides(office, found, "upheld").status_code == 200
    assert not award(office, claim).is_running, "nothing goes to the old account"
    assert sent(office, "benefits.award.ended")[-1]["version"] == award(office, claim).version
    assert waits(office, claim) == "death_confirmed", "an officer decides what was due until that day"
    assert "paid" not in letter(office, found)["objection"]["said"]["msg"]


def test_a_suspension_lifted_meanwhile_is_not_waited_for_again(office: Office, claim: Json) -> None:
    held = suspended(office, claim)
    proposal = asked(office, claim).json
    assert lifts(office, held).status_code == 200
    back = office.supervisor.post(f"/v1/annulments/{proposal['id']}/return", {"words": "It is right."})
    assert back.status_code == 200
    assert waits(office, claim) is None


def test_a_suspension_that_holds_is_waited_for_again(office: Office, claim: Json) -> None:
    suspended(office, claim)
    proposal = asked(office, claim).json
    office.supervisor.post(f"/v1/annulments/{proposal['id']}/return", {"words": "It is right."})
    assert waits(office, claim) == "suspended"


def test_for_money_that_is_not_paid_any_more_nobody_is_asked_for_an_account(office: Office, claim: Json) -> None:
    found = annulled(office, claim)
    first_comes_back(office, claim)
    assert waits(office, claim) is None
    contests(office, claim)
    assert decides(office, found, "upheld").status_code == 200
    assert waits(office, claim) == "account", "now it is paid, and the account is closed"


def test_an_objection_is_in_the_queue_though_the_claim_was_opened(office: Office, claim: Json) -> None:
    annulled(office, claim)
    contests(office, claim)
    body = {"facts": LONG, "why": "papers again"}
    opened = office.officer.patch(f"/v1/claims/{claim['id']}", body, etag=version(office, claim))
    assert (opened.status_code, waits(office, claim)) == (200, "revision")
    queue = Browser(office, Person(office, THIRD)).open("/desk")
    assert f'href="/desk/claims/{claim["id"]}/annulment"' in queue
    assert "the person objects to the annulment" in queue


def test_an_objection_outlasts_the_report_of_a_death_that_was_mistaken(office: Office, claim: Json) -> None:
    annulled(office, claim)
    contests(office, claim)
    dies(office, claim)
    with office.service.engine.begin() as connection:
        marks.death_mistaken(office.act(connection), claim["person_id"], None, why="she stood before me")
    queue = Browser(office, Person(office, THIRD)).open("/desk")
    assert f'href="/desk/claims/{claim["id"]}/annulment"' in queue


def test_the_days_that_another_claim_has_paid_meanwhile_are_not_paid_twice(office: Office, claim: Json) -> None:
    found = annulled(office, claim)
    again = submitted(office, claim["person_id"], facts=LONG)
    again |= {"decision": decided(office, again)}
    assert again["decision"]["total"] == claim["decision"]["total"], "the annulled claim stands in nobody's way"
    contests(office, claim)
    refused = decides(office, found, "upheld")
    assert (refused.status_code, "paid_elsewhere" in refused.text) == (409, True)
    assert sent(office, "benefits.award.revised")[-1]["total"]["minor"] == 0
    annulled(office, again)
    assert decides(office, found, "upheld").status_code == 200, "one of the two is paid"


def test_what_other_claims_left_behind_meanwhile_is_looked_at_when_a_decision_counts_again(office: Office) -> None:
    person = office.someone(wage="2500000", months=30, until="2025-04")
    last = decide(office, person, "sickness", sick(date(2025, 4, 1), date(2025, 4, 20)), date(2025, 4, 20))
    late = {"id": last["claim_id"], "decision": last}
    found = annulled(office, late)
    decide(office, person, "sickness", sick(date(2024, 5, 1), date(2025, 3, 31)), date(2025, 4, 1))
    assert waits(office, late) is None, "nothing stands there that could move"
    contests(office, late)
    assert decides(office, found, "upheld").status_code == 200
    assert waits(office, late) == "history_changed"


def test_an_annulled_claim_keeps_nobody_from_being_forgotten(office: Office, claim: Json) -> None:
    def hindered(day: str) -> list[str]:
        office.on(day)
        with office.service.engine.connect() as connection:
            return erasures.hindrances(office.act(connection), claim["person_id"])

    assert "money_under_way" in hindered("2025-05-20")
    annulled(office, claim)
    assert hindered("2025-07-19") == ["appeal_time_running"]
    assert hindered("2025-07-21") == []


def test_what_her_employer_is_asked_after_an_annulment_is_on_its_page(office: Office, claim: Json) -> None:
    annulled(office, claim)
    body = {"facts": LONG, "why": "the employer knows when she came back"}
    assert office.officer.patch(f"/v1/claims/{claim['id']}", body, etag=version(office, claim)).status_code == 200
    page = Browser(office, employer_of(office)).open(f"/employer/cases/{claim['id']}")
    assert "Waits for" in page
    assert "it counts no more" not in page, "it is decided anew"


def test_nothing_is_annulled_while_a_death_is_reported_so_that_nobody_forgets_to_confirm_it(
    office: Office, claim: Json
) -> None:
    proposal = asked(office, claim).json
    dies(office, claim)
    refused = office.supervisor.post(f"/v1/annulments/{proposal['id']}/confirmation")
    assert (refused.status_code, "death_to_confirm" in refused.text) == (409, True)
    assert waits(office, claim) == "death_to_confirm"


def test_our_mistake_stays_ours_once_the_claim_is_decided_anew(office: Office, claim: Json) -> None:
    paid(office, claim)
    annulled(office, claim, ground="our_mistake")
    days = {"from": "2025-03-03", "to": "2025-04-10"}
    short = LONG | {
        "spell": LONG["spell"] | {"last_day": days["to"]},
        "certificates": [days | {"number": "SVK-25-01981"}],
    }
    office.officer.patch(f"/v1/claims/{claim['id']}", {"facts": short, "why": "nine days"}, etag=version(office, claim))
    anew = decided(office, claim | {"version": version(office, claim)})
    if anew["state"] != "final":
        anew = office.supervisor.post(f"/v1/decisions/{anew['id']}/confirmation").json
    assert (anew["state"], waits(office, claim)) == ("final", "overpayment")
    body = {"way": "repay", "heard": "She did not know."}
    asked_back = office.officer.post(f"/v1/claims/{claim['id']}/recoveries", body, etag=version(office, claim))
    assert (asked_back.status_code, "could_know" in asked_back.text) == (409, True)


def test_claim_and_file_say_in_words_what_she_objects_to(office: Office, claim: Json) -> None:
    found = annulled(office, claim)
    contests(office, claim)
    assert decides(office, found, "upheld").status_code == 200
    desk = Browser(office, office.officer)
    for path in (f"/desk/claims/{claim['id']}", f"/desk/decisions/{claim['decision']['id']}"):
        page = desk.open(path)
        assert "against “That the decision was annulled”" in page
        assert "“annulment”" not in page


def test_the_file_of_a_decision_says_no_code_in_another_language(office: Office, claim: Json) -> None:
    annulled(office, claim)
    desk = Browser(office, office.officer)
    desk.client.set_cookie("lang", "lo")
    assert "female" not in desk.open(f"/desk/decisions/{claim['decision']['id']}")
