"""Persons as they lie in the database, always within what the asker may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, and_, cast, delete, func, insert, literal_column, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.person import (
    Contribution,
    Identifier,
    Job,
    Payee,
    Person,
    PersonChange,
    PersonChangeKind,
)
from services.benefits.institution import institution
from services.benefits.store.rows import ChangedMeanwhile, Shape, kind, money, of_office
from shared.act import Act
from shared.period import Month
from shared.reading.identifiers import key_of
from shared.reading.letters import plain_digits
from shared.reading.names import TONES, fold, without_tones

PERSON = Shape(Person, t.person, address=kind("address", tuple, list))
JOB = Shape(Job, t.employment, weekly_rest=kind("weekly_rest", tuple))
PAYEE = Shape(Payee, t.payee)
CHANGE = Shape(PersonChange, t.person_change, what=kind("what", PersonChangeKind))
CONTRIBUTION = Shape(Contribution, t.contribution, month=kind("month", Month.parse, str), wage=money("wage_minor"))


def get(act: Act, id_: str, *, lock: bool = False) -> Person:
    """The person, as far as the asker may see her. Raises `NotHere`."""
    return PERSON.one(act, t.person.c.id == id_, of_office(act, t.person), lock=lock)


def some(act: Act, ids: Collection[str]) -> list[Person]:
    """Those of some persons whom the asker may see."""
    return PERSON.all(act, PERSON.select(t.person.c.id.in_(ids), of_office(act, t.person)))


class PersonErased(ValueError):
    """Her name was erased at her request: nothing is added to what stays."""


def to_change(act: Act, id_: str, version: int | None) -> Person:
    """The person, locked. Raises `ChangedMeanwhile` unless she is at the version the asker saw, `PersonErased`."""
    found = get(act, id_, lock=True)
    if found.erased_on is not None:
        raise PersonErased(found.id)
    if version is not None and found.version != version:
        raise ChangedMeanwhile("person")
    return found


def of_claim(act: Act, id_: PersonId) -> Person:
    """The person a claim is about, whoever asks."""
    return PERSON.one(act, t.person.c.id == id_)


def lock(act: Act, id_: PersonId) -> None:
    """Nobody else decides about this person until the transaction ends."""
    act.connection.execute(select(t.person.c.id).where(t.person.c.id == id_).with_for_update())


def by_ids(act: Act, ids: Sequence[PersonId]) -> dict[PersonId, Person]:
    return {p.id: p for p in PERSON.all(act, PERSON.select(t.person.c.id.in_(ids)))}


def add(act: Act, person: Person, identifiers: Sequence[Identifier]) -> None:
    PERSON.add(act, person, search=person.search, registered_by=act.actor.id)
    for one in identifiers:
        act.connection.execute(
            insert(t.person_identifier).values(
                person_id=person.id,
                scheme=one.scheme,
                value=one.value,
                verified=one.verified,
                key=key_of(one.value),
            )
        )


def save(act: Act, before: Person, after: Person, change: PersonChange | None = None) -> None:
    """Change a person; `change` says what was corrected and is kept for ever."""
    PERSON.save(act, before, after, **({"search": after.search} if after.search != before.search else {}))
    if change is not None:
        CHANGE.add(act, change, by=act.actor.id, at=act.now)


def doubt_address(act: Act, id_: PersonId) -> None:
    act.connection.execute(update(t.person).where(t.person.c.id == id_).values(address_doubted_on=act.today))


def report_death(act: Act, id_: PersonId, on: date) -> None:
    act.connection.execute(update(t.person).where(t.person.c.id == id_).values(death_reported_on=on))


def wages_corrected(act: Act, employer_id: EmployerId, since: date) -> list[tuple[Person, PersonChange]]:
    """What the institution corrected of wages that an employer had declared, the latest first."""
    c = t.person_change.c
    asked = c.after["employer_id"].astext == employer_id
    query = CHANGE.select(c.what == PersonChangeKind.WAGE_CORRECTED, asked, c.on >= since).order_by(c.at.desc())
    found = CHANGE.all(act, query)
    whose = {p.id: p for p in PERSON.all(act, PERSON.select(t.person.c.id.in_([one.person_id for one in found])))}
    return [(whose[one.person_id], one) for one in found]


def changes(act: Act, id_: PersonId) -> list[PersonChange]:
    c = t.person_change.c
    return CHANGE.all(act, CHANGE.select(c.person_id == id_).order_by(c.version))


# --- numbers and names -------------------------------------------------------------------------


def with_identifier(act: Act, scheme: str, value: str) -> PersonId | None:
    """Whose number this is, however it is written."""
    i = t.person_identifier.c
    found = act.connection.scalar(select(i.person_id).where(i.scheme == scheme, i.key == key_of(value)))
    return PersonId(found) if found is not None else None


def with_number(act: Act, value: str) -> PersonId | None:
    """The person with this number under any scheme, if the asker may see her."""
    found = act.connection.scalar(
        select(t.person.c.id)
        .join(t.person_identifier, t.person_identifier.c.person_id == t.person.c.id)
        .where(t.person_identifier.c.key == key_of(value), of_office(act, t.person))
    )
    return PersonId(found) if found is not None else None


def identifiers(act: Act, ids: Sequence[PersonId]) -> dict[PersonId, list[Identifier]]:
    """The numbers of persons, each one's insured number first."""
    found: dict[PersonId, list[Identifier]] = {id_: [] for id_ in ids}
    i = t.person_identifier
    others = i.c.scheme != institution().schemes["insured"]
    for row in act.connection.execute(select(i).where(i.c.person_id.in_(ids)).order_by(others, i.c.scheme)):
        found[row.person_id].append(Identifier(row.scheme, row.value, row.verified))
    return found


def find(act: Act, text: str, most: int = 20) -> list[Person]:
    """Persons of the asker's office by insured number, claim number, phone or name in either script; exact matches
    first. Where nobody is found, marks of tone are passed over."""
    return _find(act, text, most) or _find(act, text, most, tones=False)


def _find(act: Act, text: str, most: int, *, tones: bool = True) -> list[Person]:
    wanted, digits = fold(text), "".join(c for c in plain_digits(text) if c.isdigit())
    if len(wanted) < 2:
        return []
    p = t.person
    if not tones:
        wanted = without_tones(wanted)
    by_name = select(p.c.id).where(*(holds(word, tones=tones) for word in wanted.split()))
    by_number = select(t.person_identifier.c.person_id).where(t.person_identifier.c.key == key_of(text))
    by_claim = select(t.claim.c.person_id).where(t.claim.c.number == digits)
    # Each way in has an index of its own; one question with "or" between them would read everybody.
    ways = [by_name, by_number]
    if len(digits) == 12:
        ways.append(by_claim)
    if len(digits) >= 6:
        end = func.reverse(p.c.phone)
        ways.append(select(p.c.id).where(end.startswith(digits.lstrip("0")[::-1], autoescape=True)))
    exact = or_(p.c.id.in_(by_number), p.c.id.in_(by_claim))
    starts = p.c.search.startswith(wanted, autoescape=True)
    query = (
        PERSON.select(of_office(act, p), p.c.id.in_(union_all(*ways)))
        .order_by(exact.desc(), starts.desc(), p.c.search, p.c.born_on, p.c.id)
        .limit(most)
    )
    return PERSON.all(act, query)


def holds(word: str, *, tones: bool = True) -> ColumnElement[bool]:
    """Whether a person's names hold a word, asked so that an index of three-letter parts answers."""
    names = t.person.c.search if tones else func.translate(t.person.c.search, literal_column(f"'{TONES}'"), "")
    parts = sorted({word[at : at + 3] for at in range(len(word) - 2)})
    found = names.contains(word, autoescape=True)
    if not parts:
        return found
    by_index = func.name_parts(names, type_=ARRAY(Text)).contains(cast(array(parts), ARRAY(Text)))
    # Comparing letters costs little and stands first, for when there are too few people to go by the index.
    return and_(found, by_index)


def look_alikes(act: Act, person: Person) -> list[Person]:
    """Others who could be mistaken for this person: the same name in Latin letters but for two letters. They are
    marked, never merged.

    Of a name cut in three, two wrong letters leave one piece whole, and pieces have an index; of a short name the
    first or the last three letters must be right.
    """
    name = fold(person.latin)
    third = len(name) // 3
    pieces = {name[:third], name[third : 2 * third], name[2 * third :]} if third >= 3 else {name[:3], name[-3:]}
    whole = [holds(piece) for piece in sorted(pieces)]
    query = PERSON.select(of_office(act, t.person), t.person.c.id != person.id, or_(*whole)).limit(1000)
    return [p for p in PERSON.all(act, query) if _near(fold(p.latin), name)][:5]


def _near(a: str, b: str) -> bool:
    """Whether two names differ by at most two letters."""
    if abs(len(a) - len(b)) > 2:
        return False
    line = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, line[0] = line[0], i
        for j, y in enumerate(b, start=1):
            last, line[j] = line[j], min(line[j] + 1, line[j - 1] + 1, last + (x != y))
    return line[-1] <= 2


# --- work and wages ----------------------------------------------------------------------------


def contributions(act: Act, id_: PersonId) -> list[Contribution]:
    c = t.contribution.c
    return CONTRIBUTION.all(act, CONTRIBUTION.select(c.person_id == id_).order_by(c.month, c.recorded_at))


def declared_only(act: Act, id_: PersonId, since: datetime) -> dict[str, list[Month]]:
    """Months that rest on an employer's word alone and that somebody must look at: declared or amended by her after
    `since` ("declared_late"), or lying before the person worked for her or was insured ("declared_before_hire")."""
    c, e, a = t.contribution.c, t.employment.c, t.account.c
    by_employer = select(c.month, c.recorded_at, c.employer_id).where(
        c.person_id == id_,
        select(a.id).where(cast(a.id, Text) == c.recorded_by, a.employer_id == c.employer_id).exists(),
    )
    hired = select(e.employer_id, func.min(e.first_day)).where(e.person_id == id_).group_by(e.employer_id)
    begun = {row[0]: row[1] for row in act.connection.execute(hired)}
    insured = act.connection.scalar(select(t.person.c.insured_since).where(t.person.c.id == id_))
    found: dict[str, list[Month]] = {"declared_late": [], "declared_before_hire": []}
    for month, at, employer in act.connection.execute(by_employer.order_by(c.month)):
        if at > since:
            found["declared_late"].append(Month.parse(month))
        first = max((d for d in (begun.get(employer), insured) if d is not None), default=None)
        if first is not None and Month.parse(month) < Month.of(first):
            found["declared_before_hire"].append(Month.parse(month))
    return found


def declared(act: Act, id_: PersonId, month: Month) -> list[Contribution]:
    """What was declared for a month, locked: one for each employer."""
    c = t.contribution.c
    of_month = CONTRIBUTION.select(c.person_id == id_, c.month == str(month))
    return CONTRIBUTION.all(act, of_month.order_by(c.recorded_at).with_for_update())


def declare(act: Act, new: Contribution, before: Contribution | None) -> None:
    """Write a month's wage; what it said before is kept."""
    told = {"recorded_at": act.now, "recorded_by": act.actor.id}
    if before is None:
        CONTRIBUTION.add(act, new, **told)
        return
    _keep(act, before)
    act.connection.execute(update(t.contribution).where(*_of(before)).values(**CONTRIBUTION.columns(new), **told))


def take_back(act: Act, gone: Contribution) -> None:
    """A month that does not stand any more; what it said is kept."""
    _keep(act, gone)
    act.connection.execute(delete(t.contribution).where(*_of(gone)))


def _keep(act: Act, before: Contribution) -> None:
    old = CONTRIBUTION.columns(before)
    kept = {name: old[name] for name in ("person_id", "month", "employer_id", "wage_minor", "currency", "paid")}
    by = {"replaced_by": act.actor.id, "replaced_at": act.now}
    act.connection.execute(insert(t.contribution_history).values(id=act.new_id(), **kept, **by))


def _of(told: Contribution) -> tuple[ColumnElement[bool], ...]:
    c = t.contribution.c
    same_employer = c.employer_id.is_not_distinct_from(told.employer_id)
    return (c.person_id == told.person_id, c.month == str(told.month), same_employer)


def jobs(act: Act, id_: PersonId) -> list[Job]:
    """Where a person works and worked, in the order of beginning."""
    query = (
        select(t.employment, t.employer.c.name, t.employer.c.name_latin, t.employer.c.number)
        .join(t.employer, t.employer.c.id == t.employment.c.employer_id)
        .where(t.employment.c.person_id == id_)
        .order_by(t.employment.c.first_day)
    )
    return JOB.all(act, query)


def put_job(
    act: Act,
    id_: PersonId,
    employer_id: EmployerId,
    first_day: date,
    last_day: date | None,
    pay: str | None,
    weekly_rest: Sequence[str] | None,
) -> None:
    """Say that a person works, or worked, for an employer; said again from the same day, the last word counts."""
    values: Mapping[str, Any] = {
        "last_day": last_day,
        "pay": pay,
        "weekly_rest": list(weekly_rest) if weekly_rest else None,
    }
    act.connection.execute(
        upsert(t.employment)
        .values(person_id=id_, employer_id=employer_id, first_day=first_day, **values)
        .on_conflict_do_update(index_elements=["person_id", "employer_id", "first_day"], set_=dict(values))
    )


# --- where money goes --------------------------------------------------------------------------


def payees(act: Act, ids: Collection[str]) -> dict[str, Payee]:
    """The accounts of some persons, by person; who has none is not in it."""
    return {p.person_id: p for p in PAYEE.all(act, PAYEE.select(t.payee.c.person_id.in_(ids), t.payee.c.current))}


def payee(act: Act, id_: PersonId) -> Payee | None:
    """The account that is paid into."""
    return PAYEE.maybe(act, t.payee.c.person_id == id_, t.payee.c.current)


def put_payee(act: Act, payee: Payee) -> None:
    """From now on her money goes here."""
    p = t.payee
    act.connection.execute(update(p).where(p.c.person_id == payee.person_id, p.c.current).values(current=False))
    PAYEE.add(act, payee, changed_at=act.now, changed_by=act.actor.id, current=True)
