"""Structured logs: one JSON object a line, with trace and claim number, never a name, number or diagnosis.

A line that cannot be written (a full disk, a closed pipe) is lost and counted; whoever wrote it goes on with the work.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Any, TextIO

import structlog
from prometheus_client import Counter

LOST = Counter("tideover_log_lines_lost_total", "Lines of the log that could not be written")


class Lines:
    """Writes lines to standard error, whole and at once; the next one that can be written says how many were lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lost, self._torn = 0, False

    def msg(self, line: str) -> None:
        """Write a line, or lose and count it."""
        with self._lock:
            try:
                if self._lost:
                    self._write(f'{{"event": "log_lines_lost", "level": "error", "lines": {self._lost}}}')
                    self._lost = 0
                self._write(line)
            except (OSError, ValueError):  # ValueError: standard error was closed
                self._lost += 1
                LOST.inc()

    debug = info = warning = warn = error = critical = fatal = exception = log = msg

    def _write(self, line: str) -> None:
        # Not through the stream's own buffer: what it could not write it would keep, and fail on at the end.
        number = _descriptor(sys.stderr)
        if number is None:
            print(line, file=sys.stderr, flush=True)
            return
        rest = ("\n" * self._torn + line + "\n").encode(errors="replace")
        while rest:
            rest = rest[os.write(number, rest) :]
            self._torn = bool(rest)


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def configure(service: str = "") -> None:
    """Log to standard error as JSON lines, from now on in the name of a service."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_types_of_faults,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, os.environ.get("LOG_LEVEL", "INFO"))),
        logger_factory=lambda *_: _LINES,
    )
    if service:
        structlog.contextvars.bind_contextvars(service=service)


def _only_types_of_faults(_: Any, __: str, entry: Any) -> Any:
    """Keep where a fault arose and its type; its message may quote what a person typed."""
    fault = entry.pop("exc_info", None)
    if isinstance(fault, BaseException):
        entry["fault"] = type(fault).__name__
        entry["at"] = _places(fault)
    return entry


def _places(fault: BaseException) -> list[str]:
    places, step = [], fault.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{os.path.basename(code.co_filename)}:{step.tb_lineno}:{code.co_name}")
        step = step.tb_next
    return places[-8:]


_LINES = Lines()
configure()  # so that no process ever logs in the library's own, talkative way
log: Any = structlog.get_logger()
