"""Questions of workers, and what they were told by message."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.claim import ToldMessage
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.question import Counted, Question
from services.benefits.store.rows import Shape, of_office
from shared.act import Act

QUESTION = Shape(Question, t.question)
TOLD = Shape(ToldMessage, t.told_message)
c = t.question.c


def _seen(act: Act) -> ColumnElement[bool]:
    """Questions about claims that the asker may see: they go with a claim to another office."""
    return c.claim_id.in_(select(t.claim.c.id).where(of_office(act, t.claim)))


def add(act: Act, question: Question) -> None:
    QUESTION.add(act, question)


def save(act: Act, before: Question, after: Question) -> None:
    QUESTION.save(act, before, after)


def get(act: Act, id_: str, *, lock: bool = False) -> Question:
    """Raises `NotHere`."""
    return QUESTION.one(act, c.id == id_, _seen(act), lock=lock)


def of_claim(act: Act, claim_id: ClaimId) -> list[Question]:
    """What was asked about a claim, the latest first."""
    return QUESTION.all(act, QUESTION.select(c.claim_id == claim_id).order_by(c.asked_at.desc(), c.id.desc()))


def open_ones(act: Act, most: int = 200) -> list[Question]:
    """What waits for an answer, the oldest first."""
    return QUESTION.all(act, QUESTION.select(c.answer.is_(None), _seen(act)).order_by(c.asked_at, c.id).limit(most))


def count_open(act: Act) -> int:
    return act.connection.scalar(select(func.count()).where(c.answer.is_(None), _seen(act))) or 0


def counted(act: Act, since: date) -> Counted:
    """Questions asked since a day, and what became of them."""
    days = func.percentile_cont(0.5).within_group(c.answered_on - c.asked_on)
    came = select(func.count(), func.count(c.answered_on), days).where(c.asked_on >= since, _seen(act))
    asked, answered, median = act.connection.execute(came).one()
    return Counted(asked, answered, None if median is None else Fraction(str(median)), count_open(act))


# --- messages ----------------------------------------------------------------------------------


def add_told(act: Act, told: ToldMessage) -> None:
    """A message reached her; heard twice, it is one message."""
    act.connection.execute(upsert(t.told_message).values(**TOLD.columns(told)).on_conflict_do_nothing())


def was_told(act: Act, person_id: PersonId, template: str, since: date) -> bool:
    """Whether a message of a kind has reached her since a day."""
    m = t.told_message.c
    query = select(m.id).where(m.person_id == person_id, m.template == template, m.on_day >= since).limit(1)
    return act.connection.scalar(query) is not None


def told(act: Act, claim_id: ClaimId) -> list[ToldMessage]:
    """Messages about a claim that reached her."""
    m = t.told_message.c
    return TOLD.all(act, TOLD.select(m.claim_id == claim_id).order_by(m.on_day, m.id))
