"""What is old is removed and stays done: nothing is taken twice, nothing that somebody still needs is gone."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shared import catching_up, database, jobs, messaging, pruning, restored
from shared.act import Act, Actor, service_actor
from shared.clock import Clock
from shared.events import Event
from shared.jobs import Later
from shared.messaging import receive
from shared.process import Service
from shared.settings import Settings
from shared.tables import audit, idempotency, inbox, inbox_cursor, job, outbox, pruned
from shared.web.app import create_app
from tests.payments.conftest import serve

LONG_AGO = timedelta(days=200)
TYPE = "benefits.payee.changed"
_WRITTEN_EARLIER = """
UPDATE outbox SET body = body || jsonb_build_object('recordedtime', to_char(
  ((body->>'recordedtime')::timestamptz - %(by)s) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))"""


class House:
    """Benefits tells, payments and notifications hear; payments notes what takes effect."""

    def __init__(self, new_database: Callable[[str], str], keys: Path, folder: Path) -> None:
        (folder / "clock").write_text("2025-05-20")
        clock, self.heard = Clock(sandbox_file=folder / "clock"), Counter[str]()
        urls = {name: new_database(name) for name in ("benefits", "payments", "notifications")}
        handlers = {"payments": {TYPE: self._hear}}
        self.services = {
            name: Service(
                name,
                Path("services") / name,
                handlers.get(name, {}),
                {},
                Settings(name, url, keys, inboxes=urls),
                clock,
            )
            for name, url in urls.items()
        }
        self.closing: list[Callable[[], None]] = [s.engine.dispose for s in self.services.values()]
        self.addresses: dict[str, str] = {}
        for name in ("payments", "notifications"):
            self.opens(name)
        self.benefits, self.payments = self.services["benefits"], self.services["payments"]

    def opens(self, name: str) -> None:
        server, self.addresses[name] = serve(create_app(self.services[name], []))
        self.closing.append(server.shutdown)
        for service in self.services.values():
            service.settings = replace(service.settings, urls=self.addresses)

    def _hear(self, act: Act, event: Event) -> None:
        self.heard[event.id] += 1

    def tells(self, *persons: str) -> list[str]:
        with self.benefits.engine.begin() as connection:
            clock = self.benefits.clock
            act = Act(connection, service_actor("benefits"), clock.now(), clock.today())
            return [
                messaging.post(act, TYPE, subject=p, person=p, data={"person_id": p, "office_id": "vte"})
                for p in persons
            ]

    def bodies(self) -> list[dict[str, Any]]:
        """What benefits has told so far, as any carrier brings it."""
        with self.benefits.engine.connect() as connection:
            return list(connection.scalars(select(outbox.c.body).order_by(outbox.c.position)))

    def everybody_hears(self) -> None:
        self.benefits.carry()
        for name in ("payments", "notifications"):
            self.services[name].carry_out()

    def comes_again(self, *bodies: Mapping[str, Any]) -> None:
        with self.payments.engine.begin() as connection:
            for body in bodies:
                receive(connection, body, self.payments.clock.now())
        self.payments.carry_out()

    def time_passes(self, by: timedelta = LONG_AGO) -> None:
        """All that has happened was so long ago."""
        moments = {
            "outbox": ("written_at", "sent_at"),
            "inbox": ("received_at", "done_at"),
            "job": ("ended_at",),
            "idempotency": ("kept_at",),
        }
        for service in self.services.values():
            with service.engine.begin() as connection:
                for table, columns in moments.items():
                    earlier = ", ".join(f"{column} = {column} - %(by)s" for column in columns)
                    connection.exec_driver_sql(f"UPDATE {table} SET {earlier}", {"by": by})
                connection.exec_driver_sql(_WRITTEN_EARLIER, {"by": by})

    def run(self, service: Service) -> jobs.JobRun:
        return jobs.JobRun(
            service.engine, service.clock, service.name, 0, pruning.KIND, "", {}, service.clock.today(), 0, ""
        )

    def removes(self, *names: str) -> None:
        """The day's removing, to its end."""
        for name in names or tuple(self.services):
            service = self.services[name]
            while pruning.remove(service, self.run(service)) is not None:
                pass

    def count(self, name: str, table: Any, *where: Any) -> int:
        with self.services[name].engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)


@pytest.fixture
def house(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[House]:
    found = House(new_database, keys_folder, tmp_path)
    yield found
    for close in reversed(found.closing):
        close()


def person() -> str:
    return str(uuid.uuid4())


def test_old_events_go_and_one_that_comes_again_has_no_effect(house: House) -> None:
    an = person()
    told = house.tells(an, an, an)
    house.everybody_hears()
    house.time_passes()
    old = house.bodies()
    house.tells(person())
    house.everybody_hears()
    house.removes()
    assert house.count("payments", inbox) == 1, "the newest stays: from there a restored service asks"
    assert house.count("benefits", outbox) == 1
    house.comes_again(*old, *reversed(old))
    assert [house.heard[event] for event in told] == [1, 1, 1]
    assert house.count("payments", inbox) == 1
    house.tells(an)
    house.everybody_hears()
    assert sum(house.heard.values()) == 5, "her next event follows on"


def test_an_event_that_comes_again_while_its_row_is_removed_has_no_effect(house: House) -> None:
    """Taken in before the removal was to be seen, it waits in the inbox; its number says that it was carried out."""
    an = person()
    house.tells(an)
    house.everybody_hears()
    house.time_passes()
    (old,) = house.bodies()
    house.tells(person())
    house.everybody_hears()
    house.removes("payments")
    with house.payments.engine.begin() as connection:
        connection.execute(inbox_cursor.update().values(forgotten=None))
        receive(connection, old, house.payments.clock.now())
        connection.execute(inbox_cursor.update().where(inbox_cursor.c.person == an).values(forgotten=1))
    assert house.count("payments", inbox, inbox.c.state == "waiting") == 1
    house.payments.carry_out()
    assert house.heard[old["id"]] == 1
    assert house.count("payments", inbox, inbox.c.state == "waiting") == 0


def test_an_event_stays_until_every_reader_has_passed_it(house: House) -> None:
    house.tells(person(), person())
    house.benefits.carry()
    house.services["notifications"].carry_out()
    house.time_passes()
    house.tells(person())
    house.removes("benefits")
    assert house.count("benefits", outbox) == 3, "payments has not carried them out"
    house.payments.carry_out()
    house.benefits.settings = replace(house.benefits.settings, urls={})
    house.removes("benefits")
    assert house.count("benefits", outbox) == 3, "nobody can be asked"
    house.opens("payments")
    house.removes("benefits")
    assert house.count("benefits", outbox) == 1


def test_what_waits_is_parked_or_failed_stays_whatever_its_age(house: House) -> None:
    an, bee = person(), person()
    house.tells(an, bee)
    house.everybody_hears()
    house.tells(an)
    house.benefits.carry()
    with house.payments.engine.begin() as connection:
        connection.execute(inbox.update().where(inbox.c.state == "waiting").values(state="parked"))
        act = Act(connection, service_actor("payments"), house.payments.clock.now(), house.payments.clock.today())
        for key in ("done", "cancelled", "failed", "waiting"):
            jobs.post_job(act, "some_work", key)
            ended = {"state": key, "ended_at": act.now}
            connection.execute(job.update().where(job.c.key == key).values(**ended))
        values = {"body_hash": b"", "status": 200, "headers": {}, "answer": b"", "kept_at": act.now}
        connection.execute(idempotency.insert().values(key="a", **values))
    house.time_passes()
    house.tells(person())
    house.everybody_hears()
    looked = house.count("payments", audit)
    house.removes()
    with house.payments.engine.connect() as connection:
        assert set(connection.scalars(select(job.c.key))) == {"failed", "waiting"}
        assert connection.scalar(select(func.count()).select_from(idempotency)) == 0
        assert sorted(connection.scalars(select(inbox.c.state))) == ["done", "parked"]
    assert house.count("payments", audit) >= looked, "who looked is kept for ever"


def test_a_removing_that_is_killed_goes_on_where_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 4)
    persons = [person() for _ in range(5)]
    for _ in range(3):
        house.tells(*persons)
        house.everybody_hears()
    house.time_passes()
    old = house.bodies()
    house.tells(person())
    house.everybody_hears()

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    real, calls = pruning._note, [0]

    def note(*args: Any) -> None:
        calls[0] += 1
        if calls[0] == 3:
            dies()
        real(*args)

    monkeypatch.setattr(pruning, "_note", note)
    with pytest.raises(KeyboardInterrupt):
        house.removes("payments")
    assert house.count("payments", inbox) == 16 - 8, "two batches are gone, the third came back with its transaction"
    house.comes_again(*old)
    house.removes("payments")
    house.comes_again(*old)
    assert set(house.heard.values()) == {1}
    assert house.count("payments", inbox) == 1
    with house.payments.engine.connect() as connection:
        assert pruning.in_all(connection) == {"inbox/benefits": 15}


def test_much_is_removed_in_several_looks_and_others_are_looked_at_in_between(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    monkeypatch.setattr(pruning, "MOST_BATCHES", 2)
    house.tells(*[person() for _ in range(9)])
    house.everybody_hears()
    house.time_passes()
    house.tells(person())
    house.everybody_hears()
    assert pruning.remove(house.payments, house.run(house.payments)) == Later(timedelta(0), reason="more")
    assert 1 < house.count("payments", inbox) < 9
    house.payments.plan_day()
    while house.payments.look_at_jobs():
        pass
    assert house.count("payments", inbox) == 1


def test_two_workers_remove_beside_one_that_takes_in_the_same_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    persons = [person() for _ in range(20)]
    for _ in range(3):
        house.tells(*persons)
        house.everybody_hears()
    house.time_passes()
    old = house.bodies()
    house.tells(person())
    house.everybody_hears()
    again = random.Random(7)

    def redelivers() -> None:
        for _ in range(4):
            house.comes_again(*again.sample(old, len(old)))

    work = [lambda: house.removes("payments"), lambda: house.removes("payments"), redelivers]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.removes("payments")
    house.comes_again(*old)
    assert set(house.heard.values()) == {1}
    assert len(house.heard) == 61


@given(st.lists(st.tuples(st.sampled_from(["tell", "hear", "remove", "again"]), st.integers(0, 2)), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_whatever_comes_again_in_whatever_order_takes_effect_once(house: House, steps: list[tuple[str, int]]) -> None:
    """An event told by benefits takes effect once, in the order of its person, however old and often delivered."""
    persons, told, kept = [person() for _ in range(3)], list[str](), list[dict[str, Any]]()
    for step, number in [*steps, ("hear", 0), ("again", 0)]:
        if step == "tell":
            told += house.tells(persons[number])
        elif step == "hear":
            kept += [body for body in house.bodies() if body["id"] not in {k["id"] for k in kept}]
            house.everybody_hears()
        elif step == "remove":
            house.time_passes()
            house.removes("payments")
        else:
            now = {body["id"]: body for body in house.bodies()}
            kept = [*now.values(), *(body for body in kept if body["id"] not in now)]
            house.comes_again(*reversed(kept))
    assert [house.heard[event] for event in told] == [1] * len(told)


def test_what_was_removed_is_told_by_day_and_kind(house: House) -> None:
    house.tells(person())
    house.everybody_hears()
    house.time_passes()
    house.tells(person())
    house.everybody_hears()
    house.removes("benefits", "payments")
    with house.payments.engine.connect() as connection:
        (row,) = pruning.by_day(connection)
    assert (row.day.isoformat(), row.kind, row.number) == ("2025-05-20", "inbox/benefits", 1)
    counted = create_app(house.benefits, []).test_client().get("/metrics").text
    assert 'tideover_removed_by_age{kind="outbox",service="benefits"} 1.0' in counted


def test_a_backup_older_than_what_is_kept_is_never_taken_for_caught_up(house: House, tmp_path: Path) -> None:
    """Benefits is brought back as it was before an event that payments has carried out and removed since."""
    house.tells(person())
    house.everybody_hears()
    house.time_passes()
    house.tells(person())
    house.everybody_hears()
    house.removes()
    house.opens("benefits")
    with house.benefits.engine.begin() as connection:
        connection.execute(outbox.delete())
        connection.execute(pruned.delete())
        restored.open_hold(connection, "command", house.benefits.clock.now())
    assert not catching_up.catch_up(house.benefits)
    with database.at_once(house.benefits.engine) as connection:
        hold = restored.current(connection)
    assert (hold.phase, hold.waits_for) == ("asking", "too_old notifications")
    assert not house.benefits.events_may_leave()


def test_a_younger_backup_is_caught_up_with(house: House) -> None:
    house.tells(person())
    house.everybody_hears()
    house.time_passes()
    house.tells(person())
    house.everybody_hears()
    house.removes()
    house.opens("benefits")
    (forgotten,) = house.tells(person())
    house.everybody_hears()
    with house.benefits.engine.begin() as connection:
        connection.execute(outbox.delete().where(outbox.c.event_id == forgotten))
        restored.open_hold(connection, "command", house.benefits.clock.now())
    assert catching_up.catch_up(house.benefits)
    assert house.count("benefits", outbox, outbox.c.event_id == forgotten) == 1


def test_the_page_says_that_a_backup_is_too_old(house: House) -> None:
    with house.benefits.engine.begin() as connection:
        restored.open_hold(connection, "command", house.benefits.clock.now())
        restored.told(connection, restored.current(connection).found_at, waits_for=f"{catching_up.TOO_OLD} payments")
    client = create_app(house.benefits, []).test_client()
    ada = Actor("ada", "account", frozenset({"auditor"}), office="hq", name="Ada")
    client.set_cookie("tideover", house.benefits.keys.session_token(ada, csrf="c", now=house.benefits.clock.now()))
    assert "payments has removed by age" in client.get("/parked/benefits").text
