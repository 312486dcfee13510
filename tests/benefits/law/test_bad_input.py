"""Facts that cannot be are refused with the field's name and a code, and never with who the person is."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.benefits.domain import case as declared
from services.benefits.domain import codec, contributions, kinds
from services.benefits.domain.case import Case
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.law import case as law_case
from services.benefits.law.case import read_case
from services.benefits.law.faults import SENTENCES, sentence
from services.benefits.law.text import render
from tests.benefits.law.facts import birth, sickness


def errors(mapping: object) -> list[tuple[str, str]]:
    with pytest.raises(CaseInvalid) as refused:
        read_case(mapping)
    for error in refused.value.errors:
        assert set(error) == {"pointer", "code", "params"}
        json.dumps(error)
        assert "{" not in render(sentence(error))
    return [(e["pointer"], e["code"]) for e in refused.value.errors]


def spell(**facts: Any) -> dict[str, Any]:
    return sickness(spell=facts)


@pytest.mark.parametrize(
    ("mapping", "pointer", "code"),
    [
        pytest.param(spell(first_day="2025-02-30"), "#/spell/first_day", "not_a_date", id="30 February"),
        pytest.param(spell(first_day="3 March"), "#/spell/first_day", "not_a_date", id="a day in words"),
        pytest.param(spell(first_day=20250303), "#/spell/first_day", "not_a_date", id="a day as a number"),
        pytest.param(spell(first_day="1066-10-14"), "#/spell/first_day", "date_out_of_range", id="Hastings"),
        pytest.param(
            spell(first_day="2025-03-12", last_day="2025-03-03"),
            "#/spell/last_day",
            "before_the_first_day",
            id="a spell that ends before it begins",
        ),
        pytest.param(
            spell(first_day="1950-03-12", last_day="2025-03-03"),
            "#/spell/last_day",
            "too_many_days",
            id="a spell of 75 years",
        ),
        pytest.param(
            spell(first_day="2025-03-03", last_day="2025-03-12", fit_on="2025-03-20"),
            "#/spell/fit_on",
            "contradicts_last_day",
            id="two ends",
        ),
        pytest.param(
            sickness(
                contributions=[
                    {"month": "2025-01", "wage": "1"},
                    {"from": "2024-12", "to": "2025-02", "wage": "1"},
                ]
            ),
            "#/contributions/1/from",
            "month_twice",
            id="a month contributed twice",
        ),
        pytest.param(
            sickness(contributions=[{"month": "2025-01", "wage": "-1"}]),
            "#/contributions/0/wage",
            "negative",
            id="a negative wage",
        ),
        pytest.param(
            sickness(contributions=[{"month": "2025-01", "wage": 2150}]),
            "#/contributions/0/wage",
            "amount_not_text",
            id="a wage as a number",
        ),
        pytest.param(
            sickness(contributions=[{"month": "2025-01", "wage": "2,150"}]),
            "#/contributions/0/wage",
            "not_an_amount",
            id="a wage with a comma",
        ),
        pytest.param(
            sickness(contributions=[{"month": "2025-01", "wage": "1e9"}]),
            "#/contributions/0/wage",
            "not_an_amount",
            id="a wage in powers of ten",
        ),
        pytest.param(
            sickness(contributions=[{"month": "2025-13", "wage": "1"}]),
            "#/contributions/0/month",
            "not_a_month",
            id="a thirteenth month",
        ),
        pytest.param(
            sickness(contributions=[{"from": "2025-03", "to": "2025-01", "wage": "1"}]),
            "#/contributions/0/to",
            "before_the_first_month",
            id="months in reverse",
        ),
        pytest.param(
            birth(insured={"insured_since": "2025-07-01"}),
            "#/event/birth_on",
            "birth_before_insured",
            id="a birth before the mother was insured",
        ),
        pytest.param(
            birth(insured={"born_on": "2025-07-01"}),
            "#/event/birth_on",
            "birth_before_own_birth",
            id="a child older than its mother",
        ),
        pytest.param(
            sickness(earlier_spells=[{"from": "2025-03-01", "to": "2025-03-04"}]),
            "#/earlier_spells/0/to",
            "spells_overlap",
            id="an earlier spell that overlaps",
        ),
        pytest.param(
            sickness(
                earlier_spells=[
                    {"from": "2025-01-01", "to": "2025-01-09"},
                    {"from": "2025-01-09", "to": "2025-01-12"},
                ]
            ),
            "#/earlier_spells/1/from",
            "spells_overlap",
            id="two earlier spells that overlap",
        ),
        pytest.param(sickness() | {"benefit": "holiday"}, "#/benefit", "unknown_benefit", id="an unknown benefit"),
        pytest.param(sickness() | {"country": "zz"}, "#/country", "unknown_word", id="an unknown country"),
        pytest.param(sickness() | {"surname": "An"}, "#/surname", "unknown_field", id="an unknown field"),
        pytest.param(
            birth() | {"event": {"weather": "fair"}}, "#/event/weather", "unknown_field", id="an unknown fact"
        ),
        pytest.param(
            sickness("la", event={"employer_days_used": True}),
            "#/event/employer_days_used",
            "not_a_whole_number",
            id="a yes where a number stands",
        ),
        pytest.param(
            birth("la") | {"event": {"claimant": "aunt"}},
            "#/event/claimant",
            "unknown_word",
            id="a claim by the aunt",
        ),
        pytest.param(
            sickness(absences=[{"on": "2025-03-03", "hours": "9", "of": "8"}]),
            "#/absences/0/hours",
            "impossible_hours",
            id="nine of eight hours",
        ),
        pytest.param(
            sickness(employments=[{"weekly_rest": ["sunday"]}]),
            "#/employments/0/weekly_rest",
            "unknown_word",
            id="an unknown weekday",
        ),
        pytest.param(
            sickness(judgements={"wage_stopped": {"met": True}}),
            "#/judgements/wage_stopped/why",
            "missing",
            id="a judgement without a reason",
        ),
    ],
)
def test_a_fact_that_cannot_be_is_refused(mapping: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in errors(mapping)


@pytest.mark.parametrize("nothing", [None, [], "a claim", 7, {}, {"country": "xx"}])
def test_what_is_not_a_case_is_refused(nothing: list[Any] | str | int | dict[str, Any] | dict[str, str] | None) -> None:
    assert errors(nothing)


def test_ten_thousand_spells_are_refused_at_once() -> None:
    spells = [{"from": "2025-01-01", "to": "2025-01-01"}] * 10_000
    began = time.perf_counter()
    assert errors(sickness(earlier_spells=spells)) == [("#/earlier_spells", "too_many")]
    assert time.perf_counter() - began < 1


def test_a_text_of_a_megabyte_is_refused_and_not_repeated() -> None:
    long = "x" * 1_000_000
    mapping = sickness(employments=[{"employer": long}], insured={"insured_as": long})
    mapping["spell"]["illness"] = long
    with pytest.raises(CaseInvalid) as refused:
        read_case(mapping | {long: 1})
    assert len(json.dumps(refused.value.errors)) < 2000
    assert {e["code"] for e in refused.value.errors} == {"too_long", "unknown_field"}


def test_a_hundred_faults_are_told_in_one_answer_of_bounded_length() -> None:
    many = [{"month": "2025-01", "wage": "-1", "paid": "perhaps"} for _ in range(100)]
    assert len(errors(sickness(contributions=many))) == 50


def test_contributions_for_a_thousand_years_are_refused() -> None:
    assert errors(sickness(contributions=[{"from": "1900-01", "to": "2199-12", "wage": "1"}])) == [
        ("#/contributions/0", "too_many")
    ]


def test_the_error_says_nothing_about_the_person() -> None:
    mapping = sickness(
        insured={"born_on": "1988-08-12", "sex": "unknowable"}, contributions=[{"month": "x", "wage": "y"}]
    )
    mapping["spell"]["illness"] = "F32.1"
    with pytest.raises(CaseInvalid) as refused:
        read_case(mapping)
    said = json.dumps(refused.value.errors) + str(refused.value)
    assert "1988" not in said
    assert "F32" not in said


def test_a_case_is_written_as_it_was_read() -> None:
    mapping = sickness(
        "la",
        insured={"born_on": "1988-08-12", "sex": "female", "insured_since": "2015-01-01"},
        employments=[{"employer": "Savan Silk", "pay": "monthly", "weekly_rest": ["sun", "sat"], "hazardous": True}],
        contributions=[
            {"month": "2025-01", "wage": "2600000.50"},
            {"from": "2024-03", "to": "2024-05", "wage": "2600000"},
            {"month": "2024-06", "wage": "2600000", "paid": False},
        ],
        happenings=[{"from": "2025-03-04", "to": "2025-03-04", "what": "wage_paid"}],
        absences=[{"on": "2025-03-05", "hours": "3.5", "of": "8"}],
        earlier_spells=[{"from": "2024-12-20", "to": "2025-01-09", "paid_days": {"2024": "3.5", "2025": "6"}}],
        judgements={"wage_stopped": {"met": True, "why": "Seen"}},
    )
    case = read_case(mapping)
    written = case.json()
    assert read_case(json.loads(json.dumps(written))) == case
    assert read_case(written).json() == written
    assert written["contributions"] == [
        {"from": "2024-03", "to": "2024-05", "wage": "2600000"},
        {"month": "2024-06", "wage": "2600000", "paid": False},
        {"month": "2025-01", "wage": "2600000.5"},
    ]


def test_a_range_and_its_months_are_the_same_case() -> None:
    months = [{"month": f"2024-{n:02d}", "wage": "2150"} for n in range(12, 2, -1)]
    ranged = [{"from": "2024-03", "to": "2024-12", "wage": "2150.00"}]
    assert read_case(sickness(contributions=months)) == read_case(sickness(contributions=ranged))


def test_a_default_is_assumed_but_never_stored() -> None:
    mapping = birth()
    del mapping["event"]["children"]
    case = read_case(mapping)
    assert case.number("children") == 1
    assert "children" not in case.json()["event"]


def test_reading_takes_dates_as_yaml_gives_them() -> None:
    case = read_case(sickness(claimed_on=date(2025, 3, 20)))
    assert isinstance(case, Case)
    assert case.claimed_on == date(2025, 3, 20)


def test_every_code_has_its_sentence() -> None:
    rooms = (codec, kinds, declared, contributions, law_case)
    source = "\n".join(Path(str(room.__file__)).read_text() for room in rooms)
    codes = set(re.findall(r'wrong\([^()]*?(?:\([^()]*\)[^()]*?)*?"([a-z_]+)"[,)\s]', source))
    codes |= set(re.findall(r'"(too_long|missing)"', source))
    assert codes - {"to", "from"} <= set(SENTENCES)
    assert set(SENTENCES) <= set(re.findall(r'"([a-z_]+)"', source))
