"""A pay day of many orders, stage by stage: time, processor time of this process and the database, memory."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from deploy.embedded.postgres import Postgres, wheel_binaries
from shared import database
from tests.payments.pay_day import SERVICE, Day, play, seed
from tests.there import there

#: How many orders a day has where nothing is said; and what one of many may cost beside one of few.
COUNTS = (1000, 10_000)
FLAT = 1.5


@dataclass
class Measured(Day):
    """A pay day whose stages are measured."""

    server: int = 0
    spent: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    #: The same with all processes of the database, what they share counted once.
    together: dict[str, int] = field(default_factory=dict)

    def stage(self, name: str, work: Callable[[], Any]) -> Any:
        began, before = time.perf_counter(), self._processor()
        with _watched(self.server) as most:
            found = work()
        self.spent[name], self.memory[name] = time.perf_counter() - began, most[0]
        self.together[name] = most[1]
        self.cpu[name] = self._processor() - before
        return found

    def _processor(self) -> float:
        """Seconds of processor time of this process and of the database."""
        server = psutil.Process(self.server)
        times = [one.cpu_times() for one in (psutil.Process(), server, *server.children())]
        return float(sum(one.user + one.system for one in times))


@contextmanager
def _watched(server: int) -> Iterator[list[int]]:
    """The most memory in bytes while the block runs: of this process, and of it and the database."""
    most, over, own, database_ = [0, 0], threading.Event(), psutil.Process(), psutil.Process(server)

    def of_database() -> int:
        held = 0
        for one in (database_, *database_.children()):
            with suppress(psutil.Error):
                held += one.memory_full_info().pss
        return held

    def look() -> None:
        beside = 0
        for tick in count():
            if over.is_set():
                return
            if tick % 20 == 0:
                beside = of_database()
            mine = own.memory_info().rss
            most[:] = max(most[0], mine), max(most[1], mine + beside)
            over.wait(0.1)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield most
    finally:
        over.set()
        watching.join()


def measure(counts: Sequence[int]) -> Iterator[tuple[int, Measured]]:
    """A pay day for each count, each in a fresh database."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Postgres(folder / "postgres", wheel_binaries())
        server.start()
        try:
            for many in counts:
                server.ensure_database(f"payments_{many}")
                engine = database.connect(server.url(f"payments_{many}"))
                database.migrate(engine, SERVICE)
                plain = seed(engine, folder, many)
                day = Measured(plain.engine, plain.clock, plain.out, there(server.pid))
                play(day)
                yield many, day
                engine.dispose()
        finally:
            server.stop()
