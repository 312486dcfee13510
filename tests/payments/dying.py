"""A process that sends a run, checks it, or reads a statement, and dies by SIGKILL before its n-th commit.

python -m tests.payments.dying URL FOLDER WHAT ID N
What it handed to the bank is written to `handed` in the folder before anything else happens.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from sqlalchemy import event

from services.payments.domain import run as rules
from services.payments.gateways.bank import Receipt
from services.payments.institution import institution
from services.payments.usecases import checking, reading, sending
from services.payments.usecases.outside import Outside
from shared import database
from shared.clock import Clock
from shared.jobs import JobRun
from tests.payments.pay_day import AtOnce, Everybody


class Remembers(AtOnce):
    """A bank whose books are a file."""

    def __init__(self, books: Path) -> None:
        super().__init__()
        self.books = books

    def submit(self, message_id: str, file: bytes) -> Receipt:
        with self.books.open("a") as books:
            books.write(message_id + "\n")
            books.flush()
            os.fsync(books.fileno())
        (self.books.parent / f"{message_id}.xml").write_bytes(file)
        return super().submit(message_id, file)


def main() -> None:
    url, name, what, own, last = sys.argv[1:]
    folder, commits = Path(name), count(1)
    rules.PART, rules.TOGETHER, checking.NOTED_TOGETHER, reading.TOGETHER = 4, 3, 3, 3
    engine = database.connect(url)

    @event.listens_for(engine, "commit")
    def die(_: object) -> None:
        if next(commits) == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

    clock = Clock(sandbox_file=folder / "clock")
    out = Outside(Remembers(folder / "handed"), Everybody(), institution())
    job = JobRun(engine, clock, "payments", 0, "test", "", {}, clock.today(), 0, "")
    match what:
        case "check":
            checking.check_run(job, out, own)
        case "send":
            sending.send_run(job, out, own)
        case "read":
            reading.read_file(job, out, (folder / own).read_bytes(), gateway=out.bank)


if __name__ == "__main__":
    main()
