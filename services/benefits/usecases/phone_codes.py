"""Her own word by a code on her phone: asked for at the desk, sent by notifications, typed by who hears it. A code for
a claim says that what was entered is right; one for no claim, that the number is hers."""

from __future__ import annotations

from datetime import timedelta

from services.benefits import store
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.person import PersonChangeKind
from services.benefits.domain.phone_code import MOST_ASKED, PhoneCode, PhoneCodeRefused, answered
from services.benefits.institution import institution
from services.benefits.usecases import no_claim, people
from services.benefits.usecases.claims import tell
from services.benefits.usecases.weighing import weigh_later
from shared import messaging
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
    if right and code.claim_id is not None:
        claim = store.claims.present(act, code.claim_id)
        if claim.waits is not None and claim.waits.reason == no_claim.CONFIRM:
            no_claim.confirm(act, claim.id)
        else:
            weigh_later(act, claim)
    return after


# --- the number itself ---------------------------------------------------------------------------


def ask_on_number(act: Act, person_id: str) -> PhoneCode:
    """Have a code sent to a person's number, so that whoever stands at the counter shows that it reaches her. Raises
    `PhoneCodeRefused`, `store.NotHere`, `store.PersonErased`."""
    person = store.persons.to_change(act, person_id, None)
    if not person.phone:
        raise PhoneCodeRefused("no_phone")
    if person.deceased_on or person.death_reported_on:
        raise PhoneCodeRefused("not_possible")
    if store.phone_codes.number_confirmed(act, person.id) is not None:
        raise PhoneCodeRefused("confirmed_already")
    if store.phone_codes.asked_on_number_since(act, person.id, act.now - timedelta(days=1)) >= MOST_ASKED:
        raise PhoneCodeRefused("asked_too_often")
    by = act.actor
    code = PhoneCode(act.new_id(), None, person.id, None, by.id, by.name or by.id, act.now, phone=person.phone)
    store.phone_codes.add(act, code)
    about = {"person_id": person.id, "office_id": person.office_id, "code_id": code.id}
    messaging.post(act.about(person.id), "benefits.phone_check.asked", subject=code.id, person=person.id, data=about)
    return code


def open_on_number(act: Act, person_id: PersonId) -> PhoneCode:
    """The code that a person may answer for the number she has now, she and it locked. Raises `PhoneCodeRefused`,
    `store.NotHere`, `store.PersonErased`."""
    person = store.persons.to_change(act, person_id, None)
    found = store.phone_codes.latest_on_number(act, person.id, lock=True)
    if found is None or found.phone != person.phone:
        raise PhoneCodeRefused("none_open")
    return found


def answer_on_number(act: Act, code: PhoneCode, *, right: bool) -> PhoneCode:
    """What she said was typed. Right, her number is confirmed: it is reached and not mistyped. That is never her word
    for a claim or an account. Raises `PhoneCodeRefused`."""
    after = answer(act, code, right=right)
    if right:
        person = store.persons.to_change(act, code.person_id, None)
        said = {"confirmed": code.phone, "asked_by": code.asked_name}
        people.change(act, person, person, PersonChangeKind.PHONE_CONFIRMED, None, said=said)
    return after
