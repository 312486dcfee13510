"""What an employer is asked to confirm about a claim: facts, never results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.benefits import store
from services.benefits.domain.claim import OPEN, Claim, Confirmed, Statement, StatementState, Waiting, Whom
from services.benefits.domain.ids import EmployerId, StatementId
from services.benefits.institution import institution
from services.benefits.usecases.weighing import weigh_later
from shared import jobs, messaging
from shared.act import Act


def ask_employer(
    act: Act, claim: Claim, employer_id: EmployerId, asked_for: Sequence[str], until: date | None = None
) -> None:
    """Ask the employer to confirm facts; after a while, or after `until`, the claim goes on without."""
    if store.claims.open_statement(act, claim.id) is not None:
        return
    due = until or act.today + timedelta(days=institution().employer_answer_days)
    asked = Statement(
        id=StatementId(act.new_id()),
        claim_id=claim.id,
        employer_id=employer_id,
        state=StatementState.REQUESTED,
        asked_for=tuple(asked_for),
        asked_on=act.today,
        due_on=due,
    )
    store.claims.add_statement(act, asked)
    jobs.post_job(act, "lapse_statement", asked.id, {"statement_id": asked.id}, on=due + timedelta(days=1))
    _tell(act, claim, asked, "requested", due_on=due.isoformat())


def take_statement(act: Act, statement_id: str, confirmed: Confirmed) -> None:
    """An employer confirms facts: wage paid until, pay. The wage list goes into the contributions elsewhere."""
    asked = store.claims.statement(act, statement_id, act.actor.employer or "", lock=True)
    claim = store.claims.present(act, asked.claim_id, lock=True)
    state = StatementState.RECEIVED if asked.state is StatementState.REQUESTED else StatementState.AMENDED
    answered = replace(asked, state=state, confirmed=confirmed, received_at=act.now, received_by=act.actor.id)
    store.claims.save_statement(act, asked, answered)
    waits = Waiting(Whom.OFFICER, "employer_answered", act.today)
    after = None
    if claim.state in OPEN:
        waited = claim.waits is not None and claim.waits.whom is Whom.EMPLOYER
        after = replace(_with_answer(claim, confirmed), waits=waits if waited else claim.waits)
    elif claim.is_decided:
        after = replace(claim, waits=waits)
    if after is not None:
        weigh_later(act, store.claims.save(act, claim, after, "employer_answered"))
    _tell(act, claim, asked, "received")


def _with_answer(claim: Claim, confirmed: Confirmed) -> Claim:
    """The claim with what the employer says of the last job."""
    work = [dict(job) for job in claim.facts.get("employments") or [{}]]
    said = {name: value for name, value in confirmed.json().items() if name in ("pay", "wage_paid_until")}
    work[-1] |= said | {"wage_stopped_word": "employer"}
    return replace(claim, facts={**claim.facts, "employments": work})


def lapse_statement(act: Act, statement_id: str) -> None:
    """The employer did not answer; the claim goes on with the worker's word."""
    asked = store.claims.statement(act, statement_id, lock=True)
    if asked.state is not StatementState.REQUESTED:
        return
    store.claims.save_statement(act, asked, replace(asked, state=StatementState.LAPSED))
    claim = store.claims.present(act, asked.claim_id, lock=True)
    if claim.waits is not None and claim.waits.whom is Whom.EMPLOYER:
        silent = replace(claim, waits=Waiting(Whom.OFFICER, "employer_silent", act.today))
        weigh_later(act, store.claims.save(act, claim, silent, "employer_silent"))
    _tell(act, claim, asked, "lapsed")


def _tell(act: Act, claim: Claim, asked: Statement, what: str, **more: str) -> None:
    data = claim.reference() | {"statement_id": asked.id, **more}
    type_ = f"benefits.employer_statement.{what}"
    messaging.post(act.about(claim.id), type_, subject=asked.id, person=claim.person_id, data=data)
