"""A timeline covers each day once, keeps every reason, and never loses money."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Timeline
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
        pytest.param([(Status.WAITING, 1, 3)], "WWWPPPP PPPPPPP", id="waiting at the start"),
        pytest.param(
            [(Status.WAITING, 1, 3), (Status.NOT_PAID, 3, 4)], "WWNNPPP PPPPPPP", id="not paid is stronger than waiting"
        ),
        pytest.param([(Status.NOT_PAID, 3, 4), (Status.WAITING, 1, 3)], "WWNNPPP PPPPPPP", id="in either order"),
        pytest.param(
            [(Status.WEEKLY_REST, 6, 7), (Status.WEEKLY_REST, 13, 14), (Status.HOLIDAY, 8, 8)],
            "PPPPPRR HPPPPRR",
            id="rest and a holiday",
        ),
        pytest.param([(Status.EXHAUSTED, 10, 31)], "PPPPPPP PPXXXXX", id="exhausted, also beyond the end"),
    ],
)
def test_each_day_keeps_the_strongest_status(marks: list[tuple[Status, int, int]], letters: str) -> None:
    line = Timeline.of(january(1, 14))
    for status, first, last in marks:
        line = line.put(january(first, last), status, f"because {status}")
    assert line.letters() == letters


def test_a_refused_day_keeps_all_its_reasons() -> None:
    line = (
        Timeline.of(january(1, 7))
        .put(january(2, 4), Status.EMPLOYER, "employer")
        .put(january(3, 5), Status.NOT_PAID, "worked")
    )
    line = line.put(january(3, 3), Status.WAITING, "waiting")
    assert [(r.period.first.day, r.status, r.reasons) for r in line] == [
        (1, Status.PAID, ()),
        (2, Status.EMPLOYER, ("employer",)),
        (3, Status.NOT_PAID, ("employer", "worked", "waiting")),
        (4, Status.NOT_PAID, ("employer", "worked")),
        (5, Status.NOT_PAID, ("worked",)),
        (6, Status.PAID, ()),
    ]


def test_the_amount_is_spread_over_the_paid_days_alone() -> None:
    line = (
        Timeline.of(january(1, 7))
        .put(january(3, 4), Status.NOT_PAID, "worked")
        .price(january(1, 7), Fraction(7, 10), Fraction(100))
    )
    assert [(r.days, r.amount) for r in line] == [(2, Fraction(40)), (2, None), (3, Fraction(60))]


def test_counting_and_finding_days() -> None:
    line = Timeline.of(january(1, 14)).put(january(3, 4), Status.NOT_PAID, "worked")
    assert line.nth_day(Status.PAID, 3) == date(2018, 1, 5)
    assert line.nth_day(Status.PAID, 13) is None
    assert line.where(Status.PAID) == [january(1, 2), january(5, 14)]
    assert (line.first_day(Status.NOT_PAID), line.last_day(Status.NOT_PAID)) == (date(2018, 1, 3), date(2018, 1, 4))
    assert line.paid_days(january(4, 6)) == 2


days = st.integers(0, 59).map(lambda n: MONDAY + timedelta(days=n))
periods = st.tuples(days, days).map(lambda two: Period(min(two), max(two)))


@given(periods, st.lists(st.tuples(periods, st.sampled_from(list(Status)))))
def test_days_paid_and_days_not_paid_are_the_days_claimed(claimed: Period, marks: list[tuple[Period, Status]]) -> None:
    line = Timeline.of(claimed)
    for period, status in marks:
        line = line.put(period, status, status.words)
    assert [day for run in line for day in run.period] == list(claimed)
    assert sum(line.count(status) for status in Status) == claimed.length


@given(periods, periods, st.lists(periods, max_size=3))
def test_pricing_loses_no_money(claimed: Period, priced: Period, refused: list[Period]) -> None:
    line = Timeline.of(claimed).put_all(refused, Status.NOT_PAID, "refused")
    paid = line.paid_days(priced)
    worth = sum((r.amount or 0 for r in line.price(priced, None, Fraction(1000, 7))), Fraction(0))
    assert worth == (Fraction(1000, 7) if paid else 0)
