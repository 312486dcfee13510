"""The day on which money is promised is kept, or corrected by one message; page and desk say the same."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.benefits import consumer, institution, store
from services.benefits import tables as t
from services.benefits.domain.award import PayDays
from services.benefits.domain.promise import Promise, PromiseState
from services.benefits.usecases import awards, feedback, statistics
from shared.bank_days import bank_days
from shared.events import Event
from shared.web import texts
from tests.benefits.conftest import SICK, Office
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_suspension import LONG, suspended
from tests.benefits.visitors import Browser, Phone

Json = dict[str, Any]
MOVED, MISSED = "benefits.promised_day.moved", "benefits.promised_day.missed"
ALL = {"minor": 336000000, "currency": "LAK"}
TEMPLATES = Path(__file__).parents[2] / "services/notifications/templates"


@pytest.fixture
def claim(office: Office) -> Json:
    """Worked example LA-S1, decided on 20 May: two parts are promised for Thursday, 22 May."""
    made = submitted(office, office.someone())
    return made | {"decision": decided(office, made), "orders": {1: str(uuid.uuid4()), 2: str(uuid.uuid4())}}


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> set[date]:
    """Days that the institution enters as holidays of its banks."""
    days: set[date] = set()
    known, house = bank_days(), institution.institution()
    bank = replace(known, is_holiday=lambda day: day in days or known.is_holiday(day))
    changed = replace(house, pay_days=PayDays(house.pay_days.weekday, bank))
    for module in ("awards", "promises", "promise_looks"):
        monkeypatch.setattr(f"services.benefits.usecases.{module}.institution", lambda: changed)
    return days


def payments_say(office: Office, claim: Json, what: str, no: int = 1, **more: str) -> None:
    """Payments tell what became of the order of an instalment."""
    part = next(p for p in claim["decision"]["schedule"] if p["no"] == no)
    data = {"claim_id": claim["id"], "award_id": str(uuid.uuid4()), "order_id": claim["orders"][no]}
    data |= {"reference": data["order_id"].replace("-", "")[:16].upper()}
    data |= {name: part[name] for name in ("component", "no", "period", "amount")} | more
    event = SimpleNamespace(type=f"payments.{what}", data=data)
    with office.service.engine.begin() as connection:
        feedback.order_moved(office.act(connection), cast(Event, event))


def on(office: Office, day: str) -> None:
    """The day comes, with its look."""
    office.on(day)
    with office.service.engine.begin() as connection:
        consumer.daily(office.act(connection))
    office.service.look_at_jobs()


def promised(office: Office, claim: Json) -> list[Promise]:
    with office.service.engine.connect() as connection:
        return store.promises.of_claim(office.act(connection), office.claim(claim["id"]).id)


def told(office: Office) -> list[tuple[str, str, str]]:
    """The promised day, the day that takes its place or until which she hears more, and whether it is late."""
    moved = [(d["promised_on"], "comes", d["comes_on"]) for d in sent(office, MOVED)]
    return moved + [(d["promised_on"], "late", d["news_by"]) for d in sent(office, MISSED)]


def test_a_day_that_is_kept_is_remembered_and_nothing_more_is_said(office: Office, claim: Json) -> None:
    assert {(p.day, p.promised_on) for p in promised(office, claim)} == {(date(2025, 5, 22), date(2025, 5, 20))}
    on(office, "2025-05-22")
    for no in (1, 2):
        payments_say(office, claim, "order.planned", no, due_on="2025-05-22")
        payments_say(office, claim, "order.sent", no, run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    on(office, "2025-05-25")
    assert {p.state for p in promised(office, claim)} == {PromiseState.LEFT}, "on its way"
    payments_say(office, claim, "instalment.paid", 1, paid_on="2025-05-26")
    payments_say(office, claim, "instalment.paid", 2, paid_on="2025-05-26")
    on(office, "2025-06-02")
    assert {p.state for p in promised(office, claim)} == {PromiseState.OVER}
    assert told(office) == []


def test_a_holiday_that_is_added_moves_the_day_and_she_is_told_the_new_one_once(
    office: Office, claim: Json, closed: set[date]
) -> None:
    closed.add(date(2025, 5, 22))
    on(office, "2025-05-21")
    (moved,) = sent(office, MOVED)
    assert (moved["amount"], moved["promised_on"], moved["comes_on"]) == (ALL, "2025-05-22", "2025-05-23")
    on(office, "2025-05-22")
    payments_say(office, claim, "order.planned", due_on="2025-05-22")
    on(office, "2025-05-23")
    assert len(told(office)) == 1, "the new day is the promise now"
    assert {p.day for p in promised(office, claim)} == {date(2025, 5, 23)}
    on(office, "2025-05-24")
    assert told(office)[1:] == [("2025-05-23", "late", "2025-05-29")]


def test_two_who_look_at_once_tell_her_once(office: Office, claim: Json, closed: set[date]) -> None:
    closed.add(date(2025, 5, 22))
    gate = threading.Barrier(2)

    def look() -> None:
        gate.wait(10)
        with office.service.engine.begin() as connection:
            act = office.act(connection)
            store.claims.known(act, claim["id"], lock=True)
            awards.look_at_promises(act, office.claim(claim["id"]).id)

    both = [threading.Thread(target=look) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert told(office) == [("2025-05-22", "comes", "2025-05-23")]


def test_what_waits_for_her_account_is_asked_for_and_not_corrected_besides(office: Office, claim: Json) -> None:
    on(office, "2025-05-22")
    for no in (1, 2):
        payments_say(office, claim, "order.held", no, reason="no_account", since="2025-05-22")
    on(office, "2025-05-27")
    assert told(office) == []
    for no in (1, 2):
        payments_say(office, claim, "order.planned", no, due_on="2025-05-22")
        payments_say(office, claim, "order.sent", no, run_id=str(uuid.uuid4()), sent_on="2025-05-29")
    assert told(office) == []


def test_where_the_run_is_not_released_she_hears_once_that_it_is_late_and_then_when_it_comes(
    office: Office, claim: Json
) -> None:
    for no in (1, 2):
        payments_say(office, claim, "order.planned", no, due_on="2025-05-22")
    on(office, "2025-05-22")
    assert told(office) == [], "the day is not over"
    on(office, "2025-05-23")
    on(office, "2025-05-24")
    assert told(office) == [("2025-05-22", "late", "2025-05-29")]
    assert sent(office, MISSED)[0]["amount"] == ALL
    assert "name" not in json.dumps(sent(office, MISSED))
    on(office, "2025-05-30")
    assert told(office)[1:] == [("2025-05-22", "late", "2025-06-05")], "the news that she was promised"
    for no in (1, 2):
        payments_say(office, claim, "order.sent", no, run_id=str(uuid.uuid4()), sent_on="2025-05-30")
    (moved,) = sent(office, MOVED)
    assert (moved["amount"], moved["promised_on"], moved["comes_on"]) == (ALL, "2025-05-22", "2025-05-30")
    payments_say(office, claim, "instalment.paid", 1, paid_on="2025-05-30")
    on(office, "2025-06-06")
    assert len(told(office)) == 3


def test_page_and_desk_say_what_the_message_says(office: Office, claim: Json) -> None:
    on(office, "2025-05-23")
    said = "Your payment of 3,360,000 kip, promised for 22 May 2025, is late. You hear more by 29 May 2025."
    phone = Phone(office)
    phone.open("/worker?lang=en")
    phone.come_in(claim)
    assert said in phone.words
    assert "Money on its way" not in phone.words, "no day is named that nobody knows"
    desk = Browser(office, office.officer).open(f"/desk/claims/{claim['id']}?lang=en")
    assert said in desk
    history = desk[desk.index("The worker was told that a payment is late") :]
    assert "29 May 2025" in history
    for name in ("payment_moved", "payment_late"):
        english = (TEMPLATES / name / "en.txt").read_text(encoding="utf-8").strip()
        for language in texts.LANGUAGES:
            message = (TEMPLATES / name / f"{language}.txt").read_text(encoding="utf-8").strip()
            gaps = {gap: "{" + gap + "}" for gap in ("amount", "date", "on", "by")}
            assert texts.say(language, english, **gaps) == message, (name, language)


def test_on_the_promised_day_her_page_still_says_that_day(office: Office, claim: Json) -> None:
    on(office, "2025-05-22")
    phone = Phone(office)
    phone.open("/worker?lang=en")
    phone.come_in(claim)
    assert "22–26 May 2025" in phone.words


def test_what_payments_hold_for_a_look_is_late_when_the_day_is_over(office: Office, claim: Json) -> None:
    on(office, "2025-05-22")
    payments_say(office, claim, "order.sent", 1, run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    payments_say(office, claim, "order.held", 2, reason="by_officer", since="2025-05-22")
    assert told(office) == [], "somebody may let it go today"
    on(office, "2025-05-23")
    (missed,) = sent(office, MISSED)
    assert missed["amount"] == claim["decision"]["schedule"][1]["amount"]


def test_what_the_bank_could_not_do_comes_on_the_next_pay_day(office: Office, claim: Json) -> None:
    on(office, "2025-05-22")
    for no in (1, 2):
        payments_say(office, claim, "order.sent", no, run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    payments_say(office, claim, "order.rejected", 1, reason="AM04")
    assert told(office) == [], "payments have not said what becomes of it"
    again = claim | {"orders": claim["orders"] | {1: str(uuid.uuid4())}}
    payments_say(office, again, "order.planned", 1, due_on="2025-05-22")
    assert told(office) == [("2025-05-22", "comes", "2025-05-29")]
    payments_say(office, again, "order.sent", 1, run_id=str(uuid.uuid4()), sent_on="2025-05-29")
    on(office, "2025-05-29")
    assert len(told(office)) == 1


def test_money_that_came_back_for_her_account_has_a_message_of_its_own(office: Office, claim: Json) -> None:
    on(office, "2025-05-22")
    payments_say(office, claim, "order.sent", 1, run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    payments_say(office, claim, "order.sent", 2, run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    payments_say(office, claim, "order.rejected", 1, reason="AC04")
    on(office, "2025-06-10")
    assert told(office) == []


def test_a_new_decision_promises_anew_and_corrects_nothing(office: Office, claim: Json) -> None:
    on(office, "2025-05-21")
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    facts = SICK | {"spell": SICK["spell"] | {"last_day": "2025-06-30"}}
    facts |= {"certificates": LONG["certificates"]}
    changed = office.officer.patch(f"/v1/claims/{claim['id']}", {"facts": facts, "why": "Ill on."}, now["version"])
    assert changed.status_code == 200, changed.json
    again = decided(office, changed.json)
    if again["state"] != "final":
        again = office.supervisor.post(f"/v1/decisions/{again['id']}/confirmation").json
    assert {p.decision_id for p in promised(office, claim)} == {again["id"]}
    days = {p["no"]: p["due_on"] for p in again["schedule"]}
    assert {p.no: p.day.isoformat() for p in promised(office, claim)} == days
    assert told(office) == []


def test_suspended_money_promises_nothing_and_neither_does_a_person_who_died(office: Office) -> None:
    long = submitted(office, office.someone(wage="2000000"), facts=LONG)
    long |= {"decision": decided(office, long), "orders": {n: str(uuid.uuid4()) for n in range(1, 9)}}
    first = [p for p in long["decision"]["schedule"] if p["due_on"] == "2025-05-22"]
    for part in first:
        payments_say(office, long, "order.sent", part["no"], run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    suspended(office, long)
    on(office, "2025-08-01")
    assert told(office) == []
    dead = submitted(office, office.someone("ນາງ ວັນນາ ໄຊຍະວົງ", "Vanna Xayavong", until="2025-04"), facts=SICK)
    decided(office, dead)
    with office.service.engine.begin() as connection:
        person = t.person.update().where(t.person.c.id == dead["person_id"])
        connection.execute(person.values(deceased_on=date(2025, 8, 2)))
    assert {p.state for p in promised(office, dead)} == {PromiseState.OPEN}
    on(office, "2025-08-20")
    assert told(office) == []
    assert {p.state for p in promised(office, dead)} == {PromiseState.OVER}


def test_the_numbers_of_the_year_say_how_many_days_were_kept(office: Office, claim: Json) -> None:
    on(office, "2025-05-22")
    payments_say(office, claim, "order.sent", 1, run_id=str(uuid.uuid4()), sent_on="2025-05-22")
    payments_say(office, claim, "instalment.paid", 1, paid_on="2025-05-23")
    on(office, "2025-05-24")
    with office.service.engine.begin() as connection:
        counted = statistics.count_year(office.act(connection), 2025, {})
    whole = counted["offices"]["svk"]["all"][""]
    assert (whole["promises_kept"], whole["promises_late"]) == (1, 1)
