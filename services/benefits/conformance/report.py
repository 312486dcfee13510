"""A country on a day: every requirement with its verdict, the smallest changes, the curve of each branch; and the same
through time, side by side, or for a draft."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.conformance import changes
from services.benefits.conformance.checks.result import (
    FAIL,
    NOT_APPLICABLE,
    VERDICTS,
    Context,
    Result,
    best_of,
    worst_of,
)
from services.benefits.conformance.checks.running import run
from services.benefits.conformance.law import Law, NoBenefit, draft_law, law_of
from services.benefits.conformance.measure import Tried
from services.benefits.conformance.profile import PROFILES, Profile, profile
from services.benefits.conformance.standards import Instrument, Requirement, instruments
from services.benefits.law import in_force
from services.benefits.law.in_force import INSTITUTION, PACKS
from services.benefits.law.pack import Pack

FORMAT = "conformance/1"

#: Years the doors answer for; a report tries cases that run for years.
FIRST_YEAR, LAST_YEAR = 1950, 2150


@dataclass(frozen=True)
class Drawing:
    """The replacement rate of one branch over the earnings range: the benefit at its kinks, straight between them."""

    branch: str
    points: tuple[tuple[Fraction, tuple[Fraction, ...]], ...]
    days: tuple[int, ...]
    counted: Fraction | None
    family_in_work: Fraction
    family_in_contingency: Fraction

    def rate(self, earnings: Fraction, part: int) -> Fraction:
        """RR at some earnings in one phase of the benefit."""
        before = [(x, y) for x, y in self.points if x <= earnings]
        after = [(x, y) for x, y in self.points if x >= earnings]
        one, two = before[-1] if before else after[0], after[0] if after else before[-1]
        benefit = one[1][part]
        if two[0] != one[0]:
            benefit += (two[1][part] - one[1][part]) * (earnings - one[0]) / (two[0] - one[0])
        return (benefit + self.family_in_contingency) / (earnings + self.family_in_work)

    def json(self) -> dict[str, Any]:
        return {
            "branch": self.branch,
            "from_days": [d + 1 for d in self.days],
            "points": [{"earnings": str(x), "benefit": [str(v) for v in y]} for x, y in self.points],
            "counted": None if self.counted is None else str(self.counted),
        }


@dataclass(frozen=True)
class Report:
    """Every requirement of every instrument for one law and one profile."""

    country: str
    name: str
    on: date
    statute: str
    title: str
    revision: str
    currency: str
    draft: str
    profile: Profile
    results: tuple[Result, ...]
    drawings: tuple[Drawing, ...]
    notes: tuple[str, ...]
    runs: int

    def result(self, id: str, branch: str = "") -> Result:
        """The result of a requirement; of one branch where it has several. Raises `KeyError`."""
        for found in self.results:
            if found.requirement.id == id and branch in ("", found.branch):
                return found
        raise KeyError(id)

    def counts(self, instrument: str = "") -> dict[str, int]:
        """How many obligations have which verdict; routes between which a State chooses are one obligation."""
        found = dict.fromkeys(VERDICTS, 0)
        for verdict in obligations(r for r in self.results if instrument in ("", r.requirement.instrument)).values():
            found[verdict] += 1
        return found

    def json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "country": self.country,
            "name": self.name,
            "on": self.on.isoformat(),
            "statute": {"id": self.statute, "title": self.title, "revision": self.revision},
            "draft": self.draft,
            "currency": self.currency,
            "profile": {
                "year": self.profile.year,
                "invented": self.profile.invented,
                "ratified": {k: v.answer for k, v in self.profile.ratified.items()},
                "declared": dict(self.profile.declared),
                "note": self.profile.note,
            },
            "counts": {i.code: self.counts(i.code) for i in instruments()} | {"all": self.counts()},
            "requirements": [result_json(r) for r in self.results],
            "curves": [d.json() for d in self.drawings],
            "notes": list(self.notes),
        }


def obligations(results: Iterable[Result]) -> dict[str, str]:
    """Verdicts by obligation: within a route all must hold, between routes one is enough."""
    routes: dict[str, dict[str, list[str]]] = {}
    for result in results:
        r = result.requirement
        name = f"{r.group} {result.branch}" if r.group else result.key
        routes.setdefault(name, {}).setdefault(r.route, []).append(result.verdict)
    return {name: best_of(worst_of(v) for v in found.values()) for name, found in routes.items()}


def result_json(result: Result) -> dict[str, Any]:
    r = result.requirement
    return {
        "id": r.id,
        "instrument": r.instrument,
        "article": r.article,
        "branch": result.branch,
        "label": r.label,
        "compares": r.description,
        "applies": r.applies,
        "threshold": None if r.value is None else str(r.value),
        "unit": r.unit,
        "evidence": {"citation": r.citation.text, "evidence": r.citation.evidence},
        "verdict": result.verdict,
        "would": result.would or None,
        "route": r.route or None,
        "found": None if result.found is None else str(result.found),
        "shortfall": None if result.shortfall is None else str(result.shortfall),
        "cell": result.cell.json(),
        "why": result.why.json(),
        "question": result.question.json() if result.question else None,
        "notes": [n.json() for n in result.notes],
        "holds_up_to": None if result.limit is None else str(result.limit),
        "alternatives": [a.json() for a in result.alternatives],
        "changes": [c.json() for c in result.changes],
        "sources": [c.json() for c in result.sources],
        "decided_by": [{"what": n, "evidence": e} for n, e in result.rests],
        "rests_on": [{"figure": n, "evidence": e} for n, e in result.unconfirmed],
        "runs": [tried_json(one) for one in result.tried],
    }


def tried_json(tried: Tried) -> dict[str, Any]:
    found = tried.assessment
    try:
        case: Any = tried.case.json()
    except ValueError:  # an earnings level that no decimal can write; the run shows it as a fraction
        case = None
    return {
        "benefit": found.benefit,
        "statute": found.statute.id if found.statute else None,
        "earnings": str(tried.earnings),
        "first_day": tried.case.spell.first_day.isoformat() if tried.case.spell.first_day else None,
        "days": tried.letters(),
        "outcome": found.outcome,
        "exact": str(tried.exact()),
        "payable": str(tried.payable()),
        "case": case,
    }


# Making ---------------------------------------------------------------------------------------------


def report(
    country: str,
    on: date,
    *,
    profiles: Sequence[Path] = (),
    folder: Path = PACKS,
    institution_file: Path = INSTITUTION,
    with_changes: bool = True,
) -> Report:
    """Every requirement for a country on a day. Raises `UnknownCountry`, `PackNotInForce`, `FigureFault`."""
    law = law_of(country, on, folder=folder, institution_file=institution_file)
    return examine(law, profile(country, on, (PROFILES, *profiles)), with_changes=with_changes)


@lru_cache(maxsize=128)
def measured(country: str, on: date) -> Report:
    """`report` of the product's own packs and profiles, kept: the law does not change while a process runs."""
    return report(country, on)


def report_draft(pack: Pack, on: date, *, profiles: Sequence[Path] = (), with_changes: bool = True) -> Report:
    """The same for a draft reform, as if it were in force on that day."""
    found = examine(draft_law(pack, on), profile(pack.country, on, (PROFILES, *profiles)), with_changes=with_changes)
    return replace(found, draft=pack.folder.name)


def examine(law: Law, about: Profile, *, with_changes: bool = True, only: Iterable[str] = ()) -> Report:
    """Every requirement (or only some) for one law and one profile."""
    context = Context(law, about)
    wanted = set(only)
    results = [
        run(requirement, branch, context)
        for requirement, branch in every_requirement()
        if not wanted or requirement.id in wanted
    ]
    if with_changes:
        results = [
            replace(found, changes=changes.smallest(found, context)) if found.verdict == FAIL else found
            for found in results
        ]
    drawings = tuple(d for name in ("sickness", "maternity") if (d := drawing(context, name)) is not None)
    pack = law.pack
    return Report(
        country=law.country,
        name=about.name or law.scheme.name or law.country.upper(),
        on=law.on,
        statute=pack.id,
        title=pack.title,
        revision=pack.revision,
        currency=pack.currency,
        draft="",
        profile=about,
        results=tuple(results),
        drawings=drawings,
        notes=law.scheme.notes,
        runs=context.runs,
    )


def every_requirement() -> Iterator[tuple[Requirement, str]]:
    for instrument in instruments():
        for requirement in instrument.requirements:
            for branch in requirement.branches:
                yield requirement, branch


def drawing(context: Context, name: str) -> Drawing | None:
    try:
        found = context.branch(name)
        curve = found.curve
    except NoBenefit:
        return None
    family = context.profile if name == "sickness" else None
    return Drawing(
        name,
        tuple(sorted(curve.points.items())),
        tuple(found.changes),
        found.counted,
        family.family_in_work if family else Fraction(0),
        family.family_in_contingency if family else Fraction(0),
    )


# Through time, side by side -------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """Verdicts on one date, with the skilled wage up to which the ceiling would do."""

    on: date
    statute: str
    verdicts: dict[str, str]
    limits: dict[str, Fraction]
    law: Law = field(repr=False, compare=False)
    about: Profile = field(repr=False, compare=False)

    def json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "statute": self.statute,
            "verdicts": self.verdicts,
            "holds_up_to": {k: str(v) for k, v in self.limits.items()},
        }


def series(
    country: str,
    dates: Iterable[date],
    *,
    profiles: Sequence[Path] = (),
    folder: Path = PACKS,
    institution_file: Path = INSTITUTION,
) -> list[Moment]:
    """Verdicts on a series of dates; days before the first pack are left out."""
    found = []
    for on in dates:
        try:
            law = law_of(country, on, folder=folder, institution_file=institution_file)
        except in_force.PackNotInForce:
            continue
        about = profile(country, on, (PROFILES, *profiles))
        made = examine(law, about, with_changes=False)
        verdicts = {r.key: r.verdict for r in made.results}
        limits = {r.key: r.limit for r in made.results if r.limit is not None}
        found.append(Moment(on, made.statute, verdicts, limits, law, about))
    return found


#: What turned a verdict: the law alone, the data of the profile alone, or neither without the other.
LAW, DATA, BOTH = "law", "data", "both"


@dataclass(frozen=True)
class Flip:
    """A verdict that is another than on the date before, and what turned it."""

    key: str
    on: date
    before: str
    after: str
    by: str

    def json(self) -> dict[str, str]:
        return {"key": self.key, "before": self.before, "after": self.after, "by": self.by}


def flips(moments: Sequence[Moment]) -> list[Flip]:
    """What changed, when and by what: the year in which a ceiling left to drift fell below is one of new wages, not of
    new law."""
    found = []
    for one, two in itertools.pairwise(moments):
        turned = {k: v for k, v in two.verdicts.items() if one.verdicts.get(k, v) != v}
        by = _turned_by(one, two, turned)
        found += [Flip(key, two.on, one.verdicts[key], verdict, by[key]) for key, verdict in turned.items()]
    return found


def _turned_by(one: Moment, two: Moment, turned: dict[str, str]) -> dict[str, str]:
    """Each verdict that turned is measured twice more: the new law with the old data, and the old law with the new."""
    if not turned or one.about == two.about:
        return dict.fromkeys(turned, LAW)
    ids = {key.split()[0] for key in turned}

    def verdicts(law: Law, about: Profile) -> dict[str, str]:
        return {r.key: r.verdict for r in examine(law, about, with_changes=False, only=ids).results}

    new_law, new_data = verdicts(two.law, one.about), verdicts(one.law, two.about)
    found = {}
    for key, after in turned.items():
        alone = (new_law.get(key) == after, new_data.get(key) == after)
        found[key] = LAW if alone == (True, False) else DATA if alone == (False, True) else BOTH
    return found


def rows(reports: Sequence[Report]) -> Iterator[tuple[Requirement, str, list[Result | None]]]:
    """Side by side: each requirement with the result of each report."""
    tables = [{found.key: found for found in made.results} for made in reports]
    for requirement, branch in every_requirement():
        key = f"{requirement.id} {branch}"
        cells = [table.get(key) for table in tables]
        if any(cell is not None for cell in cells):
            yield requirement, branch, cells


def shown(instrument: Instrument, made: Report) -> bool:
    """Whether an instrument has anything to show for a report: C103 only where a State is bound by it."""
    return any(
        r.verdict != NOT_APPLICABLE or r.would for r in made.results if r.requirement.instrument == instrument.code
    )
