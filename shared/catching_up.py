"""What a restored service has forgotten, asked back from the other two.

Its own events that they have heard come back into the outbox as sent, so that their ids and numbers are not given
again; what they told since comes once more into the inbox, which knows what it has. Both are asked from an hour before
the newest thing the restored tables know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import requests
from sqlalchemy import Connection, exists, func, select

from shared import restored
from shared.act import Act, service_actor
from shared.database import held_line
from shared.events import EventInvalid, read_envelope
from shared.logs import log
from shared.messaging import readers_of, receive
from shared.tables import inbox, outbox, pruned

if TYPE_CHECKING:
    from shared.process import Service

SERVICES = ("benefits", "payments", "notifications")
#: How far behind the newest known thing the others are asked: their clocks and ways are not ours.
MARGIN = timedelta(hours=1)
PAGE = 200
#: Stands before the name of a service that has removed by age what it is asked for.
TOO_OLD = "too_old"
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Away(Exception):
    """Another service does not answer, so nobody knows what it has heard."""


class Forgotten(Exception):
    """What was told or heard since a moment was removed by age: the backup is too old to be caught up with."""


def catch_up(service: Service) -> bool:
    """Ask the others while a hold is `asking`; true when all of them have answered and it is `held` from now on."""
    with held_line(service.engine, "catching up") as line:
        hold = restored.current(line) if line is not None else None
        if line is None or hold is None or hold.phase != "asking":
            return False
        try:
            regained = _regain(service, line)
            missed = _hear_again(service, line)
        except Away as away:
            restored.told(line, hold.found_at, waits_for=str(away))
            log.error("restored_service_waits", waits_for=str(away))
            return False
    with service.engine.begin() as connection:
        now = service.clock.now()
        if service.regained is not None:
            service.regained(Act(connection, service_actor(service.name), now, service.clock.today()))
        values = {"phase": "held", "waits_for": "events", "regained": regained, "missed": missed}
        restored.told(connection, hold.found_at, **values)
    log.warning("restored_service_has_caught_up", regained=regained, missed=missed)
    return True


def carried_out(connection: Connection, now: datetime) -> None:
    """Once nothing that came again can be carried out any more, a person may let the service go on; what waits behind
    a parked message waits for a person too, and is shown beside it."""
    hold = restored.current(connection)
    if hold is None or hold.phase != "held" or hold.waits_for is None:
        return
    stopped = inbox.alias()
    same = (stopped.c.source == inbox.c.source, stopped.c.person == inbox.c.person, stopped.c.state == "parked")
    waiting = select(inbox.c.event_id).where(inbox.c.state == "waiting", inbox.c.received_at >= hold.found_at)
    if connection.scalar(waiting.where(~exists().where(*same)).limit(1)) is None:
        restored.told(connection, hold.found_at, waits_for=None)


def _regain(service: Service, line: Connection) -> int:
    """Our own events that others have and we have not: their ids and numbers are used up."""
    since = line.scalar(select(func.max(outbox.c.written_at)).where(outbox.c.regained_at.is_(None))) or _BEGINNING
    count = 0
    for reader in sorted(readers_of("/" + service.name)):
        for body in _pages(service, reader, "heard", since - MARGIN):
            try:
                event = read_envelope(body)
            except EventInvalid:
                continue
            told = {
                "id": event.id,
                "type": event.type,
                "person": event.partitionkey,
                "sequence": event.sequence,
                "body": orjson.dumps(dict(body), option=orjson.OPT_SORT_KEYS).decode(),
                "written": event.recordedtime,
                "now": service.clock.now(),
            }
            count += line.exec_driver_sql(_REGAIN, told).scalar_one()
    return count


_REGAIN = """
WITH back AS (
  INSERT INTO outbox (event_id, type, person, sequence, body, written_at, sent_at, regained_at)
  VALUES (%(id)s::uuid, %(type)s, %(person)s, %(sequence)s, %(body)s::jsonb, %(written)s::timestamptz, %(now)s, %(now)s)
  ON CONFLICT DO NOTHING RETURNING 1),
counted AS (
  INSERT INTO person_sequence (person, last) VALUES (%(person)s, %(sequence)s)
  ON CONFLICT (person) DO UPDATE SET last = greatest(person_sequence.last, excluded.last))
SELECT count(*) FROM back"""


def _hear_again(service: Service, line: Connection) -> int:
    """What the others have told since: the inbox takes what it has not."""
    count = 0
    for source in SERVICES:
        if service.name not in readers_of("/" + source):
            continue
        of_source = select(func.max(inbox.c.received_at)).where(inbox.c.source == "/" + source)
        since = line.scalar(of_source) or _BEGINNING
        for body in _pages(service, source, "told", since - MARGIN):
            count += receive(line, body, service.clock.now())
    return count


def _pages(service: Service, other: str, what: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    """Everything another service answers, a page at a time. Raises `Away`."""
    url = service.settings.urls.get(other)
    if url is None:
        raise Away(other)
    after = ""
    with requests.Session() as session:
        session.trust_env = False
        while True:
            token = service.keys.service_token(other, service.clock.now())
            try:
                answer = session.get(
                    f"{url.rstrip('/')}/parked/{other}/{what}",
                    params={"since": since.isoformat()} | ({"after": after} if after else {}),
                    headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                    timeout=(3, 30),
                    allow_redirects=False,
                )
                if answer.status_code == 410:
                    log.error("backup_too_old", service=service.name, asked=other, since=since.date().isoformat())
                    raise Away(f"{TOO_OLD} {other}")
                said = answer.json() if answer.status_code == 200 else None
            except (requests.RequestException, ValueError) as away:
                raise Away(other) from away
            if said is None:
                raise Away(other)
            yield from said["events"]
            after = said["next"]
            if not after:
                return


def _still_known(connection: Connection, kind: str, since: datetime) -> None:
    """Whoever asks knows everything until `MARGIN` after the moment it names."""
    gone_until = connection.scalar(select(func.max(pruned.c.until)).where(pruned.c.kind == kind))
    if gone_until is not None and gone_until >= since + MARGIN:
        raise Forgotten(kind)


def told_since(connection: Connection, since: datetime, after: str) -> tuple[list[Mapping[str, Any]], str]:
    """A page of what this service has told since a moment, in the order in which it left, and where the next begins.
    Raises `Forgotten`."""
    _still_known(connection, "outbox", since)
    rows = connection.execute(
        select(outbox.c.position, outbox.c.body)
        .where(outbox.c.sent_at >= since, outbox.c.position > int(after or 0))
        .order_by(outbox.c.position)
        .limit(PAGE)
    ).all()
    return [row.body for row in rows], str(rows[-1].position) if len(rows) == PAGE else ""


def heard_since(
    connection: Connection, source: str, since: datetime, after: str
) -> tuple[list[Mapping[str, Any]], str]:
    """A page of what this service has heard of another since a moment, and where the next begins. Raises
    `Forgotten`."""
    _still_known(connection, f"inbox{source}", since)
    rows = connection.execute(
        select(inbox.c.event_id, inbox.c.body)
        .where(inbox.c.source == source, inbox.c.received_at >= since, inbox.c.event_id > after)
        .order_by(inbox.c.event_id)
        .limit(PAGE)
    ).all()
    return [row.body for row in rows], rows[-1].event_id if len(rows) == PAGE else ""


def regained(connection: Connection, found_at: datetime) -> list[Any]:
    """What others had heard of us and the restored tables do not hold, by type."""
    return list(
        connection.execute(
            select(outbox.c.type, func.count().label("many"), func.min(outbox.c.written_at).label("first"))
            .where(outbox.c.regained_at >= found_at)
            .group_by(outbox.c.type)
            .order_by(outbox.c.type)
        )
    )
