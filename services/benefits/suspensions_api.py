"""The API of suspensions: payments still to come that wait, on a ground of the law (C102 art. 69)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas, store
from services.benefits import suspension_schemas as s
from services.benefits.domain.suspension import Ended
from services.benefits.usecases import grounds, suspensions
from services.benefits.views import letter_facts
from services.benefits.views.claim_page import DECIDES, DESK
from shared import facts
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Answer, Doors
from shared.web.problems import invalid

doors = Doors()


@doors.api("GET", "/v1/claims/<uuid:claim_id>/suspension-grounds", roles=(*DESK, "auditor"), gives=s.GroundsOut)
def list_grounds(act: Act, claim_id: UUID) -> Any:
    """On which grounds the law lets the payments of a claim be suspended; none where it is known to have none."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    return {"items": grounds.grounds(act, claim)}


@doors.api("GET", "/v1/claims/<uuid:claim_id>/suspensions", roles=(*DESK, "auditor"), gives=s.SuspensionsOut)
def list_suspensions(act: Act, claim_id: UUID) -> Any:
    """All suspensions that were ever asked for on a claim, the oldest first."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    return {"items": store.suspensions.of_claim(act, claim.id)}


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/suspensions",
    roles=DECIDES,
    takes=s.SuspensionIn,
    gives=s.SuspensionOut,
    status=201,
    conditional=True,
)
def propose_suspension(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Ask that the payments still to come be suspended from a day on; a second person confirms."""
    asked = suspensions.propose(act, str(claim_id), if_match, **body)
    return Answer(asked, headers={"Location": f"/v1/claims/{claim_id}/suspensions"})


def _seen(act: Act, suspension_id: UUID) -> str:
    found = store.suspensions.get(act, str(suspension_id))
    viewed(store.claims.get(act, found.claim_id).person_id)
    return found.id


@doors.api("POST", "/v1/suspensions/<uuid:suspension_id>/confirmation", roles=("supervisor",), gives=s.SuspensionOut)
def confirm_suspension(act: Act, suspension_id: UUID) -> Any:
    """The second person confirms: nothing of it leaves from now on."""
    return suspensions.confirm(act, _seen(act, suspension_id))


@doors.api(
    "POST",
    "/v1/suspensions/<uuid:suspension_id>/return",
    roles=("supervisor",),
    takes=s.SuspensionWordsIn,
    gives=s.SuspensionOut,
)
def give_suspension_back(act: Act, suspension_id: UUID, body: dict[str, Any]) -> Any:
    """The second person does not agree; nothing waits."""
    return suspensions.give_back(act, _seen(act, suspension_id), body["words"])


@doors.api(
    "POST",
    "/v1/suspensions/<uuid:suspension_id>/look",
    roles=DECIDES,
    takes=s.SuspensionLaterIn,
    gives=s.SuspensionOut,
)
def look_again_later(act: Act, suspension_id: UUID, body: dict[str, Any]) -> Any:
    """Somebody has looked: it goes on, and is looked at again on another day."""
    return suspensions.look_later(act, _seen(act, suspension_id), body["look_again_on"], body["words"])


@doors.api(
    "POST",
    "/v1/suspensions/<uuid:suspension_id>/lifting",
    roles=DECIDES,
    takes=s.SuspensionLiftIn,
    gives=s.SuspensionOut,
)
def lift_suspension(act: Act, suspension_id: UUID, body: dict[str, Any]) -> Any:
    """The ground did not hold, and all that waits is paid; or it held on some days, and the claim is decided again."""
    id_, held = _seen(act, suspension_id), body["held"]
    if body["ended"] == Ended.HELD:
        return suspensions.settle(act, id_, held, body["words"])
    if held is not None:
        raise invalid(("#/held", "not_allowed"))
    return suspensions.lift(act, id_, body["words"])


def _code_of(purpose: str) -> str:
    return pages.service().keys.digits(purpose)


@doors.api(
    "GET",
    "/v1/suspensions/<uuid:suspension_id>/letter-facts",
    roles=("service:notifications",),
    gives=schemas.Anything,
)
def suspension_facts(act: Act, suspension_id: UUID) -> Any:
    """All that stands in the letter about a suspension, or about its end."""
    return Answer(facts.given("suspension_letter", letter_facts.suspension(act, str(suspension_id), _code_of)))
