"""Real processes on the embedded carrier: the journey of tiny services, and each kill point once."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.journeys.processes import TINY, House, wait_until
from tests.journeys.tiny.town import POINTS, calls, effects, ends_well, new_person, submit
from tests.there import there

pytestmark = pytest.mark.xdist_group("house-embedded")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(package=TINY, points=POINTS) as started:
        yield started


def test_a_claim_travels_through_three_services(house: House) -> None:
    person = new_person()
    for _ in range(3):
        submit(house, person)
    ends_well(house, person, claims=3)
    assert calls(house, person) == 3


#: Who dies, where, and how often the bank may then have been called.
KILLS = [
    pytest.param("benefits.app+worker", "shared.messaging:receive", "after", 1, id="carrier while copying"),
    pytest.param(
        "benefits.app+worker",
        "shared.messaging:mark_sent",
        "before",
        1,
        id="carrier after copying, before marking",
    ),
    pytest.param(
        "benefits.app+worker",
        "shared.messaging:mark_sent",
        "after",
        1,
        id="carrier before the mark is committed",
    ),
    pytest.param(
        "payments.app+worker",
        "tests.journeys.tiny.parts:note",
        "after",
        1,
        id="reader after the effect, before its commit",
    ),
    pytest.param(
        "payments.app+worker",
        "shared.messaging:_finish",
        "after",
        1,
        id="reader after marking, before its commit",
    ),
    pytest.param(
        "payments.app+worker",
        "tests.journeys.tiny.parts:call_bank",
        "before",
        1,
        id="job before the bank is called",
    ),
    pytest.param(
        "payments.app+worker",
        "tests.journeys.tiny.parts:call_bank",
        "after",
        2,
        id="job after the bank was called",
    ),
    pytest.param("payments.app+worker", "shared.messaging:post", "after", 2, id="job before its result is committed"),
    pytest.param(
        "notifications.app+worker",
        "shared.messaging:_finish",
        "after",
        1,
        id="the last reader after its effect",
    ),
    pytest.param("benefits.app:create_app", "shared.web.app:_record", "after", 1, id="web before the commit"),
    pytest.param(
        "benefits.app:create_app",
        "shared.web.app:_transact",
        "after",
        1,
        id="web after the commit, before the answer",
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


def test_two_workers_keep_the_order_of_each_person(house: House) -> None:
    house.another("payments-worker")
    people = [new_person() for _ in range(4)]
    for _ in range(8):
        for person in people:
            submit(house, person)
    # The carrier is made to deliver some of it again, in another order.
    house.rows("benefits", "UPDATE outbox SET sent_at = NULL WHERE position % 3 = 0")
    for person in people:
        ends_well(house, person, claims=8)
    hands = house.rows("payments", "SELECT count(DISTINCT pid) FROM effect WHERE person = ANY(%(p)s)", p=people)
    assert hands[0][0] >= 1


def test_the_house_answers_at_one_address(house: House) -> None:
    assert house.send("GET", "/desk/ສົມ ພອນ").text == "ສົມ ພອນ"
    assert house.send("GET", "/openapi/payments.json").json()["info"]["title"] == "Tideover payments"
    assert house.send("GET", "/openapi/benefits.json").json()["info"]["title"] == "Tideover benefits"
    assert house.send("GET", "/.well-known/jwks.json").json()["keys"]
    for inside in ("/metrics", "/metrics/", "/readyz", "/.well-known/other"):
        assert house.send("GET", inside).status_code == 404, inside
    told = house.send("GET", "/desk/x", headers={"X-Forwarded-For": "6.6.6.6", "X-Request-ID": "abc-1"})
    assert told.headers["X-Request-ID"] == "abc-1"
    assert len(told.raw.headers.getlist("Date")) == 1


def test_a_body_that_is_too_large_is_answered(house: House) -> None:
    answer = house.send("POST", "/v1/claims", data=b"x" * 50_000_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_without_postgresql_the_page_asks_to_come_back_and_nothing_is_doubled(house: House) -> None:
    person, claim = new_person(), new_person()
    body = {"id": claim, "person": person, "name": "An"}
    house.stop_postgres()
    try:
        answer = wait_until(
            lambda: a if (a := house.send("POST", "/v1/claims", json=body, key=claim)).status_code == 503 else None,
            what="503",
        )
        assert int(there(answer).headers["Retry-After"]) > 0
        assert house.send("GET", "/healthz").status_code == 200
    finally:
        house.start_postgres()
    submit(house, person, claim)
    submit(house, person, claim)
    ends_well(house, person)


def test_a_power_cut_of_postgresql_loses_nothing(house: House) -> None:
    person = new_person()
    submit(house, person)
    house.stop_postgres(signal.SIGKILL)
    house.start_postgres()
    submit(house, person)
    ends_well(house, person, claims=2)


def test_the_clock_moves_and_nothing_is_left_behind(house: House) -> None:
    person = new_person()
    submit(house, person)
    said = house.tick("2025-04-24")
    assert "It is 2025-04-24" in said
    ends_well(house, person)
    house.data.joinpath("clock.target").write_text("2025-04-26")
    wait_until(lambda: not house.data.joinpath("clock.target").exists(), what="the page's wish is carried out")
    assert house.data.joinpath("clock").read_text() == "2025-04-26"


def test_a_killed_supervisor_leaves_nothing_behind_and_a_second_start_keeps_the_data(house: House) -> None:
    person = new_person()
    submit(house, person)
    before = house.whole()
    house.stop(signal.SIGKILL)
    house.start()
    assert not set(before.values()) & set(house.whole().values())
    ends_well(house, person)
    assert effects(house, "payments", person) == [1]


def test_a_house_that_is_already_open_says_so(house: House) -> None:
    import subprocess
    import sys

    from tests.journeys.processes import ROOT

    for more, sentence in (
        ({}, "already runs"),
        ({"TIDEOVER_DATA": str(house.folder / "other")}, "is in use by another program"),
    ):
        second = subprocess.run(
            [sys.executable, "-m", "deploy.embedded.run"],
            cwd=ROOT,
            env=house.told() | more,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert second.returncode != 0
        assert sentence in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1
