"""The processes of a service: worker (embedded), relay, reader, timekeeper and Celery worker (with RabbitMQ).

They all do the same three things, alone or apart: let events leave, carry out events that came, look at
jobs that are due.
"""

from __future__ import annotations

import argparse
import math
import select as selecting
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, MetaData
from sqlalchemy.exc import DBAPIError, OperationalError

from shared import broker, catching_up, database, jobs, logs, messaging, pruning, restored, retention, sealing
from shared.act import Act, Actor
from shared.auth import Keys
from shared.clock import Clock
from shared.jobs import JobHandler
from shared.logs import log
from shared.messaging import Handler
from shared.restored import Marks
from shared.seals import Seals, attach
from shared.sessions import EndedSessions
from shared.settings import Settings
from shared.tables import metadata as common_tables

IDLE_SECONDS = 0.5
#: How long a slow job lets quick ones and events go first.
GIVE_WAY_SECONDS = 2.0
#: Quick jobs a worker looks at side by side; most of their time they wait for others.
JOBS_AT_ONCE = 3
#: Messages a worker carries out before it lets its own events leave again.
EVENTS_AT_ONCE = 50
#: Threads of a Celery worker, and how many jobs one call names at most.
JOB_THREADS, JOBS_IN_A_CALL = 2, 10


@dataclass
class Service:
    """One service as its `app.py` wires it."""

    name: str
    folder: Path
    handlers: Mapping[str, Handler]
    jobs: Mapping[str, jobs.JobHandler]
    settings: Settings
    clock: Clock
    #: Asks for the recurring jobs of a day; called at start and whenever the day changes.
    daily: Callable[[Any], None] | None = None
    #: Kinds of jobs that take long, such as drawing a letter; others do not wait behind them.
    slow: frozenset[str] = frozenset()
    #: After a restore, what follows from own events that others told us (they are in the outbox by then).
    regained: Callable[[Act], None] | None = None
    #: How many days events, messages and jobs are kept that are over; a backup older than that cannot be brought back.
    keep_days: int = 90
    #: How long each kind of its data is kept, and how what is older goes.
    keeps: retention.Retention = field(default_factory=retention.Retention)
    #: Who comes in at a door of the API with a key (`tk_…`) instead of a session, or nobody; only benefits knows keys.
    opens: Callable[[Service, str], Actor | None] | None = None
    #: Its tables: those with sealed columns are sealed anew when the key changes.
    metadata: MetaData = common_tables
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        engine = database.connect(self.settings.database_url)
        attach(engine, self.seals)
        return engine

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.settings.keys_dir, self.name)

    @cached_property
    def seals(self) -> Seals:
        """What seals and opens this service's sealed columns. Raises `KeyMissing`."""
        return Seals(self.settings.keys_dir, self.name)

    @cached_property
    def ended_sessions(self) -> EndedSessions:
        return EndedSessions(self.engine)

    @cached_property
    def marks(self) -> Marks | None:
        folder = self.settings.marks_dir
        return Marks(folder / self.name) if folder is not None else None

    def look_back(self) -> None:
        """Notice at the start that the database is a restored one."""
        restored.look_back(self.engine, self.marks, self.clock.now())

    def look_back_once(self) -> None:
        """The same before the first change of a web process."""
        if not self.extra.get("looked_back"):
            self.look_back()
            self.extra["looked_back"] = True

    def events_may_leave(self) -> bool:
        """Whether events may leave; a restored service asks the others first."""
        if restored.may_leave(self.engine, self.marks, self.clock.now(), asked_about=True):
            return True
        catching_up.catch_up(self)
        return False

    @cached_property
    def inboxes(self) -> dict[str, Engine]:
        return {name: database.connect(url, pool_size=2) for name, url in self.settings.inboxes.items()}

    def migrate(self) -> None:
        database.migrate(self.engine, self.folder)

    # One round of each kind of work; tests call these, processes repeat them.

    def carry(self) -> int:
        """Embedded carrier: copy what is unsent into the readers' inboxes."""
        if not self.something_leaves() or not self.events_may_leave():
            return 0
        with database.held_line(self.engine, "carrier") as line:
            return messaging.carry_embedded(line, "/" + self.name, self.inboxes, self.clock.now()) if line else 0

    def something_leaves(self) -> bool:
        """Whether an event waits to leave."""
        with database.at_once(self.engine) as connection:
            return messaging.some_unsent(connection) or restored.phase(connection) == "asking"

    def carry_out(self, most: int | None = None) -> int:
        """Carry out all messages whose turn it is, or `most` of them. The oldest and the newest in turn: what happens
        now does not wait behind a mass, and the mass goes on."""
        count = 0
        while (most is None or count < most) and messaging.carry_out_next(
            self.engine, self.name, self.handlers, self.clock, newest=count % 2 == 1
        ):
            count += 1
        if not count:
            with database.at_once(self.engine) as connection:
                catching_up.carried_out(connection, self.clock.now())
        return count

    def look_at_jobs(self) -> int:
        """Look at all jobs that are due."""
        return sum(self.look_at(number) for number in jobs.due_jobs(self.engine, self.clock))

    def due(self, *, slow: bool, most: int = 20) -> list[int]:
        """Numbers of due jobs that take long, or of the others."""
        return jobs.due_jobs(self.engine, self.clock, most, slow_kinds=self.slow, slow=slow)

    def something_presses(self) -> bool:
        """Whether an event or a quick job waits that slow jobs should let pass."""
        with self.engine.connect() as connection:
            if messaging.some_wait(connection, self.clock.now()):
                return True
        return bool(self.due(slow=False, most=1))

    def look_at(self, number: int) -> bool:
        return jobs.look_at(self.engine, self.name, self.all_jobs, self.clock, number, self.marks)

    @cached_property
    def all_jobs(self) -> Mapping[str, JobHandler]:
        """The service's own jobs and those of every service."""
        return {
            pruning.KIND: lambda run: pruning.remove(self, run),
            **retention.jobs_for(self),
            "seal_again": lambda run: sealing.go_on(self.engine, self.metadata, self.seals, run),
            **self.jobs,
        }

    def plan_day(self) -> None:
        """Ask for today's recurring jobs; asking twice is asking once."""
        run = jobs.JobRun(self.engine, self.clock, self.name, 0, "daily", "", {}, self.clock.today(), 0, "")
        with run.begin() as act:
            messaging.let_follow(act.connection, act.now)
            jobs.post_job(act, pruning.KIND, act.today.isoformat())
            retention.plan(act)
            if not sealing.only_key(act, self.seals):
                sealing.note_key(act, self.seals)
                jobs.post_job(act, "seal_again", key=f"{self.seals.name} {act.today}")
            if self.daily is not None:
                self.daily(act)

    def is_idle(self) -> bool:
        with self.engine.connect() as connection:
            return messaging.idle(connection, self.clock.now()) and not jobs.due_jobs(self.engine, self.clock, 1)


class Stop:
    """Set by SIGTERM or SIGINT; the round in hand ends first."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.asked.set())


class Bell:
    """Waits for a NOTIFY on its channel (`events` or `jobs`) or the time-out, whichever comes first; without a
    database just waits."""

    def __init__(self, url: str, channel: str) -> None:
        self.channel = channel
        self.url = url.replace("postgresql+psycopg://", "postgresql://")
        self.connection: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float) -> None:
        try:
            if self.connection is None:
                self.connection = psycopg.connect(self.url, autocommit=True, connect_timeout=3)
                self.connection.execute(f"LISTEN {self.channel}")
            for _ in self.connection.notifies(timeout=seconds, stop_after=1):
                pass
        except (psycopg.Error, OSError):
            self.connection = None
            selecting.select([], [], [], seconds)


def _rounds(
    service: Service,
    stop: Stop,
    name: str,
    work: Callable[[], int],
    *,
    hears: str = "events",
    plans: bool = True,
) -> int:
    """Repeat `work` until asked to stop; a lost database or broker is waited for. One of a process's loops `plans`
    the day."""
    bell, day = Bell(service.settings.database_url, hears), None
    away_faults: tuple[type[BaseException], ...] = (OperationalError, DBAPIError, *_broker_faults())
    log.info("process_started", process=name)
    while not stop.asked.is_set():
        try:
            if plans and day is None:
                service.look_back()
            if plans and day != (today := service.clock.today()):
                service.plan_day()
                day = today
            did = work()
        except away_faults as away:
            log.warning("away", process=name, fault=type(away).__name__)
            stop.asked.wait(1)
            continue
        if not did and not stop.asked.is_set():
            bell.wait(IDLE_SECONDS)
    log.info("process_stopped", process=name)
    return 0


def _broker_faults() -> tuple[type[BaseException], ...]:
    from amqp.exceptions import AMQPError
    from kombu.exceptions import (
        KombuError,  # kombu wraps a refused connection in an OperationalError of its own
    )
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    return (AMQPError, KombuError, PoolTimeout, ConnectionError, TimeoutError, OSError)


def run_worker(service: Service) -> int:
    """Everything in one process: the embedded default. Events, quick jobs and slow jobs have a loop each, so that
    a queue of letters holds up no message and no event."""
    stop, broken = Stop(), threading.Event()

    def give_way() -> int:
        """Let what is quick go first, but not for ever: a slow job does begin at last."""
        until = time.monotonic() + GIVE_WAY_SECONDS
        while not stop.asked.is_set() and time.monotonic() < until and service.something_presses():
            stop.asked.wait(0.1)
        return 0

    def beside(name: str, work: Callable[[], int]) -> None:
        try:
            _rounds(service, stop, name, work, hears="jobs", plans=False)
        except BaseException as fault:
            # Half a worker is worse than none: the process ends, and whoever watches it starts it again.
            log.error("loop_failed", process=name, exc_info=fault)
            broken.set()
            stop.asked.set()

    with ThreadPoolExecutor(JOBS_AT_ONCE, thread_name_prefix="jobs") as pool:
        loops = {"jobs": lambda: sum(pool.map(service.look_at, service.due(slow=False)))}
        if service.slow:
            loops["slow jobs"] = lambda: sum(give_way() or service.look_at(n) for n in service.due(slow=True, most=5))
        threads = [threading.Thread(target=beside, args=loop) for loop in loops.items()]
        for thread in threads:
            thread.start()
        try:
            code = _rounds(service, stop, "worker", lambda: service.carry() + service.carry_out(EVENTS_AT_ONCE))
        finally:
            stop.asked.set()
            for thread in threads:
                thread.join()
    return 1 if broken.is_set() else code


def _keep_alive(connection: Any) -> None:
    """Send our heartbeat and read the broker's; without reading, an idle line counts as dead after two of them."""
    connection.heartbeat_check()
    try:
        connection.drain_events(timeout=0.001)
    except TimeoutError:
        pass


def _publisher(url: str, house: str) -> broker.Publisher:
    """A fresh line to the broker, which knows the topology."""
    connection = broker.open_connection(url)
    connection.ensure_connection(max_retries=1, timeout=5)
    broker.declare_topology(connection, house)
    return broker.Publisher(connection, house)


def run_relay(service: Service) -> int:
    """Publish the outbox to RabbitMQ, one relay at a time."""
    publisher: broker.Publisher | None = None

    def publish() -> int:
        nonlocal publisher
        with database.held_line(service.engine, "carrier") as line:
            if line is None or not service.events_may_leave():
                return 0
            rows = messaging.unsent(line, 500)
            if not rows:
                return 0
            publisher = publisher or _publisher(service.settings.amqp_url or "", service.settings.house)
            taken = broker.publish_batch(publisher, rows)
            messaging.mark_sent(line, taken, service.clock.now())
            return len(taken)

    def work() -> int:
        nonlocal publisher
        try:
            if service.something_leaves():
                return publish()
            if publisher is not None:
                _keep_alive(publisher.connection)
            return 0
        except BaseException:
            if publisher is not None:
                try:
                    publisher.connection.close()
                except Exception as gone:
                    log.info("broker_connection_gone", fault=type(gone).__name__)
            publisher = None
            raise

    return _rounds(service, Stop(), "relay", work)


def run_reader(service: Service) -> int:
    """Take messages from RabbitMQ into the inbox (a thread) and carry them out (this thread)."""
    stop = Stop()

    def take(body: dict[str, Any], given_up: bool) -> None:
        while True:
            try:
                if given_up:
                    messaging.park(service.engine, body, service.clock.now(), "delivery_limit")
                else:
                    with database.at_once(service.engine) as connection:
                        messaging.receive(connection, body, service.clock.now())
                return
            except OperationalError:
                # The database is away: hold the message unacknowledged instead of burning its deliveries.
                if stop.asked.wait(1):
                    raise

    line = broker.open_connection(service.settings.amqp_url or "")
    reader = broker.Reader(line, service.name, take, service.settings.house)

    def read() -> None:
        while not stop.asked.is_set():
            try:
                reader.run()
            except Exception as fault:
                log.warning("reader_restarts", fault=type(fault).__name__)
                stop.asked.wait(1)

    threading.Thread(target=read, daemon=True).start()
    code = _rounds(service, stop, "reader", lambda: service.carry_out(EVENTS_AT_ONCE))
    reader.should_stop = True
    return code


def celery_app(service: Service) -> Any:
    """Celery carries one call: look at these jobs. Its queues (one for jobs that take long) are quorum queues with a
    limit."""
    from celery import Celery
    from kombu.entity import Exchange, Queue

    name = broker.named(f"{service.name}.jobs", service.settings.house)
    app = Celery(name, broker=service.settings.amqp_url)
    app.conf.update(
        task_default_queue=name,
        task_default_exchange_type="topic",
        task_default_queue_type="quorum",
        task_queues=[
            Queue(
                queue,
                Exchange(name, type="topic"),
                routing_key=queue,
                queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": 5, "x-message-ttl": 600_000},
            )
            for queue in ([name, f"{name}.slow"] if service.slow else [name])
        ],
        task_default_exchange=name,
        task_default_routing_key=name,
        task_acks_late=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
    )

    def look_at(numbers: Sequence[int]) -> None:
        for number in numbers:
            service.look_at(number)

    app.task(name="look_at", bind=False)(look_at)
    return app


def run_timekeeper(service: Service) -> int:
    """Call Celery to look at the jobs that are due; a call that is lost is made again after a while.

    One call names several jobs: what a call costs is then shared by all that came due while the last one was made.
    """
    app = celery_app(service)

    def call(numbers: Sequence[int], queue: str) -> int:
        size = min(math.ceil(len(numbers) / JOB_THREADS), JOBS_IN_A_CALL)
        for at in range(0, len(numbers), size or 1):
            named = [list(numbers[at : at + size])]
            app.send_task("look_at", args=named, queue=queue, routing_key=queue, retry=False)
        return len(numbers)

    def work() -> int:
        called = call(jobs.call_due(service.engine, service.clock, service.slow, slow=False), app.main)
        if service.slow:
            slow = jobs.call_due(service.engine, service.clock, service.slow, slow=True)
            called += call(slow, f"{app.main}.slow")
        return called

    return _rounds(service, Stop(), "timekeeper", work, hears="jobs")


def run_jobs(service: Service) -> int:
    """A Celery worker for this service's jobs."""
    how = f"-q worker -P threads -c {JOB_THREADS} --without-gossip --without-mingle --without-heartbeat -l WARNING"
    celery_app(service).worker_main([*how.split(), "-n", f"{service.name}@%h"])
    return 0


def run_migrate(service: Service) -> int:
    service.migrate()
    return 0


PROCESSES: dict[str, Callable[[Service], int]] = {
    "migrate": run_migrate,
    "worker": run_worker,
    "relay": run_relay,
    "reader": run_reader,
    "timekeeper": run_timekeeper,
    "jobs": run_jobs,
}


def main(make: Callable[[], Service]) -> None:
    """`python -m services.<name>.app PROCESS`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("process", choices=sorted(PROCESSES))
    chosen = parser.parse_args().process
    service = make()
    logs.configure(service.name)
    started = time.monotonic()
    code = PROCESSES[chosen](service)
    log.info("process_ended", process=chosen, seconds=round(time.monotonic() - started))
    sys.exit(code)
