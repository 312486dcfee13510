"""Set-off against another claim, as it is kept: which recoveries draw on an award, and what each instalment brought.

Two claims are looked at one after the other, each in a transaction of its own: whatever moves on one asks for a look at
the other (`look_again`), and a look that finds nothing new changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.benefits import store
from services.benefits.domain.award import Award, Ceded, Key
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import ClaimId, RecoveryId
from services.benefits.domain.overpayment import RecoveryState, Way
from services.benefits.domain.set_off import Drawing, SetOff
from services.benefits.usecases.claims import tell
from shared import jobs
from shared.act import Act
from shared.money import Money


def contested(act: Act, claim_id: ClaimId) -> bool:
    """Whether the decision, or the recovery itself, is contested: then nothing is asked back."""
    appeal, objection = store.decisions.open_appeal(act, claim_id), store.awards.open_objection(act, claim_id)
    return appeal is not None or objection is not None


def come_back(act: Act, claim_id: ClaimId) -> int:
    """Minor units that came back on a claim: paid back, and kept back from another claim."""
    elsewhere = sum(one.amount.minor for one in store.awards.set_offs(act, to=claim_id))
    return store.awards.repaid_minor(act, claim_id) + elsewhere


def drawing(act: Act, recovery_id: RecoveryId, claim_id: ClaimId, *, runs: bool) -> Drawing:
    """What a recovery may take for the claim on which too much was paid, as that now stands."""
    known = store.awards.overpayment(act, claim_id)
    too_much, waived = (known.amount.minor, known.waived.minor) if known is not None else (0, 0)
    others = sum(one.amount.minor for one in store.awards.set_offs(act, to=claim_id) if one.recovery_id != recovery_id)
    most = max(0, too_much - store.awards.repaid_minor(act, claim_id) - others)
    return Drawing(recovery_id, claim_id, runs, most, max(0, most - waived))


def drawings(act: Act, claim_id: ClaimId) -> tuple[Drawing, ...]:
    """What draws, or once drew, on the award of a claim; for one that is contested nothing more is kept back."""
    return tuple(
        drawing(act, found.id, found.claim_id, runs=found.runs and not contested(act, found.claim_id))
        for found in store.awards.drawing_on(act, claim_id)
    )


def drawn_from(act: Act, claim_id: ClaimId) -> set[ClaimId]:
    """The claims whose instalments bring, or brought, something to this one."""
    found = (r for r in store.awards.recoveries(act, claim_id) if r.state is RecoveryState.FINAL)
    return {r.from_claim_id for r in found if r.way is Way.SET_OFF and r.from_claim_id is not None}


def look_again(act: Act, claim_ids: Iterable[ClaimId]) -> None:
    """Ask for a look at other claims, behind this transaction."""
    for claim_id in sorted(claim_ids):
        jobs.post_job(act, "look_at_set_off", act.new_id(), {"claim_id": claim_id})


def count(act: Act, claim: Claim, award: Award, counted: Mapping[Key, Ceded], *, moved: bool) -> None:
    """Keep what the instalments of a claim have brought to others: new rows for what is new, undone where it is less.

    Payments hear of each. `moved` says that the award itself was changed, which the other claims must look at.
    """
    known = {one.key: one for one in store.awards.set_offs(act, from_=claim.id)}
    if not known and not counted and not moved:
        return
    touched = {one.claim_id for one in known.values()} if moved else set()
    recoveries = {found.id: found for found in store.awards.drawing_on(act, claim.id)}
    touched |= {found.claim_id for found in recoveries.values() if found.runs} if moved else set()
    parts = {part.key: part for part in award.schedule}
    for key, one in known.items():
        kept = counted.get(key)
        if kept is None or (kept.minor, kept.recovery_id) != (one.amount.minor, one.recovery_id):
            store.awards.undo_set_off(act, one)
            touched.add(one.claim_id)
            other = store.claims.present(act, one.claim_id)
            gone: dict[str, Any] = {"set_off_id": one.id, "undone_on": act.today.isoformat()}
            tell(act, "benefits.set_off.undone", other, one.id, gone)
        else:
            parts.pop(key, None)
    for key, kept in sorted(counted.items()):
        if key in parts:
            _add(act, claim, award, key, kept, recoveries[kept.recovery_id].claim_id)
            touched.add(recoveries[kept.recovery_id].claim_id)
    look_again(act, touched)


def _add(act: Act, claim: Claim, award: Award, key: Key, kept: Ceded, to: ClaimId) -> None:
    part = next(part for part in award.schedule if part.key == key)
    one = SetOff(
        id=act.new_id(),
        recovery_id=kept.recovery_id,
        claim_id=to,
        from_claim_id=claim.id,
        component=key.component,
        no=key.no,
        period=part.period,
        amount=Money(kept.minor, part.amount.currency),
        counted_on=act.today,
    )
    store.awards.add_set_off(act, one)
    about: dict[str, Any] = {"set_off_id": one.id, "recovery_id": one.recovery_id, "from_claim_id": claim.id}
    about |= {"component": one.component, "amount": one.amount.json(), "counted_on": act.today.isoformat()}
    tell(act, "benefits.set_off.counted", store.claims.present(act, to), one.id, about)
