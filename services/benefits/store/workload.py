"""How much waits, where, with whom and for how long; how long decisions took."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.benefits import tables as t
from services.benefits.domain.claim import OPEN, OTHERS, ClaimState, Whom
from services.benefits.domain.decision import DecisionState
from services.benefits.domain.workload import AGES, Hand, Pace, Waits
from services.benefits.store.decisions import counts
from services.benefits.store.rows import of_office
from shared.act import Act
from shared.reading.names import order_key

c, k, d = t.claim.c, t.claim_task.c, t.decision.c


def waits(act: Act) -> list[Waits]:
    """What waits in each office the asker sees: for whom, and how old it is."""
    age: ColumnElement[int] = cast(act.today - c.received_on, Integer)
    bounds = [(first, AGES[n + 1] if n + 1 < len(AGES) else None) for n, first in enumerate(AGES)]
    ages = [
        func.count().filter(age >= first, *([age < above] if above is not None else [])).label(f"age_{first}")
        for first, above in bounds
    ]
    whom = {
        "officer": c.waits_for == Whom.OFFICER,
        "supervisor": c.waits_for == Whom.SUPERVISOR,
        **{str(other): c.waits_for == other for other in OTHERS},
        "nobody": c.waits_for.is_(None),
    }
    rests = (k.rests_until > act.today) & (k.rests_version == c.version)
    query = (
        select(
            c.office_id,
            t.office.c.name,
            func.count().label("count"),
            func.count().filter(rests).label("rests"),
            func.max(age).label("oldest"),
            *ages,
            *(func.count().filter(where).label(f"for_{name}") for name, where in whom.items()),
        )
        .join(t.office, t.office.c.id == c.office_id)
        .outerjoin(t.claim_task, k.claim_id == c.id)
        .where(of_office(act, t.claim), c.state != ClaimState.DRAFT)
        .where(c.waits_for.is_not(None) | c.state.in_(OPEN - {ClaimState.DRAFT}))
        .group_by(c.office_id, t.office.c.name)
        .order_by(c.office_id)
    )
    return [_waits(row, list(whom)) for row in act.connection.execute(query)]


def _waits(row: Any, whom: list[str]) -> Waits:
    return Waits(
        office=row.name,
        count=row._mapping["count"],
        rests=row.rests,
        oldest=row.oldest or 0,
        ages=tuple(row._mapping[f"age_{first}"] for first in AGES),
        whom={name: row._mapping[f"for_{name}"] for name in whom},
    )


def hands(act: Act, since: date) -> list[Hand]:
    """Who has how much in hand, and what she decided since a day."""
    held = (
        select(k.holder, k.holder_name, func.count().label("n"), func.min(k.held_since).label("first"))
        .join(t.claim, c.id == k.claim_id)
        .where(of_office(act, t.claim), k.holder.is_not(None), c.waits_for.in_((Whom.OFFICER, Whom.SUPERVISOR)))
        .group_by(k.holder, k.holder_name)
    )
    decided = (
        select(
            d.proposed_by,
            func.max(d.proposed_name).label("name"),
            func.count().label("n"),
            func.count().filter(d.state == DecisionState.RETURNED).label("returned"),
        )
        .join(t.claim, c.id == d.claim_id)
        .where(of_office(act, t.claim), d.proposed_at >= datetime.combine(since, time(), UTC))
        .group_by(d.proposed_by)
    )
    found = {row.holder: Hand(row.holder_name, row.n, row.first, 0, 0) for row in act.connection.execute(held)}
    for row in act.connection.execute(decided):
        has = found.get(row.proposed_by)
        in_hand, first = (has.in_hand, has.first) if has is not None else (0, None)
        found[row.proposed_by] = Hand(row.name, in_hand, first, row.n, row.returned)
    return sorted(found.values(), key=lambda hand: (-hand.in_hand, -hand.decided, order_key(hand.name)))


def pace(act: Act, since: date) -> list[Pace]:
    """Days from the day a claim came in to its first decision, of those decided since a day, by office and benefit:
    half of them took so long at most, and nine in ten."""
    took: ColumnElement[int] = cast(d.decided_on - c.received_on, Integer)
    query = (
        select(
            t.office.c.name,
            c.benefit,
            func.count().label("n"),
            func.percentile_disc(0.5).within_group(took).label("half"),
            func.percentile_disc(0.9).within_group(took).label("nine"),
        )
        .select_from(t.decision.join(t.claim, c.id == d.claim_id).join(t.office, t.office.c.id == c.office_id))
        .where(of_office(act, t.claim), counts(), d.kind == "first", d.decided_on >= since)
        .group_by(c.office_id, t.office.c.name, c.benefit)
        .order_by(c.office_id, c.benefit)
    )
    return [Pace(row.name, row.benefit, row.n, row.half, row.nine) for row in act.connection.execute(query)]
