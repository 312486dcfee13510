"""One case format for people, machines and case files: read with every fault named, written back the same.

The facts are declared in `domain.case`; which facts an event has, the packs say. Errors carry a pointer and a code,
never a fact that says who the person is.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.benefits.domain import codec
from services.benefits.domain.case import Case
from services.benefits.domain.history import less
from services.benefits.domain.kinds import Reader
from services.benefits.law.figures import FactSpec, is_core
from services.benefits.law.vocabulary import PACKS, countries, vocabulary
from shared.period import Period


def read_case(mapping: Any, *, packs: Path = PACKS) -> Case:
    """A case from YAML or JSON. Raises `CaseInvalid` with every fault found."""
    reader = Reader()
    if not isinstance(mapping, Mapping) or not mapping:
        reader.wrong("#", "empty" if isinstance(mapping, Mapping) else "not_a_mapping")
        reader.stop()
    facts = _asked(reader, mapping, packs)
    reader.asked = {name: spec for name, spec in facts.items() if not is_core(name)}
    if reader.errors:  # Without its benefit an event has no known facts: one fault, not one for each of them.
        mapping = {k: v for k, v in mapping.items() if k != "event"} | {"country": "?", "benefit": "?"}
    case = codec.read(Case, reader, mapping, "#")
    if reader.errors:
        reader.stop()
    assert isinstance(case, Case)  # noqa: S101 - no error was found
    _no_overlap(reader, case)
    _birth_after_insurance(reader, case)
    if reader.errors:
        reader.stop()
    assumed = {
        name: fact.assumed
        for name, fact in facts.items()
        if fact.assumed is not None and name not in case.event and not is_core(name)
    }
    in_order = tuple(sorted(case.earlier_spells, key=lambda s: (s.period, s.benefit)))
    return replace(case, earlier_spells=in_order, assumed=MappingProxyType(assumed))


#: Facts of an event that has happened when it is claimed for.
HAPPENED = ("birth_on", "miscarriage_on")


def not_yet(case: Case, today: date) -> list[str]:
    """Pointers to the days of a case that cannot lie ahead: no doctor has signed tomorrow, nobody is born then."""
    told = {f"#/certificates/{n}/issued_on": one.issued_on for n, one in enumerate(case.certificates or ())}
    event = {f"#/event/{name}": case.event.get(name) for name in HAPPENED}
    return [where for where, day in (told | event).items() if isinstance(day, date) and day > today]


def _asked(reader: Reader, top: Mapping[str, Any], packs: Path) -> Mapping[str, FactSpec]:
    """The facts the benefit of this case asks for; none, and an error, where there is no such benefit."""
    known = countries(packs)
    country = top.get("country")
    if country not in known:
        reader.wrong("#/country", "missing" if country is None else "unknown_word", choices=list(known))
        return {}
    benefits = vocabulary(str(country), packs).benefits
    benefit = top.get("benefit")
    if not isinstance(benefit, str) or benefit not in benefits:
        reader.wrong("#/benefit", "missing" if benefit is None else "unknown_benefit", choices=sorted(benefits))
        return {}
    return benefits[benefit]


def _no_overlap(reader: Reader, case: Case) -> None:
    """Two spells for the same benefit and of the same kind never share a day; one shares a day with the claim only
    where it is said that the day was paid."""
    order = sorted(
        (s.benefit, s.kind or "", s.period.first, s.period.last, n) for n, s in enumerate(case.earlier_spells)
    )
    for before, after in itertools.pairwise(order):
        if before[:2] == after[:2] and after[2] <= before[3]:
            reader.wrong(f"#/earlier_spells/{after[4]}/from", "spells_overlap", day=after[2].isoformat())
    first, last = case.spell.first_day, case.spell.last_day
    if first is None or last is None:
        return
    for n, spell in enumerate(case.earlier_spells):
        if spell.benefit != case.benefit or spell.kind or not (shared := spell.period.overlap(Period(first, last))):
            continue
        if unpaid := less([shared], spell.settled):
            reader.wrong(f"#/earlier_spells/{n}/to", "spells_overlap", day=unpaid[0].first.isoformat())


def _birth_after_insurance(reader: Reader, case: Case) -> None:
    """A birth for which an insured person claims does not lie before her insurance began."""
    birth = case.event.get("birth_on")
    if isinstance(birth, date):
        if case.insured.insured_since and birth < case.insured.insured_since:
            reader.wrong("#/event/birth_on", "birth_before_insured")
        if case.insured.born_on and birth <= case.insured.born_on:
            reader.wrong("#/event/birth_on", "birth_before_own_birth")
