"""Whatever way a bank cuts and repeats a day, each of its entries is kept once."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.payments.domain.overlap import Entry, Told, kept_already, running
from services.payments.domain.statement import days_without_statement, told_up_to

DAY = date(2025, 5, 22)
OPENING = 1000


class Books:
    """What is kept after each statement."""

    def __init__(self) -> None:
        self.kept: list[Entry] = []
        self.count = 0

    def reads(self, entries: list[Entry], opening: int | None) -> None:
        self.count += 1
        before = running(entries, opening)
        arrived = [
            Entry(e.booked_on, e.minor, e.references, e.text, b, f"row{self.count}", f"S{self.count}")
            for e, b in zip(entries, before, strict=True)
        ]
        found = kept_already(arrived, self.kept, Told(f"S{self.count}"))
        partners = [k for k in found if k is not None]
        assert len(partners) == len(set(partners)), "a kept line is the partner of one"
        self.kept += [entry for entry, partner in zip(arrived, found, strict=True) if partner is None]

    def amounts(self) -> list[int]:
        return sorted(e.minor for e in self.kept)


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.just(DAY),
        st.sampled_from([50, 50, 70]),
        st.sampled_from([frozenset(), frozenset(), frozenset({"end:A"}), frozenset({"entry:B"})]),
    ),
    min_size=1,
    max_size=8,
)
CUTS = st.lists(st.tuples(st.booleans(), st.integers(0, 8), st.booleans()), max_size=5)


@settings(max_examples=300, deadline=None)
@given(entries=ENTRIES, cuts=CUTS, seed=st.integers(0, 9))
def test_a_day_cut_and_repeated_any_way_is_kept_once(
    entries: list[Entry], cuts: list[tuple[bool, int, bool]], seed: int
) -> None:
    books, end, die = Books(), 0, random.Random(seed)
    for so_far, upto, shuffled in cuts:
        stop = max(end, min(upto, len(entries)))
        # Either the day from its beginning, in any order, or what came since the last statement.
        part = list(entries[:stop] if so_far else entries[end:stop])
        if shuffled:
            die.shuffle(part)
        start = OPENING if so_far else OPENING + sum(e.minor for e in entries[:end])
        if part:
            books.reads(part, start)
        end = max(end, stop)
    books.reads(list(entries), OPENING)
    assert books.amounts() == sorted(e.minor for e in entries)


@settings(max_examples=100, deadline=None)
@given(entries=ENTRIES)
def test_a_file_told_twice_is_told_once_with_and_without_balances(entries: list[Entry]) -> None:
    for opening in (OPENING, None):
        books = Books()
        books.reads(list(entries), opening)
        books.count -= 1  # the same statement again
        books.reads(list(entries), opening)
        assert books.amounts() == sorted(e.minor for e in entries)


def test_references_that_differ_make_two_entries() -> None:
    books = Books()
    books.reads([Entry(DAY, 50, frozenset({"end:A"}))], OPENING)
    books.reads([Entry(DAY, 50, frozenset({"end:B"}))], OPENING)
    assert books.amounts() == [50, 50]


def test_a_day_without_a_statement_is_found_and_ends_what_is_known() -> None:
    covered = [(date(2025, 5, 19), date(2025, 5, 20)), (date(2025, 5, 22), date(2025, 5, 22))]

    def weekday(day: date) -> bool:
        return day.isoweekday() < 6

    since, until = date(2025, 5, 19), date(2025, 5, 25)
    assert days_without_statement(since, until, covered, weekday) == [date(2025, 5, 21), date(2025, 5, 23)]
    assert told_up_to(since, until, covered, weekday) == date(2025, 5, 20)
    assert told_up_to(since, until, [], weekday) is None
    assert told_up_to(since, until, [(date(2099, 1, 1), date(2099, 1, 1))], weekday) is None
