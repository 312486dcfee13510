"""One figure is changed so that a requirement should fail; exactly that requirement must flip. And: raising the tested
benefit's own rate or days never turns a pass into a fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.conformance.law import Law, law_of
from services.benefits.conformance.profile import Answer, Profile, Recipe, Scheme, profile
from services.benefits.conformance.report import examine
from services.benefits.domain.assessment import Citation
from services.benefits.law.pack import load_pack

PACK = Path(__file__).parent / "packs" / "zz" / "act2000"
ON = date(2026, 11, 1)
TEST = Citation("test", "verified")


def verdicts(law: Law, about: Profile) -> dict[str, str]:
    return {r.key: r.verdict for r in examine(law, about, with_changes=False).results}


def flipped(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    return {key: f"{before[key]} -> {after[key]}" for key in before if before[key] != after[key]}


@pytest.fixture(scope="module")
def model() -> tuple[Law, Profile, dict[str, str]]:
    law, about = law_of("xx", ON), profile("xx", ON)
    return law, about, verdicts(law, about)


@pytest.mark.parametrize(
    ("benefit", "figure", "value", "flips"),
    [
        pytest.param("sickness", "daily_rate", Fraction(58, 100), {"C130-22-60 sickness": "pass -> fail"}, id="level"),
        pytest.param("sickness", "ceiling", Fraction(2900), {"C102-65-CEILING sickness": "pass -> fail"}, id="ceiling"),
        pytest.param(
            "sickness", "longest_days", Fraction(179), {"C102-18-26W sickness": "pass -> fail"}, id="duration"
        ),
        pytest.param(
            "sickness",
            "waiting_days",
            Fraction(4),
            {"C102-18-WAIT3 sickness": "pass -> fail", "C130-26-WAIT3 sickness": "pass -> fail"},
            id="waiting",
        ),
        pytest.param(
            "sickness",
            "contributed_months",
            Fraction(7),
            {"C102-17-QUALIFY sickness": "pass -> review"},
            id="qualifying",
        ),
        pytest.param(
            "birth",
            "birth_contributed_months",
            Fraction(7),
            {"C102-51-QUALIFY maternity": "pass -> review"},
            id="qualifying for a birth",
        ),
        pytest.param(
            "birth",
            "birth_rate",
            Fraction(66, 100),
            {"C183-6-TWO-THIRDS maternity": "pass -> fail", "C103-4-TWO-THIRDS maternity": "pass -> fail"},
            id="two-thirds, in both Conventions that ask for it",
        ),
        pytest.param(
            "birth",
            "leave_days",
            Fraction(97),
            {"C183-4-14W maternity": "pass -> fail", "C183-6-PAID maternity": "pass -> fail"},
            id="leave and its payment",
        ),
        pytest.param(
            "birth",
            "further_child_days",
            Fraction(0),
            {"R191-1-MULTIPLE maternity": "pass -> fail"},
            id="several children",
        ),
    ],
)
def test_exactly_the_right_requirement_flips(
    model: tuple[Law, Profile, dict[str, str]], benefit: str, figure: str, value: Fraction, flips: dict[str, str]
) -> None:
    law, about, before = model
    assert flipped(before, verdicts(law.with_figure(figure, value, benefit), about)) == flips


def draft(**figures: Any) -> Law:
    pack = load_pack(PACK)
    for name, value in {"waiting_days": 2, **figures}.items():
        pack = pack.with_figure(name, ON, value)
    return Law("zz", ON, pack, Scheme("zz", "Test", Recipe(), Recipe(leave_days="leave_days")))


NOBODY = Profile("zz", 2026, "Test")


@pytest.mark.parametrize(
    ("figures", "flips"),
    [
        pytest.param({"extended": 0}, {"C183-4-LATE maternity": "pass -> fail"}, id="late birth"),
        pytest.param({"year_days": 200}, {"C102-18-PERCASE sickness": "pass -> fail"}, id="per case"),
        pytest.param(
            {"leave_days": 99, "paid_days": 98},
            {"C102-52-NATLEAVE maternity": "pass -> fail"},
            id="the leave it is compared with is longer",
        ),
    ],
)
def test_exactly_the_right_requirement_flips_in_a_draft(figures: dict[str, int], flips: dict[str, str]) -> None:
    found = flipped(verdicts(draft(), NOBODY), verdicts(draft(**figures), NOBODY))
    if "paid_days" in figures:  # its late birth is unpaid too, as the leave is
        found.pop("C183-6-PAID maternity", None)
    assert found == flips


def test_raising_the_figure_compared_against_may_fail() -> None:
    invoked = replace(
        NOBODY,
        declared={"article_7": "yes", "C183 level": "7"},
        answers={"article_7_reported": Answer("yes", "", TEST)},
    )
    same = verdicts(draft(rate="60 %", birth_rate="60 %"), invoked)
    higher = verdicts(draft(rate="70 %", birth_rate="60 %", later_rate="70 %"), invoked)
    assert (same["C183-7-FLOOR maternity"], higher["C183-7-FLOOR maternity"]) == ("pass", "fail")
    declared = replace(NOBODY, declared={"leave_days": "120"})
    assert verdicts(draft(), NOBODY)["C183-6-PAID maternity"] == "pass"
    assert verdicts(draft(), declared)["C183-6-PAID maternity"] == "fail"
    eight = replace(NOBODY, answers={"compulsory_postnatal": Answer("yes", "", TEST, Fraction(60))})
    assert verdicts(draft(), NOBODY)["C183-4-LATE maternity"] == "pass"
    assert verdicts(draft(), eight)["C183-4-LATE maternity"] == "fail"


#: These compare two national figures; raising the other one may turn them, which has its own test above.
COMPARED = {"C183-7-FLOOR", "C102-52-NATLEAVE", "C183-6-PAID", "C183-4-LATE"}


@settings(max_examples=25, deadline=None)
@given(
    rate=st.integers(30, 90),
    more=st.integers(1, 40),
    days=st.integers(60, 380),
    longer=st.integers(1, 60),
    which=st.sampled_from(["rate", "birth_rate", "longest_days", "paid_days"]),
    ceiling=st.sampled_from([None, 3000, 5000]),
)
def test_raising_the_benefit_never_turns_a_pass_into_a_fail(
    rate: int, more: int, days: int, longer: int, which: str, ceiling: int | None
) -> None:
    base: dict[str, Any] = {
        "rate": Fraction(rate, 100),
        "birth_rate": Fraction(rate, 100),
        "longest_days": days,
        "ceiling": ceiling,
        "paid_days": min(days, 140),
        "leave_days": 140,
    }
    raised = dict(base)
    raised[which] = base[which] + (Fraction(more, 100) if "rate" in which else longer)
    if which == "paid_days":
        raised["leave_days"] = base["leave_days"]
    before, after = verdicts(draft(**base), NOBODY), verdicts(draft(**raised), NOBODY)
    worse = {
        key for key in before if before[key] == "pass" and after[key] == "fail" and key.split(" ")[0] not in COMPARED
    }
    assert not worse
