"""Persons, employers, contributions, and where money goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import phonenumbers

from services.benefits import store
from services.benefits.domain.ids import EmployerId, OfficeId, PersonId
from services.benefits.domain.person import (
    Contribution,
    Employer,
    Identifier,
    Payee,
    Person,
    PersonChange,
    PersonChangeKind,
)
from services.benefits.institution import institution
from shared import messaging
from shared.act import Act
from shared.money import Money
from shared.period import FIRST_DAY, Month

#: What the desk may correct of a person by itself; names and days of birth come with papers and stay as registered.
DETAILS = ("address", "phone", "language")
#: How far ahead of today a month may be declared, by a file for the whole year.
MONTHS_AHEAD = 12
LANGUAGES = ("lo", "en", "vi", "th", "my")
REGIONS = {"la": "LA", "vn": "VN", "mm": "MM", "th": "TH", "xx": "LA"}


class AlreadyKnown(ValueError):
    """Somebody has this identifier; `person_id` says who."""

    def __init__(self, person_id: PersonId) -> None:
        super().__init__("identifier in use")
        self.person_id = person_id


class WrongCurrency(ValueError):
    """Wages are declared in the institution's currency."""


class MonthCannotBe(ValueError):
    """Nobody can have declared this month: it lies before the house's calendar or far ahead of today."""


class NothingDeclared(ValueError):
    """No wage of this month stands, so none can be taken back."""


class DeclaredByAnother(ValueError):
    """The institution itself declared this month; only it corrects that."""


class PhoneInvalid(ValueError):
    """Not a telephone number of the country, nor an international one."""


def phone_number(text: str | None, country: str) -> str | None:
    """E.164 of what was typed ("020 5561 4720"). Raises `PhoneInvalid`."""
    if not text or not text.strip():
        return None
    try:
        number = phonenumbers.parse(text, REGIONS.get(country, "LA"))
    except phonenumbers.NumberParseException:
        raise PhoneInvalid from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneInvalid
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def register_person(
    act: Act,
    *,
    office_id: str,
    name: str,
    name_latin: str | None = None,
    sex: str | None = None,
    born_on: date | None = None,
    phone: str | None = None,
    language: str = "lo",
    identifiers: Sequence[Mapping[str, Any]] = (),
    address: Sequence[str] = (),
    insured_as: str = "employee",
    insured_since: date | None = None,
    country: str = "la",
) -> PersonId:
    """Register an insured person in an office. Returns her id. Raises `AlreadyKnown`, `PhoneInvalid`."""
    numbers = [Identifier(i["scheme"], i["value"], bool(i.get("verified"))) for i in identifiers]
    for one in numbers:
        if (known := store.persons.with_identifier(act, one.scheme, one.value)) is not None:
            raise AlreadyKnown(known)
    person = Person(
        id=PersonId(act.new_id()),
        office_id=OfficeId(office_id),
        name=name,
        name_latin=name_latin,
        sex=sex,
        born_on=born_on,
        phone=phone_number(phone, country),
        language=language,
        address=tuple(address),
        insured_as=insured_as,
        insured_since=insured_since,
    )
    store.persons.add(act, person, numbers)
    return person.id


def register_employer(
    act: Act,
    *,
    office_id: str,
    number: str,
    name: str,
    name_latin: str | None = None,
    phone: str | None = None,
) -> EmployerId:
    """Register an employer; one that is known by its number is left as it is. Returns its id."""
    known = store.places.employer_with(act, number)
    if known is not None:
        return known
    new = Employer(EmployerId(act.new_id()), OfficeId(office_id), number, name, name_latin, phone)
    store.places.add_employer(act, new)
    return new.id


def record_employment(
    act: Act,
    person_id: PersonId,
    employer_id: EmployerId,
    first_day: date,
    last_day: date | None = None,
    pay: str | None = None,
    weekly_rest: Sequence[str] | None = None,
) -> None:
    """Say that a person works, or worked, for an employer."""
    store.persons.put_job(act, person_id, employer_id, first_day, last_day, pay, weekly_rest)


def record_contribution(
    act: Act,
    person_id: PersonId,
    month: Month,
    wage: Money,
    *,
    paid: bool = True,
    kind: str = "compulsory",
    employer_id: EmployerId | None = None,
) -> str:
    """Record a month's declared wage. Answers accepted, duplicate or corrected; what was corrected is kept.

    Employers' words of one month stand beside each other (`domain.contributions.together`). One without an employer
    corrects the only word there is, and is corrected by the first employer that is named.
    Raises `DeclaredByAnother` when an employer would change what the institution has declared, `MonthCannotBe`.
    """
    if wage.currency != institution().currency:
        raise WrongCurrency(wage.currency)
    if month.year < FIRST_DAY.year or month.index > Month.of(act.today).index + MONTHS_AHEAD:
        raise MonthCannotBe(str(month))
    told = store.persons.declared(act, person_id, month)
    known = next((c for c in told if c.employer_id == employer_id), None)
    if known is None and len(told) == 1 and None in (employer_id, told[0].employer_id):
        known = told[0]
    new = Contribution(person_id, month, wage, paid, kind, employer_id or (known.employer_id if known else None))
    if known is not None:
        if replace(known, employer_id=employer_id) == new:
            return "duplicate"
        if act.actor.employer is not None and known.employer_id != act.actor.employer:
            raise DeclaredByAnother
    store.persons.declare(act, new, known)
    return "accepted" if known is None else "corrected"


def withdraw_contribution(
    act: Act, person_id: str, version: int | None, month: Month, employer_id: EmployerId | None, *, why: str
) -> Person:
    """A named person takes back a month that cannot have been; what it said is kept, and who took it back and why.
    Raises `NothingDeclared`, `store.ChangedMeanwhile`.
    """
    person = store.persons.to_change(act, person_id, version)
    told = store.persons.declared(act, person.id, month)
    gone = next((c for c in told if c.employer_id == employer_id), None)
    if gone is None:
        raise NothingDeclared(str(month))
    store.persons.take_back(act, gone)
    before, now = {"month": f"{month}: {gone.wage.decimal()} {gone.wage.currency}"}, {"month": None}
    return change(act, person, person, PersonChangeKind.CONTRIBUTION_WITHDRAWN, why, before=before, said=now)


def change_payee(
    act: Act,
    person_id: str,
    *,
    kind: str,
    bank: str,
    number: str,
    holder: str,
    why: str | None = None,
    version: int | None = None,
) -> Person:
    """Say where a person's money goes from now on; payments hear of it and fetch it anew. Returns her as she is now.

    Raises `store.ChangedMeanwhile`.
    """
    person = store.persons.to_change(act, person_id, version)
    before = store.persons.payee(act, person.id)
    new = Payee(act.new_id(), person.id, kind, bank, number, holder, act.today)
    store.persons.put_payee(act, new)
    old = before.hidden if before is not None else {}
    person = change(act, person, person, PersonChangeKind.PAYEE, why, before=old, said=new.hidden)
    about = {"person_id": person.id, "office_id": person.office_id}
    messaging.post(act, "benefits.payee.changed", subject=person.id, person=person.id, data=about)
    return person


def change(
    act: Act,
    before_: Person,
    after: Person,
    what: PersonChangeKind,
    why: str | None,
    *,
    before: Mapping[str, Any] | None = None,
    said: Mapping[str, Any] | None = None,
) -> Person:
    """Change a person, count her version up, and keep what it said before and says now. Returns her as she is now."""
    after = replace(after, version=before_.version + 1)
    by = act.actor.name or act.actor.id
    kept = PersonChange(after.id, after.version, what, why, dict(before or {}), dict(said or {}), by, act.today)
    store.persons.save(act, before_, after, kept)
    return after


def correct_person(
    act: Act, person_id: str, version: int | None, *, why: str, country: str = "la", **said: Any
) -> Person:
    """Correct where and how a person is reached: any of `address`, `phone` and `language`. Letters and messages
    fetch it anew each time. Returns her as she is now; what says the same already changes nothing.

    Raises `PhoneInvalid`, `store.ChangedMeanwhile`.
    """
    person = store.persons.to_change(act, person_id, version)
    after = replace(
        person,
        phone=phone_number(said["phone"], country) if "phone" in said else person.phone,
        address=tuple(line.strip() for line in said.get("address", person.address) if line.strip()),
        language=said.get("language", person.language),
    )
    old, new = _details(person), _details(after)
    changed = [name for name in DETAILS if old[name] != new[name]]
    if not changed:
        return person
    before, now = {name: old[name] for name in changed}, {name: new[name] for name in changed}
    return change(act, person, after, PersonChangeKind.DETAILS, why, before=before, said=now)


def _details(person: Person) -> dict[str, Any]:
    return {"address": list(person.address), "phone": person.phone, "language": person.language}
