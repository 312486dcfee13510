"""Who could be somebody that stands at the desk: by sound, by day of birth, by telephone, here and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.ids import OfficeId, PersonId
from services.benefits.domain.person import Person
from services.benefits.store.persons import PERSON
from services.benefits.store.rows import of_office
from shared.act import Act
from shared.reading.names import fold

SOUNDS = func.name_sound(t.person.c.search)
#: Words shorter than that are titles and initials, and tell nobody apart.
LEAST = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """A person with the sounds of her names, word by word."""

    person: Person
    sounds: frozenset[str]


def heard(act: Act, text: str) -> list[str]:
    """How the words of a name sound, in their order: `name_sound` of the database is the one rule."""
    said: str = act.connection.scalar(select(func.name_sound(fold(text)))) or ""
    return [word for word in said.split() if len(word) >= LEAST]


def sounding(act: Act, words: Sequence[str]) -> ColumnElement[bool]:
    """Whether somebody's names hold all of these sounds, asked so that an index of three-letter parts answers."""
    found = [SOUNDS.contains(word, autoescape=True) for word in words]
    parts = sorted({word[at : at + 3] for word in words for at in range(len(word) - 2)})
    return and_(*found, func.name_parts(SOUNDS, type_=ARRAY(Text)).contains(cast(array(parts), ARRAY(Text))))


def here(act: Act, *where: ColumnElement[bool], most: int = 50) -> list[Heard]:
    """Persons of the asker's office, with the sounds of their names."""
    query = PERSON.select(of_office(act, t.person), *where).add_columns(SOUNDS.label("sounds")).limit(most)
    rows = act.connection.execute(query).all()
    return [Heard(PERSON.read(row), frozenset(row.sounds.split())) for row in rows]


def born_on(day: date) -> ColumnElement[bool]:
    return t.person.c.born_on == day


def called_on(phone: str) -> ColumnElement[bool]:
    """Whose telephone ends in the same digits, asked so that its index answers."""
    digits = "".join(c for c in phone if c.isdigit())[-8:]
    return func.reverse(t.person.c.phone).startswith(digits[::-1], autoescape=True)


def working_for(employer_id: str) -> ColumnElement[bool]:
    e = t.employment.c
    return t.person.c.id.in_(select(e.person_id).where(e.employer_id == employer_id))


def office_of_person(act: Act, person_id: PersonId) -> OfficeId:
    """Where a person belongs whom the asker may not see; nothing else of her is told."""
    return OfficeId(act.connection.scalar(select(t.person.c.office_id).where(t.person.c.id == person_id)) or "")


def elsewhere(act: Act, words: Sequence[str], born: date) -> list[tuple[PersonId, OfficeId]]:
    """Persons of other offices with these names, by sound, and this day of birth: who and where, nothing else."""
    p = t.person.c
    query = select(p.id, p.office_id).where(born_on(born), sounding(act, words), ~of_office(act, t.person)).limit(5)
    return [(PersonId(id_), OfficeId(office)) for id_, office in act.connection.execute(query)]
