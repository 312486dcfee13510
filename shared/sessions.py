"""Sessions that ended early: known to every service, so that a token dies before it runs out.

Tokens are read without asking anybody (`shared.auth`). Who signs out, or loses her account, ends them by an event;
each process looks up what has ended, at most every `LOOK_SECONDS`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.act import Act
from shared.events import Event
from shared.tables import ended_session

LOOK_SECONDS = 1.0


def keep_ended(connection: Connection, ids: Iterable[str], until: datetime, now: datetime) -> None:
    """Remember sessions as ended until their last token has run out; forget those whose tokens have."""
    connection.execute(delete(ended_session).where(ended_session.c.until < now))
    rows = [{"id": id_, "until": until} for id_ in ids]
    if rows:
        connection.execute(upsert(ended_session).on_conflict_do_nothing(), rows)


def session_ended(act: Act, event: Event) -> None:
    """benefits.session.ended, in the other services."""
    until = datetime.fromisoformat(event.data["until"])
    keep_ended(act.connection, event.data["sessions"], until, act.now)


class EndedSessions:
    """What a process knows of the sessions that have ended."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock = engine, threading.Lock()
        self._known: frozenset[str] = frozenset()
        self._look_at = 0.0

    def __contains__(self, session: object) -> bool:
        if time.monotonic() >= self._look_at:
            with self._lock:
                if time.monotonic() >= self._look_at:
                    with self._engine.connect() as connection:
                        self._known = frozenset(connection.scalars(select(ended_session.c.id)))
                    self._look_at = time.monotonic() + LOOK_SECONDS
        return session in self._known
