"""What was decided beside what has arrived: by the ledger of payments, to the unit, or with the reason of each part of
the difference.

Payments say what has moved and what waits; benefits know what they keep back, what is suspended and what was let go.
The parts come to the difference, always: what no reason explains is a part of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.benefits.domain.award import Award
from shared.web.texts import N_

#: Why something that was decided has not arrived, or more has than was decided; in the order in which it is said.
REASONS = {
    "not_due": N_("not yet due"),
    "due": N_("due, and in no run that has left"),
    "on_the_way": N_("released or sent, and not yet on a statement"),
    "held": N_("held until somebody has acted"),
    "returned": N_("came back from the bank and is not paid again yet"),
    "refused": N_("refused by the bank and not paid again yet"),
    "answer": N_("a difference that waits for the bank's answer"),
    "suspended": N_("payments are suspended"),
    "kept_back": N_("kept back for what was paid too much on this claim"),
    "ceded": N_("kept back for what was paid too much on another claim"),
    "set_off": N_("paid too much here, and came back out of another claim"),
    "let_go": N_("paid too much, and let go by two people"),
    "too_much": N_("paid too much under an earlier version, and not back yet"),
    "ended": N_("not paid any more, because the award has ended"),
    "not_told": N_("payments have not heard of the last version yet"),
    "unknown": N_("no reason is known"),
}


@dataclass(frozen=True, slots=True)
class Money:
    """What payments know of the money of an award, as `shared.facts` names it; minor units."""

    award_id: str
    version: int
    ended: bool
    scheduled: int
    arrived: int
    to_employers: int
    settled: int
    on_the_way: int
    waiting: Mapping[str, int]
    set_off: int

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Money:
        return cls(**{name: said[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Granted:
    """What benefits know of the money of an award: the version payments are told, and minor units of each kind."""

    award_id: str
    version: int
    running: bool
    total: int
    payable: int
    kept_back: int
    ceded: int
    suspended: int
    let_go: int

    @classmethod
    def of(cls, award: Award, let_go: int) -> Granted:
        """An award, with what two people have let go of what was paid too much on it."""
        payable = award.payable()
        kept = {"kept_back": 0, "ceded": 0, "suspended": 0}
        for part, now in zip(award.schedule, payable, strict=True):
            gap = part.amount.minor - now.amount.minor
            own = min(award.withheld.get(part.key, 0), gap)
            other = min(award.ceded[part.key].minor if part.key in award.ceded else 0, gap - own)
            for name, minor in (("kept_back", own), ("ceded", other), ("suspended", gap - own - other)):
                kept[name] += minor
        told = sum(part.amount.minor for part in payable)
        return cls(award.id, award.version, award.is_running, award.total.minor, told, **kept, let_go=let_go)


@dataclass(frozen=True, slots=True)
class Compared:
    """A decision beside the ledger: what was decided, what has arrived, to employers of it, and the parts of the
    difference by their reason (what is too much is below nothing); minor units."""

    decided: int
    arrived: int = 0
    to_employers: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


def compare(decided: int, granted: Granted | None, money: Money | None) -> Compared:
    """What was decided for a claim beside what payments say of its award."""
    if granted is None:
        return _said(decided, None, {"unknown": decided})
    if money is None:
        return _said(decided, None, {"not_told": decided})
    waiting, rest = sum(money.waiting.values()), {"set_off": -money.set_off, "on_the_way": money.on_the_way}
    unbooked = money.settled - money.arrived  # what orders say has arrived and the ledger does not
    if money.ended or not granted.running:
        left = decided - money.settled - money.on_the_way + money.set_off - waiting
        kind = "ended" if left > 0 else "too_much"
        return _said(decided, money, {**money.waiting, **rest, kind: left, "unknown": unbooked})
    beyond = money.settled + money.on_the_way - money.set_off + waiting - money.scheduled
    let_go = min(granted.let_go, max(0, beyond))
    too_much = max(0, beyond) - let_go
    # What is kept back of later instalments had been paid before: the two are one.
    back = min(granted.kept_back, too_much)
    untold = granted.payable - money.scheduled
    parts = {
        **money.waiting,
        **rest,
        "answer": max(0, -beyond),
        "suspended": granted.suspended,
        "kept_back": granted.kept_back - back,
        "ceded": granted.ceded,
        "let_go": -let_go,
        "too_much": back - too_much,
        "not_told": untold if money.version < granted.version else 0,
    }
    known = granted.payable + granted.kept_back + granted.ceded + granted.suspended
    parts["unknown"] = unbooked + decided - known + (untold if money.version >= granted.version else 0)
    return _said(decided, money, parts)


def _said(decided: int, money: Money | None, parts: Mapping[str, int]) -> Compared:
    named = {name: parts[name] for name in REASONS if parts.get(name)}
    if money is None:
        return Compared(decided, reasons=named)
    return Compared(decided, money.arrived, money.to_employers, named)


@dataclass
class Settled:
    """Some decisions beside the ledger: how many, how many to the unit, sums and the parts of their differences."""

    decisions: int = 0
    equal: int = 0
    decided: int = 0
    arrived: int = 0
    to_employers: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    #: How many decisions have a part of that reason.
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, one: Compared) -> None:
        self.decisions, self.equal = self.decisions + 1, self.equal + (not one.reasons)
        self.decided, self.arrived = self.decided + one.decided, self.arrived + one.arrived
        self.to_employers += one.to_employers
        for name, minor in one.reasons.items():
            self.reasons[name] = self.reasons.get(name, 0) + minor
            self.counts[name] = self.counts.get(name, 0) + 1


@dataclass
class Ledger:
    """All decisions of a replay beside the ledger: sums by benefit and month of decision, and each that differs."""

    whole: Settled = field(default_factory=Settled)
    by_benefit: dict[str, Settled] = field(default_factory=dict)
    by_month: dict[str, Settled] = field(default_factory=dict)
    differences: list[tuple[str, Compared]] = field(default_factory=list)

    def add(self, id_: str, benefit: str, month: str, one: Compared) -> None:
        """Take one decision into all sums."""
        self.whole.add(one)
        self.by_benefit.setdefault(benefit, Settled()).add(one)
        self.by_month.setdefault(month, Settled()).add(one)
        if one.reasons:
            self.differences.append((id_, one))

    @property
    def unexplained(self) -> bool:
        """Whether a part of some difference has no reason."""
        return any("unknown" in one.reasons for _, one in self.differences)


def by_award(said: Iterable[Money], wanted: set[str]) -> dict[str, Money]:
    """What payments say of some awards."""
    return {money.award_id: money for money in said if money.award_id in wanted}


def text(found: Ledger) -> list[str]:
    """The comparison for the terminal, in English: amounts in minor units, and every difference with its reasons."""
    whole = found.whole
    lines = ["", f"The ledger of payments: {whole.decisions:,} decisions, {whole.equal:,} arrived to the unit"]
    named = [name for name in REASONS if name in whole.reasons]
    head = ["", "decisions", "decided", "arrived", "to employers", *named]
    rows = [head]
    for name, sums in (*sorted(found.by_benefit.items()), *sorted(found.by_month.items()), ("all", whole)):
        cells = (sums.decisions, sums.decided, sums.arrived, sums.to_employers)
        rows.append([name, *(f"{cell:,}" for cell in (*cells, *(sums.reasons.get(one, 0) for one in named)))])
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    lines += ["  ".join(cell.rjust(widths[n]) for n, cell in enumerate(row)) for row in rows]
    lines += [f"{name}: {REASONS[name]}" for name in named]
    for id_, one in found.differences:
        parts = "; ".join(f"{REASONS[name]} {minor:,}" for name, minor in one.reasons.items())
        lines.append(f"{id_}: decided {one.decided:,}, arrived {one.arrived:,}: {parts}")
    return lines
