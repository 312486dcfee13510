"""Suspending the payments still to come of a claim: asked for by an officer, confirmed by a second person, lifted with
a reason. What waits is part of the award (`Award.held`), which every review works out anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from services.benefits import store
from services.benefits.domain import suspension as domain
from services.benefits.domain.appeal import Appeal
from services.benefits.domain.claim import SUSPENDED, Claim, Waiting
from services.benefits.domain.decision import check_two_people
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.suspension import Ended, Suspension, SuspensionRefused, SuspensionState
from services.benefits.institution import institution
from services.benefits.usecases import awards, claims, grounds
from shared.act import Act
from shared.period import Period

#: What the history of a claim says once the ground has held on some days.
SETTLED = "suspension_settled"


def hindrance(act: Act, claim: Claim) -> str | None:
    """Why the payments of a claim cannot be suspended now, as a code; none where they can."""
    if claims.is_own_case(act, claim):
        return "own_case"
    if store.suspensions.proposed(act, claim.id) is not None:
        return "already_proposed"
    if store.suspensions.holding(act, claim.id) is not None:
        return "suspended_already"
    if not awards.to_come(act, claim.id):
        return "nothing_to_come"
    return None


def look_again_from(today: date) -> date:
    """The day on which an officer looks again, where she says no other."""
    return today + timedelta(days=institution().suspension_look_again_days)


def propose(
    act: Act,
    claim_id: str,
    version: int | None,
    *,
    ground: str,
    first_day: date | None,
    words: str | None,
    look_again_on: date | None = None,
) -> Suspension:
    """Ask that the payments still to come be suspended from a day on; nothing waits before a second person confirms.

    `ground` is the code of one that the law has. Raises `SuspensionRefused`, `store.ChangedMeanwhile`.
    """
    claim = store.claims.to_change(act, claim_id, version)
    if (code := hindrance(act, claim)) is not None:
        raise SuspensionRefused(code)
    chosen = next((g for g in grounds.grounds(act, claim) if g.code == ground), None)
    if chosen is None:
        raise SuspensionRefused("no_such_ground" if ground else "required", "ground")
    again = look_again_on or look_again_from(act.today)
    domain.check_days(first_day, again, act.today)
    if not words or not words.strip():
        raise SuspensionRefused("required", "words")
    if first_day is None or awards.to_come(act, claim.id, first_day) is None:
        raise SuspensionRefused("nothing_to_come", "first_day")
    asked = Suspension(
        id=act.new_id(),
        claim_id=claim.id,
        ground=chosen,
        first_day=first_day,
        words=words.strip(),
        look_again_on=again,
        state=SuspensionState.PROPOSED,
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        proposed_on=act.today,
    )
    store.suspensions.add(act, asked)
    waits = Waiting(SUSPENDED["confirm_suspension"], "confirm_suspension", act.today)
    store.claims.save(act, claim, _waiting(claim, waits), "suspension_proposed", asked.words)
    return asked


def _waiting(claim: Claim, waits: Waiting | None) -> Claim:
    """The claim as it waits for a look at its suspension (or does not any more). What it waits for otherwise is never
    put aside for that."""
    return replace(claim, waits=waits) if claim.is_decided and claim.is_free else claim


def _open(act: Act, suspension_id: str) -> tuple[Suspension, Claim]:
    """A proposal that waits for this second person, its claim locked before it as everywhere."""
    claim = store.claims.to_change(act, store.suspensions.get(act, suspension_id).claim_id, None)
    found = store.suspensions.get(act, suspension_id, lock=True)
    if found.state is not SuspensionState.PROPOSED:
        raise SuspensionRefused("decided_already")
    check_two_people(found.proposed_by, act.actor.id)
    if claims.is_own_case(act, claim):
        raise SuspensionRefused("own_case")
    return found, claim


def confirm(act: Act, suspension_id: str) -> Suspension:
    """The second person confirms: from now on nothing of it leaves, and the person is told.

    Raises `SamePerson`, `SuspensionRefused`.
    """
    found, claim = _open(act, suspension_id)
    waiting = awards.to_come(act, claim.id, found.first_day)
    if waiting is None:
        raise SuspensionRefused("nothing_to_come")
    runs = replace(
        found,
        state=SuspensionState.RUNS,
        decided_on=act.today,
        confirmed_by=act.actor.id,
        confirmed_name=act.actor.name,
        appeal_until=act.today + timedelta(days=institution().appeal_days),
    )
    store.suspensions.save(act, found, runs)
    waits = Waiting(SUSPENDED["suspended"], "suspended", act.today, runs.look_again_on)
    free = claim.is_free
    claim = store.claims.save(act, claim, _waiting(claim, waits), "suspended", runs.words)
    if claim.is_decided and free:
        store.tasks.forget(act, claim.id)
    awards.review(act, claim.id)
    _tell(act, "benefits.suspension.decided", claim, runs, first_day=runs.first_day.isoformat())
    return runs


def give_back(act: Act, suspension_id: str, words: str | None) -> Suspension:
    """The second person does not agree; nothing waits. Raises `SamePerson`, `SuspensionRefused`."""
    found, claim = _open(act, suspension_id)
    if not words or not words.strip():
        raise SuspensionRefused("required", "words")
    back = replace(found, state=SuspensionState.RETURNED, returned_words=words.strip())
    store.suspensions.save(act, found, back)
    store.claims.save(act, claim, _waiting(claim, None), "suspension_given_back", back.returned_words)
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)
    return back


def look_later(act: Act, suspension_id: str, on: date | None, words: str | None) -> Suspension:
    """An officer has looked again and it goes on; she says why, and when she looks next. Raises `SuspensionRefused`."""
    found, claim = _running(act, suspension_id)
    domain.check_days(found.first_day, on, act.today)
    if not words or not words.strip():
        raise SuspensionRefused("required", "words")
    after = store.suspensions.save(act, found, replace(found, look_again_on=on or found.look_again_on))
    waits = claim.waits
    if waits is not None and waits.reason == "suspended":
        waits = replace(waits, until=after.look_again_on)
    store.claims.save(act, claim, replace(claim, waits=waits), "suspension_looked_at", words.strip())
    return after


def _running(act: Act, suspension_id: str) -> tuple[Suspension, Claim]:
    """A suspension that runs, for somebody who may end it."""
    claim = store.claims.to_change(act, store.suspensions.get(act, suspension_id).claim_id, None)
    found = store.suspensions.get(act, suspension_id, lock=True)
    if found.state is not SuspensionState.RUNS:
        raise SuspensionRefused("not_suspended")
    if claims.is_own_case(act, claim):
        raise SuspensionRefused("own_case")
    return found, claim


def lift(act: Act, suspension_id: str, words: str | None) -> Suspension:
    """The ground did not hold: all that waits is paid, once, on the next pay day. Raises `SuspensionRefused`."""
    found, claim = _running(act, suspension_id)
    if not words or not words.strip():
        raise SuspensionRefused("required", "words")
    lifted = replace(_by(act, found, words.strip()), ended=Ended.GROUNDLESS)
    over = _end(act, claim, found, lifted, goes_on=_runs(act, claim.id))
    free = claim.is_free
    claim = store.claims.save(act, claim, _waiting(claim, None), "suspension_lifted", over.lifted_words)
    if claim.is_decided and free:
        store.tasks.forget(act, claim.id)
    awards.review(act, claim.id)
    awards.close_when_paid(act, claim.id)
    return over


def settle(
    act: Act, suspension_id: str, held: Period | None, words: str | None, *, version: int | None = None
) -> Suspension:
    """The ground held on some days: they become a fact of the claim, which is decided again; what is left is paid with
    that decision, and until then everything goes on waiting. Raises `SuspensionRefused`, `claims.FactsInvalid`."""
    found, claim = _running(act, suspension_id)
    if not words or not words.strip():
        raise SuspensionRefused("required", "words")
    days = domain.check_held(held, found)
    said = _by(act, found, words.strip())
    settling = replace(said, state=SuspensionState.SETTLING, ended=Ended.HELD, held=days)
    facts = dict(claim.facts)
    if found.ground.fact is not None:
        facts["happenings"] = domain.with_days(facts.get("happenings") or [], found.ground.fact, days)
    claim = claims.save_facts(act, claim.id, version, facts=facts, why=words.strip())  # it may refuse: nothing is kept
    store.suspensions.save(act, found, settling)
    if found.ground.fact is None:
        claims.drop_proposal(act, claim)  # it was made before anybody knew that the ground held
    store.claims.save(act, claim, claim, SETTLED, words.strip())
    return settling


def unsettled(act: Act, claim: Claim) -> bool:
    """Whether the ground held on some days, is no fact the rules know, and nobody has said in the facts what follows:
    deciding now would pay those days."""
    found = store.suspensions.settling(act, claim.id)
    if found is None or found.ground.fact is not None:
        return False
    said = [change.version for change in store.claims.changes(act, claim.id) if change.what == SETTLED]
    return bool(said) and not store.claims.facts_changed_since(act, claim.id, max(said))


def end_with_decision(act: Act, claim: Claim, *, goes_on: bool) -> None:
    """The decision that a suspension waited for is made: it ends, before the award is cut anew. `goes_on`: by that
    decision something is still to come."""
    found = store.suspensions.holding(act, claim.id)
    if found is not None and found.state is SuspensionState.SETTLING:
        _end(act, claim, found, found, goes_on=goes_on)


def end_with_annulment(act: Act, claim: Claim, words: str) -> None:
    """The decision is annulled: nothing is left that could wait. The letter about that says it; no other is written. A
    suspension that was only asked for falls away."""
    found = store.suspensions.holding(act, claim.id)
    if found is not None:
        over = replace(_by(act, found, words), state=SuspensionState.LIFTED, lifted_on=act.today)
        store.suspensions.save(act, found, over)
    asked = store.suspensions.proposed(act, claim.id)
    if asked is not None:
        back = replace(asked, state=SuspensionState.RETURNED, returned_words=words)
        store.suspensions.save(act, asked, back)


def contestable(act: Act, claim_id: ClaimId) -> Suspension | None:
    """The suspension that the person can object to: the one that runs."""
    found = store.suspensions.holding(act, claim_id)
    return found if found is not None and found.state is SuspensionState.RUNS else None


def outcome_of_appeal(act: Act, claim: Claim, contested: Appeal) -> str:
    """What became of an objection to a suspension: upheld where it was lifted because the ground did not hold, in part
    where it held on some days, rejected where it held on all that waited, or where payments wait as before."""
    if contestable(act, claim.id) is not None:
        return "rejected"
    last = store.suspensions.of_claim(act, claim.id)[-1]
    if last.ended is Ended.GROUNDLESS:
        return "upheld"
    stands = store.decisions.last_final(act, claim.id)
    days = stands.assessment.timeline if stands is not None else ()
    return "partly_upheld" if any(d.is_paid and d.period.last >= last.first_day for d in days) else "rejected"


def goes_on(act: Act, found: Suspension) -> bool:
    """Whether more is paid after a suspension that is over: not where the award has ended, and not where the decision
    with which it ended leaves nothing to come."""
    if not _runs(act, found.claim_id):
        return False
    if found.ended is Ended.GROUNDLESS:
        return True
    if found.ended is None:  # the decision was annulled
        return False
    known = store.decisions.of_claim(act, found.claim_id)
    with_it = [d.outlook for d in known if d.decided_on == found.lifted_on and d.outlook is not None]
    return not with_it or bool(with_it[-1].coming)


def _runs(act: Act, claim_id: ClaimId) -> bool:
    award = store.awards.of_claim(act, claim_id)
    return award is not None and award.is_running


def _by(act: Act, found: Suspension, words: str) -> Suspension:
    """A suspension with who ends it, and why."""
    return replace(found, lifted_by=act.actor.id, lifted_name=act.actor.name, lifted_words=words)


def _end(act: Act, claim: Claim, found: Suspension, said: Suspension, *, goes_on: bool) -> Suspension:
    over = replace(said, state=SuspensionState.LIFTED, lifted_on=act.today)
    store.suspensions.save(act, found, over)
    _tell(act, "benefits.suspension.lifted", claim, over, ended=over.ended, goes_on=goes_on)
    return over


def _tell(act: Act, type_: str, claim: Claim, found: Suspension, **more: object) -> None:
    claims.tell(act, type_, claim, found.id, {"suspension_id": found.id, **more})
