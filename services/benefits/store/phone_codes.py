"""Codes on the phone by which a person says herself that what was entered for her claim is right, or the number
hers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, func, literal, or_, select, union
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.person import PersonChange, PersonChangeKind
from services.benefits.domain.phone_code import Number, PhoneCode
from services.benefits.store.persons import CHANGE
from services.benefits.store.rows import Shape
from shared.act import Act

#: What the id of somebody's account looks like.
A_PERSON = "^[0-9a-f-]{36}$"
CODE = Shape(PhoneCode, t.phone_code)
c = t.phone_code.c


def add(act: Act, code: PhoneCode) -> None:
    CODE.add(act, code)


def save(act: Act, before: PhoneCode, after: PhoneCode) -> None:
    CODE.save(act, before, after)


def get(act: Act, id_: str) -> PhoneCode:
    """Raises `NotHere`."""
    return CODE.one(act, c.id == id_)


def latest(act: Act, claim_id: ClaimId, *, lock: bool = False) -> PhoneCode | None:
    """The one asked for last for a claim."""
    return _latest(act, c.claim_id == claim_id, lock=lock)


def latest_on_number(act: Act, person_id: PersonId, *, lock: bool = False) -> PhoneCode | None:
    """The one asked for last to confirm her number itself."""
    return _latest(act, _on_number(person_id), lock=lock)


def _latest(act: Act, which: ColumnElement[bool], *, lock: bool) -> PhoneCode | None:
    found = CODE.all(act, CODE.select(which).order_by(c.asked_at.desc(), c.id.desc()).limit(1))
    return CODE.one(act, c.id == found[0].id, lock=lock) if found else None


def _on_number(person_id: PersonId) -> ColumnElement[bool]:
    return and_(c.person_id == person_id, c.claim_id.is_(None))


def asked_since(act: Act, claim_id: ClaimId, moment: datetime) -> int:
    return _asked_since(act, c.claim_id == claim_id, moment)


def asked_on_number_since(act: Act, person_id: PersonId, moment: datetime) -> int:
    return _asked_since(act, _on_number(person_id), moment)


def _asked_since(act: Act, which: ColumnElement[bool], moment: datetime) -> int:
    return int(act.connection.scalar(select(func.count()).where(which, c.asked_at > moment)) or 0)


def number_confirmed(act: Act, person_id: PersonId) -> PersonChange | None:
    """When, and by whose hand, the number that she has now was confirmed; none where it never was, or was written
    anew since, even with the same digits."""
    h = t.person_change.c
    newer = and_(h.what == PersonChangeKind.DETAILS, h.after.has_key("phone"))
    which = or_(h.what == PersonChangeKind.PHONE_CONFIRMED, newer)
    found = CHANGE.all(act, CHANGE.select(h.person_id == person_id, which).order_by(h.version.desc()).limit(1))
    return found[0] if found and found[0].what is PersonChangeKind.PHONE_CONFIRMED else None


def is_new(act: Act, person: Any, rest_days: int) -> ColumnElement[bool]:
    """Whether a person's number was written within `rest_days`, whoever wrote it; `person` is her id, or its column."""
    h = t.person_change.c
    since = act.today - timedelta(days=rest_days)
    written = h.what == PersonChangeKind.DETAILS, h.after.has_key("phone"), h.on > since
    return select(h.person_id).where(h.person_id == person, *written).exists()


def goes_to_a_new_number(act: Act, id_: PersonId, rest_days: int) -> bool:
    """Whether a message to her would reach a number that is newer than an account may be."""
    return bool(act.connection.scalar(select(is_new(act, id_, rest_days))))


def number(act: Act, claim: Claim, rest_days: int) -> Number:
    """Her number as a word for a claim may count on it: nobody who entered its facts, wrote the account, or asks now
    has made it. One that took the place of another is new for `rest_days`."""
    p, person_id = t.person.c, claim.person_id
    known = select(p.id).where(p.id == person_id, p.phone.is_not(None), p.phone != "")
    hands = _hands(act, claim)
    made = select(p.id).where(p.id == person_id, p.registered_by.in_(hands))
    wrote, new = _written(act, person_id, hands, rest_days)
    asked = {"known": known, "made": made, "wrote": wrote, "new": new}
    row = act.connection.execute(select(*(query.exists().label(name) for name, query in asked.items()))).one()
    return Number(row.known, row.made or row.wrote, row.new)


def _hands(act: Act, claim: Claim) -> CompoundSelect[Any]:
    """Who asks, who wrote the account that stands, and who entered facts of the claim. The register's own files and
    commands come by machines, whose ids are words: they are nobody's hand."""
    k, a = t.claim_change.c, t.payee.c
    return union(
        select(literal(act.actor.id)),
        select(a.changed_by).where(a.person_id == claim.person_id, a.current, a.changed_by.regexp_match(A_PERSON)),
        select(k.by).where(k.claim_id == claim.id, k.facts != {}, k.by.regexp_match(A_PERSON)),
    )


def _written(
    act: Act, person_id: PersonId, hands: CompoundSelect[Any], rest_days: int
) -> tuple[Select[tuple[str]], Select[tuple[str]]]:
    """Whether one of these hands has written her number, and whether anybody has of late."""
    h = t.person_change.c
    written = select(h.person_id).where(
        h.person_id == person_id, h.what == PersonChangeKind.DETAILS, h.after.has_key("phone")
    )
    return written.where(h.by.in_(hands)), written.where(h.on > act.today - timedelta(days=rest_days))


def confirmed(claim: Claim) -> ColumnElement[bool]:
    """Whether she has said a code since the facts and the account are as they are now."""
    k, p = t.claim_change.c, t.payee.c
    later = select(k.claim_id).where(k.claim_id == claim.id, k.facts != {}, k.at > c.asked_at)
    account = select(p.id).where(p.person_id == claim.person_id, p.current).scalar_subquery()
    return (
        select(c.id)
        .where(
            c.claim_id == claim.id,
            c.confirmed_at.is_not(None),
            c.payee_id.is_not_distinct_from(account),
            ~later.exists(),
        )
        .exists()
    )
