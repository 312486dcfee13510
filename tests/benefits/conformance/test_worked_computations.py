"""WC-01 to WC-12: worked computations, run through the real checker on a small test pack, to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.benefits.conformance.changes import smallest
from services.benefits.conformance.checks.leave import after_birth
from services.benefits.conformance.checks.ratios import ratios_at
from services.benefits.conformance.checks.result import Context, Result
from services.benefits.conformance.checks.running import run
from services.benefits.conformance.law import Law
from services.benefits.conformance.profile import Answer, Datum, Profile, Recipe, Scheme, read_profile
from services.benefits.conformance.standards import requirement
from services.benefits.domain.assessment import Citation
from services.benefits.law.pack import load_pack
from services.benefits.law.text import render

PACK = Path(__file__).parent / "packs" / "zz" / "act2000"
TEST = Citation("test", "verified")
ON = date(2025, 3, 3)
NOBODY = Profile("zz", 2025, "Test")


def law(figures: Mapping[str, Any] | None = None, on: date = ON, rest: tuple[int, ...] = ()) -> Law:
    pack = load_pack(PACK)
    for name, value in (figures or {}).items():
        pack = pack.with_figure(name, on, value)
    scheme = Scheme("zz", "Test", Recipe("sickness", weekly_rest=rest), Recipe("birth", leave_days="leave_days"))
    return Law("zz", on, pack, scheme)


def context(figures: Mapping[str, Any] | None = None, profile: Profile = NOBODY, **more: Any) -> Context:
    latest = more.pop("latest", None)
    return Context(law(figures, **more), profile, latest)


def check(id: str, c: Context, branch: str = "") -> Result:
    r = requirement(id)
    return run(r, branch or r.branches[0], c)


def skilled(**wages: int) -> dict[str, Datum]:
    return {name: Datum(Fraction(value), TEST) for name, value in wages.items()}


def family(in_work: int, in_contingency: int, wage: int) -> Profile:
    return replace(
        NOBODY,
        family_in_work=Fraction(in_work),
        family_in_contingency=Fraction(in_contingency),
        lowest=Datum(Fraction(wage), TEST),
        skilled=skilled(a=wage),
    )


def test_wc_01_allowances_on_both_sides() -> None:
    c = context(profile=family(150_000, 150_000, 3_000_000))
    c102, c130 = check("C102-65-45", c), check("C130-22-60", c)
    assert c102.found == c130.found == Fraction(1_950_000, 3_150_000)
    assert render(c102.cell) == "61.9 %"
    assert (c102.verdict, c130.verdict) == ("pass", "pass")


def test_wc_02_allowances_stop_in_sickness() -> None:
    c = context(profile=family(100_000, 0, 2_000_000))
    c102, c130 = check("C102-65-45", c), check("C130-22-60", c)
    assert c102.found == c130.found == Fraction(1_200_000, 2_100_000)
    assert (c102.verdict, c130.verdict) == ("pass", "fail")
    (change,) = [x for x in smallest(c130, c) if x.figures[0][0] == "rate"]
    assert change.figures[0][2] == Fraction(63, 100), "60 % of 2,100,000 is 63 % of the earnings"
    assert change.verified


EARNINGS = "[1800000, 2200000, 2600000, 3000000, 3600000, 4200000, 6000000, 18200000]"


def percentiles(tmp_path: Path, declared: str = "") -> Profile:
    cited = "citation: test, evidence: verified"
    wages = f"{{skilled: {{c: {{earnings: {EARNINGS}, {cited}}}, d: {{earnings: {EARNINGS}, {cited}}}}}}}"
    text = f"country: zz\nyear: 2025\nwages: {wages}\n"
    if declared:
        text += f"declared: {{skilled_worker: {declared}}}\n"
    path = tmp_path / f"2025{declared}.yaml"
    path.write_text(text)
    return read_profile(path)


def test_wc_03_ceiling_under_the_125_per_cent_definition() -> None:
    c = context({"ceiling": 4_500_000}, replace(NOBODY, skilled=skilled(d=6_500_000)))
    found = check("C102-65-CEILING", c)
    assert found.found == Fraction(2_700_000, 6_500_000)
    assert render(found.cell).startswith("41.5 %")
    assert found.verdict == "fail"
    assert check("C102-65-45", c).verdict == "pass"
    change = next(x for x in smallest(found, c) if x.figures[0][0] == "ceiling")
    assert change.figures[0][2] == 4_875_000
    assert "at least 4,875,000 XXD instead of 4,500,000 XXD" in render(change.words[0])
    assert found.limit == 6_000_000, "the skilled wage up to which it holds"


def test_wc_04_the_same_scheme_under_the_75th_percentile(tmp_path: Path) -> None:
    both = check("C102-65-CEILING", context({"ceiling": 4_500_000}, percentiles(tmp_path)))
    by = {a.name: a for a in both.alternatives}
    assert by["65(6)(c)"].verdict == "pass"
    assert render(by["65(6)(c)"].words) == "60 % at 4,200,000 XXD"
    assert by["65(6)(d)"].verdict == "fail"
    assert both.verdict == "review"
    declared = {d: check("C102-65-CEILING", context({"ceiling": 4_500_000}, percentiles(tmp_path, d))) for d in "cd"}
    assert (declared["c"].verdict, declared["c"].found) == ("pass", Fraction(3, 5))
    assert (declared["d"].verdict, declared["d"].found) == ("fail", Fraction(27, 65))
    assert [a.declared for a in declared["c"].alternatives] == [True, False]


@pytest.mark.parametrize(
    ("figures", "paid", "duration", "noted", "wait"),
    [
        pytest.param({}, 182, "pass", False, "pass", id="(i) 26 weeks from the first paid day"),
        pytest.param({"from_onset": 1}, 179, "pass", True, "pass", id="(ii) 26 weeks from onset"),
        pytest.param({"from_onset": 1, "waiting_days": 4}, 178, "fail", False, "fail", id="(iii) four waiting days"),
    ],
)
def test_wc_05_waiting_days_and_the_limit(
    figures: dict[str, Any], paid: int, duration: str, noted: bool, wait: str
) -> None:
    c = context(figures)
    found = check("C102-18-26W", c)
    assert found.tried[0].timeline.paid_days() == paid
    assert found.verdict == duration
    assert (found.question is not None) == noted
    assert check("C102-18-WAIT3", c).verdict == wait
    assert check("C130-26-52W", c).verdict == "fail"
    declared = Context(c.law, replace(NOBODY, declared={"article_2": "yes"}))
    assert check("C130-26-2-26W", declared).verdict == duration
    assert check("C130-26-2-26W", c).verdict == "not_applicable"
    assert check("C130-26-2-26W", c).would == duration


@pytest.mark.parametrize(
    ("figures", "days", "verdict"),
    [
        pytest.param({"longest_days": 180}, 180, "fail", id="180 days"),
        pytest.param({"longest_months": 6}, 181, "fail", id="six months, at their shortest"),
    ],
)
def test_wc_06_months_are_not_weeks(figures: dict[str, int], days: int, verdict: str) -> None:
    found = check("C102-18-26W", context({"waiting_days": 0, **figures}))
    assert found.found == days
    assert found.verdict == verdict
    if "longest_months" in figures:
        assert found.tried[0].case.spell.first_day in [date(2025, m, 1) for m in (1, 2, 9, 11)]


def test_wc_06_days_of_maternity_and_a_year() -> None:
    ninety = context({"leave_days": 90, "paid_days": 90})
    assert check("C102-52-12W", ninety).verdict == "pass"
    assert check("C183-4-14W", ninety).verdict == "fail"
    long = context({"leave_days": 105, "paid_days": 105})
    assert check("C183-4-14W", long).verdict == "pass"
    assert check("R191-1-18W", long).verdict == "fail"
    year = check("C130-26-52W", context({"longest_months": 12, "waiting_days": 0}))
    assert year.found == 365
    assert year.verdict == "pass"


@pytest.mark.parametrize(
    ("rest", "rate", "c102", "c130"),
    [
        pytest.param((6, 7), Fraction(13, 30), "fail", "fail", id="five days a week"),
        pytest.param((7,), Fraction(52, 100), "pass", "fail", id="six days a week"),
    ],
)
def test_wc_07_mixed_time_bases(rest: tuple[int, int] | tuple[int], rate: Fraction, c102: str, c130: str) -> None:
    c = context({"working": 1, "longest_days": 400}, rest=rest)
    low = check("C102-65-45", c)
    assert low.found == rate
    assert (low.verdict, check("C130-22-60", c).verdict) == (c102, c130)
    assert check("C102-65-TIMEBASIS", c).verdict == "not_applicable"


def test_wc_08_flat_benefit() -> None:
    wages: dict[str, Any] = {"labourer": Datum(Fraction(1_500_000), TEST)}
    with_family = replace(NOBODY, family_in_work=Fraction(80_000), family_in_contingency=Fraction(80_000), **wages)
    c = context({"flat": 650_000}, with_family)
    found = check("C102-66-45", c)
    assert (found.found, found.verdict) == (Fraction(730, 1580), "pass")
    assert render(found.cell) == "46.2 %"
    assert check("C102-65-45", c).verdict == "not_applicable"
    alone = check("C102-66-45", context({"flat": 650_000}, replace(NOBODY, **wages)))
    assert (alone.found, alone.verdict) == (Fraction(13, 30), "fail")
    assert check("C102-66-45", context({"flat": 675_000}, replace(NOBODY, **wages))).verdict == "pass"
    assert check("C102-66-45", context({"flat": 674_999}, replace(NOBODY, **wages))).verdict == "fail"


def test_wc_09_leave_longer_than_twelve_weeks() -> None:
    c = context({"leave_days": 105, "paid_days": 90})
    verdicts = {id: check(id, c).verdict for id in ("C102-52-12W", "C102-52-NATLEAVE", "C183-4-14W", "C183-6-PAID")}
    assert verdicts == {
        "C102-52-12W": "pass",
        "C102-52-NATLEAVE": "fail",
        "C183-4-14W": "pass",
        "C183-6-PAID": "fail",
    }
    assert render(check("C102-52-NATLEAVE", c).cell) == "90 of 105, 15 short"


@pytest.mark.parametrize(
    ("figures", "verdict", "noted"),
    [
        pytest.param({"birth_flat": 666_667}, "pass", False, id="666,667: 3B = 2,000,001"),
        pytest.param({"birth_flat": 666_666}, "fail", False, id="666,666 by amount"),
        pytest.param({"birth_rate": "2/3"}, "pass", True, id="two-thirds by rule, the last unit rounded down"),
        pytest.param({"birth_rate": "66.67 %"}, "pass", False, id="66.67 %"),
        pytest.param({"birth_rate": "66.6 %"}, "fail", False, id="66.6 % is no matter of rounding"),
    ],
)
def test_wc_10_exactly_two_thirds(figures: dict[str, Any], verdict: str, noted: bool) -> None:
    """A flat amount stands for an amount written in law; it is compared at earnings of 1,000,000."""
    million = replace(NOBODY, lowest=Datum(Fraction(1_000_000), TEST), labourer=Datum(Fraction(1_000_000), TEST))
    c = context({"birth_ceiling": 1_000_000, **figures}, million)
    if "birth_flat" in figures:
        (ratio,) = ratios_at(c, "maternity", Fraction(1_000_000), 10**6)
        r = requirement("C183-6-TWO-THIRDS")
        assert ratio.rate == Fraction(figures["birth_flat"], 1_000_000)
        assert ("pass" if 3 * ratio.rate >= 3 * r.number else "fail") == verdict
        return
    found = check("C183-6-TWO-THIRDS", c)
    assert found.verdict == verdict
    assert bool(found.notes) == noted
    if noted:
        assert "rounding the last unit" in render(found.notes[0])


def test_a_rate_is_never_rounded_up_to_the_threshold_it_misses() -> None:
    found = check("C102-65-45", context({"rate": "44.995 %"}))
    assert found.verdict == "fail"
    assert render(found.cell) == "44.995 %, 0.005 points short"


def eight_weeks() -> Profile:
    return replace(NOBODY, answers={"compulsory_postnatal": Answer("yes", "", TEST, Fraction(56))})


@pytest.mark.parametrize(
    ("late", "profile", "left", "verdict"),
    [
        pytest.param(10, NOBODY, 46, "pass", id="+10, six weeks compulsory"),
        pytest.param(10, eight_weeks(), 46, "fail", id="+10, eight weeks compulsory"),
        pytest.param(20, NOBODY, 36, "fail", id="+20, fixed end"),
    ],
)
def test_wc_11_late_birth(late: int, profile: Profile, left: int, verdict: str) -> None:
    c = context({"extended": 0}, profile, on=date(2025, 6, 1), latest=late)
    after, _, tried = after_birth(c, late, date(2025, 6, 1))
    assert tried.case.spell.first_day == date(2025, 6, 1)
    assert after == left
    assert check("C183-4-LATE", c).verdict == verdict


def test_wc_11_the_leave_must_run_to_12_september() -> None:
    c = context({"extended": 0}, on=date(2025, 6, 1), latest=20)
    found = check("C183-4-LATE", c)
    (change,) = smallest(found, c)
    assert change.figures == (), "a rule that extends the leave, not more of it for all"
    assert date(2025, 6, 1).toordinal() + 103 == date(2025, 9, 12).toordinal()
    longer = context({"extended": 0, "leave_days": 104}, on=date(2025, 6, 1), latest=20)
    assert check("C183-4-LATE", longer).verdict == "pass"
    assert check("C183-6-PAID", context({"leave_days": 104, "paid_days": 97})).verdict == "fail"


def test_wc_12_article_7() -> None:
    lower = context({"birth_rate": "50 %", "rate": "60 %"})
    assert check("C183-6-TWO-THIRDS", lower).verdict == "fail"
    assert (check("C183-7-FLOOR", lower).verdict, check("C183-7-FLOOR", lower).would) == (
        "not_applicable",
        "fail",
    )
    reported = {"article_7_reported": Answer("yes", "Reasons and rate were given.", TEST)}
    invoked = replace(NOBODY, declared={"article_7": "yes", "C183 level": "7"}, answers=reported)
    assert check("C183-7-FLOOR", context({"birth_rate": "50 %", "rate": "60 %"}, invoked)).verdict == "fail"
    even = {"birth_rate": "50 %", "rate": "50 %"}
    taken = context(even, invoked)
    assert check("C183-7-FLOOR", taken).verdict == "pass"
    assert "progressive increase" in render(check("C183-7-FLOOR", taken).notes[0])
    replaced = check("C183-6-TWO-THIRDS", taken)
    assert (replaced.verdict, replaced.would) == ("not_applicable", "fail")
    assert check("C102-65-45", taken, "maternity").verdict == "pass"
    not_taken = context(even)
    assert check("C183-6-TWO-THIRDS", not_taken).verdict == "fail"
    assert check("C183-7-FLOOR", not_taken).verdict == "not_applicable"


def test_article_7_with_a_sickness_rate_that_changes_goes_to_a_person() -> None:
    invoked = replace(NOBODY, declared={"article_7": "yes", "C183 level": "7"})
    c = context({"birth_rate": "55 %", "rate": "60 %", "later_rate": "50 %", "later_after": 90}, invoked)
    assert check("C183-7-FLOOR", c).verdict == "review"


def test_maternity_rates_that_vary_are_averaged() -> None:
    c = context({"birth_rate": "100 %", "later_birth_rate": "40 %", "later_birth_after": 49})
    found = check("C102-50-AVERAGE", c)
    assert (found.found, found.verdict) == (Fraction(70, 100), "pass")
    part = check("C183-6-TWO-THIRDS", c)
    assert part.verdict == "review", "the mean reaches two-thirds, the second half does not"
    low = context({"birth_rate": "60 %", "later_birth_rate": "20 %", "later_birth_after": 49})
    assert check("C102-50-AVERAGE", low).verdict == "fail"
    assert check("C183-6-TWO-THIRDS", low).verdict == "fail"
