"""The numbers of a year out of the administration: persons, spells and payments are three numbers, and money is the
ledger's.

Everything is counted for each office and the offices above it, whole and by sex, age, month and benefit. Persons are
counted once in each group, however often they appear in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain.ids import ClaimId, PersonId
from shared.act import BELOW, HEAD_OFFICE

#: Upper ends of the age groups, in completed years at the end of the year; the last has none.
AGES = (19, 24, 29, 34, 39, 44, 49, 54, 59)
#: Benefits that a woman with a newborn child lives on: the numerator of SDG 1.3.1 for mothers.
MOTHERS = frozenset({"birth", "maternity"})
DIMENSIONS = ("all", "sex", "age", "month", "benefit")


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a number is about."""

    person_id: PersonId
    office: str
    sex: str
    age: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The first final decision on a claim; `reason` is the article behind what decided."""

    first_on: date
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A claim as the numbers need it. `paid_days` are the days of the year that the last decision pays."""

    id: ClaimId
    who: Who
    benefit: str
    received_on: date
    withdrawn: bool
    decided: Decided | None
    paid_days: Mapping[int, int]  # by month of the year, 1 to 12


@dataclass(frozen=True, slots=True)
class Spent:
    """What the ledger of payments spent on a claim: by month, in minor units; and when the first of it arrived."""

    first_on: date | None
    months: Mapping[int, int]


@dataclass
class Tally:
    """The numbers of one group, while they are counted."""

    protected: set[str] = field(default_factory=set)
    recipients: set[str] = field(default_factory=set)
    spells: set[str] = field(default_factory=set)
    mothers: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    appeals: Counter[str] = field(default_factory=Counter)
    to_decision: list[int] = field(default_factory=list)
    to_payment: list[int] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """As it is kept: whole numbers, minor units, days."""
        counts = {name: self.counts[name] for name in COUNTS}
        return counts | {
            "protected": len(self.protected),
            "recipients": len(self.recipients),
            "spells": len(self.spells),
            "mothers": len(self.mothers),
            "refused_by": dict(sorted(self.refused.items())),
            "appeals": dict(sorted(self.appeals.items())),
            "to_decision": _spread(self.to_decision),
            "to_payment": _spread(self.to_payment),
        }


COUNTS = (
    *("received", "granted", "granted_in_part", "refused", "pending", "days"),
    *("expenditure", "overpaid", "recovered"),
    *("promises_kept", "promises_late"),
)


def _spread(days: Sequence[int]) -> dict[str, int | None]:
    """The middle and the slow end of a number of days; nothing where there are none."""
    return {"median": part_of(days, Fraction(1, 2)), "p90": part_of(days, Fraction(9, 10))}


def part_of(days: Sequence[int], share: Fraction) -> int | None:
    """The least number of days within which at least this share was done."""
    if not days:
        return None
    ordered = sorted(days)
    return ordered[max(-(-len(ordered) * share.numerator // share.denominator), 1) - 1]


def age_group(born_on: date | None, year: int) -> str:
    """The group of completed years at the end of a year, such as `25-29`; `unknown` where no birth is known."""
    if born_on is None:
        return "unknown"
    years, low = year - born_on.year, 0
    for high in AGES:
        if years <= high:
            return f"{low}-{high}" if low else f"-{high}"
        low = high + 1
    return f"{low}-"


def offices_above(office: str) -> Iterator[str]:
    """An office, those above it, and the head office."""
    if office != HEAD_OFFICE:
        parts = office.split(BELOW)
        yield from (BELOW.join(parts[:n]) for n in range(len(parts), 0, -1))
    yield HEAD_OFFICE


class Year:
    """Counts a year: hand in what happened, then take the numbers of each office."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.last = date(year, 12, 31)
        self._tallies: dict[str, dict[str, dict[str, Tally]]] = {}

    def _groups(self, who: Who, month: int | None = None, benefit: str | None = None) -> Iterator[Tally]:
        keys = {"all": "", "sex": who.sex, "age": who.age}
        if month is not None:
            keys["month"] = f"{self.year}-{month:02}"
        if benefit is not None:
            keys["benefit"] = benefit
        for office in offices_above(who.office):
            there = self._tallies.setdefault(office, {name: {} for name in DIMENSIONS})
            for name, key in keys.items():
                yield there[name].setdefault(key, Tally())

    def insured(self, who: Who, month: int) -> None:
        """A contribution of a month stands for this person."""
        for tally in self._groups(who, month):
            tally.protected.add(who.person_id)

    def claim(self, claim: Counted, spent: Spent | None) -> None:
        """A claim with what was spent on it."""
        who, decided = claim.who, claim.decided
        if claim.received_on.year == self.year:
            self._count(claim, "received", claim.received_on)
        if decided is not None and decided.first_on.year == self.year:
            self._decided(claim, decided)
        elif (
            claim.received_on <= self.last and not claim.withdrawn and (decided is None or decided.first_on > self.last)
        ):
            self._count(claim, "pending", None)
        for month, days in claim.paid_days.items():
            for tally in self._groups(who, month, claim.benefit):
                tally.counts["days"] += days
        if spent is not None:
            self._spent(claim, spent)

    def _count(self, claim: Counted, name: str, on: date | None, many: int = 1) -> None:
        for tally in self._groups(claim.who, on.month if on else None, claim.benefit):
            tally.counts[name] += many

    def _decided(self, claim: Counted, decided: Decided) -> None:
        self._count(claim, decided.outcome, decided.first_on)
        days = (decided.first_on - claim.received_on).days
        for tally in self._groups(claim.who, decided.first_on.month, claim.benefit):
            tally.to_decision.append(days)
            if decided.outcome == "refused":
                tally.refused[decided.reason or ""] += 1

    def _spent(self, claim: Counted, spent: Spent) -> None:
        for month, minor in spent.months.items():
            for tally in self._groups(claim.who, month, claim.benefit):
                tally.counts["expenditure"] += minor
                if minor > 0:
                    tally.recipients.add(claim.who.person_id)
                    tally.spells.add(claim.id)
                    if claim.benefit in MOTHERS and claim.who.sex == "female":
                        tally.mothers.add(claim.who.person_id)
        if spent.first_on is not None and spent.first_on.year == self.year:
            days = (spent.first_on - claim.received_on).days
            for tally in self._groups(claim.who, spent.first_on.month, claim.benefit):
                tally.to_payment.append(days)

    def appeal(self, who: Who, benefit: str, on: date, outcome: str) -> None:
        """An appeal that was lodged in the year; `outcome` is `open` while it is not decided."""
        for tally in self._groups(who, on.month, benefit):
            tally.appeals[outcome] += 1

    def overpaid(self, who: Who, benefit: str, on: date, minor: int, recovered: int) -> None:
        """Something paid too much that was found in the year, with what of it has come back (minor units)."""
        for tally in self._groups(who, on.month, benefit):
            tally.counts["overpaid"] += minor
            tally.counts["recovered"] += recovered

    def promised(self, who: Who, benefit: str, on: date, kept: bool) -> None:
        """A day of the year that was promised for an instalment, and whether its money left by then."""
        for tally in self._groups(who, on.month, benefit):
            tally.counts["promises_kept" if kept else "promises_late"] += 1

    def numbers(self) -> dict[str, Any]:
        """By office, then by dimension, then by group."""
        return {
            office: {name: {key: group[key].json() for key in sorted(group)} for name, group in there.items()}
            for office, there in sorted(self._tallies.items())
        }


def whole(rows: Iterable[Spent]) -> int:
    """What was spent on all of them, minor units."""
    return sum(sum(row.months.values()) for row in rows)
