"""A RabbitMQ of our own from the installed Debian package: private node, free ports, any user."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = (Path("/usr/lib/rabbitmq/bin"), Path("/opt/homebrew/sbin"), Path("/usr/local/sbin"))


class RabbitFailed(RuntimeError):
    """RabbitMQ could not be started; the message is one clear sentence."""


def program() -> Path | None:
    """The server's own start script (Debian's wrapper in /usr/sbin insists on its system user)."""
    for folder in PROGRAMS:
        if (folder / "rabbitmq-server").exists():
            return folder / "rabbitmq-server"
    found = shutil.which("rabbitmq-server")
    return Path(found) if found else None


def reachable(url: str) -> bool:
    """Whether a broker answers at an AMQP URL with these rights."""
    from kombu.connection import Connection

    try:
        with Connection(url, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except Exception:
        return False
    return True


def _free_port() -> int:
    while True:
        port = random.randrange(20000, 32000)  # noqa: S311 - only to keep out of each other's way
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass
class RabbitMQ:
    """One private node; its ports are kept beside its data, so that a restart answers at the same address."""

    data: Path

    @property
    def _ports(self) -> tuple[int, int, int]:
        file = self.data / "ports"
        if not file.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            file.write_text(" ".join(str(_free_port()) for _ in range(3)))
        amqp, dist, epmd = (int(part) for part in file.read_text().split())
        return amqp, dist, epmd

    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._ports[0]}//"

    def _environment(self) -> dict[str, str]:
        amqp, dist, epmd = self._ports
        name = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:10]
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RABBITMQ_", "ERL_", "PYTHON"))}
        return kept | {
            "HOME": str(self.data),
            "RABBITMQ_NODENAME": f"t{name}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(amqp),
            "RABBITMQ_DIST_PORT": str(dist),
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(self.data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.data / "log"),
            "RABBITMQ_PID_FILE": str(self.data / "pid"),
            "RABBITMQ_CONFIG_FILE": str(self.data / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.data / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.data / "plugins"),
            "RABBITMQ_LOGS": str(self.data / "log" / "node.log"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def _pid(self) -> int | None:
        try:
            pid = int((self.data / "server.pid").read_text())
            os.kill(pid, 0)
            mine = str(self.data).encode() in Path(f"/proc/{pid}/environ").read_bytes()
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return None
        return pid if mine and state not in "ZX" else None

    def is_running(self) -> bool:
        return self._pid() is not None

    def start(self, seconds: float = 90) -> None:
        """Start, or adopt a node that a killed run left behind. Raises `RabbitFailed`."""
        if self._pid() is not None and reachable(self.url()):
            return
        server = program()
        if server is None:
            raise RabbitFailed("RabbitMQ is not installed here; install rabbitmq-server, or name one in AMQP_URL.")
        for folder in ("log", "mnesia"):
            (self.data / folder).mkdir(parents=True, exist_ok=True)
        (self.data / "rabbitmq.conf").write_text(
            "loopback_users.guest = true\nvm_memory_high_watermark.relative = 0.3\n"
            "disk_free_limit.absolute = 50MB\nlog.file.level = warning\n"
        )
        (self.data / "plugins").write_text("[].")
        with (self.data / "log" / "out.log").open("ab") as log:
            process = subprocess.Popen(
                [str(server)],
                env=self._environment(),
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._process = process
        (self.data / "server.pid").write_text(str(process.pid))
        until = time.monotonic() + seconds
        while not reachable(self.url()):
            if process.poll() is not None:
                raise RabbitFailed(f"RabbitMQ stopped at once; its last words are in {self.data / 'log'}.")
            if time.monotonic() > until:
                self.stop()
                raise RabbitFailed(f"RabbitMQ did not answer within {seconds:.0f} seconds; see {self.data / 'log'}.")
            time.sleep(0.2)  # a broker says that it is ready only by answering

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the node; SIGKILL stops it as a power cut would."""
        pid = self._pid()
        if pid is None:
            return
        group = os.getpgid(pid)
        if group == pid:
            os.killpg(group, how)
        until = time.monotonic() + 30
        while self._pid() is not None:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if time.monotonic() > until:
                os.killpg(group, signal.SIGKILL)
                until += 30
            time.sleep(0.05)
        self._end_name_server()

    def _end_name_server(self) -> None:
        """Erlang's name server on our own port; it goes when it knows no node any more."""
        epmd = shutil.which("epmd")
        if epmd is not None:
            subprocess.run(
                [epmd, "-port", str(self._ports[2]), "-kill"], capture_output=True, env=self._environment(), timeout=10
            )

    def remove(self) -> None:
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)


def private(prefix: str = "tideover-mq-") -> RabbitMQ:
    """A node in a temporary folder."""
    return RabbitMQ(Path(tempfile.mkdtemp(prefix=prefix)))
