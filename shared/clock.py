"""The only place that asks what time it is. Doors call it; nothing below them does.

In the sandbox a file holds the day that is played; outside it the file is not configured and
the real day in the institution's time zone counts.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo


class ClockRunsForward(ValueError):
    """The sandbox clock cannot be set back: what fell due has happened."""


class Clock:
    """Now in UTC and today in the institution's zone; today is the sandbox's day where there is one."""

    def __init__(self, zone: str = "Asia/Vientiane", sandbox_file: Path | None = None) -> None:
        self.zone = ZoneInfo(zone)
        self.sandbox_file = sandbox_file

    @classmethod
    def from_environment(cls) -> Clock:
        file = os.environ.get("SANDBOX_CLOCK")
        return cls(os.environ.get("TIME_ZONE", "Asia/Vientiane"), Path(file) if file else None)

    @property
    def is_sandbox(self) -> bool:
        return self.sandbox_file is not None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        if self.sandbox_file is not None and self.sandbox_file.exists():
            return date.fromisoformat(self.sandbox_file.read_text().strip())
        return self.now().astimezone(self.zone).date()

    def move_to(self, day: date) -> None:
        """Set the sandbox's day. Raises `ClockRunsForward`, and `RuntimeError` outside the sandbox."""
        if self.sandbox_file is None:
            raise RuntimeError("there is no sandbox clock here")
        if self.sandbox_file.exists() and day < self.today():
            raise ClockRunsForward(day.isoformat())
        fresh = self.sandbox_file.with_suffix(".new")
        fresh.write_text(day.isoformat())
        fresh.replace(self.sandbox_file)
