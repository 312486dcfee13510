"""A condition decided otherwise than the rules find it, with the provision it rests on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.usecases import overriding
from services.benefits.views import otherwise as drawn
from services.benefits.views.claim_page import DECIDES
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()
#: As long as the words may be.
MOST = {"basis": 300, "why": 1000}


@doors.page("/desk/claims/<uuid:claim_id>/otherwise", roles=DECIDES)
def otherwise_page(act: Act, claim_id: UUID) -> Any:
    """Which conditions may be decided otherwise, and which are."""
    return _page(act, str(claim_id), {}, {})


@doors.page("/desk/claims/<uuid:claim_id>/otherwise", method="POST", roles=DECIDES)
def decide_otherwise(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Decide one otherwise, or take that back; what follows from it stands on the page of the decision."""
    if taken_back := form.get("take_back", ""):
        word = f"back-{taken_back}"
        if wrong := _unsaid(form, {word: MOST["why"]}):
            return _page(act, str(claim_id), form, wrong)
        overriding.take_back(act, str(claim_id), None, taken_back, form[word].strip())
    else:
        finding, _, verdict = form.get("finding", "").rpartition(":")
        if wrong := _unsaid(form, {"finding": 200, **MOST}):
            return _page(act, str(claim_id), form, wrong)
        basis, why = form["basis"].strip(), form["why"].strip()
        overriding.override(act, str(claim_id), None, finding, met=verdict == "met", basis=basis, why=why)
    return pages.go(f"/desk/claims/{claim_id}/decide")


def _unsaid(form: dict[str, str], most: dict[str, int]) -> dict[str, str]:
    """The words that are missing or too long, each with its code."""
    said = {name: form.get(name, "").strip() for name in most}
    return {name: "too_long" if said[name] else "required" for name in most if not 0 < len(said[name]) <= most[name]}


def _page(act: Act, claim_id: str, form: dict[str, str], wrong: dict[str, str]) -> Response:
    claim = store.claims.get(act, claim_id)
    viewed(claim.person_id)
    view = drawn.page(act, claim, typed=form, wrong=wrong)
    return Response(show("otherwise.html", view), 422 if wrong else 200, content_type=pages.HTML)
