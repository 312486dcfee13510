"""Rows of benefits, always within what the asker may see. A row outside her office is as if it were not there."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, Text, and_, cast, func, insert, literal, or_, select, true, union_all, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from shared.act import HEAD_OFFICE, Act


class NotHere(LookupError):
    """There is no such thing, or not for this asker."""


class ChangedMeanwhile(ValueError):
    """Somebody else changed it since the asker looked."""


def of_office(act: Act, table: Table) -> ColumnElement[bool]:
    """The rows an asker may see: her office's; all for head office and for the house's own services."""
    actor = act.actor
    if actor.kind == "service" or actor.office == HEAD_OFFICE:
        return true()
    if actor.kind == "account" and actor.office:
        return table.c.office_id == actor.office
    if table is t.claim and actor.kind == "worker":
        return t.claim.c.id == actor.claim
    if table is t.claim and actor.employer:
        return t.claim.c.employer_id == actor.employer
    if table is t.person and actor.kind == "worker":
        return t.person.c.id == select(t.claim.c.person_id).where(t.claim.c.id == actor.claim).scalar_subquery()
    if table is t.person and actor.employer:
        return t.person.c.id.in_(select(t.employment.c.person_id).where(t.employment.c.employer_id == actor.employer))
    return literal(False)


def one(act: Act, table: Table, *where: ColumnElement[bool], lock: bool = False) -> Any:
    """The row, or `NotHere`."""
    query = select(table).where(*where)
    row = act.connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotHere(table.name)
    return row


def person(act: Act, id_: str, *, lock: bool = False) -> Any:
    return one(act, t.person, t.person.c.id == id_, of_office(act, t.person), lock=lock)


def person_to_change(act: Act, id_: str, version: int | None) -> Any:
    """The person, locked. Raises `ChangedMeanwhile` unless she is at the version the asker saw."""
    row = person(act, id_, lock=True)
    if version is not None and row.version != version:
        raise ChangedMeanwhile("person")
    return row


def claim(act: Act, id_: str, *, lock: bool = False) -> Any:
    return one(act, t.claim, t.claim.c.id == id_, of_office(act, t.claim), lock=lock)


def claim_to_change(act: Act, id_: str, version: int | None) -> Any:
    """The claim, locked. Raises `ChangedMeanwhile` unless it is at the version the asker saw."""
    row = claim(act, id_, lock=True)
    if version is not None and row.version != version:
        raise ChangedMeanwhile("claim")
    return row


def add(act: Act, table: Table, **values: Any) -> None:
    act.connection.execute(insert(table).values(**values))


def change(act: Act, table: Table, id_: str, **values: Any) -> None:
    act.connection.execute(update(table).where(table.c.id == id_).values(**values))


def rows(act: Act, query: Any) -> Sequence[Any]:
    return act.connection.execute(query).all()


# --- persons -----------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Text as it is searched: one form of each letter, small, single spaces, no marks on Latin letters."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in folded if not (unicodedata.combining(c) and ord(c) < 0x370))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def identifiers(act: Act, person_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {id_: [] for id_ in person_ids}
    query = (
        select(t.person_identifier)
        .where(t.person_identifier.c.person_id.in_(person_ids))
        .order_by(t.person_identifier.c.scheme)
    )
    for row in rows(act, query):
        found[row.person_id].append({"scheme": row.scheme, "value": row.value, "verified": row.verified})
    return found


def find_persons(act: Act, text: str, most: int = 20) -> Sequence[Any]:
    """Persons of the asker's office by insured number, claim number, phone or name in either script;
    exact matches first."""
    wanted, digits = fold(text), "".join(c for c in text if c.isdigit())
    if len(wanted) < 2:
        return []
    p = t.person
    by_name = select(p.c.id).where(*(_holds(word) for word in wanted.split()))
    by_number = select(t.person_identifier.c.person_id).where(
        t.person_identifier.c.value.in_([text.strip(), text.strip().upper(), digits])
    )
    by_claim = select(t.claim.c.person_id).where(t.claim.c.number == digits)
    # Each way in has an index of its own; one question with "or" between them would read everybody.
    ways = [by_name, by_number]
    if len(digits) == 12:
        ways.append(by_claim)
    if len(digits) >= 6:
        end = func.reverse(p.c.phone)
        ways.append(select(p.c.id).where(end.startswith(digits.lstrip("0")[::-1], autoescape=True)))
    exact = or_(p.c.id.in_(by_number), p.c.id.in_(by_claim))
    starts = p.c.search.startswith(wanted, autoescape=True)
    query = (
        select(p)
        .where(of_office(act, p), p.c.id.in_(union_all(*ways)))
        .order_by(exact.desc(), starts.desc(), p.c.search, p.c.born_on, p.c.id)
        .limit(most)
    )
    return rows(act, query)


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a person's names hold a word, asked so that the index of three-letter parts answers."""
    parts = sorted({word[at : at + 3] for at in range(len(word) - 2)})
    found = t.person.c.search.contains(word, autoescape=True)
    if not parts:
        return found
    by_index = func.name_parts(t.person.c.search, type_=ARRAY(Text)).contains(cast(array(parts), ARRAY(Text)))
    # Comparing letters costs little and stands first, for when there are too few people to go by the index.
    return and_(found, by_index)


def look_alikes(act: Act, row: Any) -> Sequence[Any]:
    """Others who could be mistaken for this person: the same name in Latin letters but for two letters. They are
    marked, never merged.

    Of a name cut in three, two wrong letters leave one piece whole, and pieces have an index; of a short name the
    first or the last three letters must be right.
    """
    name = fold(row.name_latin or row.name)
    third = len(name) // 3
    pieces = {name[:third], name[third : 2 * third], name[2 * third :]} if third >= 3 else {name[:3], name[-3:]}
    whole = [_holds(piece) for piece in sorted(pieces)]
    near = [
        p
        for p in rows(
            act,
            select(t.person).where(of_office(act, t.person), t.person.c.id != row.id, or_(*whole)).limit(1000),
        )
        if _near(fold(p.name_latin or p.name), name)
    ]
    return near[:5]


def _near(a: str, b: str) -> bool:
    """Whether two names differ by at most two letters."""
    if abs(len(a) - len(b)) > 2:
        return False
    line = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, line[0] = line[0], i
        for j, y in enumerate(b, start=1):
            last, line[j] = line[j], min(line[j] + 1, line[j - 1] + 1, last + (x != y))
    return line[-1] <= 2


def contributions(act: Act, person_id: str) -> Sequence[Any]:
    return rows(
        act,
        select(t.contribution).where(t.contribution.c.person_id == person_id).order_by(t.contribution.c.month),
    )


def employments(act: Act, person_id: str) -> Sequence[Any]:
    query = (
        select(t.employment, t.employer.c.name, t.employer.c.name_latin, t.employer.c.number)
        .join(t.employer, t.employer.c.id == t.employment.c.employer_id)
        .where(t.employment.c.person_id == person_id)
        .order_by(t.employment.c.first_day)
    )
    return rows(act, query)


def person_changes(act: Act, person_id: str) -> Sequence[Any]:
    c = t.person_change.c
    return rows(act, select(t.person_change).where(c.person_id == person_id).order_by(c.version))


def payee(act: Act, person_id: str) -> Any | None:
    return act.connection.execute(select(t.payee).where(t.payee.c.person_id == person_id, t.payee.c.current)).first()


# --- claims ------------------------------------------------------------------------------------


def claims_of(act: Act, person_id: str) -> Sequence[Any]:
    return rows(
        act,
        select(t.claim)
        .where(t.claim.c.person_id == person_id, of_office(act, t.claim))
        .order_by(t.claim.c.received_on.desc()),
    )


def queue(
    act: Act,
    states: Sequence[str],
    *,
    waits_for: str | None = None,
    most: int = 100,
    text: str = "",
    newest: bool = False,
) -> Sequence[Any]:
    """Claims of the asker's office in these states, longest waiting first, with the person's name."""
    query = (
        select(t.claim, t.person.c.name, t.person.c.name_latin)
        .join(t.person, t.person.c.id == t.claim.c.person_id)
        .where(t.claim.c.state.in_(states), of_office(act, t.claim))
        .order_by(
            *(
                (t.claim.c.received_on.desc(), t.claim.c.number.desc())
                if newest
                else (t.claim.c.received_on, t.claim.c.number)
            )
        )
        .limit(most)
    )
    if waits_for == "nobody":
        query = query.where(t.claim.c.waits_for.is_(None))
    elif waits_for == "others":
        query = query.where(t.claim.c.waits_for.in_(["doctor", "worker", "employer", "registry"]))
    elif waits_for:
        query = query.where(t.claim.c.waits_for == waits_for)
    if text:
        query = query.where(
            or_(
                t.person.c.search.contains(fold(text), autoescape=True),
                t.claim.c.number.contains(text, autoescape=True),
            )
        )
    return rows(act, query)


def counts(act: Act) -> dict[str, int]:
    query = select(t.claim.c.state, func.count()).where(of_office(act, t.claim)).group_by(t.claim.c.state)
    return dict(rows(act, query))


def changes(act: Act, claim_id: str) -> Sequence[Any]:
    return rows(
        act,
        select(t.claim_change).where(t.claim_change.c.claim_id == claim_id).order_by(t.claim_change.c.version),
    )


def decisions(act: Act, claim_id: str) -> Sequence[Any]:
    return rows(act, select(t.decision).where(t.decision.c.claim_id == claim_id).order_by(t.decision.c.no))


def last_final(act: Act, claim_id: str) -> Any | None:
    return act.connection.execute(
        select(t.decision)
        .where(t.decision.c.claim_id == claim_id, t.decision.c.state == "final")
        .order_by(t.decision.c.no.desc())
        .limit(1)
    ).first()


def proposed(act: Act, claim_id: str) -> Any | None:
    return act.connection.execute(
        select(t.decision).where(t.decision.c.claim_id == claim_id, t.decision.c.state == "proposed")
    ).first()


def award_of(act: Act, claim_id: str, *, lock: bool = False) -> Any | None:
    query = select(t.award).where(t.award.c.claim_id == claim_id)
    return act.connection.execute(query.with_for_update() if lock else query).first()


def payment_facts(act: Act, claim_id: str) -> list[Mapping[str, Any]]:
    query = (
        select(t.payment_fact)
        .where(t.payment_fact.c.claim_id == claim_id)
        .order_by(t.payment_fact.c.no, t.payment_fact.c.heard_at)
    )
    return [row._mapping for row in rows(act, query)]


def appeals(act: Act, claim_id: str) -> Sequence[Any]:
    return rows(act, select(t.appeal).where(t.appeal.c.claim_id == claim_id).order_by(t.appeal.c.lodged_on))


def letters(act: Act, claim_id: str) -> Sequence[Any]:
    return rows(
        act,
        select(t.letter).where(t.letter.c.claim_id == claim_id).order_by(t.letter.c.on_day, t.letter.c.id),
    )


def overpayment_of(act: Act, claim_id: str) -> Any | None:
    return act.connection.execute(select(t.overpayment).where(t.overpayment.c.claim_id == claim_id)).first()


def open_appeal(act: Act, claim_id: str) -> Any | None:
    """The appeal on this claim that is not decided."""
    return act.connection.execute(
        select(t.appeal).where(t.appeal.c.claim_id == claim_id, t.appeal.c.state != "decided")
    ).first()


def recoveries(act: Act, claim_id: str) -> Sequence[Any]:
    return rows(act, select(t.recovery).where(t.recovery.c.claim_id == claim_id).order_by(t.recovery.c.proposed_at))


def open_recovery(act: Act, claim_id: str) -> Any | None:
    """The proposal on an overpayment that waits for a second person."""
    return act.connection.execute(
        select(t.recovery).where(t.recovery.c.claim_id == claim_id, t.recovery.c.state == "proposed")
    ).first()


def active_recovery(act: Act, claim_id: str) -> Any | None:
    """The repayment or set-off that runs."""
    r = t.recovery
    return act.connection.execute(
        select(r).where(r.c.claim_id == claim_id, r.c.state == "final", r.c.way != "waive", r.c.ended_on.is_(None))
    ).first()


def waived_minor(act: Act, claim_id: str) -> int:
    """Minor units that two people have let go."""
    r = t.recovery
    found = select(func.coalesce(func.sum(r.c.minor), 0)).where(
        r.c.claim_id == claim_id, r.c.state == "final", r.c.way == "waive"
    )
    return int(act.connection.scalar(found) or 0)


def repayments(act: Act, claim_id: str) -> Sequence[Any]:
    return rows(act, select(t.repayment).where(t.repayment.c.claim_id == claim_id).order_by(t.repayment.c.received_on))


def repaid_minor(act: Act, claim_id: str) -> int:
    """Minor units that came back from the person."""
    return sum(row.minor for row in repayments(act, claim_id))


def office(act: Act, id_: str) -> Any:
    return one(act, t.office, t.office.c.id == id_)


def employer(act: Act, id_: str) -> Any:
    return one(act, t.employer, t.employer.c.id == id_)
