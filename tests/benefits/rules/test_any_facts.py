"""Whatever the facts, the answer is an assessment, questions, or a refusal by name: never a fault of ours."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.benefits.rulepacks import in_force
from services.benefits.rules.case import CAUSES, HAPPENINGS, PAY, SEX, WHOSE_WORD, CaseInvalid, read_case
from services.benefits.rules.figures import is_core
from services.benefits.rules.schema import assessment_schema
from services.benefits.rules.vocabulary import countries, vocabulary
from tests.benefits.rules.facts import TODAY

SCHEMA = Draft202012Validator(assessment_schema())
BENEFITS = [(c, b) for c in countries() for b in vocabulary(c).benefits]

days = st.integers(0, 900).map(lambda n: (date(2023, 10, 1) + timedelta(days=n)).isoformat())
spans = st.tuples(days, st.integers(0, 250)).map(
    lambda d: {"from": d[0], "to": (date.fromisoformat(d[0]) + timedelta(days=d[1])).isoformat()}
)
amounts = st.sampled_from(["0", "1", "999.99", "2500", "1600000", "4500000", "12345678.90"])
maybe = st.booleans()


def optional(**parts):
    return st.fixed_dictionaries({}, optional=parts)


def fact(spec):
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


def cases(country, benefit):
    facts = vocabulary(country).benefits[benefit]
    months = st.integers(0, 30).flatmap(
        lambda n: st.just([{"month": f"{2023 + (n + k) // 12}-{(n + k) % 12 + 1:02d}"} for k in range(14)])
    )
    contributions = st.tuples(
        months, st.lists(st.tuples(maybe, amounts, maybe), min_size=14, max_size=14)
    ).map(
        lambda two: [m | {"wage": w, "paid": paid} for m, (there, w, paid) in zip(*two, strict=True) if there]
    )
    spell = st.tuples(spans, st.sampled_from(CAUSES), maybe).map(
        lambda s: (
            {"first_day": s[0]["from"], "last_day": s[0]["to"], "cause": s[1], "illness": "J18"}
            if s[2]
            else {"first_day": s[0]["from"]}
        )
    )
    job = optional(
        pay=st.sampled_from(PAY),
        days_worked=st.integers(0, 400),
        wage_paid_until=days,
        wage_stopped_word=st.sampled_from(WHOSE_WORD),
        weekly_rest=st.sampled_from([[], ["sun"], ["sat", "sun"]]),
        hazardous=maybe,
        **{"from": st.just("2022-01-01")},
    )
    return st.fixed_dictionaries(
        {"country": st.just(country), "benefit": st.just(benefit)},
        optional={
            "claimed_on": days,
            "insured": optional(sex=st.sampled_from(SEX), born_on=st.just("1990-05-05")),
            "employments": st.lists(job, max_size=2),
            "contributions": contributions,
            "spell": spell,
            "certificates": st.lists(spans, max_size=3),
            "happenings": st.lists(
                st.tuples(spans, st.sampled_from(HAPPENINGS)).map(lambda h: h[0] | {"what": h[1]}), max_size=3
            ),
            "earlier_spells": st.lists(
                st.tuples(spans, maybe, amounts).map(
                    lambda s: (
                        s[0] | ({"illness": "J18"} if s[1] else {}) | {"paid_days": {s[0]["from"][:4]: "3"}}
                    )
                ),
                max_size=2,
            ),
            "event": optional(**{n: fact(f) for n, f in facts.items() if not is_core(n)}),
        },
    )


@pytest.mark.parametrize(("country", "benefit"), BENEFITS, ids=[f"{c}-{b}" for c, b in BENEFITS])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_facts_are_answered(country, benefit, data):
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
    runs = found.timeline.runs
    assert all(a.period.last < b.period.first for a, b in pairwise(runs))
    assert (found.outcome == "questions") == bool(found.questions)
    if found.outcome == "refused":
        assert not found.total
        assert found.finding(found.decisive or "").verdict == "not_met"
    if found.outcome == "granted":
        assert found.total
        assert all(f.verdict == "met" for f in found.findings)
    assert read_case(case.json()) == case
