"""A process that answers the rows of a file and dies by SIGKILL before its n-th commit.

python -m tests.benefits.dying FILE_ID N
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count

from sqlalchemy import event

from services.benefits import app, consumer
from shared.jobs import JobRun


def main() -> None:
    id_, last = sys.argv[1:]
    service, commits = app.make_service(), count(1)

    @event.listens_for(service.engine, "commit")
    def die(_: object) -> None:
        if next(commits) == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

    told = (service.engine, service.clock, service.name, 0, "take_import", id_, {"file_id": id_})
    consumer.take_import(JobRun(*told, service.clock.today(), 0, ""))


if __name__ == "__main__":
    main()
