"""How long people wait while the newest migrations run, with half a million persons and their traces."""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from pathlib import Path

from alembic import command
from sqlalchemy import Engine

from deploy.embedded.postgres import Postgres, wheel_binaries
from shared import database

PERSONS = 500_000
#: Nobody waits as many seconds.
AT_MOST = 1.0
FOLDER = Path("services") / "benefits"
#: The migration before those that are measured.
BEFORE = "0050_restored"
SEEDED = f"""
INSERT INTO inbox_cursor SELECT '/payments', gen_random_uuid()::text, 3 FROM generate_series(1, {PERSONS});
INSERT INTO inbox (source, event_id, type, person, sequence, body, state, attempts, next_try_at, received_at, done_at)
  SELECT source, gen_random_uuid()::text, 'payments.order.sent', person, n, '{{}}', 'done', 0, now(), now(), now()
  FROM inbox_cursor, generate_series(1, 3) n;
INSERT INTO audit SELECT gen_random_uuid(), now() - n * interval '1 minute', 'a', 'account', 'vte', 'GET /desk 200',
  '[]', '' FROM generate_series(1, {PERSONS}) n;
"""
#: What people do meanwhile, each in a transaction of its own.
WORK = {
    "take in a message": """INSERT INTO inbox (source, event_id, type, person, sequence, body, state, attempts,
      next_try_at, received_at) VALUES ('/payments', %(id)s, 'payments.order.sent', %(id)s, 1, '{}', 'waiting', 0,
      now(), now())""",
    "carry one out": """INSERT INTO inbox_cursor (source, person, last) VALUES ('/payments', %(id)s, 1)""",
    "look": """INSERT INTO audit VALUES (gen_random_uuid(), now(), 'a', 'account', 'vte', 'GET /desk 200',
      to_jsonb(ARRAY[%(id)s::text]), '')""",
}


def measure() -> tuple[dict[str, float], float]:
    """({work: the longest anybody waited for it, in seconds}, how long the migrations took)."""
    with tempfile.TemporaryDirectory() as name:
        server = Postgres(Path(name) / "postgres", wheel_binaries())
        server.start()
        try:
            server.ensure_database("benefits")
            engine = database.connect(server.url("benefits"))
            with engine.connect() as connection:
                command.upgrade(database._alembic(FOLDER, connection), BEFORE)
            with engine.begin() as connection:
                connection.exec_driver_sql(SEEDED)
            found = _under_work(engine)
            engine.dispose()
            return found
        finally:
            server.stop()


def _under_work(engine: Engine) -> tuple[dict[str, float], float]:
    slowest, over = dict.fromkeys(WORK, 0.0), threading.Event()

    def work(what: str) -> None:
        while not over.is_set():
            began = time.perf_counter()
            with engine.begin() as connection:
                connection.exec_driver_sql(WORK[what], {"id": str(uuid.uuid4())})
            slowest[what] = max(slowest[what], time.perf_counter() - began)
            over.wait(0.005)

    threads = [threading.Thread(target=work, args=(what,)) for what in WORK]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    try:
        database.migrate(engine, FOLDER)
    finally:
        took = time.perf_counter() - began
        over.set()
        for thread in threads:
            thread.join()
    return slowest, took
