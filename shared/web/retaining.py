"""Each service's page of what it keeps for how long: what a look found, who asked that it goes, and who released it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared import retention
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.parked import CALLED
from shared.web.problems import Problem, not_found, wrong_state

#: Who asks and who releases; who sees it, `pages.SEES_STOPPED` says.
JUDGES = ("administrator", "supervisor")

TRANSLATIONS = {
    retention.NotNow: lambda fault: not_found() if str(fault) == "unknown" else wrong_state(str(fault)),
    retention.SamePerson: lambda fault: Problem(403, "same_person"),
}


def doors_of(name: str) -> Doors:
    """The doors of a service's page of what it keeps."""
    doors = Doors()
    home = f"/parked/{name}/retention"

    @doors.page(home, roles=pages.SEES_STOPPED)
    def kept(act: Act) -> Any:
        """How long each kind of data is kept, and what is older."""
        keeps = pages.service().keeps
        return pages.render(
            "retention.html",
            name=name,
            called=CALLED,
            keeps=keeps,
            names={kind.code: kind.name for kind in keeps.kinds},
            reports=retention.reports(act.connection),
            home=home,
        )

    @doors.page(f"{home}/look", method="POST", roles=JUDGES)
    def look(act: Act, form: dict[str, str]) -> Any:
        """Look now, instead of at the beginning of the next month; nothing is erased."""
        retention.look(act, pages.service().keeps.kinds)
        return pages.go(home)

    @doors.page(f"{home}/<uuid:report_id>/ask", method="POST", roles=JUDGES)
    def ask(act: Act, report_id: UUID, form: dict[str, str]) -> Any:
        """Ask that what a report lists goes."""
        retention.ask(act, str(report_id))
        return pages.go(home)

    @doors.page(f"{home}/<uuid:report_id>/release", method="POST", roles=JUDGES)
    def release(act: Act, report_id: UUID, form: dict[str, str]) -> Any:
        """A second person releases it: it is erased, a little at a time."""
        retention.release(act, str(report_id))
        return pages.go(home)

    return doors
