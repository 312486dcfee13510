"""The queue, and whose task a claim is: taken, given back, given to a colleague, laid aside; and what is looked at
afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits import store
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.sample import SampleCannot
from services.benefits.domain.task import Order, TaskCannot
from services.benefits.usecases import samples, tasks
from services.benefits.views import control, lists
from services.benefits.views import task as task_view
from services.benefits.views.claim_page import DECIDES, LOOK
from services.benefits.views.shown import Words, show
from shared.act import Act
from shared.reading.days import DateNotRead, read_date
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()


@doors.page("/desk", roles=LOOK)
def queue(act: Act) -> Any:
    """What waits and for whom; the part and the order looked at last are kept."""
    kept = request.cookies.get("queue", "").partition(".")
    wanted, order = request.args.get("show", kept[0]), request.args.get("order", kept[2])
    by = Order(order) if order in set(Order) else Order.AGE
    typed = request.args.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
    page, named = lists.queue(act, wanted, by, number)
    viewed(*named)
    answer = Response(show("queue.html", page), content_type=pages.HTML)
    answer.set_cookie("queue", f"{page.wanted}.{by}", httponly=True, samesite="Lax", path="/desk")
    return answer


@doors.page("/desk/claims/<uuid:claim_id>/task", roles=DECIDES)
def task_page(act: Act, claim_id: UUID) -> Any:
    """Who has this claim, and what can be done with it."""
    return _page(act, str(claim_id), {}, {})


def _page(act: Act, claim_id: str, form: dict[str, str], wrong: dict[str, str | Words]) -> Response:
    claim = store.claims.get(act, claim_id)
    viewed(claim.person_id)
    page = task_view.part(act, claim, typed=form, wrong=wrong)
    shown = show("task.html", page, claim=claim, person=store.persons.get(act, claim.person_id))
    return Response(shown, 422 if wrong else 200, content_type=pages.HTML)


@doors.page("/desk/claims/<uuid:claim_id>/task", method="POST", roles=DECIDES)
def move(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Take it, give it back, give it to a colleague, lay it aside, take it up again."""
    id_, do, why = ClaimId(str(claim_id)), form.get("do", ""), form.get("task_why", "").strip() or None
    try:
        if why is not None and len(why) > 300:
            raise TaskCannot("too_long", "task_why")
        if do == "take":
            tasks.take(act, id_, why)
        elif do == "give_back":
            tasks.give_back(act, id_, why)
        elif do == "give":
            tasks.give(act, id_, form.get("to", ""), why)
        elif do == "rest":
            until = read_date(form.get("rests_until", "")[:40], act.today, pages.language())
            tasks.lay_aside(act, id_, until, why)
        elif do == "resume":
            tasks.resume(act, id_)
        else:
            raise Problem(422, "content_invalid")
    except DateNotRead as unread:
        return _page(act, id_, form, {"rests_until": dict(unread.text)})
    except TaskCannot as cannot:
        said = task_view.cannot(cannot.code)
        return _page(act, id_, form, {cannot.field or "task_why": said if said is not None else cannot.code})
    back = form.get("back", "")
    return pages.go("/desk" if back == "queue" else f"/desk/claims/{id_}/task")


@doors.page("/desk/control", roles=("supervisor", "auditor"))
def control_page(act: Act) -> Any:
    """Decisions that were drawn to be looked at, and what was found in others."""
    page, named = control.page(act, {}, {})
    viewed(*named)
    return show("control.html", page)


@doors.page("/desk/control/<uuid:decision_id>", method="POST", roles=("supervisor", "auditor"))
def looked_at(act: Act, decision_id: UUID, form: dict[str, str]) -> Any:
    """What somebody found who had no hand in a decision."""
    why = form.get("sample_why", "").strip()
    try:
        if len(why) > 500:
            raise SampleCannot("too_long", "sample_why")
        samples.look(act, str(decision_id), form.get("found", ""), why)
    except SampleCannot as cannot:
        said = task_view.cannot(cannot.code)
        wrong = {cannot.field or "sample_why": said if said is not None else cannot.code}
        page, named = control.page(act, form | {"decision": str(decision_id)}, wrong)
        viewed(*named)
        return Response(show("control.html", page), 422, content_type=pages.HTML)
    return pages.go("/desk/control")
