"""Which processes make the house, and what each is told by its environment. Starts nothing itself."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.embedded.postgres import Postgres
from deploy.embedded.sample import DEFAULT, Sample, countries, read_sample

SERVICES = ("benefits", "payments", "notifications")
PRETENDERS = ("pretend_bank", "pretend_wallet", "pretend_phone")
#: What the pretend operator of wallets signs with; in practice a secret of the installation.
WALLET_SECRET = "sandbox-only"  # noqa: S105
ROOT = Path(__file__).resolve().parent.parent.parent
#: Written into the data folder; a folder of another number is refused rather than guessed at.
DATA_VERSION = 1


class HouseFailed(RuntimeError):
    """The house cannot start or go on; the message is one clear sentence."""


def _archive(said: str, data: Path) -> Path | None:
    """The folder of the archive: as said now, or as it was said when the house last started; `off` for none."""
    known = data / "archive.place"
    name = said or (known.read_text().strip() if known.exists() else "")
    return Path(name).absolute() if name and name != "off" else None


def folder_of(country: str) -> str:
    """Where a country's data lie, beside the others'."""
    return ".data" if country == DEFAULT else f".data-{country}"


@dataclass(frozen=True)
class Plan:
    """What a person asked for: where the data lie, which address, which servers."""

    data: Path
    port: int = 8080
    #: A PostgreSQL of the institution's own (any database of it); empty: the one from the wheel.
    database_url: str = ""
    amqp_url: str = ""
    #: "embedded" or "rabbitmq".
    broker: str = "embedded"
    #: Where the three services are found; tests put small ones here.
    package: str = "services"
    #: Where our own server puts what it writes, so that every moment since a base can be brought back; none: nowhere.
    archive: Path | None = None
    #: No fsync; for tests that start and throw away.
    fast: bool = False
    #: Whose invented institution lives here: la, vn, th or mm.
    country: str = DEFAULT

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Plan:
        """The plan of these variables. Raises `HouseFailed`."""
        amqp = env.get("AMQP_URL", "")
        broker = env.get("BROKER") or ("rabbitmq" if amqp else "embedded")
        if broker not in ("embedded", "rabbitmq"):
            raise HouseFailed(
                f"BROKER={broker} is not known; say BROKER=rabbitmq, or nothing for the embedded carrier."
            )
        country = env.get("COUNTRY") or DEFAULT
        if country not in countries():
            raise HouseFailed(f"COUNTRY={country} has no invented institution; choose one of {', '.join(countries())}.")
        port = env.get("PORT", "8080")
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise HouseFailed(f"PORT={port} is not a port; choose a number from 1024 to 65535.")
        data = Path(env.get("TIDEOVER_DATA") or ROOT / folder_of(country)).absolute()
        return cls(
            data=data,
            port=int(port),
            database_url=env.get("DATABASE_URL", ""),
            amqp_url=amqp if broker == "rabbitmq" else "",
            broker=broker,
            package=env.get("TIDEOVER_SERVICES", "services"),
            archive=_archive(env.get("ARCHIVE", ""), data),
            fast=env.get("TIDEOVER_FAST") == "1",
            country=country,
        )

    @property
    def sample(self) -> Sample:
        return read_sample(self.country)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> Path:
        return self.data / "clock"

    @property
    def target(self) -> Path:
        """The page's button writes the day to move to here."""
        return self.data / "clock.target"

    @property
    def running(self) -> Path:
        """Who runs here, which processes, which ports; removed at a clean end."""
        return self.data / "running.json"

    def postgres(self) -> Postgres:
        from deploy.embedded.postgres import wheel_binaries

        return Postgres(self.data / "postgres", wheel_binaries(), fast=self.fast, archive=self.archive)

    def url_of(self, database: str) -> str:
        """SQLAlchemy's URL of one of our databases, on our own server or the given one."""
        if not self.database_url:
            return self.postgres().url(database)
        from sqlalchemy.engine import make_url

        url = make_url(self.database_url).set(drivername="postgresql+psycopg", database=database)
        return url.render_as_string(hide_password=False)

    def offers(self, service: str) -> bool:
        return importlib.util.find_spec(f"{self.package}.{service}.app") is not None


@dataclass(frozen=True)
class Part:
    """One process of the house."""

    name: str
    command: list[str]
    environment: dict[str, str]
    #: Where it says that it is ready; none for processes without a door.
    ready: str | None = None


@dataclass
class Ports:
    """Inner ports, chosen once a start below the range that outgoing connections use."""

    taken: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        while name not in self.taken:
            port = random.randrange(20000, 32000)  # noqa: S311 - only to keep out of each other's way
            if port not in self.taken.values() and is_free(port):
                self.taken[name] = port
        return self.taken[name]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _inherited() -> dict[str, str]:
    """What children get from us: all but what would lead them to other servers or another clock."""
    own = (
        "DATABASE_URL",
        "AMQP_URL",
        "PORT",
        "SANDBOX_CLOCK",
        "KEYS_DIR",
        "GUNICORN_CMD_ARGS",
        "INSTITUTION_FILE",
        "BANK_DAYS_FILE",
        "TIME_ZONE",
        "HOUSE_LANGUAGE",
        "MAKEFLAGS",
        "MAKELEVEL",
        "MFLAGS",
    )
    return {k: v for k, v in os.environ.items() if k not in own and not k.startswith(("PG", "INBOX_"))} | {
        "PYTHONUNBUFFERED": "1"
    }


def environment_of(plan: Plan, ports: Ports, service: str) -> dict[str, str]:
    """The environment of every process of a service, as docs/house.md lists it."""
    present = [s for s in SERVICES if plan.offers(s)]
    env = (
        _inherited()
        | plan.sample.environment(service)
        | {
            "DATABASE_URL": plan.url_of(service),
            "KEYS_DIR": str(plan.data / "keys"),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL", plan.address),
            "SANDBOX_CLOCK": str(plan.clock),
            "INSECURE_COOKIES": "1",
            "MARKS_DIR": str(plan.data / "marks"),
            "EVIDENCE_DIR": str(plan.data / "evidence"),
            "BANK_URL": f"http://127.0.0.1:{ports.of('pretend_bank')}",
            "WALLET_URL": f"http://127.0.0.1:{ports.of('pretend_wallet')}",
            "WALLET_SECRET": WALLET_SECRET,
            "SMS_GATEWAY_URL": f"smpp://tideover:tideover@127.0.0.1:{ports.of('pretend_phone_smpp')}",
            "SMS_QUERY_URL": f"http://127.0.0.1:{ports.of('pretend_phone')}",
        }
    )
    for other in present:
        env[f"{other.upper()}_URL"] = f"http://127.0.0.1:{ports.of(other)}"
    if plan.broker == "rabbitmq":
        env["AMQP_URL"] = plan.amqp_url
    else:
        env |= {f"INBOX_{other.upper()}": plan.url_of(other) for other in present}
    return env


def gunicorn(module: str, port: int, *, threads: int, more: tuple[str, ...] = ()) -> list[str]:
    """One process, unless gunicorn's own WEB_CONCURRENCY says more."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--no-control-socket",
        "-k",
        "gthread",
        "--threads",
        str(threads),
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
        "--graceful-timeout",
        "5",
        *more,
        module,
    ]


def worker_kinds(plan: Plan) -> tuple[str, ...]:
    return ("worker",) if plan.broker == "embedded" else ("relay", "reader", "timekeeper", "jobs")


def parts_of(plan: Plan, ports: Ports) -> list[Part]:
    """All processes of the house in the order of their start; what does not exist (yet) is left out."""
    parts = []
    outside = _inherited() | {
        "SANDBOX_CLOCK": str(plan.clock),
        "PUBLIC_URL": plan.address,
        "TIME_ZONE": plan.sample.zone,
    }
    for name in PRETENDERS:
        if importlib.util.find_spec(f"deploy.embedded.{name}") is None:
            continue
        env = outside | {
            f"{name.upper()}_DATABASE_URL": plan.url_of(name),
            "PORT": str(ports.of(name)),
            f"{name.upper()}_PORT": str(ports.of(name)),
        }
        if name == "pretend_wallet":
            env["WALLET_SECRET"] = WALLET_SECRET
            env["CALL_BACK_URL"] = f"http://127.0.0.1:{ports.of('payments')}/v1/call-backs/wallet"
        if name == "pretend_phone":
            env["SMPP_PORT"] = str(ports.of("pretend_phone_smpp"))
        parts.append(
            Part(
                name.replace("_", "-"),
                [sys.executable, "-m", f"deploy.embedded.{name}"],
                env,
                f"http://127.0.0.1:{ports.of(name)}/healthz",
            )
        )
    for service in SERVICES:
        if not plan.offers(service):
            continue
        env = environment_of(plan, ports, service)
        module = f"{plan.package}.{service}.app"
        port = ports.of(service)
        web = gunicorn(f"{module}:create_app()", port, threads=4)
        parts.append(Part(f"{service}-web", web, env, f"http://127.0.0.1:{port}/readyz"))
        parts += [Part(f"{service}-{kind}", [sys.executable, "-m", module, kind], env) for kind in worker_kinds(plan)]
    targets = {s: f"http://127.0.0.1:{ports.of(s)}" for s in SERVICES if plan.offers(s)} | {
        n: f"http://127.0.0.1:{ports.of(n)}" for n in PRETENDERS if importlib.util.find_spec(f"deploy.embedded.{n}")
    }
    proxy = gunicorn("deploy.embedded.proxy:create_proxy()", plan.port, threads=16)
    parts.append(Part("proxy", proxy, _inherited() | {"PROXY_TARGETS": json.dumps(targets)}, f"{plan.address}/healthz"))
    return parts


def migrations_of(plan: Plan, service: str) -> list[Path]:
    """The files of a service's history (the tiny services of the tests share one)."""
    package = ROOT.joinpath(*plan.package.split("."))
    folder = package / service / "migrations"
    return sorted((folder if folder.exists() else package / "migrations").glob("versions/*.py"))


def move_in(plan: Plan) -> None:
    """Mark the data folder as this plan's. Raises `HouseFailed` where another version or another country lives."""
    for name, ours in (("version", str(DATA_VERSION)), ("country", plan.country)):
        mark = plan.data / name
        if mark.exists() and (theirs := mark.read_text().strip()) != ours:
            raise HouseFailed(
                f"The data in {plan.data} are of {name} {theirs}, and this program was started for {ours}: "
                "name another folder with TIDEOVER_DATA, or run make clean-data to start over."
            )
        write_whole(mark, f"{ours}\n")
    # A server that archives goes on doing so: a gap would end what can be brought back.
    write_whole(plan.data / "archive.place", f"{plan.archive or 'off'}\n")


def started_at(pid: int) -> str | None:
    """When a process started, to tell it from a later one with the same number; None when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        import subprocess

        said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True).stdout
        return said.strip() or None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def read_running(plan: Plan) -> dict[str, Any]:
    """What the running file says; empty when nobody runs here or it cannot be read."""
    try:
        found = json.loads(plan.running.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_whole(file: Path, text: str) -> None:
    """Replace a file in one step, so that a reader sees the old or the new."""
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text)
    fresh.replace(file)
