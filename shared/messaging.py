"""Outbox and inbox: an event leaves in the transaction that caused it and takes effect once.

Order per person: each service numbers a person's events in the transaction that writes them (a row
lock keeps the numbers in commit order), and a reader carries out number n+1 only after number n.
That holds with any number of relays, carriers and readers, in whatever order messages arrive, so a
parked message holds back only later messages about the same person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, and_, exists, func, or_, select, text, update

from shared.act import Act, service_actor
from shared.clock import Clock
from shared.database import copy_in
from shared.events import TOPICS, Event, EventInvalid, check_data, moment, read_envelope, read_event
from shared.logs import log
from shared.restored import CatchingUp
from shared.tables import inbox, inbox_cursor, outbox

MOST_ATTEMPTS = 5
#: When a message is tried that waits behind an earlier one of its person: not before that one lets it follow.
BEHIND = datetime(9999, 1, 1, tzinfo=UTC)
Handler = Callable[[Act, Event], None]


class Refused(Exception):
    """A handler refuses an event for good: it is parked at once, with this reason (a code)."""


def post(act: Act, type_: str, *, subject: str, person: str, data: Mapping[str, Any]) -> str:
    """Write an event in the act's transaction; it leaves after the commit. Returns its id.

    Raises `EventInvalid` when the data break the schema, and `CatchingUp` while a restored service does not know yet
    which numbers others have seen.
    """
    event = _event(act, type_, subject, person, data)
    body = orjson.dumps(event.json(), option=orjson.OPT_SORT_KEYS).decode()
    told = {"id": event.id, "type": type_, "person": person, "body": body, "at": act.now}
    if act.connection.exec_driver_sql(_POST, told).first() is None:
        raise CatchingUp
    return event.id


def _event(
    act: Act, type_: str, subject: str, person: str, data: Mapping[str, Any], story: str = "", sequence: int = 0
) -> Event:
    check_data(type_, data)
    return Event(
        id=act.new_id(),
        source="/" + type_.split(".", 1)[0],
        type=type_,
        subject=subject,
        partitionkey=person,
        sequence=sequence,
        data=dict(data),
        time=f"{act.today.isoformat()}T00:00:00Z",
        recordedtime=moment(act.now),
        correlationid=story or act.correlation_id or subject,
        causationid=act.causation_id,
        traceparent=act.traceparent,
    )


@dataclass(frozen=True, slots=True)
class News:
    """One of many events of a type: about what, whose, and as part of which story."""

    subject: str
    person: str
    data: Mapping[str, Any]
    story: str = ""


def post_many(act: Act, type_: str, news: Sequence[News]) -> None:
    """Write many events of one type, as `post` does each. Raises `EventInvalid` when data break the schema."""
    if not news:
        return
    run = act.connection.exec_driver_sql
    numbered = run(_NUMBER, {"people": [one.person for one in news]})
    given = {row.person: row.last - row.many for row in numbered}
    rows = []
    for one in news:
        given[one.person] += 1
        event = _event(act, type_, one.subject, one.person, one.data, one.story, given[one.person])
        body = orjson.dumps(event.json(), option=orjson.OPT_SORT_KEYS).decode()
        rows.append((event.id, type_, one.person, event.sequence, body, act.now))
    columns = ("event_id", "type", "person", "sequence", "body", "written_at")
    copy_in(act.connection, "outbox", columns, rows)
    run("SELECT pg_notify('events', '')")


#: The next numbers of many people, their rows locked in one order so that two such acts never wait for each other.
_NUMBER = """
WITH people AS (SELECT person, count(*) AS many FROM unnest(%(people)s::text[]) AS one (person) GROUP BY person),
given AS (
  INSERT INTO person_sequence (person, last) SELECT person, many FROM people ORDER BY person
  ON CONFLICT (person) DO UPDATE SET last = person_sequence.last + excluded.last RETURNING person, last)
SELECT person, last, many FROM given JOIN people USING (person)"""


#: The person's next number, the event that carries it, and the bell for who carries it away: one statement.
_POST = """
WITH next AS (
  INSERT INTO person_sequence (person, last)
  SELECT %(person)s, 1 WHERE NOT EXISTS (SELECT 1 FROM restore_hold WHERE phase = 'asking')
  ON CONFLICT (person) DO UPDATE SET last = person_sequence.last + 1 RETURNING last),
written AS (
  INSERT INTO outbox (event_id, type, person, sequence, body, written_at)
  SELECT %(id)s::uuid, %(type)s, %(person)s, last, %(body)s::jsonb || jsonb_build_object('sequence', last::text), %(at)s
  FROM next RETURNING 1)
SELECT pg_notify('events', '') FROM written"""


def readers_of(source: str) -> set[str]:
    """Services that read at least one type of a source; they get all its types, so that no number is missing."""
    return {
        reader for topic in TOPICS.values() if "/" + topic.type.split(".", 1)[0] == source for reader in topic.readers
    } - {"outside"}


def receive(connection: Connection, body: Mapping[str, Any], now: datetime) -> bool:
    """Put a message into the inbox; false when it was there. What is no event of ours is parked, loudly; what its data
    are is asked only by a reader that has a handler for its type, so that news for others hold nobody up."""
    told = orjson.dumps(dict(body)).decode()
    try:
        if _NUL in told:
            raise EventInvalid("it holds a character no database keeps")
        event = read_envelope(body)
        values = {
            "source": event.source,
            "event_id": event.id,
            "type": event.type,
            "person": event.partitionkey,
            "sequence": event.sequence,
            "state": "waiting",
            "reason": None,
            "recorded": _moment_of(event.recordedtime),
        }
    except EventInvalid as invalid:
        digest = hashlib.sha256(repr(sorted(body.items(), key=lambda i: str(i[0]))).encode()).hexdigest()[:32]
        values = {
            "source": _kept(body.get("source", "?"), 40),
            "event_id": _kept(body.get("id") or digest, 64),
            "type": _kept(body.get("type", "?"), 80),
            "person": _kept(body.get("partitionkey", ""), 64),
            "sequence": int(s)
            if (s := str(body.get("sequence", "0"))).isascii() and s.isdigit() and len(s) < 19
            else 0,
            "state": "parked",
            "reason": f"unreadable: {invalid}"[:200],
            "recorded": None,
        }
        log.error("event_parked", event_id=values["event_id"], type=values["type"], reason=values["reason"])
    values |= {"body": told.replace(_NUL, "\\ufffd"), "now": now, "behind": BEHIND}
    return connection.exec_driver_sql(_RECEIVE, values).first() is not None


_NUL = "\\u0000"


def _kept(word: Any, most: int) -> str:
    return str(word)[:most].replace("\x00", "\ufffd")


def _moment_of(told: Any) -> datetime | None:
    """When an event says that it was written, none where it says nothing that can be read."""
    try:
        moment_ = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return moment_ if moment_.tzinfo else moment_.replace(tzinfo=UTC)


#: A message that is new rings for whoever carries it out. One whose number was carried out and removed by age
#: (`shared/pruning.py`) is not new. One whose turn has not come waits until the one before lets it follow: the row of
#: the cursor is locked, so that this and the end of the one before do not miss one another.
_RECEIVE = """
WITH known AS (
  SELECT last, forgotten, forgotten_before FROM inbox_cursor WHERE source = %(source)s AND person = %(person)s),
turn AS (
  INSERT INTO inbox_cursor (source, person, last) SELECT %(source)s, %(person)s, 0
  WHERE %(state)s = 'waiting' AND %(sequence)s > 1 + coalesce((SELECT last FROM known), 0)
  ON CONFLICT (source, person) DO UPDATE SET last = inbox_cursor.last RETURNING last),
put AS (
  INSERT INTO inbox (source, event_id, type, person, sequence, body, state, reason, attempts, next_try_at, received_at)
  SELECT %(source)s, %(event_id)s, %(type)s, %(person)s, %(sequence)s, %(body)s::jsonb, %(state)s, %(reason)s, 0,
    CASE WHEN %(sequence)s > 1 + (SELECT last FROM turn) THEN %(behind)s ELSE %(now)s END, %(now)s
  WHERE NOT EXISTS (
    SELECT 1 FROM known WHERE forgotten >= %(sequence)s AND forgotten_before > %(recorded)s::timestamptz)
  ON CONFLICT DO NOTHING RETURNING 1)
SELECT pg_notify('events', '') FROM put"""


def park(engine: Engine, body: Mapping[str, Any], now: datetime, reason: str) -> None:
    """Take in a message the broker gave up on: it is shown as parked unless it was already carried out."""
    with engine.begin() as connection:
        receive(connection, body, now)
        connection.execute(
            update(inbox)
            .where(inbox.c.event_id == str(body.get("id")), inbox.c.state == "waiting")
            .values(state="parked", reason=reason)
        )


def _whose_turn_it_is(now: datetime) -> Any:
    """The condition for messages that may be carried out: all earlier ones of the person were."""
    turn = func.coalesce(
        select(inbox_cursor.c.last)
        .where(inbox_cursor.c.source == inbox.c.source, inbox_cursor.c.person == inbox.c.person)
        .scalar_subquery(),
        0,
    )
    return and_(inbox.c.state == "waiting", inbox.c.next_try_at <= now, inbox.c.sequence <= turn + 1)


def some_wait(connection: Connection, now: datetime) -> bool:
    """Whether a message could be carried out now."""
    return bool(connection.scalar(select(exists().where(_whose_turn_it_is(now)))))


#: Asked for each message, so it is written once: one whose turn it is; another reader takes another. Told for how long
#: its number is forgotten already: it came back while the old one was removed.
_NEXT = """
SELECT source, event_id, type, person, sequence, body, attempts, (
  SELECT forgotten_before FROM inbox_cursor c
  WHERE c.source = inbox.source AND c.person = inbox.person AND c.forgotten >= inbox.sequence) AS forgotten_before
FROM inbox
WHERE state = 'waiting' AND next_try_at <= %(now)s AND sequence <= 1 + coalesce((
  SELECT last FROM inbox_cursor c WHERE c.source = inbox.source AND c.person = inbox.person), 0)
  AND NOT EXISTS (SELECT 1 FROM restore_hold WHERE phase = 'asking')
ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED"""
_NEWEST = _NEXT.replace("ORDER BY next_try_at", "ORDER BY next_try_at DESC")


def _next_waiting(connection: Connection, now: datetime, *, newest: bool = False) -> Any:
    return connection.exec_driver_sql(_NEWEST if newest else _NEXT, {"now": now}).first()


def _taken_before(row: Any) -> bool:
    """Whether a message was carried out long ago, removed by age, and came once more."""
    recorded = _moment_of(row.body.get("recordedtime"))
    return row.forgotten_before is not None and recorded is not None and recorded < row.forgotten_before


_ADVANCE = """
INSERT INTO inbox_cursor (source, person, last) VALUES (%(source)s, %(person)s, %(sequence)s)
ON CONFLICT (source, person) DO UPDATE SET last = greatest(inbox_cursor.last, excluded.last)"""
_FINISH = f"""
WITH done AS (UPDATE inbox SET state = 'done', done_at = %(now)s, reason = NULL
              WHERE source = %(source)s AND event_id = %(event_id)s) {_ADVANCE}"""


#: The person's next message follows. A statement of its own: it begins after the cursor's row is ours, and so sees
#: every message that was put behind this one.
_FOLLOW = """
UPDATE inbox SET next_try_at = %(now)s
WHERE source = %(source)s AND person = %(person)s AND state = 'waiting' AND next_try_at = %(behind)s
  AND sequence <= 1 + (SELECT last FROM inbox_cursor WHERE source = %(source)s AND person = %(person)s)"""


def _finish(connection: Connection, row: Any, now: datetime) -> None:
    """Mark a message as carried out, and let the person's next one follow."""
    told = {
        "now": now,
        "source": row.source,
        "event_id": row.event_id,
        "person": row.person,
        "sequence": row.sequence,
        "behind": BEHIND,
    }
    connection.exec_driver_sql(_FINISH, told)
    connection.exec_driver_sql(_FOLLOW, told)


#: Whatever waits behind a message that is carried out by now, such as by a release that did not let others follow.
_FOLLOW_ALL = """
WITH free AS (
  SELECT i.source, i.event_id FROM inbox i JOIN inbox_cursor c USING (source, person)
  WHERE i.state = 'waiting' AND i.next_try_at = %(behind)s AND i.sequence <= 1 + c.last FOR UPDATE OF i SKIP LOCKED)
UPDATE inbox SET next_try_at = %(now)s FROM free
WHERE inbox.source = free.source AND inbox.event_id = free.event_id"""


def let_follow(connection: Connection, now: datetime) -> int:
    """Let all messages follow whose turn has come. Once a day: each one that ends lets its next follow anyway."""
    return connection.exec_driver_sql(_FOLLOW_ALL, {"now": now, "behind": BEHIND}).rowcount


def _key(row: Any) -> Any:
    return (inbox.c.source == row.source) & (inbox.c.event_id == row.event_id)


def carry_out_next(
    engine: Engine, service: str, handlers: Mapping[str, Handler], clock: Clock, *, newest: bool = False
) -> bool:
    """Carry out one waiting message (the oldest, or the newest), effect and mark in one transaction; false when none
    waits."""
    now = clock.now()
    with engine.begin() as connection:
        row = _next_waiting(connection, now, newest=newest)
        if row is None:
            return False
        handler = handlers.get(row.type) if not _taken_before(row) else None
        try:
            if handler is not None:
                with connection.begin_nested():
                    event = read_event(row.body)
                    act = Act(
                        connection=connection,
                        actor=service_actor(service),
                        now=now,
                        today=clock.today(),
                        correlation_id=event.correlationid,
                        causation_id=event.id,
                        traceparent=event.traceparent,
                    )
                    handler(act, event)
        except (Refused, EventInvalid) as refusal:
            connection.execute(update(inbox).where(_key(row)).values(state="parked", reason=str(refusal)[:200]))
            log.error("event_parked", event_id=row.event_id, type=row.type, reason=str(refusal)[:200])
        except Exception as fault:
            if connection.invalidated or connection.closed:
                raise
            attempts = row.attempts + 1
            given_up = attempts >= MOST_ATTEMPTS
            connection.execute(
                update(inbox)
                .where(_key(row))
                .values(
                    attempts=attempts,
                    reason=type(fault).__name__,
                    state="parked" if given_up else "waiting",
                    next_try_at=now + timedelta(seconds=0.2 * 4**attempts),
                )
            )
            log.error(
                "event_failed",
                event_id=row.event_id,
                type=row.type,
                attempts=attempts,
                parked=given_up,
                exc_info=fault,
            )
        else:
            _finish(connection, row, now)
    return True


def own_parked(act: Act, source: str, event_id: str) -> bool:
    """A named person takes a parked message on; false when it is not parked (any more)."""
    here = (inbox.c.source == source, inbox.c.event_id == event_id, inbox.c.state == "parked")
    taken = update(inbox).where(*here).values(owner=act.actor.name or act.actor.id)
    return bool(act.connection.execute(taken).rowcount)


def parked(connection: Connection) -> Sequence[Any]:
    """Messages that wait for a person, oldest first, with how many later ones they hold back."""
    later = inbox.alias()
    held = (
        select(func.count())
        .where(
            later.c.source == inbox.c.source,
            later.c.person == inbox.c.person,
            later.c.state == "waiting",
            later.c.sequence > inbox.c.sequence,
        )
        .scalar_subquery()
    )
    return connection.execute(
        select(inbox, held.label("holds_back")).where(inbox.c.state == "parked").order_by(inbox.c.received_at)
    ).all()


def count_parked(connection: Connection) -> int:
    """How many messages wait for a person."""
    return connection.scalar(select(func.count()).where(inbox.c.state == "parked")) or 0


def judge_parked(act: Act, source: str, event_id: str, *, retry: bool, why: str | None = None) -> bool:
    """A named person retries or discards a parked message; false when it is not parked (any more)."""
    values: dict[str, Any] = {"judged_by": act.actor.id, "why": why}
    if retry:
        values |= {"state": "waiting", "attempts": 0, "next_try_at": act.now}
    else:
        values |= {"state": "discarded", "done_at": act.now}
    row = act.connection.execute(
        update(inbox)
        .where(inbox.c.source == source, inbox.c.event_id == event_id, inbox.c.state == "parked")
        .values(**values)
        .returning(inbox)
    ).first()
    if row is None:
        return False
    if retry:
        try:
            event = read_event(row.body)
        except EventInvalid:
            act.connection.execute(update(inbox).where(_key(row)).values(state="parked"))
            return False
        act.connection.execute(
            update(inbox).where(_key(row)).values(person=event.partitionkey, sequence=event.sequence, type=event.type)
        )
        act.connection.execute(text("NOTIFY events"))
    elif row.sequence > 0:
        passed = {"source": row.source, "person": row.person, "sequence": row.sequence}
        act.connection.exec_driver_sql(_ADVANCE, passed)
        act.connection.exec_driver_sql(_FOLLOW, passed | {"now": act.now, "behind": BEHIND})
        act.connection.execute(text("NOTIFY events"))
    return True


def unsent(connection: Connection, most: int) -> Sequence[Any]:
    """The next rows of the outbox: where more wait than `most`, half of them the oldest and half the newest, so that
    what happens now does not wait behind a mass. A person's order is kept by the readers."""
    waiting = select(outbox.c.position, outbox.c.event_id, outbox.c.type, outbox.c.body).where(
        outbox.c.sent_at.is_(None)
    )
    rows = connection.execute(waiting.order_by(outbox.c.position).limit(most)).all()
    if len(rows) < most or most < 2:
        return rows
    rows = rows[: most // 2]
    later = waiting.where(outbox.c.position > rows[-1].position).order_by(outbox.c.position.desc())
    return [*rows, *reversed(connection.execute(later.limit(most - len(rows))).all())]


def some_unsent(connection: Connection) -> bool:
    """Whether an event waits to leave; asked before the lock is taken for it."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM outbox WHERE sent_at IS NULL)").scalar())


def mark_sent(connection: Connection, positions: Sequence[int], now: datetime) -> None:
    connection.execute(update(outbox).where(outbox.c.position.in_(positions)).values(sent_at=now))


def carry_embedded(line: Connection, source: str, inboxes: Mapping[str, Engine], now: datetime, most: int = 500) -> int:
    """Copy unsent rows straight into the readers' inboxes; mark them only when all have committed.

    A crash in between copies again, and the inbox knows what it has. Returns how many left. `line` holds the lock
    `carrier`, so that there is one carrier per service, and commits each statement at once.
    """
    rows = unsent(line, most)
    for reader in sorted(readers_of(source)) if rows else ():
        with inboxes[reader].begin() as connection:
            for number, row in enumerate(rows, 1):
                # In the order in which they were written, to the microsecond: the newest can be told from the others.
                receive(connection, row.body, now - timedelta(microseconds=len(rows) - number))
    if rows:
        mark_sent(line, [row.position for row in rows], now)
    return len(rows)


def idle(connection: Connection, now: datetime) -> bool:
    """Nothing waits to leave or to be carried out (parked messages wait for people, not for us)."""
    blocked = select(inbox.c.person, inbox.c.source).where(inbox.c.state == "parked").subquery()
    waiting = select(func.count()).where(
        inbox.c.state == "waiting",
        ~select(blocked.c.person)
        .where(blocked.c.person == inbox.c.person, blocked.c.source == inbox.c.source)
        .exists(),
        or_(inbox.c.attempts == 0, inbox.c.next_try_at <= now + timedelta(seconds=5)),
    )
    going = select(func.count()).where(outbox.c.sent_at.is_(None))
    return not connection.scalar(going) and not connection.scalar(waiting)
