"""Between rows and records: which columns a record has, and how each is read and written. Whoever asks sees her
office."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Row, Select, Table, func, insert, literal, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from shared.act import HEAD_OFFICE, Act
from shared.database import within
from shared.money import Money

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")
Columns = dict[str, Any]


class NotHere(LookupError):
    """There is no such thing, or not for this asker."""


class ChangedMeanwhile(ValueError):
    """Somebody else changed it since the asker looked."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a record that is not one column of the same name and kind."""

    read: Callable[[Row[Any]], Any]
    write: Callable[[Any], Columns]


def kind(name: str, read: Callable[[Any], Any], write: Callable[[Any], Any] = lambda value: value) -> Member:
    """A column of the same name whose value is of a kind of its own: an enum, a tuple, what JSON holds."""

    def read_(row: Row[Any]) -> Any:
        value = getattr(row, name)
        return None if value is None else read(value)

    return Member(read_, lambda value: {name: None if value is None else write(value)})


def money(column: str, currency: str = "currency") -> Member:
    """An amount in two columns; several amounts of a row may share the second."""
    return Member(
        lambda row: Money(getattr(row, column), getattr(row, currency)),
        lambda value: {column: value.minor, currency: value.currency},
    )


class Shape(Generic[R]):
    """How a record of the domain lies in a table. Members not named are columns of the same name."""

    def __init__(self, record: type[R], table: Table, **members: Member) -> None:
        self.record, self.table, self.members = record, table, members

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(f.name for f in fields(self.record))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the plain members stand in a row: every query begins with the columns of the table, in their order."""
        return {c.name: n for n, c in enumerate(self.table.c) if c.name in self.names and c.name not in self.members}

    @cached_property
    def joined(self) -> tuple[str, ...]:
        """Members that come from another table of the query."""
        return tuple(name for name in self.names if name not in self.places and name not in self.members)

    def read(self, row: Row[Any]) -> R:
        plain = {name: row[place] for name, place in self.places.items()}
        plain |= {name: getattr(row, name) for name in self.joined}
        return self.record(**plain, **{name: member.read(row) for name, member in self.members.items()})

    def columns(self, record: R) -> Columns:
        found: Columns = {}
        for name in self.names:
            value = getattr(record, name)
            found |= self.members[name].write(value) if name in self.members else {name: value}
        return found

    def select(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(self.table).where(*where)

    def one(self, act: Act, *where: ColumnElement[bool], lock: bool = False) -> R:
        """The record. Raises `NotHere`."""
        found = self.maybe(act, *where, lock=lock)
        if found is None:
            raise NotHere(self.table.name)
        return found

    def maybe(self, act: Act, *where: ColumnElement[bool], lock: bool = False) -> R | None:
        """The record, or none."""
        query = self.select(*where)
        row = act.connection.execute(query.with_for_update() if lock else query).first()
        return None if row is None else self.read(row)

    def all(self, act: Act, query: Select[Any]) -> list[R]:
        return [self.read(row) for row in act.connection.execute(query)]

    def add(self, act: Act, record: R, **more: Any) -> None:
        """Write a new record; `more` are columns that only the table keeps, such as who wrote it."""
        act.connection.execute(insert(self.table).values(**self.columns(record), **more))

    def save(self, act: Act, before: R, after: R, **more: Any) -> None:
        """Write what differs, in the row of the same id."""
        old, new = self.columns(before), self.columns(after)
        changed = {name: value for name, value in new.items() if value != old[name]} | more
        if changed:
            act.connection.execute(update(self.table).where(self.table.c.id == old["id"]).values(**changed))


def of_office(act: Act, table: Table) -> ColumnElement[bool]:
    """The rows an asker may see: her office's; all for head office and for the house's own services."""
    actor = act.actor
    if actor.kind == "service" or actor.office == HEAD_OFFICE:
        return true()
    if actor.kind == "account" and actor.office:
        # By the names of the offices, of which there are few, so that the rows are found as those of one office are.
        return table.c.office_id.in_(select(t.office.c.id).where(within(t.office.c.id, actor.office)))
    if table is t.claim and actor.kind == "worker":
        return t.claim.c.id == actor.claim
    if table is t.claim and actor.employer:
        return t.claim.c.employer_id == actor.employer
    if table is t.person and actor.kind == "worker":
        hers = select(t.claim.c.person_id).where(t.claim.c.id == actor.claim).scalar_subquery()
        # Until it is opened, the claim she starts on her phone has the id of her start.
        begun = t.own_start.c.id == actor.claim, t.own_start.c.confirmed_at.is_not(None)
        return t.person.c.id == func.coalesce(hers, select(t.own_start.c.person_id).where(*begun).scalar_subquery())
    if table is t.person and actor.employer:
        return t.person.c.id.in_(select(t.employment.c.person_id).where(t.employment.c.employer_id == actor.employer))
    return literal(False)


def json_of(records: Mapping[str, Any]) -> Columns:
    """A JSON column of named records."""
    return {name: record.json() for name, record in records.items()}


def list_of(records: Sequence[Any]) -> list[Any]:
    return [record.json() for record in records]
