"""What a test says of a requirement, and what it is handed: the law and the profile of a country."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from services.benefits.conformance.law import Law, NoBenefit
from services.benefits.conformance.measure import Branch, Tried, branch
from services.benefits.conformance.profile import Profile
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Citation, Text

PASS, FAIL, REVIEW, NOT_APPLICABLE, NO_DATA = "pass", "fail", "review", "not_applicable", "no_data"
VERDICTS = (PASS, FAIL, REVIEW, NO_DATA, NOT_APPLICABLE)


@dataclass(frozen=True)
class Alternative:
    """One of several readings a State may choose between, and what comes of it."""

    name: str
    verdict: str
    words: Text
    declared: bool = False

    def json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "verdict": self.verdict,
            "words": self.words.json(),
            "declared": self.declared,
        }


@dataclass(frozen=True)
class Change:
    """The smallest change of one figure (or of several together) at which a verdict flips; `verified` by a run."""

    figures: tuple[tuple[str, Fraction, Fraction, str], ...]  # name, from, to, unit
    benefit: str
    words: tuple[Text, ...]
    verified: bool

    def json(self) -> dict[str, object]:
        return {
            "benefit": self.benefit,
            "figures": [{"figure": n, "from": str(a), "to": str(b), "unit": u} for n, a, b, u in self.figures],
            "words": [one.json() for one in self.words],
            "verified": self.verified,
        }


@dataclass(frozen=True)
class Result:
    """What one test says of one requirement and branch."""

    requirement: Requirement
    branch: str
    verdict: str
    cell: Text
    why: Text
    found: Fraction | None = None
    question: Text | None = None
    notes: tuple[Text, ...] = ()
    tried: tuple[Tried, ...] = ()
    sources: tuple[Citation, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    would: str = ""
    limit: Fraction | None = None  # the skilled wage up to which it holds
    changes: tuple[Change, ...] = ()
    shortfall: Fraction | None = None
    #: What decides the verdict and was not read in a text: its name and the kind of evidence.
    rests: tuple[tuple[str, str], ...] = ()

    @property
    def weakest(self) -> str:
        """The weakest evidence that the verdict rests on; empty where all was read."""
        kinds = {kind for _, kind in self.rests}
        return next((kind for kind in ("default", "recalled") if kind in kinds), "")

    @property
    def key(self) -> str:
        return f"{self.requirement.id} {self.branch}"

    @property
    def unconfirmed(self) -> list[tuple[str, str]]:
        """Figures of the law behind this verdict whose text nobody here has read."""
        found = {u.figure: u.citation.evidence for tried in self.tried for u in tried.assessment.unconfirmed}
        return sorted(found.items())


@dataclass
class Context:
    """A law and a profile; what is measured is measured once."""

    law: Law
    profile: Profile
    latest: int | None = None  # how many days late a birth is tried, where not as the requirement says
    _branches: dict[str, Branch | None] = field(default_factory=dict)

    def branch(self, name: str) -> Branch:
        """Raises `NoBenefit`."""
        if name not in self._branches:
            try:
                self._branches[name] = branch(self.law, name)
            except NoBenefit:
                self._branches[name] = None
        found = self._branches[name]
        if found is None:
            raise NoBenefit(f"{self.law.pack.id} has no {name} benefit")
        return found

    @cached_property
    def currency(self) -> str:
        return self.law.pack.currency

    @property
    def runs(self) -> int:
        return sum(b.runs for b in self._branches.values() if b is not None)


Test = Callable[[Requirement, str, Context], Result]
TESTS: dict[str, Test] = {}


def test(name: str) -> Callable[[Test], Test]:
    """Make a function known as the test of a name."""

    def put(function: Test) -> Test:
        TESTS[name] = function
        return function

    return put


def worst_of(verdicts: Iterable[str]) -> str:
    """All must hold: one failure fails; what does not arise does not count."""
    found = set(verdicts)
    return next((v for v in (FAIL, NO_DATA, REVIEW, PASS) if v in found), NOT_APPLICABLE)


def best_of(verdicts: Iterable[str]) -> str:
    """One route is enough."""
    found = set(verdicts)
    return next((v for v in (PASS, REVIEW, NO_DATA, FAIL) if v in found), NOT_APPLICABLE)
