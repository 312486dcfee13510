"""The daily look at the days on which money was promised: over and not kept, or none of the bank's any more."""

from __future__ import annotations

from services.benefits import store
from services.benefits.institution import institution
from services.benefits.usecases import awards
from shared.act import Act
from shared.jobs import JobRun, Later, post_job

JOB = "look_at_promises"


def post(act: Act) -> None:
    """Ask for the look of the day."""
    post_job(act, JOB, key=act.today.isoformat())


def look(run: JobRun) -> Later | None:
    """Each claim in a transaction of its own. A look that is repeated finds nothing new."""
    with run.begin() as act:
        bank = institution().pay_days.bank
        closed = [day for day in store.promises.days(act) if day >= act.today and not bank.is_open(day)]
        found = store.promises.to_look_at(act, closed)
    for id_ in found:
        with run.begin() as act:
            store.claims.known(act, id_, lock=True)
            awards.look_at_promises(act, id_)
    return None
