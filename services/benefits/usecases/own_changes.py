"""Another phone or account that a person asks for herself: her code, the waiting time, and then it is written as hers.

Locks are taken in one order: her claims, she, what she asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.own_change import OPEN, OwnChange, OwnChangeRefused, OwnChangeState, What, answered, ended
from services.benefits.domain.person import Person
from services.benefits.domain.phone_code import MOST_ASKED
from services.benefits.institution import institution
from services.benefits.usecases import people
from services.benefits.usecases.accounts import worker_of
from services.benefits.usecases.claims import tell
from shared.act import Act, Actor
from shared.jobs import post_job
from shared.reading.identifiers import read_account, read_phone
from shared.web.texts import N_

#: Why the person's history names no paper.
BY_HERSELF = N_("asked for by herself, with a code on her phone")
ON_HER_PAGE = N_("asked for by herself, on her page")
#: The message that tells of what is coming.
COMING = "own_change_coming"
#: Why nothing came of what she had asked for, in words that she and the desk read.
MEANWHILE = N_("The phone or the account was changed otherwise meanwhile.")
NOT_TOLD = N_("The message that told of it did not reach the phone.")
NOT_POSSIBLE = N_("It is no longer possible; come to the office.")


def refused(act: Act, claim: Claim) -> str | None:
    """Why she must come to the office for it, as a code of `OwnChangeRefused`; none where she need not. The phone must
    be known, as old as an account has to be, and she alive."""
    person = store.persons.of_claim(act, claim.person_id)
    if person.deceased_on or person.death_reported_on or person.erased_on:
        return "not_possible"
    rest = institution().account_rest_days
    number = store.phone_codes.number(act, claim, rest)
    if not number.known:
        return "no_phone"
    # The number may be as old as her registration, never older.
    new = number.new or act.today - store.own_changes.known_since(act, person.id) < timedelta(days=rest)
    return "phone_too_new" if new else None


def ask(act: Act, claim_id: str, what: What, form: Mapping[str, str]) -> OwnChange:
    """She asks for another phone or account; a code goes to the phone that is known now. What she asked for before and
    has not confirmed falls away. Raises `OwnChangeRefused`, `CannotBe`."""
    claim = store.claims.get(act, claim_id)
    person = store.persons.to_change(act, claim.person_id, None)
    if (why := refused(act, claim)) is not None:
        raise OwnChangeRefused(why)
    said = _said(act, person, what, form)
    waiting = [one for one in store.own_changes.open_ones(act, person.id, lock=True) if one.what is what]
    if any(one.waits for one in waiting):
        raise OwnChangeRefused("one_waits")
    if store.own_changes.asked_since(act, person.id, act.now - timedelta(days=1)) >= MOST_ASKED:
        raise OwnChangeRefused("asked_too_often")
    for one in waiting:
        _end(act, one, OwnChangeState.DROPPED)
    payee = store.persons.payee(act, person.id)
    change = OwnChange(
        act.new_id(),
        claim.id,
        person.id,
        what,
        said,
        payee.id if payee else None,
        OwnChangeState.ASKED,
        act.now,
        act.today,
    )
    store.own_changes.add(act, change)
    tell(act, "benefits.own_change.asked", claim, change.id, {"change_id": change.id, "what": what})
    return change


def _said(act: Act, person: Person, what: What, form: Mapping[str, str]) -> dict[str, str]:
    """What she wrote, as it is kept: the number of a phone, or an account or wallet in her own name. Raises
    `CannotBe`."""
    country = institution().country
    if what is What.PHONE:
        phone = people.read("#/phone", read_phone, form.get("phone", ""), country)
        if not phone:
            raise people.CannotBe("#/phone", "required")
        if phone == person.phone:
            raise people.CannotBe("#/phone", "as_now")
        return {"phone": phone}
    kind, bank = form.get("kind", ""), form.get("bank", "").strip()[:60]
    if kind not in ("bank", "wallet"):
        raise people.CannotBe("#/kind", "unknown_word")
    if not bank:
        raise people.CannotBe("#/bank", "required")
    typed = form.get("number", "").strip()
    if not typed:
        raise people.CannotBe("#/number", "required")
    wallet = kind == "wallet"
    if wallet:
        number = people.read("#/number", read_phone, typed, country)
    else:
        number = people.read("#/number", read_account, typed, institution().digits_at(bank))
    payee = store.persons.payee(act, person.id)
    if payee is not None and (payee.kind, payee.bank, payee.number) == (kind, bank, number):
        raise people.CannotBe("#/number", "as_now")
    return {"kind": kind, "bank": bank, "number": number or "", "holder": person.latin}


def open_change(act: Act, claim: Claim, id_: str) -> OwnChange:
    """What she asked for, locked, she before it. Raises `OwnChangeRefused`."""
    store.persons.lock(act, claim.person_id)
    found = next((c for c in store.own_changes.open_ones(act, claim.person_id, lock=True) if c.id == id_), None)
    if found is None:
        raise OwnChangeRefused("none_open")
    return found


def confirm(act: Act, claim: Claim, change: OwnChange, *, right: bool) -> OwnChange:
    """Her code was typed: a wrong one is counted; a right one begins the waiting time, and her phone hears what is
    coming. Raises `OwnChangeRefused`."""
    wait = institution().own_change_wait_days
    after = answered(change, right=right, now=act.now, today=act.today, wait_days=wait)
    store.own_changes.save(act, change, after)
    if after.waits and after.due_on is not None:
        post_job(act, "own_change_due", after.id, {"change_id": after.id}, on=after.due_on)
        about = {"change_id": after.id, "what": after.what, "due_on": after.due_on.isoformat()}
        tell(act, "benefits.own_change.announced", claim, after.id, about)
    return after


def stop(act: Act, person_id: PersonId, id_: str, why: str | None = None) -> OwnChange:
    """She stops it, or the desk does with a reason that she reads. Raises `OwnChangeRefused`."""
    if act.actor.kind != "worker" and not why:
        raise OwnChangeRefused("required")
    store.persons.lock(act, person_id)
    found = next((c for c in store.own_changes.open_ones(act, person_id, lock=True) if c.id == id_), None)
    if found is None:
        raise OwnChangeRefused("none_open")
    return _end(act, found, OwnChangeState.STOPPED, why)


def not_told(act: Act, person_id: PersonId) -> None:
    """The message that says what is coming did not reach her phone: nothing is changed behind her back."""
    store.persons.lock(act, person_id)
    for one in store.own_changes.open_ones(act, person_id, lock=True):
        if one.waits:
            _end(act, one, OwnChangeState.STOPPED, NOT_TOLD)


def take_effect(act: Act, id_: str) -> bool:
    """Its day has come: it is written as hers, unless it was stopped, or somebody changed the same meanwhile. False
    while the message that tells of it has not reached her phone: nothing is changed behind her back, and after
    `own_change_patience_days` nothing comes of it."""
    asked = store.own_changes.get(act, id_)
    claims = store.claims.every(act, asked.person_id, lock=True)
    store.persons.lock(act, asked.person_id)
    change = store.own_changes.get(act, id_, lock=True)
    claim = next((one for one in claims if one.id == change.claim_id), None)
    if not change.waits or claim is None or change.due_on is None:
        return True
    began = change.due_on - timedelta(days=institution().own_change_wait_days)
    if not store.questions.was_told(act, change.person_id, COMING, began):
        if act.today < change.due_on + timedelta(days=institution().practice.own_change_patience_days):
            return False
        _end(act, change, OwnChangeState.STOPPED, NOT_TOLD)
        return True
    hers = replace(act, actor=worker_of(claim))
    if (why := _hindered(hers, change, claim)) is not None:
        _end(act, change, OwnChangeState.STOPPED, why)
        return True
    if change.what is What.PHONE:
        people.correct_person(hers, change.person_id, None, why=BY_HERSELF, phone=change.said["phone"])
    else:
        said = change.said
        people.change_payee(
            hers,
            change.person_id,
            kind=said["kind"],
            bank=said["bank"],
            number=said["number"],
            holder=said["holder"],
            why=BY_HERSELF,
        )
    _end(hers, change, OwnChangeState.DONE)
    return True


def _hindered(act: Act, change: OwnChange, claim: Claim) -> str | None:
    code = refused(act, claim)
    payee = store.persons.payee(act, change.person_id)
    other_account = change.what is What.PAYEE and (payee.id if payee else None) != change.payee_id
    if other_account or code in ("phone_too_new", "no_phone"):
        return MEANWHILE
    return NOT_POSSIBLE if code is not None else None


def _end(act: Act, change: OwnChange, state: OwnChangeState, why: str | None = None) -> OwnChange:
    by: Actor = act.actor
    after = ended(change, state, by=by.id, name=by.name or by.id, today=act.today, why=why)
    store.own_changes.save(act, change, after)
    return after


def waiting(act: Act, claim_id: ClaimId) -> list[OwnChange]:
    """What of the person of a claim waits for its day."""
    person_id = store.claims.get(act, claim_id).person_id
    return [one for one in store.own_changes.of_person(act, person_id) if one.waits and one.state in OPEN]
