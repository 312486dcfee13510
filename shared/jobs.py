"""Background work as rows with a state and a due time; Celery only carries the call to look at one.

Whoever looks at a job holds an advisory lock on a connection of its own, so a killed process gives it
up at once, and a lost call costs time, never work. A job may be run again at any point: handlers must
be safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, func, select, text, update

from shared.act import Act, service_actor
from shared.clock import Clock
from shared.database import at_once, lock_key
from shared.logs import log
from shared.restored import Marks, may_leave
from shared.tables import job

MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Later:
    """What a handler answers when the work cannot end now; this is not a failure."""

    after: timedelta = timedelta(seconds=30)
    on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One look at a job. Work that calls others opens several short transactions, never one around the call."""

    engine: Engine
    clock: Clock
    service: str
    number: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    due_on: date
    attempts: int
    correlation_id: str
    marks: Marks | None = None

    def may_leave(self) -> bool:
        """Whether money or a message may leave; asked right before it does."""
        return may_leave(self.engine, self.marks, self.clock.now())

    @contextmanager
    def begin(self) -> Iterator[Act]:
        """A transaction of its own; what `Act.today` says is the clock's day."""
        with self.engine.begin() as connection:
            yield Act(
                connection=connection,
                actor=service_actor(self.service),
                now=self.clock.now(),
                today=self.clock.today(),
                correlation_id=self.correlation_id,
            )


JobHandler = Callable[[JobRun], Later | None]


def post_job(
    act: Act,
    kind: str,
    key: str,
    payload: Mapping[str, Any] | None = None,
    *,
    on: date | None = None,
    at: datetime | None = None,
) -> None:
    """Ask for work in the act's transaction: once per (kind, key), due on a day and not before a moment."""
    told = {
        "kind": kind,
        "key": key,
        "payload": orjson.dumps(dict(payload or {}), option=orjson.OPT_SORT_KEYS).decode(),
        "on": on or act.today,
        "at": at or act.now,
        "of": act.correlation_id,
        "today": act.today,
    }
    act.connection.exec_driver_sql(_POST, told)


#: The bell rings only for what is due this day.
_POST = """
WITH put AS (
  INSERT INTO job (kind, key, payload, due_on, due_at, state, attempts, correlation_id)
  VALUES (%(kind)s, %(key)s, %(payload)s::jsonb, %(on)s, %(at)s, 'waiting', 0, %(of)s)
  ON CONFLICT DO NOTHING RETURNING due_on)
SELECT pg_notify('jobs', '') FROM put WHERE due_on <= %(today)s"""


def hurry_job(act: Act, kind: str, key: str) -> None:
    """Work that waits for a later day or moment is looked at now."""
    act.connection.execute(
        update(job)
        .where(job.c.kind == kind, job.c.key == key, job.c.state == "waiting")
        .values(due_on=func.least(job.c.due_on, act.today), due_at=act.now, called_at=None)
    )
    act.connection.execute(text("NOTIFY jobs"))


def cancel_job(act: Act, kind: str, key: str) -> None:
    """Call off work that has not ended."""
    act.connection.execute(
        update(job)
        .where(job.c.kind == kind, job.c.key == key, job.c.state == "waiting")
        .values(state="cancelled", ended_at=act.now)
    )


def due_jobs(
    engine: Engine,
    clock: Clock,
    most: int = 20,
    *,
    slow_kinds: Collection[str] = (),
    slow: bool | None = None,
) -> list[int]:
    """Numbers of jobs whose day and moment have come, earliest first; with `slow` only those of the slow kinds
    (true) or only the others (false)."""
    due = (
        select(job.c.number)
        .where(job.c.state == "waiting", job.c.due_on <= clock.today(), job.c.due_at <= clock.now())
        .order_by(job.c.due_on, job.c.due_at, job.c.number)
        .limit(most)
    )
    if slow is not None and slow_kinds:
        kinds = sorted(slow_kinds)
        due = due.where(job.c.kind.in_(kinds) if slow else job.c.kind.not_in(kinds))
    with at_once(engine) as connection:
        return list(connection.scalars(due))


#: After how long a call that nobody has answered is made again.
CALL_AGAIN_SECONDS = 20
#: How many may be called for and not be done yet: a queue of calls that grows is called for again and again.
MOST_CALLED = 200
_CALL = """
WITH called AS (
  SELECT count(*) AS many FROM job WHERE state = 'waiting' AND called_at >= %(again)s AND called_at >= due_at
    AND (kind = ANY(%(kinds)s)) = %(slow)s),
due AS (
  SELECT number FROM job WHERE state = 'waiting' AND due_on <= %(today)s AND due_at <= %(now)s
    AND (called_at IS NULL OR called_at < %(again)s OR called_at < due_at) AND (kind = ANY(%(kinds)s)) = %(slow)s
  ORDER BY due_on, due_at, number LIMIT greatest(0, %(most)s - (SELECT many FROM called)) FOR UPDATE SKIP LOCKED)
UPDATE job SET called_at = %(now)s FROM due WHERE job.number = due.number RETURNING job.number"""


def call_due(engine: Engine, clock: Clock, slow_kinds: Collection[str] = (), *, slow: bool = False) -> list[int]:
    """Numbers of due jobs that somebody is to be called for now: of the slow kinds, or all others. They count as
    called; when whoever calls dies, they are called for again after `CALL_AGAIN_SECONDS`."""
    now = clock.now()
    told = {
        "now": now,
        "today": clock.today(),
        "again": now - timedelta(seconds=CALL_AGAIN_SECONDS),
        "most": MOST_CALLED,
        "kinds": sorted(slow_kinds),
        "slow": slow,
    }
    with at_once(engine) as connection:
        return sorted(connection.exec_driver_sql(_CALL, told).scalars())


#: What was restored and is not let go yet looks again so often.
HELD = Later(timedelta(minutes=1), reason="restored")


def look_at(
    engine: Engine,
    service: str,
    handlers: Mapping[str, JobHandler],
    clock: Clock,
    number: int,
    marks: Marks | None = None,
) -> bool:
    """Run one job if it still waits and nobody else runs it; false otherwise."""
    with _held(engine, clock, number) as (holding, row):
        if row is None:
            return False
        run = JobRun(
            engine,
            clock,
            service,
            row.number,
            row.kind,
            row.key,
            row.payload,
            row.due_on,
            row.attempts,
            row.correlation_id,
            marks,
        )
        values = _outcome(run, handlers[row.kind])
        holding.execute(update(job).where(job.c.number == number, job.c.state == "waiting").values(**values))
    return True


#: The lock and the look are one statement. Whoever gets the lock of one that has just ended sees what it wrote: a row
#: that changed since the statement began is judged anew before it is updated.
_HOLD = """
WITH held AS MATERIALIZED (SELECT pg_try_advisory_lock(%(key)s) AS mine),
looked AS (
  UPDATE job SET attempts = attempts + 1 FROM held
  WHERE held.mine AND number = %(number)s AND state = 'waiting' AND due_on <= %(today)s AND due_at <= %(now)s
    AND NOT EXISTS (SELECT 1 FROM restore_hold WHERE phase = 'asking')
  RETURNING job.*)
SELECT held.mine, looked.* FROM held LEFT JOIN looked ON true"""


@contextmanager
def _held(engine: Engine, clock: Clock, number: int) -> Iterator[tuple[Connection, Any]]:
    """The job, if it is due and nobody else runs it, else none; held on a connection of its own while the block runs.
    What is written on that connection is committed at once."""
    key = lock_key("job", str(number))
    with at_once(engine) as connection:
        told = {"key": key, "number": number, "today": clock.today(), "now": clock.now()}
        row = connection.exec_driver_sql(_HOLD, told).one()
        try:
            yield connection, row if row.number is not None else None
        finally:
            if row.mine:
                connection.exec_driver_sql("SELECT pg_advisory_unlock(%(key)s)", {"key": key})


def _outcome(run: JobRun, handler: JobHandler) -> dict[str, Any]:
    """Do the work; answers what is written down of it."""
    clock = run.clock
    try:
        answer = handler(run)
    except Exception as fault:
        given_up = run.attempts >= MOST_ATTEMPTS
        log.error("job_failed", kind=run.kind, job=run.number, attempts=run.attempts, given_up=given_up, exc_info=fault)
        if given_up:
            return {"reason": type(fault).__name__, "state": "failed", "ended_at": clock.now()}
        again = clock.now() + timedelta(seconds=min(0.5 * 2**run.attempts, 600))
        return {"reason": type(fault).__name__, "due_at": again}
    if answer is None:
        return {"state": "done", "ended_at": clock.now(), "reason": None}
    later = {"attempts": 0, "reason": answer.reason or None, "called_at": None}
    if answer.on is not None:
        return later | {"due_on": answer.on, "due_at": clock.now()}
    return later | {"due_at": clock.now() + answer.after}


def failed_jobs(connection: Connection) -> Sequence[Any]:
    """Jobs that were given up and wait for a person, oldest first."""
    return connection.execute(select(job).where(job.c.state == "failed").order_by(job.c.ended_at)).all()


def count_failed(connection: Connection) -> int:
    """How many jobs were given up and wait for a person."""
    return connection.scalar(select(func.count()).where(job.c.state == "failed")) or 0


def own_job(act: Act, number: int) -> bool:
    """A named person takes a failed job on; false when it has not failed (any more)."""
    return _judge(act, number, {"owner": act.actor.name or act.actor.id})


def retry_job(act: Act, number: int) -> bool:
    """A named person lets a failed job run again; false when it has not failed (any more)."""
    again = {"state": "waiting", "attempts": 0, "due_at": act.now, "ended_at": None, "called_at": None}
    done = _judge(act, number, again | {"judged_by": act.actor.id})
    act.connection.execute(text("NOTIFY jobs"))
    return done


def discard_job(act: Act, number: int, why: str) -> bool:
    """A named person says that a failed job is not done any more; false when it has not failed (any more)."""
    return _judge(act, number, {"state": "cancelled", "judged_by": act.actor.id, "why": why})


def _judge(act: Act, number: int, values: Mapping[str, Any]) -> bool:
    here = update(job).where(job.c.number == number, job.c.state == "failed")
    return bool(act.connection.execute(here.values(**values)).rowcount)


def next_due_on(engine: Engine) -> date | None:
    """The earliest day on which something falls due."""
    with engine.connect() as connection:
        found: date | None = connection.scalar(select(func.min(job.c.due_on)).where(job.c.state == "waiting"))
        return found
