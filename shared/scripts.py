"""Text that looks right on one machine and is wrong on all others: Zawgyi instead of Unicode Burmese."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _detector() -> Any:
    from myanmartools import ZawgyiDetector

    return ZawgyiDetector()


def is_zawgyi(text: str) -> bool:
    """Whether Burmese text is, by its letters, almost certainly in the old Zawgyi encoding."""
    if not any("\u1000" <= c <= "\u109f" for c in text):
        return False
    return bool(_detector().get_zawgyi_probability(text) > 0.95)
