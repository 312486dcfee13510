"""A full log disk stops nobody: requests are answered, events carried out, and the lost lines counted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import text

from deploy.embedded.house import ROOT, gunicorn
from deploy.embedded.saying import opened
from shared import database, logs
from shared.messaging import receive
from tests.journeys.processes import free_port, wait_until
from tests.shared.test_upgrades import event

TINY = ROOT / "tests" / "journeys" / "tiny"


@contextmanager
def running(command: list[str], environment: dict[str, str], log: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a service whose log goes to a file."""
    with open(log, "wb", buffering=0) as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def environment(empty_database: Callable[[], str], keys_folder: Path, tmp_path: Path) -> dict[str, str]:
    url = empty_database()
    engine = database.connect(url)
    database.migrate(engine, TINY)
    engine.dispose()
    told = {"KEYS_DIR": str(keys_folder), "TINY_FOLDER": str(tmp_path), "DATABASE_URL": url}
    return os.environ | told | {f"INBOX_{name}": url for name in ("BENEFITS", "PAYMENTS", "NOTIFICATIONS")}


def test_requests_are_answered_and_lost_lines_counted(environment: dict[str, str]) -> None:
    port = free_port()
    with running(gunicorn("tests.journeys.tiny.benefits.app:create_app()", port, threads=2), environment, "/dev/full"):
        wait_until(lambda: status(port, "/healthz") == 200, 60, "the web process answers")
        assert [status(port, "/nowhere") for _ in range(5)] == [404] * 5
        said = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    found = re.search(r"tideover_log_lines_lost_total ([\d.]+)", said)
    assert found
    assert float(found.group(1)) >= 5


def status(port: int, path: str) -> int:
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=5).status_code
    except requests.RequestException:
        return 0


def test_events_and_jobs_are_carried_out_though_one_fails(environment: dict[str, str], tmp_path: Path) -> None:
    """A worker that cannot say that an event failed goes on with the others."""
    engine = database.connect(environment["DATABASE_URL"])
    poor, an = str(uuid.uuid4()), str(uuid.uuid4())
    (tmp_path / f"poison-{poor}").touch()
    money = {"minor": 1, "currency": "LAK"}
    with engine.begin() as connection:
        for person in (poor, an):
            data = {
                "claim_id": person,
                "claim_number": "250000000161",
                "person_id": person,
                "office_id": "vte",
                "decision_id": person,
                "award_id": person,
                "version": 1,
                "currency": "LAK",
                "instalments": [],
                "total": money,
            }
            receive(connection, event(1, "benefits.award.granted", data, partitionkey=person), datetime.now(UTC))

    def effects() -> list[Any]:
        with engine.connect() as connection:
            return list(connection.scalars(text("SELECT person FROM effect WHERE type = 'benefits.award.granted'")))

    def paid() -> bool:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT 1 FROM job WHERE kind = 'tell_bank' AND state = 'done'")))

    command = [sys.executable, "-m", "tests.journeys.tiny.payments.app", "worker"]
    with running(command, environment, "/dev/full") as worker:
        wait_until(lambda: effects() == [an] and paid(), 60, "the event and its job are done")
        assert worker.poll() is None
        (tmp_path / f"poison-{poor}").unlink()
        wait_until(lambda: sorted(effects()) == sorted([an, poor]), 60, "the other is tried again")
    engine.dispose()


class Disk:
    """Standard error on a disk that fills up and is emptied."""

    def __init__(self, file: Path) -> None:
        self.file, self.full = file, False
        self.out = file.open("wb", buffering=0)
        self.nowhere = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115

    def fileno(self) -> int:
        return (self.nowhere if self.full else self.out).fileno()


def test_the_first_line_after_a_full_disk_says_how_many_were_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, lines = Disk(tmp_path / "log"), logs.Lines()
    monkeypatch.setattr(sys, "stderr", disk)
    lines.msg("one")
    disk.full = True
    lines.msg("two")
    lines.msg("three")
    disk.full = False
    lines.msg("four")
    assert disk.file.read_text().splitlines() == [
        "one",
        '{"event": "log_lines_lost", "level": "error", "lines": 2}',
        "four",
    ]


def test_a_closed_pipe_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        logs.Lines().msg("nobody reads this")
    logs.Lines().msg("it is closed")


def test_a_part_of_the_house_starts_though_its_log_cannot_be_opened(tmp_path: Path) -> None:
    with opened(tmp_path / "gone" / "log") as out:
        assert out.name == os.devnull
