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

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment fell, in the institution's zone; in the sandbox the day that was played then."""
        if self.sandbox_file is None or not self.sandbox_file.exists():
            return moment.astimezone(self.zone).date()
        if moment.timestamp() >= self.sandbox_file.stat().st_mtime or not self._played.exists():
            return self.today()
        played = [line.split() for line in self._played.read_text().splitlines()]
        before = [day for at, day in played if datetime.fromisoformat(at) <= moment]
        return date.fromisoformat(before[-1] if before else played[0][1])

    @property
    def _played(self) -> Path:
        """Which day began to be played when, line by line."""
        return (self.sandbox_file or Path("clock")).with_suffix(".played")

    def move_to(self, day: date) -> None:
        """Set the sandbox's day. Raises `ClockRunsForward`, and `RuntimeError` outside the sandbox."""
        if self.sandbox_file is None:
            raise RuntimeError("there is no sandbox clock here")
        if self.sandbox_file.exists() and day < self.today():
            raise ClockRunsForward(day.isoformat())
        with self._played.open("a") as played:
            if played.tell() == 0 and self.sandbox_file.exists():
                began = datetime.fromtimestamp(self.sandbox_file.stat().st_mtime, UTC)
                played.write(f"{began.isoformat()} {self.today()}\n")
            played.write(f"{self.now().isoformat()} {day}\n")
        fresh = self.sandbox_file.with_suffix(".new")
        fresh.write_text(day.isoformat())
        fresh.replace(self.sandbox_file)
