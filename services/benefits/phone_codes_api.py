"""Her own word by a code on her phone, over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.domain.phone_code import PhoneCode
from services.benefits.usecases import phone_codes
from services.benefits.views.claim_page import DECIDES
from shared import facts
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()


@doors.api("POST", "/v1/claims/<uuid:claim_id>/phone-codes", roles=DECIDES, gives=s.PhoneCodeOut, status=201)
def ask(act: Act, claim_id: UUID) -> Any:
    """Have a code sent to the person's phone, with the last digits of the account money would go to."""
    return _shown(phone_codes.ask(act, str(claim_id)))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/phone-codes/answer",
    roles=DECIDES,
    takes=s.PhoneCodeIn,
    gives=s.PhoneCodeOut,
    status=201,
)
def answer(act: Act, claim_id: UUID, body: dict[str, Any]) -> Any:
    """What she said is typed. A wrong code is counted, and the answer says that nothing is confirmed."""
    return _shown(answered(act, str(claim_id), body["code"]))


@doors.api("GET", "/v1/phone-codes/<uuid:code_id>/message-facts", roles=("service:notifications",))
def message_facts(act: Act, code_id: UUID) -> Any:
    """What her message says: the code, and where money would go; for notifications only."""
    code = store.phone_codes.get(act, str(code_id))
    viewed(code.person_id)
    person = store.persons.get(act, code.person_id)
    # A code that asks about a number goes to that number or nowhere.
    if not code.is_open(act.now) or (code.claim_id is None and code.phone != person.phone):
        raise Problem(410, "gone")
    payee = store.persons.payee(act, code.person_id)
    office = store.places.office(act, person.office_id)
    said = {
        "code_id": code.id,
        "code": pages.service().keys.digits(code.purpose),
        "account": payee.number[-4:] if payee is not None and payee.id == code.payee_id else None,
        "office": office.phone,
    }
    return facts.given("phone_code", said)


def answered(act: Act, claim_id: str, typed: str) -> PhoneCode:
    """The code of a claim after somebody typed what she said. Raises `PhoneCodeRefused`, `NotHere`."""
    claim = store.claims.get(act, claim_id)
    viewed(claim.person_id)
    code = phone_codes.open_code(act, claim.id)
    return phone_codes.answer(act, code, right=pages.service().keys.fits(code.purpose, typed))


def _shown(code: PhoneCode) -> dict[str, Any]:
    return {
        "id": code.id,
        "claim_id": code.claim_id,
        "asked_at": code.asked_at,
        "tries": code.tries,
        "confirmed": code.confirmed_at is not None,
    }
