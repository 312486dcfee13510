"""The API of annulments: decisions that should never have been made, and what was decided on objections to that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import annulment_schemas as s
from services.benefits import schemas, store
from services.benefits.usecases import annulments
from services.benefits.views import letter_facts
from services.benefits.views.claim_page import DECIDES, DESK
from shared import facts
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Answer, Doors

doors = Doors()


@doors.api("GET", "/v1/claims/<uuid:claim_id>/annulments", roles=(*DESK, "auditor"), gives=s.AnnulmentsOut)
def list_annulments(act: Act, claim_id: UUID) -> Any:
    """All annulments that were ever asked for on a claim, the oldest first."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    return {"items": store.annulments.of_claim(act, claim.id)}


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/annulments",
    roles=DECIDES,
    takes=s.AnnulmentIn,
    gives=s.AnnulmentOut,
    status=201,
    conditional=True,
)
def propose_annulment(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Ask that the decision that stands be annulled; a second person confirms."""
    asked = annulments.propose(act, str(claim_id), if_match, **body)
    return Answer(asked, headers={"Location": f"/v1/claims/{claim_id}/annulments"})


def _seen(act: Act, annulment_id: UUID) -> str:
    found = store.annulments.get(act, str(annulment_id))
    viewed(store.claims.get(act, found.claim_id).person_id)
    return found.id


@doors.api("POST", "/v1/annulments/<uuid:annulment_id>/confirmation", roles=("supervisor",), gives=s.AnnulmentOut)
def confirm_annulment(act: Act, annulment_id: UUID) -> Any:
    """The second person confirms: the decision counts no more."""
    return annulments.confirm(act, _seen(act, annulment_id))


@doors.api(
    "POST",
    "/v1/annulments/<uuid:annulment_id>/return",
    roles=("supervisor",),
    takes=s.AnnulmentWordsIn,
    gives=s.AnnulmentOut,
)
def give_annulment_back(act: Act, annulment_id: UUID, body: dict[str, Any]) -> Any:
    """The second person does not agree; the decision counts as before."""
    return annulments.give_back(act, _seen(act, annulment_id), body["words"])


@doors.api(
    "POST",
    "/v1/annulments/<uuid:annulment_id>/objection",
    roles=("supervisor",),
    takes=s.AnnulmentObjectionIn,
    gives=s.AnnulmentOut,
)
def decide_objection_to_annulment(act: Act, annulment_id: UUID, body: dict[str, Any]) -> Any:
    """Somebody who had no hand in it decides on the objection: the decision counts again, or stays annulled."""
    return annulments.decide(act, _seen(act, annulment_id), body["outcome"], body["reasons"])


def _code_of(purpose: str) -> str:
    return pages.service().keys.digits(purpose)


@doors.api(
    "GET",
    "/v1/annulments/<uuid:annulment_id>/letter-facts",
    roles=("service:notifications",),
    gives=schemas.Anything,
)
def annulment_facts(act: Act, annulment_id: UUID) -> Any:
    """All that stands in the letter about an annulment, or about an objection to it."""
    return Answer(facts.given("annulment_letter", letter_facts.annulment(act, str(annulment_id), _code_of)))
