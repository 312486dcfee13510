"""The numbers of a year: counted by a job, because they are read from end to end, and kept until somebody asks anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.statistics import Spent, Year, whole
from services.benefits.gateways.neighbours import NeighbourAway, Neighbours
from services.benefits.institution import institution
from shared import jobs
from shared.act import HEAD_OFFICE, Act
from shared.jobs import JobHandler, JobRun, Later

COUNT = "count_statistics"
FIRST_YEAR = 2000
#: Numbers that are older than this are counted anew when somebody looks.
FRESH = timedelta(hours=12)


def ask(act: Act, year: int) -> tuple[datetime, dict[str, Any]] | None:
    """The numbers of a year as they were counted last; none before the first time. What is missing or old is being
    counted from now on."""
    found = store.statistics.kept(act, year)
    if found is None or (found[0] < act.now - FRESH and year >= act.today.year - 1):
        jobs.post_job(act, COUNT, f"{year} {act.now:%Y%m%d%H}", {"year": year})
    return found


def of_office(body: dict[str, Any], office: str | None) -> dict[str, Any]:
    """What somebody of an office may know: the numbers of her own office and those below it together."""
    found: dict[str, Any] = body["offices"].get(office or HEAD_OFFICE, {})
    return found


def is_head(office: str | None) -> bool:
    """Whether somebody reads the numbers of the whole institution."""
    return office in (None, HEAD_OFFICE)


def jobs_for(neighbours: Neighbours) -> dict[str, JobHandler]:
    """The job, which asks payments what was spent: money is counted from the ledger and nowhere else."""

    def count(run: JobRun) -> Later | None:
        year = int(run.payload["year"])
        try:
            spent = {ClaimId(id_): row for id_, row in neighbours.expenditure(year)}
        except NeighbourAway as away:
            return Later(timedelta(seconds=20), reason=str(away))
        with run.begin() as act:
            store.statistics.keep(act, year, act.now, count_year(act, year, spent))
        return None

    return {COUNT: count}


def count_year(act: Act, year: int, spent: dict[ClaimId, Spent]) -> dict[str, Any]:
    """The numbers of a year by office, with the whole of the ledger beside them; `elsewhere` is what was spent on
    claims that are not here, which is nothing where all is well."""
    counted, known = Year(year), set[ClaimId]()
    for who, month in store.statistics.insured(act, year):
        counted.insured(who, month)
    for claim in store.statistics.claims(act, year):
        known.add(claim.id)
        counted.claim(claim, spent.get(claim.id))
    for appealed in store.statistics.appeals(act, year):
        counted.appeal(*appealed)
    for found in store.statistics.overpaid(act, year):
        counted.overpaid(*found)
    for promised in store.statistics.promised(act, year):
        counted.promised(*promised)
    return {
        "year": year,
        "currency": institution().currency,
        "offices": counted.numbers(),
        "ledger": whole(spent.values()),
        "elsewhere": whole(row for id_, row in spent.items() if id_ not in known),
    }
