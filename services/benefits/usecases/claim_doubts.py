"""Doubts about a claim that follow from what else is known of the person, for an officer to judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.claim import Claim, ClaimState, Origin, day_of
from services.benefits.domain.doubts import PAID_ONCE, Doubt
from services.benefits.domain.status import Status
from services.benefits.institution import institution
from shared.act import Act
from shared.period import add_months

#: The member of the papers, and the column of a file, that says why there is a second notice.
WORD = "second_word"
_OVER = (ClaimState.WITHDRAWN, ClaimState.LAPSED)


def raised(act: Act, row: Claim, found: Assessment | None, facts: Mapping[str, Any]) -> list[Doubt]:
    """What was paid already, what is declared by nobody but the employer, and a notice too soon after another."""
    return paid_already(act, row, found, facts, set_off=True) + _declared_only(act, row) + _second_notice(act, row)


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


def paid_already(
    act: Act, row: Claim, assessment: Assessment | None, facts: Mapping[str, Any], *, set_off: bool = False
) -> list[Doubt]:
    """Other claims of the person that paid the same days or the same birth, loss or child received; a person must look
    before it is paid twice. With `set_off` not parts of one leave, where the law sets off what the others paid."""
    own = assessment.timeline.where(Status.PAID) if assessment is not None else []
    happened = [(name, day) for name in PAID_ONCE if (day := day_of(facts, "event", name)) is not None]
    found = []
    for other in store.claims.others(act, row):
        decided = store.decisions.last_final(act, other.id)
        if decided is None or not decided.total.minor:
            continue
        same_days = any(x.overlap(y) for x in own for y in decided.assessment.timeline.where(Status.PAID))
        a_part = other.benefit == row.benefit and any(left.event_on for left in decided.assessment.leaves)
        same_event = any(day == day_of(decided.facts, "event", name) for name, day in happened)
        if same_days or (same_event and not (set_off and a_part)):
            number = {"number": other.number}
            found.append(Doubt(f"days_paid:{other.number}", "days_paid", "#/spell/first_day", number))
    return found
