"""What holds for every Vietnamese claim, where the statute allows; where it does not, a case stands beside the pack."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.status import Status
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.days import Calendar
from services.benefits.law.text import render
from shared.period import Month, Period
from tests.benefits.law.facts import assessed

settings.register_profile("small", max_examples=40, deadline=None)
settings.load_profile("small")

#: Statutes by a first day of leave well inside each; VN-2016 and VN-2021 are one statute with dated figures.
OLD, NEWER, NEW = date(2018, 1, 1), date(2021, 10, 1), date(2025, 7, 1)
offsets = st.integers(0, 480)
rests = st.sampled_from([["sun"], ["sat", "sun"], ["wed"], []])


def claim(
    first: date, days: int, rest: Sequence[str] = ("sat", "sun"), wage: str = "9600000", **event: Any
) -> dict[str, Any]:
    """A certified spell of a worker insured since 2010."""
    last = first + timedelta(days=days - 1)
    return {
        "country": "vn",
        "benefit": "sickness",
        "employments": [{"from": "2010-01-04", "weekly_rest": list(rest), "hazardous": False}],
        "contributions": [{"from": "2010-01", "to": str(Month.of(first).plus(-1)), "wage": wage}],
        "spell": {"first_day": str(first), "last_day": str(last)},
        "certificates": [{"from": str(first), "to": str(last)}],
        "event": {"listed_disease": False} | event,
    }


def birth(on: date, months: list[int], **event: Any) -> dict[str, Any]:
    """A birth after contributions in some of the months before it, counted back from the birth month (0)."""
    return {
        "country": "vn",
        "benefit": "birth",
        "contributions": [{"month": str(Month.of(on).plus(-n)), "wage": "8000000"} for n in sorted(months)],
        "spell": {"first_day": str(on)},
        "event": {"birth_on": str(on), "children": 1, "living_children_before": 0} | event,
    }


def units(found: Assessment) -> Fraction:
    return found.total.units


@pytest.mark.parametrize(("since", "listed"), [(OLD, False), (NEWER, False), (NEWER, True), (NEW, False), (NEW, True)])
@given(start=offsets, days=st.integers(1, 330), more=st.integers(1, 60), rest=rests)
def test_a_longer_certified_spell_never_pays_less(
    since: date, listed: bool, start: int, days: int, more: int, rest: list[str]
) -> None:
    first = since + timedelta(days=start)
    short = assessed(claim(first, days, rest, listed_disease=listed))
    long = assessed(claim(first, days + more, rest, listed_disease=listed))
    assert short.total.minor <= long.total.minor


@pytest.mark.parametrize(("since", "listed"), [(OLD, False), (NEWER, False), (NEWER, True), (NEW, False), (NEW, True)])
@given(start=offsets, days=st.integers(2, 330), part=st.integers(1, 99), rest=rests)
def test_a_leave_in_two_papers_pays_the_same_as_the_whole(
    since: date, listed: bool, start: int, days: int, part: int, rest: list[str]
) -> None:
    first = since + timedelta(days=start)
    cut = max(1, min(days - 1, days * part // 100))
    middle = first + timedelta(days=cut)
    whole = assessed(claim(first, days, rest, listed_disease=listed))
    one = assessed(claim(first, cut, rest, listed_disease=listed))
    earlier = {"benefit": "sickness", "from": str(first), "to": str(middle - timedelta(days=1))}
    if listed:
        earlier["kind"] = "long_term"
    second = claim(middle, days - cut, rest, listed_disease=listed)
    second |= {"contributions": claim(first, 1)["contributions"], "earlier_spells": [earlier]}
    two = assessed(second)
    assert abs(one.total.minor + two.total.minor - whole.total.minor) <= 1


@given(start=offsets, days=st.integers(1, 330), leave=st.integers(0, 300), rest=rests, listed=st.booleans())
@pytest.mark.parametrize("since", [OLD, NEWER, NEW])
def test_each_day_claimed_is_paid_or_not_paid_once(
    since: date, start: int, days: int, leave: int, rest: list[str], listed: bool
) -> None:
    first = since + timedelta(days=start)
    mapping = claim(first, days, rest, listed_disease=listed)
    away = first + timedelta(days=leave)
    mapping["happenings"] = [{"from": str(away), "to": str(away + timedelta(days=9)), "what": "annual_leave"}]
    found = assessed(mapping)
    assert [day for run in found.timeline for day in run.period] == [first + timedelta(days=n) for n in range(days)]
    exact = sum((run.amount or Fraction(0) for run in found.timeline), start=Fraction(0))
    assert abs(exact - units(found)) <= Fraction(1, 2)


@given(
    days=st.integers(1, 60),
    used=st.integers(0, 60),
    halves=st.sets(st.integers(0, 59), max_size=9),
    listed=st.booleans(),
)
def test_days_with_halves_are_worth_what_is_paid(days: int, used: int, halves: set[int], listed: bool) -> None:
    first = date(2026, 3, 2)
    mapping = claim(first, days, listed_disease=listed)
    mapping["absences"] = [{"on": str(first + timedelta(days=n)), "hours": "3", "of": "8"} for n in halves]
    mapping["earlier_spells"] = [
        {
            "benefit": "sickness",
            "from": "2026-01-05",
            "to": "2026-02-20",
            "paid_days": f"{used // 2}.{5 * (used % 2)}",
        }
    ]
    found = assessed(mapping)
    exact = sum((run.amount or Fraction(0) for run in found.timeline), start=Fraction(0))
    assert abs(exact - units(found)) <= Fraction(1, 2)
    for line in found.worksheet:
        if line.id in ("benefit", "second_phase"):
            assert line.exact <= 9_600_000 * Fraction(3, 4) / 24 * days


@given(start=offsets, days=st.integers(1, 300), rest=rests, used=st.integers(0, 45))
@pytest.mark.parametrize("since", [OLD, NEWER, NEW])
def test_ordinary_sickness_pays_the_first_working_days_of_each_year(
    since: date, start: int, days: int, rest: list[str], used: int
) -> None:
    """The same rule counted day by day, without runs."""
    first = since + timedelta(days=start)
    mapping = claim(first, days, rest)
    before = str(first - timedelta(days=30))
    mapping["earlier_spells"] = [
        {"benefit": "sickness", "from": before, "to": before, "paid_days": {str(first.year): str(used)}}
    ]
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    months = Month.of(first).index - Month(2010, 1).index
    left = {first.year: (30 if months < 180 else 40) - used}
    paid, calendar = [], Calendar("VN")
    for day in (first + timedelta(days=n) for n in range(days)):
        left.setdefault(day.year, 30 if months < 180 else 40)
        if names[day.weekday()] not in rest and not calendar.is_holiday(day) and left[day.year] > 0:
            left[day.year] -= 1
            paid.append(day)
    found = assessed(mapping)
    assert [day for period in found.timeline.where(Status.PAID) for day in period] == paid
    assert units(found) == 300_000 * len(paid)


@given(start=offsets, days=st.integers(1, 400), hard=st.booleans(), wage=st.integers(0, 90_000_000).map(str))
@pytest.mark.parametrize("since", [OLD, NEWER, NEW])
def test_ordinary_sickness_stays_within_the_days_of_each_year(
    since: date, start: int, days: int, hard: bool, wage: str
) -> None:
    first = since + timedelta(days=start)
    mapping = claim(first, days, wage=wage)
    mapping["employments"][0]["hazardous"] = hard
    found = assessed(mapping)
    months = Month.of(first).index - Month(2010, 1).index
    cap = (30 if months < 180 else 40) + (10 if hard else 0)
    for year in {first.year, found.timeline.spans[-1].period.last.year}:
        paid = found.timeline.count(Status.PAID, Period(date(year, 1, 1), date(year, 12, 31)))
        assert paid <= cap
    assert units(found) <= Fraction(50_600_000 * 3, 4 * 24) * 50 * 2


@given(
    on=st.integers(0, 800).map(lambda n: date(2024, 6, 1) + timedelta(days=n)),
    have=st.sets(st.integers(0, 26), min_size=6, max_size=20),
    more=st.integers(0, 26),
    treated=st.booleans(),
)
def test_one_more_contributed_month_never_turns_a_yes_into_a_no(
    on: date, have: set[int], more: int, treated: bool
) -> None:
    def outcome(months: set[int]) -> str:
        mapping = birth(on, list(months))
        if treated:
            before = on - timedelta(days=200)
            whats = ("infertility_treatment", "rest_in_pregnancy")
            mapping["happenings"] = [{"from": str(before), "to": str(before), "what": what} for what in whats]
        return assessed(mapping).outcome

    if outcome(have) == "granted":
        assert outcome(have | {more}) == "granted"


@given(
    on=st.integers(0, 700).map(lambda n: date(2025, 7, 1) + timedelta(days=n)),
    children=st.integers(1, 4),
    before=st.integers(0, 3),
)
def test_more_children_never_pay_less_and_only_a_second_birth_has_the_longer_leave(
    on: date, children: int, before: int
) -> None:
    months = list(range(1, 13))
    one = assessed(birth(on, months, children=children, living_children_before=before))
    two = assessed(birth(on, months, children=children + 1, living_children_before=before))
    assert one.total.minor < two.total.minor
    longer = on >= date(2026, 7, 1) and before == 1
    expected = (7 if longer else 6) + children - 1
    assert next(line for line in one.worksheet if line.id == "allowance").exact == 8_000_000 * expected


@given(start=offsets, days=st.integers(1, 200), hours=st.integers(1, 8), listed=st.booleans())
@pytest.mark.parametrize("since", [OLD, NEW])
def test_the_same_facts_give_the_same_bytes_and_every_decision_can_be_rebuilt(
    since: date, start: int, days: int, hours: int, listed: bool
) -> None:
    first = since + timedelta(days=start)
    mapping = claim(first, days, listed_disease=listed)
    mapping["absences"] = [{"on": str(first), "hours": str(hours), "of": "8"}]
    once, twice = (json.dumps(assessed(mapping, new_year_cap="one_leave").json()) for _ in range(2))
    assert once == twice
    facts = json.loads(json.dumps(read_case(mapping).json()))
    assert json.dumps(in_force.rebuild(facts, json.loads(once)).json()) == once


@pytest.mark.parametrize(("hours", "paid"), [(1, "200000"), (3, "200000"), (4, "400000"), (7, "400000"), (8, "400000")])
def test_a_part_of_a_day_is_half_a_day_or_a_day(hours: int, paid: str) -> None:
    mapping = claim(date(2026, 5, 12), 1, wage="12800000")
    mapping["absences"] = [{"on": "2026-05-12", "hours": str(hours), "of": "8"}]
    assert str(units(assessed(mapping))) == paid


def test_the_declared_hours_of_a_self_registered_person_are_at_most_eight() -> None:
    mapping = claim(date(2026, 5, 12), 1, wage="12800000") | {"insured": {"insured_as": "business_owner"}}
    mapping["absences"] = [{"on": "2026-05-12", "hours": "4", "of": "10"}]
    assert str(units(assessed(mapping))) == "400000"


def test_thirty_odd_days_pay_more_than_the_month_before_september_2021() -> None:
    """The exception to the first property: circular 59/2015 pays each odd day a 24th of a month."""
    odd = assessed(claim(date(2019, 1, 1), 30, listed_disease=True))
    month = assessed(claim(date(2019, 1, 1), 31, listed_disease=True))
    assert units(odd) == units(month) * Fraction(30, 24)


@pytest.mark.parametrize(
    ("group", "on", "outcome"),
    [
        ("short_contract", date(2017, 5, 9), "refused"),
        ("short_contract", date(2018, 5, 9), "granted"),
        ("foreigner", date(2018, 5, 9), "refused"),
        ("foreigner", date(2025, 8, 5), "needs_judgement"),
        ("commune_worker", date(2025, 5, 6), "refused"),
        ("commune_worker", date(2025, 8, 5), "granted"),
        ("conscript", date(2025, 8, 5), "refused"),
        ("somebody_else", date(2025, 8, 5), "needs_judgement"),
    ],
)
def test_who_is_insured_for_sickness(group: str, on: date, outcome: str) -> None:
    assert assessed(claim(on, 2) | {"insured": {"insured_as": group}}).outcome == outcome


def test_recalled_groups_and_base_salaries_are_among_the_unconfirmed() -> None:
    found = assessed(claim(date(2024, 3, 5), 2) | {"insured": {"insured_as": "foreigner"}})
    sure = {u.figure: u.citation.evidence for u in found.unconfirmed}
    assert sure["later_groups"] == "recalled"
    assert sure["ceiling_2023"] == "recalled"


def test_an_employment_that_ended_before_the_leave_is_for_an_officer() -> None:
    mapping = claim(date(2026, 5, 11), 3)
    mapping["employments"][0]["to"] = "2026-05-08"
    assert assessed(mapping).outcome == "needs_judgement"
    judged = mapping | {"judgements": {"in_work": {"met": True, "why": "sick since the last day of work"}}}
    assert assessed(judged).outcome == "granted"


def test_the_base_after_a_gap_is_the_month_of_re_entry_or_the_last_one_before() -> None:
    mapping = claim(date(2026, 5, 11), 1)
    mapping["contributions"] = [
        {"from": "2025-01", "to": "2026-02", "wage": "9600000"},
        {"month": "2026-05", "wage": "4800000"},
    ]
    mapping["employments"] = [{"from": "2026-05-04", "weekly_rest": ["sun"]}]
    assert str(units(assessed(mapping))) == "150000"
    mapping["employments"] = [{"from": "2020-01-06", "weekly_rest": ["sun"]}]
    assert str(units(assessed(mapping))) == "300000"
    mapping["employments"] = [{"weekly_rest": ["sun"]}]
    assert [q.pointer for q in assessed(mapping).questions] == ["#/employments/0/from"]


def test_months_in_arrears_do_not_count() -> None:
    mapping = birth(date(2026, 5, 10), list(range(1, 8)))
    for contribution in mapping["contributions"][:2]:
        contribution["paid"] = False
    found = assessed(mapping)
    assert found.outcome == "refused"
    assert found.finding("contributed").facts["months"] == 5


def test_a_kind_of_contribution_nobody_knows_is_asked_for() -> None:
    mapping = birth(date(2026, 5, 10), list(range(1, 13)))
    mapping["contributions"][0]["kind"] = "something"
    assert [q.code for q in assessed(mapping).questions] == ["unknown_kind"]


def test_a_case_of_each_transition_says_why_the_older_law_governs() -> None:
    mapping = birth(date(2025, 7, 10), list(range(1, 13)))
    mapping["spell"]["first_day"] = "2025-06-15"
    found = assessed(mapping)
    assert found.statute is not None
    assert found.statute.id == "vn/sil2014"
    assert "is finished under it" in found.statute.chosen_by.msg


def test_a_rate_that_falls_and_rises_again_is_marked_both_times() -> None:
    """A listed disease over the New Year: 75 % for the 40 days of 2025, then 55 %, and 75 % again in 2026."""
    found = assessed(claim(date(2025, 11, 3), 75, listed_disease=True))
    said = [(mark.on, render(mark.text)) for mark in found.marks]
    assert [text for _, text in said] == ["55 % from here", "75 % from here"]
    runs = {run.period.first: run.rate for run in found.timeline if run.status == Status.PAID}
    assert said[0][0] == date(2025, 12, 29)
    assert said[1][0] == next(day for day in sorted(runs) if day.year == 2026)
    assert runs[said[1][0]] == Fraction(3, 4)
