"""Several web processes of a service give one count, whichever of them is asked."""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from deploy.embedded.house import ROOT, gunicorn
from tests.journeys.processes import free_port, wait_until


def test_two_web_processes_count_together(tmp_path: Path, keys_folder: Path) -> None:
    port = free_port()
    (tmp_path / "counts").mkdir()
    environment = os.environ | {
        "WEB_CONCURRENCY": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts"),
        "KEYS_DIR": str(keys_folder),
        "TINY_FOLDER": str(tmp_path),
        "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    }
    with (tmp_path / "log").open("wb") as log:
        web = subprocess.Popen(
            gunicorn("tests.journeys.tiny.benefits.app:create_app()", port, threads=2),
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: _answers(port), 60, "the web process answers")
        with ThreadPoolExecutor(8) as people:

            def both_have_answered() -> bool:
                assert all(people.map(_answers, [port] * 16))
                return len(list((tmp_path / "counts").glob("histogram_*.db"))) == 2

            wait_until(both_have_answered, 60, "both processes have answered somebody")
            before = _healthy(port)
            assert all(people.map(_answers, [port] * 20))
        assert {_healthy(port) - before for _ in range(10)} == {20}
    finally:
        web.terminate()
        web.wait(20)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def _healthy(port: int) -> int:
    said = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    found = re.search(r'tideover_request_seconds_count\{[^}]*route="/healthz"[^}]*\} ([\d.]+)', said)
    assert found, said[:2000]
    return int(float(found.group(1)))
