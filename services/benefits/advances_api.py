"""The API of advances: what employers paid in advance, what workers say to it, and who is paid back where."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import advance_schemas as s
from services.benefits import schemas, store
from services.benefits.domain.advance import Advance, EmployerPayee
from services.benefits.usecases import advancing
from services.benefits.views import letter_facts
from services.benefits.views.claim_page import DESK
from shared import facts
from shared.act import Act
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem, not_found

doors = Doors()
JUDGES = ("officer", "supervisor")


def employer_of(act: Act, said: str | None) -> str:
    """For which employer somebody acts: her own, or the one the desk names. Raises 404, and 422 where none is named."""
    if act.actor.has("employer"):
        if not act.actor.employer or said not in (None, act.actor.employer):
            raise not_found()
        return act.actor.employer
    if said is None:
        raise Problem(422, "content_invalid", errors=[{"pointer": "#/employer_id", "code": "required", "params": {}}])
    return said


def _advance(one: Advance) -> dict[str, Any]:
    names = ("id", "claim_id", "employer_id", "amount", "period", "paid_on", "paper", "state", "stated_on", "answer_by")
    return {name: getattr(one, name) for name in (*names, "answered_on", "decided_on", "why")}


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/advances",
    roles=("employer", *DESK),
    takes=s.AdvanceIn,
    gives=s.AdvanceOut,
    status=201,
)
def state_advance(act: Act, claim_id: UUID, body: dict[str, Any]) -> Any:
    """Say what an employer paid a worker in advance of a benefit; the worker is asked whether it is true."""
    employer = employer_of(act, body.pop("employer_id"))
    one = advancing.state(act, str(claim_id), employer, **body)
    viewed(one.person_id)
    return _advance(one)


@doors.api("GET", "/v1/claims/<uuid:claim_id>/advances", roles=("employer", *DESK, "auditor"), gives=s.AdvancesOut)
def list_advances(act: Act, claim_id: UUID) -> Any:
    """What was advanced on a claim; an employer sees what she said herself."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    own = act.actor.employer if act.actor.has("employer") else None
    found = [one for one in store.advances.of_claim(act, claim.id) if own in (None, one.employer_id)]
    return {"items": [_advance(one) for one in found]}


def _hers(act: Act, advance_id: UUID) -> None:
    viewed(store.claims.get(act, store.advances.get(act, str(advance_id)).claim_id).person_id)


@doors.api(
    "POST",
    "/v1/advances/<uuid:advance_id>/answer",
    roles=DESK,
    takes=s.AdvanceAnswerIn,
    gives=s.AdvanceOut,
    status=201,
)
def answer_advance(act: Act, advance_id: UUID, body: dict[str, Any]) -> Any:
    """What the worker says to it, taken down at the desk; she herself says it on her page."""
    _hers(act, advance_id)
    return _advance(advancing.answer(act, str(advance_id), true=body["true"], words=body["words"] or ""))


@doors.api(
    "POST",
    "/v1/advances/<uuid:advance_id>/decision",
    roles=JUDGES,
    takes=s.AdvanceDecisionIn,
    gives=s.AdvanceOut,
    status=201,
)
def decide_advance(act: Act, advance_id: UUID, body: dict[str, Any]) -> Any:
    """Confirm or refuse an advance; never by who wrote it down."""
    _hers(act, advance_id)
    return _advance(advancing.decide(act, str(advance_id), confirmed=body["confirmed"], why=body["why"] or ""))


# --- accounts of employers ---------------------------------------------------------------------


def _account(one: EmployerPayee) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("id", "employer_id", "bank", "state", "asked_on")}
    return told | {"number": f"…{one.number[-4:]}", "decided_on": one.decided_on}


@doors.api(
    "POST",
    "/v1/employers/<uuid:employer_id>/accounts",
    roles=("employer", *DESK),
    takes=s.EmployerAccountIn,
    gives=s.EmployerAccountOut,
    status=201,
)
def ask_account(act: Act, employer_id: UUID, body: dict[str, Any]) -> Any:
    """Say into which account an employer is paid back; it counts once another person has confirmed it."""
    return _account(advancing.ask_account(act, employer_of(act, str(employer_id)), **body))


@doors.api(
    "POST",
    "/v1/employer-accounts/<uuid:payee_id>/decision",
    roles=JUDGES,
    takes=s.EmployerAccountDecisionIn,
    gives=s.EmployerAccountOut,
    status=201,
)
def judge_account(act: Act, payee_id: UUID, body: dict[str, Any]) -> Any:
    """Confirm or refuse an employer's account; never by who asked for it."""
    return _account(advancing.judge_account(act, str(payee_id), confirmed=body["confirmed"]))


@doors.api(
    "GET",
    "/v1/employers/<uuid:employer_id>/payee",
    roles=("service:payments", "payment_officer", "officer", "supervisor"),
    gives=schemas.PayeeOut,
)
def show_payee(act: Act, employer_id: UUID) -> Any:
    """Where an employer's money goes; payments ask before they send."""
    return facts.given("payee", letter_facts.employer_payee(act, str(employer_id)))
