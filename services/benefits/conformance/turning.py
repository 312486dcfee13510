"""Which verdicts an unread figure could turn: each is moved a step up and down, and to whatever its pack names instead.
So is each unread number of the country's profile: persons protected, wages, contributions.

A figure from memory or practice behind ten verdicts does no harm where all ten stand whatever it is; one behind a
single verdict may decide it. The law is run with each other value, and the requirements of its branch are tested anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from services.benefits.conformance.beneficiary import Birth, Sick
from services.benefits.conformance.changes import Lever
from services.benefits.conformance.checks.result import NOT_APPLICABLE, Context, Result
from services.benefits.conformance.checks.running import run
from services.benefits.conformance.filling import SKILLED, STATISTICS
from services.benefits.conformance.law import Law, NoBenefit, law_of
from services.benefits.conformance.measure import STARTS, Branch, Tried
from services.benefits.conformance.profile import Datum, Profile, profile
from services.benefits.conformance.report import every_requirement
from services.benefits.conformance.standards import HERE
from services.benefits.law.figures import Amount, Figure
from services.benefits.law.scales import Rows
from shared.web.texts import N_

TURNS = HERE / "turns"
FORMAT = "turns/1"
BRANCHES = ("sickness", "maternity")
#: Evidence of a figure whose text nobody here has read.
UNREAD = ("recalled", "default", "secondary")
#: Tests that no figure of a benefit can turn: answers, statistics and declarations of the profile.
OF_PROFILE = (
    *("answer", "share", "cover130", "quotient", "majority", "statistics", "grounds", "parts", "declaration"),
    *("financing", "means67"),
)
#: What numbers of the profile are called that stand in no table of a report.
CONTRIBUTION = {
    "employee": N_("Contribution of employees"),
    "employer": N_("Contribution of employers"),
    "state": N_("Contribution of the State"),
}
LABOURER = N_("Ordinary adult male labourer (article 66)")
LOWEST = N_("The lowest wage that is insured")
#: What a pack raises for a value it cannot take.
REFUSALS = (ArithmeticError, LookupError, TypeError, ValueError, AssertionError)


@dataclass(frozen=True)
class Turned:
    """One verdict that another value of a figure turns."""

    key: str
    before: str
    after: str
    value: str
    unit: str


@dataclass(frozen=True)
class Movable:
    """An unread figure with every verdict that it could turn, each once."""

    what: str
    evidence: str
    turned: tuple[Turned, ...]


def turning(law: Law, about: Profile) -> list[Movable]:
    """Every unread figure of both benefits and unread number of the profile, the one that could turn most first."""
    context = Context(law, about)
    found: dict[tuple[str, str], dict[str, Turned]] = {}
    for name in BRANCHES:
        try:
            branch = context.branch(name)
        except NoBenefit:
            continue
        before = {r.key: r for r in _measured(context, name)}
        probes = list(_probes(branch, before.values()))
        seen = [_seen(law, probe) for probe in probes]
        for figure, evidence in _unread(law, branch):
            turned = found.setdefault((figure.description, evidence), {})
            for moved, value, unit in _moves(law, figure, branch.body.code):
                if any(_seen(moved, probe) != was for probe, was in zip(probes, seen, strict=True)):
                    for one in _turned(context, name, before, moved):
                        turned.setdefault(one.key, replace(one, value=value, unit=unit))
    for what, datum, unit, moves in _data(about):
        if datum.citation.evidence in UNREAD:
            found.setdefault((what, datum.citation.evidence), {}).update(_of_datum(context, datum, unit, moves))
    listed = [Movable(what, evidence, tuple(turned.values())) for (what, evidence), turned in found.items()]
    return sorted(listed, key=lambda one: (-len(one.turned), one.what))


def _measured(context: Context, name: str) -> list[Result]:
    """The requirements of a branch that the law itself decides."""
    return [
        run(requirement, branch, context)
        for requirement, branch in every_requirement()
        if branch == name and requirement.test not in OF_PROFILE
    ]


def _unread(law: Law, branch: Branch) -> Iterator[tuple[Figure, str]]:
    for figure in branch.body.book.figures.values():
        evidence = figure.on(law.on).citation.evidence
        if evidence in UNREAD:
            yield figure, evidence


def _moves(law: Law, figure: Figure, benefit: str) -> Iterator[tuple[Law, str, str]]:
    """The law with a figure a step more and less, in each of its rows, and with each alternative that its pack names;
    each with the other value and its unit."""
    for choice, values in figure.alternatives.items():
        other = figure.on(law.on, choice).value
        if values and isinstance(other, (Fraction, Rows)):
            yield law.with_figure(figure.name, other, benefit), choice, "word"
    for lever in _levers(figure, figure.on(law.on).value):
        step = _step(law, lever)
        for value in (lever.now + step, lever.now - step):
            if value > 0 or (value == 0 and lever.unit not in ("rate", "money")):
                try:
                    moved = lever.pull(law, value, benefit)
                except REFUSALS:
                    continue
                yield moved, str(value), lever.unit


def _levers(figure: Figure, value: Amount) -> Iterator[Lever]:
    if isinstance(value, Fraction):
        yield Lever(figure, "", value, figure.unit)
    elif isinstance(value, Rows):
        yield from (Lever(figure, row.key, row.value, value.gives) for row in value.rows)


def _step(law: Law, lever: Lever) -> Fraction:
    """One payable unit: a per cent of a rate, the smallest sum that is paid, one day, week, month or thing."""
    if lever.unit == "rate":
        return Fraction(1, 100)
    return law.pack.rounding.smallest if lever.unit == "money" else Fraction(1)


# What moving it changes -----------------------------------------------------------------------------


def _probes(branch: Branch, results: Iterable[Result]) -> Iterator[Tried]:
    """Cases whose days or amounts would change if a verdict could: the runs behind the verdicts, and those at the edges
    that no run shows."""
    for result in results:
        yield from result.tried
    fewest = branch.qualifying or 1
    for months in (fewest - 1, fewest):
        for earnings in (Fraction(1), branch.reference, branch.usual, branch.usual * 2):
            if branch.name == "sickness":
                yield branch.sick(Sick(STARTS[0], branch.length, earnings, months=months))
            else:
                yield branch.birth(Birth(STARTS[0], earnings, months=months))
    if branch.name == "maternity":
        yield branch.twins
        yield from (branch.late(days) for days in (-14, 10, 42))
        return
    yield from (branch.sick(Sick(STARTS[0] + timedelta(days=n), 3, branch.usual)) for n in range(7))


def _seen(law: Law, probe: Tried) -> list[object]:
    try:
        return [(span.period, span.status, span.amount) for span in law.days(probe.case)]
    except REFUSALS:
        return []


def _turned(context: Context, name: str, before: Mapping[str, Result], moved: Law) -> Iterator[Turned]:
    """The verdicts that are others under the moved law."""
    try:
        after = _measured(Context(moved, context.profile), name)
    except REFUSALS:
        return
    for result in after:
        was = before[result.key]
        if result.verdict != was.verdict and NOT_APPLICABLE not in (result.verdict, was.verdict):
            yield Turned(result.key, was.verdict, result.verdict, "", "")


# Numbers of the profile -----------------------------------------------------------------------------

#: A number of the profile with what it is called, its unit, and the profile with another in its place.
Moves = Callable[[Datum], Profile]


def _data(about: Profile) -> Iterator[tuple[str, Datum, str, Moves]]:
    """Persons protected, standard wages, and who bears what of the contributions."""
    for name, datum in about.statistics.items():
        yield STATISTICS[name], datum, "number", partial(_with, about, "statistics", name)
    for name, datum in about.skilled.items():
        yield SKILLED[name], datum, "money", partial(_with, about, "skilled", name)
    for name, datum in about.financing.items():
        yield CONTRIBUTION[name], datum, "number", partial(_with, about, "financing", name)
    for one, what in (("labourer", LABOURER), ("lowest", LOWEST)):
        if (known := getattr(about, one)) is not None:
            yield what, known, "money", partial(_with, about, one, "")


def _with(about: Profile, what: str, name: str, datum: Datum) -> Profile:
    value: Any = {**getattr(about, what), name: datum} if name else datum
    return replace(about, **{what: value})


def _of_datum(context: Context, datum: Datum, unit: str, moves: Moves) -> dict[str, Turned]:
    """Every verdict that another number of the profile turns: a hundredth more, and a hundredth less."""
    found: dict[str, Turned] = {}
    before = {(r.key, r.branch): r for r in _every(context)}
    for hundredths in (101, 99):
        value = datum.value * hundredths / 100
        for result in _every(replace(context, profile=moves(replace(datum, value=value)))):
            was = before[result.key, result.branch]
            if result.verdict != was.verdict and NOT_APPLICABLE not in (result.verdict, was.verdict):
                found.setdefault(result.key, Turned(result.key, was.verdict, result.verdict, str(value), unit))
    return found


def _every(context: Context) -> list[Result]:
    """All requirements; what is measured of the law is measured once, for it knows no number of the profile."""
    return [run(requirement, branch, context) for requirement, branch in every_requirement()]


# Kept -----------------------------------------------------------------------------------------------


def state(law: Law, about: Profile) -> str:
    """The digest of every figure of a law and of the profile beside it: what is kept holds for these alone."""
    figures = [
        f"{code} {name} {figure.on(law.on).value} {figure.on(law.on).citation.evidence}"
        for code, body in sorted(law.pack.benefits.items())
        for name, figure in sorted(body.book.figures.items())
    ]
    said = "\n".join([law.pack.id, law.pack.revision, *figures, repr(about)])
    return hashlib.sha256(said.encode()).hexdigest()


def kept_json(law: Law, about: Profile) -> str:
    """The file that is kept of a country."""
    body = {
        "format": FORMAT,
        "country": law.country,
        "statute": law.pack.id,
        "on": law.on.isoformat(),
        "state": state(law, about),
        "figures": [asdict(one) for one in turning(law, about)],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


@lru_cache(maxsize=64)
def kept(country: str, on: date, folder: Path = TURNS) -> tuple[Movable, ...] | None:
    """What is kept of a country, where it holds for the law and the data of a day."""
    path = folder / f"{country}.json"
    if not path.exists():
        return None
    body = json.loads(path.read_text("utf-8"))
    if body["format"] != FORMAT or body["state"] != state(law_of(country, on), profile(country, on)):
        return None
    return tuple(
        Movable(one["what"], one["evidence"], tuple(Turned(**turned) for turned in one["turned"]))
        for one in body["figures"]
    )
