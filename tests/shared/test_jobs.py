"""A job is looked at by one at a time and is called for again only when it is missed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from shared import database, jobs
from shared.act import Act, service_actor
from shared.clock import Clock
from shared.jobs import JobRun, Later

CLOCK = Clock()


@pytest.fixture
def engine(new_database: Callable[[str], str]) -> Iterator[Engine]:
    made = database.connect(new_database("notifications"))
    yield made
    made.dispose()


def _post(engine: Engine, *keys: str, kind: str = "send", days: int = 0) -> None:
    with engine.begin() as connection:
        act = Act(connection, service_actor("notifications"), CLOCK.now(), CLOCK.today())
        for key in keys:
            jobs.post_job(act, kind, key, {"of": key}, on=CLOCK.today() + timedelta(days=days))


def _rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT * FROM job ORDER BY number").all())


def _number(engine: Engine) -> int:
    (row,) = _rows(engine)
    return int(row.number)


def test_asking_twice_is_asking_once(engine: Engine) -> None:
    _post(engine, "a", "a")
    (row,) = _rows(engine)
    assert (row.payload, row.state, row.attempts) == ({"of": "a"}, "waiting", 0)


def test_two_who_look_at_once_do_the_work_once(engine: Engine) -> None:
    _post(engine, "a")
    number, inside, go_on, done = _number(engine), threading.Event(), threading.Event(), []

    def work(run: JobRun) -> None:
        inside.set()
        assert go_on.wait(10)
        done.append(run.key)

    def look() -> bool:
        return jobs.look_at(engine, "notifications", {"send": work}, CLOCK, number)

    first = threading.Thread(target=look)
    first.start()
    assert inside.wait(10)
    assert not look()  # somebody else holds it
    go_on.set()
    first.join(10)
    assert not look()  # it has ended
    assert done == ["a"]
    (row,) = _rows(engine)
    assert (row.state, row.attempts) == ("done", 1)


def test_crowds_of_lookers_do_each_job_once(engine: Engine) -> None:
    keys = [f"k{n}" for n in range(30)]
    _post(engine, *keys)
    done: list[str] = []
    work = {"send": lambda run: done.append(run.key)}

    def look() -> None:
        for number in jobs.due_jobs(engine, CLOCK, 100):
            jobs.look_at(engine, "notifications", work, CLOCK, number)

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for one in lookers:
        one.start()
    for one in lookers:
        one.join(60)
    assert sorted(done) == sorted(keys)


def test_a_lock_is_given_back_whatever_happens(engine: Engine) -> None:
    _post(engine, "a", "b", days=0)
    answers: dict[str, Any] = {"a": Later(timedelta(hours=1), reason="later"), "b": ZeroDivisionError()}

    def work(run: JobRun) -> Later:
        if isinstance(answer := answers[run.key], Exception):
            raise answer
        assert isinstance(answer, Later)
        return answer

    for number in jobs.due_jobs(engine, CLOCK):
        assert jobs.look_at(engine, "notifications", {"send": work}, CLOCK, number)
        assert not jobs.look_at(engine, "notifications", {"send": work}, CLOCK, number)  # not due now
    with engine.connect() as connection:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = " + (
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert connection.exec_driver_sql(held).scalar() == 0
    later, failed = _rows(engine)
    assert (later.state, later.reason, later.attempts) == ("waiting", "later", 0)
    assert (failed.state, failed.reason, failed.attempts) == ("waiting", "ZeroDivisionError", 1)


def test_a_job_is_called_for_once_and_again_when_nobody_answers(engine: Engine) -> None:
    _post(engine, "a", "b")
    _post(engine, "tomorrow", days=1)
    first, second, _ = (row.number for row in _rows(engine))
    assert jobs.call_due(engine, CLOCK) == [first, second]
    assert jobs.call_due(engine, CLOCK) == []
    with engine.begin() as connection:  # the call for one of them was lost
        connection.exec_driver_sql(
            f"UPDATE job SET called_at = called_at - interval '21 seconds', due_at = due_at - interval '1 hour' "
            f"WHERE number = {second}"
        )
    assert jobs.call_due(engine, CLOCK) == [second]


def test_slow_jobs_are_called_for_apart(engine: Engine) -> None:
    _post(engine, "letter", kind="write")
    _post(engine, "message")
    letter, message = (row.number for row in _rows(engine))
    assert jobs.call_due(engine, CLOCK, {"write"}, slow=False) == [message]
    assert jobs.call_due(engine, CLOCK, {"write"}, slow=True) == [letter]


def test_a_queue_of_calls_does_not_grow_without_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who falls behind is not called for the same again and again; what is done makes room."""
    monkeypatch.setattr(jobs, "MOST_CALLED", 2)
    _post(engine, "a", "b", "c")
    first, second, third = (row.number for row in _rows(engine))
    assert jobs.call_due(engine, CLOCK) == [first, second]
    assert jobs.call_due(engine, CLOCK) == []
    assert jobs.look_at(engine, "notifications", {"send": lambda _: None}, CLOCK, first)
    assert jobs.call_due(engine, CLOCK) == [third]
