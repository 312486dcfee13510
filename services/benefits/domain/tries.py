"""Tries to come in are spaced for whoever makes them, so that a stranger's guesses never lock the owner out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: The first wait; each further failure doubles it, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
#: Failures are forgotten when nothing failed for so long.
FORGOTTEN_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Tries:
    """Failures of one source at one name, or at all names together; `key` is a digest that names nobody."""

    key: str
    failures: int
    last_at: datetime
    rests_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and now < self.rests_until

    def failed(self, now: datetime, free: int) -> Tries:
        """After another failure; the first `free` cost no wait."""
        failures = 1 if now - self.last_at > FORGOTTEN_AFTER else self.failures + 1
        beyond = min(failures - free, 12)
        wait = None if beyond < 0 else now + min(FIRST_WAIT * 2**beyond, LONGEST_WAIT)
        return replace(self, failures=failures, last_at=now, rests_until=wait)

    def eased(self) -> Tries:
        """After somebody of the same source came in: people who share an address mistype now and then."""
        return replace(self, failures=max(0, self.failures - 10), rests_until=None)
