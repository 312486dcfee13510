"""What evidence for policy reads of the registers: decisions that stand, and the insured without who they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from services.benefits import tables as t
from services.benefits.domain.overpayment import RecoveryState, Way
from services.benefits.evidence.replay import Decided, Paid
from services.benefits.evidence.settled import Granted
from services.benefits.store.awards import AWARD
from services.benefits.store.decisions import DECISION, counts
from shared.act import Act
from shared.period import Month

#: Rows read at once.
TOGETHER = 500
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision that stands, by its claim: what it is for, its day, and what was decided (minor units)."""

    id: str
    claim_id: str
    benefit: str
    decided_on: date
    total_minor: int


def decided(act: Act, since: date, until: date) -> Iterator[Decided]:
    """The decision that stands on each claim that was decided between two days, both included; none annulled."""
    named = standing(act, since, until)
    for first in range(0, len(named), TOGETHER):
        some = named[first : first + TOGETHER]
        granted = _granted(act, [row.claim_id for row in some])
        for one in reckoned(act, [row.id for row in some]):
            yield replace(one, granted=granted.get(one.claim_id))


def standing(act: Act, since: date, until: date) -> Sequence[Standing]:
    """Of each claim that was decided between two days, both included, the decision that stands, in the order of their
    days; none annulled."""
    d, c = t.decision.c, t.claim.c
    others = t.decision.alias()
    final = (others.c.claim_id == c.id, counts(others))
    last = select(func.max(others.c.no)).where(*final).correlate(t.claim).scalar_subquery()
    query = (
        select(d.id, c.id.label("claim_id"), c.benefit, d.decided_on, d.total_minor)
        .select_from(t.decision.join(t.claim, and_(d.claim_id == c.id, d.no == last)))
        .where(d.decided_on >= since, d.decided_on <= until)
        .order_by(d.decided_on, d.id)
    )
    rows = act.connection.execute(query)
    return [Standing(str(id_), str(claim), benefit, on, int(minor)) for id_, claim, benefit, on, minor in rows]


def reckoned(act: Act, ids: Sequence[Any]) -> list[Decided]:
    """Some decisions with their facts and assessments, in the order of their ids as given; what was granted is not read
    here. One that is no more is left out."""
    d, c = t.decision.c, t.claim.c
    of_claim = select(d.id, c.id, c.benefit).join_from(t.decision, t.claim, d.claim_id == c.id).where(d.id.in_(ids))
    claims = {str(id_): (str(claim_id), benefit) for id_, claim_id, benefit in act.connection.execute(of_claim)}
    found = {str(one.id): one for one in DECISION.all(act, DECISION.select(d.id.in_(ids)))}
    made = []
    for id_ in (str(id_) for id_ in ids if str(id_) in found):
        one, (claim_id, benefit) = found[id_], claims[id_]
        assert one.decided_on is not None  # noqa: S101 - a final decision has its day
        made.append(Decided(id_, benefit, one.decided_on, one.facts, one.kept, one.total.minor, claim_id=claim_id))
    return made


def paid(act: Act, named: Sequence[Standing]) -> Iterator[Paid]:
    """What is set beside the ledger of decisions that stand."""
    for first in range(0, len(named), TOGETHER):
        some = named[first : first + TOGETHER]
        granted = _granted(act, [row.claim_id for row in some])
        for row in some:
            month = f"{row.decided_on:%Y-%m}"
            yield row.id, row.benefit, month, row.total_minor, granted.get(row.claim_id)


def _granted(act: Act, claim_ids: list[Any]) -> dict[str, Granted]:
    """What was granted on some claims, with what two people let go of what was paid too much."""
    r = t.recovery.c
    final = (r.claim_id.in_(claim_ids), r.state == RecoveryState.FINAL, r.way == Way.WAIVE)
    query = select(r.claim_id, func.sum(r.minor)).where(*final).group_by(r.claim_id)
    let_go = {str(id_): int(minor) for id_, minor in act.connection.execute(query)}
    awards = AWARD.all(act, AWARD.select(t.award.c.claim_id.in_(claim_ids)))
    return {str(one.claim_id): Granted.of(one, let_go.get(str(one.claim_id), 0)) for one in awards}


def insured(act: Act, before: date) -> Iterator[dict[str, Any]]:
    """Each person with a paid contribution in the twelve months before a day, as a row of a population file: sex, year
    of birth, office, as what she is insured, and her wages, the latest month first. No name, no number, and not in the
    order of the register. Whose sex or day of birth is not known is left out."""
    month = Month.of(before)
    names = [str(month.plus(-n)) for n in range(1, MONTHS + 1)]
    p, k, e = t.person.c, t.contribution.c, t.employment.c
    size = select(func.count()).where(e.employer_id == k.employer_id, e.last_day.is_(None)).scalar_subquery()
    wages = [func.sum(k.wage_minor).filter(k.month == name, k.paid) for name in names]
    query = (
        select(p.sex, p.born_on, p.office_id, p.insured_as, k.currency, func.max(size), *wages)
        .join(t.contribution, p.id == k.person_id)
        .where(k.month.in_(names), p.sex.in_(("female", "male")), p.born_on.is_not(None))
        .group_by(p.id, p.sex, p.born_on, p.office_id, p.insured_as, k.currency)
        .order_by(func.random())
    )
    for sex, born_on, office, insured_as, currency, persons, *months in act.connection.execute(query):
        yield {
            "sex": sex,
            "birth_year": born_on.year,
            "province": office,
            "insured_as": insured_as,
            "currency": currency,
            "employer": int(persons or 0),
            "wages": [int(wage or 0) for wage in months],
        }
