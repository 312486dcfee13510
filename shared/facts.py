"""What one service asks another over HTTP: one schema per kind, checked where it is given and where it is read.

Beside `shared.events`: an event says that something happened, with ids only; these are the facts behind it, fetched
by a reader with its own rights. A reader leaves alone what it does not know, so the owner may add members.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from shared.events import CLAIM_NUMBER, CODE, DAY, INSTALMENT, MONEY, OFFICE_ID, PERIOD, UUID, Json


class FactsInvalid(ValueError):
    """Facts do not keep their schema: the message names the member, never what it says."""


def _object(optional: tuple[str, ...] = (), /, **members: Json) -> Json:
    required = [name for name in members if name not in optional]
    return {"type": "object", "required": required, "properties": members}


def _or_none(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT: Json = {"type": "string"}
WORDS = _object(msg=TEXT, params={"type": "object"})
NAME = _object(full=TEXT, latin=_or_none(TEXT))
OFFICE = _object(name=TEXT, name_latin=TEXT, address={"type": "array", "items": TEXT}, phone=TEXT)
ACCOUNT = _object(kind={"enum": ["bank", "wallet", "cash"]}, bank=TEXT, number=TEXT, holder=TEXT)
#: Who decided; without a name the rules did, and no person.
BY = _object(name=TEXT, office=TEXT)
#: What had been paid when it was decided, what was still to come on which days, and what was too much.
#: All of it the person's; beside it what goes to employers who advanced it, and what waits while suspended.
OUTLOOK = _object(
    ("to_employers", "waiting"),
    paid=MONEY,
    coming={"type": "array", "items": INSTALMENT},
    to_come=MONEY,
    too_much=MONEY,
    to_employers=MONEY,
    waiting=MONEY,
)
#: Why an order that has not been sent waits.
WAITS = ("not_due", "due", "held", "returned", "refused")
_PERSON = {"person_id": UUID, "office_id": OFFICE_ID, "name": NAME}
_LETTER = {
    "claim_id": UUID,
    "claim_number": CLAIM_NUMBER,
    "person_id": UUID,
    "office_id": OFFICE_ID,
    "benefit": CODE,
    "office": OFFICE,
    "language": TEXT,
    "access_code": {"type": "string", "pattern": "^[0-9]{8}$"},
}
#: A letter that says what her page and the desk say: what was decided by two people, why, and how to object.
_AS_SAID = _LETTER | {
    "said": {"type": "array", "items": WORDS},
    "words": TEXT,
    "decided_on": DAY,
    "decided_by": BY,
    "confirmed_by": BY,
    "appeal": _object(until=DAY, where={"type": "array", "items": TEXT}),
}

#: The kinds of facts, by whom they are owned: `voucher` by payments, all others by benefits.
KINDS: dict[str, Json] = {
    #: Of a person, or of an employer who advances benefits; one of the two is named.
    "payee": _object(
        ("person_id", "employer_id"), **_PERSON, employer_id=UUID, account=_or_none(ACCOUNT), changed_on=_or_none(DAY)
    ),
    #: What a short message needs of a contact; an address that is no address stops letters only.
    "reach": _object(**_PERSON, language=TEXT, phone=_or_none(TEXT)),
    "contact": _object(**_PERSON, language=TEXT, phone=_or_none(TEXT), address={"type": "array", "items": TEXT}),
    "decision_letter": _object(
        ("outlook", "suspended"),
        **_LETTER,
        decision_id=UUID,
        kind={"enum": ["first", "revision", "appeal"]},
        outcome={"enum": ["granted", "granted_in_part", "refused"]},
        decided_on=DAY,
        received_on=DAY,
        assessment={"type": "object", "required": ["format", "outcome", "reason", "findings", "worksheet", "total"]},
        instalments={"type": "array", "items": INSTALMENT},
        total=MONEY,
        difference=_or_none(MONEY),
        outlook=_or_none(OUTLOOK),
        #: That payments are suspended, and how much waits; none where nothing does.
        suspended={"type": "array", "items": WORDS},
        decided_by=BY,
        confirmed_by=_or_none(BY),
        appeal=_object(until=DAY, where={"type": "array", "items": TEXT}),
        judged_warnings={"type": "object"},
    ),
    "acknowledgement_letter": _object(
        **_LETTER,
        received_on=DAY,
        missing={"type": "array", "items": WORDS},
        waits_for=_or_none(CODE),
        waits_until=_or_none(DAY),
        name=NAME,
    ),
    #: What the payee must know to collect her money at the counter.
    "voucher": _object(
        order_id=UUID,
        number={"type": "string", "pattern": "^[0-9]{9}$"},
        code={"type": "string", "pattern": "^[0-9]{8}$"},
        valid_until=DAY,
    ),
    #: What a person must read to say herself that what was entered for her claim is right; the last digits of the
    #: account say where money would go, none where no account is known.
    "phone_code": _object(
        code_id=UUID,
        code={"type": "string", "pattern": "^[0-9]{8}$"},
        account=_or_none({"type": "string", "maxLength": 4}),
        office=TEXT,
    ),
    #: What a person must read of a change that she asked for herself: the last digits of what is to come, and its code
    #: while that is awaited, or the day on which it takes effect.
    "own_change": _object(
        change_id=UUID,
        what={"enum": ["phone", "payee"]},
        ending={"type": "string", "maxLength": 4},
        code=_or_none({"type": "string", "pattern": "^[0-9]{8}$"}),
        due_on=_or_none(DAY),
        office=TEXT,
    ),
    #: The code by which a person starts a claim on her phone.
    "start": _object(start_id=UUID, code={"type": "string", "pattern": "^[0-9]{8}$"}, office=TEXT),
    #: What the ledger spent in a year on claims, by month; a page of it, and where the next begins.
    "expenditure": _object(
        items={
            "type": "array",
            "items": _object(
                claim_id=UUID,
                first_on=_or_none(DAY),
                months={"type": "object", "additionalProperties": {"type": "integer"}},
            ),
        },
        next_cursor=_or_none(UUID),
    ),
    #: What payments know of awards, in minor units: what the schedule they last heard of comes to; what has arrived by
    #: the ledger, less what came back, and to employers of it; the same by settled orders; what moves; what waits, and
    #: why; and what was paid too much and came back out of another claim. A page of it, and where the next begins.
    "money_of_awards": _object(
        items={
            "type": "array",
            "items": _object(
                award_id=UUID,
                version={"type": "integer"},
                ended={"type": "boolean"},
                scheduled={"type": "integer"},
                arrived={"type": "integer"},
                to_employers={"type": "integer"},
                settled={"type": "integer"},
                on_the_way={"type": "integer"},
                waiting=_object(WAITS, **{why: {"type": "integer"} for why in WAITS}),
                set_off={"type": "integer"},
            ),
        },
        next_cursor=_or_none(UUID),
    ),
    #: All that a service keeps about a person: its rows by table, and files such as letters (base64).
    "kept": _object(
        person_id=UUID,
        tables={"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}},
        files={"type": "array", "items": _object(name=TEXT, content=TEXT)},
    ),
    #: A suspension of the payments still to come, or the end of one: the sentences are those of her page.
    "suspension_letter": _object(
        **_AS_SAID,
        suspension_id=UUID,
        lifted=_or_none(
            _object(
                ("goes_on",),
                on=DAY,
                ended={"enum": ["groundless", "held"]},
                words=TEXT,
                by=BY,
                said=WORDS,
                #: Whether anything more is paid; a house of an earlier release does not say it, and then it is.
                goes_on={"type": "boolean"},
            )
        ),
    ),
    #: A decision that was annulled, or what was decided on an objection to that: the sentences are those of her page.
    "annulment_letter": _object(
        **_AS_SAID,
        annulment_id=UUID,
        objection=_or_none(
            _object(outcome={"enum": ["upheld", "rejected"]}, reasons=TEXT, decided_on=DAY, decided_by=BY, said=WORDS)
        ),
    ),
    "recovery_letter": _object(
        ("parts", "objection", "from_claim_number"),
        **_LETTER,
        recovery_id=UUID,
        way={"enum": ["repay", "set_off", "waive"]},
        amount=MONEY,
        reason=_or_none(CODE),
        decided_on=DAY,
        repay_by=_or_none(DAY),
        repay_to={"type": "object"},
        withheld={"type": "array", "items": _object(("period",), due_on=DAY, period=PERIOD, amount=MONEY, kept=MONEY)},
        from_claim_number=_or_none({"type": "string", "pattern": "^[0-9]{12}$"}),
        objection=_or_none(
            _object(
                lodged_on=DAY, outcome={"enum": ["upheld", "rejected"]}, reasons=TEXT, decided_on=DAY, decided_by=BY
            )
        ),
        parts={"type": "array", "items": _object(due_on=DAY, amount=MONEY)},
        decided_by=BY,
        confirmed_by=BY,
        appeal=_or_none(_object(until=DAY)),
    ),
}


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(KINDS[kind], validate_formats=True)


def check(kind: str, said: Any) -> None:
    """Raises `FactsInvalid`, naming the first member that breaks the schema."""
    for error in _validator(kind).iter_errors(said):
        where = "/".join(str(part) for part in error.instance_path) or "facts"
        raise FactsInvalid(f"{kind}: {where} breaks {error.schema_path[-1]}")


def given(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as their owner gives them, checked as they will be read. Raises `FactsInvalid`."""
    check(kind, {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()})
    return dict(said)


def read(kind: str, said: Any) -> dict[str, Any]:
    """Facts as a reader gets them. Raises `FactsInvalid` for what it would not understand."""
    check(kind, said)
    return dict(said)
