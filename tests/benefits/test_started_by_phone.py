"""A claim started on the phone: a code on the phone that the register knew, what the paper says, photos, and a draft
that the counter only completes."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.benefits import consumer, store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.own_start import purpose
from services.benefits.usecases import people
from shared import retention
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import sent
from tests.benefits.test_papers_added import photo
from tests.benefits.visitors import Browser, Phone
from tests.there import there

NUMBER, BORN = "1004182273", "12/8/1988"
UUID = "[0-9a-f]{8}-[0-9a-f-]{27}"
ILL: dict[str, Any] = {"benefit": "sickness", "first_day": "14/12/2026", "last_day": "18/12/2026"}


@pytest.fixture
def her(office: Office) -> str:
    """Somebody whose phone the register knows since a while."""
    return office.someone(number=NUMBER)


def on(office: Office, day: str) -> None:
    office.on(day)
    works(office)


def works(office: Office) -> None:
    for _ in range(5):
        office.service.look_at_jobs()


def asks(office: Office, phone: Phone, number: str = NUMBER, born: str = BORN) -> str:
    """She asks for a code; gives the id under which she types it."""
    phone.open("/start?lang=en")
    phone.send("/start", number=number, born_on=born)
    works(office)
    return there(re.search(r'action="/start/([0-9a-f-]{36})"', phone.text)).group(1)


def code(office: Office, id_: str) -> str:
    return office.service.keys.digits(purpose(id_))


def comes_in(office: Office, phone: Phone, **who: str) -> str:
    id_ = asks(office, phone, **who)
    phone.send(f"/start/{id_}", code=code(office, id_))
    return id_


def starts(office: Office, phone: Phone, **form: Any) -> str:
    id_ = comes_in(office, phone)
    phone.open(f"/start/claim?lang=en&benefit={form.get('benefit', 'sickness')}")
    phone.send("/start/claim", **(form or ILL))
    return id_


def codes_sent(office: Office) -> list[dict[str, Any]]:
    return sent(office, "benefits.start.asked")


# --- from the phone to the counter -------------------------------------------------------------


def test_she_starts_on_the_phone_and_reads_what_happens_next(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = comes_in(office, phone)
    page = phone.open("/start/claim?lang=en")
    assert "ends in 4720" in phone.words
    assert "ends in 4471" in phone.words
    assert "5561" not in page
    page = phone.send("/start/claim", **ILL)
    claim = office.claim(id_)
    assert (claim.state, claim.origin, claim.person_id) == ("draft", "phone", her)
    assert claim.number in page
    assert claim.facts["spell"] == {"first_day": "2026-12-14", "last_day": "2026-12-18"}
    assert claim.facts["certificates"] == [{"from": "2026-12-14", "to": "2026-12-18"}]
    assert "Come to the office by 19 January 2027 and bring:" in phone.words
    told = sent(office, "benefits.claim.started")
    assert [(x["claim_number"], x["received_on"], x["bring_by"]) for x in told] == [
        (claim.number, "2026-12-20", "2027-01-19")
    ]
    assert not sent(office, "benefits.claim.submitted")


def test_the_counter_completes_it_and_types_no_day_again(
    office: Office, phone: Phone, officer: Browser, her: str
) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone, **ILL, cert_no_0="A-1")
    for color in ("white", "grey"):
        page_of_it: dict[str, Any] = {"photo": (io.BytesIO(photo(color=color)), "p.jpg")}
        phone.send("/start/sent", **page_of_it)
    office.on("2026-12-28")
    officer = Browser(office, office.officer)
    assert "Started on the phone" in officer.open("/desk?lang=en")
    page = officer.open(f"/desk/claims/{id_}?lang=en")
    assert "Started by herself on the phone" in page
    assert page.count("/content") == 2
    for name, value in (("cert_no_0", "A-1"), ("first_day", "14/12/2026"), ("received_on", "20/12/2026")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    assert "checked" not in there(re.search(r'name="cert_verified_0"[^>]*>', page)).group(0)
    assert office.clerk.post(f"/v1/claims/{id_}/submission", etag=1).status_code == 200
    claim = office.claim(id_)
    assert (claim.state, claim.received_on.isoformat()) == ("submitted", "2026-12-20")
    assert [x["received_on"] for x in sent(office, "benefits.claim.submitted")] == ["2026-12-20"]
    assert "Started by herself" not in officer.open(f"/desk/claims/{id_}?lang=en").split('id="started"')[0]
    assert claim.papers.verified == frozenset()


def test_an_officer_takes_it_before_it_is_complete_and_it_stays_her_task(
    office: Office, phone: Phone, her: str
) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    officer = Browser(office, office.officer)
    officer.open("/desk")
    officer.send(f"/desk/claims/{id_}/task", do="take", back="queue")
    assert "in hand: Officer" in officer.open("/desk?lang=en&show=started")
    office.officer.post(f"/v1/claims/{id_}/submission", etag=1)
    assert office.claim(id_).number in officer.open("/desk?lang=en&show=mine")


def test_a_birth_is_started_by_its_day_or_the_day_it_is_expected(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = comes_in(office, phone)
    assert "event_birth_on" in phone.open("/start/claim?lang=en&benefit=birth")
    assert "This is needed." in phone.send("/start/claim", 422, benefit="birth")
    assert "This day lies ahead." in phone.send("/start/claim", 422, benefit="birth", event_birth_on="1/2/2027")
    phone.send("/start/claim", benefit="birth", expected_on="1/2/2027", first_day="4/1/2027")
    claim = office.claim(id_)
    assert (claim.facts, claim.papers.text("expected_on")) == ({"spell": {"first_day": "2027-01-04"}}, "2027-02-01")
    desk = Browser(office, office.officer).open(f"/desk/claims/{id_}?lang=en")
    assert "The child is expected on 1 February 2027." in re.sub(r"<[^>]+>", "", desk)


# --- strangers learn nothing -------------------------------------------------------------------


@pytest.mark.parametrize(("number", "born"), [("0000000000", BORN), (NUMBER, "13/8/1988")])
def test_an_unknown_number_or_another_day_of_birth_is_answered_alike(
    office: Office, phone: Phone, her: str, number: str, born: str
) -> None:
    on(office, "2026-12-20")
    right = asks(office, phone)
    page = re.sub(UUID, "", phone.text)
    wrong = asks(office, phone, number, born)
    assert re.sub(UUID, "", phone.text) == page
    assert len(codes_sent(office)) == 1
    for id_ in (right, wrong, str(uuid.uuid4())):
        refused = phone.send(f"/start/{id_}", 422, code="00000000").replace(id_, "")
        assert "That was not the code" in refused
    phone.send(f"/start/{wrong}", 422, code=code(office, wrong))
    assert "Send me a code" in phone.open("/start/claim?lang=en")


@pytest.mark.parametrize("what", ["new", "none", "dead"])
def test_no_code_leaves_to_a_phone_that_proves_nothing(office: Office, phone: Phone, her: str, what: str) -> None:
    on(office, "2026-12-20")
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        if what == "new":
            people.correct_person(act, PersonId(her), None, why="x", phone="020 5561 9999")
        else:
            values: dict[str, Any] = {"phone": None} if what == "none" else {"deceased_on": act.today}
            connection.execute(t.person.update().values(**values))
    asks(office, phone)
    assert codes_sent(office) == []


def test_whom_somebody_has_just_registered_with_her_own_hand_comes_to_the_office(
    office: Office, phone: Phone, her: str
) -> None:
    office.on("2026-12-20")
    with office.service.engine.begin() as connection:
        connection.execute(t.person.update().values(registered_by=office.clerk.actor.id))
        day = store.own_changes.known_since(office.act(connection), PersonId(her))
    on(office, (day + timedelta(days=13)).isoformat())
    asks(office, phone)
    assert codes_sent(office) == []
    on(office, (day + timedelta(days=14)).isoformat())
    asks(office, phone)
    assert len(codes_sent(office)) == 1


def test_three_codes_a_day_and_no_more(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    for _ in range(5):
        asks(office, phone)
    assert len(codes_sent(office)) == 3


def test_whoever_asks_for_many_must_wait_and_others_need_not(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    phone.open("/start?lang=en")
    for _ in range(10):
        phone.send("/start", number="77", born_on=BORN)
        phone.open("/start?lang=en")
    assert "Too many tries from here." in phone.send("/start", 429, number="77", born_on=BORN)
    phone.send("/start", number=NUMBER, born_on=BORN)


def test_a_code_is_tried_five_times_and_is_over_after_a_day(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = asks(office, phone)
    for _ in range(5):
        phone.send(f"/start/{id_}", 422, code="00000000")
    phone.send(f"/start/{id_}", 422, code=code(office, id_))
    other = asks(office, phone)
    with office.service.engine.begin() as connection:
        connection.execute(t.own_start.update().values(asked_at=t.own_start.c.asked_at - timedelta(hours=24)))
    phone.send(f"/start/{other}", 422, code=code(office, other))


def test_the_code_of_one_opens_nothing_else(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    comes_in(office, phone)
    for path in ("/worker/papers", "/worker/do", "/worker/inbox"):
        phone.open(path, 404)
    assert "What your paper says" in phone.open("/worker?lang=en")


def test_only_notifications_read_the_code_and_only_while_it_is_good(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = asks(office, phone)
    path = f"/v1/starts/{id_}/message-facts"
    assert office.officer.get(path).status_code == 403
    machine = office.machine("notifications")
    told = there(office.client.get(path, headers=machine).json)
    assert (told["code"], told["office"]) == (code(office, id_), "+85641212000")
    for _ in range(5):
        phone.send(f"/start/{id_}", 422, code="00000000")
    assert office.client.get(path, headers=machine).status_code == 410
    stranger = asks(office, phone, "0000000000")
    assert office.client.get(f"/v1/starts/{stranger}/message-facts", headers=machine).status_code == 410


def test_the_message_about_what_she_started_knows_the_office(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    path = f"/v1/claims/{id_}/acknowledgement-facts"
    facts = there(office.client.get(path, headers=office.machine("notifications")).json)
    assert facts["office"]["phone"] == "+85641212000"


def test_an_officer_of_another_office_does_not_see_it(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    assert office.officer_of_vte.get(f"/desk/claims/{id_}").status_code == 404


# --- once --------------------------------------------------------------------------------------


def test_sent_twice_it_is_one_claim_and_one_message(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    phone.send("/start/claim", **ILL)
    # The answer was lost: the same code lets her in again, to her receipt.
    again = Phone(office)
    again.open(f"/start/{id_}?lang=en")
    assert office.claim(id_).number in again.send(f"/start/{id_}", code=code(office, id_))
    assert len(sent(office, "benefits.claim.started")) == 1


def test_started_again_about_the_same_days_it_names_the_claim_that_is_there(
    office: Office, phone: Phone, her: str
) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    other = Phone(office)
    comes_in(office, other)
    other.open("/start/claim?lang=en")
    page = other.send("/start/claim", 422, benefit="sickness", first_day="16/12/2026", last_day="24/12/2026")
    assert f"We have a claim about these days already: {office.claim(id_).number}." in page
    other.send("/start/claim", benefit="sickness", first_day="21/12/2026", last_day="24/12/2026")
    with office.service.engine.connect() as connection:
        assert len(store.claims.every(office.act(connection), PersonId(her))) == 2


def test_a_session_that_ended_asks_for_the_code_again_and_keeps_every_word(
    office: Office, phone: Phone, her: str
) -> None:
    on(office, "2026-12-20")
    id_ = comes_in(office, phone)
    phone.open("/start/claim?lang=en")
    phone.client.delete_cookie("tideover")
    page = phone.send("/start/claim", 401, **ILL, start=id_)
    assert "what you wrote is kept" in page
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    page = phone.send(f"/start/{id_}", code=code(office, id_), **dict[str, Any]({name: kept[name] for name in ILL}))
    assert 'value="14/12/2026"' in page
    phone.send("/start/claim", **ILL)
    assert office.claim(id_).state == "draft"


def test_she_withdraws_what_she_started_and_may_start_again(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    phone.open("/worker/withdrawal?lang=en")
    phone.send("/worker/withdrawal", why="I am well", sure="yes")
    assert office.claim(id_).state == "withdrawn"
    again = Phone(office)
    other = starts(office, again)
    assert office.claim(other).state == "draft"


def test_with_number_and_code_of_the_receipt_she_comes_back(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    shown = there(re.search(r"<dt>Code</dt><dd>(\d{8})</dd>", phone.text)).group(1)
    other = Phone(office)
    other.open("/worker?lang=en")
    page = other.send("/worker", number=office.claim(id_).number, code=shown)
    assert "We have what you sent" in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"benefit": "sickness", "first_day": "14/12/2026"}, "This is needed."),
        ({"benefit": "sickness", "first_day": "x", "last_day": "18/12/2026"}, "is not a date"),
        ({"benefit": "sickness", "first_day": "18/12/2026", "last_day": "14/12/2026"}, "before the first"),
        ({"benefit": "adoption"}, "This is needed."),
        (ILL | {"cert_no_0": "9" * 61}, "This is too long."),
    ],
)
def test_what_cannot_be_stands_beside_its_field_and_nothing_is_opened(
    office: Office, phone: Phone, her: str, form: dict[str, Any], says: str
) -> None:
    on(office, "2026-12-20")
    comes_in(office, phone)
    phone.open("/start/claim?lang=en")
    assert says in phone.send("/start/claim", 422, **form)
    with office.service.engine.connect() as connection:
        assert store.claims.every(office.act(connection), PersonId(her)) == []


def test_what_is_no_photo_is_refused_and_the_claim_is_kept(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    starts(office, phone)
    words: dict[str, Any] = {"file": (io.BytesIO(b"hello"), "p.txt")}
    assert "neither a photo" in phone.send("/start/sent", 422, **words)
    assert "Choose a photo" in phone.send("/start/sent", 422)


# --- what nobody completes ---------------------------------------------------------------------


def test_what_nobody_completes_ends_after_its_term_and_she_is_told_before(
    office: Office, phone: Phone, her: str
) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    for day in ("2027-03-05", "2027-03-06", "2027-03-07", "2027-03-20"):
        looks(office, day)
    assert [x["until"] for x in sent(office, "benefits.start.ending")] == ["2027-03-20"]
    assert office.claim(id_).state == "draft"
    looks(office, "2027-03-21")
    assert office.claim(id_).state == "lapsed"


def test_what_was_completed_in_time_does_not_end(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    office.clerk.post(f"/v1/claims/{id_}/submission", etag=1)
    looks(office, "2027-05-01")
    assert office.claim(id_).state == "submitted"
    assert not sent(office, "benefits.start.ending")


def test_codes_from_which_nothing_came_are_forgotten(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    asks(office, phone)
    kept = starts(office, phone)
    looks(office, "2027-04-20")
    with office.service.engine.connect() as connection:
        assert list(connection.scalars(select(t.own_start.c.id))) == [kept]


def test_it_goes_with_the_claim(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = starts(office, phone)
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        retention.allow(act)
        store.erasures.remove_claims(act, [id_])
        assert connection.scalar(select(t.own_start.c.id)) is None


def looks(office: Office, day: str) -> None:
    office.on(day)
    with office.service.engine.begin() as connection:
        consumer.daily(office.act(connection))
    works(office)


# --- light -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "lo", "th", "vi", "my"])
def test_each_page_with_its_sheet_weighs_less_than_30_kilobytes(
    office: Office, phone: Phone, her: str, language: str
) -> None:
    on(office, "2026-12-20")
    sizes = [weight(phone, f"/start?lang={language}")]
    id_ = asks(office, phone)
    sizes.append(weight(phone, f"/start/{id_}?lang={language}"))
    phone.send(f"/start/{id_}", code=code(office, id_))
    sizes.append(weight(phone, f"/start/claim?lang={language}"))
    sizes.append(weight(phone, f"/start/claim?benefit=birth&lang={language}"))
    phone.send("/start/claim", benefit="birth", event_birth_on="14/12/2026")
    sizes.append(weight(phone, f"/start/sent?lang={language}"))
    assert max(sizes) < 30 * 1024, sizes


def weight(phone: Phone, path: str) -> int:
    page = phone.open(path)
    assert "<script" not in page
    size = len(there(phone.page).data)
    for static in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)):
        size += len(phone.client.get(static).data)
    return size


def test_a_number_written_after_the_asking_gets_no_code(office: Office, phone: Phone, her: str) -> None:
    on(office, "2026-12-20")
    id_ = asks(office, phone)
    known = office.officer.get(f"/v1/persons/{her}").json
    said = {"phone": "020 9999 1111", "why": "new number"}
    assert office.officer.patch(f"/v1/persons/{her}", said, etag=known["version"]).status_code == 200
    asked = office.client.get(f"/v1/starts/{id_}/message-facts", headers=office.machine("notifications"))
    assert asked.status_code == 410
