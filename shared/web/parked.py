"""Each service's page of parked messages and failed jobs: nothing waits unseen, a named person decides."""

from __future__ import annotations

from typing import Any

from shared import jobs, messaging
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import wrong_state


def doors_of(name: str) -> Doors:
    """The doors of a service's parked page; its payload carries ids, amounts and codes, never who somebody is."""
    doors = Doors()
    home = f"/parked/{name}"

    @doors.page(home, roles=("administrator", "auditor"))
    def parked(act: Act) -> Any:
        """Messages and jobs that wait for a person."""
        rows = messaging.parked(act.connection)
        return pages.render(
            "parked.html", name=name, rows=rows, failed=jobs.failed_jobs(pages.service().engine), home=home
        )

    @doors.page(f"{home}/judge", method="POST", roles=("administrator",))
    def judge(act: Act, form: dict[str, str]) -> Any:
        """Retry or discard a message; retry a job."""
        if form.get("job", "").isdecimal():
            done = jobs.retry_job(act, int(form["job"]))
        else:
            done = messaging.judge_parked(
                act, form.get("source", ""), form.get("event", ""), retry=form.get("do") == "retry"
            )
        if not done:
            raise wrong_state("not_parked")
        return pages.go(home)

    return doors
