"""The jobs that put together what is kept about a person: they ask the other services."""

from __future__ import annotations

from datetime import timedelta

from services.benefits import store
from services.benefits.gateways.neighbours import DOORS, NeighbourAway, Neighbours
from services.benefits.usecases import exports
from services.benefits.views.export_page import read_page
from shared.jobs import JobHandler, JobRun, Later


def jobs_for(neighbours: Neighbours) -> dict[str, JobHandler]:
    """Handlers by kind of job. A copy waits for all services: half of it would be no answer."""

    def collect(run: JobRun) -> Later | None:
        with run.begin() as act:
            export = store.kept.export(act, run.payload["export_id"])
            told = {"benefits": exports.own(act, export.person_id)}
        try:
            told |= {service: neighbours.kept_about(service, export.person_id) for service in DOORS}
        except NeighbourAway as away:
            return Later(timedelta(minutes=1), reason=str(away))
        page = read_page(told, export.language, run.clock.today())
        content = exports.packed(told, page, run.clock.now())
        with run.begin() as act:
            exports.ready(act, export.id, content)
        return None

    def forget(run: JobRun) -> Later | None:
        with run.begin() as act:
            exports.forget(act, run.payload["export_id"])
        return None

    return {exports.COLLECT: collect, exports.FORGET: forget}
