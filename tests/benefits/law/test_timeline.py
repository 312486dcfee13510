"""A timeline covers each day once, keeps every reason, and never loses money."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain.timeline import PRECEDENCE, Timeline
from shared.period import Period

MONDAY = date(2018, 1, 1)


def january(first: int, last: int) -> Period:
    return Period(date(2018, 1, first), date(2018, 1, last))


def test_the_test_year_begins_on_a_monday() -> None:
    assert MONDAY.isoweekday() == 1


@pytest.mark.parametrize(
    ("marks", "letters"),
    [
        pytest.param([], "PPPPPPP PPPPPPP", id="all paid until something is said"),
        pytest.param([("W", 1, 3)], "WWWPPPP PPPPPPP", id="waiting at the start"),
        pytest.param([("W", 1, 3), ("N", 3, 4)], "WWNNPPP PPPPPPP", id="not paid is stronger than waiting"),
        pytest.param([("N", 3, 4), ("W", 1, 3)], "WWNNPPP PPPPPPP", id="in either order"),
        pytest.param([("R", 6, 7), ("R", 13, 14), ("H", 8, 8)], "PPPPPRR HPPPPRR", id="rest and a holiday"),
        pytest.param([("X", 10, 31)], "PPPPPPP PPXXXXX", id="exhausted, also beyond the end"),
    ],
)
def test_each_day_keeps_the_strongest_status(marks: list[Any] | list[tuple[str, int, int]], letters: str) -> None:
    line = Timeline.of(january(1, 14))
    for code, first, last in marks:
        line = line.mark(january(first, last), code, f"because {code}")
    assert line.letters() == letters


def test_a_refused_day_keeps_all_its_reasons() -> None:
    line = Timeline.of(january(1, 7)).mark(january(2, 4), "E", "employer").mark(january(3, 5), "N", "worked")
    line = line.mark(january(3, 3), "W", "waiting")
    assert [(r.period.first.day, r.code, r.reasons) for r in line] == [
        (1, "P", ()),
        (2, "E", ("employer",)),
        (3, "N", ("employer", "worked", "waiting")),
        (4, "N", ("employer", "worked")),
        (5, "N", ("worked",)),
        (6, "P", ()),
    ]


def test_the_amount_is_spread_over_the_paid_days_alone() -> None:
    line = (
        Timeline.of(january(1, 7))
        .mark(january(3, 4), "N", "worked")
        .price(january(1, 7), Fraction(7, 10), Fraction(100))
    )
    assert [(r.days, r.amount) for r in line] == [(2, Fraction(40)), (2, None), (3, Fraction(60))]


def test_counting_and_finding_days() -> None:
    line = Timeline.of(january(1, 14)).mark(january(3, 4), "N", "worked")
    assert line.nth_day("P", 3) == date(2018, 1, 5)
    assert line.nth_day("P", 13) is None
    assert line.where("P") == [january(1, 2), january(5, 14)]
    assert (line.first_day("N"), line.last_day("N")) == (date(2018, 1, 3), date(2018, 1, 4))
    assert line.paid_days(january(4, 6)) == 2


days = st.integers(0, 59).map(lambda n: MONDAY + timedelta(days=n))
periods = st.tuples(days, days).map(lambda two: Period(min(two), max(two)))


@given(periods, st.lists(st.tuples(periods, st.sampled_from(sorted(PRECEDENCE)))))
def test_days_paid_and_days_not_paid_are_the_days_claimed(claimed: Period, marks: list[tuple[Period, str]]) -> None:
    line = Timeline.of(claimed)
    for period, code in marks:
        line = line.mark(period, code, code)
    assert [day for run in line for day in run.period] == list(claimed)
    assert sum(line.count(code) for code in PRECEDENCE) == claimed.length


@given(periods, periods, st.lists(periods, max_size=3))
def test_pricing_loses_no_money(claimed: Period, priced: Period, refused: list[Period]) -> None:
    line = Timeline.of(claimed).mark_all(refused, "N", "refused")
    paid = line.paid_days(priced)
    worth = sum((r.amount or 0 for r in line.price(priced, None, Fraction(1000, 7))), Fraction(0))
    assert worth == (Fraction(1000, 7) if paid else 0)
