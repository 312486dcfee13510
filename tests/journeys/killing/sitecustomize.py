"""Lets a test kill a process at a named point: on the PYTHONPATH of processes under test, nowhere in the product.

KILL_POINTS lists functions, `module:function`, comma-separated. KILL_FILE names a file; while it holds
`process-name module:function before|after`, the first such call in a process whose command line contains the
words of the process name removes the file and ends its own process with SIGKILL.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from types import ModuleType
from typing import Any

_FILE = os.environ.get("KILL_FILE", "")
_POINTS: dict[str, set[str]] = {}
for _point in filter(None, os.environ.get("KILL_POINTS", "").split(",")):
    _module, _, _function = _point.partition(":")
    _POINTS.setdefault(_module, set()).add(_function)


def _armed(point: str, when: str) -> bool:
    try:
        with open(_FILE) as file:
            who, what, moment = file.read().split()
    except (OSError, ValueError):
        return False
    mine = " ".join(getattr(sys, "orig_argv", sys.argv))
    return what == point and moment == when and all(word in mine for word in who.split("+"))


def _die() -> None:
    try:
        os.rename(_FILE, f"{_FILE}.done")  # exactly one process dies of it
    except OSError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _mortal(point: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _armed(point, "before"):
            _die()
        result = function(*args, **kwargs)
        if _armed(point, "after"):
            _die()
        return result

    return call


class _Loader(importlib.abc.Loader):
    def __init__(self, inner: importlib.abc.Loader) -> None:
        self.inner = inner

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self.inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self.inner.exec_module(module)
        for path in _POINTS[module.__name__]:
            holder = module
            *owners, name = path.split(".")
            for owner in owners:
                holder = getattr(holder, owner)
            setattr(holder, name, _mortal(f"{module.__name__}:{path}", getattr(holder, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in _POINTS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


if _FILE and _POINTS:
    sys.meta_path.insert(0, _Finder())
