"""The doors to the desk's page of an annulled decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.domain.annulment import AnnulmentRefused
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import SamePerson
from services.benefits.pages.desk import seen_alike
from services.benefits.usecases import annulments
from services.benefits.views import annulment_page as view
from services.benefits.views.claim_page import DECIDES, LOOK
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()


def _shown(page: view.AnnulmentPage) -> str:
    viewed(page.claim.person_id)
    seen_alike(page.head)
    return show("annulment.html", page)


@doors.page("/desk/claims/<uuid:claim_id>/annulment", roles=LOOK)
def annulment(act: Act, claim_id: UUID) -> Any:
    """Whether the decision on a claim was annulled, on which ground, what stood before and what after."""
    return _shown(view.page(act, store.claims.get(act, str(claim_id))))


@doors.page("/desk/claims/<uuid:claim_id>/annulment", roles=DECIDES, method="POST")
def decide(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Ask for it, confirm, give back, decide on an objection to it, or look at the claim anew."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    try:
        _done(act, claim, form)
    except AnnulmentRefused as refused:
        page = view.page(act, claim, form, {refused.field or "do": refused.code})
        return Response(_shown(page), 422, content_type=pages.HTML)
    except SamePerson:
        raise Problem(403, "same_person") from None
    if form.get("do") == "decide_anew":
        return pages.go(f"/desk/claims/{claim_id}")
    return pages.go(f"/desk/claims/{claim_id}/annulment")


def _done(act: Act, claim: Claim, form: dict[str, str]) -> None:
    """What is done, with the annulment that the form names. Raises `AnnulmentRefused`."""
    version = int(form["version"]) if form.get("version", "").isdecimal() else None
    words = form.get("words", "").strip()[:2000] or None
    if form.get("do") == "propose":
        basis = form.get("basis", "").strip()[:300] or None
        annulments.propose(act, claim.id, version, ground=form.get("ground", ""), basis=basis, words=words)
        return
    if form.get("do") == "decide_anew":
        annulments.decide_anew(act, claim.id, version, words)
        return
    live = next((a for a in store.annulments.of_claim(act, claim.id) if a.id == form.get("annulment", "")), None)
    if live is None:
        raise AnnulmentRefused("decided_already")
    if not act.actor.has("supervisor"):
        raise Problem(403, "not_your_task")
    match form.get("do"):
        case "confirm":
            annulments.confirm(act, live.id)
        case "give_back":
            annulments.give_back(act, live.id, words)
        case "objection":
            reasons = form.get("reasons", "").strip()[:2000] or None
            annulments.decide(act, live.id, form.get("outcome", ""), reasons)
        case _:
            raise Problem(400, "unreadable")
