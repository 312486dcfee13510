"""The code by which a person starts a claim on her phone; for notifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import store
from services.benefits.institution import institution
from shared import facts
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()


@doors.api("GET", "/v1/starts/<uuid:start_id>/message-facts", roles=("service:notifications",))
def message_facts(act: Act, start_id: UUID) -> Any:
    """What the message with her code says; for notifications only."""
    start = store.own_starts.get(act, str(start_id))
    if start.person_id is None or not start.is_open(act.now):
        raise Problem(410, "gone")
    viewed(start.person_id)
    # The message may leave hours after it was asked for: a number written meanwhile is not the one she is known by.
    if store.phone_codes.goes_to_a_new_number(act, start.person_id, institution().account_rest_days):
        raise Problem(410, "gone")
    office = store.places.office(act, store.persons.get(act, start.person_id).office_id)
    code = pages.service().keys.digits(start.purpose)
    return facts.given("start", {"start_id": start.id, "code": code, "office": office.phone})
