"""The marks on a person that only an officer clears: a death that the bank reported, an address no letter found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.benefits import store
from services.benefits.domain.award import BOUNCED
from services.benefits.domain.claim import Claim, ClaimState, Waiting, Whom
from services.benefits.domain.decision import Kind
from services.benefits.domain.ids import PersonId
from services.benefits.domain.person import Person, PersonChangeKind
from services.benefits.usecases import awards, decisions, people
from shared import bank_reasons
from shared.act import Act

DEATH = ("death_to_confirm", "death_confirmed")


class NothingMarked(ValueError):
    """There is no such mark on this person."""


class DayOfDeath(ValueError):
    """The day cannot be the day of death; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _locked(act: Act, person_id: str, version: int | None, reasons: Sequence[str]) -> tuple[Person, list[Claim]]:
    """The person and those of her claims that wait because of a mark; claims first, as everybody locks them."""
    own = store.claims.every(act, store.persons.get(act, person_id).id, lock=True)
    person = store.persons.to_change(act, person_id, version)
    return person, [claim for claim in own if claim.waits is not None and claim.waits.reason in reasons]


def confirm_death(act: Act, person_id: str, version: int | None, *, died_on: date, why: str) -> Person:
    """The report is true. The day stays with the person; nothing more goes to the old account, and what was due until
    that day is for an officer to decide. Raises `NothingMarked`, `DayOfDeath`, `store.ChangedMeanwhile`."""
    person, waiting = _locked(act, person_id, version, DEATH)
    if person.death_reported_on is None:
        raise NothingMarked("death")
    if died_on > act.today:
        raise DayOfDeath("in_the_future")
    if person.born_on is not None and died_on < person.born_on:
        raise DayOfDeath("before_birth")
    for claim in waiting:
        left = claim.state not in (ClaimState.DRAFT, ClaimState.CLOSED)
        waits = Waiting(Whom.OFFICER, "death_confirmed", act.today) if left else None
        store.claims.save(act, claim, replace(claim, waits=waits), "death_confirmed", why)
    dead = replace(person, deceased_on=died_on, death_reported_on=None)
    after = {"deceased_on": died_on.isoformat()}
    return people.change(act, person, dead, PersonChangeKind.DEATH_CONFIRMED, why, said=after)


def death_mistaken(act: Act, person_id: str, version: int | None, *, why: str) -> Person:
    """She lives. Awards that were stopped go on, and each claim waits again for whom its state says.

    Raises `NothingMarked`, `store.ChangedMeanwhile`.
    """
    person, waiting = _locked(act, person_id, version, DEATH)
    if person.death_reported_on is None and person.deceased_on is None:
        raise NothingMarked("death")
    for claim in waiting:
        store.claims.save(act, claim, replace(claim, waits=waits_again(act, claim)), "death_mistaken", why)
    for claim in store.claims.every(act, PersonId(person.id)):
        awards.go_on(act, claim)
        awards.close_when_paid(act, claim.id)
    before = {"deceased_on": person.deceased_on.isoformat()} if person.deceased_on else {}
    alive = replace(person, deceased_on=None, death_reported_on=None)
    return people.change(act, person, alive, PersonChangeKind.DEATH_MISTAKEN, why, before=before)


def address_checked(act: Act, person_id: str, version: int | None, *, why: str) -> Person:
    """Somebody has looked where she lives. Raises `NothingMarked`, `store.ChangedMeanwhile`."""
    person, waiting = _locked(act, person_id, version, ("address",))
    if person.address_doubted_on is None:
        raise NothingMarked("address")
    for claim in waiting:
        store.claims.save(act, claim, replace(claim, waits=None), "address_checked", why)
        awards.review(act, claim.id)
        awards.close_when_paid(act, claim.id)
    checked = replace(person, address_doubted_on=None)
    return people.change(act, person, checked, PersonChangeKind.ADDRESS_CHECKED, why)


def waits_again(act: Act, claim: Claim) -> Waiting | None:
    """Whom a claim waits for by its state alone; what it waited for before the report is not kept."""
    if claim.state in decisions.UNDECIDED:
        proposal = store.decisions.proposed(act, claim.id)
        if proposal is not None:
            return Waiting(Whom.SUPERVISOR, f"confirm_{proposal.second_reason}", act.today)
        kind = decisions.before(act, claim).next_kind
        return Waiting(Whom.OFFICER, "to_decide" if kind is Kind.FIRST else kind, act.today)
    outlook = awards.outlook_now(act, claim.id)
    missing = {part.key for part in outlook.coming} if outlook is not None else set()
    facts = store.awards.payment_facts(act, claim.id)
    bounced = any(f.state in BOUNCED and f.key in missing and bank_reasons.is_payees(f.reason) for f in facts)
    return Waiting(Whom.WORKER, "account", act.today) if claim.is_decided and bounced else None
