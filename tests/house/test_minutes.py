"""`make test` says what it cost, and fails where pytest fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

STORY = """
import subprocess, sys
def test_something() -> None:
    busy = "import time\\nwhile time.process_time() < 1: pass"
    # the parent does not wait: like a server that outlives it
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}])"
    subprocess.run([sys.executable, "-c", parent], check=True)
    assert %s
"""


def cost(folder: Path, holds: bool) -> tuple[int, float]:
    test = folder / "test_story.py"
    test.write_text(STORY % holds)
    done = subprocess.run(
        [sys.executable, "-m", "tests.minutes", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(test)],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    (said,) = re.findall(r"CPU: ([\d.]+) minutes", done.stdout)
    return done.returncode, float(said) * 60


def test_the_exit_code_is_pytest_s(tmp_path: Path) -> None:
    code, seconds = cost(tmp_path, holds=True)
    assert code == 0
    if sys.platform == "linux":
        assert seconds >= 1, "a server that outlived its parent is counted"
    assert cost(tmp_path, holds=False)[0] == 1
