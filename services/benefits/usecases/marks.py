"""The marks on a person that only an officer clears: a death that the bank reported, an address no letter found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.claim import State
from services.benefits.usecases import awards, claims, decisions, people
from shared.act import Act

DEATH = ("death_to_confirm", "death_confirmed")


class NothingMarked(ValueError):
    """There is no such mark on this person."""


class DayOfDeath(ValueError):
    """The day cannot be the day of death; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _locked(act: Act, person_id: str, version: int | None, reasons: Sequence[str]) -> tuple[Any, list[Any]]:
    """The person and those of her claims that wait because of a mark; claims first, as everybody locks them."""
    store.person(act, person_id)
    own = act.connection.execute(
        select(t.claim).where(t.claim.c.person_id == person_id).order_by(t.claim.c.id).with_for_update()
    ).all()
    row = store.person_to_change(act, person_id, version)
    return row, [claim for claim in own if claim.waits_reason in reasons]


def confirm_death(act: Act, person_id: str, version: int | None, *, died_on: date, why: str) -> int:
    """The report is true. The day stays with the person; nothing more goes to the old account, and what was due until
    that day is for an officer to decide. Raises `NothingMarked`, `DayOfDeath`, `store.ChangedMeanwhile`."""
    row, waiting = _locked(act, person_id, version, DEATH)
    if row.death_reported_on is None:
        raise NothingMarked("death")
    if died_on > act.today:
        raise DayOfDeath("in_the_future")
    if row.born_on is not None and died_on < row.born_on:
        raise DayOfDeath("before_birth")
    for claim in waiting:
        left = claim.state not in (State.DRAFT, State.CLOSED)
        wait = claims.waiting("officer", "death_confirmed", act.today) if left else claims.waiting(None)
        claims.touch(act, claim, "death_confirmed", why, **wait)
    return people.touch(
        act,
        row,
        "death_confirmed",
        why,
        before={},
        after={"deceased_on": died_on.isoformat()},
        deceased_on=died_on,
        death_reported_on=None,
    )


def death_mistaken(act: Act, person_id: str, version: int | None, *, why: str) -> int:
    """She lives. Awards that were stopped go on, and each claim waits again for whom its state says.

    Raises `NothingMarked`, `store.ChangedMeanwhile`.
    """
    row, waiting = _locked(act, person_id, version, DEATH)
    if row.death_reported_on is None and row.deceased_on is None:
        raise NothingMarked("death")
    for claim in waiting:
        claims.touch(act, claim, "death_mistaken", why, **_waits_again(act, claim))
    for claim in act.connection.execute(select(t.claim).where(t.claim.c.person_id == person_id)).all():
        awards.go_on(act, claim)
        awards.close_when_paid(act, claim.id)
    before = {"deceased_on": row.deceased_on.isoformat()} if row.deceased_on else {}
    return people.touch(
        act, row, "death_mistaken", why, before=before, after={}, deceased_on=None, death_reported_on=None
    )


def address_checked(act: Act, person_id: str, version: int | None, *, why: str) -> int:
    """Somebody has looked where she lives. Raises `NothingMarked`, `store.ChangedMeanwhile`."""
    row, waiting = _locked(act, person_id, version, ("address",))
    if row.address_doubted_on is None:
        raise NothingMarked("address")
    for claim in waiting:
        claims.touch(act, claim, "address_checked", why, **claims.waiting(None))
        awards.look(act, claim.id)
        awards.close_when_paid(act, claim.id)
    return people.touch(act, row, "address_checked", why, before={}, after={}, address_doubted_on=None)


def _waits_again(act: Act, row: Any) -> dict[str, Any]:
    """Whom a claim waits for by its state alone; what it waited for before the report is not kept."""
    if row.state in (State.SUBMITTED, State.IN_ASSESSMENT, State.RETURNED):
        proposal = store.proposed(act, row.id)
        if proposal is not None:
            return claims.waiting("supervisor", f"confirm_{proposal.second_reason}", act.today)
        kind = decisions.kind_of(act, row)[0]
        return claims.waiting("officer", "to_decide" if kind == "first" else kind, act.today)
    bounced = any(f["state"] in ("rejected", "returned") for f in store.payment_facts(act, row.id))
    if row.state in (State.DECIDED, State.CLOSED) and bounced:
        return claims.waiting("worker", "account", act.today)
    return claims.waiting(None)
