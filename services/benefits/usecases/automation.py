"""What a claim weighs in the queue, why a person decides it, and what the rules decide without one."""

from __future__ import annotations

from dataclasses import replace

from services.benefits import store
from services.benefits.domain import automation
from services.benefits.domain.claim import Claim, Whom
from services.benefits.domain.decision import Kind, hindrances, needs_second
from services.benefits.domain.doubts import open_ones
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.sample import AUTOMATIC
from services.benefits.domain.task import Task
from services.benefits.institution import institution
from services.benefits.usecases import claims, decisions
from shared.act import Act, Actor
from shared.jobs import JobRun, Later, post_job
from shared.money import Money

#: Claims weighed in one transaction by the job of a day.
SLICE = 50
#: Who decides where no person does.
RULES = Actor(id=AUTOMATIC, kind="service", roles=frozenset({"service:benefits"}), name=AUTOMATIC)


def weigh(act: Act, claim: Claim) -> Task:
    """Work out what a claim that waits may come to, how many doubts are open, and why a person decides it; keep that
    for the queue. Where nothing asks for a person, the rules decide it next."""
    before = store.tasks.get(act, claim.id)
    picture = claims.picture(act, claim)
    by_hand = automation.by_hand(_weighed(act, claim, before, picture), institution().automatic)
    total = picture.assessment.total.minor if picture.assessment is not None else None
    doubts = len(open_ones(picture.warnings, claim.judged)) + len(picture.errors)
    after = replace(before, likely_minor=total, open_doubts=doubts, by_hand=by_hand, weighed_version=claim.version)
    store.tasks.save(act, after)
    if not by_hand:
        post_job(act, "decide_by_rules", f"{claim.id}:{claim.version}", {"claim_id": claim.id})
    return after


def _weighed(act: Act, claim: Claim, held: Task, picture: claims.Picture) -> automation.Weighed:
    found, house = picture.assessment, institution()
    hands = store.claims.hands(act, claim, house.account_rest_days)
    person = store.persons.of_claim(act, claim.person_id)
    stands = store.decisions.last_final(act, claim.id)
    contested = store.decisions.open_appeal(act, claim.id)
    codes: list[str] = []
    nothing = Money(0, house.currency)
    if found is not None:
        warnings = [w.id for w in open_ones(picture.warnings, claim.judged)]
        payable = store.persons.payee(act, person.id) is not None and person.deceased_on is None
        codes = [h.code for h in hindrances(found, own_case=False, open_warnings=warnings, payable=payable)]
    if person.death_reported_on is not None or person.deceased_on is not None:
        codes.append("death_to_confirm")
    before = stands is not None or contested is not None or store.decisions.proposed(act, claim.id) is not None
    total = found.total if found is not None else nothing
    return automation.Weighed(
        benefit=claim.benefit,
        waits_for_officer=claim.waits is not None and claim.waits.whom is Whom.OFFICER,
        hindrances=codes,
        granted=found is not None and found.outcome == "granted",
        total=total,
        decided_before=before,
        second_person=needs_second(total, total, house.tier(claim.benefit).limit(), kind=Kind.FIRST) is not None,
        doubts_judged=bool(claim.judged),
        confirmed=hands.employer_confirmed or hands.person_confirmed or store.claims.she_confirmed(act, claim.id),
        recent_account=hands.recent_account,
        first_claim=not any(x.is_decided for x in store.claims.others(act, claim)),
        in_hand=held.holder is not None or held.rests(act.today, claim.version),
        paper_unseen=store.scans.to_look_at(act, claim.id) > 0,
        readable=found is not None,
    )


def weigh_open(run: JobRun) -> Later | None:
    """Weigh what has changed since it was weighed, in slices; what happened to a claim by itself is seen the same
    day it is looked for."""
    seen: set[ClaimId] = set()
    while True:
        with run.begin() as act:
            left = [x for x in store.tasks.unweighed(act, SLICE + len(seen)) if x not in seen]
            for claim_id in left[:SLICE]:
                seen.add(claim_id)
                claim = store.claims.known(act, claim_id)
                if claim is not None:
                    weigh(act, claim)
        if len(left) <= SLICE:
            return None


def weigh_one(run: JobRun) -> Later | None:
    """Something about a claim has changed while it waits for an officer."""
    with run.begin() as act:
        claim = store.claims.known(act, run.payload["claim_id"], lock=True)
        if claim is not None and claim.waits is not None and claim.waits.whom is Whom.OFFICER:
            weigh(act, claim)
    return None


def decide_by_rules(run: JobRun) -> Later | None:
    """Nothing asked for a person when a claim was weighed. It is weighed once more, alone: what has changed since goes
    to a person."""
    with run.begin() as act:
        by_rules = replace(act, actor=RULES)
        claim = store.claims.known(by_rules, run.payload["claim_id"], lock=True)
        if claim is None or claim.waits is None or claim.waits.whom is not Whom.OFFICER:
            return None
        store.persons.lock(by_rules, claim.person_id)
        if not weigh(by_rules, claim).by_hand:
            decisions.propose(by_rules, claim.id, claim.version)
    return None
