"""Deciding what becomes of money paid beyond an award: proposed by one person, confirmed by another, always.

Asking a family to pay back, or letting public money go, is never one person's word.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain import overpayment as over
from services.benefits.domain.claim import State
from services.benefits.domain.decision import check_two_people
from services.benefits.domain.overpayment import RecoveryNotPossible, Way
from services.benefits.institution import institution
from services.benefits.usecases import awards, claims
from services.benefits.usecases.decisions import AlreadyDecided
from shared import messaging
from shared.act import Act

#: Why money is let go.
WAIVE_REASONS = ("hardship", "our_mistake", "too_small")
#: Why a second person gives a proposal back.
RETURN_REASONS = ("amount_wrong", "too_hard", "explain_more")


def hindrance(act: Act, row: Any) -> str | None:
    """Why nothing can be proposed now, as a code; none where it can."""
    known = store.overpayment_of(act, row.id)
    if known is None or known.state in (over.State.SETTLED, over.State.WAIVED):
        return "nothing_open"
    if known.state == over.State.SUSPENDED or row.state not in (State.DECIDED, State.CLOSED):
        return "rests"
    if store.open_recovery(act, row.id) is not None:
        return "already_proposed"
    if claims.is_own_case(act, row):
        return "own_case"
    return None


def could_be_withheld(act: Act, row: Any) -> dict[over.Key, int]:
    """What set-off would keep back from each instalment still to come, in minor units."""
    award, known = store.award_of(act, row.id), store.overpayment_of(act, row.id)
    if award is None or known is None:
        return {}
    return awards.withholdable(row, award, store.payment_facts(act, row.id), over.left_of(known))


def withheld(act: Act, claim_id: str) -> list[dict[str, Any]]:
    """What is kept back from each instalment of the award as it stands: its pay day, its amount and the part kept."""
    award = store.award_of(act, claim_id)
    if award is None:
        return []
    kept = over.by_key(award.withheld)
    return [
        {
            "due_on": part["due_on"],
            "period": part["period"],
            "amount": part["amount"],
            "kept": {"minor": kept[over.key_of(part)], "currency": award.currency},
        }
        for part in award.schedule
        if over.key_of(part) in kept
    ]


def propose(
    act: Act,
    claim_id: str,
    version: int | None,
    way: str,
    *,
    reason: str | None = None,
    words: str | None = None,
    heard: str | None = None,
) -> Any:
    """Propose how what was paid too much comes back, or that it does not. Returns the recovery.

    `heard` is what the person said when she was asked; without it money is asked back only after her time to object.
    `reason` says why it is waived. Raises `RecoveryNotPossible`, `store.ChangedMeanwhile`.
    """
    row = store.claim_to_change(act, claim_id, version)
    chosen = Way(way)
    if (code := hindrance(act, row)) is not None:
        raise RecoveryNotPossible(code)
    if (chosen is Way.WAIVE) != (reason in WAIVE_REASONS):
        raise RecoveryNotPossible("reason_needed")
    last = store.last_final(act, claim_id)
    over.check_heard(chosen, today=act.today, appeal_until=last.appeal_until if last is not None else None, heard=heard)
    known = store.one(act, t.overpayment, t.overpayment.c.claim_id == claim_id)
    minor = over.left_of(known)
    if chosen is Way.SET_OFF:
        minor = sum(could_be_withheld(act, row).values())
        if not minor:
            raise RecoveryNotPossible("nothing_to_withhold")
    id_ = act.new_id()
    store.add(
        act,
        t.recovery,
        id=id_,
        claim_id=claim_id,
        overpayment_id=known.id,
        way=chosen,
        minor=minor,
        currency=known.currency,
        reason=reason,
        words=words,
        heard=heard,
        state="proposed",
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        proposed_at=act.now,
    )
    wait = claims.waiting("supervisor", "confirm_recovery", act.today)
    claims.touch(act, row, "recovery_proposed", words, **wait)
    return store.one(act, t.recovery, t.recovery.c.id == id_)


def _open(act: Act, recovery_id: str) -> tuple[Any, Any]:
    found = store.one(act, t.recovery, t.recovery.c.id == recovery_id)
    row = store.claim_to_change(act, found.claim_id, None)
    found = store.one(act, t.recovery, t.recovery.c.id == recovery_id, lock=True)
    if found.state != "proposed":
        raise AlreadyDecided(found.state)
    check_two_people(found.proposed_by, act.actor.id)
    return found, row


def confirm(act: Act, recovery_id: str) -> Any:
    """The second person confirms; the person is told by letter, and money is withheld, awaited or let go.

    Raises `SamePerson`, `AlreadyDecided`, `RecoveryNotPossible`.
    """
    found, row = _open(act, recovery_id)
    if claims.is_own_case(act, row):
        raise RecoveryNotPossible("own_case")
    if row.state not in (State.DECIDED, State.CLOSED):
        raise RecoveryNotPossible("rests")
    before = store.active_recovery(act, row.id)
    if before is not None:
        store.change(act, t.recovery, before.id, ended_on=act.today, ended_reason="decided_anew")
    repay_by = act.today + timedelta(days=institution().repay_days) if found.way == Way.REPAY else None
    store.change(
        act,
        t.recovery,
        found.id,
        state="final",
        decided_on=act.today,
        repay_by=repay_by,
        confirmed_by=act.actor.id,
        confirmed_name=act.actor.name,
    )
    claims.touch(act, row, "recovery_decided", None, **claims.waiting(None))
    messaging.post(
        act.about(row.id),
        "benefits.recovery.decided",
        subject=found.id,
        person=row.person_id,
        data=claims.reference(row)
        | {
            "recovery_id": found.id,
            "overpayment_id": found.overpayment_id,
            "way": found.way,
            "amount": {"minor": found.minor, "currency": found.currency},
        },
    )
    awards.look(act, row.id)
    awards.close_when_paid(act, row.id)
    return store.one(act, t.recovery, t.recovery.c.id == found.id)


def give_back(act: Act, recovery_id: str, reason: str, words: str | None) -> Any:
    """The second person gives the proposal back with a coded reason. Raises `SamePerson`, `AlreadyDecided`."""
    if reason not in RETURN_REASONS:
        raise ValueError(reason)
    found, row = _open(act, recovery_id)
    store.change(act, t.recovery, found.id, state="returned", returned_reason=reason, returned_words=words)
    claims.touch(act, row, "given_back", words, **claims.waiting(None))
    awards.look(act, row.id)
    return store.one(act, t.recovery, t.recovery.c.id == found.id)
