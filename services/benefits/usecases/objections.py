"""Objecting to a recovery itself: not that too much was paid, but that, or how, it is asked back."""

from __future__ import annotations

from dataclasses import replace

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.overpayment import Objection, Recovery, RecoveryNotPossible
from services.benefits.usecases import awards, claims
from services.benefits.usecases.decisions import AlreadyDecided
from shared.act import Act

#: How an objection is decided: the recovery ends, or it goes on.
OUTCOMES = ("upheld", "rejected")


def may_object(act: Act, claim: Claim) -> Recovery | None:
    """The recovery that runs and that nobody has objected to, or whose objection was taken back; none otherwise."""
    active = store.awards.active_recovery(act, claim.id)
    if active is None or not claim.is_decided:
        return None
    against = [o for o in store.awards.objections(act, claim.id) if o.recovery_id == active.id]
    return active if all(o.outcome == "withdrawn" for o in against) else None


def lodge(act: Act, claim_id: str, recovery_id: str, grounds: str) -> Objection:
    """Object to a recovery that runs, at the desk or by the worker herself; nothing is asked back while it is open.
    Raises `RecoveryNotPossible`."""
    claim = store.claims.to_change(act, claim_id, None)
    active = may_object(act, claim)
    if active is None or active.id != recovery_id:
        raise RecoveryNotPossible("nothing_to_object_to")
    by = "worker" if act.actor.kind == "worker" else act.actor.id
    lodged = Objection(act.new_id(), claim.id, active.id, grounds, act.today, by)
    store.awards.add_objection(act, lodged)
    claim = store.claims.save(act, claim, claim, "recovery_contested", grounds)
    awards.review(act, claim.id)
    _tell(act, "benefits.recovery.contested", claim, lodged, lodged_on=act.today.isoformat())
    return lodged


def _open(act: Act, objection_id: str) -> tuple[Objection, Claim]:
    claim = store.claims.to_change(act, store.awards.objection(act, objection_id).claim_id, None)
    found = store.awards.objection(act, objection_id, lock=True)
    if not found.is_open:
        raise AlreadyDecided(found.outcome or "")
    return found, claim


def hindrance(act: Act, claim: Claim, objection: Objection) -> str | None:
    """Why this actor cannot decide the objection, as a code; none where she can."""
    if not act.actor.has("supervisor"):
        return "supervisor_confirms"
    if claims.is_own_case(act, claim):
        return "own_case"
    against = store.awards.recovery(act, objection.recovery_id)
    return "new_eyes" if act.actor.id in (against.proposed_by, against.confirmed_by) else None


def decide(act: Act, objection_id: str, outcome: str, reasons: str) -> Objection:
    """Somebody who neither proposed nor confirmed the recovery decides. Upheld, the recovery ends, and what becomes of
    the money is decided anew; rejected, it goes on. Raises `RecoveryNotPossible`, `AlreadyDecided`."""
    if outcome not in OUTCOMES or not reasons.strip():
        raise RecoveryNotPossible("reasons_needed")
    found, claim = _open(act, objection_id)
    if (code := hindrance(act, claim, found)) is not None:
        raise RecoveryNotPossible(code)
    decided = replace(
        found,
        outcome=outcome,
        reasons=reasons.strip(),
        decided_by=act.actor.id,
        decided_name=act.actor.name,
        decided_on=act.today,
    )
    store.awards.save_objection(act, found, decided)
    against = store.awards.recovery(act, found.recovery_id)
    if outcome == "upheld":
        over = replace(against, ended_on=act.today, ended_reason="objection_upheld")
        store.awards.save_recovery(act, against, over)
    claim = store.claims.save(act, claim, claim, "objection_decided", decided.reasons)
    awards.review(act, claim.id)
    amount = against.amount.json()
    _tell(act, "benefits.recovery.objection_decided", claim, decided, outcome=outcome, amount=amount)
    return decided


def withdraw(act: Act, objection_id: str) -> Objection:
    """The person takes the objection back; the recovery goes on. Raises `AlreadyDecided`."""
    found, claim = _open(act, objection_id)
    withdrawn = replace(found, outcome="withdrawn", decided_on=act.today)
    store.awards.save_objection(act, found, withdrawn)
    store.claims.save(act, claim, claim, "objection_withdrawn")
    awards.review(act, claim.id)
    return withdrawn


def _tell(act: Act, type_: str, claim: Claim, objection: Objection, **more: object) -> None:
    about = {"recovery_id": objection.recovery_id, "objection_id": objection.id, **more}
    claims.tell(act, type_, claim, objection.recovery_id, about)
