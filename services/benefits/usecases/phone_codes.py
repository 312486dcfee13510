"""Her own word by a code on her phone: asked for by an officer, sent by notifications, typed by who hears it."""

from __future__ import annotations

from datetime import timedelta

from services.benefits import store
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.phone_code import MOST_ASKED, PhoneCode, PhoneCodeRefused, answered
from services.benefits.institution import institution
from services.benefits.usecases import no_claim
from services.benefits.usecases.claims import tell
from services.benefits.usecases.weighing import weigh_later
from shared.act import Act


def ask(act: Act, claim_id: str) -> PhoneCode:
    """Have a code sent to the person of a claim, saying where the money would go. Raises `PhoneCodeRefused`."""
    claim = store.claims.to_change(act, claim_id, None)
    refused = store.phone_codes.number(act, claim, institution().account_rest_days).says_nothing
    if refused is not None:
        raise PhoneCodeRefused(refused)
    if store.phone_codes.asked_since(act, claim.id, act.now - timedelta(days=1)) >= MOST_ASKED:
        raise PhoneCodeRefused("asked_too_often")
    payee = store.persons.payee(act, claim.person_id)
    by = act.actor
    code = PhoneCode(
        act.new_id(), claim.id, claim.person_id, payee.id if payee else None, by.id, by.name or by.id, act.now
    )
    store.phone_codes.add(act, code)
    tell(act, "benefits.phone_code.asked", claim, code.id, {"code_id": code.id})
    return code


def open_code(act: Act, claim_id: ClaimId) -> PhoneCode:
    """The code that may be answered, locked. Raises `PhoneCodeRefused`."""
    found = store.phone_codes.latest(act, claim_id, lock=True)
    if found is None:
        raise PhoneCodeRefused("none_open")
    return found


def answer(act: Act, code: PhoneCode, *, right: bool) -> PhoneCode:
    """What she said was typed: a wrong code is counted, a right one stands. Raises `PhoneCodeRefused`."""
    by = act.actor
    after = answered(code, right=right, by=by.id, name=by.name or by.id, now=act.now)
    store.phone_codes.save(act, code, after)
    if right:
        claim = store.claims.present(act, code.claim_id)
        if claim.waits is not None and claim.waits.reason == no_claim.CONFIRM:
            no_claim.confirm(act, claim.id)
        else:
            weigh_later(act, claim)
    return after
