"""What the worker sees of her own claim: what was decided, why, when money comes, how to object. Four states only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.appeal import ANNULMENT, SUSPENSION, Appeal
from services.benefits.domain.assessment import NEEDS_JUDGEMENT, NOT_MET
from services.benefits.domain.award import BOUNCED, OrderState, PaymentFact
from services.benefits.domain.claim import Claim, ClaimState, Letter
from services.benefits.domain.decision import Decision
from services.benefits.domain.overpayment import Compared, Objection, OverpaymentState, Recovery
from services.benefits.domain.person import Office, Payee, Person
from services.benefits.domain.promise import PromiseState, stopped
from services.benefits.domain.repaying import Progress
from services.benefits.institution import institution
from services.benefits.usecases import awards, claims, objections, recoveries, suspensions
from services.benefits.usecases.recoveries import KeptBack
from services.benefits.views import advances, annulment, promise, suspension, words
from services.benefits.views import scans as papers
from services.benefits.views.asked import Asked, asked
from services.benefits.views.shown import Json, Said, Words
from services.benefits.views.worker_does import Does, does
from shared.act import Act
from shared.money import Money
from shared.period import Period

#: What a page shows of money to come before the rest stands in a list.
SHOWN = 2
ON_ITS_WAY = (OrderState.SENT, OrderState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Part:
    """Money that comes or came: `between` which days the bank brings it."""

    amount: Money
    on: date
    period: Period | None
    state: str

    @property
    def between(self) -> Period:
        return Period(self.on, self.on + timedelta(days=institution().practice.bank_days))


@dataclass(frozen=True, slots=True)
class TooMuch:
    """What was paid too much and is not settled: how much, what was decided, and how she pays it back."""

    letter: Letter | None
    left: Money
    state: OverpaymentState
    way: str | None
    by: date | None
    to: Mapping[str, str]
    kept: list[KeptBack]
    compared: tuple[Compared, ...]
    parts: list[Progress]
    #: What she can object to, and the objection that is open.
    may_object: Recovery | None
    contested: Objection | None


@dataclass(frozen=True, slots=True)
class Working:
    """Whom her claim waits for, since when, and what she can do; never what is being considered."""

    whom: Words
    since: date
    until: date | None
    task: Words | None
    you: bool
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Contested:
    """The last appeal with the sentence it is against."""

    row: Appeal
    against: Any

    @property
    def open(self) -> bool:
        return self.row.is_open


@dataclass(frozen=True, slots=True)
class WorkerPage:
    claim: Claim
    person: Person
    title: Words
    decided: Decision | None
    #: That the decision was annulled and none took its place, and what follows.
    annulled: list[Words]
    a: Json | None
    working: Working | None
    #: What she was told of money that comes on another day than promised, or is late.
    moved: list[Words]
    coming: list[Part]
    later: list[Part]
    #: What came on the last day on which anything came, by its days, and what came before.
    paid: list[Part]
    paid_sum: Money | None
    before: list[Part]
    account: Payee | None
    letters: list[Letter]
    hotline: str
    office: Office
    too_much: TooMuch | None
    #: What is kept back from what is still to come, for another claim of hers.
    kept_for_others: list[KeptBack]
    contested: Contested | None
    appealable: bool
    #: Until when she can object.
    appeal_until: date | None
    ended: bool
    grounds: str
    #: What employers say they advanced, and what of her money goes to them.
    advanced: list[advances.Told]
    to_employers: Money | None
    #: Her papers: how many there are, and how many cannot be used.
    scans: papers.Count
    #: What she can do by herself, and what she has done.
    does: Does


def page(act: Act, claim: Claim, grounds: str = "") -> WorkerPage:
    """Her page; `grounds` are what she had written against paying back when her session ended."""
    decided = store.decisions.last_final(act, claim.id)
    coming, paid = _money(act, claim)
    latest = [part for part in reversed(paid) if part.on == paid[0].on]
    letters = store.claims.letters(act, claim.id)
    about_decisions = [x for x in letters if x.template.startswith(("decision", "revision", "appeal")) or x.decision_id]
    office = store.places.office(act, claim.office_id)
    return WorkerPage(
        claim=claim,
        person=store.persons.get(act, claim.person_id),
        title=words.text(words.BENEFITS, claim.benefit),
        decided=decided,
        annulled=annulment.of_claim(act, claim),
        a=decided.kept if decided is not None else None,
        working=_working(act, claim, office),
        moved=promise.sentences(act, claim),
        coming=coming[:SHOWN],
        later=coming[SHOWN:],
        paid=latest,
        paid_sum=sum((part.amount for part in latest[1:]), latest[0].amount) if latest else None,
        before=paid[len(latest) :],
        account=store.persons.payee(act, claim.person_id),
        letters=about_decisions[:-3:-1],  # the newest first
        hotline=office.phone,
        office=office,
        too_much=_too_much(act, claim, letters),
        kept_for_others=[k for k in recoveries.kept_for_others(act, claim.id) if k.part.due_on >= act.today],
        contested=contested(act, claim),
        appealable=appealable(act, claim),
        appeal_until=recoveries.contestable_until(act, claim.id),
        ended=claim.state in (ClaimState.WITHDRAWN, ClaimState.LAPSED),
        grounds=grounds,
        advanced=advances.told(act, claim),
        to_employers=_to_employers(act, claim),
        scans=papers.count(act, claim),
        does=does(act, claim),
    )


def _to_employers(act: Act, claim: Claim) -> Money | None:
    award = store.awards.of_claim(act, claim.id)
    return award.to_employers if award is not None and award.to_employers else None


def _too_much(act: Act, claim: Claim, letters: list[Letter]) -> TooMuch | None:
    known = store.awards.overpayment(act, claim.id)
    if known is None or not known.is_open:
        return None
    recovering = known.state is OverpaymentState.RECOVERING
    active = store.awards.active_recovery(act, claim.id) if recovering else None
    kept = recoveries.withheld(act, claim.id) if active is not None else []
    told = [x for x in letters if x.template in ("overpayment_letter", "recovery_letter", "objection_letter")]
    return TooMuch(
        letter=told[-1] if told else None,
        left=known.left,
        state=known.state,
        way=active.way if active is not None else None,
        by=active.repay_by if active is not None else None,
        to=institution().repay_to,
        kept=[k for k in kept if k.part.due_on >= act.today],
        compared=awards.compared(act, claim.id),
        parts=active.progress(known.left.minor, act.today, institution().practice.repay_grace_days)
        if active is not None and active.parts
        else [],
        may_object=objections.may_object(act, claim),
        contested=store.awards.open_objection(act, claim.id),
    )


def _working(act: Act, claim: Claim, office: Office) -> Working | None:
    waits = claim.waits
    proposed = waits is not None and waits.reason in ("confirm_suspension", "confirm_annulment")
    at_rest = claim.is_decided and (waits is None or waits.for_money_back or proposed)
    if at_rest or claim.state in (ClaimState.WITHDRAWN, ClaimState.LAPSED):
        return None
    if waits is None:
        return Working(words.text(words.WORKER_WAITS, "officer"), claim.received_on, None, None, False)
    task = words.text(words.WORKER_TASKS, waits.reason) if waits.reason in words.WORKER_TASKS else None
    if waits.for_suspension and (held := store.suspensions.holding(act, claim.id)) is not None:
        outlook = awards.outlook_now(act, claim.id)
        said = suspension.waits(act, claim.id, act.today, outlook.waiting if outlook is not None else None)
        task = suspension.together(said) if said else suspension.sentence(held)
    you = waits.whom == "worker"
    asks = asked(claim, office, None if claim.is_decided else claims.picture(act, claim).assessment)
    return Working(words.text(words.WORKER_WAITS, waits.whom), waits.since, waits.until, task, you, asks)


def _money(act: Act, claim: Claim) -> tuple[list[Part], list[Part]]:
    """What is on its way or still to come, the soonest first, and what was paid, the latest first. How much is still
    to come is said as the letter says it (`domain.outlook`), and when as it was promised to her."""
    facts = store.awards.payment_facts(act, claim.id)
    outlook = awards.outlook_now(act, claim.id)
    coming = [_of(f, act) for f in facts if f.state in ON_ITS_WAY]
    paid = [_of(f, act) for f in facts if f.state is OrderState.SETTLED]
    states = {f.key: stopped(claim, f) for f in facts if f.state in BOUNCED or f.state is OrderState.HELD}
    states |= {f.key: "planned" for f in facts if f.state is OrderState.PLANNED}
    promised = {p.key: p for p in store.promises.of_claim(act, claim.id) if p.state is PromiseState.OPEN}
    late = {p.key: "late" for p in promised.values() if p.news_by is not None}
    states |= {key: state for key, state in late.items() if states.get(key, "planned") == "planned"}
    today = {p.key: p.day for p in promised.values() if p.day == act.today}
    for part in outlook.coming if outlook is not None else ():
        on = today.get(part.key, part.due_on)
        coming.append(Part(part.amount, on, part.period, states.get(part.key, "planned")))
    coming.sort(key=lambda part: part.on)
    paid.sort(key=lambda part: (part.on, part.period.last if part.period else part.on), reverse=True)
    return coming, paid


def _of(fact: PaymentFact, act: Act) -> Part:
    return Part(fact.amount, fact.on_day or act.today, fact.period, fact.state)


# --- objecting ---------------------------------------------------------------------------------


def contested(act: Act, claim: Claim) -> Contested | None:
    found = store.decisions.appeals(act, claim.id)
    if not found:
        return None
    return Contested(*annulment.lodged(act, found[-1]))


def appealable(act: Act, claim: Claim) -> bool:
    """Whether she can object now: to the decision that stands, or to its annulment."""
    if any(a.is_open for a in store.decisions.appeals(act, claim.id)):
        return False
    annulled = store.annulments.present(act, claim.id)
    if annulled is not None:
        return annulled.outcome is None
    return claim.is_decided and store.decisions.last_final(act, claim.id) is not None


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    claim: Claim
    #: The decision it is about.
    decision_id: str
    until: date | None
    #: What can be contested: what was found against her first.
    sentences: list[Json]
    finding: str
    grounds: str
    errors: Said
    late: bool


def objection(
    act: Act, claim: Claim, typed: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> ObjectionPage:
    decided, annulled = store.decisions.last_final(act, claim.id), store.annulments.present(act, claim.id)
    found = list(decided.assessment.findings) if decided is not None else []
    found.sort(key=lambda f: f.verdict != NOT_MET)
    decisive = decided.assessment.decisive if decided is not None else None
    held = suspensions.contestable(act, claim.id)
    until = held.appeal_until if held is not None else decided.appeal_until if decided is not None else None
    against: list[Json] = [{"value": SUSPENSION, "label": {"msg": suspension.CONTESTED}}] if held is not None else []
    decisive = SUSPENSION if held is not None else decisive
    if annulled is not None:
        against, decisive = [{"value": ANNULMENT, "label": annulment.contested(ANNULMENT, None)}], ANNULMENT
        until = annulled.appeal_until
    about = annulled.decision_id if annulled is not None else decided.id if decided is not None else ""
    return ObjectionPage(
        claim=claim,
        decision_id=about,
        until=until,
        sentences=against + [{"value": f.id, "label": f.text.json()} for f in found if f.verdict != NEEDS_JUDGEMENT],
        finding=typed.get("finding") or decisive or "",
        grounds=typed.get("grounds", ""),
        errors=Said(errors or {}),
        late=until is not None and act.today > until,
    )


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What she is told once her objection is in."""

    claim: Claim
    contested: Contested
    office: Office
