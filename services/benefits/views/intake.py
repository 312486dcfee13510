"""The form on which a counter takes a claim in, with or without a line, and what somebody must still look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.intake import Intake
from services.benefits.domain.person import Person
from services.benefits.institution import institution
from services.benefits.usecases import registering
from services.benefits.views import forms, words
from services.benefits.views.shown import Said, Words, errors
from shared.act import Act
from shared.web import pages
from shared.web.texts import N_

FAULTS = {
    "unread": N_("Something on it could not be read."),
    "person_unknown": N_("Nobody of this office has this number or name."),
    "person_unclear": N_("Number, name and day of birth do not name one person together."),
    "received_later": N_("It says that it came in after today."),
    "same_claim": N_("A claim that says the same is there already."),
}
#: Texts of the form besides those of a claim, with their longest.
WHO = {"name": 200, "number": 60, "phone": 40, "born_on": 40}
#: How many certificates the form has room for.
CERTIFICATES = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A day that the law asks for, with the benefits that ask for it."""

    name: str
    question: str
    benefits: str


@dataclass(frozen=True, slots=True)
class FaultLine:
    """An item that waits for somebody: its owner is who sent it."""

    id: str
    receipt: str
    name: str
    fault: Words
    owner: str
    arrived_on: date
    days: int


@dataclass(frozen=True, slots=True)
class IntakePage:
    """`item` is the item that is being looked at, `people` whom it could be about; none where a new one is typed."""

    benefits: list[dict[str, str]]
    questions: list[Question]
    certificates: range
    faults: list[FaultLine]
    typed: Said
    errors: Said
    item: Intake | None
    fault: Words | None
    people: list[Person]
    numbers: dict[str, str]
    done: list[tuple[str, str]]


def page(
    act: Act,
    typed: Mapping[str, str],
    wrong: Mapping[str, str | Words],
    *,
    item: Intake | None = None,
    done: list[tuple[str, str]] | None = None,
) -> IntakePage:
    """The form with what was typed and what is wrong with it; `done` are receipts of what was just taken in, with
    where each stands now."""
    country = institution().country
    benefits = forms.benefits_of(country, act.today)
    people = _people(act, typed) if item is not None else []
    known = store.persons.identifiers(act, [p.id for p in people])
    return IntakePage(
        benefits=[{"value": b, "label": pages.translate(words.BENEFITS.get(b, b))} for b in benefits],
        questions=_questions(country, benefits, act.today),
        certificates=range(CERTIFICATES),
        faults=[_line(x, act.today) for x in store.intakes.faults(act)],
        typed=Said(typed),
        errors=errors(wrong),
        item=item,
        fault=words.text(FAULTS, item.fault) if item is not None and item.fault else None,
        people=people,
        numbers={p.id: ", ".join(n.value for n in known.get(p.id, [])) for p in people},
        done=done or [],
    )


def _questions(country: str, benefits: list[str], on: date) -> list[Question]:
    """The days the law asks for, each once: other facts are asked when the draft is gone on with."""
    found: dict[str, tuple[str, list[str]]] = {}
    for benefit in benefits:
        for spec in forms.event_facts(country, benefit, on):
            if spec.type == "date":
                found.setdefault(spec.name, (spec.question, []))[1].append(benefit)
    return [Question(f"event_{name}", question, " ".join(of)) for name, (question, of) in found.items()]


def _line(item: Intake, today: date) -> FaultLine:
    typed = item.typed or {}
    name = typed.get("name") or typed.get("number") or "–"
    days = (today - item.arrived_on).days
    return FaultLine(
        item.id,
        item.receipt,
        name,
        words.text(FAULTS, item.fault),
        item.taken_name or item.sent_name,
        item.arrived_on,
        days,
    )


def _people(act: Act, typed: Mapping[str, str]) -> list[Person]:
    """Whom an item could be about, by all that was typed of her."""
    found: dict[str, Person] = {}
    for name in ("person", "number", "name", "phone"):
        if text := typed.get(name, "").strip():
            found |= {p.id: p for p in registering.search(act, text, 8)}
    return list(found.values())[:12]
