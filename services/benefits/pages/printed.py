"""What the desk prints at once: the receipt of a claim, and the institution's own form to be signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from services.benefits import store
from services.benefits.usecases import claims
from services.benefits.views import asked as asking
from services.benefits.views import claim_form, claim_page
from services.benefits.views.claim_page import LOOK
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()


@doors.page("/desk/claims/<uuid:claim_id>/acknowledgement", roles=LOOK)
def acknowledgement(act: Act, claim_id: UUID) -> Any:
    """The receipt, printed at the counter at once."""
    found = store.claims.get(act, str(claim_id))
    viewed(found.person_id)
    picture, office = claims.picture(act, found), store.places.office(act, found.office_id)
    person = store.persons.get(act, found.person_id)
    pages.speak(request.args.get("lang") or person.language)
    return show(
        "acknowledgement.html",
        claim_page.view(act, found, picture),
        person=person,
        office=office,
        missing=asking.missing(found, picture.assessment),
        asked=asking.asked(found, office, picture.assessment),
        public_url=pages.service().settings.public_url,
    )


@doors.page("/desk/claims/<uuid:claim_id>/form", roles=LOOK)
def printed_form(act: Act, claim_id: UUID) -> Any:
    """The institution's own claim form with what is known, to be signed: in the person's language."""
    found = store.claims.get(act, str(claim_id))
    viewed(found.person_id)
    person = store.persons.get(act, found.person_id)
    pages.speak(request.args.get("lang") or person.language)
    return show("claim_form.html", claim_form.page(act, found, person))
