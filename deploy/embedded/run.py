"""`make run`: starts the whole house on one machine, keeps it running, and stops all of it.

The supervisor holds a lock on the data folder, writes who runs into `running.json`, starts a process that
died again (later each time), and moves the sandbox clock when a page asks for it.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import http.client
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg

from deploy.embedded import house
from deploy.embedded.house import HouseFailed, Part, Plan, Ports
from deploy.embedded.postgres import Postgres, PostgresFailed
from deploy.embedded.rabbitmq import RabbitFailed, RabbitMQ, reachable
from deploy.embedded.saying import opened, say
from shared.auth import make_keys

DATABASES = (*house.SERVICES, *house.PRETENDERS)
READY_SECONDS = 90
#: With these words the house says that it is open, with its people in it.
WELCOME = "Tideover runs at"
STEADY_SECONDS = 8
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """In the child: on Linux the kernel ends it when the supervisor is killed."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


@dataclass
class Child:
    """One part, its process, and how often it died lately."""

    part: Part
    log: Path
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    deaths: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        with opened(self.log) as out:
            self.process = subprocess.Popen(
                self.part.command,
                env=self.part.environment,
                cwd=house.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.born = time.monotonic()

    def is_ready(self) -> bool:
        """Whether its door answers; a part without a door is ready when it runs."""
        if self.process is None or self.process.poll() is not None:
            return False
        if self.part.ready is None:
            return True
        url = urlsplit(self.part.ready)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=2)
        try:
            connection.request("GET", url.path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def last_words(self) -> str:
        """The last line of its log that a person can read."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4000))
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
        if not lines:
            return f"see {self.log}"
        try:
            told = json.loads(lines[-1])
            return str(told.get("event", lines[-1]))[:200]
        except (ValueError, AttributeError):
            return lines[-1][:200]


@dataclass
class Supervisor:
    """Everything that one `make run` starts."""

    plan: Plan
    ports: Ports = field(default_factory=Ports)
    children: dict[str, Child] = field(default_factory=dict)
    postgres: Postgres | None = None
    rabbitmq: RabbitMQ | None = None
    asked: int | None = None
    tick: subprocess.Popen[bytes] | None = None
    _lock: IO[str] | None = None
    _stopped: bool = False

    # --- start -------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything; raises `HouseFailed` or its like with one clear sentence."""
        began = time.monotonic()
        self._take_folder()
        self._end_orphans()
        if not house.is_free(self.plan.port):
            raise HouseFailed(
                f"Port {self.plan.port} is in use by another program; choose another: "
                f"make run PORT={self.plan.port + 10}"
            )
        self._start_servers()
        for name in DATABASES:
            self._ensure_database(name)
        make_keys(self.plan.data / "keys")
        if not self.plan.clock.exists():
            house.write_whole(self.plan.clock, self.plan.sample.first_day.isoformat())
        self.plan.target.unlink(missing_ok=True)
        self._migrate()
        logs = self.plan.data / "logs"
        logs.mkdir(exist_ok=True)
        for part in house.parts_of(self.plan, self.ports):
            child = Child(part, logs / f"{part.name}.log")
            self.children[part.name] = child
            child.start()
            self._write_running()
        self._await("all parts answer", self._all_ready, READY_SECONDS)
        self._load_sample()
        self._welcome(time.monotonic() - began)

    def _take_folder(self) -> None:
        data = self.plan.data
        try:
            data.mkdir(parents=True, exist_ok=True)
            self._lock = (data / "lock").open("a+")
        except OSError as fault:
            raise HouseFailed(f"The data folder {data} cannot be written: {fault.strerror}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            who = house.read_running(self.plan)
            raise HouseFailed(
                f"Tideover already runs on {data} at {who.get('address', 'some address')} "
                f"(process {who.get('pid', '?')}); "
                "stop it there with Ctrl-C first."
            ) from None
        house.move_in(self.plan)

    def _end_orphans(self) -> None:
        """End what a killed supervisor left behind; a number that now is somebody else's is left alone."""
        left = [
            (name, int(pid))
            for name, (pid, start) in house.read_running(self.plan).get("children", {}).items()
            if house.started_at(int(pid)) == start
        ]
        if left:
            say(f"An earlier run was killed; ending what it left: {', '.join(name for name, _ in left)}.")
        end_all([pid for _, pid in left], 5)
        self.plan.running.unlink(missing_ok=True)

    def _start_servers(self) -> None:
        if not self.plan.database_url:
            self.postgres = self.plan.postgres()
            first = not (self.plan.data / "postgres.made").exists()
            if first:
                say("Making a PostgreSQL of our own (only the first time) …")
            self.postgres.start()
            (self.plan.data / "postgres.made").touch()
        if self.plan.broker == "rabbitmq" and not self.plan.amqp_url:
            say("Starting a RabbitMQ of our own …")
            self.rabbitmq = RabbitMQ(self.plan.data / "rabbitmq")
            self.rabbitmq.start()
            self.plan = replace(self.plan, amqp_url=self.rabbitmq.url())
        elif self.plan.broker == "rabbitmq" and not reachable(self.plan.amqp_url):
            raise HouseFailed(
                "The RabbitMQ named by AMQP_URL does not answer; is it started, and is the address right?"
            )

    def _ensure_database(self, name: str) -> None:
        if self.postgres is not None:
            self.postgres.ensure_database(name)
            return
        given = self.plan.database_url.replace("postgresql+psycopg://", "postgresql://")
        try:
            with psycopg.connect(given, autocommit=True, connect_timeout=5) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                    connection.execute(f'CREATE DATABASE "{name}"')
        except psycopg.errors.InsufficientPrivilege:
            raise HouseFailed(
                f"The user in DATABASE_URL may not create the database {name}; create it for her."
            ) from None
        except psycopg.OperationalError as fault:
            reason = str(fault).strip().splitlines()[-1][:200]
            raise HouseFailed(f"The PostgreSQL named by DATABASE_URL does not answer: {reason}") from None

    def _migrate(self) -> None:
        """Bring the tables up to date; what was done for these very files and databases is not started again."""
        seen = hashlib.sha256()
        for service in house.SERVICES:
            if self.plan.offers(service):
                seen.update(self.plan.url_of(service).encode())
                for file in house.migrations_of(self.plan, service):
                    seen.update(file.name.encode() + file.read_bytes())
        done = self.plan.data / "migrated"
        if done.exists() and done.read_text() == seen.hexdigest():
            return
        running = {}
        for service in house.SERVICES:
            if self.plan.offers(service):
                env = house.environment_of(self.plan, self.ports, service)
                command = [sys.executable, "-m", f"{self.plan.package}.{service}.app", "migrate"]
                running[service] = subprocess.Popen(
                    command,
                    env=env,
                    cwd=house.ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    preexec_fn=end_with_parent,
                )
        failed = []
        for service, process in running.items():
            said = process.communicate()[0].decode(errors="replace").strip().splitlines()
            if process.returncode:
                failed.append(f"{service}: {said[-1] if said else process.returncode}")
        if failed:
            raise HouseFailed(f"The tables could not be brought up to date. {'; '.join(failed)}")
        house.write_whole(done, seen.hexdigest())

    def _all_ready(self) -> bool:
        return all(child.is_ready() for child in self.children.values())

    def _await(self, what: str, condition: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not condition():
            self.look()
            if self.asked is not None:
                raise KeyboardInterrupt
            worst = max(self.children.values(), key=lambda c: c.deaths, default=None)
            if worst is not None and worst.deaths >= 3:
                raise HouseFailed(f"{worst.part.name} does not start: {worst.last_words()} (see {worst.log})")
            if time.monotonic() > until:
                late = [name for name, child in self.children.items() if not child.is_ready()]
                raise HouseFailed(
                    f"After {seconds:.0f} seconds these do not answer: {', '.join(late)}; see {self.plan.data / 'logs'}"
                )
            time.sleep(0.1)  # answers are asked for: nobody rings

    def _load_sample(self) -> None:
        """Once: sample offices, people and claims, through the import door of the institution."""
        kept = self.plan.data / "sign-in.txt"
        if kept.exists() or not _has_cli(self.plan):
            return
        say(f"Loading {self.plan.sample.name} through the import door …")
        env = house.environment_of(self.plan, self.ports, "benefits")
        cli = [sys.executable, "-m", f"{self.plan.package}.benefits.cli"]
        done = subprocess.run(
            [*cli, "import-sample", "--folder", str(self.plan.sample.folder)],
            env=env,
            cwd=house.ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
            say(f"The sample data could not be loaded: {reason[:300]}")
            return
        kept.touch(mode=0o600)
        house.write_whole(kept, done.stdout)

    def _welcome(self, seconds: float) -> None:
        kept = self.plan.data / "sign-in.txt"
        today = self.plan.clock.read_text().strip()
        say("")
        say(
            f"{WELCOME} {os.environ.get('PUBLIC_URL', self.plan.address)} (started in {seconds:.1f} s, "
            f"sandbox day {today})."
        )
        if kept.exists():
            say(kept.read_text().rstrip())
        say(
            f"Move the clock: make tick TO=2025-04-30. Logs: {self.plan.data / 'logs'}. Stop with Ctrl-C; "
            "the data stay."
        )

    def _write_running(self) -> None:
        alive = {
            name: (child.process.pid, house.started_at(child.process.pid))
            for name, child in self.children.items()
            if child.process is not None and child.process.poll() is None
        }
        told = {
            "pid": os.getpid(),
            "started": house.started_at(os.getpid()),
            "address": self.plan.address,
            "broker": self.plan.broker,
            "package": self.plan.package,
            "country": self.plan.country,
            "database_url": self.plan.database_url,
            "amqp_url": self.plan.amqp_url,
            "ports": self.ports.taken,
            "children": alive,
        }
        self.plan.running.touch(mode=0o600)
        house.write_whole(self.plan.running, json.dumps(told, indent=1))
        self.plan.running.chmod(0o600)

    # --- run ---------------------------------------------------------------------------------

    def look(self) -> None:
        """One look around: start again what died, and move the clock when a page asked for it."""
        now = time.monotonic()
        changed = False
        for child in self.children.values():
            if child.process is not None and child.process.poll() is not None:
                if now - child.born > STEADY_SECONDS:
                    child.deaths = 0
                wait = 0.0 if child.deaths == 0 else min(0.5 * 2**child.deaths, 30)
                child.deaths += 1
                child.again_at = now + wait
                ended = child.process.returncode
                how = (
                    f"was killed by {signal.Signals(-ended).name}"
                    if ended < 0
                    else f"ended with {ended}: {child.last_words()}"
                )
                when = "at once" if wait == 0 else f"in {wait:.0f} s"
                say(f"{child.part.name} {how}; starting it again {when}.")
                child.process = None
                changed = True
            if child.process is None and now >= child.again_at:
                child.start()
                changed = True
        if changed:
            self._write_running()
        if self.postgres is not None and self.children and not self.postgres.is_running():
            say("PostgreSQL has stopped; starting it again.")
            self.postgres.start()
        if self.rabbitmq is not None and self.children and not self.rabbitmq.is_running():
            say("RabbitMQ has stopped; starting it again.")
            self.rabbitmq.start()
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        if self.tick is not None:
            if self.tick.poll() is None:
                return
            self.tick = None
        if self.plan.target.exists():
            target = self.plan.target.read_text().strip()
            say(f"A page asked to move the clock to {target}.")
            self.tick = subprocess.Popen(
                [sys.executable, "-m", "deploy.embedded.tick", target, "--by-page"],
                cwd=house.ROOT,
                stdin=subprocess.DEVNULL,
                env=os.environ | {"TIDEOVER_DATA": str(self.plan.data)},
                preexec_fn=end_with_parent,
            )

    def run(self) -> None:
        """Look around until asked to stop."""
        while self.asked is None:
            self.look()
            time.sleep(0.2)

    # --- stop --------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop all of it, doors first, PostgreSQL last."""
        if self._stopped:
            return
        self._stopped = True
        doors = [c for c in self.children.values() if c.part.name == "proxy"]
        rest = [c for c in self.children.values() if c.part.name != "proxy"]
        for group in (doors, rest):
            running = [c.process for c in group if c.process is not None and c.process.poll() is None]
            if self.tick is not None and self.tick.poll() is None:
                running.append(self.tick)
            for process in running:
                process.terminate()
            until = time.monotonic() + 12
            for process in running:
                try:
                    process.wait(max(0.1, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    kill_group(process.pid)
                    process.wait()
        if self.rabbitmq is not None:
            self.rabbitmq.stop()
        if self.postgres is not None:
            self.postgres.stop()
        if self._lock is not None and self.plan.data.exists():
            self.plan.running.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()


def _has_cli(plan: Plan) -> bool:
    return plan.offers("benefits") and importlib.util.find_spec(f"{plan.package}.benefits.cli") is not None


def kill_group(pid: int) -> None:
    """SIGKILL to a child and what it started; each child leads a group of its own."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def end_all(pids: list[int], seconds: float) -> None:
    """Ask processes that are not our children to end; after a while make them."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    until = time.monotonic() + seconds
    while any(house.started_at(pid) for pid in pids):
        if time.monotonic() > until:
            for pid in pids:
                kill_group(pid)
            return
        time.sleep(0.05)


def main() -> int:
    if len(sys.argv) > 1 and sys.argv[1] == "clean":
        return clean(Plan.from_environment())
    try:
        supervisor = Supervisor(Plan.from_environment())
    except HouseFailed as failed:
        print(failed, file=sys.stderr)
        return 2

    def ask(number: int, _: object) -> None:
        supervisor.asked = number

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    try:
        supervisor.start()
        supervisor.run()
    except (HouseFailed, PostgresFailed, RabbitFailed) as failed:
        print(failed, file=sys.stderr, flush=True)
        return 2
    except KeyboardInterrupt:
        pass
    finally:
        if supervisor.children:
            say(f"Stopping ({signal.Signals(supervisor.asked).name}) …" if supervisor.asked else "Stopping …")
        supervisor.stop()
    say("Stopped; the data are kept.")
    return 0


def clean(plan: Plan) -> int:
    """`make clean-data`: forget everything, unless somebody runs on it."""
    if not plan.data.exists():
        say(f"There is nothing at {plan.data}.")
        return 0
    lock = (plan.data / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print(f"Tideover still runs on {plan.data}; stop it with Ctrl-C first.", file=sys.stderr)
        return 2
    if not any((plan.data / mark).exists() for mark in ("version", "postgres.made")) and any(plan.data.glob("[!l]*")):
        print(f"{plan.data} does not look like our data folder; nothing was removed.", file=sys.stderr)
        return 2
    plan.postgres().remove()
    shutil.rmtree(plan.data, ignore_errors=True)
    say(f"Removed {plan.data}; the next make run starts over.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
