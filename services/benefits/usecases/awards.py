"""What a final decision grants: the schedule that payments follow, and whether more was paid than it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain import advance as advancing
from services.benefits.domain import award as awards
from services.benefits.domain import outlook as outlooks
from services.benefits.domain import overpayment as over
from services.benefits.domain import set_off
from services.benefits.domain.award import Award, AwardState, Ceded, Instalment, Key, PaymentFact
from services.benefits.domain.claim import OVERPAID, SUSPENDED, Claim, ClaimState, Waiting, move
from services.benefits.domain.decision import Decision
from services.benefits.domain.ids import AwardId, ClaimId, DecisionId, OverpaymentId, RecoveryId
from services.benefits.domain.outlook import Outlook
from services.benefits.domain.overpayment import Overpayment, Review, Standing, Way
from services.benefits.domain.suspension import SuspensionState
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.usecases import promises, set_offs
from services.benefits.usecases.claims import tell
from shared.act import Act
from shared.money import Money, exponent

GRANTED, REVISED = "benefits.award.granted", "benefits.award.revised"


def outlook(act: Act, claim: Claim, schedule: Sequence[Instalment], total: Money) -> Outlook:
    """What a schedule would bring if it were decided today, after all that has moved on the claim and less what is
    withheld of it."""
    known, nobody = store.awards.of_claim(act, claim.id), DecisionId("")
    award = _next(act, claim, known, nobody, total, tuple(schedule))
    award = over.review(standing(act, claim, award, fresh=True, deciding=True)).award
    return _outlook(act, award)


def outlook_now(act: Act, claim_id: ClaimId) -> Outlook | None:
    """What has moved, is still to come and waits of the award as it stands; none where nothing was ever granted."""
    award = store.awards.of_claim(act, claim_id)
    if award is None:
        return None
    found = _outlook(act, award)
    return found if award.is_running else replace(found, coming=(), waiting=None)


def _outlook(act: Act, award: Award) -> Outlook:
    """What a suspension holds is owed: it is neither to come now nor paid too much, but waits."""
    every = store.awards.every_payment_fact(act, award.claim_id)
    facts = [fact for fact in every if fact.employer_id is None]
    repaid = store.awards.repaid_minor(act, award.claim_id) if facts else 0
    days, currency = institution().pay_days, award.total.currency
    soonest = days.after(act.today)

    def of(schedule: Sequence[Instalment]) -> Outlook:
        schedule = [replace(part, due_on=days.bank.pays_on(part.due_on)) for part in schedule]
        return outlooks.outlook(schedule, facts, award.past, repaid=repaid, currency=currency, soonest=soonest)

    found = replace(of(award.owed_to_her()), to_employers=award.to_employers)
    return outlooks.while_suspended(found, of(award.payable_to_her(every))) if award.held else found


def grant(act: Act, claim: Claim, found: Decision) -> None:
    """A final decision becomes a version of the claim's award; none where nothing was ever granted."""
    award = store.awards.of_claim(act, claim.id, lock=True)
    if award is not None or found.total:
        _new_version(act, claim, award, found.id, found.total, found.schedule)


def go_on(act: Act, claim: Claim) -> None:
    """Start again what was ended by mistake; what was not paid meanwhile falls due from the next pay day on."""
    award = store.awards.of_claim(act, claim.id, lock=True)
    if award is not None and not award.is_running:
        found = store.decisions.get(act, award.decision_id)
        if store.annulments.of_decision(act, found) is not None:
            annul(act, claim)
        else:
            grant_again(act, claim, found)


def annul(act: Act, claim: Claim) -> None:
    """Nothing is granted any more: what has not left is not paid, what has was too much."""
    award = store.awards.of_claim(act, claim.id, lock=True)
    if award is not None:
        _new_version(act, claim, award, award.decision_id, Money(0, award.total.currency), ())


def grant_again(act: Act, claim: Claim, found: Decision) -> None:
    """A decision counts as it was made; what was not paid meanwhile falls due from the next pay day on."""
    award = store.awards.of_claim(act, claim.id, lock=True)
    if award is not None:
        schedule = awards.cut(found.assessment, act.today, institution().pay_days)
        _new_version(act, claim, award, found.id, found.total, tuple(schedule))


def _new_version(
    act: Act,
    claim: Claim,
    known: Award | None,
    decision_id: DecisionId,
    total: Money,
    schedule: tuple[Instalment, ...],
) -> None:
    award = _next(act, claim, known, decision_id, total, schedule)
    if known is None:
        store.awards.add(act, award)
    else:
        store.awards.save(act, known, award)
    review(act, claim.id, told=GRANTED if known is None else REVISED)


def _next(
    act: Act,
    claim: Claim,
    known: Award | None,
    decision_id: DecisionId,
    total: Money,
    schedule: tuple[Instalment, ...],
) -> Award:
    """The version of an award that a decision makes, with what it finds in the past."""
    facts = store.awards.every_payment_fact(act, claim.id)
    until = over.paid_until(known.schedule, facts, known.paid_until) if known is not None else {}
    past = over.past_of(schedule, facts, until, act.today)
    award = Award(
        id=known.id if known is not None else AwardId(act.new_id()),
        claim_id=claim.id,
        person_id=claim.person_id,
        version=known.version + 1 if known is not None else 1,
        decision_id=decision_id,
        state=AwardState.RUNNING,
        total=total,
        schedule=schedule,
        past=past,
        paid_until=until,
        ceded=set_off.carried(known.ceded, _counted_keys(act, claim.id), schedule, past) if known is not None else {},
        advanced=known.advanced if known is not None else {},
    )
    return _shared(act, claim, award)


def _shared(act: Act, claim: Claim, award: Award) -> Award:
    """An award with what of it goes to employers who advanced it."""
    told = store.advances.of_claim(act, claim.id)
    if not told and not award.advanced:
        return award
    facts = store.awards.every_payment_fact(act, claim.id)
    closed, smallest = over.closed_keys(award, facts), smallest_paid(claim.country, award)
    return replace(award, advanced=advancing.allocate(award.schedule, closed, facts, award.advanced, told, smallest))


def share_anew(act: Act, claim: Claim) -> None:
    """An advance was confirmed: what is still to leave is shared between the person and the employer, in a version of
    its own that payments hear of; what has left is not redirected."""
    award = store.awards.of_claim(act, claim.id, lock=True)
    if award is None or not award.is_running:
        return
    after = _shared(act, claim, award)
    if after.advanced != award.advanced:
        store.awards.save(act, award, replace(after, version=award.version + 1))
        review(act, claim.id, told=REVISED)


def end(act: Act, claim: Claim, reason: str) -> None:
    """Stop what has not been sent, for example when the payee died."""
    award = store.awards.of_claim(act, claim.id, lock=True)
    if award is None or not award.is_running:
        return
    ended = store.awards.save(act, award, replace(award, state=AwardState.ENDED, version=award.version + 1))
    about = {"decision_id": ended.decision_id, "award_id": ended.id, "version": ended.version}
    about |= {"ended_on": act.today.isoformat(), "reason": reason}
    tell(act, "benefits.award.ended", claim, ended.id, about)
    set_offs.look_again(act, {recovery.claim_id for recovery in store.awards.drawing_on(act, claim.id)})


def _counted_keys(act: Act, claim_id: ClaimId) -> set[Key]:
    return {one.key for one in store.awards.set_offs(act, from_=claim_id)}


def standing(act: Act, claim: Claim, award: Award, *, fresh: bool = False, deciding: bool = False) -> Standing:
    """All that bears on what was paid too much on a claim, as it is now; `deciding`: as it is once it is decided anew,
    which ends a suspension that waits for that."""
    now = _standing(act, claim, award, fresh=fresh)
    if deciding and (suspended := store.suspensions.holding(act, claim.id)) is not None:
        ends = suspended.state is SuspensionState.SETTLING
        now = replace(now, suspended_from=None if ends else suspended.first_day)
    if now.active is None or now.active.from_claim_id is None:
        return now
    return replace(now, elsewhere=could_be_drawn(act, now.active.from_claim_id, claim.id))


def could_be_drawn(act: Act, from_id: ClaimId, to: ClaimId) -> int:
    """Minor units that the instalments to come of another claim could still bring to this one."""
    other, award = store.claims.present(act, from_id), store.awards.of_claim(act, from_id)
    if award is None:
        return 0
    drawing = set_offs.drawing(act, RecoveryId(""), to, runs=True)
    now = replace(_standing(act, other, award), smallest=smallest_paid(other.country, award))
    return sum(kept.minor for kept in over.cedable(now, drawing).values())


def _standing(act: Act, claim: Claim, award: Award, *, fresh: bool = False) -> Standing:
    known, facts = store.awards.overpayment(act, claim.id), store.awards.payment_facts(act, claim.id)
    moved = known is not None or bool(facts)  # before the first payment nothing else needs to be looked at
    drawings, suspended = set_offs.drawings(act, claim.id), store.suspensions.holding(act, claim.id)
    return Standing(
        award=award,
        facts=facts,
        known=known,
        repaid=set_offs.come_back(act, claim.id) if moved else 0,
        waived=store.awards.waived_minor(act, claim.id) if moved else 0,
        contested=moved and set_offs.contested(act, claim.id),
        active=store.awards.active_recovery(act, claim.id) if moved else None,
        today=act.today,
        soonest=institution().pay_days.after(act.today),
        share=institution().set_off_share,
        smallest=smallest_paid(claim.country, award) if known is not None or drawings else 1,
        grace=institution().practice.repay_grace_days,
        fresh=fresh,
        drawings=drawings,
        suspended_from=suspended.first_day if suspended is not None else None,
        every_fact=store.awards.every_payment_fact(act, claim.id) if suspended is not None else (),
        given_back=given_back(act, claim.id) if suspended is not None else 0,
    )


def given_back(act: Act, claim_id: ClaimId) -> int:
    """Minor units that she and employers gave back of what was paid too much on a claim."""
    return store.awards.repaid_minor(act, claim_id) + sum(store.awards.given_back(act, claim_id).values())


def to_come(act: Act, claim_id: ClaimId, first_day: date = date.min) -> Money | None:
    """What would still leave, to her or to an employer, of the instalments that cover a day from a day on: what a
    suspension would hold, or holds; none where that is nothing."""
    award = store.awards.of_claim(act, claim_id)
    if award is None or not award.is_running:
        return None
    facts = store.awards.every_payment_fact(act, claim_id)
    found = sum(over.waiting(award, facts, first_day, given_back(act, claim_id)).values())
    return Money(found, award.total.currency) if found else None


def smallest_paid(country: str, award: Award) -> int:
    """The smallest amount that is paid, in minor units, by the pack in force on the first day paid."""
    if not award.schedule:
        return 1
    law = in_force.pack(country, award.schedule[0].period.first)
    return int(law.rounding.smallest * 10 ** exponent(award.total.currency))


def could_be_withheld(act: Act, claim: Claim) -> dict[Key, int]:
    """What set-off would keep back from each instalment still to come, in minor units."""
    award, known = store.awards.of_claim(act, claim.id), store.awards.overpayment(act, claim.id)
    if award is None or known is None:
        return {}
    return over.withholdable(standing(act, claim, award), known.left.minor)


def compared(act: Act, claim_id: ClaimId) -> tuple[over.Compared, ...]:
    """What is right beside what was paid; the differences come to what was paid too much."""
    award, facts = store.awards.of_claim(act, claim_id), store.awards.payment_facts(act, claim_id)
    if award is None:
        return ()
    counted = {one.key: Ceded(one.amount.minor, one.recovery_id) for one in store.awards.set_offs(act, from_=claim_id)}
    return over.compare(award.own, facts, over.closed_keys(award, facts), counted)


def review(act: Act, claim_id: ClaimId, *, told: str | None = None) -> None:
    """Find out what was paid too much and carry out what is to be done about it. Run again, it changes nothing.

    `told` is the event that a new version of the award still owes to payments.
    """
    claim, award = store.claims.present(act, claim_id), store.awards.of_claim(act, claim_id, lock=True)
    if award is None:
        return
    now = standing(act, claim, award, fresh=told is not None)
    found = over.review(now)
    if now.active is not None and found.ended is not None:
        over_now = replace(now.active, ended_on=act.today, ended_reason=found.ended)
        store.awards.save_recovery(act, now.active, over_now)
        objection = store.awards.open_objection(act, claim_id)
        if objection is not None:  # there is nothing left to object to; what follows sees it closed
            fell = replace(objection, outcome="fell_away", decided_on=act.today)
            store.awards.save_objection(act, objection, fell)
            contested = store.decisions.open_appeal(act, claim_id) is not None
            left = {"outstanding": found.left, "waived": found.waived}
            found = replace(found, state=over.state_of(**left, contested=contested, active=False))
    if found.amount_moved:
        store.awards.drop_proposal(act, claim_id)
    store.awards.save(act, award, found.award)
    if found.tell:
        _tell(act, claim, found.award, told or REVISED)
    if found.state is not None:
        _keep(act, claim, now, found, found.state)
        _wait(act, claim, found)
    set_offs.count(act, claim, found.award, found.counted, moved=found.tell)
    if found.state is not None:
        set_offs.look_again(act, set_offs.drawn_from(act, claim.id))
    wait_suspended(act, claim.id)
    _keep_promises(act, claim_id, found.award, now.facts)


def look_at_promises(act: Act, claim_id: ClaimId) -> None:
    """Whether the days on which money was promised are kept, of a claim that is locked."""
    award = store.awards.of_claim(act, claim_id)
    if award is not None:
        _keep_promises(act, claim_id, award, store.awards.payment_facts(act, claim_id))


def _keep_promises(act: Act, claim_id: ClaimId, award: Award, facts: Sequence[PaymentFact]) -> None:
    found = _outlook(act, award)
    promises.keep(act, store.claims.present(act, claim_id), award, facts, found)


def wait_suspended(act: Act, claim_id: ClaimId) -> None:
    """A decided claim that waits for nothing else waits for who looks at its suspended payments. Where it waits for
    something else, the queue names it beside (`store.suspensions.to_look_at`): nobody forgets it."""
    claim = store.claims.present(act, claim_id)
    if not claim.is_decided or claim.waits is not None:
        return
    asked, now = store.suspensions.proposed(act, claim_id), store.suspensions.holding(act, claim_id)
    again: Waiting | None = None
    if asked is not None:
        again = Waiting(SUSPENDED["confirm_suspension"], "confirm_suspension", act.today)
    elif now is not None:
        again = Waiting(SUSPENDED["suspended"], "suspended", act.today, now.look_again_on)
    if again is not None:
        store.claims.save(act, claim, replace(claim, waits=again), "still_suspended")


def _keep(act: Act, claim: Claim, now: Standing, found: Review, state: over.OverpaymentState) -> None:
    """Write down what was found, and let the person hear of it where it is news."""
    known, currency = now.known, found.award.total.currency
    new = known is None or found.news or now.fresh
    kept = Overpayment(
        id=known.id if known is not None else OverpaymentId(act.new_id()),
        claim_id=claim.id,
        award_id=known.award_id if known is not None else found.award.id,
        amount=Money(found.too_much, currency),
        repaid=Money(found.repaid, currency),
        waived=Money(found.waived, currency),
        told=Money(found.too_much, currency) if known is None or new else known.told,
        state=state,
        found_on=act.today if known is None or found.news else known.found_on,
    )
    store.awards.put_overpayment(act, known, kept)
    if found.news and found.left:
        about: dict[str, Any] = {"overpayment_id": kept.id, "award_id": found.award.id, "amount": kept.left.json()}
        about |= {"compared": [row.json() for row in found.rows]}
        about |= {"repaid": kept.repaid.json(), "waived": kept.waived.json()}
        tell(act, "benefits.overpayment.found", claim, kept.id, about)


def _tell(act: Act, claim: Claim, award: Award, type_: str) -> None:
    """The whole schedule as it is to be paid."""
    about = {
        "decision_id": award.decision_id,
        "award_id": award.id,
        "version": award.version,
        "currency": award.total.currency,
        "instalments": award.announced(store.awards.every_payment_fact(act, claim.id)),
        "total": award.total.json(),
    }
    tell(act, type_, claim, award.id, about)


def _wait(act: Act, claim: Claim, found: Review) -> None:
    """Let a decided claim wait for whoever must act about its overpayment; what it waits for otherwise comes first."""
    waits = claim.waits
    if not claim.is_decided or not (claim.is_free or (waits is not None and waits.for_money_back)):
        return
    active = found.active
    reason, until = None, None
    if store.awards.open_recovery(act, claim.id) is not None:
        reason = "confirm_recovery"
    elif store.awards.open_objection(act, claim.id) is not None:
        reason = "recovery_contested"
    elif found.state is over.OverpaymentState.FOUND:
        reason = "overpayment"
    elif found.state is over.OverpaymentState.RECOVERING and active is not None and active.way is Way.REPAY:
        open_ = [part for part in found.awaited if part.left]
        reason = "repayment_late" if any(part.late for part in open_) else "repayment"
        until = open_[0].part.due_on if open_ else active.repay_by
    if reason is None and claim.is_free:
        return
    if (reason, until) != ((waits.reason, waits.until) if waits is not None else (None, None)):
        wait = Waiting(OVERPAID[reason], reason, act.today, until) if reason is not None else None
        what = "overpayment_found" if found.news else "recovery_moved"
        store.claims.save(act, claim, replace(claim, waits=wait), what)


def close_when_paid(act: Act, claim_id: ClaimId) -> None:
    """A decided claim that waits for nobody, whose award is paid to the last and of which nothing is still to come
    back, is closed."""
    claim, award = store.claims.present(act, claim_id), store.awards.of_claim(act, claim_id)
    if award is None or claim.state is not ClaimState.DECIDED or claim.waits is not None:
        return
    if store.annulments.present(act, claim_id) is not None:
        return  # nothing was paid to the last: nothing is granted
    known = store.awards.overpayment(act, claim_id)
    if known is not None and known.is_open:
        return
    facts = store.awards.every_payment_fact(act, claim_id)
    hers = advancing.shares(award.advanced, facts, store.awards.given_back(act, claim_id))
    if any(share.too_much for share in hers.values()):
        return
    settled = sum(f.amount.minor for f in facts if f.state is awards.OrderState.SETTLED)
    too_much = known.amount.minor if known is not None else 0
    too_much += sum(max(0, share.moved - share.due) for share in hers.values())
    elsewhere = sum(one.amount.minor for one in store.awards.set_offs(act, from_=claim_id))
    if settled == awards.moved(facts) == award.total.minor + too_much - elsewhere:
        closed = replace(claim, state=move(ClaimState.DECIDED, ClaimState.CLOSED), waits=None)
        store.claims.save(act, claim, closed, "paid_in_full")
