"""Which operator takes the next message: the first, or the second after a bad minute of the first.

Each process judges by what it hears itself. A minute of nothing but failures sends the messages to the second
operator; from then on one message every few seconds tries the first again, and what it takes well is doubled step by
step until all is his again. A message that an operator may hold stays with that operator: this only chooses for
messages of which nobody holds anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.notifications.gateways.http_line import HttpLine
from services.notifications.gateways.line import FIRST, Answer, Line, LineDown, Verdict
from shared.logs import log

#: Only failures for so long, and so many: then the second operator takes over.
BAD_SECONDS, BAD_FAILURES = 60.0, 3
#: While the second stands in: how often the first is tried, and how long a share must go well before it is doubled.
TRY_SECONDS, STEP_SECONDS = 10.0, 15.0
FIRST_SHARE = 0.125


@dataclass
class _Health:
    """What this process knows of the first operator."""

    failing_since: float | None = None
    failures: int = 0
    #: The part of the messages that the first operator gets.
    share: float = 1.0
    changed_at: float = 0.0
    credit: float = 0.0


class Lines:
    """The operators in the order in which they are wanted; at least one. `time` is monotonic, in seconds."""

    def __init__(self, lines: Sequence[Line], now: Callable[[], float] = time.monotonic) -> None:
        self.lines = tuple(lines)
        self._now, self._lock, self._health = now, threading.Lock(), _Health()

    def named(self, name: str | None) -> Line | None:
        """The operator that has a message; none when it is not wired any more."""
        return next((line for line in self.lines if line.name == (name or FIRST)), None)

    def choose(self) -> Line:
        """A line that is ready for the next message. Raises `LineDown`."""
        wanted = self._wanted()
        try:
            wanted.ready()
        except LineDown:
            self._failed(wanted)
            if wanted is self.lines[0]:
                raise
            self.lines[0].ready()
            return self.lines[0]
        return wanted

    def again(self, line: Line) -> Line:
        """The same line, ready. Raises `LineDown`."""
        try:
            line.ready()
        except LineDown:
            self._failed(line)
            raise
        return line

    def heard(self, line: Line, answers: Sequence[Answer]) -> None:
        """What an operator answered counts for or against it. A refused number is an answer of a good operator."""
        verdicts = {answer.verdict for answer in answers} - {Verdict.NOT_SENT}
        if verdicts & {Verdict.TAKEN, Verdict.NEVER}:
            self._succeeded(line)
        elif verdicts:
            self._failed(line)

    def by_secret(self) -> dict[str, list[str]]:
        """Under which secrets each operator signs its call-backs."""
        return {line.name: line.secrets for line in self.lines if isinstance(line, HttpLine)}

    def keep(self) -> None:
        """Stay bound to all of them. Raises `LineDown` when one cannot be reached."""
        down: LineDown | None = None
        for line in self.lines:
            try:
                self.again(line)
            except LineDown as lost:
                down = lost
        if down is not None:
            raise down

    def close(self) -> None:
        for line in self.lines:
            line.close()

    # -- the health of the first ----------------------------------------------------------------------

    def _wanted(self) -> Line:
        if len(self.lines) == 1:
            return self.lines[0]
        with self._lock:
            health, now = self._health, self._now()
            if self._is_bad(now):
                self._give_away(now)
            if health.share == 0.0:
                if now - health.changed_at < TRY_SECONDS:
                    return self.lines[1]
                health.changed_at = now
                return self.lines[0]
            if health.share < 1.0 and health.failing_since is None and now - health.changed_at >= STEP_SECONDS:
                health.share, health.changed_at = min(1.0, health.share * 2), now
                log.info("sms_line_share", line=self.lines[0].name, share=health.share)
            health.credit += health.share
            if health.credit < 1.0:
                return self.lines[1]
            health.credit -= 1.0
            return self.lines[0]

    def _is_bad(self, now: float) -> bool:
        health = self._health
        return (
            health.failing_since is not None
            and health.share > 0.0
            and now - health.failing_since >= BAD_SECONDS
            and health.failures >= BAD_FAILURES
        )

    def _give_away(self, now: float) -> None:
        health = self._health
        health.share, health.credit, health.changed_at = 0.0, 0.0, now
        log.error("sms_line_taken_over", line=self.lines[0].name, by=self.lines[1].name)

    def _failed(self, line: Line) -> None:
        if line is not self.lines[0] or len(self.lines) == 1:
            return
        with self._lock:
            health, now = self._health, self._now()
            health.failures += 1
            if health.failing_since is None:
                health.failing_since = now
            if 0.0 < health.share < 1.0:  # on the way back one failure is enough
                self._give_away(now)

    def _succeeded(self, line: Line) -> None:
        if line is not self.lines[0] or len(self.lines) == 1:
            return
        with self._lock:
            health = self._health
            health.failing_since, health.failures = None, 0
            if health.share == 0.0:
                health.share, health.changed_at = FIRST_SHARE, self._now()
                log.info("sms_line_share", line=line.name, share=health.share)
