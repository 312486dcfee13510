"""The number written at the desk is confirmed by a code that only whoever holds the phone can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.phone_code import PhoneCode
from services.benefits.usecases import people
from services.benefits.usecases.accounts import worker_of
from services.benefits.usecases.own_changes import BY_HERSELF
from shared.retention import allow
from tests.benefits.conftest import Office
from tests.benefits.test_one_hand import decided, doubts, submitted, told
from tests.benefits.test_registering import people_called, registered
from tests.benefits.visitors import Browser
from tests.there import there

NOT_CONFIRMED, CONFIRMED = "+8562055112233 · not confirmed", "+8562055112233 · confirmed"


@pytest.fixture
def clerk(office: Office) -> Browser:
    office.someone()  # and with her an employer
    return Browser(office, office.clerk)


def newcomer(office: Office) -> str:
    (row,) = people_called(office, "Dao Phommachanh")
    return str(row.id)


def latest(office: Office, person: str) -> PhoneCode:
    with office.service.engine.connect() as connection:
        return there(store.phone_codes.latest_on_number(office.act(connection), PersonId(person)))


def on_her_phone(office: Office, person: str) -> str:
    """The code as her message says it."""
    said = told(office, {"id": latest(office, person).id})
    assert said["account"] is None, "the message speaks of no account"
    return str(said["code"])


def wrong(code: str) -> str:
    return "00000000" if code != "00000000" else "11111111"


def sends(clerk: Browser, person: str, key: str = "first") -> str:
    return clerk.send(f"/desk/persons/{person}/phone/code", key=key)


def types(clerk: Browser, person: str, code: str, key: str = "typed") -> str:
    return clerk.send(f"/desk/persons/{person}/phone/answer", code=code, key=key)


def test_after_registering_the_code_she_tells_confirms_her_number(office: Office, clerk: Browser) -> None:
    page = registered(clerk)
    assert NOT_CONFIRMED in page
    assert "Send a code to her phone" in page, "the next thing at the counter, without a search"
    person = newcomer(office)
    assert "Type what she tells you" in sends(clerk, person)
    page = types(clerk, person, on_her_phone(office, person))
    assert CONFIRMED in page
    assert "The phone is confirmed by a code" in page, "her history says so"
    phone = clerk.open(f"/desk/persons/{person}/phone")
    assert "had it sent" in phone
    assert "Send a code" not in phone, "there is nothing left to ask"


def test_the_code_may_be_typed_as_the_message_and_her_script_write_it(office: Office, clerk: Browser) -> None:
    registered(clerk)
    person = newcomer(office)
    sends(clerk, person)
    code = on_her_phone(office, person)
    lao = f"{code[:4]} {code[4:]}".translate(str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙"))
    assert CONFIRMED in types(clerk, person, lao)


def test_who_has_no_phone_is_registered_all_the_same(office: Office, clerk: Browser) -> None:
    page = registered(clerk, phone="")
    assert "New claim" in page, "straight to her page"
    person = newcomer(office)
    assert "She is told everything by letter" in clerk.open(f"/desk/persons/{person}/phone")
    assert "She is told everything by letter" in sends(clerk, person)


def test_nothing_waits_for_a_code_that_never_comes(
    office: Office, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signal today: her claim is opened all the same; tomorrow the code is over, and a new one is asked for."""
    registered(clerk)
    person = newcomer(office)
    sends(clerk, person)
    old = on_her_phone(office, person)
    assert "Dao Phommachanh" in clerk.send(f"/desk/persons/{person}/claims", benefit="sickness", key="claim")
    tomorrow = office.service.clock.now() + timedelta(hours=25)
    monkeypatch.setattr(office.service.clock, "now", lambda: tomorrow)
    clerk = Browser(office, office.clerk)
    assert "the code was never typed, and a day is over" in clerk.open(f"/desk/persons/{person}/phone")
    assert NOT_CONFIRMED in types(clerk, person, old, key="late")
    sends(clerk, person, key="again")
    assert CONFIRMED in types(clerk, person, on_her_phone(office, person), key="today")


def test_five_wrong_codes_leave_the_number_not_confirmed(office: Office, clerk: Browser) -> None:
    registered(clerk)
    person = newcomer(office)
    sends(clerk, person)
    right = on_her_phone(office, person)
    assert "Tries left: 4" in types(clerk, person, wrong(right), key="0")
    for n in range(1, 5):
        page = types(clerk, person, wrong(right), key=str(n))
    assert "five wrong codes were typed" in page
    assert NOT_CONFIRMED in types(clerk, person, right, key="right, too late")
    assert NOT_CONFIRMED in clerk.open(f"/desk/persons/{person}")


def test_three_messages_a_day_are_all(office: Office, clerk: Browser) -> None:
    registered(clerk)
    person = newcomer(office)
    for n in range(3):
        sends(clerk, person, key=str(n))
    third = latest(office, person).id
    page = sends(clerk, person, key="fourth")
    assert latest(office, person).id == third
    assert "Send a new code" not in page
    assert CONFIRMED in types(clerk, person, on_her_phone(office, person)), "the third one still counts"


@pytest.mark.parametrize("way", ["at the desk", "by herself", "away and back again"])
def test_another_number_is_not_confirmed(office: Office, clerk: Browser, way: str) -> None:
    registered(clerk)
    person = newcomer(office)
    sends(clerk, person)
    assert CONFIRMED in types(clerk, person, on_her_phone(office, person))
    claim = office.claim(submitted(office, office.clerk, person)["id"])
    for number in ["020 5551 2399", *(["020 5511 2233"] if way == "away and back again" else [])]:
        with office.service.engine.begin() as connection:
            act, why = office.act(connection), "she said so"
            if way == "by herself":
                act, why = replace(act, actor=worker_of(claim)), BY_HERSELF
            people.correct_person(act, person, None, why=why, phone=number)
    page = clerk.open(f"/desk/persons/{person}")
    assert "· not confirmed" in page
    assert "The phone is confirmed by a code" in page, "what was is not taken out of the history"


def test_a_code_for_the_number_before_goes_nowhere_and_confirms_nothing(office: Office, clerk: Browser) -> None:
    registered(clerk)
    person = newcomer(office)
    sends(clerk, person)
    code, asked = on_her_phone(office, person), latest(office, person)
    with office.service.engine.begin() as connection:
        people.correct_person(office.act(connection), person, None, why="mistyped", phone="020 5551 2399")
    late = office.client.get(f"/v1/phone-codes/{asked.id}/message-facts", headers=office.machine("notifications"))
    assert late.status_code == 410, "the message that had not left yet is not sent to another number"
    assert "Send a code to her phone" in types(clerk, person, code)
    assert "· not confirmed" in clerk.open(f"/desk/persons/{person}")


def test_a_confirmed_number_is_never_her_word_for_a_claim(office: Office, clerk: Browser) -> None:
    """Who registered her wrote the number: the code shows that it is reached, not what she would say of her claim."""
    desk = Browser(office, office.officer)
    registered(desk)
    person = newcomer(office)
    sends(desk, person)
    assert CONFIRMED in types(desk, person, on_her_phone(office, person))
    claim = submitted(office, office.officer, person)
    assert {"alone_entered_facts", "alone_registered_person", "alone_set_account"} <= doubts(office.officer, claim)
    for who in (office.officer, office.officer2):
        refused = who.post(f"/v1/claims/{claim['id']}/phone-codes")
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (409, "phone_of_one_hand")
    answer = f"/v1/claims/{claim['id']}/phone-codes/answer"
    code = {"code": office.service.keys.digits(latest(office, person).purpose)}
    assert office.officer.post(answer, code).status_code == 409, "the code of a number answers for no claim"


def test_a_code_said_for_a_number_covers_no_decision(office: Office) -> None:
    """Somebody known by file: her number was no officer's making, and still its confirmation says nothing of facts."""
    person, desk = office.someone(), Browser(office, office.officer)
    sends(desk, person)
    types(desk, person, on_her_phone(office, person))
    claim = submitted(office, office.officer, person)
    assert "alone_entered_facts" in doubts(office.officer, claim)
    assert decided(office.officer, claim)["second_reason"] == "one_hand"


def test_a_person_of_another_office_is_not_asked(office: Office, clerk: Browser) -> None:
    far = office.someone("ນາງ ລັບ", "Secret Keomany", office="vte")
    assert clerk.client.get(f"/desk/persons/{far}/phone").status_code == 404
    clerk.send(f"/desk/persons/{far}/phone/code", expect=404)
    clerk.send(f"/desk/persons/{far}/phone/answer", expect=404, code="12345678")
    with office.service.engine.connect() as connection:
        assert connection.execute(select(t.phone_code)).all() == []


def test_who_looks_only_sees_whether_it_is_confirmed_and_sends_nothing(office: Office, clerk: Browser) -> None:
    registered(clerk)
    person = newcomer(office)
    auditor = Browser(office, office.auditor)
    page = auditor.open(f"/desk/persons/{person}")
    assert NOT_CONFIRMED in page
    assert f"/desk/persons/{person}/phone" not in page
    auditor.send(f"/desk/persons/{person}/phone/code", expect=403)


def test_the_number_of_a_code_goes_with_her_name(office: Office, clerk: Browser) -> None:
    registered(clerk)
    person = newcomer(office)
    sends(clerk, person)
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        allow(act)
        store.erasures.remove_particulars(act, PersonId(person))
        assert connection.execute(select(t.phone_code)).all() == []
