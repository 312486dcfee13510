"""The institution's own claim form, filled in with what is known: to be signed, or kept with the papers.

Which form, its number and its parts stand in `forms/<country>.yaml`, or in the file that FORMS_FILE names. What is not
known is an empty line to be written on.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.person import Person
from services.benefits.institution import institution
from services.benefits.views import forms, words
from services.benefits.views.shown import Words
from shared.act import Act
from shared.web import formatting, pages
from shared.web.texts import N_

FOLDER = Path(__file__).parent.parent / "forms"


@dataclass(frozen=True, slots=True)
class FormRow:
    """A line of the form; one without a value is written on by hand."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Tick:
    label: Words
    ticked: bool


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of the form: its lines, boxes to tick, and whose signature closes it."""

    title: str
    rows: list[FormRow]
    ticks: list[Tick]
    said: str
    signs: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """`number` is the institution's own, empty where none is known."""

    claim: Claim
    number: str
    office: str
    parts: list[FormPart]


TITLES = {
    "insured": N_("Insured person"),
    "benefit": N_("Kind of benefit"),
    "work": N_("Employer"),
    "sickness": N_("Sickness"),
    "birth": N_("Birth"),
    "money": N_("Money goes to"),
    "word": N_("Declaration of the person"),
    "employer_word": N_("Certificate of the employer"),
    "office": N_("For the office"),
}
LABELS = {
    "name": N_("Name"),
    "name_latin": N_("Name in Latin letters"),
    "insured_number": N_("Insured number"),
    "national_number": N_("Number of the identity card"),
    "born_on": N_("Born"),
    "address": N_("Address"),
    "phone": N_("Phone"),
    "employer": N_("Employer"),
    "employer_number": N_("Number of the employer"),
    "first_day": N_("First day"),
    "last_day": N_("Last day"),
    "illness": N_("Code of the illness"),
    "doctor": N_("Doctor, place of treatment"),
    "certificates": N_("Certificates"),
    "birth_on": N_("Day of birth of the child"),
    "children": N_("Number of children"),
    "spouse": N_("Husband or wife"),
    "wage_paid_until": N_("Wage paid until"),
    "wages_paid": N_("Wages paid during the leave"),
    "account": N_("Account"),
    "holder": N_("Holder"),
    "received_on": N_("Received on"),
    "claim_number": N_("Claim number"),
    "checked_by": N_("Checked by"),
}
SIGNS = {
    "person": N_("Signature of the insured person, day"),
    "employer": N_("Signature and seal of the employer, day"),
    "officer": N_("Signature of the officer, day"),
}
#: Said above the signature of the person.
WORD = N_("What stands here is true. I know that what was paid on false words is asked back.")


@cache
def layout(country: str) -> Mapping[str, Any]:
    """The form of a country. Raises `ValueError` for a part or a line that we do not know."""
    file = Path(os.environ.get("FORMS_FILE") or FOLDER / f"{country}.yaml")
    found: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    for part in found["parts"]:
        unknown = {part["part"]} - TITLES.keys() | set(part.get("rows", ())) - LABELS.keys()
        if unknown or part.get("signs", "person") not in SIGNS:
            raise ValueError(f"{file.name}: {', '.join(sorted(unknown)) or part['signs']} is not known")
    return found


def page(act: Act, claim: Claim, person: Person) -> FormPage:
    """The form in the language of the page."""
    found = layout(claim.country)
    office = store.places.office(act, claim.office_id)
    values = _values(act, claim, person)
    parts = [part for part in found["parts"] if _belongs(claim, part)]
    return FormPage(
        claim=claim,
        number=str(found.get("number") or ""),
        office=office.name if pages.language() == institution().language else office.name_latin,
        parts=[_part(act, claim, part, values) for part in parts],
    )


def _part(act: Act, claim: Claim, part: Mapping[str, Any], values: Mapping[str, str]) -> FormPart:
    _, kind, signs = pages.translate, part["part"], part.get("signs")
    title, sign = TITLES[kind], SIGNS[signs] if signs else ""
    labels = [(name, LABELS[name]) for name in part.get("rows", ())]
    return FormPart(
        title=_(title),
        rows=[FormRow(_(label), values.get(name, "")) for name, label in labels],
        ticks=_ticks(act, claim) if kind == "benefit" else [],
        said=_(WORD) if kind == "word" else "",
        signs=_(sign) if sign else "",
    )


def _belongs(claim: Claim, part: Mapping[str, Any]) -> bool:
    """A part about an illness is not asked of a birth, and the other way round."""
    sick = "sick" in claim.benefit or claim.benefit == "section_40"
    return not ((part["part"] == "sickness" and not sick) or (part["part"] == "birth" and sick))


def _ticks(act: Act, claim: Claim) -> list[Tick]:
    known = forms.benefits_of(institution().country, act.today)
    return [Tick(words.text(words.BENEFITS, code), code == claim.benefit) for code in known]


def _values(act: Act, claim: Claim, person: Person) -> dict[str, str]:
    return _of_person(act, person) | _of_work(act, claim, person) | _of_claim(claim)


def _day(value: Any) -> str:
    try:
        return formatting.plain_date(date.fromisoformat(str(value)), pages.language(), "long")
    except ValueError:
        return ""


def _of_person(act: Act, person: Person) -> dict[str, str]:
    numbers = {n.scheme: n.value for n in store.persons.identifiers(act, [person.id])[person.id]}
    schemes, payee = institution().schemes, store.persons.payee(act, person.id)
    account = f"{payee.bank} {payee.number}" if payee is not None and payee.number else ""
    if payee is not None and payee.kind == "cash":
        account = pages.translate(N_("cash at the counter"))
    return {
        "name": person.name,
        "name_latin": person.name_latin or "",
        "insured_number": numbers.get(schemes["insured"], ""),
        "national_number": numbers.get(schemes.get("national", ""), ""),
        "born_on": _day(person.born_on),
        "address": ", ".join(person.address),
        "phone": person.phone or "",
        "account": account,
        "holder": payee.holder if payee is not None else "",
    }


def _of_work(act: Act, claim: Claim, person: Person) -> dict[str, str]:
    job = next((job for job in reversed(store.persons.jobs(act, person.id))), None)
    paid = _last(claim.facts.get("employments"))
    found = {"wage_paid_until": _day(paid.get("wage_paid_until"))}
    if job is not None:
        employer = store.places.employer(act, job.employer_id)
        found |= {"employer": employer.name, "employer_number": employer.number}
    return found


def _of_claim(claim: Claim) -> dict[str, str]:
    facts = claim.facts
    spell, event = facts.get("spell") or {}, facts.get("event") or {}
    papers = [c for c in facts.get("certificates") or () if not c.get("cancelled")]
    return {
        "first_day": _day(spell.get("first_day")),
        "last_day": _day(spell.get("last_day")),
        "illness": str(spell.get("illness") or ""),
        "doctor": ", ".join(filter(None, (claim.papers.text("doctor"), claim.papers.text("place")))),
        "certificates": "; ".join(
            f"{c.get('number') or ''} {_day(c.get('from'))} – {_day(c.get('to'))}" for c in papers
        ),
        "birth_on": _day(event.get("birth_on")),
        "children": str(event.get("children") or ""),
        "received_on": _day(claim.received_on),
        "claim_number": claim.number,
    }


def _last(found: Any) -> Mapping[str, Any]:
    return dict(found[-1]) if found else {}
