"""Processor time of a whole house: its services, its database, its broker and what plays the world outside.

Waits say more about who else is on the machine; processor time says what a change costs. Beside it stands the time of
a bare loop, so that two machines can be compared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.journeys.processes import House

ADDITIONS = 10_000_000
#: What stands in for the world outside; its cost is not ours.
OUTSIDE = ("pretend", "deploy.embedded.run", "deploy.embedded.proxy")
#: Ended processes are counted by whoever waited for them; a process may end between list and look.
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied)


def bare_loop() -> float:
    """Seconds of processor time of ten million additions in a loop."""
    began, total = time.process_time(), 0
    for number in range(ADDITIONS):
        total += number
    return time.process_time() - began


def _name(process: psutil.Process) -> str:
    """The part of the house that a process is: `payments worker`, `database`, `broker`, `outside`."""
    words = process.cmdline()
    said = " ".join(words)
    if any(one in said for one in OUTSIDE):
        return "outside"
    if "postgres" in process.name():
        return "database"
    if "beam" in process.name() or "rabbitmq" in said or "erl_child" in said or "epmd" in said:
        return "broker"
    for at, word in enumerate(words):
        if word.endswith(".app") and at + 1 < len(words):
            return f"{word.split('.')[-2]} {words[at + 1]}"
        if ".app:" in word:
            return f"{word.split('.')[-2]} web"
    return "outside"


def _spent(house: House) -> dict[int, tuple[str, float]]:
    """Seconds of each process of the house until now."""
    roots = [house.process.pid] if house.process is not None else []
    found: dict[int, tuple[str, float]] = {}
    pids = set(roots)
    for process in psutil.process_iter():
        try:
            if str(house.folder) in " ".join(process.cmdline()) or process.pid in roots:
                pids |= {process.pid} | {child.pid for child in process.children(recursive=True)}
        except _GONE:
            continue
    for pid in pids:
        try:
            process = psutil.Process(pid)
            times = process.cpu_times()
            found[pid] = (_name(process), times.user + times.system)
        except _GONE:
            continue
    return found


@contextmanager
def spending(house: House) -> Iterator[dict[str, float]]:
    """Seconds of processor time that each part of the house spent within the block; without what is outside."""
    before = _spent(house)
    spent: dict[str, float] = {}
    yield spent
    for pid, (name, seconds) in _spent(house).items():
        if name != "outside":
            own = seconds - (before[pid][1] if pid in before else 0.0)
            spent[name] = spent.get(name, 0.0) + own
