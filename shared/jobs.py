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

from sqlalchemy import Connection, Engine, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from shared.act import Act, service_actor
from shared.clock import Clock
from shared.database import session_lock
from shared.logs import log
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
    act.connection.execute(
        insert(job)
        .values(
            kind=kind,
            key=key,
            payload=dict(payload or {}),
            due_on=on or act.today,
            due_at=at or act.now,
            state="waiting",
            attempts=0,
            correlation_id=act.correlation_id,
        )
        .on_conflict_do_nothing()
    )
    act.connection.execute(text("NOTIFY jobs"))


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
    with engine.connect() as connection:
        return list(connection.scalars(due))


def look_at(engine: Engine, service: str, handlers: Mapping[str, JobHandler], clock: Clock, number: int) -> bool:
    """Run one job if it still waits and nobody else runs it; false otherwise."""
    with session_lock(engine, "job", str(number)) as mine:
        if not mine:
            return False
        with engine.begin() as connection:
            row = connection.execute(
                update(job)
                .where(
                    job.c.number == number,
                    job.c.state == "waiting",
                    job.c.due_on <= clock.today(),
                    job.c.due_at <= clock.now(),
                )
                .values(attempts=job.c.attempts + 1)
                .returning(job)
            ).first()
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
        )
        try:
            answer = handlers[row.kind](run)
        except Exception as fault:
            given_up = row.attempts >= MOST_ATTEMPTS
            log.error(
                "job_failed",
                kind=row.kind,
                job=number,
                attempts=row.attempts,
                given_up=given_up,
                exc_info=fault,
            )
            values: dict[str, Any] = {"reason": type(fault).__name__}
            values |= (
                {"state": "failed", "ended_at": clock.now()}
                if given_up
                else {"due_at": clock.now() + timedelta(seconds=min(0.5 * 2**row.attempts, 600))}
            )
        else:
            if answer is None:
                values = {"state": "done", "ended_at": clock.now(), "reason": None}
            else:
                values = {
                    "due_at": clock.now() + answer.after,
                    "attempts": 0,
                    "reason": answer.reason or None,
                    "called_at": None,
                }
                if answer.on is not None:
                    values |= {"due_on": answer.on, "due_at": clock.now()}
        with engine.begin() as connection:
            connection.execute(update(job).where(job.c.number == number, job.c.state == "waiting").values(**values))
    return True


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
