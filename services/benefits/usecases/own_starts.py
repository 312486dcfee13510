"""A claim that a person starts on her phone: a code, what her certificate says, and a draft that a counter completes.

Everybody who asks for a code is answered alike; whether one leaves is found out later, by a job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState, Origin, day_of, move
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.own_start import OwnStart, StartRefused, answered, ending, purpose
from services.benefits.domain.phone_code import MOST_ASKED
from services.benefits.institution import institution
from services.benefits.usecases import accounts, claim_doubts, claims
from services.benefits.usecases.claims import tell
from shared import messaging
from shared.act import Act
from shared.ids import claim_number
from shared.jobs import JobRun, Later, post_job

SEND, LOOK = "send_start_code", "look_at_starts"
#: What stands in the history of a claim once she was told that it ends, with its last day.
TOLD, ENDED = "start_ending_told", "start_ended"
_OVER = (ClaimState.WITHDRAWN, ClaimState.LAPSED)


def ask(act: Act, number: str, born_on: date | None, source: str) -> str:
    """Somebody asks to start a claim; gives the id under which she types her code, whoever she is. Every asking
    counts as a try of its source, since whether it is right is not said. Raises `TooManyTries`."""
    accounts.count_try(act, source, f"start {number}", institution().access_tries)
    person_id = store.own_starts.whom(act, number, born_on, institution().account_rest_days)
    start = OwnStart(act.new_id(), person_id, act.now, act.today)
    store.own_starts.add(act, start)
    store.accounts.audit(act, "start asked", about=None)
    post_job(act, SEND, start.id, {"start_id": start.id})
    return start.id


def send_code(run: JobRun) -> Later | None:
    """The code leaves, where the person is known, her phone is as old as an account has to be, and she has not been
    sent enough of them today."""
    with run.begin() as act:
        before = store.own_starts.known(act, run.payload["start_id"], lock=True)
        if before is not None and before.person_id is not None and before.number is None:
            _send(act, before, before.person_id)
    return None


def _send(act: Act, before: OwnStart, person_id: PersonId) -> None:
    person = store.persons.to_change(act, person_id, None)  # two askings at once are answered one after the other
    rest = timedelta(days=institution().account_rest_days)
    if store.own_starts.by_hand(act, person.id) and act.today - store.own_changes.known_since(act, person.id) < rest:
        return
    if store.phone_codes.goes_to_a_new_number(act, person.id, institution().account_rest_days):
        return  # written since she asked
    if store.own_starts.asked_since(act, person.id, act.now - timedelta(days=1)) >= MOST_ASKED:
        return
    start = replace(before, number=claim_number(act.today.year, store.claims.next_serial(act)))
    store.own_starts.save(act, before, start)
    about = {
        "claim_id": start.id,
        "claim_number": start.number,
        "person_id": person.id,
        "office_id": person.office_id,
        "start_id": start.id,
    }
    messaging.post(act.about(start.id), "benefits.start.asked", subject=start.id, person=person.id, data=about)


def come_in(act: Act, id_: str, fits: accounts.Fits, typed: str) -> accounts.Opened:
    """Her code opens the claim that she is starting, and no other. The same code lets her in again while it is good.
    Raises `StartRefused` alike for a wrong code and for an asking that came to nothing."""
    before = store.own_starts.known(act, id_, lock=True)
    right = fits(purpose(id_), typed)
    if before is None or not before.is_open(act.now):
        raise StartRefused("wrong_code", "code")
    after = answered(before, right=right, now=act.now)
    store.own_starts.save(act, before, after)
    if not right or after.person_id is None:
        raise StartRefused("wrong_code", "code")
    language = store.persons.of_claim(act, after.person_id).language
    actor = accounts.worker(ClaimId(after.id), language)
    store.accounts.audit(act, "sign-in", about=after.id, actor=actor)
    return accounts.Opened(actor, act.new_id(), "", act.random(16).hex(), False)


def started(act: Act) -> OwnStart:
    """What she is starting in this session. Raises `NotHere`."""
    found = store.own_starts.known(act, act.actor.claim or "") if act.actor.kind == "worker" else None
    if found is None or found.person_id is None or found.confirmed_at is None:
        raise store.NotHere("start")
    return found


def lodge(act: Act, benefit: str, facts: Mapping[str, Any], papers: Mapping[str, str]) -> Claim:
    """She sends what her certificate says. It becomes a draft of her office that counts from the day she asked for
    the code. Sent twice, it is one. Raises `StartRefused` where a claim about the same is there, `FactsInvalid`."""
    start = started(act)
    if start.person_id is None:
        raise store.NotHere("start")
    store.persons.lock(act, start.person_id)
    known = store.claims.known(act, start.id)
    if known is not None:
        return known
    other = next((x for x in store.claims.every(act, start.person_id) if _same(x, benefit, facts, papers)), None)
    if other is not None:
        raise StartRefused("same_claim", "first_day", other.number)
    id_ = claims.open_claim(
        act,
        start.person_id,
        benefit=benefit,
        received_on=start.asked_on,
        facts=facts,
        papers=papers,
        origin=Origin.PHONE,
        id_=ClaimId(start.id),
        number=start.number,
    )
    store.own_starts.save(act, start, replace(start, claim_id=id_))
    claim = store.claims.present(act, id_)
    until = bring_by(claim)
    about = {"received_on": claim.received_on.isoformat(), "bring_by": until.isoformat()}
    tell(act, "benefits.claim.started", claim, claim.id, about)
    return claim


def bring_by(claim: Claim) -> date:
    """Until when she is asked to bring the paper itself: the days within which a decision is promised."""
    return claim.received_on + timedelta(days=institution().service_days)


def last_day(claim: Claim) -> date:
    """The last day on which the office may still complete it."""
    house = institution()
    return ending(claim.received_on, house.start_keep_days, house.start_notice_days).last_day


def _same(other: Claim, benefit: str, facts: Mapping[str, Any], papers: Mapping[str, str]) -> bool:
    """Whether a claim of hers is about the same days of illness, or the same child."""
    if other.benefit != benefit or other.state in _OVER:
        return False
    born = facts.get("event", {}).get("birth_on") or papers.get("expected_on")
    if born is not None:
        return claim_doubts.near(other, date.fromisoformat(born)) is not None
    first, last = day_of(facts, "spell", "first_day"), day_of(facts, "spell", "last_day")
    theirs, until = day_of(other.facts, "spell", "first_day"), day_of(other.facts, "spell", "last_day")
    if first is None or theirs is None:
        return False
    return first <= (until or theirs) and theirs <= (last or first)


# --- what nobody completes ---------------------------------------------------------------------


def look(run: JobRun) -> Later | None:
    """Each day: codes of long ago are forgotten; who started what nobody has completed is told, and then it ends."""
    house = institution()
    with run.begin() as act:
        store.own_starts.forget_unused(act, act.today - timedelta(days=house.start_keep_days))
        tell_before = act.today - timedelta(days=house.start_keep_days - house.start_notice_days)
        found = [claim.id for claim in store.own_starts.unfinished(act, tell_before)]
    for id_ in found:
        with run.begin() as act:
            look_at(act, id_)
    return None


def look_at(act: Act, claim_id: ClaimId) -> None:
    """Tell her once that it ends, and end it after the last day that she was told."""
    claim = store.claims.known(act, claim_id, lock=True)
    if claim is None or claim.state is not ClaimState.DRAFT or claim.origin is not Origin.PHONE:
        return
    told = [c.why for c in store.claims.changes(act, claim.id) if c.what == TOLD]
    if not told:
        until = max(last_day(claim), act.today + timedelta(days=institution().start_notice_days)).isoformat()
        claim = store.claims.save(act, claim, claim, TOLD, until)
        tell(act, "benefits.start.ending", claim, claim.id, {"until": until})
    elif told[-1] is not None and date.fromisoformat(told[-1]) < act.today:
        lapsed = replace(claim, state=move(claim.state, ClaimState.LAPSED), waits=None)
        store.claims.save(act, claim, lapsed, ENDED)
