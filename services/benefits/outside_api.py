"""The API of benefits for those outside the desk: services that write letters, employers, and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.domain.claim import Confirmed
from services.benefits.domain.ids import EmployerId
from services.benefits.domain.import_file import ImportFile
from services.benefits.usecases import files_in, imports, people, statements
from services.benefits.views import employer_cases, letter_facts
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


@doors.api("GET", "/v1/employer-cases", roles=("employer",), gives=s.Anything)
def my_cases(act: Act) -> Any:
    """Her cases: what waits for her until when, and of a decision the days; never amounts, reasons or a diagnosis."""
    lines = employer_cases.listed(act, EmployerId(act.actor.employer or ""))
    viewed(*(line.case.person_id for line in lines))
    return Answer({"items": [line.json() for line in lines], "next_cursor": None})


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
    """Take a CSV file or a workbook in: 201 with every row answered, or 202 while a job answers them.

    A file that is sent again is answered anew, but not while its rows are being answered, and never with the same
    Idempotency-Key: the answer is then the file's that came first.
    """
    if act.actor.roles.isdisjoint(imports.ROLES.get(kind, ())):
        raise Problem(403, "not_your_task") if kind in imports.ROLES else not_found()
    key = request.headers.get("Idempotency-Key", "").strip().strip('"') or None
    if key is not None and (len(key) > 100 or not key.isascii()):
        raise Problem(400, "unreadable")
    file = files_in.receive(act, kind, "upload", upload, key, request.args)
    headers = {"Location": f"/v1/imports/{file.id}"} | ({} if file.is_done else {"Retry-After": "2"})
    return Answer(_file(act, file), status=201 if file.is_done else 202, headers=headers)


@doors.api(
    "GET",
    "/v1/imports/<uuid:file_id>",
    roles=("administrator", "officer", "supervisor", "employer"),
    gives=s.Anything,
)
def imported_file(act: Act, file_id: UUID) -> Any:
    """How far a file has come, and every row's answer once it is done."""
    return Answer(_file(act, store.files.get(act, str(file_id))))


def _file(act: Act, file: ImportFile) -> dict[str, Any]:
    told = {"id": file.id, "kind": file.kind, "state": file.state, "rows": file.rows, "answered": file.answered}
    if not file.is_done:
        return told | {"counts": file.counts, "stopped": store.files.has_stopped(act, file.id)}
    return told | {"counts": file.counts, "items": [answer.json() for answer in store.files.answers(act, file)]}
