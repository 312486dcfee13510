"""Once a day: a run for everything that is due."""

from __future__ import annotations

from datetime import timedelta

from services.payments.usecases import runs
from services.payments.usecases.outside import Outside
from shared.bank_days import bank_days
from shared.jobs import JobRun


def draft_due(job: JobRun, out: Outside) -> list[str]:
    """Draft the runs of everything due by the pay day that is prepared today. Returns their ids.

    Where pay days that fall on a closed day move forward, what is due over a weekend goes on the day before it.
    """
    calendar = bank_days()
    with job.begin() as act:
        return runs.draft_runs(act, calendar.due_until(act.today + timedelta(days=out.institution.lead_days)))
