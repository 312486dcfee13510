"""Working days: national holidays, the weekly rest of an employer, and an institution that knows better."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.benefits.domain.case import Employment
from services.benefits.domain.status import Status
from services.benefits.law.days import Calendar
from shared.period import Period

SAT_SUN = Employment(weekly_rest=frozenset({6, 7}))


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def test_holidays_and_weekends_are_no_working_days() -> None:
    spell = days("2026-04-28", "2026-05-06")
    off = Calendar("VN").off_days(spell, SAT_SUN)
    assert [(p.first.isoformat(), p.last.isoformat(), code) for p, code in off] == [
        ("2026-04-30", "2026-05-01", Status.HOLIDAY),
        ("2026-05-02", "2026-05-03", Status.WEEKLY_REST),
    ]
    assert Calendar("VN").working_days(spell, SAT_SUN) == 5


def test_a_day_that_is_only_swapped_for_another_is_no_holiday() -> None:
    """Monday 31 August 2026 is off in the offices of the State and Saturday 22 August is worked in its place."""
    off = Calendar("VN").off_days(days("2026-08-31", "2026-09-03"), SAT_SUN)
    assert [(str(p.first), str(p.last), code) for p, code in off] == [("2026-09-01", "2026-09-02", Status.HOLIDAY)]
    follows = replace(SAT_SUN, rest_days=frozenset({date(2026, 8, 31)}), work_days=frozenset({date(2026, 8, 22)}))
    assert Calendar("VN").working_days(days("2026-08-22", "2026-09-02"), follows) == 6


def test_a_shift_worker_rests_on_the_days_the_employer_names() -> None:
    shifts = Employment(
        weekly_rest=frozenset({6, 7}),
        rest_days=frozenset({date(2016, 1, 15)}),
        work_days=frozenset({date(2016, 1, d) for d in (9, 10, 16, 17)}),
    )
    assert Calendar(None).working_days(days("2016-01-07", "2016-01-17"), shifts) == 10


def test_sunday_is_the_rest_day_where_the_employer_says_nothing() -> None:
    assert Calendar(None).working_days(days("2025-03-03", "2025-03-16"), Employment()) == 12
    assert Calendar(None).working_days(days("2025-03-03", "2025-03-16"), Employment(weekly_rest=frozenset())) == 14


def test_an_institution_replaces_a_whole_year() -> None:
    own = Calendar("LA", {2026: {date(2026, 4, 13): "Lao New Year"}})
    assert own.is_holiday(date(2026, 4, 13))
    assert not own.is_holiday(date(2026, 5, 1))
    assert own.is_holiday(date(2025, 5, 1))


@pytest.mark.parametrize("code", ["LA", "VN", "TH", "MM"])
def test_new_year_is_a_holiday_in_each_country(code: str) -> None:
    assert Calendar(code).is_holiday(date(2026, 1, 1))


def test_a_spell_across_new_year_takes_the_holidays_of_both_years() -> None:
    off = Calendar("TH").off_days(days("2025-12-30", "2026-01-02"), Employment(weekly_rest=frozenset()))
    assert any(date(2025, 12, 31) in p for p, _ in off)
    assert any(date(2026, 1, 1) in p for p, _ in off)
