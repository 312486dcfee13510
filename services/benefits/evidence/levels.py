"""Whether the law of a year, at the wages of that year, still reaches the levels that conventions ask for.

The checker of conformance measures the law as it does on its own page. The skilled worker's wage is that of the persons
of the file, as C102 article 65(6) defines him: (c) earnings that three in four of all persons protected do not exceed,
(d) 125 per cent of the average; other wages of the country's profile grow as wages do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.conformance.checks.result import FAIL, NOT_APPLICABLE, Context, Result
from services.benefits.conformance.checks.running import run
from services.benefits.conformance.law import Law
from services.benefits.conformance.profile import Datum, Profile, profile, scheme
from services.benefits.conformance.report import every_requirement
from services.benefits.conformance.standards import requirement
from services.benefits.domain.assessment import Citation
from services.benefits.evidence.laws import Laws
from services.benefits.evidence.through import Through, figure_in
from shared.money import exponent

#: The tests of levels that a ceiling or a minimum decides, and the conventions whose they are.
TESTS = ("ceiling65", "level66", "two_thirds")
CONVENTIONS = ("C102", "C130", "C183")
SOURCE = Citation("The persons of the file, with the growth of wages that is assumed", "default")
MONTHS = 12


def levels(laws: Mapping[str, Laws], through: Through, after: int, insured: Mapping[str, Any]) -> dict[str, Any]:
    """What the checker says of each law at the end of a year; a law that no rule has moved by then is measured once."""
    year, found = through.year + after, dict[str, Any]()
    for name, law in laws.items():
        same = [other for other in found if _alike(laws[other], law, through, year)]
        found[name] = found[same[-1]] if same else _measured(law, through, after, insured)
    return found


def _alike(one: Laws, two: Laws, through: Through, year: int) -> bool:
    """Whether two laws are one but for figures that a rule raises, and these are the same in a year."""
    if (one.title, one.since) != (two.title, two.since):
        return False
    return all(figure_in(one, name, year) == figure_in(two, name, year) for name, _ in through.rules)


def _measured(laws: Laws, through: Through, after: int, insured: Mapping[str, Any]) -> list[dict[str, Any]]:
    on = date(through.year + after, 12, 31)
    law = Law(laws.country, on, laws.on(on), scheme(laws.country))
    about = _profile(profile(laws.country, on), through.wages[after], insured, law.pack.currency)
    context = Context(law, about)
    wanted = [
        (asked, branch)
        for asked, branch in every_requirement()
        if asked.test in TESTS and asked.instrument in CONVENTIONS
    ]
    results = [run(asked, branch, context) for asked, branch in wanted]
    return [_json(result) for result in results if result.verdict != NOT_APPLICABLE]


def _profile(known: Profile, factor: Fraction, insured: Mapping[str, Any], currency: str) -> Profile:
    """The country's profile with the wages of a year: of the skilled worker those of the persons of the file."""
    unit = 10 ** exponent(currency)
    persons, wages = sum(insured["persons"]["sex"]), sum(insured["wages"]["sex"])
    skilled = {name: _later(datum, factor) for name, datum in known.skilled.items() if name in "ab"}
    if persons and insured["three_quarters"]:
        average = requirement("C102-65-CEILING").term("of_the_average")
        skilled["c"] = Datum(Fraction(insured["three_quarters"], unit) * factor, SOURCE)
        skilled["d"] = Datum(Fraction(wages, persons * MONTHS * unit) * average * factor, SOURCE)
    return replace(
        known,
        skilled=skilled,
        labourer=known.labourer and _later(known.labourer, factor),
        lowest=known.lowest and _later(known.lowest, factor),
    )


def _later(datum: Datum, factor: Fraction) -> Datum:
    return replace(datum, value=datum.value * factor)


def _json(result: Result) -> dict[str, Any]:
    asked = result.requirement
    return {
        "id": asked.id,
        "instrument": asked.instrument,
        "article": asked.article,
        "branch": result.branch,
        "verdict": result.verdict,
        # Below as measured, by every definition that may be chosen. A verdict that rests on practice whose text nobody
        # has read is left to a person, and is below all the same.
        "below": result.shortfall is not None,
        "in_doubt": result.shortfall is None and any(one.verdict == FAIL for one in result.alternatives),
        "rate": None if result.found is None else str(result.found),
        "needed": str(asked.value),
        "holds_up_to": None if result.limit is None else str(result.limit),
        "readings": {one.name: one.verdict for one in result.alternatives},
    }
