"""Claims that persons start themselves on their phones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, func, select

from services.benefits import tables as t
from services.benefits.domain.claim import Claim, ClaimState, Origin
from services.benefits.domain.ids import PersonId
from services.benefits.domain.own_start import OwnStart
from services.benefits.store import claims, phone_codes
from services.benefits.store.rows import Shape
from shared.act import Act
from shared.reading.identifiers import key_of

START = Shape(OwnStart, t.own_start)
c = t.own_start.c


def whom(act: Act, number: str, born_on: date | None, rest_days: int) -> PersonId | None:
    """The living person of a number and a day of birth whose phone is known since `rest_days`, in one question
    whatever the answer is."""
    p, i = t.person.c, t.person_identifier.c
    query = (
        select(p.id)
        .join(t.person_identifier, i.person_id == p.id)
        .where(
            i.key == key_of(number),
            p.born_on == born_on,
            p.phone.is_not(None),
            p.phone != "",
            p.deceased_on.is_(None),
            p.death_reported_on.is_(None),
            p.erased_on.is_(None),
            ~phone_codes.is_new(act, p.id, rest_days),
        )
    )
    found = act.connection.scalar(query)
    return PersonId(found) if found is not None else None


def by_hand(act: Act, id_: PersonId) -> bool:
    """Whether somebody has registered her with her own hand; the register's own files come by machines."""
    p = t.person.c
    by = select(p.id).where(p.id == id_, p.registered_by.regexp_match(phone_codes.A_PERSON))
    return act.connection.scalar(by) is not None


def add(act: Act, start: OwnStart) -> None:
    START.add(act, start)


def save(act: Act, before: OwnStart, after: OwnStart) -> None:
    START.save(act, before, after)


def known(act: Act, id_: str, *, lock: bool = False) -> OwnStart | None:
    """Whoever asks; none where there is none."""
    return START.maybe(act, c.id == id_, lock=lock)


def get(act: Act, id_: str) -> OwnStart:
    """Whoever asks. Raises `NotHere`."""
    return START.one(act, c.id == id_)


def asked_since(act: Act, id_: PersonId, moment: datetime) -> int:
    """How many codes have left to a person's phone."""
    sent = c.person_id == id_, c.asked_at > moment, c.number.is_not(None)
    return int(act.connection.scalar(select(func.count()).where(*sent)) or 0)


def forget_unused(act: Act, before: date) -> int:
    """Codes of long ago from which no claim came are forgotten; gives how many."""
    return act.connection.execute(delete(t.own_start).where(c.claim_id.is_(None), c.asked_on < before)).rowcount


def unfinished(act: Act, until: date) -> Iterable[Claim]:
    """Claims started on the phone by a day that nobody has completed, whoever asks."""
    k = t.claim.c
    mine = k.origin == Origin.PHONE, k.state == ClaimState.DRAFT, k.received_on <= until
    return claims.CLAIM.all(act, claims.CLAIM.select(*mine).order_by(k.received_on, k.id))
