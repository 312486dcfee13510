"""The API of benefits: persons, claims, assessments, decisions, appeals, and facts for the neighbours."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.benefits import schemas as s
from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain import overpayment as over
from services.benefits.institution import institution
from services.benefits.law.case import read_case
from services.benefits.law.in_force import assess
from services.benefits.usecases import accounts, claims, decisions, imports, marks, people, recoveries
from shared.act import Act
from shared.auth import SESSION_LIFE
from shared.money import Money
from shared.period import Month
from shared.web import pages
from shared.web.app import seen, version_seen
from shared.web.doors import PUBLIC, Answer, Doors
from shared.web.problems import Problem, invalid, not_found

doors = Doors()
DESK = ("clerk", "officer", "supervisor")
READ = (*DESK, "auditor", "payment_officer")


# --- sessions ----------------------------------------------------------------------------------


@doors.api(
    "POST",
    "/v1/sessions",
    roles=PUBLIC,
    takes=s.SessionIn,
    gives=s.SessionOut,
    status=201,
    records=False,
    limit="20 per minute",
    problems=(401, 429),
)
def open_session(act: Act, body: dict[str, Any]) -> Any:
    """Sign in and get a short-lived token for the API."""
    try:
        opened = accounts.sign_in(act, body["username"], body["password"], body["code"])
    except accounts.SignInRefused:
        return _refused(401, "sign_in_refused")
    except accounts.TooManyTries:
        return _refused(429, "too_many_tries")
    token = pages.service().keys.session_token(
        opened.actor, csrf=opened.csrf, now=act.now, second_factor=opened.second_factor
    )
    return {
        "token": token,
        "expires_in": int(SESSION_LIFE.total_seconds()),
        "roles": sorted(opened.actor.roles),
    }


def _refused(status: int, code: str) -> Answer:
    """A refusal that is answered, not raised, so that the count of failures is kept."""
    import orjson

    from shared.web.problems import problem_json, sentences

    problem = Problem(status, code)
    title, detail = (pages.translate(words) for words in sentences(problem))
    headers = {"Retry-After": "300"} if status == 429 else {"WWW-Authenticate": 'Bearer realm="tideover"'}
    return Answer(orjson.dumps(problem_json(problem, title, detail, "")), status, headers, "application/problem+json")


# --- persons -----------------------------------------------------------------------------------


def person_json(act: Act, rows: list[Any]) -> list[dict[str, Any]]:
    known = store.identifiers(act, [r.id for r in rows])
    return [
        {
            "id": r.id,
            "office_id": r.office_id,
            "name": {"full": r.name, "latin": r.name_latin},
            "sex": r.sex,
            "born_on": r.born_on,
            "phone": r.phone,
            "language": r.language,
            "address": r.address,
            "identifiers": known[r.id],
            "insured_as": r.insured_as,
            "insured_since": r.insured_since,
            "death_reported_on": r.death_reported_on,
            "deceased_on": r.deceased_on,
            "address_doubted_on": r.address_doubted_on,
            "version": r.version,
        }
        for r in rows
    ]


@doors.api("GET", "/v1/persons", roles=READ, query=s.Search, gives=s.Hits)
def find_persons(act: Act, query: dict[str, Any]) -> Any:
    """Persons of your office by number, claim number, phone or name."""
    found = list(store.find_persons(act, query["q"], query["limit"]))
    seen(*(r.id for r in found))
    return {"items": person_json(act, found), "next_cursor": None}


@doors.api("POST", "/v1/persons", roles=DESK, takes=s.PersonIn, gives=s.PersonOut, status=201)
def register_person(act: Act, body: dict[str, Any]) -> Any:
    """Register an insured person in your office."""
    name = body.pop("name")
    id_ = people.register_person(
        act, office_id=act.actor.office or "", name=name["full"], name_latin=name["latin"], **body
    )
    return Answer(
        person_json(act, [store.person(act, id_)])[0],
        headers={"Location": f"/v1/persons/{id_}", "ETag": '"1"'},
    )


@doors.api("GET", "/v1/persons/<uuid:person_id>", roles=READ, gives=s.PersonOut)
def show_person(act: Act, person_id: UUID) -> Any:
    """One person."""
    row = store.person(act, str(person_id))
    return Answer(person_json(act, [row])[0], headers={"ETag": f'"{row.version}"'})


@doors.api(
    "PATCH",
    "/v1/persons/<uuid:person_id>",
    roles=DESK,
    takes=s.PersonChangeIn,
    gives=s.PersonOut,
    conditional=True,
)
def correct_person(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Correct address, phone or language, with a reason; what it said before is kept."""
    people.correct_person(act, str(person_id), if_match, country=institution().country, **body)
    return show_person(act, person_id)


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/death",
    roles=("officer", "supervisor"),
    takes=s.DeathIn,
    gives=s.PersonOut,
    status=201,
    conditional=True,
)
def judge_death(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """The last word on a death that was reported: confirmed with its day, or mistaken."""
    if body["outcome"] == "mistaken":
        if body["died_on"] is not None:
            raise invalid(("#/died_on", "not_allowed"))
        marks.death_mistaken(act, str(person_id), if_match, why=body["why"])
    elif body["died_on"] is None:
        raise invalid(("#/died_on", "required"))
    else:
        marks.confirm_death(act, str(person_id), if_match, died_on=body["died_on"], why=body["why"])
    return show_person(act, person_id)


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/address-check",
    roles=("officer", "supervisor"),
    takes=s.WhyIn,
    gives=s.PersonOut,
    status=201,
    conditional=True,
)
def check_address(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Somebody has looked where the person lives after a letter came back."""
    marks.address_checked(act, str(person_id), if_match, why=body["why"])
    return show_person(act, person_id)


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/employments",
    roles=(*DESK, "administrator"),
    takes=s.EmploymentIn,
    status=201,
)
def record_employment(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Say where a person works."""
    row = store.person(act, str(person_id))
    store.employer(act, body["employer_id"])
    people.record_employment(act, row.id, body["employer_id"], body["first_day"], body["last_day"], body["pay"])
    return {"person_id": row.id}


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/contributions",
    roles=("officer", "supervisor", "administrator"),
    takes=s.ContributionsIn,
    gives=s.Answers,
    status=201,
)
def record_contributions(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Record or correct declared wages by month."""
    row = store.person(act, str(person_id))
    answers = []
    for n, item in enumerate(body["months"], start=1):
        outcome = people.record_contribution(
            act,
            row.id,
            Month.parse(item["month"]),
            item["wage"],
            paid=item["paid"],
            kind=item["kind"],
            employer_id=body["employer_id"],
        )
        answers.append({"row": n, "outcome": outcome, "code": None, "id": None})
    return {"items": answers}


@doors.api("PUT", "/v1/persons/<uuid:person_id>/payee", roles=DESK, takes=s.PayeeIn, gives=s.PayeeOut)
def change_payee(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Say where a person's money goes; with If-Match, only if nobody changed the person meanwhile."""
    people.change_payee(act, str(person_id), version=version_seen(), **body)
    return _payee(act, str(person_id))


@doors.api(
    "GET",
    "/v1/persons/<uuid:person_id>/payee",
    roles=("service:payments", "payment_officer", "officer", "supervisor"),
    gives=s.PayeeOut,
)
def show_payee(act: Act, person_id: UUID) -> Any:
    """Where a person's money goes; payments ask before they send."""
    return _payee(act, str(person_id))


def _payee(act: Act, person_id: str) -> dict[str, Any]:
    row, account = store.person(act, person_id), store.payee(act, person_id)
    shape = (
        None
        if account is None
        else {"kind": account.kind, "bank": account.bank, "number": account.number, "holder": account.holder}
    )
    return {
        "person_id": row.id,
        "office_id": row.office_id,
        "name": {"full": row.name, "latin": row.name_latin},
        "account": shape,
        "changed_on": account.changed_on if account is not None else None,
    }


@doors.api("GET", "/v1/persons/<uuid:person_id>/contact", roles=("service:notifications",), gives=s.ContactOut)
def show_contact(act: Act, person_id: UUID) -> Any:
    """How a person can be reached; for notifications."""
    row = store.person(act, str(person_id))
    return {
        "person_id": row.id,
        "office_id": row.office_id,
        "name": {"full": row.name, "latin": row.name_latin},
        "language": row.language,
        "phone": row.phone,
        "address": row.address,
    }


@doors.api(
    "POST",
    "/v1/employers",
    roles=(*DESK, "administrator"),
    takes=s.EmployerIn,
    gives=s.EmployerOut,
    status=201,
)
def register_employer(act: Act, body: dict[str, Any]) -> Any:
    """Register an employer."""
    id_ = people.register_employer(act, office_id=act.actor.office or "", **body)
    row = store.employer(act, id_)
    return {"id": row.id, "number": row.number, "name": row.name}


# --- assessments -------------------------------------------------------------------------------


@doors.api(
    "POST",
    "/v1/assessments",
    roles=(*READ, "administrator"),
    takes=s.AssessmentIn,
    gives=s.Anything,
    records=False,
)
def assess_case(act: Act, body: dict[str, Any]) -> Any:
    """Assess a case; nothing is recorded."""
    return Answer(assess(read_case(body["case"]), today=act.today, options=body["options"] or None).json())


# --- claims ------------------------------------------------------------------------------------


def claim_json(act: Act, row: Any, *, with_warnings: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": row.id,
        "number": row.number,
        "person_id": row.person_id,
        "employer_id": row.employer_id,
        "office_id": row.office_id,
        "country": row.country,
        "benefit": row.benefit,
        "state": row.state,
        "received_on": row.received_on,
        "facts": row.facts,
        "papers": row.papers,
        "version": row.version,
        "waits_for": {
            "whom": row.waits_for,
            "reason": row.waits_reason,
            "since": row.waits_since,
            "until": row.waits_until,
        }
        if row.waits_for
        else None,
    }
    if with_warnings:
        found["warnings"] = [
            {"pointer": w.pointer, "code": w.code, "params": dict(w.params)} for w in claims.picture(act, row).warnings
        ]
    return found


def _claim_answer(act: Act, claim_id: str, status: int | None = None) -> Answer:
    row = store.claim(act, claim_id)
    seen(row.person_id)
    return Answer(claim_json(act, row), status, {"ETag": f'"{row.version}"', "Location": f"/v1/claims/{row.id}"})


@doors.api("POST", "/v1/claims", roles=DESK, takes=s.ClaimIn, gives=s.ClaimOut, status=201)
def open_claim(act: Act, body: dict[str, Any]) -> Any:
    """Open a draft; what cannot be yet comes back as warnings."""
    return _claim_answer(act, claims.open_claim(act, body.pop("person_id"), **body))


@doors.api("GET", "/v1/claims/<uuid:claim_id>", roles=READ, gives=s.ClaimOut)
def show_claim(act: Act, claim_id: UUID) -> Any:
    """A claim with its warnings."""
    return _claim_answer(act, str(claim_id))


@doors.api(
    "PATCH",
    "/v1/claims/<uuid:claim_id>",
    roles=DESK,
    takes=s.ClaimChangeIn,
    gives=s.ClaimOut,
    conditional=True,
)
def change_claim(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Save what the papers say; a decided claim is opened again for a revision."""
    claims.save_facts(act, str(claim_id), if_match, **body)
    return _claim_answer(act, str(claim_id))


@doors.api("POST", "/v1/claims/<uuid:claim_id>/submission", roles=DESK, gives=s.ClaimOut, conditional=True)
def submit_claim(act: Act, claim_id: UUID, if_match: int) -> Any:
    """The claim is complete enough to be worked on."""
    claims.submit(act, str(claim_id), if_match)
    return _claim_answer(act, str(claim_id))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/return",
    roles=("officer", "supervisor"),
    takes=s.ReturnIn,
    gives=s.ClaimOut,
    conditional=True,
)
def return_claim(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Somebody must bring something first."""
    claims.return_claim(act, str(claim_id), if_match, body["whom"], body["reason"], body["words"])
    return _claim_answer(act, str(claim_id))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/withdrawal",
    roles=DESK,
    takes=s.WhyIn,
    gives=s.ClaimOut,
    conditional=True,
)
def withdraw_claim(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """The claimant does not want it any more."""
    claims.withdraw(act, str(claim_id), if_match, body["why"])
    return _claim_answer(act, str(claim_id))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/judgements",
    roles=("officer", "supervisor"),
    takes=s.JudgeIn,
    gives=s.ClaimOut,
    status=201,
    conditional=True,
)
def judge_warning(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Say in a few words why a warning does not stand in the way."""
    claims.judge_warning(act, str(claim_id), if_match, body["warning"], body["why"])
    return _claim_answer(act, str(claim_id))


@doors.api("GET", "/v1/claims/<uuid:claim_id>/assessment", roles=READ, gives=s.Anything)
def assess_claim(act: Act, claim_id: UUID) -> Any:
    """The claim as it stands, assessed; nothing is recorded."""
    picture = claims.picture(act, store.claim(act, str(claim_id)))
    if picture.assessment is None:
        raise Problem(422, "content_invalid", errors=picture.errors)
    return Answer(picture.assessment)


# --- decisions ---------------------------------------------------------------------------------


def decision_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "claim_id": row.claim_id,
        "no": row.no,
        "kind": row.kind,
        "state": row.state,
        "outcome": row.outcome,
        "total": Money(row.total_minor, row.currency),
        "difference": Money(row.difference_minor, row.currency),
        "needs_second": row.needs_second,
        "second_reason": row.second_reason,
        "decided_on": row.decided_on,
        "appeal_until": row.appeal_until,
        "returned_reason": row.returned_reason,
        "schedule": row.schedule,
        "conformance": row.conformance,
        "assessment": row.assessment,
    }


def _decision(act: Act, decision_id: str) -> Any:
    row = store.one(act, t.decision, t.decision.c.id == decision_id)
    seen(store.claim(act, row.claim_id).person_id)
    return row


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/decisions",
    roles=("officer", "supervisor"),
    takes=s.DecideIn,
    gives=s.DecisionOut,
    status=201,
    conditional=True,
)
def decide(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Decide, or hand to a second person where one is needed."""
    row = decisions.propose(act, str(claim_id), if_match, body["reasons"])
    return Answer(decision_json(row), headers={"Location": f"/v1/decisions/{row.id}"})


@doors.api("GET", "/v1/decisions/<uuid:decision_id>", roles=READ, gives=s.DecisionOut)
def show_decision(act: Act, decision_id: UUID) -> Any:
    """A decision with its assessment."""
    return decision_json(_decision(act, str(decision_id)))


@doors.api("POST", "/v1/decisions/<uuid:decision_id>/confirmation", roles=("supervisor",), gives=s.DecisionOut)
def confirm(act: Act, decision_id: UUID) -> Any:
    """The second person confirms."""
    _decision(act, str(decision_id))
    return decision_json(decisions.confirm(act, str(decision_id)))


@doors.api(
    "POST",
    "/v1/decisions/<uuid:decision_id>/return",
    roles=("supervisor",),
    takes=s.GiveBackIn,
    gives=s.DecisionOut,
)
def give_back(act: Act, decision_id: UUID, body: dict[str, Any]) -> Any:
    """The second person gives it back with a coded reason."""
    _decision(act, str(decision_id))
    return decision_json(decisions.give_back(act, str(decision_id), body["reason"], body["words"]))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/appeals",
    roles=(*DESK, "worker"),
    takes=s.AppealIn,
    gives=s.AppealOut,
    status=201,
)
def lodge_appeal(act: Act, claim_id: UUID, body: dict[str, Any]) -> Any:
    """Contest a named finding of the last decision; only the desk may say the earlier day on which a paper came in."""
    id_ = decisions.lodge_appeal(
        act, str(claim_id), body["decision_id"], body["finding"], body["grounds"], body["lodged_on"]
    )
    row = store.one(act, t.appeal, t.appeal.c.id == id_)
    return Answer(_appeal_json(row), headers={"Location": f"/v1/claims/{claim_id}"})


def _appeal_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "claim_id": row.claim_id,
        "decision_id": row.decision_id,
        "finding": row.finding,
        "state": row.state,
        "lodged_on": row.lodged_on,
        "in_time": row.in_time,
        "outcome": row.outcome,
    }


@doors.api("POST", "/v1/appeals/<uuid:appeal_id>/withdrawal", roles=(*DESK, "worker"), gives=s.AppealOut)
def withdraw_appeal(act: Act, appeal_id: UUID) -> Any:
    """Take an appeal back."""
    row = store.one(act, t.appeal, t.appeal.c.id == str(appeal_id))
    store.claim(act, row.claim_id)
    decisions.withdraw_appeal(act, str(appeal_id))
    return _appeal_json(store.one(act, t.appeal, t.appeal.c.id == str(appeal_id)))


# --- what was paid too much --------------------------------------------------------------------


def _recovery_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "claim_id": row.claim_id,
        "way": row.way,
        "amount": Money(row.minor, row.currency),
        "reason": row.reason,
        "state": row.state,
        "decided_on": row.decided_on,
        "repay_by": row.repay_by,
        "ended_on": row.ended_on,
        "ended_reason": row.ended_reason,
        "returned_reason": row.returned_reason,
    }


@doors.api("GET", "/v1/claims/<uuid:claim_id>/overpayment", roles=READ, gives=s.OverpaymentOut)
def show_overpayment(act: Act, claim_id: UUID) -> Any:
    """What was paid beyond the award, what came back of it, and what was decided."""
    claim = store.claim(act, str(claim_id))
    seen(claim.person_id)
    row = store.one(act, t.overpayment, t.overpayment.c.claim_id == claim.id)
    left = over.left_of(row)
    return {
        "id": row.id,
        "claim_id": claim.id,
        "state": row.state,
        "found_on": row.found_on,
        "amount": Money(row.minor, row.currency),
        "repaid": Money(row.repaid_minor, row.currency),
        "waived": Money(row.waived_minor, row.currency),
        "outstanding": Money(left, row.currency),
        "recoveries": [_recovery_json(r) for r in store.recoveries(act, claim.id)],
    }


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/recoveries",
    roles=("officer", "supervisor"),
    takes=s.RecoveryIn,
    gives=s.RecoveryOut,
    status=201,
    conditional=True,
)
def propose_recovery(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Propose how what was paid too much comes back, or that it is let go; a second person confirms."""
    row = recoveries.propose(
        act,
        str(claim_id),
        if_match,
        body["way"],
        reason=body["reason"],
        words=body["words"],
        heard=body["heard"],
    )
    return Answer(_recovery_json(row), headers={"Location": f"/v1/claims/{claim_id}/overpayment"})


def _recovery(act: Act, recovery_id: UUID) -> str:
    row = store.one(act, t.recovery, t.recovery.c.id == str(recovery_id))
    seen(store.claim(act, row.claim_id).person_id)
    return str(row.id)


@doors.api("POST", "/v1/recoveries/<uuid:recovery_id>/confirmation", roles=("supervisor",), gives=s.RecoveryOut)
def confirm_recovery(act: Act, recovery_id: UUID) -> Any:
    """The second person confirms what becomes of an overpayment."""
    return _recovery_json(recoveries.confirm(act, _recovery(act, recovery_id)))


@doors.api(
    "POST",
    "/v1/recoveries/<uuid:recovery_id>/return",
    roles=("supervisor",),
    takes=s.RecoveryBackIn,
    gives=s.RecoveryOut,
)
def give_recovery_back(act: Act, recovery_id: UUID, body: dict[str, Any]) -> Any:
    """The second person gives the proposal back with a coded reason."""
    return _recovery_json(recoveries.give_back(act, _recovery(act, recovery_id), body["reason"], body["words"]))


# --- facts for letters -------------------------------------------------------------------------


def office_json(act: Act, office_id: str) -> dict[str, Any]:
    row = store.office(act, office_id)
    return {"name": row.name, "name_latin": row.name_latin, "address": row.address, "phone": row.phone}


@doors.api("GET", "/v1/decisions/<uuid:decision_id>/letter-facts", roles=("service:notifications",), gives=s.Anything)
def letter_facts(act: Act, decision_id: UUID) -> Any:
    """All that stands in a decision letter."""
    row = store.one(act, t.decision, t.decision.c.id == str(decision_id), t.decision.c.state == "final")
    claim = store.claim(act, row.claim_id)
    person, office = store.person(act, claim.person_id), office_json(act, claim.office_id)
    keys = pages.service().keys
    second = {"name": row.confirmed_name, "office": office["name"]} if row.confirmed_name else None
    return Answer(
        {
            "decision_id": row.id,
            "claim_id": claim.id,
            "claim_number": claim.number,
            "person_id": person.id,
            "office_id": claim.office_id,
            "kind": row.kind,
            "outcome": row.outcome,
            "benefit": claim.benefit,
            "decided_on": row.decided_on.isoformat(),
            "received_on": claim.received_on.isoformat(),
            "assessment": row.assessment,
            "instalments": row.schedule,
            "total": {"minor": row.total_minor, "currency": row.currency},
            "difference": {"minor": row.difference_minor, "currency": row.currency} if row.kind != "first" else None,
            "decided_by": {"name": row.proposed_name, "office": office["name"]},
            "confirmed_by": second,
            "office": office,
            "appeal": {
                "until": row.appeal_until.isoformat(),
                "where": [office["name"], *office["address"], office["phone"]],
            },
            "access_code": keys.digits(accounts.access_purpose(claim)),
            "judged_warnings": row.judged,
            "language": person.language,
        }
    )


@doors.api(
    "GET",
    "/v1/claims/<uuid:claim_id>/acknowledgement-facts",
    roles=("service:notifications",),
    gives=s.Anything,
)
def acknowledgement_facts(act: Act, claim_id: UUID) -> Any:
    """All that stands in the receipt of a claim."""
    claim = store.claim(act, str(claim_id))
    person = store.person(act, claim.person_id)
    picture = claims.picture(act, claim)
    missing = [question["text"] for question in (picture.assessment or {"questions": []})["questions"]]
    return Answer(
        {
            "claim_id": claim.id,
            "claim_number": claim.number,
            "benefit": claim.benefit,
            "received_on": claim.received_on.isoformat(),
            "missing": missing,
            "waits_for": claim.waits_for,
            "waits_until": claim.waits_until.isoformat() if claim.waits_until else None,
            "office": office_json(act, claim.office_id),
            "office_id": claim.office_id,
            "person_id": person.id,
            "access_code": pages.service().keys.digits(accounts.access_purpose(claim)),
            "language": person.language,
            "name": {"full": person.name, "latin": person.name_latin},
        }
    )


@doors.api(
    "GET",
    "/v1/recoveries/<uuid:recovery_id>/letter-facts",
    roles=("service:notifications",),
    gives=s.Anything,
)
def recovery_facts(act: Act, recovery_id: UUID) -> Any:
    """All that stands in the letter about a recovery."""
    row = store.one(act, t.recovery, t.recovery.c.id == str(recovery_id), t.recovery.c.state == "final")
    claim = store.claim(act, row.claim_id)
    person, last = store.person(act, claim.person_id), store.last_final(act, claim.id)
    office = office_json(act, claim.office_id)
    return Answer(
        {
            "recovery_id": row.id,
            "claim_id": claim.id,
            "claim_number": claim.number,
            "benefit": claim.benefit,
            "way": row.way,
            "amount": {"minor": row.minor, "currency": row.currency},
            "reason": row.reason,
            "decided_on": row.decided_on.isoformat(),
            "repay_by": row.repay_by.isoformat() if row.repay_by else None,
            "repay_to": dict(institution().repay_to),
            "withheld": recoveries.withheld(act, claim.id) if row.way == "set_off" else [],
            "decided_by": {"name": row.proposed_name, "office": office["name"]},
            "confirmed_by": {"name": row.confirmed_name, "office": office["name"]},
            "appeal": {"until": last.appeal_until.isoformat()} if last is not None and last.appeal_until else None,
            "office": office,
            "office_id": claim.office_id,
            "person_id": person.id,
            "language": person.language,
            "access_code": pages.service().keys.digits(accounts.access_purpose(claim)),
        }
    )


# --- employers ---------------------------------------------------------------------------------


@doors.api("GET", "/v1/employer-statements", roles=("employer",), gives=s.Anything)
def my_statements(act: Act) -> Any:
    """What we ask this employer to confirm; never a diagnosis."""
    found = store.rows(
        act,
        select(t.statement).where(t.statement.c.employer_id == act.actor.employer).order_by(t.statement.c.asked_on),
    )
    return Answer(
        {
            "items": [
                {"id": r.id, "state": r.state, "asked_for": r.asked_for, "due_on": r.due_on.isoformat()} for r in found
            ],
            "next_cursor": None,
        }
    )


@doors.api(
    "POST",
    "/v1/employer-statements/<uuid:statement_id>/answer",
    roles=("employer",),
    takes=s.StatementIn,
    status=201,
)
def answer_statement(act: Act, statement_id: UUID, body: dict[str, Any]) -> Any:
    """Confirm facts: wage paid until, wages by month."""
    answer_as_employer(act, str(statement_id), body)
    return {"id": str(statement_id), "state": "received"}


def answer_as_employer(act: Act, statement_id: str, body: dict[str, Any]) -> None:
    row = store.one(act, t.statement, t.statement.c.id == statement_id, t.statement.c.employer_id == act.actor.employer)
    claim = store.claim(act, row.claim_id)
    for item in body["wages"]:
        people.record_contribution(
            act,
            claim.person_id,
            Month.parse(item["month"]),
            item["wage"],
            paid=item["paid"],
            employer_id=act.actor.employer,
        )
    claims.take_statement(
        act, statement_id, {"pay": body["pay"], "wage_paid_until": body["wage_paid_until"].isoformat()}
    )


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
    """Take a CSV file in; every row is answered, the same file again changes nothing."""
    if act.actor.roles.isdisjoint(imports.ROLES.get(kind, ())):
        raise Problem(403, "not_your_task") if kind in imports.ROLES else not_found()
    id_, answers = imports.take_file(act, kind, "upload", upload)
    return Answer({"id": id_, "items": answers}, headers={"Location": f"/v1/imports/{id_}"})
