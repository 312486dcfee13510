"""The days on which money was promised, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from services.benefits.domain.ids import ClaimId
from services.benefits.domain.promise import Promise, PromiseState
from services.benefits.store.rows import Shape, kind, money
from shared.act import Act

PROMISE = Shape(Promise, t.promised_day, amount=money("minor"), state=kind("state", PromiseState))
c = t.promised_day.c
_LAST = c.state.in_((PromiseState.OPEN, PromiseState.LEFT))
_KEY = ("claim_id", "component", "no")


def of_claim(act: Act, id_: ClaimId) -> list[Promise]:
    """Every day that was promised on a claim, by instalment."""
    return PROMISE.all(act, PROMISE.select(c.claim_id == id_).order_by(c.no, c.component))


def put(act: Act, promises: Iterable[Promise]) -> None:
    """Each takes the place of the one before of its instalment."""
    rows = [PROMISE.columns(promise) for promise in promises]
    if not rows:
        return
    found = upsert(t.promised_day).values(rows)
    new = {column.name: found.excluded[column.name] for column in t.promised_day.c if column.name not in _KEY}
    act.connection.execute(found.on_conflict_do_update(index_elements=_KEY, set_=new))


def days(act: Act) -> list[date]:
    """The days that are promised now."""
    return list(act.connection.scalars(select(c.day).where(_LAST).distinct()))


def to_look_at(act: Act, off: Iterable[date]) -> list[ClaimId]:
    """The claims of which a promised day is over without her having been told what comes now, or is one of these."""
    silent = or_(c.news_by.is_(None), c.news_by < act.today)
    query = select(c.claim_id).where(_LAST, silent, or_(c.day < act.today, c.day.in_(list(off))))
    return [ClaimId(id_) for id_ in act.connection.scalars(query.distinct().order_by(c.claim_id))]
