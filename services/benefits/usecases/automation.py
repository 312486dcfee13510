"""What a claim weighs in the queue, why a person decides it, and what the rules decide without one."""

from __future__ import annotations

from dataclasses import replace

from services.benefits import store
from services.benefits.domain import automation
from services.benefits.domain.claim import Claim, Origin, Whom
from services.benefits.domain.decision import Kind, hindrances, needs_second
from services.benefits.domain.doubts import open_ones
from services.benefits.domain.sample import AUTOMATIC
from services.benefits.domain.task import Task
from services.benefits.institution import institution
from services.benefits.usecases import claims, decisions
from shared.act import Act, Actor
from shared.jobs import JobRun, Later, post_job
from shared.logs import log
from shared.money import Money

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
    store.tasks.save_weight(act, after)
    if not by_hand:
        post_job(act, "decide_by_rules", f"{claim.id}:{claim.version}", {"claim_id": claim.id})
    return after


def _weighed(act: Act, claim: Claim, held: Task, picture: claims.Picture) -> automation.Weighed:
    found, house = picture.assessment, institution()
    hands = store.claims.hands(act, claim, house.account_rest_days)
    person = store.persons.of_claim(act, claim.person_id)
    contested = store.decisions.open_appeal(act, claim.id)
    codes: list[str] = []
    nothing = Money(0, house.currency)
    if found is not None:
        warnings = [w.id for w in open_ones(picture.warnings, claim.judged)]
        payable = store.persons.payee(act, person.id) is not None and person.deceased_on is None
        codes = [h.code for h in hindrances(found, own_case=False, open_warnings=warnings, payable=payable)]
    if person.death_reported_on is not None or person.deceased_on is not None:
        codes.append("death_to_confirm")
    # A proposal that was given back is a person's word too.
    before = contested is not None or bool(store.decisions.of_claim(act, claim.id))
    said = store.spoken.of_claim(act, claim)
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
        confirmed=said.employer or hands.person_confirmed,
        account_by_desk=said.account_by_desk and not hands.person_confirmed,
        sent_back=said.sent_back,
        case_unconfirmed=claim.origin is Origin.PAPER and not said.case_confirmed,
        judged=bool(claim.facts.get("judgements") or claim.facts.get("overrides")),
        recent_account=hands.recent_account,
        first_claim=not any(x.is_decided for x in store.claims.others(act, claim)),
        in_hand=held.holder is not None or held.rests(act.today, claim.version),
        paper_unseen=store.scans.to_look_at(act, claim.id) > 0,
        readable=found is not None,
    )


def weigh_open(run: JobRun) -> Later | None:
    """Weigh all that waits for an officer, once a day: an account, wages or another claim may have changed what it
    comes to. One claim at a time, so that nobody waits behind it, and one that cannot be weighed stops no other."""
    with run.begin() as act:
        waiting = store.tasks.waiting(act)
    for claim_id in waiting:
        try:
            with run.begin() as act:
                _weigh_known(act, claim_id)
        except Exception:  # whatever it is: the others are weighed, and this one is seen in the log
            log.exception("not weighed", claim=claim_id)
    return None


def weigh_one(run: JobRun) -> Later | None:
    """Something about a claim has changed while it waits for an officer."""
    with run.begin() as act:
        _weigh_known(act, run.payload["claim_id"])
    return None


def _weigh_known(act: Act, claim_id: str) -> None:
    claim = store.claims.known(act, claim_id, lock=True)
    if claim is not None and claim.waits is not None and claim.waits.whom is Whom.OFFICER:
        weigh(act, claim)


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
