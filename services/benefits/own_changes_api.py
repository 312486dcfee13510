"""What a person is told of a change that she asked for herself; for notifications."""

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


@doors.api("GET", "/v1/own-changes/<uuid:change_id>/message-facts", roles=("service:notifications",))
def message_facts(act: Act, change_id: UUID) -> Any:
    """What her message says: the last digits of what is to come, with the code while it is awaited, or its day; for
    notifications only."""
    change = store.own_changes.get(act, str(change_id))
    viewed(change.person_id)
    if not change.waits and not change.awaits_code(act.now):
        raise Problem(410, "gone")
    rest = institution().account_rest_days
    if not change.waits and store.phone_codes.goes_to_a_new_number(act, change.person_id, rest):
        raise Problem(410, "gone")  # the code goes to the number that was known when she asked, or nowhere
    office = store.places.office(act, store.persons.get(act, change.person_id).office_id)
    said = {
        "change_id": change.id,
        "what": change.what.value,
        "ending": change.ending,
        "code": None if change.waits else pages.service().keys.digits(change.purpose),
        "due_on": change.due_on.isoformat() if change.due_on else None,
        "office": office.phone,
    }
    return facts.given("own_change", said)
