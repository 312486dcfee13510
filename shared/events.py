"""The facts that cross between services: one schema per type, checked on every emission.

Events carry ids, days, amounts and codes; never a name, a diagnosis, an account or a phone.
A reader fetches those from the owning service with its own rights (`dataref`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

SCHEMA_BASE = "https://tideover.example/schemas/"
Json = dict[str, Any]


class EventInvalid(ValueError):
    """An event does not keep its schema; it must not leave, or must be parked."""


UUID: Json = {"type": "string", "format": "uuid"}
DAY: Json = {"type": "string", "format": "date"}
CODE: Json = {"type": "string", "pattern": "^[a-z0-9_]{1,64}$"}
#: The name of an office; a dot stands between it and the offices below it.
OFFICE_ID: Json = {"type": "string", "maxLength": 64, "pattern": r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"}
CLAIM_NUMBER: Json = {"type": "string", "pattern": "^[0-9]{12}$"}
REFERENCE: Json = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{16}$"}


def _object(optional: tuple[str, ...] = (), /, **members: Json) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in members if name not in optional],
        "properties": members,
    }


MONEY = _object(minor={"type": "integer"}, currency={"type": "string", "pattern": "^[A-Z]{3}$"})
PERIOD = _object(**{"from": DAY, "to": DAY})
#: What of an instalment goes to an employer who advanced it; the rest is the person's.
ADVANCED = _object(employer_id=UUID, amount=MONEY)
INSTALMENT = _object(
    ("advanced",),
    no={"type": "integer", "minimum": 1},
    component=CODE,
    period=PERIOD,
    due_on=DAY,
    amount=MONEY,
    advanced={"type": "array", "items": ADVANCED},
)
#: What was right and what was paid for the same days.
COMPARED = _object(component=CODE, period=PERIOD, correct=MONEY, paid=MONEY)
_FLAG: Json = {"type": "boolean"}
_OUTCOME: Json = {"enum": ["upheld", "partly_upheld", "rejected", "withdrawn", "redirected", "referred"]}
_CLAIM = {"claim_id": UUID, "claim_number": CLAIM_NUMBER, "person_id": UUID, "office_id": OFFICE_ID}
_AWARD = {**_CLAIM, "decision_id": UUID, "award_id": UUID, "version": {"type": "integer", "minimum": 1}}
_STATEMENT = _object(**_CLAIM, statement_id=UUID)
_CHECK = _object(person_id=UUID, office_id=OFFICE_ID, code_id=UUID)
_LETTER = {"letter_id": UUID, "claim_id": UUID, "person_id": UUID, "template": CODE}
_SET_OFF = {"set_off_id": UUID, "amount": MONEY}
_REPAID = {"award_id": UUID, "repayment_id": UUID, "amount": MONEY, "employer_id": UUID}
_ORDER = {
    "order_id": UUID,
    "reference": REFERENCE,
    "award_id": UUID,
    "claim_id": UUID,
    "claim_number": CLAIM_NUMBER,
    "person_id": UUID,
    "office_id": OFFICE_ID,
    "component": CODE,
    "no": {"type": "integer", "minimum": 1},
    "period": PERIOD,
    "amount": MONEY,
    "employer_id": UUID,
}


def _order(**more: Json) -> Json:
    """Data of an event about an order; the days it pays for are missing where an earlier release told it. An employer
    is named where she is paid for what she advanced."""
    return _object(("period", "employer_id"), **_ORDER, **more)


@dataclass(frozen=True, slots=True)
class Topic:
    """One type of event: who may read it, and what its data look like."""

    type: str
    about: str
    data: Json
    #: Services that read it; "outside" means it is meant for readers outside this product.
    readers: tuple[str, ...]

    @property
    def dataschema(self) -> str:
        return f"{SCHEMA_BASE}{self.type}/1.0"


_TOPICS = [
    Topic(
        "benefits.session.ended",
        "Sessions ended before their tokens ran out; nobody is let in with these any more.",
        _object(sessions={"type": "array", "items": UUID, "maxItems": 1000}, until={"type": "string"}),
        ("payments", "notifications"),
    ),
    Topic(
        "benefits.claim.submitted",
        "A claim was received; the claimant is owed an acknowledgement.",
        _object(**_CLAIM, benefit=CODE, received_on=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.claim.access_renewed",
        "The code of the worker's page was renewed; the claimant is owed a letter with the new one.",
        _object(**_CLAIM),
        ("notifications",),
    ),
    Topic(
        "benefits.phone_code.asked",
        "A person is asked to say herself, by a code on her phone, that what was entered for her claim is right.",
        _object(**_CLAIM, code_id=UUID),
        ("notifications",),
    ),
    Topic(
        "benefits.phone_check.asked", "She is asked to show that her number reaches her.", _CHECK, ("notifications",)
    ),
    Topic(
        "benefits.own_change.asked",
        "A person asks for another phone or account herself; the phone known so far gets a code.",
        _object(**_CLAIM, change_id=UUID, what={"enum": ["phone", "payee"]}),
        ("notifications",),
    ),
    Topic(
        "benefits.own_change.announced",
        "What a person asked for herself takes effect on a day; the phone known so far is told.",
        _object(**_CLAIM, change_id=UUID, what={"enum": ["phone", "payee"]}, due_on=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.start.asked",
        "A person asks to start a claim on her phone, which gets a code; the claim is not opened yet.",
        _object(**_CLAIM, start_id=UUID),
        ("notifications",),
    ),
    Topic(
        "benefits.claim.started",
        "A person has started a claim on her phone; a counter completes it.",
        _object(**_CLAIM, received_on=DAY, bring_by=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.start.ending",
        "A claim started on the phone that nobody completed ends after a day.",
        _object(**_CLAIM, until=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.question.answered",
        "The office has answered a question of the worker; the answer stands on her page.",
        _object(**_CLAIM, question_id=UUID),
        ("notifications",),
    ),
    Topic(
        "benefits.claim.returned",
        "A claim waits for facts that somebody must bring.",
        _object(**_CLAIM, waits_for=CODE, reason=CODE),
        ("notifications",),
    ),
    Topic(
        "benefits.certificate.ends",
        "Her last certificate is about to end.",
        _object(**_CLAIM, last_day=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.promised_day.moved",
        "Money that was promised to her for a day comes on another.",
        _object(**_CLAIM, amount=MONEY, promised_on=DAY, comes_on=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.promised_day.missed",
        "Money did not leave on the day promised to her, and no other is known; she hears more by a day.",
        _object(**_CLAIM, amount=MONEY, promised_on=DAY, news_by=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.employer_statement.requested",
        "An employer was asked to confirm facts.",
        _object(**_CLAIM, statement_id=UUID, due_on=DAY),
        ("outside",),
    ),
    Topic("benefits.employer_statement.received", "An employer confirmed facts.", _STATEMENT, ("outside",)),
    Topic("benefits.employer_statement.lapsed", "No answer in time; the claim goes on.", _STATEMENT, ("outside",)),
    Topic(
        "benefits.decision.made",
        "A decision became final in the house; its letter is due.",
        _object(
            ("to_come", "waiting"),
            **_CLAIM,
            decision_id=UUID,
            kind={"enum": ["first", "revision", "appeal"]},
            outcome={"enum": ["granted", "granted_in_part", "refused"]},
            decided_on=DAY,
            **dict.fromkeys(("total", "difference", "to_come", "waiting"), MONEY),
        ),
        ("notifications",),
    ),
    Topic(
        "benefits.award.granted",
        "Money was granted; the whole schedule of instalments.",
        _object(**_AWARD, currency={"type": "string"}, instalments={"type": "array", "items": INSTALMENT}, total=MONEY),
        ("payments",),
    ),
    Topic(
        "benefits.award.revised",
        "A new version of the whole schedule replaces the old; payments pay the difference.",
        _object(**_AWARD, currency={"type": "string"}, instalments={"type": "array", "items": INSTALMENT}, total=MONEY),
        ("payments",),
    ),
    Topic(
        "benefits.award.ended",
        "Nothing of the award that has not been sent is to be paid any more.",
        _object(**_AWARD, ended_on=DAY, reason=CODE),
        ("payments",),
    ),
    Topic(
        "benefits.overpayment.found",
        "More was paid than the award now says.",
        _object(
            ("compared", "repaid", "waived"),
            **_CLAIM,
            overpayment_id=UUID,
            award_id=UUID,
            amount=MONEY,
            compared={"type": "array", "items": COMPARED},
            repaid=MONEY,
            waived=MONEY,
        ),
        ("notifications",),
    ),
    Topic(
        "benefits.recovery.decided",
        "Two people decided what becomes of money paid too much.",
        _object(
            **_CLAIM, recovery_id=UUID, overpayment_id=UUID, way={"enum": ["repay", "set_off", "waive"]}, amount=MONEY
        ),
        ("notifications",),
    ),
    Topic(
        "benefits.set_off.counted",
        "An instalment of one claim was paid less, and the rest counts as come back on another claim of the person.",
        _object(**_CLAIM, **_SET_OFF, recovery_id=UUID, from_claim_id=UUID, component=CODE, counted_on=DAY),
        ("payments",),
    ),
    Topic(
        "benefits.set_off.undone",
        "What an instalment brought to another claim no longer counts there.",
        _object(**_CLAIM, set_off_id=UUID, undone_on=DAY),
        ("payments",),
    ),
    Topic(
        "benefits.recovery.contested",
        "The person objects to the recovery itself; nothing is asked back until that is decided.",
        _object(**_CLAIM, recovery_id=UUID, objection_id=UUID, lodged_on=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.recovery.objection_decided",
        "Somebody who had not decided before decided on an objection to a recovery.",
        _object(**_CLAIM, recovery_id=UUID, objection_id=UUID, outcome={"enum": ["upheld", "rejected"]}, amount=MONEY),
        ("notifications",),
    ),
    Topic(
        "benefits.repayment.missed",
        "A part of a repayment did not come by its day; the person is reminded once.",
        _object(**_CLAIM, recovery_id=UUID, amount=MONEY, due_on=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.appeal.lodged",
        "A finding of a decision is contested.",
        _object(**_CLAIM, appeal_id=UUID, decision_id=UUID, finding=CODE, lodged_on=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.appeal.decided",
        "An appeal was decided.",
        _object(**_CLAIM, appeal_id=UUID, decision_id=UUID, outcome=_OUTCOME),
        ("outside",),
    ),
    Topic(
        "benefits.suspension.decided",
        "Two people suspended the payments still to come of a claim, from a day on; the person is told why.",
        _object(**_CLAIM, suspension_id=UUID, first_day=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.suspension.lifted",
        "A suspension ended: its ground did not hold, or it did on some days; `goes_on` says whether more is paid.",
        _object(("goes_on",), **_CLAIM, suspension_id=UUID, ended={"enum": ["groundless", "held"]}, goes_on=_FLAG),
        ("notifications",),
    ),
    Topic(
        "benefits.decision.annulled",
        "Two people annulled a decision; the person is told why, and what follows.",
        _object(**_CLAIM, annulment_id=UUID, decision_id=UUID),
        ("notifications",),
    ),
    Topic(
        "benefits.annulment.objection_decided",
        "An objection to an annulment was decided: upheld, the decision counts again.",
        _object(**_CLAIM, annulment_id=UUID, decision_id=UUID, outcome={"enum": ["upheld", "rejected"]}),
        ("notifications",),
    ),
    Topic(
        "benefits.payee.changed",
        "Where a person's money goes was changed; fetch it anew.",
        _object(person_id=UUID, office_id=OFFICE_ID),
        ("payments",),
    ),
    Topic(
        "benefits.person.erasure_asked",
        "A person asked that her name be erased; she is told from when on it may be.",
        _object(**_CLAIM, not_before=DAY),
        ("notifications",),
    ),
    Topic(
        "benefits.person.erased",
        "A person's name and particulars were erased; whoever keeps any erases them too.",
        _object(person_id=UUID, office_id=OFFICE_ID),
        ("payments", "notifications"),
    ),
    Topic(
        "benefits.employer_payee.changed",
        "Where an employer's money goes was changed; fetch it anew.",
        _object(employer_id=UUID, office_id=OFFICE_ID),
        ("payments",),
    ),
    Topic(
        "benefits.advance.stated",
        "An employer says that she advanced a part of a claim's benefit; the worker is asked whether it is true.",
        _object(**_CLAIM, advance_id=UUID, employer_id=UUID, amount=MONEY, period=PERIOD),
        ("notifications",),
    ),
    Topic("payments.order.planned", "An order waits for its day and its run.", _order(due_on=DAY), ("benefits",)),
    Topic(
        "payments.order.cancelled", "An order that had not been sent was cancelled.", _order(reason=CODE), ("benefits",)
    ),
    Topic(
        "payments.order.held", "An order was held, with a named reason.", _order(reason=CODE, since=DAY), ("benefits",)
    ),
    Topic(
        "payments.order.sent",
        "The intention to pay was committed, then sent.",
        _object(("period", "employer_id", "channel"), **_ORDER, run_id=UUID, sent_on=DAY, channel=CODE),
        ("benefits",),
    ),
    Topic(
        "payments.order.rejected",
        "The bank refused an order before money moved.",
        _order(reason={"type": "string", "maxLength": 35}),
        ("benefits", "notifications"),
    ),
    Topic("payments.order.unknown", "The bank did not answer in time; it is asked.", _order(since=DAY), ("benefits",)),
    Topic(
        "payments.voucher.issued",
        "Money waits at the counter under a one-time code; the code is fetched, never told here.",
        _order(valid_until=DAY),
        ("notifications",),
    ),
    Topic(
        "payments.instalment.paid",
        "Final evidence that money arrived.",
        _order(paid_on=DAY),
        ("benefits", "notifications"),
    ),
    Topic(
        "payments.instalment.returned",
        "Money that had arrived came back.",
        _order(returned_on=DAY, reason={"type": "string", "maxLength": 35}),
        ("benefits", "notifications"),
    ),
    Topic(
        "payments.repayment.received",
        "The person paid back money that was too much; or the employer did who is named.",
        _object(("employer_id",), **_CLAIM, **_REPAID, received_on=DAY),
        ("benefits", "notifications"),
    ),
    Topic(
        "payments.repayment.taken_back",
        "A repayment stood on the wrong claim: it counts there no more.",
        _object(("employer_id",), **_CLAIM, **_REPAID, taken_back_on=DAY),
        ("benefits", "notifications"),
    ),
    Topic(
        "payments.payee.reported_deceased",
        "The bank says the payee has died (MD07).",
        _object(person_id=UUID, office_id=OFFICE_ID, reported_on=DAY),
        ("benefits",),
    ),
    Topic(
        "notifications.message.delivered",
        "A message reached its recipient.",
        _object(message_id=UUID, claim_id=UUID, person_id=UUID, template=CODE),
        ("benefits",),
    ),
    Topic(
        "notifications.message.failed",
        "A message could not be delivered.",
        _object(message_id=UUID, claim_id=UUID, person_id=UUID, template=CODE, reason=CODE),
        ("benefits",),
    ),
    Topic(
        "notifications.letter.ready",
        "A letter was rendered and can be printed.",
        _object(("decision_id",), **_LETTER, decision_id=UUID, language=CODE),
        ("benefits",),
    ),
    Topic(
        "notifications.letter.returned",
        "A posted letter came back.",
        _object(letter_id=UUID, claim_id=UUID, person_id=UUID),
        ("benefits",),
    ),
]

TOPICS: dict[str, Topic] = {topic.type: topic for topic in _TOPICS}


@dataclass(frozen=True, slots=True)
class Event:
    """A CloudEvent 1.0 of ours, as a reader gets it."""

    id: str
    source: str  # "/benefits"
    type: str
    subject: str
    partitionkey: str  # the person's opaque id
    sequence: int  # counted per source and person; order is kept by it
    data: Json
    time: str
    recordedtime: str
    correlationid: str
    causationid: str | None
    traceparent: str | None

    def json(self) -> Json:
        body: Json = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time,
            "recordedtime": self.recordedtime,
            "datacontenttype": "application/json",
            "dataschema": TOPICS[self.type].dataschema,
            "partitionkey": self.partitionkey,
            "sequence": str(self.sequence),
            "correlationid": self.correlationid,
            "data": self.data,
        }
        if self.causationid:
            body["causationid"] = self.causationid
        if self.traceparent:
            body["traceparent"] = self.traceparent
        return body


@cache
def _validator(type_: str) -> Draft202012Validator:
    return Draft202012Validator(TOPICS[type_].data, validate_formats=True)


def check_data(type_: str, data: Mapping[str, Any]) -> None:
    """Raise `EventInvalid`, naming the member and never its value, where data break the schema."""
    if type_ not in TOPICS:
        raise EventInvalid(f"no such event type: {type_[:80]}")
    for error in _validator(type_).iter_errors(dict(data)):
        where = "/".join(str(part) for part in error.instance_path) or "data"
        raise EventInvalid(f"{type_}: {where} breaks {error.schema_path[-1]}")


def known(schema: Json, value: Any) -> Any:
    """A value without the members its schema does not name, at any depth: a newer writer may say more than we read."""
    if isinstance(value, dict) and "properties" in schema:
        return {n: known(part, value[n]) for n, part in schema["properties"].items() if n in value}
    if isinstance(value, list) and "items" in schema:
        return [known(schema["items"], item) for item in value]
    return value


def read_event(body: Mapping[str, Any]) -> Event:
    """An event for a reader that needs its data: members it does not know are left out, the rest keeps the schema.

    Raises `EventInvalid` for what it would not understand.
    """
    event = read_envelope(body)
    major = str(body.get("dataschema")).rsplit("/", 1)[-1].split(".")[0]
    if major != "1":
        raise EventInvalid(f"unknown major version {major[:8]} of the data schema")
    if event.type not in TOPICS:
        raise EventInvalid(f"no such event type: {event.type[:80]}")
    event = replace(event, data=known(TOPICS[event.type].data, event.data))
    check_data(event.type, event.data)
    return event


def read_envelope(body: Mapping[str, Any]) -> Event:
    """A structured CloudEvent of any type, its data unread: enough to keep a person's events in their order.

    Raises `EventInvalid`.
    """
    try:
        if body["specversion"] != "1.0":
            raise EventInvalid("not CloudEvents 1.0")
        event = Event(
            id=body["id"],
            source=body["source"],
            type=body["type"],
            subject=body["subject"],
            partitionkey=body["partitionkey"],
            sequence=int(body["sequence"]),
            data=dict(body["data"]),
            time=body["time"],
            recordedtime=body["recordedtime"],
            correlationid=body["correlationid"],
            causationid=body.get("causationid"),
            traceparent=body.get("traceparent"),
        )
    except (KeyError, TypeError, ValueError) as missing:
        if isinstance(missing, EventInvalid):
            raise
        raise EventInvalid(f"not one of our CloudEvents: {type(missing).__name__}") from None
    words = (event.id, event.source, event.type, event.subject, event.partitionkey)
    if not all(isinstance(word, str) and word for word in words) or not 0 < event.sequence < 10**18:
        raise EventInvalid("not one of our CloudEvents: what names it is no text")
    return event


def moment(at: datetime) -> str:
    """RFC 3339 in UTC with a Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
