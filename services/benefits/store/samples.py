"""Decisions drawn to be looked at afterwards, by somebody who had no hand in them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from services.benefits import tables as t
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import DecisionState
from services.benefits.domain.ids import ClaimId, DecisionId, OfficeId
from services.benefits.domain.sample import AUTOMATIC, Sample, Share
from services.benefits.store.rows import Shape, of_office
from shared.act import Act

SAMPLE = Shape(Sample, t.control_sample)
s, d, c = t.control_sample.c, t.decision.c, t.claim.c


def add(act: Act, sample: Sample) -> None:
    SAMPLE.add(act, sample)


def get(act: Act, decision_id: str, *, lock: bool = False) -> Sample:
    """Raises `NotHere`."""
    return SAMPLE.one(act, s.decision_id == decision_id, of_office(act, t.control_sample), lock=lock)


def save(act: Act, after: Sample) -> None:
    values = SAMPLE.columns(after)
    act.connection.execute(t.control_sample.update().where(s.decision_id == after.decision_id).values(**values))


def move(act: Act, claim_id: ClaimId, office: OfficeId) -> None:
    """A person went to another office with her claims: who looks is of that office now."""
    act.connection.execute(t.control_sample.update().where(s.claim_id == claim_id).values(office_id=office))


def hands(act: Act, claim: Claim) -> set[str | None]:
    """Whoever entered facts of a claim, registered its person, or wrote her account."""
    k, p = t.claim_change.c, t.payee.c
    wrote = select(k.by).where(k.claim_id == claim.id, k.facts != {})
    account = select(p.changed_by).where(p.person_id == claim.person_id, p.current)
    made = select(t.person.c.registered_by).where(t.person.c.id == claim.person_id)
    return {x for query in (wrote, account, made) for x in act.connection.scalars(query)}


def open_ones(act: Act, most: int = 100) -> list[Sample]:
    """What nobody has looked at yet, the oldest first."""
    query = SAMPLE.select(of_office(act, t.control_sample), s.found.is_(None))
    return SAMPLE.all(act, query.order_by(s.drawn_on, s.decision_id).limit(most))


def looked_at(act: Act, most: int = 50) -> list[Sample]:
    """What was found, the latest first."""
    query = SAMPLE.select(of_office(act, t.control_sample), s.found.is_not(None))
    return SAMPLE.all(act, query.order_by(s.looked_on.desc(), s.decision_id).limit(most))


def of_decision(act: Act, decision_id: DecisionId) -> Sample | None:
    return SAMPLE.maybe(act, s.decision_id == decision_id, of_office(act, t.control_sample))


def share(act: Act, year: int) -> Share:
    """How many decisions of a year the rules made alone, and what looking at some of them found; of all offices."""
    in_year = d.decided_on.between(date(year, 1, 1), date(year, 12, 31))
    decided = select(
        func.count().label("decided"),
        func.count().filter(d.proposed_by == AUTOMATIC).label("by_rules"),
    ).where(d.state == DecisionState.FINAL, in_year)
    row = act.connection.execute(decided).one()
    drawn = (
        select(
            func.count().filter(s.by_rules).label("drawn"),
            func.count().filter(s.by_rules, s.found.is_not(None)).label("looked_at"),
            func.count().filter(s.by_rules, s.found == "wrong").label("wrong"),
            func.count().filter(~s.by_rules).label("people_drawn"),
            func.count().filter(~s.by_rules, s.found.is_not(None)).label("people_looked_at"),
            func.count().filter(~s.by_rules, s.found == "wrong").label("people_wrong"),
        )
        .select_from(t.control_sample.join(t.decision, d.id == s.decision_id))
        .where(in_year)
    )
    return Share(**row._mapping, **act.connection.execute(drawn).one()._mapping)
