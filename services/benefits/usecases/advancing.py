"""An employer advanced a benefit: she says so, the worker is asked, somebody else confirms, and payments are told anew.

Every step locks the claim first, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from services.benefits import store
from services.benefits.domain import advance as rules
from services.benefits.domain.advance import (
    Advance,
    AdvanceRefused,
    AdvanceState,
    EmployerPayee,
    EmployerPayeeState,
    EmployerShare,
)
from services.benefits.domain.claim import Claim, ClaimState
from services.benefits.domain.ids import ClaimId, EmployerId
from services.benefits.institution import institution
from services.benefits.usecases import awards
from services.benefits.usecases.claims import is_own_case, tell
from services.benefits.usecases.people import read
from shared import messaging
from shared.act import Act
from shared.money import Money
from shared.period import Period
from shared.reading.identifiers import read_account
from shared.reading.names import read_line, read_name

#: Of these claims nothing can be advanced any more: nothing is paid on them.
OVER = frozenset({ClaimState.WITHDRAWN, ClaimState.LAPSED, ClaimState.CLOSED})


def state(
    act: Act,
    claim_id: str,
    employer_id: str,
    *,
    amount: Money,
    period: Period,
    paid_on: date,
    paper: str,
) -> Advance:
    """An employer says, herself or through the desk, what she paid a worker in advance; the worker is asked.

    Said again, it is what was said before. Raises `AdvanceRefused`, `store.NotHere`.
    """
    claim = store.claims.get(act, claim_id, lock=True)
    employer = store.places.employer(act, employer_id)
    known = store.advances.of_claim(act, claim.id)
    said = Advance(
        id=act.new_id(),
        claim_id=claim.id,
        person_id=claim.person_id,
        employer_id=employer.id,
        amount=amount,
        period=period,
        paid_on=paid_on,
        paper=read("#/paper", read_line, paper) if paper.strip() else "",
        state=AdvanceState.STATED,
        stated_by=act.actor.id,
        stated_name=act.actor.name or act.actor.id,
        stated_on=act.today,
        answer_by=act.today + timedelta(days=institution().advance_answer_days),
    )
    again = next((one for one in known if one.state is not AdvanceState.REFUSED and one.same_as(said)), None)
    if again is not None:
        return again
    _check(act, claim, said, known)
    store.advances.add(act, said)
    store.claims.save(act, claim, claim, "advance_stated")
    about = {"advance_id": said.id, "employer_id": said.employer_id, "amount": said.amount.json()}
    tell(act, "benefits.advance.stated", claim, said.id, about | {"period": said.period.json()})
    return said


def _check(act: Act, claim: Claim, said: Advance, known: list[Advance]) -> None:
    if claim.state in OVER:
        raise AdvanceRefused("claim", "claim_over")
    if said.amount.currency != institution().currency:
        raise AdvanceRefused("amount", "not_allowed")
    if said.amount.minor <= 0:
        raise AdvanceRefused("amount", "not_an_amount")
    if said.paid_on > act.today:
        raise AdvanceRefused("paid_on", "in_the_future")
    if not said.paper:
        raise AdvanceRefused("paper", "required")
    jobs = [job for job in store.persons.jobs(act, claim.person_id) if job.employer_id == said.employer_id]
    if not any(
        job.first_day <= said.period.last and (job.last_day or said.period.last) >= said.period.first for job in jobs
    ):
        raise AdvanceRefused("employer", "not_her_worker")
    for one in known:
        hers = one.employer_id == said.employer_id and one.state is not AdvanceState.REFUSED
        if hers and one.period.overlap(said.period):
            raise AdvanceRefused("from", "days_advanced_already")


def _locked(act: Act, advance_id: str) -> tuple[Claim, Advance]:
    """An advance the asker may see, its claim locked before it. Raises `store.NotHere`."""
    claim = store.claims.get(act, store.advances.get(act, advance_id).claim_id, lock=True)
    return claim, store.advances.get(act, advance_id, lock=True)


def answer(act: Act, advance_id: str, *, true: bool, words: str = "") -> Advance:
    """The worker, or the desk for her, says whether it is true. Raises `AdvanceRefused`, `store.NotHere`."""
    claim, known = _locked(act, advance_id)
    after = known.answered(true=true, words=words.strip() or None, on=act.today)
    store.claims.save(act, claim, claim, "advance_agreed" if true else "advance_contested")
    return store.advances.save(act, known, after)


def decide(act: Act, advance_id: str, *, confirmed: bool, why: str = "") -> Advance:
    """Somebody else than who wrote it down confirms or refuses an advance; confirmed, what is still to leave is shared.

    Raises `AdvanceRefused`, `store.NotHere`.
    """
    claim, known = _locked(act, advance_id)
    if is_own_case(act, claim):
        raise AdvanceRefused("do", "own_case")
    by, name = act.actor.id, act.actor.name or act.actor.id
    after = known.decided(confirmed=confirmed, why=why.strip() or None, by=by, name=name, on=act.today)
    store.advances.save(act, known, after)
    store.claims.save(act, claim, claim, f"advance_{after.state}", after.why)
    if confirmed:
        awards.share_anew(act, claim)
    return after


def shares(act: Act, claim_id: ClaimId) -> Mapping[EmployerId, EmployerShare]:
    """What of a claim's award is whose, of the employers who advanced some of it."""
    award = store.awards.of_claim(act, claim_id)
    if award is None:
        return {}
    facts = store.awards.every_payment_fact(act, claim_id)
    return rules.shares(award.advanced, facts, store.awards.given_back(act, claim_id))


# --- accounts of employers ---------------------------------------------------------------------


def ask_account(act: Act, employer_id: str, *, bank: str, number: str, holder: str, paper: str) -> EmployerPayee:
    """Say into which account an employer is to be paid; it counts once a second person has confirmed it.

    What waited before it is refused by it. Raises `CannotBe`, `store.NotHere`.
    """
    employer = store.places.employer(act, employer_id)
    said = EmployerPayee(
        id=act.new_id(),
        employer_id=employer.id,
        bank=read("#/bank", read_line, bank),
        number=read("#/number", read_account, number, institution().digits_at(bank)),
        holder=read("#/holder", read_name, holder),
        paper=read("#/paper", read_line, paper),
        state=EmployerPayeeState.ASKED,
        asked_by=act.actor.id,
        asked_name=act.actor.name or act.actor.id,
        asked_on=act.today,
    )
    waiting = store.advances.payee(act, employer.id, EmployerPayeeState.ASKED)
    if waiting is not None:
        if waiting.said == said.said:
            return waiting
        store.advances.save_payee(act, waiting, _judged(act, waiting, EmployerPayeeState.REFUSED, by="replaced"))
    store.advances.add_payee(act, said)
    return said


def judge_account(act: Act, payee_id: str, *, confirmed: bool) -> EmployerPayee:
    """A second person confirms or refuses an employer's account; payments fetch it anew. Raises `AdvanceRefused`,
    `store.NotHere`."""
    known = store.advances.payee_asked(act, payee_id)
    employer = store.places.employer(act, known.employer_id)
    if known.state is not EmployerPayeeState.ASKED:
        raise AdvanceRefused("do", "decided_already")
    if known.asked_by == act.actor.id:
        raise AdvanceRefused("do", "same_person")
    if not confirmed:
        return store.advances.save_payee(act, known, _judged(act, known, EmployerPayeeState.REFUSED))
    before = store.advances.payee(act, employer.id)
    if before is not None:
        store.advances.save_payee(act, before, replace(before, state=EmployerPayeeState.REPLACED))
    after = store.advances.save_payee(act, known, _judged(act, known, EmployerPayeeState.CURRENT))
    about = {"employer_id": employer.id, "office_id": employer.office_id}
    messaging.post(act, "benefits.employer_payee.changed", subject=employer.id, person=employer.id, data=about)
    return after


def _judged(act: Act, known: EmployerPayee, to: EmployerPayeeState, by: str = "") -> EmployerPayee:
    who, name = (by, by) if by else (act.actor.id, act.actor.name or act.actor.id)
    return replace(known, state=to, decided_by=who, decided_name=name, decided_on=act.today)
