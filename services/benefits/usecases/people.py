"""Persons, employers, contributions, and where money goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState, Waiting, Whom, move, waits_for_account
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
from services.benefits.usecases.weighing import weigh_later
from shared import messaging
from shared.act import Act
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead
from shared.reading.days import month_near, not_after
from shared.reading.identifiers import read_account, read_identifier, read_phone
from shared.reading.names import read_line, read_name
from shared.typeset import clean, unset

#: What the desk may correct of a person by itself; names and days of birth come with papers and stay as registered.
DETAILS = ("address", "phone", "language")


class AlreadyKnown(ValueError):
    """Somebody has this identifier; `person_id` says who."""

    def __init__(self, person_id: PersonId) -> None:
        super().__init__("identifier in use")
        self.person_id = person_id


class WrongCurrency(ValueError):
    """Wages are declared in the institution's currency."""


class NothingDeclared(ValueError):
    """No wage of this month stands, so none can be taken back."""


class DeclaredByAnother(ValueError):
    """The institution itself declared this month; only it corrects that."""


class CannotBe(ValueError):
    """Something said of a person cannot be, as a pointer and a code."""

    def __init__(self, pointer: str, code: str) -> None:
        super().__init__(f"{pointer}: {code}")
        self.pointer, self.code = pointer, code


T = TypeVar("T")


def read(pointer: str, reader: Callable[..., T], *said: Any) -> T:
    """What a reader makes of what was said. Raises `CannotBe`."""
    try:
        return reader(*said)
    except NotRead as wrong:
        raise CannotBe(pointer, wrong.code) from None


def _named(pointer: str, said: str | None, latin: str | None = None) -> str | None:
    """A name as it is kept, which our letters can carry, in Latin letters where it is written in no other way."""
    if not said:
        return None
    name = read(pointer, read_name, said)
    return name if latin else _settable(pointer, name)


def _settable(pointer: str, text: str) -> str:
    """A text that a font of our letters draws: what no letter can carry is said here, not after the decision."""
    if unset(clean(text)):
        raise CannotBe(pointer, "no_font")
    return text


def _address(said: Sequence[str]) -> tuple[str, ...]:
    lines = (read("#/address", read_line, line) for line in said if line.strip())
    return tuple(_settable("#/address", line) for line in lines)


def register_person(
    act: Act,
    *,
    office_id: str,
    name: str,
    name_latin: str | None = None,
    sex: str | None = None,
    born_on: date | None = None,
    phone: str | None = None,
    language: str | None = None,
    identifiers: Sequence[Mapping[str, Any]] = (),
    address: Sequence[str] = (),
    insured_as: str = "employee",
    insured_since: date | None = None,
) -> PersonId:
    """Register an insured person in an office; without a language she is told things in the institution's.

    Returns her id. Raises `AlreadyKnown`, `CannotBe`.
    """
    numbers = [
        Identifier(
            i["scheme"],
            read(f"#/identifiers/{n}/value", read_identifier, i["value"], i["scheme"]),
            bool(i.get("verified")),
        )
        for n, i in enumerate(identifiers)
    ]
    for one in numbers:
        if (known := store.persons.with_identifier(act, one.scheme, one.value)) is not None:
            raise AlreadyKnown(known)
    person = Person(
        id=PersonId(act.new_id()),
        office_id=OfficeId(office_id),
        name=_named("#/name/full", name, name_latin) or "",
        name_latin=_named("#/name/latin", name_latin),
        sex=sex,
        born_on=read("#/born_on", not_after, born_on, act.today) if born_on else None,
        phone=read("#/phone", read_phone, phone, institution().country),
        language=language or institution().language,
        address=_address(address),
        insured_as=insured_as,
        insured_since=read("#/insured_since", not_after, insured_since, act.today) if insured_since else None,
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
    """Register an employer; one that is known by its number is left as it is. Returns its id. Raises `CannotBe`."""
    number = read("#/number", read_identifier, number)
    known = store.places.employer_with(act, number)
    if known is not None:
        return known
    latin = _named("#/name_latin", name_latin)
    new = Employer(
        EmployerId(act.new_id()), OfficeId(office_id), number, _named("#/name", name, latin) or "", latin, phone
    )
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
    Raises `DeclaredByAnother` when an employer would change what the institution has declared, `CannotBe` for a month
    that lies too far ahead or before all records, or that an employer declares when his time for it is over.
    """
    read("#/month", month_near, month, act.today)
    if wage.currency != institution().currency:
        raise WrongCurrency(wage.currency)
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
    _in_time(act, person_id, month)
    store.persons.declare(act, new, known)
    return "accepted" if known is None else "corrected"


def _in_time(act: Act, person_id: PersonId, month: Month) -> None:
    """An employer's own word comes within the institution's months; what he is asked about a claim that is open he
    answers for any month, and an officer judges it. Raises `CannotBe`."""
    if act.actor.employer is None or month >= Month.of(act.today).plus(-institution().declare_back_months):
        return
    if not store.claims.asks_about(act, person_id, act.actor.employer):
        raise CannotBe("#/month", "declared_too_late")


def correct_wage(
    act: Act,
    person_id: str,
    version: int | None,
    month: Month,
    employer_id: EmployerId | None,
    wage: Money,
    *,
    why: str,
) -> Person:
    """Correct what was declared for a month, with a reason; what it said is kept, and the employer whose word it was
    reads of it on his page. The same wage changes nothing. Raises `NothingDeclared`, `WrongCurrency`,
    `store.ChangedMeanwhile`.
    """
    person = store.persons.to_change(act, person_id, version)
    told = store.persons.declared(act, person.id, month)
    known = next((c for c in told if c.employer_id == employer_id), None)
    if known is None:
        raise NothingDeclared(str(month))
    if wage.currency != institution().currency:
        raise WrongCurrency(wage.currency)
    if known.wage == wage:
        return person
    store.persons.declare(act, replace(known, wage=wage), known)
    said = {"month": str(month), "employer_id": employer_id}
    before, now = said | {"wage": known.wage.json()}, said | {"wage": wage.json()}
    return change(act, person, person, PersonChangeKind.WAGE_CORRECTED, why, before=before, said=now)


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

    Raises `store.ChangedMeanwhile`, `CannotBe`.
    """
    theirs = store.claims.every(act, PersonId(person_id), lock=True)  # claims before persons, as everywhere
    person = store.persons.to_change(act, person_id, version)
    before = store.persons.payee(act, person.id)
    if kind == "wallet":
        number = read("#/number", read_phone, number, institution().country) or ""
    elif number:
        number = read("#/number", read_account, number, institution().digits_at(bank))
    holder = _named("#/holder", holder) or ""
    new = Payee(act.new_id(), person.id, kind, bank, number, holder, act.today)
    store.persons.put_payee(act, new)
    old = before.hidden if before is not None else {}
    person = change(act, person, person, PersonChangeKind.PAYEE, why, before=old, said=new.hidden)
    about = {"person_id": person.id, "office_id": person.office_id}
    messaging.post(act, "benefits.payee.changed", subject=person.id, person=person.id, data=about)
    for claim in theirs:
        if waits_for_account(claim):  # what was asked of her is here
            weigh_later(act, store.claims.save(act, claim, _with_account(act, claim), "account_changed"))
    return person


def _with_account(act: Act, claim: Claim) -> Claim:
    """A claim goes on once her account is here: to its decision, or, decided, until the money leaves; an officer sees
    to both."""
    if claim.state is ClaimState.RETURNED:
        until = claim.received_on + timedelta(days=institution().service_days)
        waits = Waiting(Whom.OFFICER, "to_decide", act.today, until)
        return replace(claim, state=move(claim.state, ClaimState.SUBMITTED), waits=waits)
    return replace(claim, waits=Waiting(Whom.OFFICER, "account_changed", act.today))


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


def correct_person(act: Act, person_id: str, version: int | None, *, why: str, **said: Any) -> Person:
    """Correct where and how a person is reached: any of `address`, `phone` and `language`. Letters and messages
    fetch it anew each time. Returns her as she is now; what says the same already changes nothing.

    Raises `CannotBe`, `store.ChangedMeanwhile`.
    """
    person = store.persons.to_change(act, person_id, version)
    after = replace(
        person,
        phone=read("#/phone", read_phone, said["phone"], institution().country) if "phone" in said else person.phone,
        address=_address(said["address"]) if "address" in said else person.address,
        language=said.get("language", person.language),
    )
    old, new = _details(person), _details(after)
    changed = [name for name in DETAILS if old[name] != new[name]]
    if not changed:
        return person
    before, now = {name: old[name] for name in changed}, {name: new[name] for name in changed}
    return change(act, person, after, PersonChangeKind.DETAILS, why, before=before, said=now)


def correct_name(act: Act, person_id: str, version: int | None, name: str, latin: str | None, *, why: str) -> Person:
    """Correct how a person is called, with the paper that says so. What it said before is kept beside the correction;
    decisions and letters of before stay as they were written. The same names change nothing.

    Raises `CannotBe`, `store.ChangedMeanwhile`.
    """
    person = store.persons.to_change(act, person_id, version)
    full, said = _named("#/name", name, latin) or "", _named("#/name_latin", latin)
    after = replace(person, name=full, name_latin=said)
    old, new = ({"name": one.name, "name_latin": one.name_latin} for one in (person, after))
    if old == new:
        return person
    return change(act, person, after, PersonChangeKind.NAME, why, before=old, said=new)


def _details(person: Person) -> dict[str, Any]:
    return {"address": list(person.address), "phone": person.phone, "language": person.language}
