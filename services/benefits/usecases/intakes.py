"""What a counter took in while its line was down becomes a draft, once, or waits for a person who looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain import intake as domain
from services.benefits.domain.claim import day_of
from services.benefits.domain.ids import ClaimId, OfficeId
from services.benefits.domain.intake import Intake, IntakeState, receipt_of
from services.benefits.domain.person import Person
from services.benefits.usecases import claims
from shared.act import HEAD_OFFICE, Act


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An item as it was read: who she says she is, and what her papers say. `typed` is all that was typed; `unread`
    says that some of it could not be read."""

    typed: Mapping[str, str]
    benefit: str
    name: str
    number: str
    born_on: date | None
    received_on: date | None
    facts: Mapping[str, Any]
    papers: Mapping[str, Any]
    unread: bool
    #: Who typed it, as the house itself has vouched (account, name); none where who sends it has typed it.
    by: tuple[str, str] | None = None


def arrive(act: Act, id_: str, taken: TakenIn) -> Intake:
    """An item has arrived. Sent again it is answered as before, whatever it says then. Raises `NotHere` for an id
    that another office has used."""
    store.intakes.lock(act, id_)
    before = store.intakes.known(act, id_)
    if before is not None:
        return before
    office = OfficeId(act.actor.office or HEAD_OFFICE)
    typed = dict(taken.typed)
    item = Intake(
        id=id_,
        receipt=receipt_of(id_),
        office_id=office,
        state=IntakeState.FAULT,
        fault="unread",
        typed=typed,
        sent_by=act.actor.id,
        sent_name=act.actor.name,
        arrived_at=act.now,
        arrived_on=act.today,
        taken_by=taken.by[0] if taken.by else None,
        taken_name=taken.by[1] if taken.by else None,
    )
    person, fault = _whose(act, taken)
    if person is not None:  # two counters with the same paper are answered one after the other
        store.persons.lock(act, person.id)
    fault = fault or _doubtful(act, person, taken)
    if fault is None and person is not None:
        opened = _open(act, id_, person, taken)
        item = replace(item, state=IntakeState.TAKEN, fault=None, typed=None, claim_id=opened)
    else:
        item = replace(item, fault=fault or "person_unknown")
    store.intakes.add(act, item)
    return item


def _whose(act: Act, taken: TakenIn) -> tuple[Person | None, str | None]:
    """The one person whom number, name and day of birth name together; otherwise why nobody is taken for her."""
    if taken.number:
        id_ = store.persons.with_number(act, taken.number)
        if id_ is None:
            return None, "person_unknown"
        found = [store.persons.get(act, id_)]
    else:
        found = [p for p in store.persons.find(act, taken.name) if p.is_called(taken.name)] if taken.name else []
        if not found:
            return None, "person_unknown"
        if len(found) > 1 or taken.born_on is None:
            return None, "person_unclear"
    person = found[0]
    if taken.born_on is not None and person.born_on is not None and person.born_on != taken.born_on:
        return None, "person_unclear"
    if taken.name and not person.is_called(taken.name):
        return None, "person_unclear"
    return person, None


def _doubtful(act: Act, person: Person | None, taken: TakenIn) -> str | None:
    """Why a person must look before a draft is opened."""
    if taken.unread or not taken.benefit:
        return "unread"
    if taken.received_on is not None and taken.received_on > act.today:
        return "received_later"
    if person is not None and person.erased_on is not None:
        return "person_unknown"
    first = day_of(taken.facts, "spell", "first_day")
    if person is not None and first is not None:
        same = store.claims.same(act, person.id, taken.benefit, taken.received_on or act.today, first)
        if same is not None:
            return "same_claim"
    return None


def _open(act: Act, id_: str, person: Person, taken: TakenIn) -> ClaimId:
    if taken.by is not None:  # what was typed is the hand of who typed it, whoever's page sends it
        act = replace(act, actor=replace(act.actor, id=taken.by[0], name=taken.by[1]))
    return claims.open_claim(
        act,
        person.id,
        benefit=taken.benefit,
        received_on=taken.received_on,
        facts=taken.facts,
        papers=taken.papers,
        id_=ClaimId(id_),
    )


def settle(act: Act, id_: str, person_id: str, taken: TakenIn) -> Intake:
    """Somebody has looked: this is the person, and this is what her papers say. Raises `IntakeOver`, `NotHere`,
    `FactsInvalid`."""
    before = store.intakes.get(act, id_, lock=True)
    person = store.persons.get(act, person_id)
    if before.state is not IntakeState.FAULT:
        raise domain.IntakeOver(before.state)
    opened = _open(act, id_, person, taken)
    after = domain.settled(before, opened, act.actor.id, act.actor.name, act.today)
    store.intakes.save(act, before, after)
    return after


def discard(act: Act, id_: str, why: str) -> Intake:
    """Somebody has looked: there is nothing to open. Raises `IntakeOver`, `NotHere`."""
    before = store.intakes.get(act, id_, lock=True)
    after = domain.discarded(before, act.actor.id, act.actor.name, act.today, why)
    store.intakes.save(act, before, after)
    return after
