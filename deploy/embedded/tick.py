"""`make tick TO=2025-04-30`: moves the sandbox clock, day by day, and waits on each day for what falls due.

No day is jumped over, so that what recurs daily recurs; a day on which nothing falls due passes at once.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from deploy.embedded import house
from deploy.embedded.hands import Hands
from deploy.embedded.house import HouseFailed, Plan, Ports
from deploy.embedded.pretend_counter import play
from shared import messaging
from shared.clock import Clock
from shared.process import Service
from shared.tables import inbox, job, outbox

#: How long nothing may move on a day before we say so and stop; nothing is lost, the day is only not over.
STILL_SECONDS = 300
#: A job that asks to be looked at again within this time still belongs to the day.
SOON = timedelta(seconds=12)
#: So long a day waits for jobs that keep asking for a little later (a bank that does not answer).
PATIENCE = 45
RECENT = 2000


@dataclass
class Street:
    """The services as the clock sees them: their databases, and what leaves them."""

    services: list[Service]
    clock: Clock
    with_broker: bool
    is_open: Callable[[], bool]
    #: Plays the counter of the day; none where the house has no payees in cash.
    counter: Callable[[], int] | None = None
    _seen: dict[str, int] = field(default_factory=dict)

    def plan_day(self) -> None:
        """Ask each service for the recurring jobs of the day, and wake the processes."""
        for service in self.services:
            service.plan_day()
            with service.engine.begin() as connection:
                connection.execute(text("NOTIFY jobs"))

    def is_idle(self) -> bool:
        return all(service.is_idle() for service in self.services) and not (self.with_broker and self._under_way())

    def _under_way(self) -> bool:
        """Whether an event that left one service has not reached another: it is with the broker."""
        for source in self.services:
            with source.engine.connect() as connection:
                sent = list(
                    connection.scalars(select(outbox.c.event_id).order_by(outbox.c.position.desc()).limit(RECENT))
                )
            for reader in self.services:
                if sent and reader.name in messaging.readers_of("/" + source.name):
                    with reader.engine.connect() as connection:
                        came = connection.scalar(select(func.count()).where(inbox.c.event_id.in_(sent)))
                    if came != len(sent):
                        return True
        return False

    def waits_soon(self) -> bool:
        """Whether a job of today asks to be looked at in a moment."""
        return any(
            _count(
                s.engine,
                job.c.state == "waiting",
                job.c.due_on <= self.clock.today(),
                job.c.due_at <= s.clock.now() + SOON,
            )
            for s in self.services
        )

    def standing(self) -> tuple[int, ...]:
        """Of each service how many events it has written, and how many messages and jobs of today are left to do."""
        found = []
        for service in self.services:
            with service.engine.connect() as connection:
                found += [
                    connection.scalar(select(func.coalesce(func.max(outbox.c.position), 0))) or 0,
                    connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == "waiting")) or 0,
                ]
            due = job.c.due_on <= self.clock.today()
            found.append(_count(service.engine, job.c.state == "waiting", due))
        return tuple(found)

    def remember(self) -> None:
        for service in self.services:
            with service.engine.connect() as connection:
                self._seen[service.name] = connection.scalar(select(func.coalesce(func.max(outbox.c.position), 0))) or 0

    def play_counter(self) -> int:
        """Who waits at the counter comes, if she comes; answers how many were paid in cash."""
        waiting = next((s for s in self.services if s.name == "payments"), None)
        if self.counter is None or waiting is None:
            return 0
        with waiting.engine.connect() as connection:
            # The tiny services of the process tests pay nobody in cash.
            if connection.scalar(text("SELECT to_regclass('voucher')")) is None:
                return 0
            if not connection.scalar(text("SELECT count(*) FROM voucher WHERE state = 'waiting'")):
                return 0
        return self.counter()

    def happened(self) -> Counter[str]:
        """How often each kind of event was written since `remember`."""
        found: Counter[str] = Counter()
        for service in self.services:
            with service.engine.connect() as connection:
                rows = connection.execute(
                    select(outbox.c.type, func.count())
                    .where(outbox.c.position > self._seen[service.name])
                    .group_by(outbox.c.type)
                )
                for type_, count in rows:
                    found[type_.split(".", 1)[1].replace(".", " ").replace("_", " ")] += count
        return found

    def next_due(self, after: date) -> date | None:
        days = []
        for service in self.services:
            with service.engine.connect() as connection:
                days.append(
                    connection.scalar(
                        select(func.min(job.c.due_on)).where(job.c.state == "waiting", job.c.due_on > after)
                    )
                )
        return min((d for d in days if d is not None), default=None)


def _count(engine: Engine, *where: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(job).where(*where)) or 0


@contextmanager
def _told(environment: dict[str, str]) -> Iterator[None]:
    """The environment of a service while it is wired."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def street_of(plan: Plan) -> Street:
    """The services of the house that runs on a data folder. Raises `HouseFailed` when none does."""
    running = house.read_running(plan)

    def is_open() -> bool:
        now = house.read_running(plan)
        return bool(now) and house.started_at(int(now["pid"])) == now["started"]

    if not is_open():
        raise HouseFailed(f"Nothing runs on {plan.data}; start it with make run, then move the clock.")
    found = Plan(
        data=plan.data,
        database_url=running["database_url"],
        amqp_url=running["amqp_url"],
        broker=running["broker"],
        package=running["package"],
        port=int(running["address"].rsplit(":", 1)[1]),
        country=running["country"],
    )
    ports, services = Ports(dict(running["ports"])), []
    for name in house.SERVICES:
        if found.offers(name):
            with _told(house.environment_of(found, ports, name)):
                services.append(importlib.import_module(f"{found.package}.{name}.app").make_service())
    phone = f"http://127.0.0.1:{ports.of('pretend_phone')}"
    clock = Clock(sandbox_file=plan.clock)
    return Street(
        services,
        clock,
        found.broker == "rabbitmq",
        is_open,
        lambda: play(Hands(found.address, found.sample.folder), phone),
    )


def _wait(street: Street, day: date, say: Any) -> None:
    began = told = moved = time.monotonic()
    standing: tuple[int, ...] = ()
    while True:
        now = time.monotonic()
        what = "working …"
        try:
            if now - told > 5:
                before, standing = standing, street.standing()
                moved = now if standing != before else moved
                what = f"working, {sum(standing[1::3]) + sum(standing[2::3])} left to do …"
            if street.is_idle():
                if not street.waits_soon():
                    return
                if now - began > PATIENCE:
                    say(f"{day}  some work asks for a little more time; going on")
                    return
        except DBAPIError:
            what = "the database is away; waiting …"
            if not street.is_open():
                raise HouseFailed(
                    f"The house was closed on {day}; nothing is half done, move the clock again later."
                ) from None
        if now - moved > STILL_SECONDS:
            raise HouseFailed(
                f"{day} is not over, and nothing has moved for {STILL_SECONDS} seconds; "
                "look at the parked messages and at the logs."
            )
        if now - told > 5:
            told = now
            say(f"{day}  {what}")
        time.sleep(0.05)  # three services have no common bell


def step(street: Street, target: date, say: Any = print) -> None:
    """Move day by day to `target`, each day until all services are idle."""
    day = street.clock.today()
    if target < day:
        raise HouseFailed(f"The clock stands at {day} and runs only forward; {target} is past.")
    street.remember()
    quiet = 0
    while True:
        street.plan_day()
        _wait(street, day, say)
        if street.play_counter():
            _wait(street, day, say)
        found = street.happened()
        if found:
            say(f"{day}  " + ", ".join(f"{count} {what}" for what, count in sorted(found.items())))
            street.remember()
        else:
            quiet += 1
        if day >= target:
            break
        day += timedelta(days=1)
        street.clock.move_to(day)
    following = street.next_due(target)
    say(f"It is {target}; on {quiet} days nothing fell due. Next: {following or 'nothing is planned'}.")


def main() -> int:
    plan = Plan.from_environment()
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    by_page = "--by-page" in sys.argv
    lock = None
    try:
        try:
            target = date.fromisoformat(arguments[0] if arguments else "")
        except ValueError:
            raise HouseFailed("Say which day: make tick TO=2025-04-30") from None
        street = street_of(plan)
        lock = (plan.data / "tick.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HouseFailed("The clock is already being moved; wait until that is done.") from None
        step(street, target, lambda line: print(line, flush=True))
    except HouseFailed as failed:
        print(failed, file=sys.stderr)
        return 2
    except DBAPIError as away:
        print(
            f"The database went away ({type(away).__name__}); nothing is half done, move the clock again.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("Stopped between two days; nothing is half done.", file=sys.stderr)
        return 130
    finally:
        if by_page:
            plan.target.unlink(missing_ok=True)
        if lock is not None:
            lock.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
