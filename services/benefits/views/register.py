"""Registering somebody new at the desk, and persons whom one office asks of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.ids import OfficeId, PersonId
from services.benefits.domain.person import Person
from services.benefits.domain.transfer import Transfer, TransferState
from services.benefits.institution import institution
from services.benefits.law.text import words_of
from services.benefits.usecases.registering import CouldBe, Elsewhere
from services.benefits.views import words
from services.benefits.views.shown import Said, Words, errors, options
from shared.act import Act, sees
from shared.web import pages, texts
from shared.web.texts import N_

#: Why somebody at the desk could be a person who is known.
ALIKE = {
    "sounds": N_("the name sounds the same"),
    "born": N_("born on the same day"),
    "phone": N_("the same phone"),
    "employer": N_("the same employer"),
}
TRANSFERS = {"asked": N_("waits for an answer"), "given": N_("given over"), "refused": N_("not given over")}
SEXES = {"female": N_("female"), "male": N_("male"), "other": N_("other")}
PAYS = {
    "monthly": N_("the month"),
    "daily": N_("the day"),
    "hourly": N_("the hour"),
    "piece": N_("the piece"),
}
PAYEE_KINDS = {"bank": N_("bank account"), "wallet": N_("mobile wallet"), "cash": N_("cash at the counter")}
#: Months that the form has lines for; more come by file or at the person's page.
MONTHS = 3


@dataclass(frozen=True, slots=True)
class AlikeLine:
    """Somebody whom the newcomer could be."""

    id: PersonId
    href: str
    person: Person
    number: str
    why: list[Words]


@dataclass(frozen=True, slots=True)
class ElsewhereLine:
    """Somebody of another office: only where she belongs is told."""

    id: PersonId
    office: str
    phone: str
    by_number: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class RegisterPage:
    typed: Said
    errors: Said
    alike: list[AlikeLine]
    others: list[ElsewhereLine]
    #: Ids of those who were shown, for the next sending of the form.
    seen: str
    languages_spoken: list[dict[str, str]]
    sexes: list[dict[str, str]]
    insured: list[dict[str, str]]
    pays: list[dict[str, str]]
    ways: list[dict[str, str]]
    has_national: bool
    months: range


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A person asked over: by whom, why, and what became of it. Her name is told to the office she belongs to."""

    id: str
    name: str
    href: str
    office: str
    why: str
    by: str
    on: date
    state: Words
    answer: str
    to_answer: bool


def page(
    act: Act,
    typed: Mapping[str, str],
    wrong: Mapping[str, str | Words],
    alike: Sequence[CouldBe] = (),
    others: Sequence[Elsewhere] = (),
) -> RegisterPage:
    """The form, with what was typed, what is wrong, and who is known already."""
    numbers = store.persons.identifiers(act, [one.person.id for one in alike])
    return RegisterPage(
        typed=Said(typed),
        errors=errors(wrong),
        alike=[
            AlikeLine(
                one.person.id,
                f"/desk/persons/{one.person.id}",
                one.person,
                next((n.value for n in numbers[one.person.id]), ""),
                [words.text(ALIKE, code) for code in one.why],
            )
            for one in alike
        ],
        others=[_other(act, one) for one in others],
        seen=" ".join([*(one.person.id for one in alike), *(one.person_id for one in others if not one.by_number)]),
        languages_spoken=options(texts.NAMES, list(texts.NAMES)),
        sexes=options(SEXES),
        insured=[{"value": code, "label": pages.translate(words_of(code))} for code in institution().insured_as],
        pays=options(PAYS),
        ways=options(PAYEE_KINDS),
        has_national="national" in institution().schemes,
        months=range(MONTHS),
    )


def _other(act: Act, one: Elsewhere) -> ElsewhereLine:
    office = store.places.office(act, one.office)
    asked = store.transfers.open_for(act, one.person_id) is not None
    return ElsewhereLine(one.person_id, _called(act, one.office), office.phone, one.by_number, asked)


def _called(act: Act, office_id: OfficeId) -> str:
    """An office as the reader's language writes it."""
    office = store.places.office(act, office_id)
    return office.name if pages.language() == institution().language else office.name_latin


def transfers(act: Act) -> tuple[list[TransferLine], list[PersonId]]:
    """What waits for this office's answer, and what it asked for itself; and the persons whose names are told."""
    told = store.transfers.told(act)
    known = {p.id: p for p in store.persons.some(act, [one.person_id for one in told])}
    return [_line(act, one, known.get(one.person_id)) for one in told], list(known)


def _line(act: Act, one: Transfer, person: Person | None) -> TransferLine:
    asked_here = one.state is TransferState.ASKED and sees(act.actor.office or " ", one.from_office)
    other = one.to_office if asked_here else one.from_office
    return TransferLine(
        id=one.id,
        name=person.name if person is not None else "",
        href=f"/desk/persons/{person.id}" if person is not None else "",
        office=_called(act, other),
        why=one.why,
        by=one.asked_name,
        on=one.asked_on,
        state=words.text(TRANSFERS, one.state),
        answer=one.answer or "",
        to_answer=asked_here and act.actor.has("officer", "supervisor"),
    )
