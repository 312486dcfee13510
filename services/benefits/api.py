"""The API of benefits: persons, claims, assessments, decisions, appeals, and facts for the neighbours."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import Decision
from services.benefits.domain.ids import PersonId
from services.benefits.domain.repaying import Agreed
from services.benefits.law.case import read_case
from services.benefits.law.in_force import assess
from services.benefits.usecases import (
    accounts,
    claims,
    decisions,
    objections,
    overriding,
    recoveries,
)
from services.benefits.views import answers
from services.benefits.views.claim_page import DECIDES, DESK
from shared.act import Act
from shared.auth import SESSION_LIFE
from shared.web import pages
from shared.web.app import source, viewed
from shared.web.doors import PUBLIC, Answer, Doors
from shared.web.problems import Problem

doors = Doors()
#: A claim tells of somebody's health; whoever pays has nothing to do with it.
CLAIMS = (*DESK, "auditor")
READ = (*CLAIMS, "payment_officer")


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
        opened = accounts.sign_in(act, body["username"], body["password"], body["code"], source())
    except accounts.SignInRefused:
        return _refused(401, "sign_in_refused")
    except accounts.SecondFactorMissing:
        return _refused(403, "second_factor_needed")
    except accounts.TooManyTries as wait:
        return _refused(429, "too_many_tries", wait.seconds)
    token = pages.service().keys.session_token(
        opened.actor, csrf=opened.csrf, now=act.now, session=opened.id, second_factor=opened.second_factor
    )
    return {
        "token": token,
        "expires_in": int(SESSION_LIFE.total_seconds()),
        "roles": sorted(opened.actor.roles),
    }


def _refused(status: int, code: str, wait: int = 0) -> Answer:
    """A refusal that is answered, not raised, so that the count of failures is kept."""
    headers = {"Retry-After": str(wait)} if status == 429 else {"WWW-Authenticate": 'Bearer realm="tideover"'}
    return pages.answered(Problem(status, code), headers)


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


def _claim(act: Act, claim: Claim) -> Answer:
    viewed(claim.person_id)
    headers = {"ETag": f'"{claim.version}"', "Location": f"/v1/claims/{claim.id}"}
    return Answer(answers.claim(claim, claims.picture(act, claim)), headers=headers)


@doors.api("POST", "/v1/claims", roles=DESK, takes=s.ClaimIn, gives=s.ClaimOut, status=201)
def open_claim(act: Act, body: dict[str, Any]) -> Any:
    """Open a draft; what cannot be yet comes back as warnings."""
    id_ = claims.open_claim(act, PersonId(body.pop("person_id")), **body)
    return _claim(act, store.claims.get(act, id_))


@doors.api("GET", "/v1/claims/<uuid:claim_id>", roles=CLAIMS, gives=s.ClaimOut)
def show_claim(act: Act, claim_id: UUID) -> Any:
    """A claim with its warnings."""
    return _claim(act, store.claims.get(act, str(claim_id)))


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
    return _claim(act, claims.save_facts(act, str(claim_id), if_match, **body))


@doors.api("POST", "/v1/claims/<uuid:claim_id>/submission", roles=DESK, gives=s.ClaimOut, conditional=True)
def submit_claim(act: Act, claim_id: UUID, if_match: int) -> Any:
    """The claim is complete enough to be worked on."""
    return _claim(act, claims.submit(act, str(claim_id), if_match))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/return",
    roles=DECIDES,
    takes=s.ReturnIn,
    gives=s.ClaimOut,
    conditional=True,
)
def return_claim(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Somebody must bring something first."""
    what = body["whom"], body["reason"], body["words"], body["until"]
    return _claim(act, claims.return_claim(act, str(claim_id), if_match, *what))


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
    return _claim(act, claims.withdraw(act, str(claim_id), if_match, body["why"]))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/judgements",
    roles=DECIDES,
    takes=s.JudgeIn,
    gives=s.ClaimOut,
    status=201,
    conditional=True,
)
def judge_warning(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Say in a few words why a warning does not stand in the way."""
    return _claim(act, claims.judge_warning(act, str(claim_id), if_match, body["warning"], body["why"]))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/overrides",
    roles=DECIDES,
    takes=s.OverrideIn,
    gives=s.ClaimOut,
    status=201,
    conditional=True,
)
def override(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Decide a condition of the claim as a whole otherwise than the rules find it; a second person always confirms."""
    return _claim(act, overriding.override(act, str(claim_id), if_match, body.pop("finding"), **body))


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/overrides/<string:finding>/withdrawal",
    roles=DECIDES,
    takes=s.WhyIn,
    gives=s.ClaimOut,
    conditional=True,
)
def take_override_back(act: Act, claim_id: UUID, finding: str, body: dict[str, Any], if_match: int) -> Any:
    """The condition is again what the rules find."""
    return _claim(act, overriding.take_back(act, str(claim_id), if_match, finding[:100], body["why"]))


@doors.api("GET", "/v1/claims/<uuid:claim_id>/assessment", roles=CLAIMS, gives=s.Anything)
def assess_claim(act: Act, claim_id: UUID) -> Any:
    """The claim as it stands, assessed; nothing is recorded."""
    picture = claims.picture(act, store.claims.get(act, str(claim_id)))
    if picture.assessment is None:
        raise Problem(422, "content_invalid", errors=picture.errors)
    return Answer(picture.assessment.json())


# --- decisions ---------------------------------------------------------------------------------


def _decision(act: Act, decision_id: UUID) -> Decision:
    found = store.decisions.get(act, str(decision_id))
    viewed(store.claims.get(act, found.claim_id).person_id)
    return found


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/decisions",
    roles=DECIDES,
    takes=s.DecideIn,
    gives=s.DecisionOut,
    status=201,
    conditional=True,
)
def decide(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Decide, or hand to a second person where one is needed."""
    made = decisions.propose(act, str(claim_id), if_match, body["reasons"])
    return Answer(answers.decision(made), headers={"Location": f"/v1/decisions/{made.id}"})


@doors.api("GET", "/v1/decisions/<uuid:decision_id>", roles=CLAIMS, gives=s.DecisionOut)
def show_decision(act: Act, decision_id: UUID) -> Any:
    """A decision with its assessment."""
    return answers.decision(_decision(act, decision_id))


@doors.api("POST", "/v1/decisions/<uuid:decision_id>/confirmation", roles=("supervisor",), gives=s.DecisionOut)
def confirm(act: Act, decision_id: UUID) -> Any:
    """The second person confirms."""
    return answers.decision(decisions.confirm(act, _decision(act, decision_id).id))


@doors.api(
    "POST",
    "/v1/decisions/<uuid:decision_id>/return",
    roles=("supervisor",),
    takes=s.GiveBackIn,
    gives=s.DecisionOut,
)
def give_back(act: Act, decision_id: UUID, body: dict[str, Any]) -> Any:
    """The second person gives it back with a coded reason."""
    found = _decision(act, decision_id)
    return answers.decision(decisions.give_back(act, found.id, body["reason"], body["words"]))


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
    lodged = decisions.lodge_appeal(
        act, str(claim_id), body["decision_id"], body["finding"], body["grounds"], body["lodged_on"]
    )
    return Answer(lodged, headers={"Location": f"/v1/claims/{claim_id}"})


@doors.api("POST", "/v1/appeals/<uuid:appeal_id>/withdrawal", roles=(*DESK, "worker"), gives=s.AppealOut)
def withdraw_appeal(act: Act, appeal_id: UUID) -> Any:
    """Take an appeal back."""
    store.claims.get(act, store.decisions.appeal(act, str(appeal_id)).claim_id)
    return decisions.withdraw_appeal(act, str(appeal_id))


# --- what was paid too much --------------------------------------------------------------------


@doors.api("GET", "/v1/claims/<uuid:claim_id>/overpayment", roles=READ, gives=s.OverpaymentOut)
def show_overpayment(act: Act, claim_id: UUID) -> Any:
    """What was paid beyond the award, what came back of it, and what was decided."""
    claim = store.claims.get(act, str(claim_id))
    viewed(claim.person_id)
    return answers.overpayment(act, claim.id)


@doors.api(
    "POST",
    "/v1/claims/<uuid:claim_id>/recoveries",
    roles=DECIDES,
    takes=s.RecoveryIn,
    gives=s.RecoveryOut,
    status=201,
    conditional=True,
)
def propose_recovery(act: Act, claim_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Propose how what was paid too much comes back, or that it is let go; a second person confirms."""
    proposed = recoveries.propose(
        act,
        str(claim_id),
        if_match,
        body["way"],
        reason=body["reason"],
        words=body["words"],
        heard=body["heard"],
        parts=[Agreed(part["due_on"], part["amount"]) for part in body["parts"]],
        from_claim=body["from_claim_id"],
    )
    return Answer(proposed, headers={"Location": f"/v1/claims/{claim_id}/overpayment"})


def _recovery(act: Act, recovery_id: UUID) -> str:
    found = store.awards.recovery(act, str(recovery_id))
    viewed(store.claims.get(act, found.claim_id).person_id)
    return found.id


@doors.api(
    "POST",
    "/v1/recoveries/<uuid:recovery_id>/objections",
    roles=(*DESK, "worker"),
    takes=s.ObjectionIn,
    gives=s.ObjectionOut,
    status=201,
)
def object_to_recovery(act: Act, recovery_id: UUID, body: dict[str, Any]) -> Any:
    """Object to a recovery itself; nothing is asked back until somebody else has decided it."""
    claim_id = store.awards.recovery(act, _recovery(act, recovery_id)).claim_id
    return objections.lodge(act, claim_id, str(recovery_id), body["grounds"])


def _objection(act: Act, objection_id: UUID) -> str:
    found = store.awards.objection(act, str(objection_id))
    viewed(store.claims.get(act, found.claim_id).person_id)
    return found.id


@doors.api(
    "POST",
    "/v1/recoveries/objections/<uuid:objection_id>/decision",
    roles=("supervisor",),
    takes=s.ObjectionDecidedIn,
    gives=s.ObjectionOut,
)
def decide_objection(act: Act, objection_id: UUID, body: dict[str, Any]) -> Any:
    """Somebody who has not decided before decides on an objection to a recovery."""
    return objections.decide(act, _objection(act, objection_id), body["outcome"], body["reasons"])


@doors.api(
    "POST",
    "/v1/recoveries/objections/<uuid:objection_id>/withdrawal",
    roles=(*DESK, "worker"),
    gives=s.ObjectionOut,
)
def withdraw_objection(act: Act, objection_id: UUID) -> Any:
    """Take an objection to a recovery back."""
    return objections.withdraw(act, _objection(act, objection_id))


@doors.api("POST", "/v1/recoveries/<uuid:recovery_id>/confirmation", roles=("supervisor",), gives=s.RecoveryOut)
def confirm_recovery(act: Act, recovery_id: UUID) -> Any:
    """The second person confirms what becomes of an overpayment."""
    return recoveries.confirm(act, _recovery(act, recovery_id))


@doors.api(
    "POST",
    "/v1/recoveries/<uuid:recovery_id>/return",
    roles=("supervisor",),
    takes=s.RecoveryBackIn,
    gives=s.RecoveryOut,
)
def give_recovery_back(act: Act, recovery_id: UUID, body: dict[str, Any]) -> Any:
    """The second person gives the proposal back with a coded reason."""
    return recoveries.give_back(act, _recovery(act, recovery_id), body["reason"], body["words"])
