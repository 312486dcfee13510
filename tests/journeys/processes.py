"""A private house of real processes for a test: own data, ports, PostgreSQL and, where asked for, RabbitMQ.

`with House(...) as house:` starts it with the supervisor that `make run` uses; the test kills its processes,
stops its servers, and asks until something is true. Nothing here sleeps for a fixed time.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import requests

from deploy.embedded.house import Plan, is_free
from deploy.embedded.postgres import Postgres, wheel_binaries
from deploy.embedded.rabbitmq import RabbitMQ
from deploy.embedded.run import end_with_parent
from deploy.embedded.tick import Street, step, street_of
from tests.there import there

ROOT = Path(__file__).parent.parent.parent
KILLING = Path(__file__).parent / "killing"
TINY = "tests.journeys.tiny"
#: Machines under test are busy: the time a wait may take is long, the time it takes is not.
PATIENCE = 120.0
T = TypeVar("T")


def wait_until(condition: Callable[[], T], seconds: float = PATIENCE, what: str = "") -> T:
    """Ask until the answer is true, and give it; fails with the last answer when the time is up."""
    until = time.monotonic() + seconds
    while True:
        found = condition()
        if found is not None and found is not False:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:.0f} s: {what or condition} (last answer: {found!r})")
        time.sleep(0.05)


def free_port() -> int:
    import random

    while not is_free(port := random.randrange(20000, 32000)):
        pass
    return port


@dataclass
class House:
    """Start with `with`; `broker` is "embedded" or "rabbitmq"; `points` are where processes may be killed."""

    broker: str = "embedded"
    package: str = "services"
    points: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    #: The server keeps all it writes in an archive, so that every moment can be brought back.
    archives: bool = False
    #: Commits reach the disk, as on a real machine; tests do without.
    durable: bool = False
    folder: Path = field(init=False)
    port: int = field(init=False)
    #: The processes that the supervisor keeps.
    names: frozenset[str] = field(init=False, default=frozenset())
    postgres: Postgres = field(init=False)
    rabbitmq: RabbitMQ | None = field(init=False, default=None)
    process: subprocess.Popen[bytes] | None = field(init=False, default=None)
    _street: Street | None = field(init=False, default=None)
    extra: list[subprocess.Popen[bytes]] = field(init=False, default_factory=list)

    def __enter__(self) -> House:
        self.folder = Path(tempfile.mkdtemp(prefix="tideover-house-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        given = os.environ.get("TEST_POSTGRES_BIN")
        self.postgres = Postgres(self.folder / "pg", Path(given) if given else wheel_binaries(), fast=not self.durable)
        if self.archives:
            self.postgres.archive = self.folder / "wal"
        try:
            self.postgres.start()
            if self.broker == "rabbitmq":
                self.rabbitmq = RabbitMQ(self.folder / "mq")
                self.rabbitmq.start()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.extra:
            process.kill()
            process.wait()
        self.stop(signal.SIGTERM)
        if self.rabbitmq is not None:
            self.rabbitmq.remove()
        self.postgres.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the house ---------------------------------------------------------------------------

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def told(self) -> dict[str, str]:
        """The environment of the supervisor."""
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "AMQP_URL", "SANDBOX_CLOCK")}
        told = kept | {
            "TIDEOVER_DATA": str(self.data),
            "TIDEOVER_SERVICES": self.package,
            "PORT": str(self.port),
            "BROKER": self.broker,
            "DATABASE_URL": self.postgres.url("postgres"),
            "TINY_FOLDER": str(self.folder),
            "PYTHONPATH": str(KILLING),
            "KILL_FILE": str(self.kill_file),
            "KILL_POINTS": ",".join(self.points),
            "ARGON2_KIB": "64",
        }
        if self.rabbitmq is not None:
            told["AMQP_URL"] = self.rabbitmq.url()
        return told | self.environment

    def start(self) -> None:
        """Start the supervisor and wait until it says that the house is open."""
        self._street = None
        log = self.folder / "supervisor.log"
        seen = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.embedded.run"],
                cwd=ROOT,
                env=self.told(),
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

        def is_open() -> bool:
            assert self.process is not None
            said = log.read_bytes()[seen:].decode(errors="replace")
            if self.process.poll() is not None:
                raise AssertionError(f"the house did not open: {said[-1500:]}\n{self.last_words()}")
            return "Tideover runs at" in said

        wait_until(is_open, 180, "the house opens")
        self.names = frozenset(self.running())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """Stop the supervisor; gives all that it has said."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        log = self.folder / "supervisor.log"
        return log.read_text() if log.exists() else ""

    def last_words(self) -> str:
        """The end of every log, for a failure's message."""
        return "\n".join(
            f"{log.name}: {log.read_text(errors='replace')[-600:]}"
            for log in sorted((self.data / "logs").glob("*.log"))
        )

    def tick(self, to: str) -> str:
        """Move the sandbox clock as `make tick` does, in this process; gives what it said."""
        if self._street is None:
            self._street = street_of(Plan(data=self.data))
        said: list[str] = []
        step(self._street, date.fromisoformat(to), said.append)
        return "\n".join(said)

    # --- processes ---------------------------------------------------------------------------

    def running(self) -> dict[str, int]:
        """Names and numbers of the processes that run now."""
        try:
            told = json.loads((self.data / "running.json").read_text())
        except (OSError, ValueError):
            return {}
        return {name: int(pid) for name, (pid, _) in told["children"].items()}

    def whole(self) -> dict[str, int]:
        """The processes once every one runs: one that a story before ended may still be on its way back."""
        wait_until(lambda: self.running().keys() >= self.names, what="every process runs")
        return self.running()

    def pid(self, name: str) -> int:
        """The number of a process, as soon as it runs."""
        wait_until(lambda: name in self.running(), what=f"{name} runs")
        return self.running()[name]

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a process; after it ended, wait until the supervisor started it again."""
        pid = self.pid(name)
        os.kill(pid, how)
        wait_until(lambda: self.running().get(name, pid) != pid, what=f"{name} is started again")

    @property
    def kill_file(self) -> Path:
        return self.folder / "kill"

    @contextmanager
    def killed(self, who: str, point: str, when: str) -> Iterator[None]:
        """Within the block, the first process of this kind that reaches the point dies there.

        `who`: words of its command line joined by +, such as `payments.app+worker`.
        """
        assert point in self.points, f"{point} is not among this house's points"
        done = self.kill_file.with_name("kill.done")
        done.unlink(missing_ok=True)
        self.kill_file.write_text(f"{who} {point} {when}")
        yield
        try:
            wait_until(done.exists, what=f"{who} dies {when} {point}")
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.last_words()}") from None
        finally:
            self.kill_file.unlink(missing_ok=True)

    def another(self, name: str) -> subprocess.Popen[bytes]:
        """Start a second process like one that runs; it ends with the house."""
        pid = self.pid(name)
        raw = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        environment = dict(item.decode().split("=", 1) for item in raw if b"=" in item)
        command = [part.decode() for part in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if part]
        with (self.folder / f"another-{name}.log").open("ab") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        self.extra.append(process)
        return process

    # --- servers -----------------------------------------------------------------------------

    def stop_postgres(self, how: signal.Signals = signal.SIGINT) -> None:
        self.postgres.stop(how)

    def start_postgres(self) -> None:
        self.postgres.start()

    def stop_rabbitmq(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self.rabbitmq is not None
        self.rabbitmq.stop(how)

    def start_rabbitmq(self) -> None:
        assert self.rabbitmq is not None
        self.rabbitmq.start()

    def rows(self, service: str, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Ask a service's database."""
        with psycopg.connect(self.postgres.conninfo(service), autocommit=True) as connection:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    # --- doors -------------------------------------------------------------------------------

    def send(self, method: str, path: str, *, key: str | None = None, **more: Any) -> requests.Response:
        """A request to the one address; a POST gets an Idempotency-Key."""
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Idempotency-Key": key or uuid.uuid4().hex} if method == "POST" else {}
            headers |= more.pop("headers", {})
            return session.request(
                method, self.address + path, headers=headers, timeout=60, allow_redirects=False, **more
            )

    def insist(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send the same again and again until it is answered, as a patient client would."""
        more["key"] = more.get("key") or uuid.uuid4().hex

        def answered() -> requests.Response | None:
            try:
                answer = self.send(method, path, **more)
            except requests.RequestException:
                return None
            return None if answer.status_code in (409, 502, 503) else answer

        return there(wait_until(answered, what=f"{method} {path} is answered"))
