"""What a mass costs those who are not in it: a look past messages held back, and an event behind many others."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.embedded.postgres import Postgres, wheel_binaries
from shared import jobs, messaging
from shared.act import Act, service_actor
from shared.clock import Clock
from shared.events import Event
from shared.process import Service
from shared.settings import Settings

FEW, MANY, UNSENT = 1000, 100_000, 20_000
#: What a look past many may cost beside one past few.
FLAT = 3
TYPE = "benefits.payee.changed"
SERVICES = Path("services")
HELD_BACK = """
INSERT INTO inbox (source, event_id, type, person, sequence, body, state, attempts, next_try_at, received_at)
SELECT '/benefits', gen_random_uuid()::text, 'benefits.payee.changed', gen_random_uuid()::text, 2, '{}', 'waiting', 0,
  %(behind)s, now() FROM generate_series(1, %(many)s);
"""
QUIET = """
INSERT INTO job (kind, key, payload, due_on, due_at, state, attempts, correlation_id)
SELECT 'send_sms', gen_random_uuid()::text, '{}', %(today)s, now() + interval '8 hours', 'waiting', 0, ''
FROM generate_series(1, %(many)s);
"""


@contextmanager
def _services(handler: Any) -> Iterator[dict[str, Service]]:
    with tempfile.TemporaryDirectory() as name:
        server = Postgres(Path(name) / "postgres", wheel_binaries())
        server.start()
        urls = {}
        try:
            for service in ("benefits", "payments", "notifications"):
                server.ensure_database(service)
                urls[service] = server.url(service)
            made = {
                service: Service(
                    service,
                    SERVICES / service,
                    {TYPE: handler},
                    {},
                    Settings(service, url, Path(name), inboxes=urls),
                    Clock(),
                )
                for service, url in urls.items()
            }
            for one in made.values():
                one.migrate()
            yield made
            for one in made.values():
                one.engine.dispose()
                for inbox in one.inboxes.values():
                    inbox.dispose()
        finally:
            server.stop()


def _each(look: Callable[[], Any], times: int = 200) -> float:
    """Milliseconds of one look."""
    look()
    began = time.perf_counter()
    for _ in range(times):
        look()
    return (time.perf_counter() - began) * 1000 / times


def looks() -> Iterator[tuple[str, float, float]]:
    """(what, milliseconds of a look past few, past many): messages held back, and jobs of quiet hours."""
    with _services(None) as services:
        service = services["payments"]

        def message() -> None:
            messaging.carry_out_next(service.engine, "payments", {}, service.clock)

        def due() -> None:
            jobs.due_jobs(service.engine, service.clock)

        for what, look, sql in (("messages held back", message, HELD_BACK), ("jobs of quiet hours", due, QUIET)):
            spent = []
            for many in (FEW, MANY - FEW):
                told = {"many": many, "behind": messaging.BEHIND, "today": service.clock.today()}
                with service.engine.begin() as connection:
                    connection.exec_driver_sql(sql, told)
                    connection.exec_driver_sql("ANALYZE")
                spent.append(_each(look))
            yield what, spent[0], spent[1]


def behind() -> tuple[float, float]:
    """Seconds until an event behind `UNSENT` others took effect, and until all had."""
    heard: dict[str, float] = {}

    def hear(act: Act, event: Event) -> None:
        heard[event.partitionkey] = time.perf_counter()

    with _services(hear) as services:
        benefits, payments = services["benefits"], services["payments"]
        people = [str(uuid.uuid4()) for _ in range(UNSENT + 1)]
        with benefits.engine.begin() as connection:
            act = Act(connection, service_actor("benefits"), benefits.clock.now(), benefits.clock.today())
            news = [messaging.News(p, p, {"person_id": p, "office_id": "vte"}) for p in people]
            messaging.post_many(act, TYPE, news)
        began = time.perf_counter()
        while benefits.carry() + payments.carry_out(50):
            pass
        return heard[people[-1]] - began, max(heard.values()) - began
