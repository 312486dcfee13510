"""Deciding what becomes of money paid beyond an award: proposed by one person, confirmed by another, always.

Asking a family to pay back, or letting public money go, is never one person's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain import overpayment as over
from services.benefits.domain.award import Instalment
from services.benefits.domain.claim import Claim, Waiting, Whom
from services.benefits.domain.decision import check_two_people
from services.benefits.domain.ids import ClaimId, RecoveryId
from services.benefits.domain.overpayment import Recovery, RecoveryNotPossible, RecoveryState, Way
from services.benefits.domain.repaying import Agreed, agreed, late_from
from services.benefits.institution import institution
from services.benefits.usecases import awards, claims
from services.benefits.usecases.decisions import AlreadyDecided
from shared import jobs
from shared.act import Act
from shared.money import Money

#: Why money is let go.
WAIVE_REASONS = ("hardship", "our_mistake", "too_small")
#: Why a second person gives a proposal back.
RETURN_REASONS = ("amount_wrong", "too_hard", "explain_more")


def hindrance(act: Act, claim: Claim) -> str | None:
    """Why nothing can be proposed now, as a code; none where it can."""
    known = store.awards.overpayment(act, claim.id)
    if known is None or not known.is_open:
        return "nothing_open"
    if known.state is over.OverpaymentState.SUSPENDED or not claim.is_decided:
        return "rests"
    if store.awards.open_recovery(act, claim.id) is not None:
        return "already_proposed"
    if claims.is_own_case(act, claim):
        return "own_case"
    return None


@dataclass(frozen=True, slots=True)
class KeptBack:
    """An instalment, and the part of it that is withheld; `claim` where it is not this claim's own."""

    part: Instalment
    kept: Money
    claim: Claim | None = None

    def json(self) -> dict[str, Any]:
        said = self.part.json()
        return {name: said[name] for name in ("due_on", "period", "amount")} | {"kept": self.kept.json()}


def withheld(act: Act, claim_id: ClaimId) -> list[KeptBack]:
    """What is kept back for a claim: from each instalment of its own award, and of the claim on which it draws."""
    award = store.awards.of_claim(act, claim_id)
    found = [
        KeptBack(part, Money(award.withheld[part.key], part.amount.currency))
        for part in (award.schedule if award is not None else ())
        if award is not None and part.key in award.withheld
    ]
    for recovery in store.awards.recoveries(act, claim_id):
        if recovery.from_claim_id is not None and recovery.state is RecoveryState.FINAL:
            found += _kept_from(act, recovery.from_claim_id, recovery.id)
    return found


def _kept_from(act: Act, claim_id: ClaimId, recovery_id: RecoveryId | None) -> list[KeptBack]:
    """What is kept back from the instalments of a claim for others, or for one recovery of another."""
    award = store.awards.of_claim(act, claim_id)
    if award is None:
        return []
    gone = {one.key for one in store.awards.set_offs(act, from_=claim_id)}
    claim = store.claims.present(act, claim_id)
    return [
        KeptBack(part, Money(kept.minor, part.amount.currency), claim)
        for part in award.schedule
        if (kept := award.ceded.get(part.key)) is not None
        and recovery_id in (None, kept.recovery_id)
        and (award.is_running or part.key in gone)
    ]


def kept_for_others(act: Act, claim_id: ClaimId) -> list[KeptBack]:
    """What is kept back from the instalments of a claim for other claims of the person; each with that other claim."""
    award = store.awards.of_claim(act, claim_id)
    if award is None or not award.ceded:
        return []
    others = {r.id: store.claims.present(act, r.claim_id) for r in store.awards.drawing_on(act, claim_id)}
    return [
        replace(kept, claim=others[award.ceded[kept.part.key].recovery_id]) for kept in _kept_from(act, claim_id, None)
    ]


def could_draw_on(act: Act, claim: Claim) -> list[tuple[Claim, Money]]:
    """The other claims of the person from whose instalments something could be withheld for this one, with how much."""
    award = store.awards.of_claim(act, claim.id)
    if award is None:
        return []
    found = []
    for other in store.claims.others(act, claim):
        theirs = store.awards.of_claim(act, other.id)
        if theirs is None or theirs.total.currency != award.total.currency or not other.is_decided:
            continue
        minor = awards.could_be_drawn(act, other.id, claim.id)
        if minor and store.awards.drawn_on_now(act, other.id) is None:
            found.append((other, Money(minor, award.total.currency)))
    return found


def look_at_set_off(act: Act, claim_id: str) -> None:
    """Look at a claim again because another one, which it brings money to or gets some from, has moved."""
    claim = store.claims.present(act, claim_id, lock=True)
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)


def contestable_until(act: Act, claim_id: ClaimId) -> date | None:
    """Until when she can object to what the money follows from: the decision that stands, or that it was annulled."""
    last = store.decisions.last_final(act, claim_id)
    if last is not None:
        return last.appeal_until
    annulled = store.annulments.present(act, claim_id)
    return annulled.appeal_until if annulled is not None else None


def propose(
    act: Act,
    claim_id: str,
    version: int | None,
    way: str,
    *,
    reason: str | None = None,
    words: str | None = None,
    heard: str | None = None,
    parts: Sequence[Agreed] = (),
    from_claim: str | None = None,
) -> Recovery:
    """Propose how what was paid too much comes back, or that it does not. `parts` are agreed days and amounts.

    `heard` is what the person said when she was asked; without it money is asked back only after her time to object.
    What was paid by the institution's own mistake is asked back only with `words` that say why she could know.
    `reason` says why it is waived; `from_claim` is another claim of the person, from whose instalments it is withheld.
    Raises `RecoveryNotPossible`,
    `PartsNotPossible`, `store.ChangedMeanwhile`.
    """
    claim, chosen = store.claims.to_change(act, claim_id, version), Way(way)
    if (code := hindrance(act, claim)) is not None:
        raise RecoveryNotPossible(code)
    if (chosen is Way.WAIVE) != (reason in WAIVE_REASONS):
        raise RecoveryNotPossible("reason_needed")
    if parts and chosen is not Way.REPAY:
        raise RecoveryNotPossible("parts_of_a_repayment")
    if chosen is not Way.WAIVE and not (words or "").strip() and store.annulments.was_ours(act, claim.id):
        raise RecoveryNotPossible("could_know")
    over.check_heard(chosen, today=act.today, appeal_until=contestable_until(act, claim.id), heard=heard)
    known = store.awards.the_overpayment(act, claim.id)
    amount = known.left
    if from_claim is not None and chosen is not Way.SET_OFF:
        raise RecoveryNotPossible("other_claim_is_for_set_off")
    if from_claim is not None:
        if store.awards.drawn_on_now(act, ClaimId(from_claim)) is not None:
            raise RecoveryNotPossible("drawn_on_already")
        could = {other.id: minor for other, minor in could_draw_on(act, claim)}
        if from_claim not in could:
            raise RecoveryNotPossible("nothing_to_withhold")
        amount = min(amount, could[ClaimId(from_claim)])
    elif chosen is Way.SET_OFF:
        amount = Money(sum(awards.could_be_withheld(act, claim).values()), amount.currency)
        if not amount:
            raise RecoveryNotPossible("nothing_to_withhold")
    proposed = Recovery(
        id=RecoveryId(act.new_id()),
        claim_id=claim.id,
        overpayment_id=known.id,
        way=chosen,
        amount=amount,
        reason=reason,
        words=words,
        heard=heard,
        state=RecoveryState.PROPOSED,
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        parts=agreed(parts, amount, act.today) if parts else (),
        from_claim_id=ClaimId(from_claim) if from_claim is not None else None,
    )
    store.awards.add_recovery(act, proposed)
    waits = Waiting(Whom.SUPERVISOR, "confirm_recovery", act.today)
    store.claims.save(act, claim, replace(claim, waits=waits), "recovery_proposed", words)
    return proposed


def _open(act: Act, recovery_id: str) -> tuple[Recovery, Claim]:
    claim = store.claims.to_change(act, store.awards.recovery(act, recovery_id).claim_id, None)
    found = store.awards.recovery(act, recovery_id, lock=True)
    if found.state is not RecoveryState.PROPOSED:
        raise AlreadyDecided(found.state)
    check_two_people(found.proposed_by, act.actor.id)
    return found, claim


def confirm(act: Act, recovery_id: str) -> Recovery:
    """The second person confirms; the person is told by letter, and money is withheld, awaited or let go.

    Raises `SamePerson`, `AlreadyDecided`, `RecoveryNotPossible`.
    """
    found, claim = _open(act, recovery_id)
    if claims.is_own_case(act, claim):
        raise RecoveryNotPossible("own_case")
    if not claim.is_decided or store.awards.open_objection(act, claim.id) is not None:
        raise RecoveryNotPossible("rests")
    before = store.awards.active_recovery(act, claim.id)
    if before is not None:
        over_now = replace(before, ended_on=act.today, ended_reason="decided_anew")
        store.awards.save_recovery(act, before, over_now)
    one_sum = act.today + timedelta(days=institution().repay_days)
    decided = replace(
        found,
        state=RecoveryState.FINAL,
        decided_on=act.today,
        repay_by=found.parts[-1].due_on if found.parts else one_sum if found.way is Way.REPAY else None,
        confirmed_by=act.actor.id,
        confirmed_name=act.actor.name,
    )
    store.awards.save_recovery(act, found, decided)
    store.claims.save(act, claim, replace(claim, waits=None), "recovery_decided")
    about: dict[str, Any] = {"recovery_id": decided.id, "overpayment_id": decided.overpayment_id, "way": decided.way}
    about |= {"amount": decided.amount.json()}
    claims.tell(act, "benefits.recovery.decided", claim, decided.id, about)
    grace = institution().practice.repay_grace_days
    for part in decided.plan:
        missed = {"recovery_id": decided.id, "due_on": part.due_on.isoformat()}
        jobs.post_job(act, "part_missed", f"{decided.id}:{part.due_on}", missed, on=late_from(part, grace))
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)
    if decided.from_claim_id is not None:  # the letter says at once what is kept back there
        look_at_set_off(act, decided.from_claim_id)
    return store.awards.recovery(act, decided.id)


def part_missed(act: Act, recovery_id: str, due_on: date) -> None:
    """The day of a part is over. What has not come is on the supervisor's list, and the person is reminded, once."""
    claim = store.claims.to_change(act, store.awards.recovery(act, recovery_id).claim_id, None)
    awards.review(act, claim.id)
    found, known = store.awards.recovery(act, recovery_id, lock=True), store.awards.the_overpayment(act, claim.id)
    if not found.runs or known.state is not over.OverpaymentState.RECOVERING or due_on in found.reminded:
        return
    for missed in found.progress(known.left.minor, act.today, institution().practice.repay_grace_days):
        if missed.part.due_on == due_on and missed.late:
            store.awards.save_recovery(act, found, replace(found, reminded=(*found.reminded, due_on)))
            about = {"recovery_id": found.id, "amount": missed.left.json(), "due_on": due_on.isoformat()}
            claims.tell(act, "benefits.repayment.missed", claim, found.id, about)


def give_back(act: Act, recovery_id: str, reason: str, words: str | None) -> Recovery:
    """The second person gives the proposal back with a coded reason. Raises `SamePerson`, `AlreadyDecided`."""
    if reason not in RETURN_REASONS:
        raise ValueError(reason)
    found, claim = _open(act, recovery_id)
    back = replace(found, state=RecoveryState.RETURNED, returned_reason=reason, returned_words=words)
    store.awards.save_recovery(act, found, back)
    store.claims.save(act, claim, replace(claim, waits=None), "given_back", words)
    awards.review(act, claim.id)
    return back
