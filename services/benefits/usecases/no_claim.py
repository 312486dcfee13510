"""A benefit that nobody had to claim: an electronic paper opens the case, she says that it is hers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import ENDED, OPEN, Claim, ClaimState, Origin, Waiting, Whom, day_of, move
from services.benefits.domain.hospital import HospitalPaper
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.institution import institution
from services.benefits.usecases import claims
from services.benefits.usecases.statements import ask_employer
from services.benefits.usecases.weighing import weigh_later
from shared.act import Act

#: What a claim waits for until she has said that it is hers.
CONFIRM = "confirm_case"
#: Tables of papers by what they report.
REPORTS = {"XML7": "certificate", "XML11": "certificate", "XML9": "birth"}


class NothingToConfirm(ValueError):
    """The claim does not wait for her word."""


def opens(paper: HospitalPaper) -> str | None:
    """The benefit for which a paper opens a case in this institution."""
    return institution().opens_cases.get(REPORTS.get(paper.kind, ""))


def open_from(act: Act, person_id: PersonId, paper: HospitalPaper, lay: Callable[[Claim], object]) -> Claim | None:
    """Open a case from a paper that no claim waits for, and ask her, and her employer. `lay` puts the paper with it.
    None where the institution does not, where she has a claim about these days already, or where a person must look
    first."""
    benefit = opens(paper)
    # Two papers about one birth are looked at one after the other.
    store.persons.lock(act, person_id)
    person = store.persons.get(act, person_id)
    if benefit is None or person.death_reported_on is not None or person.deceased_on is not None:
        return None
    if paper.about is not None or any(_about(claim, benefit, paper) for claim in store.claims.every(act, person_id)):
        return None
    facts: dict[str, Any] = {}
    if paper.kind != "XML9":
        if paper.first is None or paper.last is None:
            return None
        facts["spell"] = {"first_day": paper.first.isoformat(), "last_day": paper.last.isoformat()}
    opened = claims.open_claim(act, person_id, benefit=benefit, facts=facts, origin=Origin.PAPER)
    lay(store.claims.get(act, opened))
    return _ask(act, opened)


def _about(claim: Claim, benefit: str, paper: HospitalPaper) -> bool:
    """Whether a claim could be about the same: then a person looks."""
    if claim.benefit != benefit or claim.state not in OPEN | ENDED:
        return False
    if paper.kind == "XML9":
        born = day_of(claim.facts, "event", "birth_on")
        apart = institution().practice.births_apart_days  # nearer, it is one birth reported twice
        return born is None or paper.birth_on is None or abs((born - paper.birth_on).days) < apart
    first, last = day_of(claim.facts, "spell", "first_day"), day_of(claim.facts, "spell", "last_day")
    if first is None or paper.first is None or paper.last is None:
        return claim.state in OPEN
    return first <= paper.last and paper.first <= (last or first) + timedelta(days=1)


def _ask(act: Act, claim_id: ClaimId) -> Claim:
    """Submit the case as it is and wait for her word; what is missing is asked of her employer at once."""
    before = store.claims.get(act, claim_id)
    until = act.today + timedelta(days=institution().service_days)
    waits = Waiting(Whom.WORKER, CONFIRM, act.today, until)
    submitted = replace(before, state=move(before.state, ClaimState.SUBMITTED), submitted_at=act.now)
    submitted = store.claims.save(act, before, submitted, "case_opened")
    asked = replace(submitted, state=move(submitted.state, ClaimState.RETURNED), waits=waits)
    after = store.claims.save(act, submitted, asked, "case_asked")
    about = {"benefit": after.benefit, "received_on": after.received_on.isoformat()}
    claims.tell(act, "benefits.claim.submitted", after, after.id, about)
    claims.tell(act, "benefits.claim.returned", after, after.id, {"waits_for": Whom.WORKER, "reason": CONFIRM})
    if after.employer_id is not None:
        ask_employer(act, after, after.employer_id, ("wages", "last_day_worked", "wage_paid_until"), None)
    return after


def confirm(act: Act, claim_id: str) -> Claim:
    """She says that it is her claim; it is worked on from now. Raises `NothingToConfirm`."""
    before = store.claims.to_change(act, claim_id, None)
    if before.waits is None or before.waits.reason != CONFIRM:
        raise NothingToConfirm
    until = act.today + timedelta(days=institution().service_days)
    waits = Waiting(Whom.OFFICER, "to_decide", act.today, until)
    after = replace(before, state=move(before.state, ClaimState.SUBMITTED), waits=waits)
    return weigh_later(act, store.claims.save(act, before, after, "case_confirmed"))


def decline(act: Act, claim_id: str) -> Claim:
    """She says that it is not hers, or that she does not want it. Raises `NothingToConfirm`."""
    found = store.claims.to_change(act, claim_id, None)
    if found.waits is None or found.waits.reason != CONFIRM:
        raise NothingToConfirm
    store.papers.release(act, found.id)
    return claims.withdraw(act, claim_id, None, "")
