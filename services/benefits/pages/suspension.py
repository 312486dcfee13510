"""The doors to the desk's page of suspended payments."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.domain.decision import SamePerson
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.suspension import SuspensionRefused
from services.benefits.pages.desk import seen_alike
from services.benefits.usecases import suspensions
from services.benefits.usecases.claims import FactsInvalid
from services.benefits.views import suspension as view
from services.benefits.views.claim_page import DECIDES, LOOK
from services.benefits.views.shown import show
from shared.act import Act
from shared.period import Period
from shared.reading.days import DateNotRead, read_date
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()


def _shown(page: view.SuspensionPage) -> str:
    viewed(page.claim.person_id)
    seen_alike(page.head)
    return show("suspension.html", page)


@doors.page("/desk/claims/<uuid:claim_id>/suspension", roles=LOOK)
def suspension(act: Act, claim_id: UUID) -> Any:
    """Whether the payments of a claim are suspended, on which ground, and who looks again when."""
    return _shown(view.page(act, store.claims.get(act, str(claim_id))))


@doors.page("/desk/claims/<uuid:claim_id>/suspension", roles=DECIDES, method="POST")
def decide(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Ask for it, confirm, give back, lift, settle, or look again later."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    words = form.get("words", "").strip()[:2000] or None
    try:
        if form.get("do") == "propose":
            suspensions.propose(
                act,
                claim.id,
                int(form["version"]) if form.get("version", "").isdecimal() else None,
                ground=form.get("ground", ""),
                first_day=_day(act, form, "first_day"),
                words=words,
                look_again_on=_day(act, form, "look_again_on"),
            )
        else:
            _moved(act, claim.id, form, words)
    except SuspensionRefused as refused:
        page = view.page(act, claim, form, {refused.field or "do": refused.code})
        return Response(_shown(page), 422, content_type=pages.HTML)
    except FactsInvalid as invalid:
        page = view.page(act, claim, form, {"held_to": invalid.errors[0]["code"]})
        return Response(_shown(page), 422, content_type=pages.HTML)
    except SamePerson:
        raise Problem(403, "same_person") from None
    return pages.go(f"/desk/claims/{claim_id}/suspension")


def _moved(act: Act, claim_id: ClaimId, form: dict[str, str], words: str | None) -> None:
    """What is done with the suspension that the form names. Raises `SuspensionRefused`."""
    live = next((s for s in store.suspensions.of_claim(act, claim_id) if s.id == form.get("suspension", "")), None)
    if live is None:
        raise SuspensionRefused("decided_already")
    match form.get("do"):
        case "confirm" | "give_back" if not act.actor.has("supervisor"):
            raise Problem(403, "not_your_task")
        case "confirm":
            suspensions.confirm(act, live.id)
        case "give_back":
            suspensions.give_back(act, live.id, words)
        case "lift":
            suspensions.lift(act, live.id, words)
        case "settle":
            first, last = _day(act, form, "held_from"), _day(act, form, "held_to")
            if first is not None and last is None:
                raise SuspensionRefused("required", "held_to")
            if first is not None and last is not None and last < first:
                raise SuspensionRefused("before_the_first_day", "held_to")
            suspensions.settle(act, live.id, Period(first, last) if first and last else None, words)
        case "look_later":
            suspensions.look_later(act, live.id, _day(act, form, "look_again_on"), words)
        case _:
            raise Problem(400, "unreadable")


def _day(act: Act, form: dict[str, str], name: str) -> date | None:
    """A day as it was typed. Raises `SuspensionRefused`."""
    try:
        return read_date(form.get(name, "")[:40], act.today, pages.language())
    except DateNotRead:
        raise SuspensionRefused("not_a_date", name) from None
