"""Whatever the facts, the answer is an assessment, questions, or a refusal by name: never a fault of ours."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy
from jsonschema import Draft202012Validator

from services.benefits.domain.case import CAUSES, HAPPENINGS, PAY, SEX, WHOSE_WORD
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.figures import FactSpec, is_core
from services.benefits.law.schema import assessment_schema
from services.benefits.law.vocabulary import countries, vocabulary
from shared.period import Month
from tests.benefits.law.facts import TODAY

SCHEMA = Draft202012Validator(assessment_schema())
BENEFITS = [(c, b) for c in countries() for b in vocabulary(c).benefits]

days = st.integers(0, 900).map(lambda n: (date(2023, 10, 1) + timedelta(days=n)).isoformat())
spans = st.tuples(days, st.integers(0, 250)).map(
    lambda d: {"from": d[0], "to": (date.fromisoformat(d[0]) + timedelta(days=d[1])).isoformat()}
)
amounts = st.sampled_from(["0", "1", "999.99", "2500", "1600000", "4500000", "12345678.90"])
maybe = st.booleans()


def optional(**parts: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """All of these facts, but for a few that are missing."""
    names = sorted(parts)
    missing = st.sets(st.sampled_from(names), max_size=1) if names else st.just(set())
    return st.tuples(st.fixed_dictionaries(parts), maybe, missing).map(
        lambda drawn: {k: v for k, v in drawn[0].items() if not (drawn[1] and k in drawn[2])}
    )


def fact(spec: FactSpec) -> SearchStrategy[Any]:
    if spec.choices:
        return st.sampled_from(spec.choices)
    return {
        "date": days,
        "int": st.integers(0, 40),
        "bool": maybe,
        "money": amounts,
        "number": amounts,
        "dates": st.lists(days, max_size=4),
        "month": st.sampled_from(["2024-05", "2025-01"]),
    }.get(spec.type, st.sampled_from(["a", "normal"]))


def cases(country: str, benefit: str) -> SearchStrategy[dict[str, Any]]:
    facts = vocabulary(country).benefits[benefit]

    def of(span: dict[str, str]) -> SearchStrategy[dict[str, Any]]:
        first = date.fromisoformat(span["from"])
        near = st.integers(-100, 100).map(lambda n: (first + timedelta(days=n)).isoformat())
        close = st.tuples(near, st.integers(0, 60)).map(
            lambda d: {"from": d[0], "to": (date.fromisoformat(d[0]) + timedelta(days=d[1])).isoformat()}
        )
        month = Month.of(first)
        wages = st.lists(st.tuples(st.integers(0, 5), amounts, st.integers(0, 9)), min_size=20, max_size=20)
        contributions = wages.map(
            lambda drawn: [
                {"month": str(month.plus(1 - n)), "wage": wage, "paid": paid > 0}
                for n, (there, wage, paid) in enumerate(drawn)
                if there
            ]
        )
        spell = optional(
            first_day=st.just(span["from"]),
            last_day=st.just(span["to"]),
            cause=st.sampled_from(CAUSES),
            illness=st.just("J18"),
        )
        job = optional(
            pay=st.sampled_from(PAY),
            days_worked=st.integers(0, 400),
            wage_paid_until=near,
            wage_stopped_word=st.sampled_from(WHOSE_WORD),
            weekly_rest=st.sampled_from([[], ["sun"], ["sat", "sun"]]),
            hazardous=maybe,
            **{"from": st.sampled_from(["2022-01-01", span["from"]])},
        )
        happening = st.tuples(close, st.sampled_from(HAPPENINGS)).map(lambda h: h[0] | {"what": h[1]})
        earlier = st.tuples(st.integers(1, 60), st.integers(0, 50), maybe, amounts).map(
            lambda s: [
                {
                    "from": str(first - timedelta(days=s[0] + s[1])),
                    "to": str(first - timedelta(days=s[0])),
                    "paid_days": {str(first.year): "3"},
                }
                | ({"illness": "J18"} if s[2] else {})
            ]
        )
        event = {n: near if f.type == "date" else fact(f) for n, f in facts.items() if not is_core(n)}
        return optional(
            claimed_on=near,
            insured=optional(sex=st.sampled_from(SEX), born_on=st.just("1990-05-05")),
            employments=st.lists(job, min_size=1, max_size=2),
            contributions=contributions,
            spell=spell,
            certificates=st.one_of(st.just([span]), st.lists(close, max_size=3)),
            happenings=st.lists(happening, max_size=2),
            earlier_spells=st.one_of(st.just([]), earlier),
            event=optional(**event),
        ).map(lambda found: {"country": country, "benefit": benefit} | found)

    return spans.flatmap(of)


@pytest.mark.parametrize(("country", "benefit"), BENEFITS, ids=[f"{c}-{b}" for c, b in BENEFITS])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_facts_are_answered(country: str, benefit: str, data: DataObject) -> None:
    mapping = data.draw(cases(country, benefit))
    try:
        case = read_case(mapping)
        found = in_force.assess(case, today=TODAY)
    except (CaseInvalid, in_force.PackNotInForce, in_force.UnknownBenefit):
        return
    stored = json.loads(json.dumps(found.json()))
    assert [e.message for e in SCHEMA.iter_errors(stored)] == []
    assert found.total.minor == sum(i.amount.minor for i in found.instalments)
    assert all(i.amount.minor > 0 for i in found.instalments)
    runs = found.timeline.spans
    assert all(a.period.last < b.period.first for a, b in pairwise(runs))
    assert (found.outcome == "questions") == bool(found.questions)
    if found.outcome == "refused":
        assert not found.total
        assert found.finding(found.decisive or "").verdict == "not_met"
    if found.outcome == "granted":
        assert found.total
        assert all(f.verdict == "met" for f in found.findings)
    assert read_case(case.json()) == case
