"""A paper that a hospital sent as data: what it says, and how far it has come to a claim."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from services.benefits.domain.ids import ClaimId, PersonId


class PaperState(enum.StrEnum):
    """Parked: nobody knows yet whose it is. Waiting: for a claim. Taken: it lies with one."""

    PARKED = "parked"
    WAITING = "waiting"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class HospitalPaper:
    """A certificate as table `kind` of a treatment (`link`) of a facility says it. `numbers` are (scheme, number) of
    the person; days are whole days, both ends included; `about` is what a period is for where it is not her own
    illness: `pregnancy`, `child`."""

    kind: str
    facility: str
    link: str
    part: int
    number: str
    numbers: tuple[tuple[str, str], ...] = ()
    name: str = ""
    sex: str | None = None
    born_on: date | None = None
    first: date | None = None
    last: date | None = None
    issued_on: date | None = None
    illness: str | None = None
    about: str | None = None
    birth_on: date | None = None
    children: int | None = None
    surgery: bool | None = None
    under_32_weeks: bool | None = None
    child_died_on: date | None = None
    children_died: int | None = None
    #: Whether it says whose it is: table 1 of the same treatment came with it.
    is_named: bool = False

    def json(self) -> dict[str, Any]:
        told = asdict(self)
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> HospitalPaper:
        days = {f.name for f in fields(cls) if "date" in str(f.type)}
        told = {name: date.fromisoformat(v) if name in days and v else v for name, v in said.items()}
        return cls(**told | {"numbers": tuple((scheme, number) for scheme, number in said["numbers"])})


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper as it is kept; `version` counts what the hospital said of the same treatment before."""

    id: str
    person_id: PersonId | None
    claim_id: ClaimId | None
    facility: str
    link: str
    kind: str
    part: int
    state: PaperState
    version: int
    at: datetime
    content: HospitalPaper
