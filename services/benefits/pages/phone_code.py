"""At the desk: a code is sent to her phone, for a claim or to confirm the number, and what she says is typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import store
from services.benefits.domain.ids import PersonId
from services.benefits.domain.phone_code import PhoneCodeRefused
from services.benefits.pages.desk import seen_alike
from services.benefits.phone_codes_api import answered
from services.benefits.usecases import phone_codes
from services.benefits.views import phone_code as view
from services.benefits.views.claim_page import DECIDES, DESK
from services.benefits.views.shown import show
from shared.act import Act
from shared.reading.letters import plain_digits
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()


@doors.page("/desk/claims/<uuid:claim_id>/phone-code", method="POST", roles=DECIDES)
def ask(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Have a code sent."""
    phone_codes.ask(act, str(claim_id))
    return pages.go(f"/desk/claims/{claim_id}#phone")


@doors.page("/desk/claims/<uuid:claim_id>/phone-code/answer", method="POST", roles=DECIDES)
def answer(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Type what she said; the page says whether it was right."""
    answered(act, str(claim_id), _typed(form))
    return pages.go(f"/desk/claims/{claim_id}#phone")


def _typed(form: dict[str, str]) -> str:
    return plain_digits(form.get("code", "")).replace(" ", "")[:8]


# --- the number itself ---------------------------------------------------------------------------


@doors.page("/desk/persons/<uuid:person_id>/phone", roles=DESK)
def number(act: Act, person_id: UUID) -> Any:
    """Whether her number is confirmed, and the code that confirms it."""
    page = view.number_page(act, store.persons.get(act, str(person_id)))
    viewed(page.person.id)
    seen_alike(page.head)
    return show("phone_check.html", page)


@doors.page("/desk/persons/<uuid:person_id>/phone/code", method="POST", roles=DESK)
def ask_on_number(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Have a code sent to the number; where none can be, the page says why."""
    try:
        phone_codes.ask_on_number(act, str(person_id))
    except PhoneCodeRefused:
        pass  # nothing was written; the page says where the number stands
    return pages.go(f"/desk/persons/{person_id}/phone")


@doors.page("/desk/persons/<uuid:person_id>/phone/answer", method="POST", roles=DESK)
def answer_on_number(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Type what she said: right, it goes on at the person; wrong, the page says how often it may be tried."""
    back = f"/desk/persons/{person_id}"
    try:
        code = phone_codes.open_on_number(act, PersonId(str(person_id)))
        right = pages.service().keys.fits(code.purpose, _typed(form))
        phone_codes.answer_on_number(act, code, right=right)
    except PhoneCodeRefused:
        return pages.go(f"{back}/phone")
    return pages.go(back if right else f"{back}/phone")
