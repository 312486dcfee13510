"""What the numbers of a year are counted from, read once from end to end, whoever asks: only counts leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, extract, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from services.benefits.domain.claim import ClaimState
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.promise import PromiseState
from services.benefits.domain.statistics import Counted, Decided, Who, age_group
from services.benefits.store.decisions import counts
from shared.act import Act

p, c, d = t.person.c, t.claim.c, t.decision.c
_PERSON = (p.id.label("person_id"), p.office_id.label("person_office"), p.sex, p.born_on)
#: Rows that are fetched together.
STEP = 5000


def _who(row: Any, year: int) -> Who:
    return Who(PersonId(row.person_id), row.person_office, row.sex or "unknown", age_group(row.born_on, year))


def insured(act: Act, year: int) -> Iterator[tuple[Who, int]]:
    """Each person with each month of the year for which a contribution stands as paid."""
    told = t.contribution.c
    query = (
        select(*_PERSON, told.month)
        .join(t.person, p.id == told.person_id)
        .where(told.month.startswith(f"{year:04}-"), told.paid)
        .distinct()
    )
    for row in act.connection.execute(query.execution_options(yield_per=STEP)):
        yield _who(row, year), int(row.month[5:])


def claims(act: Act, year: int) -> Iterator[Counted]:
    """Each claim that had come in by the end of the year; what lies as a draft has not come in."""
    first = select(d.claim_id, func.min(d.no).label("no")).where(counts()).group_by(d.claim_id).subquery()
    last = select(d.claim_id, func.max(d.no).label("no")).where(counts()).group_by(d.claim_id).subquery()
    begun, ended = t.decision.alias("begun"), t.decision.alias("ended")
    query = (
        select(
            *_PERSON,
            c.id,
            c.benefit,
            c.received_on,
            c.state,
            begun.c.decided_on,
            begun.c.outcome,
            begun.c.assessment.label("begun"),
            ended.c.assessment.label("ended"),
        )
        .join(t.person, p.id == c.person_id)
        .outerjoin(first, first.c.claim_id == c.id)
        .outerjoin(begun, and_(begun.c.claim_id == c.id, begun.c.no == first.c.no))
        .outerjoin(last, last.c.claim_id == c.id)
        .outerjoin(ended, and_(ended.c.claim_id == c.id, ended.c.no == last.c.no))
        .where(c.received_on <= date(year, 12, 31), c.state != ClaimState.DRAFT)
    )
    for row in act.connection.execute(query.execution_options(yield_per=STEP)):
        decided = None
        if row.decided_on is not None:
            decided = Decided(row.decided_on, row.outcome, _cited(row.begun or {}))
        gone = row.state in (ClaimState.WITHDRAWN, ClaimState.LAPSED)
        days = _paid_days(row.ended or {}, year)
        yield Counted(ClaimId(row.id), _who(row, year), row.benefit, row.received_on, gone, decided, days)


def _cited(kept: dict[str, Any]) -> str | None:
    """The article behind what decided: a reason that says nothing of anybody."""
    decisive = kept.get("decisive")
    found = next((f for f in kept.get("findings", ()) if f["id"] == decisive), None)
    return str(found["citation"]["text"]) if found is not None else None


def _paid_days(kept: dict[str, Any], year: int) -> dict[int, int]:
    """How many days of each month an assessment pays."""
    found: dict[int, int] = {}
    for run in kept.get("timeline", ()):
        if run["code"] != "P":
            continue
        first, last = date.fromisoformat(run["from"]), date.fromisoformat(run["to"])
        for month in range(1, 13):
            begin = date(year, month, 1)
            end = date(year + month // 12, month % 12 + 1, 1)
            days = min(last.toordinal() + 1, end.toordinal()) - max(first.toordinal(), begin.toordinal())
            if days > 0:
                found[month] = found.get(month, 0) + days
    return found


def appeals(act: Act, year: int) -> Iterator[tuple[Who, str, date, str]]:
    """Each appeal lodged in the year: whose, against what, when, how it ended."""
    a = t.appeal.c
    query = (
        select(*_PERSON, c.benefit, a.lodged_on, a.outcome)
        .join(t.claim, c.id == a.claim_id)
        .join(t.person, p.id == c.person_id)
        .where(extract("year", a.lodged_on) == year)
    )
    for row in act.connection.execute(query):
        yield _who(row, year), row.benefit, row.lodged_on, row.outcome or "open"


def overpaid(act: Act, year: int) -> Iterator[tuple[Who, str, date, int, int]]:
    """Each overpayment found in the year, with what has come back of it (minor units)."""
    o = t.overpayment.c
    query = (
        select(*_PERSON, c.benefit, o.found_on, o.minor, o.repaid_minor)
        .join(t.claim, c.id == o.claim_id)
        .join(t.person, p.id == c.person_id)
        .where(extract("year", o.found_on) == year)
    )
    for row in act.connection.execute(query):
        yield _who(row, year), row.benefit, row.found_on, int(row.minor), int(row.repaid_minor)


def promised(act: Act, year: int) -> Iterator[tuple[Who, str, date, bool]]:
    """Each day of the year, now over, that was first promised for an instalment, and whether its money left by then;
    not those of which she was told otherwise before any money left."""
    f = t.promised_day.c
    query = (
        select(*_PERSON, c.benefit, f.first_day, f.left_on)
        .join(t.claim, c.id == f.claim_id)
        .join(t.person, p.id == c.person_id)
        .where(extract("year", f.first_day) == year, f.first_day < act.today)
        .where(or_(f.left_on.is_not(None), f.state != PromiseState.OVER))
    )
    for row in act.connection.execute(query.execution_options(yield_per=STEP)):
        kept = row.left_on is not None and row.left_on <= row.first_day
        yield _who(row, year), row.benefit, row.first_day, kept


# --- what was counted --------------------------------------------------------------------------


def keep(act: Act, year: int, made_at: datetime, body: dict[str, Any]) -> None:
    """Keep the numbers of a year in place of those of before."""
    act.connection.execute(delete(t.kept_statistics).where(t.kept_statistics.c.year == year))
    act.connection.execute(upsert(t.kept_statistics).values(year=year, made_at=made_at, body=body))


def kept(act: Act, year: int) -> tuple[datetime, dict[str, Any]] | None:
    """When the numbers of a year were counted, and what they are."""
    k = t.kept_statistics.c
    row = act.connection.execute(select(k.made_at, k.body).where(k.year == year)).first()
    return None if row is None else (row.made_at, row.body)
