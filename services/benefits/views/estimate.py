"""What am I entitled to? The page of the six questions: what was typed, read; what follows, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.benefits.domain.assessment import QUESTIONS
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.law.in_force import PackNotInForce
from services.benefits.law.text import words_of
from services.benefits.usecases import estimating
from services.benefits.usecases.estimating import Asked, Taken
from services.benefits.views import forms, words
from services.benefits.views.shown import Json, Said, Words
from shared.money import Money
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date
from shared.reading.letters import one_line, plain_digits
from shared.web import pages
from shared.web.texts import N_

#: The words of questions that no pack makes.
LABELS = {
    "wage_paid_until": N_("Your employer pays your wage until"),
    "insured_as": N_("Insured as"),
    "wage": N_("Monthly wage, as declared"),
    "months": N_("Months without a gap for which you paid contributions, up to now"),
}
#: What is meant, where a word of the law stands at a field.
HELP = {
    "wage": N_("The wage on which contributions are paid, not what you get in hand."),
    "months": N_("Count back from last month. A month without contributions is a gap: count only what came after it."),
    "wage_paid_until": N_("The last day for which you still get your wage. No day is paid by wage and by benefit."),
    "insured_as": N_("An employee works for an employer who pays contributions; others pay them themselves."),
}
HINTS = {"date": N_("for example 3/11/2025"), "wage_paid_until": N_("empty if not at all")}
#: How an answer of yes or no reads.
FLAGS = {True: N_("yes"), False: N_("no")}
#: Where a number stands that no form asks for in words of its own.
NOTHING_SAID = N_("nothing of the kind")
#: Most months and most of anything else that is counted.
MOST_MONTHS, MOST_COUNTED = 600, 400


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form; `number` stands before the first field of a question."""

    name: str
    number: str
    label: str
    kind: str
    required: bool
    value: str
    hint: str = ""
    help: str = ""
    unit: bool = False
    options: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A fact the estimate does not know: the question, what was reckoned with, and whether it matters."""

    question: str
    answer: str
    matters: bool


@dataclass(frozen=True, slots=True)
class EstimatePage:
    """The questions of a benefit, and what follows from the answers."""

    benefit: str
    offered: list[tuple[str, Words]]
    questions: list[Question]
    errors: Said
    a: Json | None
    asks_more: bool
    not_known: list[NotKnown]
    wage: Money | None
    spell: bool
    currency: str


def page(country: str, benefit: str, form: Mapping[str, str], today: date) -> EstimatePage:
    """The page of a benefit of the law in force; what follows only where the form was sent."""
    offered = forms.benefits_of(country, today)
    benefit = benefit if benefit in offered else (offered or ["sickness"])[0]
    body = in_force.pack(country, today).benefit(benefit, today) if offered else None
    asked = estimating.questions(body, institution().insured_as) if body else []
    answers, errors = _read(asked, form, today) if form else ({}, {})
    found = None
    if form and body and not errors:
        try:
            found = estimating.estimate(country, body, answers, today)
        except CaseInvalid as wrong:
            errors = {_place(e["pointer"], asked): _words(e) for e in wrong.errors}
        except PackNotInForce:
            errors = {asked[0].name: words.text(words.ERRORS, "no_law_in_force")}
    return EstimatePage(
        benefit=benefit,
        offered=[(b, words.text(words.BENEFITS, b)) for b in offered],
        questions=_shown(asked, form),
        errors=Said(errors),
        a=found.assessment.json() if found else None,
        asks_more=found is not None and found.assessment.outcome == QUESTIONS,
        not_known=[_not_known(one) for one in found.taken] if found else [],
        wage=answers.get("wage"),
        spell=body is not None and "spell.last_day" in body.facts,
        currency=institution().currency,
    )


# --- the form ----------------------------------------------------------------------------------


def _shown(asked: Sequence[Asked], form: Mapping[str, str]) -> list[Question]:
    found: list[Question] = []
    for n, one in enumerate(asked, 1):
        if one.kind == "wages":
            found.append(_field("wage", f"{n}. ", "money", form, unit=True))
            found.append(_field("months", "", "number", form))
            continue
        label = pages.translate(one.question or LABELS[one.name])
        kind = {"int": "number", "bool": "word", "date": "date", "money": "money"}.get(one.kind, one.kind)
        hint = HINTS.get(one.name) or (HINTS["date"] if kind == "date" and n == 1 else "")
        found.append(
            Question(
                one.name,
                f"{n}. ",
                label,
                kind if kind in ("date", "number", "money", "word") else "text",
                one.required,
                form[one.name] if one.name in form else _normal(one),
                pages.translate(hint) if hint else "",
                _help(one.name),
                unit=kind == "money",
                options=_options(one),
            )
        )
    return found


def _field(name: str, number: str, kind: str, form: Mapping[str, str], unit: bool = False) -> Question:
    label, value = pages.translate(LABELS[name]), form.get(name, "")
    return Question(name, number, label, kind, True, value, help=_help(name), unit=unit)


def _help(name: str) -> str:
    return pages.translate(HELP[name]) if name in HELP else ""


def _normal(one: Asked) -> str:
    """What stands in a field before anybody has typed."""
    if one.kind == "bool":
        return {True: "yes", False: "no"}.get(one.normal, "")
    if one.normal is not None:
        return str(one.normal)
    if one.name == "insured_as" or (one.choices and not one.required):
        return one.choices[0]
    return ""


def _options(one: Asked) -> list[dict[str, str]]:
    if one.kind == "bool":
        return [{"value": str(FLAGS[flag]), "label": pages.translate(FLAGS[flag])} for flag in (True, False)]
    return [{"value": choice, "label": pages.translate(words_of(choice))} for choice in one.choices]


# --- what was typed ----------------------------------------------------------------------------


class _Reader:
    """What the questions were answered with, as far as it can be read."""

    def __init__(self, form: Mapping[str, str], today: date) -> None:
        self.form, self.today = form, today
        self.answers: dict[str, Any] = {}
        self.errors: dict[str, Any] = {}

    def read(self, name: str, required: bool, take: Callable[[str], Any]) -> None:
        typed = self.form.get(name, "").strip()[:200]
        if not typed:
            if required:
                self.errors[name] = words.text(words.ERRORS, "required")
            return
        try:
            self.answers[name] = take(typed)
        except DateNotRead as unread:
            self.errors[name] = dict(unread.text)
        except NotRead as unread:
            self.errors[name] = words.not_read(unread)

    def day(self, typed: str) -> date | None:
        return read_date(typed[:60], self.today, pages.language())

    def days(self, typed: str) -> list[date]:
        found = [self.day(part) for part in typed.replace(",", " ").replace(";", " ").split()]
        return [day for day in found if day is not None]

    def amount(self, typed: str) -> Money:
        return read_amount(typed[:60], institution().currency, pages.language())

    def count(self, most: int) -> Callable[[str], int]:
        def take(typed: str) -> int:
            digits = plain_digits(one_line(typed[:20]))
            if not (digits.isdigit() and len(digits) < 5) or int(digits) > most:
                raise NotRead("not_a_number")
            return int(digits)

        return take


def _read(asked: Sequence[Asked], form: Mapping[str, str], today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    r = _Reader(form, today)
    for one in asked:
        match one.kind:
            case "wages":
                r.read("wage", True, r.amount)
                r.read("months", True, r.count(MOST_MONTHS))
            case "date":
                r.read(one.name, one.required, r.day)
            case "dates":
                r.read(one.name, one.required, r.days)
            case "money":
                r.read(one.name, one.required, r.amount)
            case "bool":
                r.read(one.name, one.required, lambda typed: typed == "yes")
            case "word":
                _word(r, one)
            case _:
                r.read(one.name, one.required, r.count(MOST_COUNTED))
    return r.answers, r.errors


def _word(r: _Reader, one: Asked) -> None:
    """One of the words the law knows; the usual kind of insurance needs no word."""
    typed = r.form.get(one.name, "").strip()
    if typed in one.choices:
        r.answers[one.name] = typed
    elif typed:
        r.errors[one.name] = words.text(words.ERRORS, "unknown_word")
    elif one.required and one.name != "insured_as":
        r.errors[one.name] = words.text(words.ERRORS, "required")


def _place(pointer: str, asked: Sequence[Asked]) -> str:
    """The field that asks for a member of a case."""
    last = pointer.rsplit("/", 1)[-1]
    names = [name for one in asked for name in (("wage", "months") if one.kind == "wages" else (one.name,))]
    aliases = {"from": "first_day", "to": "last_day", "month": "months"}
    name = aliases.get(last, last)
    return name if name in names else names[0]


def _words(error: Mapping[str, Any]) -> Words:
    return words.text(words.ERRORS, error["code"], error.get("params"))


# --- what is not known -------------------------------------------------------------------------


def _not_known(one: Taken) -> NotKnown:
    value = one.value
    if value is None or value == () or value == []:
        said = NOTHING_SAID
    elif isinstance(value, bool):
        said = FLAGS[value]
    else:
        said = words_of(value) if isinstance(value, str) else str(value)
    return NotKnown(pages.translate(one.spec.question), pages.translate(said), one.matters)
