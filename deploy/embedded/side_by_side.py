"""`make run COUNTRY=all` (or `COUNTRY=th,vn`): invented institutions of several countries side by side, for training.

Each is a house of its own: its own databases, data folder, keys and processes, one port after another. So no person,
office or account of one can be seen from another. The address that was asked for is the list of them.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from werkzeug.serving import BaseWSGIServer, make_server

from deploy.embedded import house
from deploy.embedded.house import HouseFailed, Plan
from deploy.embedded.run import WELCOME, end_with_parent
from deploy.embedded.sample import countries, read_sample
from deploy.embedded.saying import say

#: A house that dies again within this time is not started at once.
STEADY_SECONDS = 5
#: A first start makes databases and loads people; on a slow machine it takes its time.
OPEN_SECONDS = 600


def asked() -> list[str]:
    """The countries that `COUNTRY` names where it names several; none where it names one."""
    named = os.environ.get("COUNTRY", "")
    if named == "all":
        return countries()
    return [country.strip() for country in named.split(",")] if "," in named else []


def environments(named: Sequence[str]) -> dict[str, dict[str, str]]:
    """What the house of each country is told: its port after the first, its folder beside the others'.

    Raises `HouseFailed` for a country without an institution, and for one PostgreSQL for all of them.
    """
    first = Plan.from_environment({"PORT": os.environ.get("PORT") or "8080"}).port
    if os.environ.get("DATABASE_URL"):
        raise HouseFailed("Several countries keep their data apart: leave DATABASE_URL empty, each has its own server.")
    told = {}
    for number, country in enumerate(named, 1):
        own = {"COUNTRY": country, "PORT": str(first + number)}
        for folder in ("TIDEOVER_DATA", "ARCHIVE"):
            if (given := os.environ.get(folder)) and given != "off":
                own[folder] = str(Path(given) / country)
        Plan.from_environment(os.environ | own)
        told[country] = dict(os.environ | own)
    return told


def each(arguments: Sequence[str]) -> int:
    """Do one thing in the house of each country, one after another; the first that fails stops it."""
    try:
        told = environments(asked())
    except HouseFailed as failed:
        print(failed, file=sys.stderr)
        return 2
    for country, environment in told.items():
        say(f"{country}:")
        done = subprocess.run(
            [sys.executable, "-m", "deploy.embedded", *arguments], env=environment, cwd=house.ROOT, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tideover</title>
<style>body{{font:16px/1.6 sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}li{{margin:.8rem 0}}</style>
<main><h1>Tideover, side by side</h1>
<p>Each institution is invented, and keeps its people, offices and money to itself.</p><ul>{rows}</ul></main></html>"""


@dataclass
class Neighbour:
    """The house of one country, started by a supervisor of its own."""

    country: str
    environment: dict[str, str]
    #: Told whenever it opens or ends, so that whoever keeps the street need not look again and again.
    news: SimpleQueue[str]
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    #: Whether it has said that it is open, with its people in it.
    welcomed: bool = False

    @property
    def port(self) -> int:
        return int(self.environment["PORT"])

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded.run"],
            env=self.environment,
            cwd=house.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self.born = time.monotonic()
        threading.Thread(target=self._tell, args=(self.process,), daemon=True).start()

    def _tell(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            say(f"{self.country} | {line.decode(errors='replace').rstrip()}")
            if line.startswith(WELCOME.encode()):
                self.welcomed = True
                self.news.put(self.country)
        process.wait()
        self.news.put(self.country)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_open(self) -> bool:
        """Whether its door answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Street:
    """All of them, and the list at the first address."""

    def __init__(self, told: dict[str, dict[str, str]], port: int) -> None:
        self.news: SimpleQueue[str] = SimpleQueue()
        self.neighbours = [Neighbour(country, environment, self.news) for country, environment in told.items()]
        self.port, self.asked = port, 0
        self.front: BaseWSGIServer | None = None

    def start(self) -> None:
        """Open the list, then one house after another. Raises `HouseFailed` where one cannot start."""
        for port in (self.port, *(n.port for n in self.neighbours)):
            if not house.is_free(port):
                raise HouseFailed(f"Port {port} is in use by another program; choose others: PORT={self.port + 10}")
        self.front = make_server("127.0.0.1", self.port, self.page, threaded=True)
        threading.Thread(target=self.front.serve_forever, daemon=True).start()
        for neighbour in self.neighbours:
            neighbour.start()
            until = time.monotonic() + OPEN_SECONDS
            while not neighbour.welcomed:
                self._listen(until)
                if self.asked:
                    return
                if not neighbour.is_running() or time.monotonic() > until:
                    raise HouseFailed(f"The house of {neighbour.country} does not start; its own words stand above.")
        say(f"All of them are listed at http://127.0.0.1:{self.port} . Stop with Ctrl-C; the data stay.")

    def run(self) -> None:
        """Until asked to stop: a house whose supervisor died is started again, one that died young a little later."""
        while not self.asked:
            gone = [neighbour for neighbour in self.neighbours if not neighbour.is_running()]
            for neighbour in gone:
                if time.monotonic() >= neighbour.born + STEADY_SECONDS:
                    say(f"The house of {neighbour.country} has ended; starting it again.")
                    neighbour.start()
            self._listen(min((one.born + STEADY_SECONDS for one in gone if not one.is_running()), default=None))

    def ask(self, number: int, _: object = None) -> None:
        """Asked to stop, by a signal."""
        self.asked = number
        self.news.put("")

    def _listen(self, until: float | None) -> None:
        """Wait for the next news, or until a moment of the monotonic clock."""
        with suppress(Empty):
            self.news.get(timeout=None if until is None else max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        """End all of them; each stops its own processes, PostgreSQL last."""
        running = [n.process for n in self.neighbours if n.process is not None and n.process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
        if self.front is not None:
            self.front.shutdown()

    # --- the list ----------------------------------------------------------------------------

    def page(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The list of the institutions, and `/th` as a way into one of them."""
        host = (environ.get("HTTP_HOST") or "127.0.0.1").rpartition(":")[0] or "127.0.0.1"
        wanted = environ["PATH_INFO"].strip("/")
        found = next((n for n in self.neighbours if n.country == wanted), None)
        if found is not None:
            start_response("302 Found", [("Location", f"http://{host}:{found.port}/"), ("Content-Length", "0")])
            return [b""]
        status = "200 OK" if not wanted or wanted == "healthz" else "404 Not Found"
        rows = "".join(f"<li>{self._row(n, host)}</li>" for n in self.neighbours)
        body = PAGE.format(rows=rows).encode()
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        start_response(
            status,
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", policy),
            ],
        )
        return [body]

    def _row(self, neighbour: Neighbour, host: str) -> str:
        sample = read_sample(neighbour.country)
        address = f"http://{host}:{neighbour.port}/"
        name = escape(sample.name[:1].upper() + sample.name[1:])
        state = "" if neighbour.is_open() else " – starting, or away"
        return f'<a href="{escape(address)}">{name}</a> ({escape(sample.currency)}){state}'


def run(named: list[str]) -> int:
    """Start the houses of these countries, keep them running, and stop all of them."""
    try:
        told = environments(named)
    except HouseFailed as failed:
        print(failed, file=sys.stderr)
        return 2
    street = Street(told, int(os.environ.get("PORT") or "8080"))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, street.ask)
    try:
        street.start()
        street.run()
    except HouseFailed as failed:
        print(failed, file=sys.stderr, flush=True)
        return 2
    finally:
        street.stop()
    return 0
