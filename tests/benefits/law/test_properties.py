"""What holds for every claim, tried with claims nobody thought of."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain.status import Status
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.text import render
from shared.period import Month
from tests.benefits.law.facts import assessed, birth, sickness

settings.register_profile("small", max_examples=60, deadline=None)
settings.load_profile("small")

FIRST = date(2024, 3, 1)
firsts = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))
lengths = st.integers(1, 420)
wages = st.integers(0, 9_000_000).map(str)
COUNTRY = pytest.mark.parametrize("country", ["xx", "la"])


def contributed(first: date, have: list[bool], wage: str) -> list[dict[str, str]]:
    """A wage for each of the months before the one of `first`, the newest first, where `have` says so."""
    last = Month.of(first)
    return [{"month": str(last.plus(-n - 1)), "wage": wage} for n, yes in enumerate(have) if yes]


def claim(country: str, first: date, days: int, **facts: Any) -> dict[str, Any]:
    last = first + timedelta(days=days - 1)
    mapping = sickness(country, f"{first}..{last}")
    mapping["contributions"] = contributed(first, [True] * 14, "2150" if country == "xx" else "3100000")
    return mapping | facts


@COUNTRY
@given(first=firsts, days=lengths, more=st.integers(1, 60))
def test_a_longer_certified_spell_never_pays_less(country: str, first: date, days: int, more: int) -> None:
    short, long = assessed(claim(country, first, days)), assessed(claim(country, first, days + more))
    assert short.total.minor <= long.total.minor


@COUNTRY
@given(first=firsts, days=st.integers(2, 400), part=st.floats(0, 1), left=st.integers(0, 30))
def test_a_spell_in_two_linked_parts_pays_the_same_as_the_whole(
    country: str, first: date, days: int, part: float, left: int
) -> None:
    cut = max(1, min(days - 1, int(days * part)))
    event = {"event": {"employer_days_used": left}} if country == "la" else {}
    middle = first + timedelta(days=cut)
    whole = assessed(claim(country, first, days, **event))
    one = assessed(claim(country, first, cut, **event))
    earlier = {"from": first.isoformat(), "to": (middle - timedelta(days=1)).isoformat(), "illness": "J18"}
    rest = claim(country, middle, days - cut, earlier_spells=[earlier], **event)
    rest["contributions"] = claim(country, first, 1)["contributions"]
    two = assessed(rest)
    unit = 100 if country == "la" else 1
    assert abs(one.total.minor + two.total.minor - whole.total.minor) <= unit


@COUNTRY
@given(
    first=firsts,
    days=lengths,
    worked=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20)), max_size=4),
)
def test_each_day_claimed_is_paid_or_not_paid_once(
    country: str, first: date, days: int, worked: list[tuple[int, int]]
) -> None:
    happened = [
        {"from": str(first + timedelta(days=a)), "to": str(first + timedelta(days=a + b)), "what": "worked"}
        for a, b in worked
    ]
    found = assessed(claim(country, first, days, happenings=happened))
    assert [day for run in found.timeline for day in run.period] == [first + timedelta(days=n) for n in range(days)]
    assert sum(found.timeline.count(status) for status in Status) == days
    exact = sum((run.amount or 0 for run in found.timeline), start=0)
    assert abs(exact - found.total.units) <= 1


@COUNTRY
@given(first=firsts, days=lengths, wage=wages)
def test_no_total_is_above_the_cap(country: str, first: date, days: int, wage: str) -> None:
    mapping = claim(country, first, days)
    mapping["contributions"] = contributed(first, [True] * 12, wage)
    total = assessed(mapping).total.units
    assert total <= (4_500_000 * 12 * 7 / 10 if country == "la" else 3600 * 182 * 6 / 300)


@COUNTRY
@given(first=firsts, have=st.lists(st.booleans(), min_size=14, max_size=14), more=st.integers(0, 13), low=wages)
def test_one_more_contributed_month_never_turns_a_yes_into_a_no(
    country: str, first: date, have: list[bool], more: int, low: str
) -> None:
    def outcome(months: list[bool], extra: list[dict[str, str]]) -> str:
        mapping = claim(country, first, 40)
        mapping["contributions"] = contributed(first, months, "3000000") + extra
        return assessed(mapping).outcome

    month = str(Month.of(first).plus(-more - 1))
    if not have[more] and any(have) and outcome(have, []) == "granted":
        assert outcome(have, [{"month": month, "wage": low}]) == "granted"


@COUNTRY
@given(first=firsts, days=lengths, have=st.lists(st.booleans(), min_size=1, max_size=20), late=st.booleans())
def test_the_same_facts_give_the_same_bytes_and_every_decision_can_be_rebuilt(
    country: str, first: date, days: int, have: list[bool], late: bool
) -> None:
    mapping = claim(country, first, days)
    mapping["contributions"] = contributed(first, have, "2500000")
    mapping["employments"] = [{"pay": "monthly", "wage_stopped_word": "worker" if late else "employer"}]
    options = {"reference_divisor": "six"} if country == "la" and late else {}
    once, twice = (json.dumps(assessed(mapping, **options).json()) for _ in range(2))
    assert once == twice
    stored = json.loads(once)
    facts = json.loads(json.dumps(read_case(mapping).json()))
    assert json.dumps(in_force.rebuild(facts, stored).json()) == once


@COUNTRY
@given(first=firsts, days=lengths, have=st.lists(st.booleans(), max_size=20))
def test_every_sentence_has_all_its_gaps_filled_and_every_line_its_inputs(
    country: str, first: date, days: int, have: list[bool]
) -> None:
    mapping = claim(country, first, days)
    mapping["contributions"] = contributed(first, have, "2500000")
    found = assessed(mapping)
    texts = [found.reason, *(f.text for f in found.findings), *(line.text for line in found.worksheet)]
    texts += [f.change for f in found.findings if f.change] + [m.text for m in found.marks]
    texts += [q.text for q in found.questions]
    for text in texts:
        assert "{" not in render(text)
        assert "  " not in render(text)
    ids = [line.id for line in found.worksheet]
    assert len(ids) == len(set(ids))
    for place, line in enumerate(found.worksheet):
        assert set(line.inputs) <= set(ids[:place])
    if found.outcome in ("refused", "needs_judgement"):
        assert found.decisive in {f.id for f in found.findings}


@COUNTRY
@given(on=firsts, children=st.integers(1, 4), worked=st.integers(0, 110), have=st.integers(0, 14))
def test_a_birth_pays_by_day_and_child_and_never_for_days_worked(
    country: str, on: date, children: int, worked: int, have: int
) -> None:
    mapping = birth(country, on.isoformat())
    mapping["event"] |= {"children": children}
    mapping["contributions"] = contributed(on, [True] * max(1, have), "2000000")
    base = assessed(mapping)
    mapping["happenings"] = [{"from": str(on), "to": str(on + timedelta(days=worked)), "what": "worked"}]
    less = assessed(mapping)
    assert base.outcome in ("granted", "refused")
    assert less.total.minor <= base.total.minor
    assert sum(i.amount.minor for i in base.instalments) == base.total.minor
