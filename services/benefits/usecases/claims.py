"""A claim from the counter to the point where it can be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from services.benefits import store
from services.benefits.domain import claim as domain
from services.benefits.domain import codec, doubts, history
from services.benefits.domain.appeal import AppealState
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.claim import Claim, ClaimState, Judged, Origin, Papers, Waiting, Whom, day_of
from services.benefits.domain.decision import DecisionState
from services.benefits.domain.ids import ClaimId, EmployerId, PersonId
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.domain.person import Job, Person, PersonChangeKind, together
from services.benefits.institution import institution
from services.benefits.law.case import not_yet, read_case
from services.benefits.law.in_force import PackNotInForce, UnknownBenefit, UnknownCountry, assess
from services.benefits.usecases import claim_doubts
from services.benefits.usecases.judging import may_judge
from services.benefits.usecases.statements import ask_employer
from services.benefits.usecases.weighing import weigh_later
from shared import messaging
from shared.act import Act
from shared.ids import claim_number
from shared.jobs import post_job
from shared.money import decimal_fraction
from shared.period import Month
from shared.reading import NotRead
from shared.reading.days import not_after

Json = dict[str, Any]

#: Members of a case that stand in a claim; the rest comes from what is known of the person.
FACTS = (
    "spell",
    "certificates",
    "employments",
    "event",
    "judgements",
    "overrides",
    "happenings",
    "absences",
    "earlier_spells",
)

#: How many months before a claim are looked at for wages that stand out.
LOOKED_AT = 24


class FactsInvalid(ValueError):
    """The facts cannot be; each error has pointer, code and params."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a page or an answer shows of a claim's present state: nothing of it is stored."""

    case: Json
    assessment: Assessment | None
    errors: list[Json]
    warnings: list[doubts.Doubt]


def open_claim(
    act: Act,
    person_id: PersonId,
    *,
    benefit: str,
    received_on: date | None = None,
    facts: Mapping[str, Any] | None = None,
    papers: Mapping[str, Any] | None = None,
    employer_id: EmployerId | None = None,
    origin: Origin = Origin.COUNTER,
    id_: ClaimId | None = None,
    number: str | None = None,
) -> ClaimId:
    """Open a draft (`id_` and `number` where they were given before). Raises `FactsInvalid` where it came in after
    today, `PersonErased`."""
    person = store.persons.to_change(act, person_id, None)
    _came_in(act, received_on)
    if not may_judge(act, {}, facts or {}):
        raise FactsInvalid([{"pointer": "#/judgements", "code": "not_your_task", "params": {}}])
    claim = Claim(
        id=id_ or ClaimId(act.new_id()),
        number=number or claim_number(act.today.year, store.claims.next_serial(act)),
        person_id=person.id,
        employer_id=employer_id or current_employer(act, person.id),
        office_id=person.office_id,
        country=institution().country,
        benefit=benefit,
        state=ClaimState.DRAFT,
        waits=None,
        received_on=received_on or act.today,
        facts=_only_facts(facts or {}),
        papers=Papers(dict(papers or {})),
        origin=origin,
        access_generation=1,
        version=1,
        opened_at=act.now,
        opened_by=act.actor.id,
        submitted_at=None,
        judged={},
    )
    store.claims.add(act, claim)
    return claim.id


def _came_in(act: Act, on: date | None) -> None:
    """A claim comes in today or came in before."""
    try:
        not_after(on or act.today, act.today)
    except NotRead as wrong:
        raise FactsInvalid([{"pointer": "#/received_on", "code": wrong.code, "params": {}}]) from None


def current_employer(act: Act, person_id: PersonId) -> EmployerId | None:
    """The employer a person works for now, or worked for last."""
    found = store.persons.jobs(act, person_id)
    return found[-1].employer_id if found else None


def _only_facts(facts: Mapping[str, Any]) -> Json:
    """The members that are facts, in their order. Raises `FactsInvalid` for others and for wrong shapes."""
    shapes: dict[str, type] = {"spell": dict, "event": dict, "judgements": dict, "overrides": dict}

    def fits(name: str, value: Any) -> bool:
        if not isinstance(value, shapes.get(name, list)):
            return value is None
        return not isinstance(value, list) or all(isinstance(x, dict) for x in value)

    wrong = sorted(name for name, value in facts.items() if name in FACTS and not fits(name, value))
    code = "invalid" if wrong else "unknown_member"
    if wrong or (wrong := sorted(set(facts) - set(FACTS))):
        raise FactsInvalid([{"pointer": f"#/{name}", "code": code, "params": {}} for name in wrong])
    # An empty list of certificates says that there are none, which is more than not knowing.
    empty: tuple[Any, ...] = (None, {}, [])
    return {n: facts[n] for n in FACTS if facts.get(n) not in empty or (n == "certificates" and facts.get(n) == [])}


def is_own_case(act: Act, claim: Claim) -> bool:
    """Whether a claim is of the very person who is acting: nobody decides in her own case."""
    return act.actor.kind == "account" and store.accounts.person_of(act, act.actor.id) == claim.person_id


def save_facts(
    act: Act,
    claim_id: str,
    version: int | None,
    *,
    facts: Mapping[str, Any] | None = None,
    papers: Mapping[str, Any] | None = None,
    received_on: date | None = None,
    why: str | None = None,
) -> Claim:
    """Save what the papers say. A draft saves whatever it is; a claim already submitted saves only facts that can be,
    and one that was decided is opened again for a revision, which needs a reason.

    Raises `FactsInvalid`, `store.ChangedMeanwhile`, `domain.ClaimDoesNotMove`.
    """
    before = store.claims.to_change(act, claim_id, version)
    after = before
    if facts is not None:
        after = replace(after, facts=_only_facts(facts))
        if not may_judge(act, before.facts, after.facts):
            raise FactsInvalid([{"pointer": "#/judgements", "code": "not_your_task", "params": {}}])
    if papers is not None:
        after = replace(after, papers=Papers(dict(papers)))
    if received_on is not None:
        _came_in(act, received_on)
        after = replace(after, received_on=received_on)
    if not before.is_decided and before.state in domain.OPEN and _same_papers(before, after):
        return before
    if before.is_decided:
        if not why:
            raise FactsInvalid([{"pointer": "#/why", "code": "required", "params": {}}])
        after = reopened(act, after, "revision")
    elif before.state not in domain.OPEN:
        raise domain.ClaimDoesNotMove(before.state, "changed")
    if before.state is not ClaimState.DRAFT and facts is not None:
        _check(act, case_of(act, before, after.facts))
    return weigh_later(act, store.claims.save(act, before, after, "facts_changed", why))


def _same_papers(before: Claim, after: Claim) -> bool:
    """Whether the papers say what they said: then there is nothing to save, and nobody's work is undone by looking."""

    def said(papers: Papers) -> Json:
        told = {name: value for name, value in papers.given.items() if value not in (None, "", [])}
        return told | {"verified": papers.verified}

    return (before.facts, before.received_on) == (after.facts, after.received_on) and said(before.papers) == said(
        after.papers
    )


def reopened(act: Act, claim: Claim, reason: str) -> Claim:
    """A decided claim as an officer looks at it again."""
    waits = Waiting(Whom.OFFICER, reason, act.today)
    return replace(claim, state=domain.move(claim.state, ClaimState.IN_ASSESSMENT), waits=waits)


def submit(act: Act, claim_id: str, version: int | None) -> Claim:
    """The claim is complete enough to be worked on: the claimant is owed a decision from now on.

    Raises `FactsInvalid` for facts that cannot be. A claim that looks hopeless is accepted: it may be contested.
    """
    before = store.claims.to_change(act, claim_id, version)
    _check(act, case_of(act, before))
    until = before.received_on + timedelta(days=institution().service_days)
    after = replace(
        before,
        state=domain.move(before.state, ClaimState.SUBMITTED),
        submitted_at=before.submitted_at or act.now,
        waits=Waiting(Whom.OFFICER, "to_decide", act.today, until),
    )
    after = weigh_later(act, store.claims.save(act, before, after, "submitted"))
    if store.papers.waiting(act, after.person_id):
        post_job(act, "look_for_papers", f"{after.id}:{after.version}", {"claim_id": after.id})
    if before.submitted_at is None:
        about = {"benefit": after.benefit, "received_on": after.received_on.isoformat()}
        tell(act, "benefits.claim.submitted", after, after.id, about)
    return after


def tell(act: Act, type_: str, claim: Claim, subject: str, more: Json) -> None:
    """Post an event about a claim."""
    data = claim.reference() | more
    messaging.post(act.about(claim.id), type_, subject=subject, person=claim.person_id, data=data)


#: Reasons that do not say by themselves what is to be brought: then the officer says it.
UNSAID = frozenset({"missing_papers"})


def return_claim(
    act: Act,
    claim_id: str,
    version: int | None,
    whom: str,
    reason: str,
    words: str | None = None,
    until: date | None = None,
) -> Claim:
    """Somebody must bring something first; they are told what, where and until when. `reason` is a code, `words` the
    officer's own, which who is asked reads: needed where the reason says too little. `until` is the institution's
    usual day where none is given.

    Raises `FactsInvalid`.
    """
    before, who = store.claims.to_change(act, claim_id, version), Whom(whom)
    words = (words or "").strip() or None
    if reason in UNSAID and words is None:
        raise FactsInvalid([{"pointer": "#/words", "code": "required", "params": {}}])
    if until is not None and until < act.today:
        raise FactsInvalid([{"pointer": "#/until", "code": "in_the_past", "params": {}}])
    days = institution().employer_answer_days if who is Whom.EMPLOYER else institution().service_days
    drop_proposal(act, before)
    waits = Waiting(who, reason, act.today, until or act.today + timedelta(days=days), words)
    after = replace(before, state=domain.move(before.state, ClaimState.RETURNED), waits=waits)
    after = store.claims.save(act, before, after, "returned", words)
    tell(act, "benefits.claim.returned", after, after.id, {"waits_for": whom, "reason": reason})
    if who is Whom.EMPLOYER and after.employer_id:
        ask_employer(act, after, after.employer_id, ("wages", "last_day_worked", "wage_paid_until"), waits.until)
    return after


def withdraw(act: Act, claim_id: str, version: int | None, why: str) -> Claim:
    """The claimant does not want it any more. What was decided once is not withdrawn but revised."""
    before = store.claims.to_change(act, claim_id, version)
    if store.decisions.ever_final(act, before.id):
        raise domain.ClaimDoesNotMove(before.state, ClaimState.WITHDRAWN)
    drop_proposal(act, before)
    after = replace(before, state=domain.move(before.state, ClaimState.WITHDRAWN), waits=None)
    store.tasks.forget(act, before.id)
    return store.claims.save(act, before, after, "withdrawn", why)


def drop_proposal(act: Act, claim: Claim) -> None:
    """A proposal that waits for a second person goes back when the claim itself moves on."""
    proposal = store.decisions.proposed(act, claim.id)
    if proposal is not None:
        back = replace(proposal, state=DecisionState.RETURNED, returned_reason="recalculated")
        store.decisions.save(act, proposal, back)
        if proposal.appeal_id:
            store.decisions.move_appeal(act, proposal.appeal_id, AppealState.LODGED)


def judge_warning(act: Act, claim_id: str, version: int | None, warning: str, why: str) -> Claim:
    """A person has looked at a warning and says in a few words why the claim may go on."""
    before, by = store.claims.to_change(act, claim_id, version), act.actor
    after = replace(before, judged={**before.judged, warning: Judged(why[:300], by.id, by.name, act.today)})
    return weigh_later(act, store.claims.save(act, before, after, "warning_judged", why))


def renew_access(act: Act, claim_id: str) -> Claim:
    """A new code for the worker's page, when the old one is lost; she gets it by letter."""
    before = store.claims.to_change(act, claim_id, None)
    after = replace(before, access_generation=before.access_generation + 1)
    after = store.claims.save(act, before, after, "access_renewed")
    if after.submitted_at is not None:
        tell(act, "benefits.claim.access_renewed", after, after.id, {})
    return after


# --- the present picture -----------------------------------------------------------------------


def case_of(act: Act, row: Claim, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The case as the rules read it: the claim's papers, and what is known of the person."""
    person = store.persons.of_claim(act, row.person_id)
    facts = row.facts if facts is None else facts
    insured: dict[str, Any] = {"insured_as": person.insured_as}
    if person.born_on:
        insured["born_on"] = person.born_on.isoformat()
    if person.sex:
        insured["sex"] = person.sex
    if person.insured_since:
        insured["insured_since"] = person.insured_since.isoformat()
    case: Json = {
        "country": row.country,
        "benefit": row.benefit,
        "claimed_on": row.received_on.isoformat(),
        "insured": insured,
    }
    case |= {name: facts[name] for name in FACTS if name in facts}
    case["contributions"] = [
        {
            "month": str(c.month),
            "wage": c.wage.decimal(),
            **({} if c.paid else {"paid": False}),
            **({} if c.kind == "compulsory" else {"kind": c.kind}),
        }
        for c in together(store.persons.contributions(act, row.person_id))
    ]
    jobs = store.persons.jobs(act, row.person_id)
    own = next((job.number for job in jobs if job.employer_id == row.employer_id), None)
    work = history.employments([_known_job(job) for job in jobs], list(case.get("employments") or []), own)
    if work:
        case["employments"] = work
    if spells := list(facts.get("earlier_spells") or []) + earlier_spells(act, row, facts):
        case["earlier_spells"] = spells
    return case


def _known_job(job: Job) -> Json:
    """An employment of the register as a case writes it."""
    known = {
        "employer": job.number,
        "from": job.first_day.isoformat(),
        "to": job.last_day.isoformat() if job.last_day else None,
        "pay": job.pay,
        "weekly_rest": list(job.weekly_rest) if job.weekly_rest else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def earlier_spells(act: Act, row: Claim, facts: Mapping[str, Any] | None = None) -> list[Json]:
    """What the person's decided claims leave behind for this one (`domain.history`)."""
    spells = [
        spell
        for other in store.claims.others(act, row)
        if (decided := store.decisions.last_final(act, other.id)) is not None
        for spell in history.left_by(decided.assessment, decided.facts)
    ]
    claimed = (row.facts if facts is None else facts).get("spell") or {}
    return [codec.write(spell) for spell in history.beside(history.days_of(claimed), row.benefit, spells)]


def tell_neighbours(act: Act, decided: Claim) -> None:
    """A decision may move what decided claims of the same person come to: a part of an illness decided after a later
    part moves the first payable day of the case. Where what would be paid changes, an officer decides again; a claim
    that waits for somebody outside goes on waiting, with a line in its history."""
    for other in store.claims.others(act, decided):
        look_at_history(act, other, decided.number)


def look_at_history(act: Act, claim: Claim, number: str) -> None:
    """Let an officer decide again what stands on a claim, where other claims of hers (`number`) have moved it."""
    last = store.decisions.last_final(act, claim.id) if claim.is_decided else None
    if last is None:
        return
    spells = list(claim.facts.get("earlier_spells") or []) + earlier_spells(act, claim)
    if _comes_to(act, {**last.facts, "earlier_spells": spells}) != _comes_to(act, last.facts):
        waits = claim.waits
        if waits is None or waits.for_money_back or waits.for_suspension:
            waits = Waiting(Whom.OFFICER, "history_changed", act.today)
        store.claims.save(act, claim, replace(claim, waits=waits), "history_changed", number)


def _comes_to(act: Act, case: Mapping[str, Any]) -> Any:
    """What is paid for a case, and when."""
    _, found, _ = _assessed(act, dict(case))
    return None if found is None else (found.outcome, found.total, found.instalments)


def _check(act: Act, case: Mapping[str, Any]) -> None:
    """Raises `FactsInvalid` for facts that cannot be, or cannot be yet: no doctor has signed tomorrow."""
    try:
        read = read_case(case)
    except CaseInvalid as wrong:
        raise FactsInvalid(list(wrong.errors)) from None
    if ahead := not_yet(read, act.today):
        raise FactsInvalid([{"pointer": where, "code": "in_the_future", "params": {}} for where in ahead])


def picture(act: Act, row: Claim, facts: Mapping[str, Any] | None = None, papers: Papers | None = None) -> Picture:
    """Assess a claim as it stands, or with facts being typed, without storing anything."""
    facts = row.facts if facts is None else facts
    case = case_of(act, row, facts)
    recent = _recent_wages(case, Month.of(day_of(facts, "spell", "first_day") or act.today))
    odd = doubts.odd_wages(recent, institution().currency)
    case, assessment, errors = _assessed(act, case)
    person, account = store.persons.of_claim(act, row.person_id), store.persons.payee(act, row.person_id)
    raised = doubts.raised(
        facts=facts,
        papers=row.papers if papers is None else papers,
        received_on=row.received_on,
        today=act.today,
        look_alikes=len(store.persons.look_alikes(act, person)),
        holder_matches=None if account is None or account.kind == "cash" else person.is_called(account.holder),
        errors=errors,
        odd=odd,
        named=(account.holder if account is not None else "", person.name_latin or person.name),
        accounts_changed=_accounts_changed(act, row, person) if not row.is_decided else [],
        payee_id=account.id if account is not None else "",
        in_time=next((f for f in assessment.findings if f.id == "in_time"), None) if assessment is not None else None,
    )
    raised += claim_doubts.raised(act, row, assessment, facts)
    numbers = store.persons.identifiers(act, [person.id])[person.id]
    raised += doubts.told_by_numbers(numbers, person.sex, person.born_on)
    if act.actor.has("officer", "supervisor") and not row.is_decided:
        raised += [doubts.Doubt(f"alone:{c}", f"alone_{c}", "#", judge=False) for c in alone(act, row)]
    return Picture(case, assessment, errors, raised)


def _accounts_changed(act: Act, claim: Claim, person: Person) -> list[doubts.AccountChanged]:
    """The last time another account took the place of one since the claim came in: whose word was that?"""
    changes = store.persons.changes(act, person.id)
    told = [c for c in changes if c.what == PersonChangeKind.PAYEE and c.before and c.on >= claim.received_on]

    def said(account: Mapping[str, Any]) -> str:
        return " ".join(str(account[name]) for name in ("bank", "number", "holder") if account.get(name))

    return [doubts.AccountChanged(c.version, c.on.isoformat(), said(c.before), said(c.after)) for c in told[-1:]]


def alone(act: Act, claim: Claim) -> list[str]:
    """In what who is about to decide a claim has had a hand, where that asks for a second person."""
    house = institution()
    counted, covered = house.one_hand, house.phone_covers
    return store.claims.hands(act, claim, house.account_rest_days).alone(counted, covered) if counted else []


def _recent_wages(case: Json, before: Month) -> dict[Month, Fraction]:
    """The wages of the months before a claim, as far as doubts look back."""
    first, last = str(before.plus(-LOOKED_AT)), str(before)
    told = (c for c in case["contributions"] if first <= c["month"] <= last)
    return {Month.parse(c["month"]): decimal_fraction(c["wage"]) for c in told}


def _assessed(act: Act, case: Json) -> tuple[Json, Assessment | None, list[Json]]:
    """A case as it was read, what follows from it, and what cannot be."""
    try:
        read = read_case(case)
        return read.json(), assess(read, today=act.today), []
    except CaseInvalid as wrong:
        return case, None, list(wrong.errors)
    except PackNotInForce as early:
        begins = {"begins": early.begins.isoformat() if early.begins else ""}
        return case, None, [{"pointer": "#/spell/first_day", "code": "no_law_in_force", "params": begins}]
    except (UnknownBenefit, UnknownCountry):
        return case, None, [{"pointer": "#/benefit", "code": "unknown_benefit", "params": {}}]
