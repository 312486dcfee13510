"""The API of benefits for those outside the desk: services that write letters, employers, and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.domain.claim import Confirmed
from services.benefits.domain.ids import EmployerId
from services.benefits.usecases import imports, people, statements
from services.benefits.views import letter_facts
from shared import facts
from shared.act import Act
from shared.period import Month
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Answer, Doors
from shared.web.problems import Problem, not_found

doors = Doors()


# --- facts for letters -------------------------------------------------------------------------


def _code_of(purpose: str) -> str:
    return pages.service().keys.digits(purpose)


@doors.api("GET", "/v1/decisions/<uuid:decision_id>/letter-facts", roles=("service:notifications",), gives=s.Anything)
def decision_facts(act: Act, decision_id: UUID) -> Any:
    """All that stands in a decision letter."""
    return Answer(facts.given("decision_letter", letter_facts.decision(act, str(decision_id), _code_of)))


@doors.api(
    "GET",
    "/v1/claims/<uuid:claim_id>/acknowledgement-facts",
    roles=("service:notifications",),
    gives=s.Anything,
)
def acknowledgement_facts(act: Act, claim_id: UUID) -> Any:
    """All that stands in the receipt of a claim."""
    return Answer(facts.given("acknowledgement_letter", letter_facts.acknowledgement(act, str(claim_id), _code_of)))


@doors.api(
    "GET",
    "/v1/recoveries/<uuid:recovery_id>/letter-facts",
    roles=("service:notifications",),
    gives=s.Anything,
)
def recovery_facts(act: Act, recovery_id: UUID) -> Any:
    """All that stands in the letter about a recovery."""
    return Answer(facts.given("recovery_letter", letter_facts.recovery(act, str(recovery_id), _code_of)))


# --- payments ----------------------------------------------------------------------------------


@doors.api(
    "POST",
    "/v1/persons/payees",
    roles=("service:payments",),
    takes=s.PersonsIn,
    gives=s.PayeesOut,
    records=False,
)
def show_payees(act: Act, body: dict[str, Any]) -> Any:
    """Where the money of some persons goes; payments ask before they send. Whom we do not know is not answered for."""
    asked = [str(person_id) for person_id in body["persons"]]
    viewed(*asked)
    return {"payees": [facts.given("payee", one) for one in letter_facts.payees(act, asked)]}


# --- employers ---------------------------------------------------------------------------------


@doors.api("GET", "/v1/employer-statements", roles=("employer",), gives=s.Anything)
def my_statements(act: Act) -> Any:
    """What we ask this employer to confirm; never a diagnosis."""
    asked = store.claims.statements(act, act.actor.employer or "")
    items = [
        {"id": x.id, "state": x.state, "asked_for": list(x.asked_for), "due_on": x.due_on.isoformat()} for x in asked
    ]
    return Answer({"items": items, "next_cursor": None})


@doors.api(
    "POST",
    "/v1/employer-statements/<uuid:statement_id>/answer",
    roles=("employer",),
    takes=s.StatementIn,
    status=201,
)
def answer_statement(act: Act, statement_id: UUID, body: dict[str, Any]) -> Any:
    """Confirm facts: wage paid until, wages by month."""
    employer = EmployerId(act.actor.employer or "")
    asked = store.claims.statement(act, str(statement_id), employer)
    person_id = store.claims.get(act, asked.claim_id).person_id
    for item in body["wages"]:
        month = Month.parse(item["month"])
        people.record_contribution(act, person_id, month, item["wage"], paid=item["paid"], employer_id=employer)
    statements.take_statement(act, asked.id, Confirmed(body["pay"], body["wage_paid_until"]))
    return {"id": asked.id, "state": "received"}


# --- imports -----------------------------------------------------------------------------------


@doors.api(
    "POST",
    "/v1/imports/<kind>",
    roles=("administrator", "officer", "supervisor", "employer"),
    gives=s.Anything,
    status=201,
    records=False,
    raw=True,
)
def import_file(act: Act, kind: str, upload: bytes) -> Any:
    """Take a CSV file in; every row is answered, and answered anew when the file is sent again."""
    if act.actor.roles.isdisjoint(imports.ROLES.get(kind, ())):
        raise Problem(403, "not_your_task") if kind in imports.ROLES else not_found()
    file = imports.take_file(act, kind, "upload", upload)
    body = {"id": file.id, "items": [answer.json() for answer in file.answers]}
    return Answer(body, headers={"Location": f"/v1/imports/{file.id}"})
