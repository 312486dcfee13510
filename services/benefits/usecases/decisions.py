"""Deciding: proposed by one person, confirmed by another where it must be; then the award and its events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from services.benefits import store
from services.benefits.conformance.line import line_for
from services.benefits.domain import appeal as appeals
from services.benefits.domain import award as awards
from services.benefits.domain.appeal import Appeal, AppealState
from services.benefits.domain.assessment import MET, Assessment
from services.benefits.domain.claim import ANNULMENT, Claim, ClaimState, Origin, Waiting, Whom, move
from services.benefits.domain.decision import (
    Decision,
    DecisionState,
    Hindrance,
    Kind,
    NotReady,
    Ruling,
    check_two_people,
    hindrances,
    rule,
)
from services.benefits.domain.doubts import open_ones
from services.benefits.domain.ids import AppealId, ClaimId, DecisionId
from services.benefits.domain.person import Person, PersonChangeKind
from services.benefits.domain.task import Colleague
from services.benefits.institution import institution
from services.benefits.usecases import awards as granting
from services.benefits.usecases import certificate_ends, claims, samples, suspensions, tasks
from services.benefits.usecases.claims import tell
from shared.act import HEAD_OFFICE, Act
from shared.ids import is_uuid

#: Why a supervisor gives a proposal back.
RETURN_REASONS = (
    "facts_wrong",
    "finding_wrong",
    "certificate_doubtful",
    "wages_doubtful",
    "explain_more",
    "recalculated",
)
UNDECIDED = (ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.IN_ASSESSMENT)


class AlreadyDecided(ValueError):
    """The proposal is no longer open."""


class Before(NamedTuple):
    """What stands on a claim: the final decision, and the appeal against it that is open."""

    last: Decision | None
    contested: Appeal | None

    @property
    def next_kind(self) -> Kind:
        """What the next decision would be."""
        if self.contested is not None:
            return Kind.APPEAL
        return Kind.FIRST if self.last is None else Kind.REVISION


def before(act: Act, claim: Claim) -> Before:
    return Before(store.decisions.last_final(act, claim.id), store.decisions.open_appeal(act, claim.id))


def ruling(act: Act, claim: Claim, stands: Before, assessment: Assessment) -> Ruling:
    """What deciding a claim now would come to."""
    return rule(
        assessment,
        stands.last,
        appealed=stands.contested is not None,
        today=act.today,
        days=institution().pay_days,
        limit=institution().tier(claim.benefit).limit(),
        alone=claims.alone(act, claim),
    )


def hindered(act: Act, claim: Claim, picture: claims.Picture) -> list[Hindrance]:
    """What forbids deciding this claim now, each with a code."""
    if picture.assessment is None:
        return [Hindrance("facts_invalid", {"count": len(picture.errors)})]
    person = store.persons.of_claim(act, claim.person_id)
    found = hindrances(
        picture.assessment,
        own_case=claims.is_own_case(act, claim),
        open_warnings=[w.id for w in open_ones(picture.warnings, claim.judged)],
        payable=_payable(act, person),
    )
    if person.death_reported_on is not None:
        found.append(Hindrance("death_to_confirm", {}))
    contested = store.decisions.open_appeal(act, claim.id)
    if contested is not None and contested.finding == appeals.ANNULMENT:
        found.append(Hindrance("annulment_contested", {}))
    if suspensions.unsettled(act, claim):
        found.append(Hindrance("suspension_facts", {}))
    if claim.origin is Origin.PAPER and not store.spoken.of_claim(act, claim).case_confirmed:
        found.append(Hindrance("case_unconfirmed", {}))
    if claim.state not in UNDECIDED:
        code = "not_submitted" if claim.state is ClaimState.DRAFT else "already_decided"
        found.append(Hindrance(code, {"state": claim.state}))
    if store.decisions.proposed(act, claim.id) is not None:
        found.append(Hindrance("already_proposed", {}))
    return found


def _payable(act: Act, person: Person) -> bool:
    """Whether money has somewhere to go: an account, and for somebody who has died one given after that was
    confirmed."""
    if store.persons.payee(act, person.id) is None:
        return False
    if person.deceased_on is None:
        return True
    told = [c.what for c in store.persons.changes(act, person.id)]
    return [w for w in told if w in (PersonChangeKind.PAYEE, PersonChangeKind.DEATH_CONFIRMED)][-1:] == ["payee"]


def propose(act: Act, claim_id: str, version: int | None, reasons: str | None = None) -> Decision:
    """Decide a claim as the rules assess it, or hand it to a second person where one is needed.

    `reasons` are the officer's words on an appeal. Raises `NotReady` with every hindrance named, `SamePerson` for an
    appeal decided by somebody who decided before.
    """
    claim = store.claims.to_change(act, claim_id, version)
    # Two claims of one person are not decided side by side: each must see what the other paid.
    store.persons.lock(act, claim.person_id)
    picture = claims.picture(act, claim)
    hindrance = hindered(act, claim, picture)
    if hindrance or picture.assessment is None:
        raise NotReady([(h.code, dict(h.params)) for h in hindrance])
    stands = before(act, claim)
    if stands.contested is not None:
        appeals.check_new_eyes(act.actor.id, took_part(act, claim.id))
        proposed = replace(stands.contested, state=AppealState.PROPOSED, reasons=reasons)
        store.decisions.save_appeal(act, stands.contested, proposed)
    decision = _proposal(act, claim, picture, stands, ruling(act, claim, stands, picture.assessment))
    store.decisions.add(act, decision)
    second = decision.second_reason
    whom, reason = (Whom.SUPERVISOR, f"confirm_{second}") if second else (Whom.OFFICER, "deciding")
    state = claim.state if claim.state is ClaimState.IN_ASSESSMENT else move(claim.state, ClaimState.IN_ASSESSMENT)
    waiting = replace(claim, state=state, waits=Waiting(whom, reason, act.today))
    claim = store.claims.save(act, claim, waiting, "proposed", reasons)
    return decision if second else _make_final(act, claim, decision, confirmed=False)


def _proposal(act: Act, claim: Claim, picture: claims.Picture, stands: Before, ruled: Ruling) -> Decision:
    kept = ruled.assessment.json()
    return Decision(
        id=DecisionId(act.new_id()),
        claim_id=claim.id,
        no=store.decisions.next_no(act, claim.id),
        kind=ruled.kind,
        state=DecisionState.PROPOSED,
        outcome=ruled.assessment.outcome,
        facts=picture.case,
        kept=kept,
        pack_revision=ruled.assessment.pack_revision,
        claim_version=claim.version + 1,
        total=ruled.total,
        difference=ruled.difference,
        schedule=ruled.schedule,
        judged=claim.judged,
        needs_second=ruled.second is not None,
        second_reason=ruled.second,
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        proposed_at=act.now,
        appeal_id=stands.contested.id if stands.contested is not None else None,
        conformance=line_for(kept, claim.country, act.today),
        outlook=granting.outlook(act, claim, ruled.schedule, ruled.total),
    )


def took_part(act: Act, claim_id: ClaimId) -> set[str | None]:
    final = (d for d in store.decisions.of_claim(act, claim_id) if d.state is DecisionState.FINAL)
    took = {who for d in final for who in (d.proposed_by, d.confirmed_by)}
    contested = store.decisions.open_appeal(act, claim_id)
    if contested is not None and contested.finding == appeals.SUSPENSION:
        took = took.union(*(found.hands for found in store.suspensions.of_claim(act, claim_id)))
    return took


def _open_proposal(act: Act, decision_id: str) -> tuple[Decision, Claim]:
    """A proposal that waits for this second person, its claim locked before it as everywhere."""
    claim = store.claims.to_change(act, store.decisions.get(act, decision_id).claim_id, None)
    found = store.decisions.get(act, decision_id, lock=True)
    if found.state is not DecisionState.PROPOSED:
        raise AlreadyDecided(found.state)
    check_two_people(found.proposed_by, act.actor.id)
    return found, claim


def head_office_alone(act: Act, claim: Claim, found: Decision) -> bool:
    """Whether a proposal is of an amount that only the head office confirms, and the actor is not of it."""
    return institution().tier(claim.benefit).asks_head_office(found.total) and act.actor.office != HEAD_OFFICE


def confirm(act: Act, decision_id: str) -> Decision:
    """The second person confirms. A proposal whose facts have changed since goes back by itself: the decision that is
    given then is `RETURNED`, with why.

    Raises `SamePerson`, `AlreadyDecided`, `NotReady`.
    """
    found, claim = _open_proposal(act, decision_id)
    if found.kind is Kind.APPEAL:
        appeals.check_new_eyes(act.actor.id, took_part(act, claim.id))
    if head_office_alone(act, claim, found):
        raise NotReady([("head_office_confirms", {})])
    store.persons.lock(act, claim.person_id)
    picture = claims.picture(act, claim)
    now = picture.assessment
    changed = now is None or (now.total, now.outcome) != (found.total, found.outcome)
    changed = changed or claim.received_on.isoformat() != found.facts.get("claimed_on")
    if changed or store.claims.facts_changed_since(act, claim.id, found.claim_version):
        return _give_back(act, found, claim, "recalculated", None)
    left = [h for h in hindered(act, claim, picture) if h.code != "already_proposed"]
    if left:
        raise NotReady([(h.code, dict(h.params)) for h in left])
    return _make_final(act, claim, found, confirmed=True)


def give_back(act: Act, decision_id: str, reason: str, words: str | None) -> Decision:
    """The second person gives a proposal back with a coded reason. Raises `SamePerson`, `AlreadyDecided`."""
    if reason not in RETURN_REASONS:
        raise ValueError(reason)
    found, claim = _open_proposal(act, decision_id)
    return _give_back(act, found, claim, reason, words)


def _give_back(act: Act, found: Decision, claim: Claim, reason: str, words: str | None) -> Decision:
    back = replace(found, state=DecisionState.RETURNED, returned_reason=reason, returned_words=words)
    if found.appeal_id:
        store.decisions.move_appeal(act, found.appeal_id, AppealState.LODGED)
    waits = Waiting(Whom.OFFICER, reason, act.today)
    store.claims.save(act, claim, replace(claim, waits=waits), "given_back", words)
    tasks.back_to(act, claim.id, Colleague(found.proposed_by, found.proposed_name))
    return store.decisions.save(act, found, back)


def _make_final(act: Act, claim: Claim, proposed: Decision, *, confirmed: bool) -> Decision:
    """The decision becomes the institution's: award, letter and payment follow from its events."""
    schedule = tuple(awards.cut(proposed.assessment, act.today, institution().pay_days))
    outlook = granting.outlook(act, claim, schedule, proposed.total)
    suspensions.end_with_decision(act, claim, goes_on=bool(outlook.coming))
    found = replace(
        proposed,
        state=DecisionState.FINAL,
        decided_on=act.today,
        schedule=schedule,
        outlook=outlook,
        appeal_until=act.today + timedelta(days=institution().appeal_days),
        confirmed_by=act.actor.id if confirmed else None,
        confirmed_name=act.actor.name if confirmed else None,
        confirmed_at=act.now if confirmed else None,
    )
    store.decisions.save(act, proposed, found)
    decided = replace(claim, state=move(claim.state, ClaimState.DECIDED), waits=None)
    claim = store.claims.save(act, claim, decided, "decided")
    store.tasks.forget(act, claim.id)
    samples.draw(act, claim, found)
    made = {
        "decision_id": found.id,
        "kind": found.kind,
        "outcome": found.outcome,
        "decided_on": act.today.isoformat(),
        "total": found.total.json(),
        "difference": found.difference.json(),
    }
    if found.outlook is not None:
        made |= {"to_come": found.outlook.to_come.json()}
        made |= {"waiting": found.outlook.waiting.json()} if found.outlook.waiting else {}
    tell(act, "benefits.decision.made", claim, found.id, made)
    granting.grant(act, claim, found)
    claims.tell_neighbours(act, claim)
    certificate_ends.announce(act, claim, found.outcome)
    if found.appeal_id:
        _close_appeal(act, claim, found, found.appeal_id)
    return found


def _close_appeal(act: Act, claim: Claim, found: Decision, appeal_id: AppealId) -> None:
    contested = store.decisions.appeal(act, appeal_id, lock=True)
    old = store.decisions.get(act, contested.decision_id)
    finding = next((f for f in found.assessment.findings if f.id == contested.finding), None)
    met = finding is None or finding.verdict == MET
    outcome = appeals.outcome_of(old.total, found.total, contested_now_met=met)
    if contested.finding == appeals.SUSPENSION:
        outcome = suspensions.outcome_of_appeal(act, claim, contested)
    decided = replace(
        contested,
        state=AppealState.DECIDED,
        outcome=outcome,
        new_decision_id=found.id,
        decided_by=found.proposed_by,
        decided_name=found.proposed_name,
        decided_on=act.today,
    )
    _appeal_decided(act, claim, contested, decided, found.id)


def _appeal_decided(act: Act, claim: Claim, contested: Appeal, decided: Appeal, decision_id: DecisionId) -> None:
    store.decisions.save_appeal(act, contested, decided)
    granting.review(act, claim.id)
    about = {"appeal_id": decided.id, "decision_id": decision_id, "outcome": decided.outcome}
    tell(act, "benefits.appeal.decided", claim, decided.id, about)


def lodge_appeal(
    act: Act, claim_id: str, decision_id: str, finding: str, grounds: str, lodged_on: date | None = None
) -> Appeal:
    """Contest a named finding of the last decision, at the desk or by the worker herself. Recovery of what was overpaid
    is suspended meanwhile (C102 art. 70). Only the desk may say an earlier `lodged_on`: the day a paper came in counts,
    not the day it was typed.

    Raises `appeals.FindingUnknown`, `AlreadyDecided`, `appeals.DayCannotBe`."""
    if lodged_on is not None and not act.actor.has("clerk", "officer", "supervisor"):
        raise appeals.DayCannotBe("not_your_task")
    if not is_uuid(decision_id):
        raise store.NotHere("decision")
    claim = store.claims.to_change(act, claim_id, None)
    if finding == appeals.ANNULMENT:
        return _against_annulment(act, claim, decision_id, grounds, lodged_on or act.today)
    decision, stands = store.decisions.get(act, decision_id, claim.id), before(act, claim)
    if stands.last is None or stands.last.id != decision.id or stands.contested is not None:
        raise AlreadyDecided(decision.state)
    suspended = suspensions.contestable(act, claim.id) if finding == appeals.SUSPENSION else None
    if suspended is None and finding not in {f.id for f in decision.assessment.findings}:
        raise appeals.FindingUnknown(finding)
    came_in = lodged_on or act.today
    appeals.check_day(came_in, stands.last, act.today)
    until = suspended.appeal_until if suspended is not None else stands.last.appeal_until
    lodged = Appeal(
        id=AppealId(act.new_id()),
        claim_id=claim.id,
        decision_id=decision.id,
        finding=finding,
        grounds=grounds,
        lodged_on=came_in,
        lodged_by="worker" if act.actor.kind == "worker" else act.actor.id,
        in_time=appeals.in_time(came_in, until),
    )
    store.decisions.add_appeal(act, lodged)
    if claim.state is ClaimState.IN_ASSESSMENT:
        claims.drop_proposal(act, claim)
        again = replace(claim, waits=Waiting(Whom.OFFICER, "appeal", act.today))
    else:
        again = claims.reopened(act, claim, "appeal")
    return _lodged(act, claim, again, lodged)


def _lodged(act: Act, claim: Claim, again: Claim, lodged: Appeal) -> Appeal:
    store.claims.save(act, claim, again, "appeal", lodged.grounds)
    granting.review(act, claim.id)
    about = {"appeal_id": lodged.id, "decision_id": lodged.decision_id, "finding": lodged.finding}
    about |= {"lodged_on": lodged.lodged_on.isoformat()}
    tell(act, "benefits.appeal.lodged", claim, lodged.id, about)
    return lodged


def _against_annulment(act: Act, claim: Claim, decision_id: str, grounds: str, came_in: date) -> Appeal:
    """An objection to the annulment of a decision: nothing is decided anew before it, and it is decided by somebody who
    had no hand in it (`usecases/annulments.py`). One is taken in, unless it was taken back."""
    found = store.annulments.present(act, claim.id)
    if found is None or found.decided_on is None or found.decision_id != decision_id:
        raise AlreadyDecided("annulment")
    if found.outcome is not None or store.decisions.open_appeal(act, claim.id) is not None:
        raise AlreadyDecided("annulment")
    appeals.check_day(came_in, replace(store.decisions.get(act, decision_id), decided_on=found.decided_on), act.today)
    lodged = Appeal(
        id=AppealId(act.new_id()),
        claim_id=claim.id,
        decision_id=found.decision_id,
        finding=appeals.ANNULMENT,
        grounds=grounds,
        lodged_on=came_in,
        lodged_by="worker" if act.actor.kind == "worker" else act.actor.id,
        in_time=appeals.in_time(came_in, found.appeal_until),
    )
    store.decisions.add_appeal(act, lodged)
    claims.drop_proposal(act, claim)
    waits = Waiting(ANNULMENT["annulment_contested"], "annulment_contested", act.today)
    return _lodged(act, claim, replace(claim, waits=waits), lodged)


def withdraw_appeal(act: Act, appeal_id: str) -> Appeal:
    """The claimant takes the appeal back; the decision stands, unless it is being made anew for another reason: the
    days on which payments were suspended for a ground that held. Raises `AlreadyDecided` once a proposal is made."""
    contested = store.decisions.appeal(act, appeal_id, lock=True)
    claim = store.claims.to_change(act, contested.claim_id, None)
    if contested.state is not AppealState.LODGED:
        raise AlreadyDecided(contested.state)
    if contested.finding == appeals.ANNULMENT:
        waits = None if claim.is_decided else Waiting(Whom.OFFICER, "to_decide", act.today)
        store.claims.save(act, claim, replace(claim, waits=waits), "appeal_withdrawn")
        return close_appeal(act, claim, contested, "withdrawn", None)
    settling = store.suspensions.settling(act, claim.id) is not None
    stands = replace(claim, state=claim.state if settling else move(claim.state, ClaimState.DECIDED))
    waits = Waiting(Whom.OFFICER, "revision", act.today) if settling else None
    store.claims.save(act, claim, replace(stands, waits=waits), "appeal_withdrawn")
    return close_appeal(act, claim, contested, "withdrawn", None)


def close_appeal(act: Act, claim: Claim, contested: Appeal, outcome: str, reasons: str | None) -> Appeal:
    """An appeal that ends without a decision that would take the place of the contested one."""
    by = (act.actor.id, act.actor.name) if outcome != "withdrawn" else (None, None)
    decided = replace(
        contested,
        state=AppealState.DECIDED,
        outcome=outcome,
        reasons=reasons,
        decided_by=by[0],
        decided_name=by[1],
        decided_on=act.today,
    )
    _appeal_decided(act, claim, contested, decided, contested.decision_id)
    return decided
