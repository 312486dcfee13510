"""Annulling a decision that should never have been made: asked for by an officer, confirmed by a second person, decided
on an objection by a third. The decision is kept and opens as it was; nothing counts it any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.benefits import store
from services.benefits.domain import annulment as domain
from services.benefits.domain import appeal as appeals
from services.benefits.domain.annulment import Annulment, AnnulmentGround, AnnulmentRefused, AnnulmentState
from services.benefits.domain.appeal import Appeal
from services.benefits.domain.award import moved
from services.benefits.domain.claim import ANNULMENT, Claim, Waiting, Whom, waits_for_account
from services.benefits.domain.decision import check_two_people
from services.benefits.domain.ids import ClaimId
from services.benefits.institution import institution
from services.benefits.usecases import awards, claim_doubts, claims, decisions, marks, suspensions
from shared.act import Act
from shared.money import Money


def hindrance(act: Act, claim: Claim) -> str | None:
    """Why the decision on a claim cannot be annulled now, as a code; none where it can."""
    if claims.is_own_case(act, claim):
        return "own_case"
    if store.annulments.proposed(act, claim.id) is not None:
        return "already_proposed"
    if not claim.is_decided or store.decisions.last_final(act, claim.id) is None:
        return "nothing_decided"
    if store.persons.of_claim(act, claim.person_id).death_reported_on is not None:
        return "death_to_confirm"
    return None


def propose(
    act: Act, claim_id: str, version: int | None, *, ground: str, basis: str | None, words: str | None
) -> Annulment:
    """Ask that the decision that stands be annulled; it counts until a second person confirms.

    `basis` is the provision it rests on. Raises `AnnulmentRefused`, `store.ChangedMeanwhile`.
    """
    claim = store.claims.to_change(act, claim_id, version)
    if (code := hindrance(act, claim)) is not None:
        raise AnnulmentRefused(code)
    if ground not in set(AnnulmentGround):
        raise AnnulmentRefused("required", "ground")
    said = {"basis": (basis or "").strip(), "words": (words or "").strip()}
    for field, text in said.items():
        if not text:
            raise AnnulmentRefused("required", field)
    found = store.decisions.last_final(act, claim.id)
    if found is None:
        raise AnnulmentRefused("nothing_decided")
    asked = Annulment(
        id=act.new_id(),
        claim_id=claim.id,
        decision_id=found.id,
        up_to=found.no,
        ground=AnnulmentGround(ground),
        basis=said["basis"],
        words=said["words"],
        granted=found.total,
        paid=_paid(act, claim.id, found.total),
        state=AnnulmentState.PROPOSED,
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        proposed_on=act.today,
        waited=claim.waits,
    )
    store.annulments.add(act, asked)
    waits = Waiting(ANNULMENT["confirm_annulment"], "confirm_annulment", act.today)
    store.claims.save(act, claim, replace(claim, waits=waits), "annulment_proposed", f"{asked.basis}: {asked.words}")
    return asked


def _paid(act: Act, claim_id: ClaimId, granted: Money) -> Money:
    """What has left to her and has not come back."""
    left = moved(store.awards.payment_facts(act, claim_id)) - store.awards.repaid_minor(act, claim_id)
    return Money(max(0, left), granted.currency)


def _open(act: Act, annulment_id: str) -> tuple[Annulment, Claim]:
    """A proposal that waits for this second person, its claim locked before it as everywhere."""
    claim = store.claims.to_change(act, store.annulments.get(act, annulment_id).claim_id, None)
    found = store.annulments.get(act, annulment_id, lock=True)
    if found.state is not AnnulmentState.PROPOSED:
        raise AnnulmentRefused("decided_already")
    check_two_people(found.proposed_by, act.actor.id)
    if claims.is_own_case(act, claim):
        raise AnnulmentRefused("own_case")
    return found, claim


def confirm(act: Act, annulment_id: str) -> Annulment:
    """The second person confirms: the decision counts no more, what has not left is not paid, and the person is told.

    Raises `SamePerson`, `AnnulmentRefused`.
    """
    found, claim = _open(act, annulment_id)
    # What this claim left behind is what other claims of hers are decided by.
    store.persons.lock(act, claim.person_id)
    stands = store.decisions.last_final(act, claim.id)
    if not claim.is_decided or stands is None or stands.id != found.decision_id:
        raise AnnulmentRefused("decided_anew")
    if store.persons.of_claim(act, claim.person_id).death_reported_on is not None:
        raise AnnulmentRefused("death_to_confirm")  # its claim waits for that
    runs = replace(
        found,
        state=AnnulmentState.RUNS,
        paid=_paid(act, claim.id, found.granted),
        decided_on=act.today,
        confirmed_by=act.actor.id,
        confirmed_name=act.actor.name,
        appeal_until=act.today + timedelta(days=institution().appeal_days),
    )
    store.annulments.save(act, found, runs)
    suspensions.end_with_annulment(act, claim, runs.words)
    why = f"{runs.basis}: {runs.words}"
    claim = store.claims.save(act, claim, replace(claim, waits=None), "annulled", why)
    store.tasks.forget(act, claim.id)
    _tell(act, "benefits.decision.annulled", claim, runs)
    awards.annul(act, claim)
    awards.wait_suspended(act, claim.id)
    claims.tell_neighbours(act, claim)
    return runs


def give_back(act: Act, annulment_id: str, words: str | None) -> Annulment:
    """The second person does not agree; the decision counts as before. Raises `SamePerson`, `AnnulmentRefused`."""
    found, claim = _open(act, annulment_id)
    if not words or not words.strip():
        raise AnnulmentRefused("required", "words")
    back = replace(found, state=AnnulmentState.RETURNED, returned_words=words.strip())
    store.annulments.save(act, found, back)
    before = claim.waits is not None and claim.waits.reason == "confirm_annulment"
    as_before = replace(claim, waits=_still_waits(act, claim, found.waited)) if before else claim
    store.claims.save(act, claim, as_before, "annulment_given_back", back.returned_words)
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)
    return back


def _still_waits(act: Act, claim: Claim, before: Waiting | None) -> Waiting | None:
    """What a claim waited for before the proposal, where it still does: meanwhile a suspension may have been lifted and
    an account given."""
    if before is not None and before.for_suspension:
        return None  # `awards.wait_suspended` looks whether it still holds
    if waits_for_account(replace(claim, waits=before)):
        return marks.waits_again(act, claim)
    return before


def decide_anew(act: Act, claim_id: str, version: int | None, words: str | None) -> Claim:
    """After an annulment the claim itself may still be right: an officer looks at it again, as at one that was never
    decided. Raises `AnnulmentRefused`, `store.ChangedMeanwhile`."""
    claim = store.claims.to_change(act, claim_id, version)
    if claims.is_own_case(act, claim):
        raise AnnulmentRefused("own_case")
    if store.annulments.present(act, claim.id) is None or not claim.is_decided:
        raise AnnulmentRefused("not_annulled")
    if store.decisions.open_appeal(act, claim.id) is not None:
        raise AnnulmentRefused("annulment_contested")
    if not words or not words.strip():
        raise AnnulmentRefused("required", "words")
    return store.claims.save(act, claim, claims.reopened(act, claim, "to_decide"), "revision", words.strip())


# --- an objection to it --------------------------------------------------------------------------


def contested(act: Act, claim_id: ClaimId) -> Appeal | None:
    """The objection to an annulment that is open."""
    found = store.decisions.open_appeal(act, claim_id)
    return found if found is not None and found.finding == appeals.ANNULMENT else None


def may_decide(act: Act, claim: Claim, found: Annulment) -> str | None:
    """Why this actor cannot decide on an objection, as a code; none where she can: she had no hand in the annulment,
    nor in what was annulled."""
    if not act.actor.has("supervisor"):
        return "supervisor_confirms"
    if claims.is_own_case(act, claim):
        return "own_case"
    if store.persons.of_claim(act, claim.person_id).death_reported_on is not None:
        return "death_to_confirm"  # upheld, it would pay again
    return "new_eyes" if act.actor.id in found.hands | decisions.took_part(act, claim.id) else None


def decide(act: Act, annulment_id: str, outcome: str, reasons: str | None) -> Annulment:
    """Somebody who had no hand in it decides on the objection. Upheld, the decision counts again as it was made, and
    what was not paid meanwhile is; rejected, it stays annulled. Raises `AnnulmentRefused`."""
    claim = store.claims.to_change(act, store.annulments.get(act, annulment_id).claim_id, None)
    found, lodged = store.annulments.get(act, annulment_id, lock=True), contested(act, claim.id)
    now = store.annulments.present(act, claim.id)
    if lodged is None or now is None or now.id != found.id:
        raise AnnulmentRefused("decided_already")
    if (code := may_decide(act, claim, found)) is not None:
        raise AnnulmentRefused(code)
    if outcome not in domain.OUTCOMES:
        raise AnnulmentRefused("required", "outcome")
    if not reasons or not reasons.strip():
        raise AnnulmentRefused("required", "reasons")
    store.persons.lock(act, claim.person_id)
    upheld, annulled = outcome == "upheld", store.decisions.get(act, found.decision_id)
    if upheld and annulled.total and claim_doubts.paid_already(act, claim, annulled.assessment, annulled.facts):
        raise AnnulmentRefused("paid_elsewhere")
    over = replace(
        found,
        state=AnnulmentState.LIFTED if upheld else AnnulmentState.RUNS,
        outcome=outcome,
        reasons=reasons.strip(),
        outcome_on=act.today,
        outcome_by=act.actor.id,
        outcome_name=act.actor.name,
    )
    store.annulments.save(act, found, over)
    decisions.close_appeal(act, claim, lodged, outcome, over.reasons)
    claim = store.claims.present(act, claim.id)
    waits = None if claim.is_decided else marks.waits_again(act, claim)
    what = "annulment_lifted" if upheld else "annulment_stays"
    claim = store.claims.save(act, claim, replace(claim, waits=waits), what, over.reasons)
    if upheld:
        awards.grant_again(act, claim, annulled)
        _pays_again(act, claim)
        claims.tell_neighbours(act, claim)
        claims.look_at_history(act, store.claims.present(act, claim.id), claim.number)
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)
    _tell(act, "benefits.annulment.objection_decided", claim, over, outcome=outcome)
    return over


def _pays_again(act: Act, claim: Claim) -> None:
    """What a claim waits for once its award is cut anew: the account to which a payment could not go; and for somebody
    who has died meanwhile nothing leaves, an officer decides what was due until that day."""
    waits = marks.waits_again(act, claim) if claim.is_decided else claim.waits
    if store.persons.of_claim(act, claim.person_id).deceased_on is not None:
        awards.end(act, claim, "payee_reported_deceased")
        waits = Waiting(Whom.OFFICER, "death_confirmed", act.today) if claim.is_decided else waits
    if waits != claim.waits:
        store.claims.save(act, claim, replace(claim, waits=waits), "annulment_lifted")


def _tell(act: Act, type_: str, claim: Claim, found: Annulment, **more: object) -> None:
    about = {"annulment_id": found.id, "decision_id": found.decision_id, **more}
    claims.tell(act, type_, claim, found.id, about)
