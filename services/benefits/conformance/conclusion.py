"""What a report comes to: for each Part that may be accepted, whether it can be today, by which articles, and what is
missing; and which evidence stands behind the most verdicts. All of it follows from the verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.benefits.conformance.checks.result import (
    FAIL,
    NO_DATA,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Result,
    best_of,
    worst_of,
)
from services.benefits.conformance.report import Report
from services.benefits.conformance.standards import Instrument, instruments
from services.benefits.conformance.turning import Movable, Turned

#: The branch of requirements that hold for every Part.
BOTH = "both"
#: Of several routes the one that is nearest to being met.
NEAREST = (PASS, REVIEW, NO_DATA, FAIL, NOT_APPLICABLE)


@dataclass(frozen=True)
class Concluded:
    """One Part: its verdict, the articles by which it is met where several would do, what is below the standard, and
    what is to be shown or judged first."""

    instrument: str
    part: str
    branch: str
    verdict: str
    by: tuple[str, ...]
    below: tuple[Result, ...]
    to_show: tuple[Result, ...]
    to_judge: tuple[Result, ...]
    #: How many of the verdicts rest on what nobody has read in a text.
    unread: int


@dataclass(frozen=True)
class Gap:
    """What is not known or was not read, how sure it is (empty where there is nothing at all), which articles could be
    judged otherwise once it is, and which verdicts another value was seen to turn (`None` where that was not tried)."""

    what: str
    evidence: str
    articles: tuple[str, ...]
    turned: tuple[Turned, ...] | None = None

    @property
    def weight(self) -> int:
        """How many verdicts closing it could turn: those that were seen to turn, or all that wait for it."""
        return len(self.articles) if self.turned is None else len(self.turned)


def conclusions(made: Report) -> list[Concluded]:
    """Each Part of each Convention that has anything to show for a report."""
    found = []
    for instrument in instruments():
        for branch, part in instrument.parts.items():
            one = _concluded(made, instrument, branch, part)
            if one is not None:
                found.append(one)
    return found


def _concluded(made: Report, instrument: Instrument, branch: str, part: str) -> Concluded | None:
    mine = [r for r in made.results if r.requirement.instrument == instrument.code and r.branch in (branch, BOTH)]
    if not any(r.branch == branch and r.verdict != NOT_APPLICABLE for r in mine):
        return None
    counted: list[Result] = []
    by: list[str] = []
    verdicts = []
    for routes in _obligations(mine):
        verdict = best_of(worst_of(r.verdict for r in route) for route in routes)
        verdicts.append(verdict)
        chosen = routes[0]
        counted += chosen
        open_ = [route for route in routes if any(r.verdict != NOT_APPLICABLE for r in route)]
        if len(open_) > 1 and verdict != FAIL:
            by += [r.requirement.article for r in chosen if r.verdict != NOT_APPLICABLE]
    return Concluded(
        instrument.code,
        part,
        branch,
        worst_of(verdicts),
        tuple(dict.fromkeys(by)),
        tuple(r for r in counted if r.verdict == FAIL),
        tuple(r for r in counted if r.verdict == NO_DATA),
        tuple(r for r in counted if r.verdict == REVIEW),
        sum(1 for r in counted if r.weakest),
    )


def _obligations(results: Sequence[Result]) -> Iterator[list[list[Result]]]:
    """Each obligation with its routes, the ones that a State may choose between."""
    found: dict[str, dict[str, list[Result]]] = {}
    for result in results:
        r = result.requirement
        found.setdefault(r.group or result.key, {}).setdefault(r.route, []).append(result)
    for routes in found.values():
        yield sorted(routes.values(), key=lambda route: NEAREST.index(worst_of(r.verdict for r in route)))


def gaps(made: Report, moved: Sequence[Movable] | None = None) -> list[Gap]:
    """What is not known or was not read, the one that could turn most verdicts first, then the one behind most; a
    verdict of nobody's is not counted. `moved` are the unread figures with what moving them turns."""
    behind: dict[tuple[str, str], list[str]] = {}
    for result in made.results:
        if result.verdict == NOT_APPLICABLE:
            continue
        r = result.requirement
        article = f"{r.instrument} {r.article}" if r.article[0].isdigit() else r.instrument
        for key in result.rests:
            behind.setdefault(key, []).append(article)
        if result.verdict == NO_DATA:
            behind.setdefault((r.label, ""), []).append(article)
    turned = {(one.what, one.evidence): one.turned for one in moved or ()}
    for key in turned:
        if turned[key]:
            behind.setdefault(key, [])  # a figure read elsewhere is a gap where it could turn something
    found = [
        Gap(what, evidence, tuple(dict.fromkeys(articles)), turned.get((what, evidence)))
        for (what, evidence), articles in behind.items()
    ]
    return sorted(found, key=lambda gap: (-gap.weight, -len(gap.articles), gap.evidence != "", gap.what))
