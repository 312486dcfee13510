"""What holds for every Thai case, whatever its days and wages."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.status import Status
from services.benefits.law.case import read_case
from services.benefits.law.in_force import assess

TODAY = date(2034, 1, 1)
DAY = timedelta(days=1)
quick = settings(max_examples=60, deadline=None)

first_days = st.dates(date(2016, 1, 1), date(2033, 6, 30))
wages = st.integers(min_value=100, max_value=40_000_00).map(lambda satang: f"{satang // 100}.{satang % 100:02d}")


def months_until(day: date, back: int) -> list[str]:
    """The calendar months before the month of a day, oldest first."""
    index = day.year * 12 + day.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(index - back, index)]


def by_year(found: Assessment, code: str) -> dict[str, str]:
    years: Counter[int] = Counter()
    for run in found.timeline:
        if run.status == code:
            years.update(day.year for day in run.period)
    return {str(year): str(days) for year, days in years.items()} or {"2025": "0"}


def decide(mapping: dict[str, Any], **options: str) -> Assessment:
    return assess(read_case(mapping), today=TODAY, options=options or None)


def every_day_once(found: Assessment, first: date, days: int) -> None:
    assert [day for run in found.timeline for day in run.period] == [first + n * DAY for n in range(days)]


@st.composite
def spells(draw: st.DrawFn) -> dict[str, Any]:
    """A sickness claim that meets its conditions, without its last day."""
    first = draw(first_days)
    listed = months_until(first, draw(st.integers(3, 24)))
    kept = sorted({*listed[-3:], *draw(st.sets(st.sampled_from(listed)))})
    employee = draw(st.booleans())
    case: dict[str, Any] = {
        "country": "th",
        "benefit": "sickness",
        "claimed_on": first.isoformat(),
        "insured": {"insured_as": "section_33" if employee else "section_39"},
        "contributions": [{"month": month, "wage": draw(wages)} for month in kept],
        "spell": {"first_day": first.isoformat(), "illness": "M54"},
        "event": {"chronic_disease": draw(st.sampled_from(["none", "none", "cancer"]))},
    }
    if employee:
        until = first + draw(st.integers(-1, 60)) * DAY
        case["employments"] = [{"wage_paid_until": until.isoformat()}]
        if draw(st.booleans()):
            case["event"]["employer_daily_pay"] = draw(st.integers(0, 500).map(str))
    return case


def lasting(case: dict[str, Any], days: int, first: date | None = None) -> dict[str, Any]:
    """The claim for so many days, ordered by a doctor, from its first day or a later one."""
    first = first or date.fromisoformat(case["spell"]["first_day"])
    last = first + (days - 1) * DAY
    spell = {**case["spell"], "first_day": first.isoformat(), "last_day": last.isoformat()}
    return {**case, "spell": spell, "certificates": [{"from": spell["first_day"], "to": spell["last_day"]}]}


@quick
@given(spells(), st.integers(1, 420), st.integers(1, 60))
def test_a_longer_order_never_pays_less(case: dict[str, Any], days: int, more: int) -> None:
    shorter, longer = decide(lasting(case, days)), decide(lasting(case, days + more))
    assert longer.total.minor >= shorter.total.minor


@quick
@given(spells(), st.integers(2, 420), st.data())
def test_two_orders_in_a_row_pay_what_one_pays(case: dict[str, Any], days: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, days - 1), label="days of the first order")
    first = date.fromisoformat(case["spell"]["first_day"])
    whole, one = decide(lasting(case, days)), decide(lasting(case, at))
    second = lasting(case, days - at, first + at * DAY)
    second["earlier_spells"] = [
        {
            "benefit": "sickness",
            "from": first.isoformat(),
            "to": (first + (at - 1) * DAY).isoformat(),
            "illness": "M54",
            "employer_days": one.timeline.count(Status.EMPLOYER),
            "paid_days": by_year(one, Status.PAID),
            **({"kind": "chronic"} if case["event"]["chronic_disease"] != "none" else {}),
        }
    ]
    two = decide(second)
    assert abs(one.total.minor + two.total.minor - whole.total.minor) <= 1


@quick
@given(spells(), st.integers(1, 420), st.sampled_from(["counted", "not_counted"]))
def test_each_day_is_told_once_and_limits_hold(case: dict[str, Any], days: int, option: str) -> None:
    found = decide(lasting(case, days), limits_and_employer_days=option)
    every_day_once(found, date.fromisoformat(case["spell"]["first_day"]), days)
    limit = 365 if case["event"]["chronic_disease"] == "cancer" else 90
    if "employer_daily_pay" not in case["event"]:
        assert found.timeline.paid_days() <= limit
        assert found.total.minor <= limit * Fraction(23_000 * 3, 90) / 2 * 100
    if not found.total.minor:
        assert found.outcome == "refused"


@quick
@given(spells(), st.integers(1, 30), st.data())
def test_one_more_contributed_month_never_turns_a_yes_into_a_no(
    case: dict[str, Any], days: int, data: st.DataObject
) -> None:
    whole = lasting(case, days)
    before = decide(whole)
    there = {c["month"] for c in case["contributions"]}
    absent = [m for m in months_until(date.fromisoformat(case["spell"]["first_day"]), 24) if m not in there]
    if not absent:
        return
    month = {"month": data.draw(st.sampled_from(absent)), "wage": data.draw(wages)}
    after = decide({**whole, "contributions": [*case["contributions"], month]})
    assert (before.outcome, after.outcome) not in {
        (yes, no) for yes in ("granted", "granted_in_part", "needs_judgement") for no in ("refused", "questions")
    }


@quick
@given(first_days, st.sets(st.integers(1, 15)), st.integers(1, 15), wages)
def test_one_more_month_before_a_delivery_never_turns_a_yes_into_a_no(
    born: date, back: set[int], one: int, wage: str
) -> None:
    listed = months_until(born, 15)

    def outcome(places: set[int]) -> Assessment:
        return decide(
            {
                "country": "th",
                "benefit": "maternity",
                "claimed_on": born.isoformat(),
                "contributions": [{"month": listed[-n], "wage": wage} for n in sorted(places)],
                "event": {
                    "birth_on": born.isoformat(),
                    "claimant": "mother",
                    "pregnancy_weeks": 39,
                    "leave_taken": True,
                    "earlier_allowances": 0,
                },
            }
        )

    if not back:
        return
    before, after = outcome(back), outcome(back | {one})
    assert before.outcome != "granted" or after.outcome == "granted"
    assert (before.outcome == "granted") == (len(back) >= 5)
    every_day_once(after, born, 90)
    assert after.total.minor <= (Fraction(23_000 * 3, 90) / 2 * 90 + 15_000) * 100


# Section 40 -----------------------------------------------------------------------------------------


def self_employed(first: date, days: int, hospital: int, option: str) -> dict[str, Any]:
    last = first + (days - 1) * DAY
    case: dict[str, Any] = {
        "country": "th",
        "benefit": "section_40",
        "claimed_on": first.isoformat(),
        "insured": {"insured_as": "section_40"},
        "contributions": [{"month": month, "wage": "0"} for month in months_until(first, 4)],
        "spell": {"first_day": first.isoformat(), "last_day": last.isoformat(), "illness": "J11"},
        "certificates": [{"from": first.isoformat(), "to": last.isoformat()}],
        "event": {"contribution_option": option, "visits_paid": 0},
    }
    if hospital:
        stay = first + (min(hospital, days) - 1) * DAY
        case["happenings"] = [{"from": first.isoformat(), "to": stay.isoformat(), "what": "hospital"}]
    return case


options_40 = st.sampled_from(["option_1", "option_2", "option_3"])


@quick
@given(first_days, st.integers(1, 120), st.integers(0, 50), st.integers(1, 20), options_40)
def test_section_40_never_pays_less_for_longer(first: date, days: int, hospital: int, more: int, option: str) -> None:
    shorter = decide(self_employed(first, days, min(hospital, days), option))
    longer = decide(self_employed(first, days + more, min(hospital, days), option))
    assert longer.total.minor >= shorter.total.minor
    every_day_once(longer, first, days + more)
    assert max((int(n) for n in by_year(longer, Status.PAID).values()), default=0) <= (
        90 if option == "option_3" else 30
    )


@quick
@given(
    st.dates(date(2025, 10, 1), date(2033, 6, 30)),
    st.integers(2, 120),
    st.integers(0, 50),
    options_40,
    st.data(),
)
def test_section_40_in_two_orders(first: date, days: int, hospital: int, option: str, data: st.DataObject) -> None:
    """From October 2025. Before, rest under three days paid as a visit; case TH-F4 shows what follows from
    that."""
    at = data.draw(st.integers(1, days - 1), label="days of the first order")
    whole = decide(self_employed(first, days, hospital, option))
    one = decide(self_employed(first, at, hospital, option))
    second = self_employed(first + at * DAY, days - at, max(0, hospital - at), option)
    second["contributions"] = self_employed(first, 1, 0, option)["contributions"]
    second["earlier_spells"] = [
        {
            "benefit": "section_40",
            "from": first.isoformat(),
            "to": (first + (at - 1) * DAY).isoformat(),
            "illness": "J11",
            "paid_days": by_year(one, Status.PAID),
        }
    ]
    two = decide(second)
    assert one.total.minor + two.total.minor == whole.total.minor


@pytest.mark.parametrize("wage", ["0", "1649.99", "1650", "15000", "999999"])
def test_the_daily_benefit_lies_between_floor_and_ceiling(wage: str) -> None:
    first = date(2025, 6, 2)
    case = {
        "country": "th",
        "benefit": "sickness",
        "claimed_on": "2025-06-10",
        "employments": [{"wage_paid_until": "2025-06-01"}],
        "contributions": [{"month": month, "wage": wage} for month in months_until(first, 12)],
        "spell": {"first_day": first.isoformat()},
    }
    found = decide(lasting(case, 2))
    assert Fraction(1650, 60) <= found.line("daily_benefit").exact <= 250
