"""Persons, employers, contributions, and where money goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import phonenumbers
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import store
from services.benefits import tables as t
from services.benefits.institution import institution
from shared import messaging
from shared.act import Act
from shared.money import Money
from shared.period import Month

#: What the desk may correct of a person by itself; names and days of birth come with papers and stay as registered.
DETAILS = ("address", "phone", "language")
LANGUAGES = ("lo", "en", "vi", "th", "my")
REGIONS = {"la": "LA", "vn": "VN", "mm": "MM", "th": "TH", "xx": "LA"}


class AlreadyKnown(ValueError):
    """Somebody has this identifier; `person_id` says who."""

    def __init__(self, person_id: str) -> None:
        super().__init__("identifier in use")
        self.person_id = person_id


class WrongCurrency(ValueError):
    """Wages are declared in the institution's currency."""


class DeclaredByAnother(ValueError):
    """Another employer declared this month; only the institution corrects it."""


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
    id_: str | None = None,
) -> str:
    """Register an insured person in an office. Returns her id. Raises `AlreadyKnown`, `PhoneInvalid`."""
    for item in identifiers:
        known = act.connection.scalar(
            select(t.person_identifier.c.person_id).where(
                t.person_identifier.c.scheme == item["scheme"], t.person_identifier.c.value == item["value"]
            )
        )
        if known is not None:
            raise AlreadyKnown(known)
    id_ = id_ or act.new_id()
    store.add(
        act,
        t.person,
        id=id_,
        office_id=office_id,
        name=name,
        name_latin=name_latin,
        sex=sex,
        born_on=born_on,
        phone=phone_number(phone, country),
        language=language,
        address=list(address),
        insured_as=insured_as,
        insured_since=insured_since,
        search=store.fold(f"{name_latin or ''} {name}"),
        version=1,
    )
    for item in identifiers:
        store.add(
            act,
            t.person_identifier,
            scheme=item["scheme"],
            value=item["value"],
            person_id=id_,
            verified=bool(item.get("verified", False)),
        )
    return id_


def register_employer(
    act: Act,
    *,
    office_id: str,
    number: str,
    name: str,
    name_latin: str | None = None,
    phone: str | None = None,
) -> str:
    """Register an employer; one that is known by its number is left as it is. Returns its id."""
    known = act.connection.scalar(select(t.employer.c.id).where(t.employer.c.number == number))
    if known is not None:
        answer: str = known
        return answer
    id_ = act.new_id()
    store.add(
        act,
        t.employer,
        id=id_,
        office_id=office_id,
        number=number,
        name=name,
        name_latin=name_latin,
        phone=phone,
        version=1,
    )
    return id_


def record_employment(
    act: Act,
    person_id: str,
    employer_id: str,
    first_day: date,
    last_day: date | None = None,
    pay: str | None = None,
    weekly_rest: Sequence[str] | None = None,
) -> None:
    """Say that a person works, or worked, for an employer."""
    values = {"last_day": last_day, "pay": pay, "weekly_rest": list(weekly_rest) if weekly_rest else None}
    act.connection.execute(
        upsert(t.employment)
        .values(person_id=person_id, employer_id=employer_id, first_day=first_day, **values)
        .on_conflict_do_update(index_elements=["person_id", "employer_id", "first_day"], set_=values)
    )


def record_contribution(
    act: Act,
    person_id: str,
    month: Month,
    wage: Money,
    *,
    paid: bool = True,
    kind: str = "compulsory",
    employer_id: str | None = None,
) -> str:
    """Record a month's declared wage. Answers accepted, duplicate or corrected; what was corrected is kept.

    Raises `DeclaredByAnother` when an employer would change what another has declared.
    """
    if wage.currency != institution().currency:
        raise WrongCurrency(wage.currency)
    known = act.connection.execute(
        select(t.contribution)
        .where(t.contribution.c.person_id == person_id, t.contribution.c.month == str(month))
        .with_for_update()
    ).first()
    values = {
        "wage_minor": wage.minor,
        "currency": wage.currency,
        "paid": paid,
        "kind": kind,
        "employer_id": employer_id,
        "recorded_at": act.now,
        "recorded_by": act.actor.id,
    }
    if known is None:
        store.add(act, t.contribution, person_id=person_id, month=str(month), **values)
        return "accepted"
    if (known.wage_minor, known.currency, known.paid, known.kind) == (wage.minor, wage.currency, paid, kind):
        return "duplicate"
    if act.actor.employer is not None and known.employer_id != act.actor.employer:
        raise DeclaredByAnother
    store.add(
        act,
        t.contribution_history,
        id=act.new_id(),
        person_id=person_id,
        month=str(month),
        wage_minor=known.wage_minor,
        currency=known.currency,
        paid=known.paid,
        replaced_by=act.actor.id,
        replaced_at=act.now,
    )
    act.connection.execute(
        update(t.contribution)
        .where(t.contribution.c.person_id == person_id, t.contribution.c.month == str(month))
        .values(**values)
    )
    return "corrected"


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
) -> int:
    """Say where a person's money goes from now on; payments hear of it and fetch it anew. Returns her new version.

    Raises `store.ChangedMeanwhile`.
    """
    row = store.person_to_change(act, person_id, version)
    before = store.payee(act, person_id)
    act.connection.execute(
        update(t.payee).where(t.payee.c.person_id == person_id, t.payee.c.current).values(current=False)
    )
    store.add(
        act,
        t.payee,
        id=act.new_id(),
        person_id=person_id,
        kind=kind,
        bank=bank,
        number=number,
        holder=holder,
        changed_on=act.today,
        changed_at=act.now,
        changed_by=act.actor.id,
        current=True,
    )
    old = {} if before is None else _account(before.bank, before.number, before.holder)
    new = touch(act, row, "payee", why, before=old, after=_account(bank, number, holder))
    messaging.post(
        act,
        "benefits.payee.changed",
        subject=person_id,
        person=person_id,
        data={"person_id": person_id, "office_id": row.office_id},
    )
    return new


def _account(bank: str, number: str, holder: str) -> dict[str, str]:
    """An account as a history shows it: the whole number stays in the table of accounts."""
    return {"bank": bank, "number": f"…{number[-4:]}", "holder": holder}


def touch(
    act: Act,
    row: Any,
    what: str,
    why: str | None,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    **values: Any,
) -> int:
    """Change a person, count her version up, and keep what it said before. Returns the new version."""
    version: int = row.version + 1
    store.change(act, t.person, row.id, version=version, **values)
    store.add(
        act,
        t.person_change,
        person_id=row.id,
        version=version,
        what=what,
        why=why,
        before=dict(before),
        after=dict(after),
        by=act.actor.id,
        by_name=act.actor.name or act.actor.id,
        at=act.now,
        on=act.today,
    )
    return version


def correct_person(act: Act, person_id: str, version: int | None, *, why: str, country: str = "la", **said: Any) -> int:
    """Correct where and how a person is reached: any of `address`, `phone` and `language`. Letters and messages
    fetch it anew each time. Returns the new version; what says the same already changes nothing.

    Raises `PhoneInvalid`, `store.ChangedMeanwhile`.
    """
    row = store.person_to_change(act, person_id, version)
    if "phone" in said:
        said["phone"] = phone_number(said["phone"], country)
    if "address" in said:
        said["address"] = [line.strip() for line in said["address"] if line.strip()]
    changed = {name: said[name] for name in DETAILS if name in said and said[name] != getattr(row, name)}
    if not changed:
        return int(row.version)
    before = {name: getattr(row, name) for name in changed}
    return touch(act, row, "details", why, before=before, after=changed, **changed)
