"""At the desk: a code is sent to the person's phone, and what she says is typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits.phone_codes_api import ASKS, answered
from services.benefits.usecases import phone_codes
from shared.act import Act
from shared.reading.letters import plain_digits
from shared.web import pages
from shared.web.doors import Doors

doors = Doors()


@doors.page("/desk/claims/<uuid:claim_id>/phone-code", method="POST", roles=ASKS)
def ask(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Have a code sent."""
    phone_codes.ask(act, str(claim_id))
    return pages.go(f"/desk/claims/{claim_id}#phone")


@doors.page("/desk/claims/<uuid:claim_id>/phone-code/answer", method="POST", roles=ASKS)
def answer(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Type what she said; the page says whether it was right."""
    answered(act, str(claim_id), plain_digits(form.get("code", "")).replace(" ", "")[:8])
    return pages.go(f"/desk/claims/{claim_id}#phone")
