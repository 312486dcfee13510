"""The hours in which nobody is woken by a message about money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one hour of the day to another, where people live; over midnight when the end is the earlier one."""

    begin: time
    end: time
    zone: ZoneInfo

    @classmethod
    def read(cls, text: str, zone: ZoneInfo) -> QuietHours:
        """Such as 21:00-07:00. Raises `ValueError`."""
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError("quiet hours look like 21:00-07:00")
        first, first_minute, last, last_minute = (int(part) for part in found.groups())
        begin, end = time(first, first_minute), time(last, last_minute)
        if begin == end:
            raise ValueError("quiet hours begin and end at different times")
        return cls(begin, end, zone)

    def left(self, now: datetime) -> timedelta | None:
        """How long it stays quiet from this moment on; none when it is not quiet."""
        local = now.astimezone(self.zone)
        at = local.time()
        quiet = self.begin <= at < self.end if self.begin < self.end else at >= self.begin or at < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if at >= self.end else 0)
        return datetime.combine(day, self.end, self.zone).astimezone(now.tzinfo) - now
