"""Who is insured: how she is reached, what was declared for her, where her money goes, what was corrected."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.benefits.domain.ids import EmployerId, OfficeId, PersonId
from shared.money import Money
from shared.period import Month
from shared.reading.names import fold


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the institution."""

    id: OfficeId
    name: str
    name_latin: str
    address: tuple[str, ...]
    phone: str

    @property
    def lines(self) -> list[str]:
        """Where it is, as on an envelope, with its telephone."""
        return [self.name, *self.address, self.phone]


@dataclass(frozen=True, slots=True)
class Person:
    """An insured person. The marks at the end are cleared by an officer only."""

    id: PersonId
    office_id: OfficeId
    name: str
    name_latin: str | None
    sex: str | None
    born_on: date | None
    phone: str | None
    language: str
    address: tuple[str, ...]
    insured_as: str
    insured_since: date | None
    version: int = 1
    deceased_on: date | None = None
    death_reported_on: date | None = None
    address_doubted_on: date | None = None
    #: Since when she is named by a code only (`domain/erasure.py`).
    erased_on: date | None = None

    @property
    def latin(self) -> str:
        """Her name in letters that everybody in the house reads."""
        return self.name_latin or self.name

    @property
    def search(self) -> str:
        """What she is found by."""
        return fold(f"{self.name_latin or ''} {self.name}")

    def is_called(self, holder: str) -> bool:
        """Whether an account's holder has her name, in either script."""
        return fold(holder) in {fold(self.name), fold(self.name_latin or "")}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number by which somebody knows her."""

    scheme: str
    value: str
    verified: bool = False


class PersonChangeKind(enum.StrEnum):
    """What was changed of a person."""

    DETAILS = "details"
    NAME = "name"
    PAYEE = "payee"
    DEATH_CONFIRMED = "death_confirmed"
    DEATH_MISTAKEN = "death_mistaken"
    ADDRESS_CHECKED = "address_checked"
    CONTRIBUTION_WITHDRAWN = "contribution_withdrawn"
    WAGE_CORRECTED = "wage_corrected"
    OFFICE = "office"
    PHONE_CONFIRMED = "phone_confirmed"


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One correction: what it said before and says now, by whom and why."""

    person_id: PersonId
    version: int
    what: PersonChangeKind
    why: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    by_name: str
    on: date


@dataclass(frozen=True, slots=True)
class Payee:
    """An account of a person; only the current one is paid into."""

    id: str
    person_id: PersonId
    kind: str
    bank: str
    number: str
    holder: str
    changed_on: date

    @property
    def said(self) -> dict[str, str]:
        return {"kind": self.kind, "bank": self.bank, "number": self.number, "holder": self.holder}

    @property
    def hidden(self) -> dict[str, str]:
        """As a history shows it: the whole number stays in the table of accounts."""
        return {"bank": self.bank, "number": f"…{self.number[-4:]}", "holder": self.holder}


@dataclass(frozen=True, slots=True)
class Contribution:
    """The wage that one employer declared for one month; without an employer it is the institution's own word."""

    person_id: PersonId
    month: Month
    wage: Money
    paid: bool = True
    kind: str = "compulsory"
    employer_id: EmployerId | None = None


def together(told: Sequence[Contribution]) -> list[Contribution]:
    """One contribution for each month, in the order of months: what several employers declared adds up.

    A month with work under contract is a compulsory one, and a month that one employer paid is paid: what is of
    another kind, or was not paid, is not added to it.
    """
    found: dict[Month, Contribution] = {}
    for c in sorted(told, key=lambda c: (c.month, not c.paid, c.kind != "compulsory")):
        first = found.setdefault(c.month, c)
        if first is not c and (c.paid, c.kind) == (first.paid, first.kind):
            found[c.month] = replace(first, wage=first.wage + c.wage, employer_id=None)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Job:
    """Work for one employer, with the employer's name."""

    employer_id: EmployerId
    number: str
    name: str
    name_latin: str | None
    first_day: date
    last_day: date | None
    pay: str | None
    weekly_rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Employer:
    """Somebody who employs insured people."""

    id: EmployerId
    office_id: OfficeId
    number: str
    name: str
    name_latin: str | None = None
    phone: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class LeaveTold:
    """Months for which an employer's list names somebody as on leave, or back from it (code ON): evidence for a claim,
    never one itself."""

    id: str
    person_id: PersonId
    employer_id: EmployerId
    code: str
    first: Month
    last: Month | None
    told_on: date
