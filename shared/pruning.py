"""What is old is removed, a little at a time: events that left and were read, messages and jobs that are done.

Once a day, in batches that lock nothing for long; whoever is killed leaves what is removed removed. What stays: an
event that one of its readers has not passed, whatever waits, is parked or failed, the last word of each source (after a
restore the others are asked from there), and the audit, which is never removed. Of the messages of a person only an
unbroken row from her first is removed, and the cursor keeps up to where: a message that comes again after that is known
to be old (`shared/messaging.py`). How new the newest removed row was stands in `pruned`: a service restored from an
older backup is told that nobody knows any more what it has forgotten (`shared/catching_up.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import OperationalError

from shared import restored
from shared.catching_up import MARGIN
from shared.database import held_line
from shared.jobs import JobRun, Later
from shared.logs import log
from shared.messaging import readers_of
from shared.tables import ended_session, idempotency, inbox, inbox_cursor, job, outbox, pruned

if TYPE_CHECKING:
    from shared.process import Service

KIND = "remove_what_is_old"
#: Rows removed in one transaction, and transactions in one look at the job; others are looked at in between.
BATCH, MOST_BATCHES = 500, 40
#: Answers kept for a repeated request go after so many days: nobody repeats a request for longer.
ANSWER_DAYS = 30
#: An event that came again is taken for old only where it was written this long before the removal: clocks differ.
CLOCKS = timedelta(days=1)


_RESTS = """SELECT EXISTS (SELECT FROM audit_rest
  WHERE at >= CAST(:first AS timestamptz) AND at < CAST(:next AS timestamptz))"""


def room_for_looks(connection: Connection, now: datetime) -> None:
    """A part of the audit for the year that begins within two months; what falls into none lies in `audit_rest`."""
    wanted = (now + timedelta(days=60)).year
    last = "SELECT max(substr(relname, 7)::int) FROM pg_class WHERE relname ~ '^audit_[0-9]{4}$' AND relkind = 'r'"
    for year in range((connection.scalar(text(last)) or wanted) + 1, wanted + 1):
        ends = {"first": f"{year}-01-01Z", "next": f"{year + 1}-01-01Z"}
        if connection.scalar(text(_RESTS), ends):
            continue  # it goes on lying there: nothing that was looked at is moved
        part = f"FOR VALUES FROM ('{year}-01-01Z') TO ('{year + 1}-01-01Z')"
        # Made beside and then attached: whoever looks meanwhile waits for nothing, and this waits a second at most.
        like = "(LIKE audit INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)"
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '1s'; CREATE TABLE audit_{year} {like}")
        connection.exec_driver_sql(f"ALTER TABLE audit ATTACH PARTITION audit_{year} {part}")


def remove(service: Service, run: JobRun) -> Later | None:
    """One look at the day's removing. One at a time; another that finds it held leaves it to the one that holds it."""
    with held_line(run.engine, KIND) as line:
        if line is None or restored.phase(line) is not None:
            return None
        # Somebody holds the audit: there are two months of days on which it is tried again.
        with suppress(OperationalError), run.begin() as act:
            room_for_looks(act.connection, act.now)
        old = run.clock.now() - timedelta(days=service.keep_days)
        left = 0
        for batch in _batches(service, run, line, old):
            if left == MOST_BATCHES:
                return Later(timedelta(0), reason="more")
            left += bool(batch)
    return None


def _batches(service: Service, run: JobRun, line: Connection, old: datetime) -> Iterator[int]:
    """All kinds of rows, a batch a step; how many rows each removed."""
    yield from _outbox(service, run, line, old)
    yield from _inbox(run, line, old)
    ended = (job.c.state.in_(("done", "cancelled")), job.c.ended_at < old)
    yield from _plain(run, "job", job.c.number, job.c.ended_at, *ended)
    kept_at = idempotency.c.kept_at
    answered = kept_at < run.clock.now() - timedelta(days=ANSWER_DAYS)
    yield from _plain(run, "idempotency", idempotency.c.key, kept_at, answered)
    over = ended_session.c.until < run.clock.now()
    yield from _plain(run, "session", ended_session.c.id, ended_session.c.until, over)


def _plain(run: JobRun, kind: str, key: Any, moment: Any, *old: Any) -> Iterator[int]:
    """Rows that nothing else hangs on: by their key, one being worked on is left for tomorrow."""
    while True:
        with run.begin() as act:
            some = select(key).where(*old).limit(BATCH).with_for_update(skip_locked=True)
            gone = key.table.delete().where(key.in_(some)).returning(moment)
            moments = list(act.connection.scalars(gone))
            _note(act.connection, kind, run, moments)
        if not moments:
            return
        yield len(moments)


def _note(connection: Connection, kind: str, run: JobRun, moments: Sequence[datetime]) -> None:
    if moments:
        told = {"kind": kind, "day": run.clock.today(), "number": len(moments), "until": max(moments)}
        connection.exec_driver_sql(_NOTE, told)


_NOTE = """
INSERT INTO pruned (kind, day, number, until) VALUES (%(kind)s, %(day)s, %(number)s, %(until)s)
ON CONFLICT (kind, day) DO UPDATE SET number = pruned.number + excluded.number,
  until = greatest(pruned.until, excluded.until)"""


# --- events that left --------------------------------------------------------------------------


def _outbox(service: Service, run: JobRun, line: Connection, old: datetime) -> Iterator[int]:
    """Rows of the outbox in the order in which they were written; each stays until every reader has passed it."""
    own = outbox.c.regained_at.is_(None)
    newest = line.scalar(select(outbox.c.written_at).where(own).order_by(outbox.c.position.desc()).limit(1))
    if newest is None:
        return
    # From an hour before the newest a restored service asks: what lies there stays.
    old, after = min(old, newest - 2 * MARGIN), 0
    told = select(outbox.c.position, outbox.c.person, outbox.c.sequence, outbox.c.sent_at).order_by(outbox.c.position)
    while True:
        rows = line.execute(told.where(outbox.c.position > after).limit(BATCH)).all()
        sent = [row for row in rows if row.sent_at is not None and row.sent_at < old]
        if not sent:
            return
        after = rows[-1].position
        read = _passed(service, sent)
        if read is None:
            return
        with run.begin() as act:
            gone = outbox.delete().where(outbox.c.position.in_(read)).returning(outbox.c.sent_at)
            moments = list(act.connection.scalars(gone))
            _note(act.connection, "outbox", run, moments)
        yield len(moments)


def _passed(service: Service, rows: Sequence[Any]) -> list[int] | None:
    """Positions of the rows that every reader has passed; none at all where one cannot be asked."""
    wanted: dict[str, int] = {}
    for row in rows:
        wanted[row.person] = max(row.sequence, wanted.get(row.person, 0))
    least = dict(wanted)
    for reader in sorted(readers_of("/" + service.name)):
        said = _ask(service, reader, sorted(wanted))
        if said is None:
            return None
        least = {person: min(number, said.get(person, 0)) for person, number in least.items()}
    return [row.position for row in rows if row.sequence <= least[row.person]]


def _ask(service: Service, reader: str, persons: Sequence[str]) -> Mapping[str, int] | None:
    """How far a reader has carried out the events of some persons; none where it does not answer."""
    url = service.settings.urls.get(reader)
    if url is None:
        return None
    token = service.keys.service_token(reader, service.clock.now())
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{url.rstrip('/')}/parked/{reader}/passed",
                json={"persons": list(persons)},
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                timeout=(3, 30),
                allow_redirects=False,
            )
            said = answer.json()["passed"] if answer.status_code == 200 else None
    except (requests.RequestException, ValueError, KeyError):
        said = None
    if said is None:
        log.warning("old_events_are_kept", waits_for=reader)
    return said


def passed(connection: Connection, source: str, persons: Sequence[str]) -> dict[str, int]:
    """How far the events of a source about some persons have been carried out here."""
    cursor = inbox_cursor
    rows = connection.execute(
        select(cursor.c.person, cursor.c.last).where(cursor.c.source == source, cursor.c.person.in_(persons))
    )
    return {row.person: row.last for row in rows}


# --- messages that were carried out ------------------------------------------------------------

#: Old messages that are done, each person's in an unbroken row from where hers were removed until now.
_OLD = """
SELECT source, event_id, person, sequence FROM (
  SELECT i.source, i.event_id, i.person, i.sequence, coalesce(c.forgotten, 0) AS forgotten,
    dense_rank() OVER (PARTITION BY i.source, i.person, i.sequence > coalesce(c.forgotten, 0) ORDER BY i.sequence) AS no
  FROM inbox i JOIN inbox_cursor c USING (source, person)
  WHERE i.source = %(source)s AND i.state IN ('done', 'discarded') AND i.done_at < %(old)s AND i.sequence <= c.last
) AS old WHERE sequence <= forgotten + no ORDER BY person, sequence LIMIT %(most)s"""
#: The cursors are locked first, without waiting: whoever carries out or takes in a message holds one for a moment.
_FORGET = """
WITH named AS (
  SELECT * FROM unnest(%(ids)s::text[], %(persons)s::text[], %(sequences)s::bigint[])
    AS n (event_id, person, sequence)),
held AS MATERIALIZED (
  SELECT c.person FROM inbox_cursor c WHERE c.source = %(source)s AND c.person IN (SELECT person FROM named)
  FOR UPDATE SKIP LOCKED),
gone AS (
  DELETE FROM inbox USING named JOIN held USING (person) WHERE inbox.source = %(source)s
    AND inbox.event_id = named.event_id AND inbox.state IN ('done', 'discarded')
  RETURNING inbox.person, inbox.sequence, inbox.done_at),
known AS (
  UPDATE inbox_cursor c SET forgotten = greatest(coalesce(c.forgotten, 0), last.number), forgotten_before = %(before)s
  FROM (SELECT person, max(sequence) AS number FROM gone GROUP BY person) AS last
  WHERE c.source = %(source)s AND c.person = last.person)
SELECT done_at FROM gone"""


def _inbox(run: JobRun, line: Connection, old: datetime) -> Iterator[int]:
    newest = select(inbox.c.source, func.max(inbox.c.received_at).label("at")).group_by(inbox.c.source)
    for source, at in line.execute(newest.order_by(inbox.c.source)).all():
        before = min(old, at - 2 * MARGIN)
        yield from _of_source(run, line, source, before)


def _of_source(run: JobRun, line: Connection, source: str, before: datetime) -> Iterator[int]:
    told = {"source": source, "old": before, "most": BATCH * MOST_BATCHES}
    while rows := line.exec_driver_sql(_OLD, told).all():
        removed = 0
        for first in range(0, len(rows), BATCH):
            some = rows[first : first + BATCH]
            named = {
                "source": source,
                "ids": [row.event_id for row in some],
                "persons": [row.person for row in some],
                "sequences": [row.sequence for row in some],
                "before": before + CLOCKS,
            }
            with run.begin() as act:
                moments = list(act.connection.exec_driver_sql(_FORGET, named).scalars())
                _note(act.connection, f"inbox{source}", run, moments)
            removed += len(moments)
            yield len(moments)
        if not removed:  # all are in use: tomorrow
            return


# --- what is said of it ------------------------------------------------------------------------


def by_day(connection: Connection, most: int = 60) -> Sequence[Any]:
    """What was removed, the newest day first."""
    order = (pruned.c.day.desc(), pruned.c.kind)
    return connection.execute(select(pruned.c.day, pruned.c.kind, pruned.c.number).order_by(*order).limit(most)).all()


def in_all(connection: Connection) -> dict[str, int]:
    """{kind: rows removed so far}."""
    query = select(pruned.c.kind, func.sum(pruned.c.number)).group_by(pruned.c.kind).order_by(pruned.c.kind)
    return {kind: int(number) for kind, number in connection.execute(query)}
