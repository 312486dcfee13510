"""The kill table on RabbitMQ, and outages that last; run by `make faults`."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from shared import broker, database, messaging
from shared.act import Act, Actor
from tests.journeys.processes import TINY, House, wait_until
from tests.journeys.tiny.town import POINTS, calls, effects, ends_well, new_person, submit
from tests.there import there

pytestmark = [pytest.mark.faults, pytest.mark.rabbitmq, pytest.mark.xdist_group("house-rabbitmq")]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(broker="rabbitmq", package=TINY, points=POINTS) as started:
        yield started


def test_a_claim_travels_over_rabbitmq(house: House) -> None:
    person = new_person()
    for _ in range(3):
        submit(house, person)
    ends_well(house, person, claims=3)
    assert calls(house, person) == 3


KILLS = [
    pytest.param("benefits.app+relay", "shared.broker:publish_batch", "before", 1, id="relay before publishing"),
    pytest.param(
        "benefits.app+relay",
        "shared.broker:publish_batch",
        "after",
        1,
        id="relay after the confirm, before marking",
    ),
    pytest.param(
        "benefits.app+relay",
        "shared.messaging:mark_sent",
        "after",
        1,
        id="relay before the mark is committed",
    ),
    pytest.param("payments.app+reader", "shared.messaging:receive", "after", 1, id="reader before the inbox commits"),
    pytest.param(
        "payments.app+reader",
        "kombu.message:Message.ack",
        "before",
        1,
        id="reader after the inbox, before the ack",
    ),
    pytest.param(
        "payments.app+reader",
        "tests.journeys.tiny.parts:note",
        "after",
        1,
        id="reader after the effect, before its commit",
    ),
    pytest.param(
        "payments.app+reader",
        "shared.messaging:carry_out_next",
        "after",
        1,
        id="reader after the effect is committed",
    ),
    pytest.param(
        "payments.app+timekeeper",
        "celery.app.base:Celery.send_task",
        "before",
        1,
        id="timekeeper before the call",
    ),
    pytest.param(
        "payments.app+timekeeper",
        "celery.app.base:Celery.send_task",
        "after",
        1,
        id="timekeeper after the call",
    ),
    pytest.param(
        "payments.app+jobs",
        "tests.journeys.tiny.parts:call_bank",
        "before",
        1,
        id="job before the bank is called",
    ),
    pytest.param(
        "payments.app+jobs",
        "tests.journeys.tiny.parts:call_bank",
        "after",
        2,
        id="job after the bank was called",
    ),
    pytest.param("payments.app+jobs", "shared.jobs:look_at", "after", 1, id="job after its end, before its ack"),
    pytest.param(
        "payments.app+relay",
        "shared.broker:publish_batch",
        "after",
        1,
        id="the second relay after the confirm",
    ),
]


@pytest.mark.parametrize(("who", "point", "when", "most_calls"), KILLS)
def test_killed_at_a_point_it_ends_the_same(house: House, who: str, point: str, when: str, most_calls: int) -> None:
    person = new_person()
    with house.killed(who, point, when):
        submit(house, person)
    ends_well(house, person)
    assert 1 <= calls(house, person) <= most_calls


def test_each_process_is_started_again(house: House) -> None:
    for name in sorted(house.whole()):
        house.kill(name)
    person = new_person()
    submit(house, person)
    ends_well(house, person)


def test_two_readers_doubled_and_shuffled_messages_keep_the_order_of_each_person(house: House) -> None:
    house.another("payments-reader")
    people = [new_person() for _ in range(5)]
    for _ in range(6):
        for person in people:
            submit(house, person)
    engine = database.connect(house.postgres.url("benefits"))
    with engine.connect() as connection:
        rows = list(
            connection.exec_driver_sql(
                "SELECT position, event_id, type, body FROM outbox ORDER BY position DESC LIMIT 30"
            )
        )
    engine.dispose()
    random.Random(7).shuffle(rows)
    assert house.rabbitmq is not None
    with broker.open_connection(house.rabbitmq.url()) as connection:
        broker.publish_batch(broker.Publisher(connection), rows)
    for person in people:
        ends_well(house, person, claims=6)


def test_rabbitmq_is_away_for_ten_seconds(house: House) -> None:
    before = house.whole()
    person = new_person()
    house.stop_rabbitmq()
    away = time.monotonic()
    taken = 0
    while time.monotonic() - away < 10:
        submit(house, person)  # the counter goes on
        taken += 1
    assert effects(house, "payments", person) == []
    house.start_rabbitmq()
    ends_well(house, person, claims=taken)
    assert house.whole() == before, "a process did not survive the outage"


def test_rabbitmq_is_killed_in_the_middle(house: House) -> None:
    person = new_person()
    for number in range(40):
        submit(house, person)
        if number == 20:
            house.stop_rabbitmq(signal.SIGKILL)
            house.start_rabbitmq()
    ends_well(house, person, claims=40)


def test_an_idle_house_keeps_its_connections(house: House) -> None:
    """Longer than two heartbeats without an event: the relay must not lose its line and complain for ever."""
    began = datetime.now(UTC).isoformat()
    idle_until = time.monotonic() + 35
    wait_until(lambda: time.monotonic() > idle_until)
    person = new_person()
    submit(house, person)
    ends_well(house, person)
    log = (house.data / "logs" / "benefits-relay.log").read_text()
    complaints = [line for line in log.splitlines() if '"away"' in line and line.split('"timestamp": "')[1] > began]
    assert complaints == []


def test_postgresql_is_away_and_everything_arrives_afterwards(house: House) -> None:
    person, claim = new_person(), new_person()
    submit(house, person)
    house.stop_postgres()
    body = {"id": claim, "person": person, "name": "An"}
    answer = wait_until(
        lambda: a if (a := house.send("POST", "/v1/claims", json=body, key=claim)).status_code == 503 else None,
        what="503",
    )
    assert int(there(answer).headers["Retry-After"]) > 0
    away = time.monotonic() + 8
    wait_until(lambda: time.monotonic() > away)
    house.start_postgres()
    submit(house, person, claim)
    ends_well(house, person, claims=2)


def _judge(house: House, service: str, person: str, *, retry: bool) -> None:
    engine = database.connect(house.postgres.url(service))
    with engine.begin() as connection:
        now = datetime.now(UTC)
        act = Act(connection=connection, actor=Actor("kham", "account"), now=now, today=now.date())
        row = next(row for row in messaging.parked(connection) if row.person == person)
        assert messaging.judge_parked(act, row.source, row.event_id, retry=retry)
    engine.dispose()


def _parked(house: House, person: str) -> list[tuple[object, ...]]:
    # The pauses between tries are the product's; the test does not sit through them.
    house.rows(
        "payments",
        "UPDATE inbox SET next_try_at = now() WHERE state = 'waiting' AND person = %(p)s",
        p=person,
    )
    return house.rows(
        "payments",
        "SELECT attempts, reason, sequence FROM inbox WHERE state = 'parked' AND person = %(p)s",
        p=person,
    )


@pytest.mark.parametrize("retry", [True, False], ids=["retried", "discarded"])
def test_poison_is_parked_after_five_tries_holds_back_only_its_person_and_is_judged(house: House, retry: bool) -> None:
    person, other = new_person(), new_person()
    poison = house.folder / f"poison-{person}"
    poison.touch()
    submit(house, person)
    submit(house, person)
    submit(house, other)
    parked = wait_until(lambda: _parked(house, person) or None, what="parked")
    assert parked == [(5, "ZeroDivisionError", 1)]
    ends_well(house, other)
    assert effects(house, "payments", person) == []
    poison.unlink()
    _judge(house, "payments", person, retry=retry)
    if retry:
        ends_well(house, person, claims=2)
    else:
        wait_until(lambda: effects(house, "payments", person) == [2])
        assert house.rows(
            "payments", "SELECT state, judged_by FROM inbox WHERE person = %(p)s AND sequence = 1", p=person
        ) == [("discarded", "kham")]


def test_what_a_handler_refuses_is_parked_at_once(house: House) -> None:
    person = new_person()
    refusal = house.folder / f"refuse-{person}"
    refusal.touch()
    submit(house, person)
    assert wait_until(lambda: _parked(house, person) or None) == [(0, "not_for_us", 1)]
    refusal.unlink()
    _judge(house, "payments", person, retry=True)
    ends_well(house, person)


def test_a_message_nobody_can_read_is_parked_and_the_rest_goes_on(house: House) -> None:
    assert house.rabbitmq is not None
    with broker.open_connection(house.rabbitmq.url()) as connection, connection.channel() as channel:
        for body in (
            b"\xff\xfe not json",
            b"[1, 2]",
            b'{"id": "odd-1", "source": "/benefits", "specversion": "0.3"}',
        ):
            message = channel.prepare_message(
                body, content_type="application/cloudevents+json", content_encoding="utf-8"
            )
            channel._basic_publish(message, exchange="events", routing_key="benefits.award.granted")
    wait_until(lambda: house.rows("payments", "SELECT count(*) FROM inbox WHERE reason LIKE 'unreadable%%'")[0][0] >= 2)
    person = new_person()
    submit(house, person)
    ends_well(house, person)
