"""What holds for every Myanmar case, whatever its days and wages."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.status import Status
from services.benefits.law.case import read_case
from services.benefits.law.in_force import assess

TODAY = date(2030, 1, 1)
DAY = timedelta(days=1)
quick = settings(max_examples=60, deadline=None)

first_days = st.dates(date(2016, 1, 1), date(2028, 6, 30))
wages = st.integers(min_value=1, max_value=900_000).map(str)


def months_until(day: date, back: int) -> list[str]:
    """The calendar months before the month of a day, oldest first."""
    index = day.year * 12 + day.month - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(index - back, index)]


def decide(mapping: dict[str, Any], **options: str) -> Assessment:
    return assess(read_case(mapping), today=TODAY, options=options or None)


def by_year(found: Assessment) -> dict[str, str]:
    years: Counter[int] = Counter()
    for run in found.timeline:
        if run.status == Status.PAID:
            years.update(day.year for day in run.period)
    return {str(year): str(days) for year, days in years.items()} or {"2025": "0"}


def every_day_once(found: Assessment, first: date, days: int) -> None:
    assert [day for run in found.timeline for day in run.period] == [first + n * DAY for n in range(days)]


@st.composite
def spells(draw: st.DrawFn) -> dict[str, Any]:
    """A sickness claim that meets its conditions, without its last day."""
    first = draw(first_days)
    listed = months_until(first, 6)
    kept = sorted(draw(st.sets(st.sampled_from(listed), min_size=4)))
    job = {"from": (first - draw(st.integers(190, 2000)) * DAY).isoformat()}
    if draw(st.booleans()):
        job["wage_paid_until"] = (first + draw(st.integers(-1, 40)) * DAY).isoformat()
    return {
        "country": "mm",
        "benefit": "sickness",
        "claimed_on": first.isoformat(),
        "employments": [job],
        "contributions": [{"month": month, "wage": draw(wages)} for month in kept],
        "spell": {"first_day": first.isoformat(), "illness": "A15"},
    }


def lasting(case: dict[str, Any], days: int, first: date | None = None) -> dict[str, Any]:
    """The claim for so many days, in certificates of at most eight weeks, from its first day or a later
    one."""
    first = first or date.fromisoformat(case["spell"]["first_day"])
    last = first + (days - 1) * DAY
    starts = [first + n * DAY for n in range(0, days, 56)]
    certificates = [{"from": day.isoformat(), "to": min(last, day + 55 * DAY).isoformat()} for day in starts]
    spell = {**case["spell"], "first_day": first.isoformat(), "last_day": last.isoformat()}
    return {**case, "spell": spell, "certificates": certificates}


@quick
@given(spells(), st.integers(1, 250), st.integers(1, 60))
def test_a_longer_illness_never_pays_less(case: dict[str, Any], days: int, more: int) -> None:
    shorter, longer = decide(lasting(case, days)), decide(lasting(case, days + more))
    assert longer.total.minor >= shorter.total.minor


@quick
@given(spells(), st.integers(2, 250), st.data())
def test_an_illness_in_two_parts_pays_what_one_pays(case: dict[str, Any], days: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, days - 1), label="days of the first part")
    first = date.fromisoformat(case["spell"]["first_day"])
    whole, one = decide(lasting(case, days)), decide(lasting(case, at))
    second = lasting(case, days - at, first + at * DAY)
    second["earlier_spells"] = [
        {
            "benefit": "sickness",
            "from": first.isoformat(),
            "to": (first + (at - 1) * DAY).isoformat(),
            "illness": "A15",
            "paid_days": by_year(one),
        }
    ]
    two = decide(second)
    kyat = 100
    assert abs(one.total.minor + two.total.minor - whole.total.minor) <= kyat


@quick
@given(spells(), st.integers(1, 250), st.sampled_from(["month_30", "weekly_12_52"]))
def test_each_day_is_told_once_and_26_weeks_hold(case: dict[str, Any], days: int, option: str) -> None:
    found = decide(lasting(case, days), daily_basis=option)
    every_day_once(found, date.fromisoformat(case["spell"]["first_day"]), days)
    assert found.timeline.paid_days() <= 182
    assert found.total.units <= 182 * 6000
    assert sum(i.amount.minor for i in found.instalments) == found.total.minor
    if not found.total.minor:
        assert found.outcome == "refused"


@quick
@given(first_days, st.sets(st.integers(1, 12), min_size=1), st.integers(1, 12), st.integers(150, 800), wages)
def test_one_more_contributed_month_never_turns_a_yes_into_a_no(
    first: date, back: set[int], one: int, served: int, wage: str
) -> None:
    listed = months_until(first, 12)

    def outcomes(places: set[int]) -> list[str]:
        case: dict[str, Any] = {
            "country": "mm",
            "benefit": "sickness",
            "claimed_on": first.isoformat(),
            "employments": [{"from": (first - served * DAY).isoformat()}],
            "contributions": [{"month": listed[-n], "wage": wage} for n in sorted(places)],
            "spell": {"first_day": first.isoformat(), "illness": "A15"},
        }
        adoption = {**case, "benefit": "adoption", "event": {"child_born_on": (first - 30 * DAY).isoformat()}}
        return [decide(lasting(case, 10)).outcome, decide(adoption).outcome]

    for before, after in zip(outcomes(back), outcomes(back | {one}), strict=True):
        assert before != "granted" or after == "granted"


@quick
@given(
    first_days,
    st.integers(-30, 60),
    st.integers(-30, 30),
    st.integers(1, 4),
    st.integers(0, 180),
    wages,
)
def test_maternity_leave_pays_each_day_once_and_never_more_than_its_weeks(
    due: date, begins: int, late: int, children: int, until: int, wage: str
) -> None:
    """Leave begins `begins` days before the due date and the birth comes `late` days after it."""
    first, born = due - begins * DAY, due + late * DAY

    def leave(days: int) -> Assessment:
        return decide(
            {
                "country": "mm",
                "benefit": "maternity",
                "claimed_on": first.isoformat(),
                "employments": [{"from": (first - 900 * DAY).isoformat()}],
                "contributions": [{"month": month, "wage": wage} for month in months_until(max(first, born), 18)],
                "spell": {"first_day": first.isoformat(), "last_day": (first + days * DAY).isoformat()},
                "event": {
                    "birth_on": born.isoformat(),
                    "due_on": due.isoformat(),
                    "children": children,
                    "facility": "public",
                },
            }
        )

    shorter, longer = leave(until), leave(until + 7)
    weeks = 14 if children == 1 else 18
    for found, days in ((shorter, until), (longer, until + 7)):
        told = [day for run in found.timeline for day in run.period]
        assert told == [first + n * DAY for n in range(len(told))]
        assert len(told) <= days + 1
        assert found.timeline.paid_days() <= weeks * 7
        assert found.total.units <= weeks * 7 * 7000 + 300_000
    assert longer.total.minor >= shorter.total.minor
    if begins <= 42 and first <= born and until >= 160:
        assert longer.timeline.paid_days() == weeks * 7
