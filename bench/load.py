"""A small client that keeps its lines open: many requests at once, the time of each."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Measured:
    """What came out of a run: seconds of each request, how many a second, what was not taken."""

    seconds: list[float]
    elapsed: float
    refused: dict[int, int]

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.elapsed

    def or_stop(self) -> Measured:
        """Itself, if every request was taken; a run with refusals measures something else."""
        if self.refused:
            raise SystemExit(f"Requests were refused: {self.refused} (status: how many).")
        return self

    def percentile(self, part: float) -> float:
        """Milliseconds."""
        return percentile(self.seconds, part) * 1000


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def drive(
    port: int, make: Callable[[int], Ask], count: int, *, lines: int = 8, per_second: float | None = None
) -> Measured:
    """Send `count` requests over `lines` open connections, as fast as they are answered or at a steady rate."""
    taken = iter(range(count))
    guard = threading.Lock()
    seconds: list[float] = []
    refused: dict[int, int] = {}
    began = time.perf_counter()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with guard:
                number = next(taken, None)
            if number is None:
                connection.close()
                return
            ask = make(number)
            if per_second is not None:
                pause = began + number / per_second - time.perf_counter()
                if pause > 0:
                    time.sleep(pause)  # the rate is what is asked for
            at = time.perf_counter()
            try:
                connection.request(ask.method, ask.path, body=ask.body, headers=ask.headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            spent = time.perf_counter() - at
            with guard:
                seconds.append(spent)
                if status >= 400 or status == 0:
                    refused[status] = refused.get(status, 0) + 1

    threads = [threading.Thread(target=work) for _ in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Measured(seconds, time.perf_counter() - began, refused)


def middle(values: list[float]) -> float:
    return statistics.median(values) if values else float("nan")
