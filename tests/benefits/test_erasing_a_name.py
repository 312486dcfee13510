"""A person's name is erased at her request: never while something is open, never by one person alone."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.erasure import code_of
from services.benefits.domain.ids import PersonId
from services.benefits.usecases import regaining
from tests.benefits.browser import live
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.visitors import Browser

WHY = {"why": "her letter of 20 May"}


def asks(office: Office, her: str, who: str = "officer") -> Any:
    return getattr(office, who).post(f"/v1/persons/{her}/erasures", WHY)


def reasons(answer: Any) -> list[str]:
    assert answer.status_code in (403, 409), answer.text
    return [error["code"] for error in answer.json["errors"]]


def releases(office: Office, her: str, erasure: str, who: str = "supervisor") -> Any:
    return getattr(office, who).post(f"/v1/persons/{her}/erasures/{erasure}/release")


def rows(office: Office, table: Any, her: str) -> int:
    with office.service.engine.connect() as connection:
        return len(connection.execute(select(table).where(table.c.person_id == her)).all())


def test_two_people_after_the_days_of_notice(office: Office) -> None:
    her = office.someone()
    asked = asks(office, her).json
    assert asks(office, her).json["id"] == asked["id"], "asking twice is asking once"
    assert sent(office, "benefits.person.erasure_asked") == [], "she has no claim: she is told at the counter"
    assert reasons(releases(office, her, asked["id"])) == ["too_early"]
    office.on("2025-06-03")
    assert releases(office, her, asked["id"], "officer").status_code == 403
    assert releases(office, her, asked["id"], "supervisor_of_vte").status_code == 404
    done = releases(office, her, asked["id"])
    assert done.json["state"] == "erased"
    person = office.officer.get(f"/v1/persons/{her}").json
    assert person["name"] == {"full": code_of(PersonId(her)), "latin": None}
    assert person["identifiers"] == []
    assert [person[name] for name in ("sex", "born_on", "phone", "address")] == [None, None, None, []]
    for table in (t.person_identifier, t.payee, t.person_change, t.person_export):
        assert rows(office, table, her) == 0
    assert rows(office, t.contribution, her) == 14, "the record of insurance stays"
    (told,) = sent(office, "benefits.person.erased")
    assert told == {"person_id": her, "office_id": "svk"}
    assert releases(office, her, asked["id"]).json["code"] == "person_erased"
    assert office.officer.get("/v1/persons?q=Bounmy").json["items"] == []


def test_who_asked_does_not_do_it(office: Office) -> None:
    her = office.someone()
    asked = asks(office, her, "supervisor").json
    office.on("2025-06-03")
    answer = releases(office, her, asked["id"])
    assert (answer.status_code, answer.json["code"]) == (403, "same_person")
    assert releases(office, her, asked["id"], "supervisor2").json["state"] == "erased"


def test_a_claim_money_and_the_time_to_appeal_hinder_it(office: Office) -> None:
    her = office.someone()
    claim = submitted(office, her)
    assert reasons(asks(office, her)) == ["claim_open"]
    decided(office, claim)
    assert reasons(asks(office, her)) == ["money_under_way", "appeal_time_running"]
    office.on("2025-09-01")
    assert reasons(asks(office, her)) == ["money_under_way"]
    live.bank_says(office, claim, minor=336000000)
    live.bank_says(office, claim, minor=112000000, no=2)
    assert reasons(asks(office, her)) == ["money_under_way", "recovery_running"], "too much was paid"


def test_what_opens_after_she_asked_hinders_it_still(office: Office) -> None:
    her = office.someone()
    asked = asks(office, her).json
    submitted(office, her)
    office.on("2025-06-03")
    assert reasons(releases(office, her, asked["id"])) == ["claim_open"]
    taken_back = office.officer.post(f"/v1/persons/{her}/erasures/{asked['id']}/withdrawal")
    assert taken_back.json["state"] == "withdrawn"
    assert reasons(office.officer.post(f"/v1/persons/{her}/erasures/{asked['id']}/withdrawal")) == ["withdrawn"]


def test_a_claim_that_was_never_decided_goes_with_her_name(office: Office) -> None:
    her = office.someone()
    claim = submitted(office, her)
    version = office.officer.get(f"/v1/claims/{claim['id']}").json["version"]
    gone = office.officer.post(f"/v1/claims/{claim['id']}/withdrawal", {"why": "she says so"}, etag=version)
    assert gone.status_code < 300, gone.text
    asked = asks(office, her).json
    (told,) = sent(office, "benefits.person.erasure_asked")
    assert told["not_before"] == "2025-06-03"
    office.on("2025-06-03")
    assert releases(office, her, asked["id"]).json["state"] == "erased"
    assert office.officer.get(f"/v1/claims/{claim['id']}").status_code == 404


def test_nothing_is_added_to_what_stays(office: Office) -> None:
    her = office.someone()
    asked = asks(office, her).json
    office.on("2025-06-03")
    releases(office, her, asked["id"])
    body = {"person_id": her, "benefit": "sickness", "received_on": "2025-06-03"}
    refused = office.clerk.post("/v1/claims", body)
    assert (refused.status_code, refused.json["code"]) == (409, "person_erased")
    version = office.officer.get(f"/v1/persons/{her}").json["version"]
    refused = office.officer.patch(f"/v1/persons/{her}", {"phone": "02055614720", "why": "again"}, etag=version)
    assert refused.json["code"] == "person_erased"


def test_on_her_page(office: Office) -> None:
    her = office.someone()
    page, second = Browser(office, office.officer), Browser(office, office.supervisor)
    assert "She asks that her name be erased" in page.open(f"/desk/persons/{her}?lang=en")
    page.send(f"/desk/persons/{her}/erasures", expect=422, erasure_why="")
    shown = page.send(f"/desk/persons/{her}/erasures", erasure_why="her letter", key="two")
    assert "the days since she was told are not over" in shown
    office.on("2025-06-03")
    with office.service.engine.connect() as connection:
        (asked,) = store.erasures.of_person(office.act(connection), PersonId(her))
    assert "go for good" not in page.open(f"/desk/persons/{her}")
    assert "go for good" in second.open(f"/desk/persons/{her}?lang=en")
    assert code_of(PersonId(her)) in second.send(f"/desk/persons/{her}/erasures/{asked.id}/release")


def test_a_backup_that_still_knew_her_name_forgets_it_again(office: Office) -> None:
    her = office.someone()
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        connection.exec_driver_sql(
            "INSERT INTO restore_hold (found_at, how, phase) VALUES (%s, 'command', 'asking')", (act.now,)
        )
        body = json.dumps({"data": {"person_id": her, "office_id": "svk"}})
        connection.exec_driver_sql(
            "INSERT INTO outbox (event_id, type, person, sequence, body, written_at, regained_at) "
            "VALUES (gen_random_uuid(), 'benefits.person.erased', %s, 99, %s::jsonb, %s, %s)",
            (her, body, act.now, act.now),
        )
        regaining.regained(act)
        regaining.regained(act)
    assert office.officer.get(f"/v1/persons/{her}").json["name"]["full"] == code_of(PersonId(her))
