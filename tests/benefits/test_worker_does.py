"""What a worker does by herself on her page: withdraw, ask, change phone, account and language, read her inbox."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.own_change import OwnChangeRefused
from services.benefits.usecases import own_changes
from shared.events import Event
from shared.messaging import Handler
from shared.tables import outbox
from tests.benefits.conftest import Office
from tests.benefits.test_worker_pages import decided, submitted
from tests.benefits.visitors import Browser, Phone
from tests.there import there

OTHER: dict[str, Any] = {"what": "payee", "kind": "bank", "bank": "LDB", "number": "0201110009982"}
OLD, NEW = "0101110004471", "0201110009982"


def events(office: Office) -> list[tuple[str, dict[str, Any]]]:
    with office.service.engine.connect() as connection:
        rows = connection.execute(select(outbox.c.type, outbox.c.body).order_by(outbox.c.position)).all()
    return [(row.type, row.body["data"]) for row in rows]


def known(office: Office, person: str, day: str = "2025-06-10") -> dict[str, Any]:
    """A claim of somebody whose phone is as old as an account has to be, on a later day."""
    claim = submitted(office, person)
    office.on(day)
    return claim


def asks(office: Office, phone: Phone, claim: dict[str, Any], /, **form: Any) -> str:
    """She asks for a change; gives the id of what is asked for."""
    phone.come_in(claim)
    phone.open("/worker/change?lang=en")
    phone.send("/worker/change", **(form or OTHER))
    return there(re.search(r"/worker/change/([0-9a-f-]{36})/code", phone.text)).group(1)


def answer(id_: str | None, text: str) -> dict[str, Any]:
    """What an officer types under a question."""
    return {f"answer-{id_}": text}


def code_for(office: Office, id_: str) -> str:
    return office.service.keys.digits(f"own change:{id_}")


def confirms(office: Office, phone: Phone, claim: dict[str, Any], /, told: bool = True, **form: Any) -> str:
    """She types the code; the message that tells of what is coming reaches her phone."""
    id_ = asks(office, phone, claim, **form)
    phone.send(f"/worker/change/{id_}/code", code=code_for(office, id_))
    if told:
        person = office.claim(claim["id"]).person_id
        hear(office, "notifications.message.delivered", claim, person, template="own_change_coming")
    return id_


def account(office: Office, person: str) -> str:
    with office.service.engine.connect() as connection:
        return there(store.persons.payee(office.act(connection), PersonId(person))).number


def day_passes(office: Office, day: str) -> None:
    office.on(day)
    for _ in range(5):
        office.service.look_at_jobs()


# --- withdrawing -------------------------------------------------------------------------------


def test_she_withdraws_her_claim_and_is_asked_once_whether_she_is_sure(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    assert "Withdraw my claim" in (phone.come_in(claim) and phone.open("/worker/do?lang=en"))
    phone.open("/worker/withdrawal")
    assert "This is needed." in phone.send("/worker/withdrawal", expect=422, why=" ")
    asked = phone.send("/worker/withdrawal", why="I am back at work")
    assert "Are you sure?" in asked
    assert office.claim(claim["id"]).state == "submitted"
    page = phone.send("/worker/withdrawal", why="I am back at work", sure="yes")
    assert "You withdrew it on 20 May 2025." in page
    assert "Withdraw my claim" not in phone.open("/worker/do")
    assert office.claim(claim["id"]).state == "withdrawn"


def test_the_officer_reads_in_the_history_that_she_withdrew_it_herself(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = submitted(office, office.someone())
    phone.come_in(claim)
    phone.open("/worker/withdrawal")
    phone.send("/worker/withdrawal", why="I am back at work", sure="yes")
    page = officer.open(f"/desk/claims/{claim['id']}?lang=en")
    assert "by herself, on her page" in page
    assert "I am back at work" in page
    assert f"worker:{claim['id']}" not in page


def test_what_was_decided_is_not_withdrawn(office: Office, phone: Phone) -> None:
    claim = decided(office, office.someone())
    phone.come_in(claim)
    assert "Withdraw my claim" not in phone.open("/worker/do?lang=en")
    phone.open("/worker")
    phone.send("/worker/withdrawal", why="No", sure="yes")
    assert office.claim(claim["id"]).state == "decided"


# --- questions ---------------------------------------------------------------------------------


def test_a_question_is_answered_on_her_page_and_the_event_says_only_that(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = submitted(office, office.someone())
    phone.come_in(claim)
    phone.open("/worker/questions?lang=en")
    assert "The office has not answered yet." in phone.send("/worker/questions", question="When is it <b>paid</b>?")
    office.on("2025-05-23")
    assert "Questions of workers</a>" not in officer.open("/desk?lang=en")
    assert "(1)" in there(re.search(r"Questions of workers[^<]*", officer.text)).group(0)
    listed = officer.open("/desk/questions")
    assert "&lt;b&gt;paid" in listed
    assert "Open: 1." in listed
    id_ = there(re.search(r"/desk/questions/([0-9a-f-]{36})", listed)).group(1)
    assert "This is needed." in officer.send(f"/desk/questions/{id_}", expect=422, **answer(id_, " "))
    after = officer.send(f"/desk/questions/{id_}", **answer(id_, "Each Thursday."))
    assert "Open: 0." in after
    assert "1 asked, 1 answered." in after
    assert "within 3 days" in after
    type_, said = events(office)[-1]
    assert type_ == "benefits.question.answered"
    assert set(said) == {"claim_id", "claim_number", "person_id", "office_id", "question_id"}
    phone.come_in(claim)
    assert "(1 answer)" in phone.open("/worker/do?lang=en")
    assert "Each Thursday." in phone.open("/worker/questions")
    assert "Each Thursday." in officer.open(f"/desk/claims/{claim['id']}")


def test_an_answer_given_on_the_page_of_the_claim_leads_back_there(
    office: Office, phone: Phone, officer: Browser
) -> None:
    claim = submitted(office, office.someone())
    phone.come_in(claim)
    phone.open("/worker/questions")
    phone.send("/worker/questions", question="When?")
    page = officer.open(f"/desk/claims/{claim['id']}")
    id_ = there(re.search(r"/desk/questions/([0-9a-f-]{36})", page)).group(1)
    officer.send(f"/desk/questions/{id_}", back="claim", **answer(id_, "Soon."))
    assert officer.here == f"/desk/claims/{claim['id']}"
    officer.send(f"/desk/questions/{id_}", expect=422, **answer(id_, "Twice."))


def test_no_more_than_three_questions_of_a_claim_wait(office: Office, phone: Phone) -> None:
    phone.come_in(submitted(office, office.someone()))
    phone.open("/worker/questions?lang=en")
    for n in range(3):
        phone.send("/worker/questions", question=f"Number {n}?")
    assert 'name="question"' not in phone.text
    phone.open("/worker")
    again = phone.send("/worker/questions", expect=422, question="Number 4?")
    assert "Three of your questions wait for an answer." in again
    assert "Number 4?" in again


def test_a_question_written_too_long_asks_for_the_code_again_and_keeps_every_word(office: Office, phone: Phone) -> None:
    claim = submitted(office, office.someone())
    phone.come_in(claim)
    phone.open("/worker/questions?lang=en")
    phone.client.delete_cookie("tideover")
    asked = phone.send("/worker/questions", expect=401, question="It took me long.")
    assert "It took me long." in asked
    assert "It took me long.</textarea>" in phone.come_in(claim, question="It took me long.")


def test_another_office_sees_no_question_and_answers_none(office: Office, phone: Phone) -> None:
    phone.come_in(submitted(office, office.someone()))
    phone.open("/worker/questions")
    phone.send("/worker/questions", question="Mine alone")
    with office.service.engine.connect() as connection:
        id_ = connection.scalar(select(t.question.c.id))
        raw = connection.exec_driver_sql("SELECT text FROM question").scalar()
    assert "Mine" not in str(raw), "what she writes lies sealed"
    other = Browser(office, office.officer_of_vte)
    assert "Mine alone" not in other.open("/desk/questions")
    other.send(f"/desk/questions/{id_}", expect=404, **answer(id_, "x"))


# --- another phone or account ------------------------------------------------------------------


def test_an_account_changes_after_her_code_and_the_waiting_time_and_is_hers(
    office: Office, phone: Phone, officer: Browser
) -> None:
    person = office.someone()
    claim = known(office, person)
    id_ = asks(office, phone, claim)
    type_, said = events(office)[-1]
    assert (type_, said["what"], said["change_id"]) == ("benefits.own_change.asked", "payee", id_)
    assert NEW not in str(events(office))
    page = phone.send(f"/worker/change/{id_}/code", code=code_for(office, id_))
    assert "Another account, ending in 9982" in page
    assert "13 June 2025" in page
    type_, said = events(office)[-1]
    assert (type_, said["due_on"]) == ("benefits.own_change.announced", "2025-06-13")
    seen = officer.open(f"/desk/persons/{person}?lang=en")
    assert "Another account, ending in 9982" in seen
    assert "takes effect on" in seen
    hear(office, "notifications.message.delivered", claim, person, template="own_change_coming")
    day_passes(office, "2025-06-12")
    assert account(office, person) == OLD
    day_passes(office, "2025-06-13")
    assert account(office, person) == NEW
    with office.service.engine.connect() as connection:
        by = connection.scalar(select(t.payee.c.changed_by).where(t.payee.c.current))
        kept = connection.execute(select(t.person_change).order_by(t.person_change.c.version.desc())).first()
    assert by == there(kept).by == f"worker:{claim['id']}"
    assert events(office)[-1][0] == "benefits.payee.changed"
    history = officer.open(f"/desk/persons/{person}?lang=en")
    assert "asked for by herself, with a code on her phone" in history
    assert "by herself, on her page" in history


def test_a_phone_changes_so_too_and_is_then_too_new_for_the_next(office: Office, phone: Phone) -> None:
    person = office.someone()
    claim = known(office, person)
    confirms(office, phone, claim, what="phone", phone="020 9988 7766")
    day_passes(office, "2025-06-13")
    with office.service.engine.connect() as connection:
        assert store.persons.get(office.act(connection), person).phone == "+8562099887766"
    phone.come_in(claim)
    page = phone.open("/worker/change?lang=en")
    assert "only since a short while" in page
    assert 'name="number"' not in page
    phone.open("/worker")
    assert phone.send("/worker/change", expect=422, **OTHER)


@pytest.mark.parametrize(
    ("day", "number", "told"),
    [
        ("2025-05-25", "020 5561 4720", "only since a short while"),
        ("2025-06-10", None, "We know no phone of yours"),
    ],
)
def test_with_a_phone_too_new_or_unknown_she_is_told_to_come(
    office: Office, phone: Phone, day: str, number: str | None, told: str
) -> None:
    person = office.someone()
    with office.service.engine.begin() as connection:
        connection.execute(update(t.person).where(t.person.c.id == person).values(phone=number))
    phone.come_in(known(office, person, day))
    page = phone.open("/worker/change?lang=en")
    assert told in page
    assert 'name="bank"' not in page
    phone.open("/worker")
    phone.send("/worker/change", expect=422, **OTHER)
    with office.service.engine.connect() as connection:
        assert connection.execute(select(t.own_change)).first() is None


def test_five_wrong_codes_are_the_end_of_it(office: Office, phone: Phone) -> None:
    id_ = asks(office, phone, known(office, office.someone()))
    for left in (4, 3, 2, 1):
        wrong = phone.send(f"/worker/change/{id_}/code", expect=422, code="00000000")
        assert f"Tries left: {left}." in wrong
    phone.send(f"/worker/change/{id_}/code", expect=422, code="00000000")
    phone.send(f"/worker/change/{id_}/code", expect=422, code=code_for(office, id_))
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(t.own_change.c.state)) == "asked"


def test_three_times_a_day_and_the_latest_code_only(office: Office, phone: Phone) -> None:
    claim = known(office, office.someone())
    first = asks(office, phone, claim)
    second = asks(office, phone, claim)
    phone.send(f"/worker/change/{first}/code", expect=422, code=code_for(office, first))
    asks(office, phone, claim)
    phone.send("/worker/change", expect=422, **OTHER)
    assert "three times today" in phone.text
    assert first != second


def test_she_stops_it_and_nothing_changes(office: Office, phone: Phone) -> None:
    person = office.someone()
    claim = known(office, person)
    id_ = confirms(office, phone, claim)
    assert "If this was not you, stop it." in phone.open("/worker")
    phone.send(f"/worker/change/{id_}/stop")
    assert "stopped on 10 June 2025" in phone.words
    day_passes(office, "2025-06-20")
    assert account(office, person) == OLD


def test_the_desk_stops_it_with_a_reason_that_she_reads(office: Office, phone: Phone, officer: Browser) -> None:
    person = office.someone()
    claim = known(office, person)
    id_ = confirms(office, phone, claim)
    place = f"/desk/persons/{person}/own-changes/{id_}/stop"
    officer.open(f"/desk/persons/{person}?lang=en")
    why = f"stop_why-{id_}"
    officer.send(place, expect=422, **dict[str, Any]({why: " "}))
    officer.send(place, **dict[str, Any]({why: "She rang: it was not she"}))
    assert "She rang: it was not she" in phone.open("/worker/change")
    day_passes(office, "2025-06-20")
    assert account(office, person) == OLD


def test_what_the_desk_changed_meanwhile_stays(office: Office, phone: Phone) -> None:
    person = office.someone()
    claim = known(office, person)
    confirms(office, phone, claim)
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        from services.benefits.usecases import people

        people.change_payee(act, person, kind="bank", bank="BCEL", number="0101110005555", holder="Bounmy Sisavath")
    day_passes(office, "2025-06-13")
    assert account(office, person) == "0101110005555"
    phone.come_in(claim)
    assert "changed otherwise meanwhile" in phone.open("/worker/change?lang=en")


def test_a_message_that_did_not_arrive_stops_what_it_told_of(office: Office, phone: Phone) -> None:
    person = office.someone()
    claim = known(office, person)
    confirms(office, phone, claim)
    hear(office, "notifications.message.failed", claim, person, template="own_change_coming", reason="expired")
    day_passes(office, "2025-06-13")
    assert account(office, person) == OLD


def test_nothing_changes_while_the_message_has_not_reached_her(office: Office, phone: Phone) -> None:
    """Notifications may be away for days: a thief who has her code does not get by unheard."""
    person = office.someone()
    claim = known(office, person)
    before = account(office, person)
    confirms(office, phone, claim, told=False)
    day_passes(office, "2025-06-14")
    assert account(office, person) == before
    hear(office, "notifications.message.delivered", claim, person, template="own_change_coming")
    day_passes(office, "2025-06-15")
    assert account(office, person) == OTHER["number"]


def test_a_message_that_never_arrives_ends_it(office: Office, phone: Phone) -> None:
    person = office.someone()
    claim = known(office, person)
    before = account(office, person)
    confirms(office, phone, claim, told=False)
    for day in range(13, 31):
        day_passes(office, f"2025-06-{day}")
    hear(office, "notifications.message.delivered", claim, person, template="own_change_coming")
    day_passes(office, "2025-07-01")
    assert account(office, person) == before


def test_what_it_is_told_of_is_told_to_notifications_only_and_while_it_is_open(office: Office, phone: Phone) -> None:
    id_ = asks(office, phone, known(office, office.someone()))
    place = f"/v1/own-changes/{id_}/message-facts"
    for somebody in (office.officer, office.clerk, office.supervisor):
        assert somebody.get(place).status_code == 403
    said = there(office.client.get(place, headers=office.machine("notifications")).json)
    assert (said["what"], said["ending"], said["code"]) == ("payee", "9982", code_for(office, id_))
    phone.send(f"/worker/change/{id_}/code", code=code_for(office, id_))
    said = there(office.client.get(place, headers=office.machine("notifications")).json)
    assert (said["code"], said["due_on"]) == (None, "2025-06-13")
    phone.send(f"/worker/change/{id_}/stop")
    assert office.client.get(place, headers=office.machine("notifications")).status_code == 410


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (OTHER | {"number": ""}, "number"),
        (OTHER | {"bank": ""}, "bank"),
        (OTHER | {"kind": "cash"}, "kind"),
        (OTHER | {"bank": "BCEL", "number": OLD}, "number"),
        ({"what": "phone", "phone": "12"}, "phone"),
        ({"what": "phone", "phone": "020 5561 4720"}, "phone"),
    ],
)
def test_what_cannot_be_is_marked_and_kept(office: Office, phone: Phone, form: dict[str, str], field: str) -> None:
    phone.come_in(known(office, office.someone()))
    phone.open("/worker/change?lang=en")
    assert f'href="#f-{field}"' in phone.send("/worker/change", expect=422, **form)


def test_staff_never_ask_for_her_and_she_touches_nobody_elses(office: Office, phone: Phone) -> None:
    claim, other = known(office, office.someone()), submitted(office, office.someone("ແກ້ວ", "Keo Vong"))
    id_ = confirms(office, phone, claim)
    staff = Browser(office, office.supervisor)
    staff.send("/worker/change", expect=403, **OTHER)
    stranger = Phone(office)
    stranger.come_in(other)
    stranger.open("/worker")
    stranger.send(f"/worker/change/{id_}/stop")
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(t.own_change.c.state)) == "waits"
        with pytest.raises(OwnChangeRefused):
            own_changes.stop(office.act(connection), there(office.claim(claim["id"])).person_id, id_)


# --- inbox and language ------------------------------------------------------------------------


def hear(office: Office, type_: str, claim: dict[str, Any], person: str, **more: str) -> None:
    data = {"message_id": "0197f000-0000-7000-8000-000000000001", "claim_id": claim["id"], "person_id": person} | more
    handler: Handler = office.service.handlers[type_]
    with office.service.engine.begin() as connection:
        handler(office.act(connection), event(type_, data))


def event(type_: str, data: dict[str, Any]) -> Event:
    return Event("e", "/notifications", type_, "s", "p", 1, data, "", "", "", None, None)


def test_letters_and_messages_stand_in_one_inbox_the_newest_first(office: Office, phone: Phone) -> None:
    person = office.someone()
    claim = submitted(office, person)
    letter = {"letter_id": "0197f000-0000-7000-8000-000000000002", "language": "lo"}
    data = letter | {"claim_id": claim["id"], "person_id": person, "template": "acknowledgement_letter"}
    with office.service.engine.begin() as connection:
        office.service.handlers["notifications.letter.ready"](
            office.act(connection), event("notifications.letter.ready", data)
        )
    office.on("2025-05-22")
    for _ in range(2):  # heard twice, it stands once
        hear(office, "notifications.message.delivered", claim, person, template="claim_needs_you")
    phone.come_in(claim)
    page = phone.open("/worker/inbox?lang=en")
    assert page.index("We need a paper from you") < page.index("Receipt for your claim, with your code")
    assert page.count("We need a paper from you") == 1
    assert f"/letters/{letter['letter_id']}" in page
    assert "22 May 2025" in page
    assert "Letters and messages (2)" in phone.open("/worker/do")
    assert 'href="/worker/do"' in phone.open("/worker")


def test_every_message_and_letter_has_a_subject() -> None:
    from services.benefits.views.worker_does import SUBJECTS
    from services.notifications import wording

    assert set(wording.names()) - {"letter"} == set(SUBJECTS)


def test_she_chooses_the_language_of_letters_and_messages(office: Office, phone: Phone, officer: Browser) -> None:
    person = office.someone()
    phone.come_in(submitted(office, person))
    phone.open("/worker/inbox?lang=en")
    assert "From now on we write to you in this language." in phone.send("/worker/language", language="vi")
    phone.send("/worker/language", language="xx")
    with office.service.engine.connect() as connection:
        assert store.persons.get(office.act(connection), person).language == "vi"
    assert "asked for by herself, on her page" in officer.open(f"/desk/persons/{person}?lang=en")


@pytest.mark.parametrize("path", ["", "/do", "/inbox", "/questions", "/change", "/withdrawal"])
@pytest.mark.parametrize("language", ["lo", "en"])
def test_each_page_with_its_sheet_weighs_less_than_30_kilobytes(
    office: Office, phone: Phone, path: str, language: str
) -> None:
    claim = known(office, office.someone())
    confirms(office, phone, claim)
    phone.open("/worker/questions")
    for n in range(3):
        phone.send("/worker/questions", question=f"{n} " + "ຂ" * 300)
    page = phone.open(f"/worker{path}?lang={language}")
    assert "<script" not in page
    assert "msg&#39;" not in page
    size = len(there(phone.page).data)
    for static in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
        size += len(phone.client.get(static).data)
    assert size < 30 * 1024, size
