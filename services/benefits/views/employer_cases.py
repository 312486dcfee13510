"""A case as its employer may know it: when it was decided, which days are leave, which she pays, what she does next.

Never an amount of benefit, a diagnosis, a reason, or whether the fund pays: of the days only their edges are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.decision import Decision
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.status import Status
from services.benefits.views import employer as view
from services.benefits.views import words
from services.benefits.views.employer import Case
from services.benefits.views.shown import Words
from shared.act import Act
from shared.period import Month, Period
from shared.reading.identifiers import key_of
from shared.reading.letters import plain_digits
from shared.reading.names import fold
from shared.web.texts import N_

#: For how many days an employer's first page tells of a decision.
LATELY = timedelta(days=60)
#: Days that are leave, whoever pays them. What is not recognised, and what lies beyond a limit, is not told.
LEAVE = frozenset({Status.PAID, Status.HOLIDAY, Status.WEEKLY_REST, Status.WAITING, Status.EMPLOYER})
NEXT = {
    "answer": N_("Answer what we ask, until {until} at the latest."),
    "wage_list": N_("Show these days as leave in your wage lists of {first} to {last}."),
    "wage_list_one": N_("Show these days as leave in your wage list of {first}."),
    "pay": N_("Pay the days that are yours to pay with the wages."),
    "back": N_("Back at work: {on}, unless another paper comes. Tell the office if it is another day."),
    "ask": N_("No day of leave follows from this. Talk with the worker; the letter went to her."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What an employer is told of a decision."""

    decided_on: date
    leave: list[Period]
    yours: list[Period]
    your_days: int
    next: list[Words]


def _joined(periods: Iterable[Period]) -> list[Period]:
    """Periods in their order, those that follow each other made one."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda p: p.first):
        if found and (period.first - found[-1].last).days == 1:
            found[-1] = Period(found[-1].first, period.last)
        else:
            found.append(period)
    return found


def told(decision: Decision | None, asked_until: date | None) -> Told | None:
    """What she may know of the decision that stands; none where there is none."""
    if decision is None or decision.decided_on is None:
        return None
    assessment: Assessment = decision.assessment
    leave = _joined(span.period for span in assessment.timeline if span.status in LEAVE)
    yours = _joined(span.period for span in assessment.timeline if span.status is Status.EMPLOYER)
    days = sum((p.last - p.first).days + 1 for p in yours)
    return Told(decision.decided_on, leave, yours, days, _next(leave, yours, asked_until))


def _next(leave: list[Period], yours: list[Period], asked_until: date | None) -> list[Words]:
    found: list[Words] = []
    if asked_until is not None:
        found.append(words.text(NEXT, "answer", {"until": _day(asked_until)}))
    if not leave:
        return [*found, words.text(NEXT, "ask")]
    first, last = Month.of(leave[0].first), Month.of(leave[-1].last)
    months = {name: {"type": "month", "value": str(m)} for name, m in (("first", first), ("last", last))}
    found.append(words.text(NEXT, "wage_list", months) if first != last else _one(months))
    if yours:
        found.append(words.text(NEXT, "pay"))
    return [*found, words.text(NEXT, "back", {"on": _day(leave[-1].last + timedelta(days=1))})]


def _one(months: dict[str, Any]) -> Words:
    return words.text(NEXT, "wage_list_one", {"first": months["first"]})


def _day(on: date) -> Words:
    return {"type": "date", "value": on.isoformat()}


@dataclass(frozen=True, slots=True)
class CasePage:
    case: Case
    card: str
    told: Told | None
    receipt: str
    #: The day on which the decision was annulled and none took its place; why stands in the letter to the worker.
    annulled_on: date | None


def case(act: Act, employer_id: EmployerId, claim_id: str) -> CasePage:
    """A case of one of her workers. Raises `store.NotHere`."""
    found = next((c for c in view.cases(act, employer_id) if c.id == claim_id), None)
    if found is None:
        raise store.NotHere("claim")
    claim = store.claims.get(act, found.id)
    decision = store.decisions.last_final(act, claim.id) if claim.is_decided else None
    card = view.worker(act, employer_id, claim.person_id).number
    receipt = f"/employer/receipts/{claim.id}" if claim.origin == "employer" else ""
    gone = store.annulments.present(act, claim.id) if claim.is_decided else None
    return CasePage(found, card, told(decision, found.due), receipt, gone.decided_on if gone is not None else None)


@dataclass(frozen=True, slots=True)
class DecidedLine:
    case: Case
    told: Told


def _all_told(act: Act, found: list[Case]) -> list[DecidedLine]:
    over = {c.id: c for c in found if c.decided}
    standing = store.decisions.standing(act, list(over))
    return [DecidedLine(over[id_], t) for id_, d in standing.items() if (t := told(d, over[id_].due)) is not None]


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case as her software reads it."""

    case: Case
    card: str
    told: Told | None

    def json(self) -> dict[str, Any]:
        c, t = self.case, self.told
        return {
            "id": c.id,
            "number": c.number,
            "worker": self.card,
            "leave": next(kind for kind, leave in words.LEAVES.items() if leave == c.leave),
            "waits_for_you": c.mine,
            "due_on": c.due.isoformat() if c.due is not None else None,
            "decided": t
            and {
                "on": t.decided_on.isoformat(),
                "leave": [p.json() for p in t.leave],
                "yours": [p.json() for p in t.yours],
            },
        }


def listed(act: Act, employer_id: EmployerId) -> list[ListedCase]:
    """All her cases for her software, those that wait for her first."""
    found = view.cases(act, employer_id)
    over = {line.case.id: line.told for line in _all_told(act, found)}
    cards = store.persons.identifiers(act, list({c.person_id for c in found}))
    return [ListedCase(c, next((n.value for n in cards[c.person_id]), ""), over.get(c.id)) for c in found]


def decided(act: Act, found: list[Case]) -> list[DecidedLine]:
    """What was decided lately, the latest first."""
    lines = _all_told(act, found)
    lately = (line for line in lines if line.told.decided_on >= act.today - LATELY)
    return sorted(lately, key=lambda line: line.told.decided_on, reverse=True)


# --- found ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One of her people, with her cases."""

    id: PersonId
    name: str
    latin: str | None
    card: str
    since: date | None
    until: date | None
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class FoundPage:
    text: str
    found: list[FoundLine]


def search(act: Act, employer_id: EmployerId, text: str) -> FoundPage:
    """Her own people by name, card or phone, and her own cases by number. Whoever neither works for her nor has a case
    with her is not found, nor is somebody by the number of a case that another employer has with her."""
    text = text.strip()[:120]
    hers: dict[PersonId, list[Case]] = {}
    for one in view.cases(act, employer_id):
        hers.setdefault(one.person_id, []).append(one)
    known = store.places.present_workers(act, employer_id) | set(hers)
    people = [p for p in store.persons.find(act, text, 50) if p.id in known] if len(fold(text)) > 1 else []
    digits = "".join(c for c in plain_digits(text) if c.isdigit())
    by_case = [id_ for id_, some in hers.items() if digits and any(c.number == digits for c in some)]
    numbers = store.persons.identifiers(act, [p.id for p in people])
    if len(digits) == 12:
        people = [p for p in people if p.id in by_case or key_of(text) in {key_of(n.value) for n in numbers[p.id]}]
    found = []
    for person in people[:20]:
        jobs = [job for job in store.persons.jobs(act, person.id) if job.employer_id == employer_id]
        card = numbers[person.id][0].value if numbers[person.id] else ""
        since, until = (jobs[-1].first_day, jobs[-1].last_day) if jobs else (None, None)
        found.append(FoundLine(person.id, person.name, person.name_latin, card, since, until, hers.get(person.id, [])))
    return FoundPage(text, found)
