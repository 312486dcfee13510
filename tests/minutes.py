"""Run pytest and say what it cost: the CPU minutes of the run and of everything it started.

    python -m tests.minutes -n auto ...     the arguments are pytest's, and so is the exit code

Counted is what the operating system tells of processes that have ended (RUSAGE_CHILDREN). On Linux servers that outlive
their parent come home to this process, so that they are counted too.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
#: What `make test` is to stay under, in CPU minutes.
MOST = 12
#: Seconds to wait for servers that are just ending; with none left nobody waits.
PATIENCE = 20.0


def take_in_orphans() -> None:
    """Become the parent of processes whose own parent has gone, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_for_the_rest(patience: float = PATIENCE) -> None:
    """Let started servers that are just ending be counted; what runs on after that is not."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if ended == 0:
            time.sleep(0.05)


def minutes() -> float:
    """CPU minutes, user and system, of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) / 60


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments; its exit code."""
    take_in_orphans()
    code = subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
    wait_for_the_rest()
    sys.stdout.write(f"CPU: {minutes():.2f} minutes, servers included (to stay under {MOST})\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
