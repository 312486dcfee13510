"""What workers ask for on their pages, as the desk sees it: questions, and another phone or account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.benefits import store
from services.benefits.domain.ids import PersonId
from services.benefits.domain.own_change import OPEN, OwnChange
from services.benefits.domain.person import Person
from services.benefits.domain.question import Counted
from services.benefits.usecases.own_changes import MEANWHILE, NOT_POSSIBLE, NOT_TOLD
from services.benefits.views import words
from services.benefits.views.shown import Said, Words
from shared.act import Act
from shared.web import pages
from shared.web.texts import N_

#: Over how many days questions are counted.
COUNTED_DAYS = 90
STATES = {
    "asked": (N_("waits for the code on her phone"), "wait"),
    "waits": (N_("takes effect on {date}"), "wait"),
    "done": (N_("done"), "go"),
    "stopped": (N_("stopped"), "no"),
    "dropped": (N_("never confirmed"), ""),
}
WHAT = {
    "phone": N_("Another phone, ending in {ending}"),
    "payee": N_("Another account, ending in {ending}"),
}
REFUSED = {
    "required": N_("This is needed."),
    "too_long": N_("This is too long."),
    "answered": N_("A colleague has answered already."),
    "none_open": N_("It waits no more."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A change she asked for: what, when, and how it stands."""

    id: str
    what: Words
    asked_on: date
    state: Words
    kind: str
    open: bool
    ended_on: date | None
    ended_name: str | None
    why: str | None


def said(change: OwnChange) -> Words:
    """What she asked for, by its last digits."""
    return words.text(WHAT, change.what, {"ending": change.ending})


def why(change: OwnChange) -> str | None:
    """Why it was stopped, in words; what the house ended by itself, in the reader's language."""
    ours = change.why in (MEANWHILE, NOT_TOLD, NOT_POSSIBLE)
    return pages.translate(change.why) if ours and change.why else change.why


def state(change: OwnChange) -> Words:
    on = {"date": {"type": "date", "value": change.due_on.isoformat()}} if change.waits and change.due_on else {}
    return words.text({code: text for code, (text, _) in STATES.items()}, change.state, on)


def own_changes(act: Act, person: Person) -> list[Asked]:
    """What of hers waits, then the last five that ended."""
    every = store.own_changes.of_person(act, person.id)
    ended = [one for one in every if one.state not in OPEN][:5]
    return [
        Asked(
            one.id,
            said(one),
            one.asked_on,
            state(one),
            STATES[one.state][1],
            one.state in OPEN,
            one.ended_on,
            one.ended_name,
            why(one),
        )
        for one in [*(one for one in every if one.state in OPEN), *ended]
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A question that waits for its answer."""

    id: str
    href: str
    number: str
    name: str
    text: str
    asked_on: date
    days: int
    answer: str
    error: Words | None


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    lines: list[Line]
    counted: Counted
    counted_days: int


def questions(
    act: Act, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> tuple[QuestionsPage, list[PersonId]]:
    """The open questions of the asker's office and whose they are; after an answer that could not be kept, with what
    was typed and why, by the question's id."""
    answers, errors = Said(typed or {}), wrong or {}
    found = store.questions.open_ones(act)
    claims = store.claims.listed(act, [q.claim_id for q in found])
    lines = [
        Line(
            q.id,
            f"/desk/claims/{q.claim_id}#questions",
            claims[q.claim_id].claim.number,
            pages.called(claims[q.claim_id].name, claims[q.claim_id].name_latin),
            q.text,
            q.asked_on,
            (act.today - q.asked_on).days,
            answers[q.id],
            words.text(REFUSED, errors[q.id]) if q.id in errors else None,
        )
        for q in found
    ]
    counted = store.questions.counted(act, act.today - timedelta(days=COUNTED_DAYS))
    return QuestionsPage(lines, counted, COUNTED_DAYS), [q.person_id for q in found]
