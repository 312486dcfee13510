"""Papers come in as scans and photos, at the desk, from worker and employer; somebody at the desk looks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from services.benefits import store
from services.benefits.domain import scan as domain
from services.benefits.domain.claim import Claim, ClaimState, Waiting, Whom
from services.benefits.domain.scan import LONGEST_WHAT, MOST_A_DAY, Adder, Scan, ScanKind, ScanRefused, ScanState
from services.benefits.institution import institution
from services.benefits.usecases import awards, marks
from services.benefits.usecases.scan_files import made
from services.benefits.usecases.weighing import weigh_later
from shared.act import Act
from shared.reading.letters import one_line

#: States in which nothing is added any more.
OVER = (ClaimState.WITHDRAWN, ClaimState.LAPSED)


def adder(act: Act) -> Adder:
    """From where somebody adds."""
    if act.actor.kind == "worker":
        return Adder.WORKER
    return Adder.EMPLOYER if act.actor.employer else Adder.DESK


def may_add(act: Act, claim: Claim) -> bool:
    """Whether somebody may add a paper now: an employer only where she was asked for something."""
    open_ = claim.state not in OVER and store.persons.of_claim(act, claim.person_id).erased_on is None
    return open_ and (adder(act) is not Adder.EMPLOYER or domain.asks_for(claim, Adder.EMPLOYER))


def add(act: Act, claim_id: str, kind: str, what: str, data: bytes) -> Scan:
    """Add a paper. What was asked for goes back to an officer with it. The same sent again is the one that is here.

    Raises `ScanRefused` with the field and a code, `store.NotHere`.
    """
    what = one_line(what)
    if kind not in set(ScanKind):
        raise ScanRefused("required", "kind")
    if len(what) > LONGEST_WHAT:
        raise ScanRefused("too_long", "what")
    if kind == ScanKind.OTHER and not what:
        raise ScanRefused("required", "what")
    claim, where = store.claims.get(act, claim_id, lock=True), adder(act)
    digest = hashlib.sha256(data).hexdigest()
    known = store.scans.same(act, claim.id, where, act.actor.id, digest)
    if known is not None:
        return known
    if not may_add(act, claim):
        raise ScanRefused("nothing_asked")
    if store.scans.added_on(act, claim.id, where, act.actor.id, act.today) >= MOST_A_DAY:
        raise ScanRefused("too_many_today")
    kept = made(data)
    scan = Scan(
        id=act.new_id(),
        claim_id=claim.id,
        person_id=claim.person_id,
        kind=ScanKind(kind),
        what=what,
        media_type=kept.media_type,
        size=len(kept.content),
        sha256=digest,
        added_by=where,
        by=act.actor.id,
        by_name=act.actor.name,
        at=act.now,
        on=act.today,
    )
    if where is Adder.DESK:  # she holds the paper itself in her hand
        scan = domain.looked(scan, act.actor.id, act.actor.name, act.today)
    store.scans.add(act, scan, kept.content)
    _goes_on(act, claim, scan)
    return scan


def _goes_on(act: Act, claim: Claim, scan: Scan) -> None:
    """The claim goes back to an officer where it waited for the paper, or rested."""
    until = claim.received_on + timedelta(days=institution().service_days)
    after = domain.with_paper(claim, scan, act.today, until)
    store.tasks.wake(act, claim.id)  # a paper that came in is not slept over
    if after != claim:
        after = store.claims.save(act, claim, after, domain.REASON)
    weigh_later(act, after)


def look(act: Act, claim_id: str, scan_id: str, why: str | None = None) -> Scan:
    """Somebody at the desk has looked; with a reason (`why`) the paper cannot be used, and who added it reads that.
    Once no paper is left to look at, what waited for the look alone waits for it no more.

    Raises `ScanRefused`, `store.NotHere`.
    """
    claim = store.claims.get(act, claim_id, lock=True)
    before = store.scans.get(act, claim.id, scan_id, lock=True)
    after = domain.looked(before, act.actor.id, act.actor.name, act.today, why)
    store.scans.save(act, before, after)
    if before.state is ScanState.ADDED and claim.waits is not None and claim.waits.reason == domain.REASON:
        _looked(act, claim)
    return after


def _looked(act: Act, claim: Claim) -> None:
    if store.scans.to_look_at(act, claim.id):
        return
    if claim.is_decided:
        store.claims.save(act, claim, replace(claim, waits=marks.waits_again(act, claim)), "paper_looked_at")
        awards.close_when_paid(act, claim.id)
    elif claim.waits is not None:
        waits = Waiting(Whom.OFFICER, "to_decide", claim.waits.since, claim.waits.until)
        weigh_later(act, store.claims.save(act, claim, replace(claim, waits=waits), "paper_looked_at"))
