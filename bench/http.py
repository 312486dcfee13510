"""Submission over HTTP, beside a bare view that commits the same rows on the same machine in the same run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bench.load import Ask, Measured, drive
from deploy.embedded.house import ROOT, gunicorn
from shared.act import Actor
from shared.auth import Keys
from shared.tables import FIRST_SQL
from tests.journeys.processes import House, free_port, wait_until

ROUNDS = 3
#: The share of the bare view's requests a second that our door must reach.
AT_LEAST = 0.40


def token_of(house: House) -> str:
    """A session of an officer, signed with the house's own key."""
    actor = Actor("bench", "account", frozenset({"officer", "clerk"}), office="svk", name="Bench")
    return Keys(house.data / "keys", "benefits").session_token(actor, csrf="x", now=datetime.now(UTC))


@contextmanager
def bare(house: House) -> Iterator[int]:
    """The bare view on the house's own PostgreSQL, under the same server with the same number of threads."""
    from bench.bare import MADE

    house.postgres.ensure_database("bare")
    house.rows("bare", FIRST_SQL)
    house.rows("bare", MADE)
    port = free_port()
    environment = os.environ | {"BARE_DATABASE": house.postgres.conninfo("bare")}  # WEB_CONCURRENCY as ours
    process = subprocess.Popen(gunicorn("bench.bare:create_app()", port, threads=4), cwd=ROOT, env=environment)
    try:
        wait_until(lambda: _answers(port), 60, "the bare view answers")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    return not drive(port, lambda _: Ask("POST", "/one", {}), 1, lines=1).refused


def _claim(path: str, token: str) -> Any:
    def make(_: int) -> Ask:
        body = json.dumps({"id": str(uuid.uuid4()), "person": str(uuid.uuid4()), "name": "An"}).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
            "Authorization": f"Bearer {token}",
        }
        return Ask("POST", path, headers, body)

    return make


@contextmanager
def held_still(processes: list[int]) -> Iterator[None]:
    """Processes that do nothing within the block."""
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def best(runs: list[Measured]) -> Measured:
    """The round least disturbed by others on the machine."""
    return max(runs, key=lambda run: run.rate)


def bare_insert(house: House, seconds: float = 3) -> float:
    """One row a transaction over one open line without HTTP: the ceiling of the disk."""
    import psycopg

    with psycopg.connect(house.postgres.conninfo("bare"), autocommit=True) as connection:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            connection.execute("INSERT INTO one VALUES (%s)", (uuid.uuid4().hex,))
            count += 1
        return count / (time.perf_counter() - began)


def measure(house: House, count: int = 1000) -> list[tuple[str, Measured]]:
    """Rounds in turn, so that what disturbs the machine disturbs all of them alike."""
    token = token_of(house)
    port = json.loads((house.data / "running.json").read_text())["ports"]["benefits"]
    found: dict[str, list[Measured]] = {}
    # The door alone is measured: what follows from a claim waits meanwhile, in both cases.
    workers = [pid for name, pid in house.running().items() if name.endswith("-worker")]
    with bare(house) as other, held_still(workers):
        # Warm lines and caches first; the numbers begin afterwards.
        for target, path in ((port, "/v1/claims/counter"), (other, "/v1/claims")):
            drive(target, _claim(path, token), 100)
        for _ in range(ROUNDS):
            found.setdefault("our door", []).append(drive(port, _claim("/v1/claims/counter", token), count))
            found.setdefault("bare Flask + psycopg, same rows", []).append(
                drive(other, _claim("/v1/claims", token), count)
            )
            found.setdefault("bare Flask + psycopg, one row", []).append(
                drive(other, lambda _: Ask("POST", "/one", {}), count)
            )
        ceiling = bare_insert(house)
    rows = [(name, best([run.or_stop() for run in runs])) for name, runs in found.items()]
    rows.append(("bare insert of one row, no HTTP", Measured([1 / ceiling], 1 / ceiling, {})))
    return rows
