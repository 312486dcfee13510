"""Structured logs: one JSON object a line, with trace and claim number, never a name, number or diagnosis."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import structlog


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
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
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


configure()  # so that no process ever logs in the library's own, talkative way
log: Any = structlog.get_logger()
