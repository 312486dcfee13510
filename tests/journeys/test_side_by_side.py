"""Several institutions side by side, for training: each lives in a house of its own, and one list leads to them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
import requests

from deploy.embedded import side_by_side
from deploy.embedded.house import HouseFailed, is_free
from deploy.embedded.run import end_with_parent
from tests.journeys.processes import ROOT, TINY, free_port, wait_until
from tests.there import there

COUNTRIES = ("la", "vn")


@pytest.fixture
def port() -> int:
    """The first of three that are free."""
    return there(wait_until(lambda: next((p for p in [free_port()] if is_free(p + 1) and is_free(p + 2)), None)))


@pytest.fixture
def folder() -> Iterator[Path]:
    found = Path(tempfile.mkdtemp(prefix="tideover-side-"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture
def street(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    told = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "AMQP_URL", "SANDBOX_CLOCK", "BROKER")}
    told |= {"COUNTRY": ",".join(COUNTRIES), "PORT": str(port), "TIDEOVER_DATA": str(folder), "TIDEOVER_FAST": "1"}
    told |= {"TIDEOVER_SERVICES": TINY, "TINY_FOLDER": str(folder)}
    with (folder / "said").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded", "run"],
            env=told,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            preexec_fn=end_with_parent,
        )
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def running(folder: Path, country: str) -> int:
    """The number of the process that keeps the house of a country."""
    return int(json.loads((folder / country / "running.json").read_text())["pid"])


def test_two_countries_open_beside_each_other_and_one_that_dies_comes_back_alone(
    street: subprocess.Popen[bytes], port: int, folder: Path
) -> None:
    said = folder / "said"
    wait_until(lambda: "All of them are listed" in said.read_text() or street.poll() is not None, 240, "both are open")
    assert street.poll() is None, said.read_text()
    front = requests.get(f"http://127.0.0.1:{port}/", timeout=10)
    assert "An invented province of Viet Nam" in front.text
    assert "away" not in front.text
    for number, country in enumerate(COUNTRIES, 1):
        way = requests.get(f"http://127.0.0.1:{port}/{country}", timeout=10, allow_redirects=False)
        assert way.headers["Location"] == f"http://127.0.0.1:{port + number}/"
        assert requests.get(f"http://127.0.0.1:{port + number}/healthz", timeout=10).status_code == 200
        assert there(folder / country / "country").read_text().strip() == country
    other, killed = running(folder, "la"), running(folder, "vn")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: (folder / "vn" / "running.json").exists() and running(folder, "vn") != killed, what="it is back")
    again = side_by_side.Neighbour("vn", {"PORT": str(port + 2)}, SimpleQueue())
    wait_until(again.is_open, what="its door answers")
    assert running(folder, "la") == other
    street.send_signal(signal.SIGTERM)
    assert street.wait(60) == 0
    assert all(is_free(port + number) for number in range(3))


def test_a_country_without_an_institution_and_one_database_for_all_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COUNTRY", "all")
    assert side_by_side.asked() == ["la", "mm", "th", "vn"]
    with pytest.raises(HouseFailed, match="COUNTRY=kh"):
        side_by_side.environments(["la", "kh"])
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    with pytest.raises(HouseFailed, match="apart"):
        side_by_side.environments(["la", "vn"])
