"""A leaflet of one benefit, to read and to print: what the pack in force says, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits.conformance.in_words import written
from services.benefits.domain.assessment import Citation
from services.benefits.domain.person import Office
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.law.leaflet import Entry, Leaflet, leaflet
from services.benefits.law.pack import Benefit, Pack
from services.benefits.views import forms, words
from services.benefits.views.shown import Words
from shared.web import pages
from shared.web.texts import N_

#: The paper that proves a fact, by the fact the law asks for.
PAPERS = {
    "certificates": N_("The medical certificate for all days, with stamp and signature"),
    "birth_on": N_("The birth certificate of the child, or the paper of the hospital"),
    "child_born_on": N_("The birth certificate of the child, or the paper of the hospital"),
    "miscarriage_on": N_("The paper of the doctor or the hospital about the miscarriage"),
    "mother_died_on": N_("The death certificate, where somebody has died"),
    "received_on": N_("The paper by which the child was received"),
    "handed_over_on": N_("The paper by which the child was handed over"),
    "receipts": N_("The receipts of the hospital"),
    "contributions": N_("The pay slips of the months before, where you have them"),
}
#: What whoever claims brings for every benefit.
ALWAYS = (
    N_("Your card of the social insurance, and your identity card"),
    N_("The number of your bank account or wallet, in your name"),
)
#: What the institution has set itself.
OWN = Citation("", "default")


@dataclass(frozen=True, slots=True)
class Point:
    """One line: what it is, how much, where it stands and how sure we are of it."""

    text: str
    value: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class LeafletPage:
    """The leaflet, head by head."""

    benefit: str
    name: Words
    title: str
    law: str
    revision: str
    on: date
    conditions: list[Point]
    amounts: list[Point]
    deadline: list[Point]
    rules: list[Point]
    papers: list[str]
    asked: list[str]
    appeal_days: int
    unconfirmed: int
    offices: list[Office]


@dataclass(frozen=True, slots=True)
class LeafletsPage:
    """All benefits of the law in force, each with its own words."""

    offered: list[tuple[str, Words, str]]
    on: date


def shelf(country: str, today: date) -> LeafletsPage:
    """Which leaflets there are."""
    offered = forms.benefits_of(country, today)
    pack = in_force.pack(country, today) if offered else None
    return LeafletsPage(
        [(code, words.text(words.BENEFITS, code), _said(pack.benefits[code].description)) for code in offered if pack],
        today,
    )


def page(pack: Pack, benefit: str, on: date, offices: list[Office]) -> LeafletPage:
    """The leaflet of a benefit. Raises `UnknownBenefit`."""
    chosen = in_force.choices().options.get(pack.country, {})
    found, body = leaflet(pack, benefit, on, chosen), pack.benefit(benefit, on)
    return LeafletPage(
        benefit=benefit,
        name=words.text(words.BENEFITS, benefit),
        title=_said(body.description),
        law=_said(pack.title),
        revision=pack.revision,
        on=on,
        conditions=[_point(entry, body, pack.currency) for entry in found.conditions],
        amounts=[_point(entry, body, pack.currency) for entry in found.amounts],
        deadline=[_point(entry, body, pack.currency) for entry in found.deadline],
        rules=[_point(entry, body, pack.currency) for entry in found.rules],
        papers=_papers(body),
        asked=[_said(spec.question) for spec in body.facts.values()],
        appeal_days=institution().appeal_days,
        unconfirmed=_unconfirmed(found),
        offices=offices,
    )


def _unconfirmed(found: Leaflet) -> int:
    every = (*found.conditions, *found.amounts, *found.deadline, *found.rules)
    return sum(entry.citation.evidence != "verified" for entry in every)


def _papers(body: Benefit) -> list[str]:
    """What proves the facts that the law asks for, in its order; each paper once."""
    of_facts = [PAPERS[name] for name in body.facts if name in PAPERS]
    return [_said(paper) for paper in dict.fromkeys([*of_facts, *ALWAYS])]


# --- figures in words --------------------------------------------------------------------------


def _said(message: str) -> str:
    return pages.translate(message)


def _point(entry: Entry, body: Benefit, currency: str) -> Point:
    if entry.choice:
        option = body.book.options[entry.name]
        return Point(_said(entry.description), _said(option.choices[entry.choice]), entry.citation)
    return Point(_said(entry.description), value(entry, currency) if entry.unit else "", entry.citation)


def value(entry: Entry, currency: str) -> str:
    """What a figure comes to, as the reader writes it."""
    return written(entry.value, entry.unit, currency, pages.language())
