"""Pay days are one weekday, moved where banks are closed: strictly after the day from which something is due."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain.award import PayDays
from shared.bank_days import BankCalendar, Moves, bank_days

THURSDAY = 3


@pytest.mark.parametrize(
    ("after", "promised"),
    [
        (date(2025, 5, 19), date(2025, 5, 22)),
        (date(2025, 5, 22), date(2025, 5, 29)),  # strictly after
        (date(2025, 4, 24), date(2025, 5, 2)),  # Labour Day is a Thursday
        (date(2025, 5, 1), date(2025, 5, 2)),  # its pay day is still to come
        (date(2025, 5, 2), date(2025, 5, 8)),
    ],
)
def test_the_promised_day_is_the_moved_one(after: date, promised: date) -> None:
    assert PayDays(THURSDAY, bank_days()).after(after) == promised


def test_where_pay_days_move_forward_a_day_that_is_over_is_not_promised() -> None:
    saturdays = PayDays(5, BankCalendar(frozenset({6, 7}), lambda day: False, time.max, Moves.PRECEDING))
    assert saturdays.after(date(2025, 5, 21)) == date(2025, 5, 23)
    assert saturdays.after(date(2025, 5, 23)) == date(2025, 5, 30)


@given(
    day=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    weekday=st.integers(0, 6),
    moves=st.sampled_from([Moves.FOLLOWING, Moves.PRECEDING]),
    closed=st.frozensets(st.dates(date(2024, 12, 1), date(2028, 2, 1)), max_size=30),
)
def test_a_promised_day_is_open_comes_after_and_never_goes_back(
    day: date, weekday: int, moves: Moves, closed: frozenset[date]
) -> None:
    bank = BankCalendar(frozenset({6, 7}), lambda d: d in closed, time.max, moves)
    days = PayDays(weekday, bank)
    promised = [days.after(day + timedelta(days=n)) for n in range(15)]
    assert all(bank.is_open(found) and bank.pays_on(found) == found for found in promised)
    assert all(found > day + timedelta(days=n) for n, found in enumerate(promised))
    assert all(earlier <= later for earlier, later in pairwise(promised))
