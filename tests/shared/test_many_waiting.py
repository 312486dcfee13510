"""A mass that waits costs those nothing who do not: what a look touches is counted, not timed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlalchemy import func, select

from shared import jobs, messaging
from shared.act import Act, service_actor
from shared.clock import Clock
from shared.events import Event
from shared.messaging import receive
from shared.process import Service
from shared.settings import Settings
from shared.tables import inbox, outbox
from tests.shared.test_upgrades import event

TYPE = "benefits.payee.changed"
MASS = 3000


class Reader:
    """Payments, which notes whose event takes effect; benefits beside it, which tells."""

    def __init__(self, new_database: Callable[[str], str], keys: Path, folder: Path) -> None:
        (folder / "clock").write_text("2025-05-20")
        self.clock, self.heard = Clock(sandbox_file=folder / "clock"), list[str]()
        urls = {name: new_database(name) for name in ("benefits", "payments", "notifications")}
        self.payments, self.benefits = (
            Service(
                name,
                Path("services") / name,
                {TYPE: self._hear},
                {},
                Settings(name, urls[name], keys, inboxes=urls),
                self.clock,
            )
            for name in ("payments", "benefits")
        )

    def _hear(self, act: Act, told: Event) -> None:
        self.heard.append(told.partitionkey)

    def gets(self, *bodies: dict[str, Any]) -> None:
        with self.payments.engine.begin() as connection:
            for body in bodies:
                receive(connection, body, self.clock.now())

    def tells(self, *persons: str) -> None:
        with self.benefits.engine.begin() as connection:
            act = Act(connection, service_actor("benefits"), self.clock.now(), self.clock.today())
            for one in persons:
                messaging.post(act, TYPE, subject=one, person=one, data={"person_id": one, "office_id": "vte"})

    def looked_at(self, look: Callable[[], Any]) -> int:
        """The rows that the statements of a look touch in the tables, as PostgreSQL counts them."""
        said: list[tuple[str, Any]] = []

        def hear(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            said.append((statement, parameters))

        engine = self.payments.engine
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        listening.listen(engine, "before_cursor_execute", hear)
        try:
            look()
        finally:
            listening.remove(engine, "before_cursor_execute", hear)
        looks = [one for one in said if "advisory" not in one[0] and one[0].lstrip().startswith(("SELECT", "WITH"))]
        assert looks, "something was looked at"
        with engine.connect() as connection:
            plans = [
                connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters).scalar()
                for sql, parameters in looks
            ]
            connection.rollback()
        return sum(_rows(plan[0]["Plan"]) for plan in plans if plan is not None)


def _rows(plan: dict[str, Any]) -> int:
    """Rows that the scans of a plan gave or threw away."""
    own = 0
    if "Scan" in plan["Node Type"]:
        thrown = sum(plan.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
        own = int((plan["Actual Rows"] + thrown) * plan["Actual Loops"])
    return own + sum(_rows(part) for part in plan.get("Plans", ()))


def someone() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def reader(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Reader]:
    found = Reader(new_database, keys_folder, tmp_path)
    yield found
    found.payments.engine.dispose()
    found.benefits.engine.dispose()


def about(person: str, sequence: int) -> dict[str, Any]:
    return event(sequence, TYPE, {"person_id": person, "office_id": "vte"}, partitionkey=person)


def test_a_look_for_work_passes_by_what_is_held_back(reader: Reader) -> None:
    """Each of the mass waits behind an event that has not come, or is parked."""
    reader.gets(*(about(someone(), 2) for _ in range(MASS)))
    reader.gets(about(an := someone(), 1))
    took = reader.looked_at(lambda: messaging.carry_out_next(reader.payments.engine, "payments", {}, reader.clock))
    assert took < 20
    nothing = reader.looked_at(lambda: messaging.carry_out_next(reader.payments.engine, "payments", {}, reader.clock))
    assert nothing < 20
    assert reader.looked_at(reader.payments.something_presses) < 20
    reader.gets(about(an, 2))
    with reader.payments.engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(inbox.c.next_try_at != messaging.BEHIND)) == 2


def test_what_was_held_back_follows_when_its_turn_comes(reader: Reader) -> None:
    an, bee = someone(), someone()
    reader.gets(*(about(an, n) for n in (5, 4, 2, 3)), about(bee, 2))
    assert reader.payments.carry_out() == 0
    reader.gets(about(an, 1))
    assert reader.payments.carry_out() == 5
    assert reader.heard == [an] * 5
    reader.gets(about(bee, 1))
    reader.payments.carry_out()
    assert reader.heard == [an] * 5 + [bee] * 2


def test_what_a_release_before_has_not_let_follow_follows_the_next_day(reader: Reader) -> None:
    an = someone()
    reader.gets(about(an, 2), about(an, 1))
    reader.payments.carry_out(1)
    with reader.payments.engine.begin() as connection:
        connection.execute(inbox.update().where(inbox.c.sequence == 2).values(next_try_at=messaging.BEHIND))
    assert reader.payments.carry_out() == 0
    reader.payments.plan_day()
    assert reader.payments.carry_out() == 1


@pytest.mark.parametrize("on", [date(2025, 5, 20), date(2025, 6, 20)])
def test_a_look_for_jobs_passes_by_those_of_a_later_moment_or_day(reader: Reader, on: date) -> None:
    """In quiet hours many messages wait for the morning; many payments for their day."""
    with reader.payments.engine.begin() as connection:
        act = Act(connection, service_actor("payments"), reader.clock.now(), reader.clock.today())
        morning = act.now + timedelta(hours=8) if on == act.today else act.now
        for number in range(MASS):
            jobs.post_job(act, "send_sms", str(number), on=on, at=morning)
        jobs.post_job(act, "draft_run", "today")
    assert reader.looked_at(lambda: jobs.due_jobs(reader.payments.engine, reader.clock)) < 20
    assert reader.looked_at(lambda: jobs.due_jobs(reader.payments.engine, reader.clock, 1)) < 20


def test_what_happens_now_does_not_wait_behind_a_mass_of_events(reader: Reader) -> None:
    """A thousand wait to leave; one about another person is carried and carried out with the first hundred."""
    mass = [someone() for _ in range(1000)]
    reader.tells(*mass)
    reader.tells(an := someone())
    reader.benefits.carry()
    reader.payments.carry_out(10)
    assert an in reader.heard
    assert len(set(mass) & set(reader.heard)) >= 5, "the mass goes on"
    while reader.benefits.carry() + reader.payments.carry_out():
        pass
    assert sorted(reader.heard) == sorted([*mass, an])
    with reader.benefits.engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(outbox.c.sent_at.is_(None))) == 0


def test_a_worker_lets_its_own_events_leave_between_those_it_carries_out(reader: Reader) -> None:
    reader.gets(*(about(someone(), 1) for _ in range(120)))
    assert reader.payments.carry_out(50) == 50
    assert len(reader.heard) == 50
