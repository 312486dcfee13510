"""What differs between two readings of a case, fact by fact and in words: what a second person must look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.money import Money
from shared.period import Month
from shared.web import formatting, pages
from shared.web.texts import N_

#: Facts by their name on paper, in the words of the form. Others show their own name, readable.
FACTS = {
    "claimed_on": N_("Received on"),
    "first_day": N_("First day"),
    "last_day": N_("Last day"),
    "fit_on": N_("Fit for work on"),
    "illness": N_("Illness code"),
    "number": N_("Number"),
    "from": N_("From"),
    "to": N_("To"),
    "issued_on": N_("Issued on"),
    "cancelled": N_("cancelled"),
    "pay": N_("Paid by"),
    "wage_paid_until": N_("Wage paid until"),
    "wage_stopped_word": N_("Whose word"),
    "hazardous": N_("Hazardous work, or an area of hard conditions"),
    "born_on": N_("Born"),
    "sex": N_("Sex"),
    "follow_up": N_("Follow-up certificate"),
    "insured_since": N_("Insured since"),
    "wage": N_("Wage"),
    "paid": N_("Paid"),
    "employer": N_("Employer"),
    "why": N_("Why"),
    "met": N_("met"),
    "basis": N_("Legal basis"),
}
#: The parts of a case whose members stand in a list, each named by its place or by a member of its own.
LISTS = {
    "certificates": N_("Certificate"),
    "contributions": N_("Wage"),
    "employments": N_("Work and wage"),
    "earlier_spells": N_("Earlier spell"),
    "happenings": N_("Happening"),
    "absences": N_("Absence"),
    "judgements": N_("Judgement"),
    "overrides": N_("Decided otherwise"),
}
VALUES = {
    "monthly": N_("the month"),
    "daily": N_("the day"),
    "hourly": N_("the hour"),
    "piece": N_("the piece"),
    "worker": N_("the worker says so"),
    "employer": N_("the employer confirmed it"),
    "seen": N_("I saw it on paper"),
    "female": N_("female"),
    "male": N_("male"),
}
#: Follows from the rest of the case and says nothing of its own.
UNSAID = ("format", "country", "benefit")


@dataclass(frozen=True, slots=True)
class Changed:
    """A fact with what it said before and says now; "–" where it said nothing."""

    what: str
    before: str
    now: str


def changed(
    before: Mapping[str, Any], now: Mapping[str, Any], questions: Mapping[str, str], currency: str
) -> list[Changed]:
    """The facts of a case that differ, in the order of the case. `questions` are the law's words for facts of the
    event; amounts of the case are units of `currency`."""
    old, new = dict(_flat(before)), dict(_flat(now))
    places = [place for place in [*new, *(p for p in old if p not in new)] if old.get(place) != new.get(place)]
    return [
        Changed(_name(place, questions), _said(place, old.get(place), currency), _said(place, new.get(place), currency))
        for place in places
    ]


def _flat(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every single fact with its place. Months stand under their own name, so that a new one moves no other."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if place or name not in UNSAID:
                yield from _flat(member, (*place, name))
    elif isinstance(value, list | tuple) and place and place[0] in LISTS:
        for n, member in enumerate(value):
            named = {k: v for k, v in member.items() if k != "month"} if isinstance(member, Mapping) else member
            own = member.get("month") if isinstance(member, Mapping) else None
            yield from _flat(named, (*place, str(own or n + 1)))
    elif value is not None:
        yield place, value


def _name(place: tuple[str, ...], questions: Mapping[str, str]) -> str:
    last = place[-1]
    if place[0] == "event":
        return pages.translate(questions.get(last, last.replace("_", " ")))
    name = pages.translate(FACTS.get(last, last.replace("_", " ")))
    if len(place) < 3 or place[0] not in LISTS:
        return name
    which = _month(place[1]) if place[0] == "contributions" else place[1]
    part = f"{pages.translate(LISTS[place[0]])} {which}"
    return part if place[0] == "contributions" and last == "wage" else f"{part}: {name}"


def _month(text: str) -> str:
    try:
        return formatting.plain_month(f"{Month.parse(text)}-01", pages.language())
    except ValueError:
        return text


def _said(place: tuple[str, ...], value: Any, currency: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return pages.translate("yes" if value else "no")
    if place[-1] == "wage":
        return _amount(value, currency)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_said(place, part, currency) for part in value) or "–"
    text = str(value)
    try:
        return formatting.plain_date(date.fromisoformat(text), pages.language())
    except ValueError:
        if text in VALUES:
            return pages.translate(VALUES[text])
        return _month(text) if place[-1] in ("from", "to") else text


def _amount(value: Any, currency: str) -> str:
    try:
        return formatting.amount(Money.parse(str(value), currency), pages.language())
    except ValueError:
        return str(value)


def of_questions(specs: Iterable[Any]) -> dict[str, str]:
    """The law's words for the facts of the event."""
    return {spec.name: spec.question for spec in specs}
