"""Somebody new at the desk: who she could be already, where she belongs, and her first facts in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.ids import EmployerId, OfficeId, PersonId
from services.benefits.domain.person import Person, PersonChangeKind
from services.benefits.domain.transfer import Transfer, TransferState
from services.benefits.institution import institution
from services.benefits.usecases import people
from shared.act import Act
from shared.money import Money
from shared.period import Month
from shared.reading.days import DateNotRead, not_after, read_date
from shared.reading.identifiers import read_identifier, read_phone


class AlreadyAsked(ValueError):
    """She was asked over already, and the answer is awaited."""


class OwnPerson(ValueError):
    """She belongs to the asker's office."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What was said of her at the desk. `wages` are months with what was declared; `paid` whether a receipt was
    seen."""

    name: str
    latin: str | None = None
    sex: str | None = None
    born_on: date | None = None
    numbers: Sequence[Mapping[str, Any]] = ()
    phone: str | None = None
    language: str | None = None
    address: Sequence[str] = ()
    insured_as: str = "employee"
    insured_since: date | None = None
    employer: EmployerId | None = None
    hired_on: date | None = None
    pay: str | None = None
    wages: Sequence[tuple[Month, Money]] = ()
    paid: bool = False
    account: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CouldBe:
    """A person whom she could be: `why` of sounds, born, phone, employer."""

    person: Person
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody of another office: its number or her name and day of birth say so; nothing else of her is told."""

    person_id: PersonId
    office: OfficeId
    by_number: bool


class LooksLike(ValueError):
    """She could be somebody who is known; who registers her looks first."""

    def __init__(self, alike: Sequence[CouldBe], others: Sequence[Elsewhere]) -> None:
        super().__init__("could be somebody known")
        self.alike, self.others = alike, others


def search(act: Act, text: str, most: int = 20) -> list[Person]:
    """Persons of the asker's office by number, claim, phone or name; where there are none, born on this day, working
    for the employer with this number, or with a name that sounds like it."""
    found = store.persons.find(act, text, most)
    if found:
        return found
    try:
        day = read_date(text[:40], act.today)
    except DateNotRead:
        day = None
    if day is not None and day < act.today:
        return [h.person for h in store.alike.here(act, store.alike.born_on(day), most=most)]
    employer = store.places.employer_with(act, text.strip())
    if employer is not None:
        return [h.person for h in store.alike.here(act, store.alike.working_for(employer), most=most)]
    words = store.alike.heard(act, text)
    return [h.person for h in store.alike.here(act, store.alike.sounding(act, words), most=most)] if words else []


def could_be(act: Act, new: Newcomer) -> list[CouldBe]:
    """Whom of this office she could be, the likeliest first: a name that sounds the same; or one word of it, with the
    same day of birth or the same employer; or the same telephone. They are shown, never merged."""
    words = store.alike.heard(act, new.latin or new.name)
    ways = [store.alike.sounding(act, words)] if words else []
    ways += [store.alike.born_on(new.born_on)] if new.born_on else []
    ways += [store.alike.called_on(new.phone)] if new.phone else []
    if new.employer is not None and words:
        ways.append(store.alike.working_for(new.employer) & store.alike.sounding(act, words[:1]))
    theirs = {h.person.id: h for way in ways for h in store.alike.here(act, way)}
    found = [CouldBe(h.person, _why(act, new, h, words)) for h in theirs.values()]
    return sorted((one for one in found if one.why), key=lambda one: (-len(one.why), one.person.search))[:8]


def _why(act: Act, new: Newcomer, heard: store.alike.Heard, words: Sequence[str]) -> tuple[str, ...]:
    person, same = heard.person, sum(word in heard.sounds for word in words)
    signs = {
        "sounds": bool(words) and same == len(words),
        "born": bool(same) and new.born_on is not None and person.born_on == new.born_on,
        "phone": bool(new.phone and person.phone) and (person.phone or "")[-8:] == (new.phone or "")[-8:],
        "employer": bool(same) and new.employer in {job.employer_id for job in store.persons.jobs(act, person.id)},
    }
    return tuple(name for name, holds in signs.items() if holds)


def elsewhere(act: Act, new: Newcomer) -> list[Elsewhere]:
    """Where else she may belong: by each number exactly, by name (as it sounds) and day of birth."""
    found: dict[PersonId, Elsewhere] = {}
    for one in new.numbers:
        known = store.persons.with_identifier(act, one["scheme"], one["value"])
        if known is not None and not store.persons.some(act, [known]):
            found[known] = Elsewhere(known, store.alike.office_of_person(act, known), by_number=True)
    words = store.alike.heard(act, new.latin or new.name)
    if new.born_on is not None and words:
        for id_, office in store.alike.elsewhere(act, words, new.born_on):
            found.setdefault(id_, Elsewhere(id_, office, by_number=False))
    return list(found.values())


def read_newcomer(act: Act, new: Newcomer) -> Newcomer:
    """What was said, in the form in which it is kept. Raises `people.CannotBe`."""
    numbers = [
        {**one, "value": people.read(f"#/identifiers/{n}/value", read_identifier, one["value"], one["scheme"])}
        for n, one in enumerate(new.numbers)
    ]
    phone = people.read("#/phone", read_phone, new.phone, institution().country) if new.phone else None
    if new.born_on is not None:
        people.read("#/born_on", not_after, new.born_on, act.today)
    return replace(new, numbers=numbers, phone=phone)


def register(act: Act, new: Newcomer, seen: Sequence[str]) -> PersonId:
    """Register her with her work, first months and account. `seen` are those whom she could be and is not, as who
    registers her has said. Wages count as declared, and as paid only where a receipt was seen.

    Raises `people.AlreadyKnown`, `people.CannotBe`, `LooksLike`.
    """
    alike = [one for one in could_be(act, new) if one.person.id not in seen]
    others = [one for one in elsewhere(act, new) if one.by_number or one.person_id not in seen]
    if alike or others:
        raise LooksLike(alike, others)
    id_ = people.register_person(
        act,
        office_id=act.actor.office or "",
        name=new.name,
        name_latin=new.latin,
        sex=new.sex,
        born_on=new.born_on,
        phone=new.phone,
        language=new.language,
        identifiers=new.numbers,
        address=new.address,
        insured_as=new.insured_as,
        insured_since=new.insured_since,
    )
    if new.employer is not None and new.hired_on is not None:
        people.record_employment(act, id_, new.employer, new.hired_on, pay=new.pay)
    for month, wage in new.wages:
        people.record_contribution(act, id_, month, wage, paid=new.paid, employer_id=new.employer)
    if new.account:
        kind, bank, number, holder = (new.account.get(name, "") for name in ("kind", "bank", "number", "holder"))
        people.change_payee(act, id_, kind=kind, bank=bank, number=number, holder=holder)
    return id_


# --- from one office to another ----------------------------------------------------------------


def ask_over(act: Act, person_id: str, *, why: str) -> Transfer:
    """Ask the office that a person belongs to for her. Raises `OwnPerson`, `AlreadyAsked`, `store.NotHere`."""
    id_ = PersonId(person_id)
    holds = store.alike.office_of_person(act, id_)
    if not holds:
        raise store.NotHere("person")
    if store.persons.some(act, [id_]):
        raise OwnPerson
    store.persons.lock(act, id_)
    if store.transfers.open_for(act, id_) is not None:
        raise AlreadyAsked
    name, to = act.actor.name or act.actor.id, OfficeId(act.actor.office or "")
    asked = Transfer(act.new_id(), id_, holds, to, why, act.actor.id, name, act.today)
    store.transfers.add(act, asked)
    return asked


def answer_transfer(act: Act, transfer_id: str, *, given: bool, why: str) -> Transfer:
    """The office she belongs to gives her over with all her claims, or says why not. Orders and letters that are under
    way stay where they were made. Raises `store.NotHere`, `AlreadyAsked` where it was answered already."""
    asked = store.transfers.to_answer(act, transfer_id)
    if asked.state is not TransferState.ASKED:
        raise AlreadyAsked
    answered = replace(
        asked,
        state=TransferState.GIVEN if given else TransferState.REFUSED,
        answered_by=act.actor.id,
        answered_name=act.actor.name or act.actor.id,
        answered_on=act.today,
        answer=why,
    )
    store.transfers.save(act, asked, answered)
    if given:
        _give(act, answered, why)
    return answered


def _give(act: Act, asked: Transfer, why: str) -> None:
    theirs = store.claims.every(act, asked.person_id, lock=True)  # claims before persons, as everywhere
    for claim in theirs:
        store.claims.save(act, claim, replace(claim, office_id=asked.to_office), "office", why)
        store.tasks.forget(act, claim.id)
        store.samples.move(act, claim.id, asked.to_office)
    person = store.persons.to_change(act, asked.person_id, None)
    moved = replace(person, office_id=asked.to_office)
    before, said = {"office": asked.from_office}, {"office": asked.to_office}
    people.change(act, person, moved, PersonChangeKind.OFFICE, why, before=before, said=said)
