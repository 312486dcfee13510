"""Doubts about a claim that follow from what else is known of the person, for an officer to judge."""

from __future__ import annotations

from datetime import date

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState, Origin, day_of
from services.benefits.domain.doubts import Doubt
from services.benefits.institution import institution
from shared.act import Act
from shared.period import add_months

#: The member of the papers, and the column of a file, that says why there is a second notice.
WORD = "second_word"
_OVER = (ClaimState.WITHDRAWN, ClaimState.LAPSED)


def raised(act: Act, row: Claim) -> list[Doubt]:
    """What is declared by nobody but the employer, and a notice too soon after another."""
    return _declared_only(act, row) + _second_notice(act, row)


def _declared_only(act: Act, row: Claim) -> list[Doubt]:
    """An employer's word makes no entitlement: what she declared late, or for a time before she employed her, is
    judged by an officer."""
    found = []
    for code, months in store.persons.declared_only(act, row.person_id, row.opened_at).items():
        if months:
            params = {"first": str(months[0]), "last": str(months[-1]), "count": len(months)}
            id_ = f"{code}:{months[0]}:{months[-1]}:{len(months)}"
            found.append(Doubt(id_, code, "#/contributions", params))
    return found


def _second_notice(act: Act, row: Claim) -> list[Doubt]:
    """A leave that an employer notified although another birth lies nearer than `notices_apart_months`, with her
    word why.
    Notices of other employers count here: an officer sees them, she does not."""
    day = birth(row)
    if row.benefit != "birth" or row.origin is not Origin.EMPLOYER or day is None:
        return []
    word, found = row.papers.text(WORD), []
    for other in store.claims.every(act, row.person_id):
        on = near(other, day) if other.benefit == "birth" and other.opened_at < row.opened_at else None
        if on is not None:
            said = {"number": other.number, "on": {"type": "date", "value": on.isoformat()}, "word": word or "–"}
            found.append(Doubt(f"second_notice:{other.number}:{on}", "second_notice", "#/spell/first_day", said))
    return found


def birth(claim: Claim) -> date | None:
    """The day of a birth, or when it is expected."""
    return day_of(claim.facts, "event", "birth_on") or claim.papers.day("expected_on")


def near(claim: Claim, day: date) -> date | None:
    """The day of a claim's birth where another birth on `day` is not plausible beside it."""
    on = None if claim.state in _OVER else birth(claim)
    if on is None or add_months(min(on, day), institution().practice.notices_apart_months) <= max(on, day):
        return None
    return on
