"""Everything about one decision, and how much there is to decide: for who supervises and who audits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from services.benefits.views import decision_file, workload
from services.benefits.views.shown import show
from shared.act import Act
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()
#: Who reads every decision as it was; who also reads who looked, and takes it away as a file.
READS = ("officer", "supervisor", "auditor")
ANSWERS = ("supervisor", "auditor")


@doors.page("/desk/decisions/<uuid:decision_id>", roles=READS)
def decision_page(act: Act, decision_id: UUID) -> Any:
    """A decision as it was made: what was known, what followed, who had a hand in it, who looked."""
    page, person = decision_file.page(act, str(decision_id))
    viewed(person, page.claim.id)
    return show("decision_file.html", page, sees_looks=act.actor.has(*ANSWERS))


@doors.page("/desk/decisions/<uuid:decision_id>.json", roles=ANSWERS)
def decision_as_file(act: Act, decision_id: UUID) -> Any:
    """The same as a file, for whoever examines it elsewhere."""
    page, person = decision_file.page(act, str(decision_id))
    viewed(person, page.claim.id)
    name = f"decision-{page.claim.number}-{page.decision.no}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = orjson.dumps(decision_file.told(act, str(decision_id)), option=orjson.OPT_INDENT_2)
    return Response(body, headers=headers, content_type="application/json")


@doors.page("/desk/workload", roles=ANSWERS)
def workload_page(act: Act) -> Any:
    """How much waits, with whom, how old it is, and how fast it goes."""
    return show("workload.html", workload.page(act))
