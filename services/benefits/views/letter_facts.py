"""What letters say, and where money goes: what the neighbours ask of benefits (`shared.facts`)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.advance import EmployerPayee
from services.benefits.domain.annulment import Annulment
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import Decision
from services.benefits.domain.overpayment import Recovery, RecoveryState, Way
from services.benefits.domain.person import Employer, Office, Payee, Person
from services.benefits.domain.sample import AUTOMATIC
from services.benefits.domain.suspension import Suspension
from services.benefits.institution import institution
from services.benefits.usecases import accounts, claims, recoveries
from services.benefits.usecases import suspensions as suspending
from services.benefits.usecases.objections import OUTCOMES
from services.benefits.views import annulment as annulments
from services.benefits.views import asked
from services.benefits.views import suspension as suspensions
from shared.act import Act

Json = dict[str, Any]
#: Works out the code of a claim's page; only benefits' key can.
CodeOf = Callable[[str], str]


def _name(person: Person) -> Json:
    return {"full": person.name, "latin": person.name_latin}


def _about(claim: Claim, person: Person, office: Office, code_of: CodeOf) -> Json:
    """What every letter about a claim begins with."""
    return claim.reference() | {
        "benefit": claim.benefit,
        "office": {
            "name": office.name,
            "name_latin": office.name_latin,
            "address": list(office.address),
            "phone": office.phone,
        },
        "language": person.language,
        "access_code": code_of(accounts.access_purpose(claim)),
    }


def _parts(act: Act, claim_id: str) -> tuple[Claim, Person, Office]:
    claim = store.claims.get(act, claim_id)
    return claim, store.persons.get(act, claim.person_id), store.places.office(act, claim.office_id)


def decision(act: Act, decision_id: str, code_of: CodeOf) -> Json:
    """All that stands in a decision letter. Raises `store.NotHere`."""
    found = store.decisions.final(act, decision_id)
    claim, person, office = _parts(act, found.claim_id)
    until, decided = found.appeal_until, found.decided_on
    return _about(claim, person, office, code_of) | {
        "decision_id": found.id,
        "kind": found.kind,
        "outcome": found.outcome,
        "decided_on": decided.isoformat() if decided else None,
        "received_on": claim.received_on.isoformat(),
        "assessment": found.kept,
        "instalments": [part.json() for part in found.schedule],
        "total": found.total.json(),
        "difference": found.difference.json() if found.kind != "first" else None,
        "outlook": found.outlook.json() if found.outlook is not None else None,
        "suspended": suspensions.waits(act, claim.id, decided, found.outlook.waiting)
        if found.outlook is not None and decided
        else [],
        "decided_by": {"name": _who(found), "office": office.name},
        "confirmed_by": {"name": found.confirmed_name, "office": office.name} if found.confirmed_name else None,
        "appeal": {"until": until.isoformat() if until else None, "where": office.lines},
        "judged_warnings": {warning: word.json() for warning, word in found.judged.items()},
    }


def _who(found: Decision) -> str:
    """The name of who decided; none where the rules did."""
    return "" if found.proposed_by == AUTOMATIC else found.proposed_name


def acknowledgement(act: Act, claim_id: str, code_of: CodeOf) -> Json:
    """All that stands in the receipt of a claim. Raises `store.NotHere`."""
    claim, person, office = _parts(act, claim_id)
    assessment, waits = claims.picture(act, claim).assessment, claim.waits
    return _about(claim, person, office, code_of) | {
        "received_on": claim.received_on.isoformat(),
        "missing": asked.missing(claim, assessment),
        "waits_for": waits.whom if waits is not None else None,
        "waits_until": waits.until.isoformat() if waits is not None and waits.until else None,
        "name": _name(person),
    }


def recovery(act: Act, recovery_id: str, code_of: CodeOf) -> Json:
    """All that stands in the letter about a recovery. Raises `store.NotHere`."""
    found = store.awards.recovery(act, recovery_id)
    if found.state is not RecoveryState.FINAL or found.decided_on is None:
        raise store.NotHere("recovery")
    claim, person, office = _parts(act, found.claim_id)
    until = recoveries.contestable_until(act, claim.id)
    kept = recoveries.withheld(act, claim.id) if found.way is Way.SET_OFF else []
    return _about(claim, person, office, code_of) | {
        "recovery_id": found.id,
        "way": found.way,
        "amount": found.amount.json(),
        "reason": found.reason,
        "decided_on": found.decided_on.isoformat(),
        "repay_by": found.repay_by.isoformat() if found.repay_by else None,
        "repay_to": dict(institution().repay_to),
        "withheld": [part.json() for part in kept],
        "from_claim_number": _other(act, found),
        "parts": [part.json() for part in found.parts],
        "objection": _objection(act, found, office),
        "decided_by": {"name": found.proposed_name, "office": office.name},
        "confirmed_by": {"name": found.confirmed_name, "office": office.name},
        "appeal": {"until": until.isoformat()} if until else None,
    }


def suspension(act: Act, suspension_id: str, code_of: CodeOf) -> Json:
    """All that stands in the letter about a suspension, with how it ended. Raises `store.NotHere`."""
    found = store.suspensions.get(act, suspension_id)
    if found.decided_on is None or found.appeal_until is None:
        raise store.NotHere("suspension")
    claim, person, office = _parts(act, found.claim_id)
    over, goes_on = found.lifted_on, suspending.goes_on(act, found)
    ending = suspensions.ending(found, goes_on=goes_on)
    return _about(claim, person, office, code_of) | {
        "suspension_id": found.id,
        "said": [suspensions.sentence(found), *suspensions.next_steps(found)],
        **_by_two(found, office, found.decided_on, found.appeal_until),
        "lifted": {
            "on": over.isoformat(),
            "ended": found.ended,
            "words": found.lifted_words,
            "by": {"name": found.lifted_name, "office": office.name},
            "said": ending,
            "goes_on": goes_on,
        }
        if over is not None
        else None,
    }


def annulment(act: Act, annulment_id: str, code_of: CodeOf) -> Json:
    """All that stands in the letter about an annulment, with what was decided on an objection. Raises
    `store.NotHere`."""
    found = store.annulments.get(act, annulment_id)
    if found.decided_on is None or found.appeal_until is None:
        raise store.NotHere("annulment")
    claim, person, office = _parts(act, found.claim_id)
    on = found.outcome_on
    return _about(claim, person, office, code_of) | {
        "annulment_id": found.id,
        "said": [annulments.sentence(act, found), *annulments.follows(act, found)],
        **_by_two(found, office, found.decided_on, found.appeal_until),
        "objection": {
            "outcome": found.outcome,
            "reasons": found.reasons,
            "decided_on": on.isoformat(),
            "decided_by": {"name": found.outcome_name, "office": office.name},
            "said": annulments.after_objection(act, found),
        }
        if on is not None
        else None,
    }


def _by_two(found: Suspension | Annulment, office: Office, on: date, until: date) -> Json:
    """What two people decided: why, on which day, who they are, and until when and where it is contested."""
    return {
        "words": found.words,
        "decided_on": on.isoformat(),
        "decided_by": {"name": found.proposed_name, "office": office.name},
        "confirmed_by": {"name": found.confirmed_name, "office": office.name},
        "appeal": {"until": until.isoformat(), "where": office.lines},
    }


def _other(act: Act, found: Recovery) -> str | None:
    """The number of the claim from whose payments it is kept back, where that is another one."""
    return store.claims.present(act, found.from_claim_id).number if found.from_claim_id is not None else None


def _objection(act: Act, against: Recovery, office: Office) -> Json | None:
    """What was decided on the objection to a recovery; none where there was none."""
    for found in store.awards.objections(act, against.claim_id):
        if found.recovery_id == against.id and found.outcome in OUTCOMES and found.decided_on is not None:
            days = {"lodged_on": found.lodged_on.isoformat(), "decided_on": found.decided_on.isoformat()}
            by = {"name": found.decided_name, "office": office.name}
            return days | {"outcome": found.outcome, "reasons": found.reasons, "decided_by": by}
    return None


def payee(act: Act, person_id: str) -> Json:
    """Where a person's money goes."""
    person = store.persons.get(act, person_id)
    return _payee(person, store.persons.payee(act, person.id))


def payees(act: Act, ids: Collection[str]) -> list[Json]:
    """Where the money of some persons and employers goes; whom we do not know is not in it."""
    accounts = store.persons.payees(act, ids)
    found = [_payee(person, accounts.get(person.id)) for person in store.persons.some(act, ids)]
    hers = store.advances.payees(act, ids)
    return found + [_employer_payee(one, hers.get(one.id)) for one in store.places.employers(act, ids)]


def employer_payee(act: Act, employer_id: str) -> Json:
    """Where an employer's money goes. Raises `store.NotHere`."""
    employer = store.places.employer(act, employer_id)
    return _employer_payee(employer, store.advances.payee(act, employer.id))


def _employer_payee(employer: Employer, account: EmployerPayee | None) -> Json:
    return {
        "employer_id": employer.id,
        "office_id": employer.office_id,
        "name": {"full": employer.name, "latin": employer.name_latin},
        "account": account.said if account is not None else None,
        "changed_on": account.decided_on if account is not None else None,
    }


def _payee(person: Person, account: Payee | None) -> Json:
    return {
        "person_id": person.id,
        "office_id": person.office_id,
        "name": _name(person),
        "account": account.said if account is not None else None,
        "changed_on": account.changed_on if account is not None else None,
    }


def contact(act: Act, person_id: str) -> Json:
    """How a person can be reached."""
    person = store.persons.get(act, person_id)
    return {
        "person_id": person.id,
        "office_id": person.office_id,
        "name": _name(person),
        "language": person.language,
        "phone": person.phone,
        "address": list(person.address),
    }
