"""A person's name and particulars are erased at her request: asked for at the counter, told to her beforehand, done by
a second person once nothing is open. What must stay (decisions, money, audit) names her by a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.benefits import store
from services.benefits.domain.erasure import Erasure, ErasureState, NotErasable, code_of
from services.benefits.domain.ids import PersonId
from services.benefits.domain.person import Person
from services.benefits.institution import institution
from services.benefits.store.persons import PersonErased
from shared import messaging, retention
from shared.act import Act


def ask(act: Act, person_id: str, *, why: str) -> Erasure:
    """Ask for it in the name of a person of the asker's office; `why` says who asked and on what paper. She is told by
    message where she has a claim and a telephone. One that is asked for already stays as it is.

    Raises `NotErasable` while something is open, `PersonErased`, `store.NotHere`.
    """
    person = _free(act, person_id)
    for known in store.erasures.of_person(act, person.id):
        if known.state is ErasureState.ASKED:
            return known
    name = act.actor.name or act.actor.id
    not_before = act.today + timedelta(days=institution().erasure_notice_days)
    made = Erasure(act.new_id(), person.id, ErasureState.ASKED, why, act.actor.id, name, act.now, act.today, not_before)
    store.erasures.add(act, made)
    latest = max(store.claims.every(act, person.id), key=lambda claim: claim.number, default=None)
    if latest is not None:
        about = {"claim_id": latest.id, "claim_number": latest.number, "not_before": not_before.isoformat()}
        _tell(act, "benefits.person.erasure_asked", person, **about)
    return made


def _free(act: Act, person_id: str) -> Person:
    """The person, locked, claims before persons as everywhere. Raises `NotErasable`, `PersonErased`."""
    store.claims.every(act, PersonId(person_id), lock=True)
    person = store.persons.to_change(act, person_id, None)
    if reasons := store.erasures.hindrances(act, person.id):
        raise NotErasable(*reasons)
    return person


def _tell(act: Act, type_: str, person: Person, **more: str) -> None:
    about = {"person_id": person.id, "office_id": person.office_id, **more}
    messaging.post(act, type_, subject=person.id, person=person.id, data=about)


def _asked(act: Act, person_id: str, erasure_id: str) -> Erasure:
    found = store.erasures.get(act, erasure_id, lock=True)
    if found.person_id != person_id:
        raise store.NotHere("erasure")
    if found.state is not ErasureState.ASKED:
        raise NotErasable(found.state)
    return found


def _ended(act: Act, found: Erasure, state: ErasureState) -> Erasure:
    name = act.actor.name or act.actor.id
    after = replace(found, state=state, ended_by=act.actor.id, ended_name=name, ended_on=act.today)
    return store.erasures.save(act, found, after)


def withdraw(act: Act, person_id: str, erasure_id: str) -> Erasure:
    """It is taken back: the person does not want it any more, or it cannot be. Raises `NotErasable`."""
    person = store.persons.get(act, person_id, lock=True)
    return _ended(act, _asked(act, person.id, erasure_id), ErasureState.WITHDRAWN)


def release(act: Act, person_id: str, erasure_id: str) -> Erasure:
    """A second person erases, once the days since she was told are over; the other services hear of it. Raises
    `NotErasable` (also `same_person`, `too_early`)."""
    person = _free(act, person_id)
    found = _asked(act, person.id, erasure_id)
    if found.asked_by == act.actor.id:
        raise NotErasable("same_person")
    if act.today < found.not_before:
        raise NotErasable("too_early")
    _erase(act, person)
    ended = _ended(act, found, ErasureState.ERASED)
    _tell(act, "benefits.person.erased", person)
    return ended


def _erase(act: Act, person: Person) -> None:
    retention.allow(act)
    store.erasures.remove_claims(act, store.erasures.never_decided(act, person.id))
    store.erasures.remove_particulars(act, person.id)
    without = replace(
        person,
        name=code_of(person.id),
        name_latin=None,
        sex=None,
        born_on=None,
        phone=None,
        address=(),
        address_doubted_on=None,
        erased_on=act.today,
        version=person.version + 1,
    )
    store.persons.save(act, person, without)


def erase_again(act: Act, person_id: PersonId) -> None:
    """After a restore that brought her name back: others had heard that it was erased."""
    try:
        person = store.persons.to_change(act, person_id, None)
    except (PersonErased, store.NotHere):
        return
    _erase(act, person)
