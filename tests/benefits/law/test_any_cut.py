"""One spell claimed in pieces, through what each decision leaves behind, pays what it pays claimed at once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain import codec, history
from services.benefits.domain.assessment import Assessment
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from shared.period import Month, Period

TODAY = date(2027, 6, 1)
DAY = timedelta(days=1)


def worker(country: str, benefit: str, wage: str, first: date, **facts: Any) -> dict[str, Any]:
    """A long insured worker with the same wage in every month before the spell."""
    last = Month.of(first).plus(-1)
    return {
        "country": country,
        "benefit": benefit,
        "insured": {"insured_since": "2012-01-01"},
        "employments": [{"from": "2012-01-01", "pay": "monthly", "wage_stopped_word": "employer"}],
        "contributions": [{"from": str(last.plus(-39)), "to": str(last), "wage": wage}],
        "event": {},
    } | facts


def lao(first: date, *, left: int = 0, **_: Any) -> dict[str, Any]:
    return worker("la", "sickness", "3117777", first, event={"employer_days_used": 30 - left})


def burmese(first: date, **_: Any) -> dict[str, Any]:
    return worker("mm", "sickness", "233333", first)


def thai(first: date, *, left: int = 0, **_: Any) -> dict[str, Any]:
    job = {"from": "2012-01-01", "wage_paid_until": str(first + (left - 1) * DAY)}
    return worker("th", "sickness", "13777", first, employments=[job])


def thai_chronic(first: date, **facts: Any) -> dict[str, Any]:
    return thai(first, **facts) | {"event": {"chronic_disease": "cancer"}}


def vietnamese(first: date, *, listed: bool = False, **_: Any) -> dict[str, Any]:
    jobs = [{"from": "2012-01-01", "weekly_rest": ["sat", "sun"], "hazardous": False}]
    event = {"listed_disease": listed}
    return worker("vn", "sickness", "9637777", first, employments=jobs, event=event)


def listed(first: date, **_: Any) -> dict[str, Any]:
    return vietnamese(first, listed=True)


def sick_child(first: date, **_: Any) -> dict[str, Any]:
    jobs = [{"from": "2012-01-01", "weekly_rest": ["sat", "sun"], "hazardous": False}]
    event = {"child_born_on": str(first - 300 * DAY), "child": "first"}
    return worker("vn", "sick_child", "9637777", first, employments=jobs, event=event)


def model(first: date, **_: Any) -> dict[str, Any]:
    return worker("xx", "sickness", "2153", first)


def thai_section_40(first: date, **_: Any) -> dict[str, Any]:
    facts = worker("th", "section_40", "3000", first, insured={"insured_as": "section_40"})
    return facts | {"event": {"contribution_option": "option_2", "visits_paid": 0}}


def philippine(first: date, **_: Any) -> dict[str, Any]:
    return worker("ph", "sickness", "17300", first)


STORIES = [
    pytest.param(lao, date(2024, 1, 5), 500, id="la sickness"),
    pytest.param(burmese, date(2024, 1, 5), 250, id="mm sickness"),
    pytest.param(thai, date(2024, 1, 5), 300, id="th sickness"),
    pytest.param(thai_chronic, date(2024, 1, 5), 420, id="th chronic disease"),
    pytest.param(thai_section_40, date(2025, 10, 1), 60, id="th section 40"),
    pytest.param(vietnamese, date(2022, 1, 4), 200, id="vn sickness, law of 2014"),
    pytest.param(listed, date(2022, 1, 4), 420, id="vn listed disease, law of 2014"),
    pytest.param(vietnamese, date(2025, 7, 2), 200, id="vn sickness, law of 2024"),
    pytest.param(listed, date(2025, 7, 2), 300, id="vn listed disease, law of 2024"),
    pytest.param(sick_child, date(2025, 7, 2), 60, id="vn sick child"),
    pytest.param(model, date(2024, 1, 5), 300, id="xx sickness"),
    pytest.param(philippine, date(2024, 1, 5), 260, id="ph sickness"),
]


def claim(facts: dict[str, Any], days: Period, spells: list[dict[str, Any]]) -> dict[str, Any]:
    """The claim for some days; papers cover eight weeks each."""
    papers, first = [], days.first
    while first <= days.last:
        papers.append({"from": str(first), "to": str(min(days.last, first + 55 * DAY))})
        first += 56 * DAY
    spell = {"first_day": str(days.first), "last_day": str(days.last), "illness": "A15"}
    if facts["benefit"] == "sick_child":
        spell["cause"] = "sick_child"
    found = facts | {"spell": spell, "certificates": papers, "claimed_on": str(days.last)}
    return found | {"earlier_spells": spells} if spells else found


def decide(facts: dict[str, Any], days: Period, before: list[Assessment]) -> Assessment:
    """Decide a claim beside the decisions before it, each read back from its stored JSON."""
    stored = [json.loads(json.dumps(decision.json())) for decision in before]
    left = [spell for body in stored for spell in history.left_by(Assessment.from_json(body), {})]
    spells = [codec.write(spell) for spell in history.beside(days, facts["benefit"], left)]
    found = in_force.assess(read_case(claim(facts, days, spells)), today=TODAY)
    assert found.outcome != "questions", [q.pointer for q in found.questions]
    return found


@pytest.mark.parametrize(("story", "since", "longest"), STORIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_way_of_cutting_a_spell_into_claims_pays_what_the_whole_pays(
    story: Any, since: date, longest: int, data: st.DataObject
) -> None:
    first = since + timedelta(days=data.draw(st.integers(0, 300), label="begins after"))
    days = data.draw(st.integers(2, longest), label="days")
    left = data.draw(st.integers(0, 30), label="days the employer still pays")
    cuts = data.draw(st.sets(st.integers(1, days - 1), max_size=12), label="a new claim after so many days")
    if story is philippine:  # Fewer than four days are no confinement, so the first claim names at least four.
        cuts = {cut for cut in cuts if cut >= 4 and days >= 4}
    facts, whole = story(first, left=left), Period(first, first + (days - 1) * DAY)
    at_once = decide(facts, whole, [])
    assert at_once.total.minor or days <= 35
    begins = [0, *sorted(cuts)]
    decided: list[Assessment] = []
    for begin, end in zip(begins, [*begins[1:], days], strict=True):
        decided.append(decide(facts, Period(first + begin * DAY, first + (end - 1) * DAY), decided))
    assert sum(piece.total.minor for piece in decided) == at_once.total.minor
    if story is listed and since.year < 2025:  # Odd days beyond a month's whole amount are worth nothing: no day's own.
        return
    assert "".join(run.status * run.days for piece in decided for run in piece.timeline) == "".join(
        run.status * run.days for run in at_once.timeline
    )
