"""What docs/operations/threats.md says of tests is true: each one named there exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_test_that_the_threats_rest_on_exists() -> None:
    told = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/operations/threats.md").read_text(encoding="utf-8")))
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.M)
    }
    assert len(told) > 40
    assert told - there == set()
