"""What the API answers where it is more than a record. A record that fits its schema is answered as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim, Waiting
from services.benefits.domain.decision import Decision
from services.benefits.domain.doubts import Doubt
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.overpayment import Compared, Overpayment, Recovery
from services.benefits.domain.person import Identifier, Person
from services.benefits.usecases import awards
from services.benefits.usecases.claims import Picture
from services.benefits.views.shown import Json, members
from shared.act import Act
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Name:
    full: str
    latin: str | None


def persons(act: Act, found: Sequence[Person]) -> list[Json]:
    """Persons with their numbers."""
    known: dict[Any, list[Identifier]] = dict(store.persons.identifiers(act, [p.id for p in found]))
    return [members(p) | {"name": Name(p.name, p.name_latin), "identifiers": known[p.id]} for p in found]


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """A claim with its warnings."""

    id: str
    number: str
    person_id: str
    employer_id: str | None
    office_id: str
    country: str
    benefit: str
    state: str
    received_on: date
    facts: Json
    papers: Json
    version: int
    waits_for: Waiting | None
    warnings: list[Doubt]


def claim(found: Claim, picture: Picture) -> ClaimAnswer:
    return ClaimAnswer(
        found.id,
        found.number,
        found.person_id,
        found.employer_id,
        found.office_id,
        found.country,
        found.benefit,
        found.state,
        found.received_on,
        dict(found.facts),
        found.papers.json(),
        found.version,
        found.waits,
        picture.warnings,
    )


def decision(found: Decision) -> Json:
    """A decision with its assessment as it was written down."""
    return members(found) | {"schedule": [part.json() for part in found.schedule], "assessment": found.kept}


@dataclass(frozen=True, slots=True)
class OverpaymentAnswer:
    """What was paid beyond the award, what came back of it, and what was decided."""

    id: str
    claim_id: str
    state: str
    found_on: date
    amount: Money
    repaid: Money
    waived: Money
    outstanding: Money
    compared: tuple[Compared, ...]
    recoveries: list[Recovery]


def overpayment(act: Act, claim_id: ClaimId) -> OverpaymentAnswer:
    """Raises `store.NotHere`."""
    known: Overpayment = store.awards.the_overpayment(act, claim_id)
    rows, every = awards.compared(act, claim_id), store.awards.recoveries(act, claim_id)
    amounts = known.amount, known.repaid, known.waived, known.left
    return OverpaymentAnswer(known.id, known.claim_id, known.state, known.found_on, *amounts, rows, every)
