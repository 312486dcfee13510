"""Which entries of a statement the house keeps already: banks send a day twice, in parts, so far and final.

An entry's identity is its account, its statement and its place there. References are evidence only: banks count
them anew each day, share them in a batch, or give none. What tells an overlap from a continuation is the running
balance: a statement that opens where the kept entries of the day began tells them again; one that opens where
they ended goes on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked entry: as a statement tells it, or as it is kept."""

    booked_on: date
    minor: int
    #: All references of the entry and its transfers, each with its kind ("end:…", "bank:…", "uetr:…", "entry:…").
    references: frozenset[str] = frozenset()
    text: str = ""
    #: The balance before it, where its statement gives balances.
    before: int | None = None
    #: The statement that told it first: its row, its own number, and until when it goes.
    row_id: str = ""
    statement_id: str = ""
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement says of itself, as far as it tells where it begins."""

    statement_id: str
    from_at: datetime | None = None
    #: A later page of a statement that comes in pages.
    goes_on: bool = False
    #: A table without a number of its own: what it tells again it tells in the same words.
    by_words: bool = False


def running(entries: Sequence[Entry], opening: int | None) -> list[int | None]:
    """The balance before each entry, by booking day: a statement may be written backwards."""
    found: list[int | None] = [None] * len(entries)
    balance = opening
    for index in sorted(range(len(entries)), key=lambda i: entries[i].booked_on):
        found[index] = balance
        balance = None if balance is None else balance + entries[index].minor
    return found


def kept_already(arrived: Sequence[Entry], kept: Sequence[Entry], told: Told) -> list[int | None]:
    """For each arrived entry the kept one that it is (its index), or none for an entry that is new.

    `kept` are the entries of the account in the order in which they were kept; each is the partner of one at most.
    """
    found: list[int | None] = [None] * len(arrived)
    days: dict[date, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for index, entry in enumerate(arrived):
        days[entry.booked_on][0].append(index)
    for index, entry in enumerate(kept):
        if entry.booked_on in days:
            days[entry.booked_on][1].append(index)
    for new, old in days.values():
        if old:
            for a, k in _of_a_day(arrived, kept, new, old, told).items():
                found[a] = k
    return found


Pairs = dict[int, int]


def _of_a_day(arrived: Sequence[Entry], kept: Sequence[Entry], new: list[int], old: list[int], told: Told) -> Pairs:
    balanced = [k for k in old if kept[k].before is not None]
    others = [k for k in old if kept[k].before is None]
    # `new` keeps the order of the statement, in which `running` began the day with its first entry.
    first = arrived[new[0]].before
    if told.goes_on and first is None:
        return {}
    if first is None:
        return _without_balance(arrived, kept, new, old, told)
    pairs = _by_balance(arrived, kept, new, balanced, first, told) if balanced else {}
    # What came without balances (a notification) is told again by the statement that has them.
    left = [a for a in new if a not in pairs]
    return pairs | _pairs(arrived, kept, left, others)


def _without_balance(
    arrived: Sequence[Entry], kept: Sequence[Entry], new: list[int], old: list[int], told: Told
) -> Pairs:
    """A notification or report without balances: beside a statement it tells what that one told; beside another
    of its kind it goes on, unless it is the same one again or names the same references. A table tells again in the
    same words what a table of the account told; beside others it tells what they told."""
    if told.by_words:
        same = [k for k in old if kept[k].statement_id == told.statement_id]
        pairs = _pairs(arrived, kept, new, same, least_sure=2)
        left, others = [a for a in new if a not in pairs], [k for k in old if k not in same]
        return pairs | _pairs(arrived, kept, left, others)
    again = any(kept[k].before is not None or kept[k].statement_id == told.statement_id for k in old)
    return _pairs(arrived, kept, new, old, by_name=not again)


def _by_balance(
    arrived: Sequence[Entry], kept: Sequence[Entry], new: list[int], old: list[int], opening: int, told: Told
) -> Pairs:
    """Where in the kept entries of the day the statement begins, by its opening balance; then who is who."""
    starts = []
    balance = kept[old[0]].before or 0
    for n in range(len(old) + 1):
        at_border = n in (0, len(old)) or kept[old[n]].row_id != kept[old[n - 1]].row_id
        if at_border and balance == opening:
            starts.append(n)
        if n < len(old):
            balance += kept[old[n]].minor
    ends = [kept[k].to_at for k in old]
    later = told.from_at is not None and all(end is not None and told.from_at >= end for end in ends)
    if len(old) in starts and (later or told.goes_on):
        return {}
    if not starts:
        return _pairs(arrived, kept, new, old, by_name=True)
    best: Pairs = {}
    for start in starts:
        pairs = _pairs(arrived, kept, new, old[start:])
        if len(pairs) in (len(new), len(old) - start):
            return pairs
        best = max(best, pairs, key=len)
    return best


def _pairs(
    arrived: Sequence[Entry],
    kept: Sequence[Entry],
    new: list[int],
    old: list[int],
    *,
    by_name: bool = False,
    least_sure: int = 1,
) -> Pairs:
    """Each new entry with one kept one, the surest first; `by_name` asks for a reference they share, `least_sure` 2 for
    that or the same words."""
    found: Pairs = {}
    taken: set[int] = set()
    for least in range(3, 2 if by_name else least_sure - 1, -1):
        queues: dict[Hashable, deque[int]] = defaultdict(deque)
        for k in old:
            for key in _keys(kept[k], least) if k not in taken else ():
                queues[key].append(k)
        for a in new:
            asked = [queues[key] for key in _keys(arrived[a], least) if key in queues] if a not in found else []
            for queue in asked:
                while queue and queue[0] in taken:
                    queue.popleft()
            for k in merge(*asked):
                if k not in taken and _likeness(arrived[a], kept[k]) >= least:
                    found[a] = k
                    taken.add(k)
                    break
    return found


def _keys(entry: Entry, least: int) -> list[Hashable]:
    """What two entries share where they are at least so like: only those are compared."""
    if least == 3:
        return [(entry.minor, reference) for reference in sorted(entry.references)]
    return [(entry.minor, entry.text)] if least == 2 and entry.text else [entry.minor] if least == 1 else []


KINDS = ("end:", "uetr:", "bank:", "entry:")


def _of_kind(entry: Entry, kind: str) -> frozenset[str]:
    return frozenset(r for r in entry.references if r.startswith(kind))


def _likeness(a: Entry, b: Entry) -> int:
    """3: they share a reference · 2: the same words · 1: nothing speaks against it · 0: two entries."""
    if (a.booked_on, a.minor) != (b.booked_on, b.minor):
        return 0
    if any(
        _of_kind(a, kind) and _of_kind(b, kind) and _of_kind(a, kind).isdisjoint(_of_kind(b, kind)) for kind in KINDS
    ):
        return 0
    if a.references & b.references:
        return 3
    return 2 if a.text and a.text == b.text else 1
