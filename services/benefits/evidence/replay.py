"""The past, replayed: claims that were decided, with their kept facts, under the law in force and under a reform.

The law in force must give what was decided, to the unit; where it does not, the decision is named with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.evidence.laws import Laws
from services.benefits.evidence.settled import Granted, Ledger, Money, compare
from services.benefits.evidence.settled import text as ledger_text
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from shared.web.texts import N_

#: Why the law in force gives another amount than was decided.
REASONS = {
    "revision": N_("the law was read otherwise when it was decided"),
    "option": N_("it rests on a choice that is no longer offered"),
    "facts": N_("its facts cannot be read any more"),
    "decided_otherwise": N_("another amount was decided than the assessment gave"),
    "unexplained": N_("no reason is known"),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands: its facts and assessment as they were kept, and the amount decided (minor units)."""

    id: str
    benefit: str
    decided_on: date
    facts: Mapping[str, Any]
    assessment: Mapping[str, Any]
    total_minor: int
    #: What was granted by it; none where nothing ever was.
    granted: Granted | None = None
    claim_id: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision the law in force does not give again: what was decided, what comes out now (minor units)."""

    id: str
    reason: str
    decided: int
    now: int | None


@dataclass
class Sums:
    """Amounts of some decisions, minor units: as decided, by the law in force, under the reform, and who moves."""

    decisions: int = 0
    decided: int = 0
    in_force: int = 0
    reform: int = 0
    winners: int = 0
    gained: int = 0
    losers: int = 0
    lost: int = 0

    def add(self, decided: int, now: int, reformed: int) -> None:
        self.decisions += 1
        self.decided, self.in_force, self.reform = self.decided + decided, self.in_force + now, self.reform + reformed
        if reformed > now:
            self.winners, self.gained = self.winners + 1, self.gained + reformed - now
        elif reformed < now:
            self.losers, self.lost = self.losers + 1, self.lost + now - reformed


@dataclass
class Replayed:
    """What a replay says: sums by benefit and month of decision, and every difference with its reason."""

    equal: int = 0
    by_benefit: dict[str, Sums] = field(default_factory=dict)
    by_month: dict[str, Sums] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    #: How many decisions the law in force gives otherwise, by reason.
    reasons: Counter[str] = field(default_factory=Counter)
    #: The same decisions beside the ledger of payments; none where payments were not asked.
    ledger: Ledger | None = None

    @property
    def whole(self) -> Sums:
        """All benefits together."""
        names = tuple(vars(Sums()))
        return Sums(*(sum(getattr(sums, name) for sums in self.by_benefit.values()) for name in names))


def replay(
    decisions: Iterable[Decided],
    baseline: Laws,
    reform: Laws | None = None,
    money: Callable[[set[str]], Mapping[str, Money]] | None = None,
) -> Replayed:
    """Carry out both laws on every decision. One whose facts cannot be read is named and left out of the sums. Where
    `money` says what payments know of awards by their ids, each decision is set beside the ledger, readable or not."""
    found, paid = Replayed(), list[Paid]()
    for decided in decisions:
        paid.append(paid_of(decided))
        now = _again(decided, baseline)
        if isinstance(now, str):
            found.differences.append(Difference(decided.id, now, decided.total_minor, None))
            found.reasons[now] += 1
            continue
        if reason := _differs(decided, now):
            found.differences.append(Difference(decided.id, reason, decided.total_minor, now.total.minor))
            found.reasons[reason] += 1
        else:
            found.equal += 1
        changed = _again(decided, reform) if reform else now
        after = now.total.minor if isinstance(changed, str) else changed.total.minor
        for sums, name in ((found.by_benefit, decided.benefit), (found.by_month, f"{decided.decided_on:%Y-%m}")):
            sums.setdefault(name, Sums()).add(decided.total_minor, now.total.minor, after)
    if money is not None:
        found.ledger = beside(paid, money)
    return found


#: What is remembered of a decision until payments are asked: its id, benefit, month, amount and what was granted.
Paid = tuple[str, str, str, int, Granted | None]


def paid_of(decided: Decided) -> Paid:
    """What is set beside the ledger of a decision."""
    return decided.id, decided.benefit, f"{decided.decided_on:%Y-%m}", decided.total_minor, decided.granted


def beside(paid: Sequence[Paid], money: Callable[[set[str]], Mapping[str, Money]]) -> Ledger:
    """Decisions beside what payments know of their awards."""
    known = money({granted.award_id for *_, granted in paid if granted is not None})
    ledger = Ledger()
    for id_, benefit, month, minor, granted in paid:
        said = known.get(granted.award_id) if granted is not None else None
        ledger.add(id_, benefit, month, compare(minor, granted, said))
    return ledger


def _again(decided: Decided, laws: Laws) -> Assessment | str:
    """The assessment of the kept facts under a law, on the day and with the choices of the decision; or why not."""
    kept = decided.assessment
    try:
        return in_force.assess(
            read_case(decided.facts),
            today=date.fromisoformat(kept["today"]),
            options=kept["options"],
            statutes=laws.statutes,
        )
    except CaseInvalid:
        return "facts"
    except in_force.UnknownOption:
        return "option"


def _differs(decided: Decided, now: Assessment) -> str | None:
    """Why the law in force gives another amount or other instalments than were decided; `None` where it does not."""
    kept = decided.assessment
    if kept["total"]["minor"] != decided.total_minor:
        return "decided_otherwise"
    if [due.json() for due in now.instalments] == kept["instalments"] and now.outcome == kept["outcome"]:
        return None
    return "revision" if now.pack_revision != kept["pack_revision"] else "unexplained"


def text(found: Replayed, with_reform: bool) -> str:
    """A replay for the terminal, in English: amounts in minor units, and every difference with its reason."""
    lines = [f"{found.whole.decisions:,} decisions, {found.equal:,} as the law in force gives them again"]
    head = ["", "decisions", "decided", "in force", *(["reform", "more", "together", "less", "together"] * with_reform)]
    rows = [head]
    for name, sums in (*found.by_benefit.items(), *sorted(found.by_month.items()), ("all", found.whole)):
        cells = [sums.decisions, sums.decided, sums.in_force]
        cells += [sums.reform, sums.winners, sums.gained, sums.losers, sums.lost] if with_reform else []
        rows.append([name, *(f"{cell:,}" for cell in cells)])
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    lines += ["  ".join(cell.rjust(widths[n]) for n, cell in enumerate(row)) for row in rows]
    for one in found.differences:
        now = "nothing" if one.now is None else f"{one.now:,}"
        lines.append(f"{one.id}: decided {one.decided:,}, now {now}: {REASONS[one.reason]}")
    if found.ledger is not None:
        lines += ledger_text(found.ledger)
    return "\n".join(lines)
