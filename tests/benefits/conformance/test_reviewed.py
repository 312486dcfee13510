"""What an ILO reviewer found the checker to say wrongly, each with the law that showed it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from services.benefits.conformance.changes import smallest
from services.benefits.conformance.checks.result import Context
from services.benefits.conformance.conclusion import conclusions, gaps
from services.benefits.conformance.law import law_of
from services.benefits.conformance.page import html, view
from services.benefits.conformance.pdf import pdf
from services.benefits.conformance.profile import Answer, profile
from services.benefits.conformance.report import Report, report, report_draft
from services.benefits.domain.assessment import Citation
from services.benefits.law.pack import load_pack
from services.benefits.law.text import render
from tests.benefits.conformance.test_worst_case import NOBODY, PACK, changed, check, law_in

ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {country: report(country, ON, with_changes=False) for country in ("la", "vn", "mm", "th")}


@pytest.mark.parametrize(
    ("rate", "ceiling", "figure", "to"),
    [
        pytest.param(Fraction(40, 100), None, "rate", Fraction(45, 100), id="a rate in whole per cent"),
        pytest.param(Fraction(54, 100), None, "rate", Fraction(60, 100), id="the rate of C130"),
    ],
)
def test_a_printed_change_turns_the_verdict_when_it_is_typed_in(
    rate: Fraction, ceiling: int | None, figure: str, to: Fraction
) -> None:
    law = law_in(PACK, rate=rate, ceiling=ceiling)
    id = "C102-65-45" if to == Fraction(45, 100) else "C130-22-60"
    (change, *_rest) = smallest(check(id, law, "sickness"), Context(law, NOBODY))
    assert change.figures[0][0] == figure
    assert change.figures[0][2] == to
    assert check(id, law.with_figure(figure, to, "sickness"), "sickness").verdict == "pass"


def test_two_thirds_is_told_as_67_per_cent_and_money_in_whole_units(reports: dict[str, Report]) -> None:
    made = report("th", ON)
    (change, *_rest) = made.result("R134-66", "sickness").changes
    assert "67 % instead of 50 %" in render(change.words[0]), "66.7 % would pass, 66.6 % and 66 % would not"
    for found in made.results:
        for told in found.changes:
            assert all(to.denominator == 1 for _n, _now, to, unit in told.figures if unit == "money")


def test_article_67_d_is_a_way_of_meeting_67_c() -> None:
    enough = {"means": Fraction(10), "disregard": Fraction(10), "benefit": Fraction(100), "benefit_66": Fraction(90)}
    more = {"total_paid": Fraction(130), "total_66": Fraction(100)}
    told = {}
    neither = enough | more | {"benefit": Fraction(50), "total_paid": Fraction(1)}
    for name, data in (("c", enough), ("d", more), ("neither", neither)):
        about = replace(NOBODY, means_test=data)
        told[name] = tuple(check(id, law_in(PACK), "sickness", about).verdict for id in ("C102-67-FLOOR", "C102-67-30"))
    assert told == {"c": ("pass", "not_applicable"), "d": ("not_applicable", "pass"), "neither": ("fail", "fail")}


def test_at_the_lowest_is_the_lowest(reports: dict[str, Report]) -> None:
    lao, burmese = (reports[c].result("C183-6-ADEQUATE") for c in ("la", "mm"))
    assert lao.found == Fraction(1_600_000) * Fraction(80, 100), "the minimum wage is the floor"
    assert burmese.found is None, "a part of earnings, however low they are"


@pytest.mark.parametrize(
    ("parts", "verdict", "count"),
    [
        (("I", "II", "III", "VIII"), "fail", 3),
        (("I", "III", "VIII", "XIV"), "fail", 2),
        (("II", "III", "III", "V"), "pass", 3),
    ],
)
def test_only_branches_count_towards_three_parts(parts: tuple[str, ...], verdict: str, count: int) -> None:
    found = check("C102-2-PARTS", law_in(PACK), "both", replace(NOBODY, parts=parts))
    assert (found.verdict, found.found) == (verdict, Fraction(count))


def test_c130_counts_its_weeks_in_each_case() -> None:
    law = law_in(PACK, longest_days=364, year_days=364)
    assert check("C130-26-52W", law).verdict == "fail", "after other illnesses of the year less is left"
    assert check("C130-26-52W", law_in(PACK, longest_days=364)).verdict == "pass"


def test_leave_for_complications_and_an_early_birth_are_paid_too(tmp_path: Path) -> None:
    fine = check("C183-6-PAID", law_in(PACK))
    assert fine.verdict == "pass"
    assert "article 5" in render(fine.notes[0])
    early = changed(
        tmp_path / "early",
        {
            "birth.py": [
                (
                    "leave = Period(first, first + timedelta(days=law.leave_days.whole + late - 1))",
                    "late = (born - first).days - 42\n"
                    "    leave = Period(first, first + timedelta(days=law.leave_days.whole + late - 1))",
                )
            ]
        },
    )
    assert check("C183-6-PAID", law_in(early)).verdict == "fail"
    pregnant = changed(
        tmp_path / "pregnant",
        {
            "sickness.py": [
                (
                    "    sheet.timeline = line\n    if not line.paid_days():",
                    "    if case.spell.illness and case.spell.illness.startswith('O'):\n"
                    "        line = line.put(claimed, Status.NOT_PAID, 'contributed')\n"
                    "    sheet.timeline = line\n    if not line.paid_days():",
                )
            ]
        },
    )
    assert check("C183-6-PAID", law_in(pregnant)).verdict == "fail"
    assert check("C102-14-CONTINGENCY", law_in(pregnant)).verdict == "fail", "an illness is left out"


def test_a_cut_for_women_only_is_seen(tmp_path: Path) -> None:
    assert check("C102-65-OTHERS", law_in(PACK), "sickness").verdict == "pass"
    folder = changed(
        tmp_path / "women",
        {"sickness.py": [("else wage * rate", "else wage * rate / (2 if case.insured.sex == 'female' else 1)")]},
    )
    found = check("C102-65-OTHERS", law_in(folder), "sickness")
    assert (found.verdict, render(found.cell)) == ("review", "benefits differ: sex")


def test_a_third_delivery_and_another_section_are_seen_in_thailand(reports: dict[str, Report]) -> None:
    third = reports["th"].result("C102-52-12W")
    assert (third.verdict, render(third.cell)) == ("fail", "0 days for delivery number 3")
    others = reports["th"].result("C102-65-OTHERS", "sickness")
    assert (others.verdict, render(others.cell)) == ("review", "benefits differ: kind of insurance")


def test_months_of_service_are_not_months_of_contributions(reports: dict[str, Report]) -> None:
    found = reports["mm"].result("C102-17-QUALIFY")
    assert render(found.cell) == "6 months of service, 4 of contributions"


def test_the_wage_of_the_employer_is_told_apart_from_the_benefit(reports: dict[str, Report]) -> None:
    found = reports["th"].result("C183-6-TWO-THIRDS")
    assert found.verdict == "review"
    assert [(a.name, a.verdict) for a in found.alternatives] == [("strict", "fail"), ("income", "pass")]


def test_what_article_4_5_asks_for_is_a_rule_and_not_more_leave_for_all() -> None:
    law, about = law_of("la", ON), profile("la", ON)
    found = check("C183-4-LATE", law, "maternity", about)
    (change,) = smallest(found, Context(law, about))
    assert change.figures == ()
    assert render(change.words[0]).startswith("A rule that extends the leave by the days the birth is late")


def test_a_verdict_says_what_it_rests_on_and_a_fail_by_practice_goes_to_a_person(reports: dict[str, Report]) -> None:
    lao = reports["la"].result("C102-65-45", "sickness")
    assert lao.weakest == "recalled", "the Lao rates were not read in the law"
    cell = next(
        row["cells"][0]
        for group in view([reports["la"]])["key"]
        for row in group["rows"]
        if row["anchor"] == "C102-65-45-sickness"
    )
    assert (cell["kind"], cell["rests"]) == ("y", "from memory")
    for made in reports.values():
        assert not [r.key for r in made.results if r.verdict == "fail" and r.weakest == "default"]


def test_exclusions_stay_open_until_the_convention_is_ratified(reports: dict[str, Report]) -> None:
    assert {reports[c].result("C183-2-SCOPE").verdict for c in ("vn", "mm")} == {"review"}
    bound = replace(profile("vn", ON), ratified={"C183": Answer("yes", "", Citation("test", "verified"))})
    assert check("C183-2-SCOPE", law_of("vn", ON), "maternity", bound).verdict == "fail"


def test_the_time_basis_is_told_and_no_law_is_praised_for_it(reports: dict[str, Report]) -> None:
    assert {made.result("C102-65-TIMEBASIS", "sickness").verdict for made in reports.values()} == {"not_applicable"}


def test_a_part_that_the_employer_bears_is_to_judge_in_myanmar(reports: dict[str, Report]) -> None:
    assert reports["mm"].result("C102-71-COLLECTIVE", "sickness").verdict == "review"


def test_no_ratification_is_told_with_its_source(reports: dict[str, Report]) -> None:
    (column,) = view([reports["th"]])["columns"]
    assert "Recalled, about early 2025" in column["ratified"]


def test_a_draft_is_named_everywhere_and_what_it_turns_is_listed_both_ways(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "reform",
        {
            "sickness.yaml": [("value: 182,", "value: 364,")],
            "birth.yaml": [("value: 98,", "value: 97,")],
            "pack.yaml": [("currency: XXD\n", "currency: XXD\nsteps: xx/sia2020\n")],
        },
        source=Path(__file__).parents[3] / "services/benefits/law/packs/xx/sia2020",
    )
    law = report("xx", ON, with_changes=False)
    draft = report_draft(load_pack(folder), ON, with_changes=False)
    (turned,) = view([law, draft])["turned"]
    ways = {item["id"]: item["better"] for item in turned["items"]}
    assert ways["C130-26-52W"] is True
    assert ways["C183-4-14W"] is False
    page = html([law, draft])
    assert "What the draft turns: Model country, draft" in page
    assert page.count("Model country, draft") > 50


@pytest.mark.poppler
def test_a_tick_is_text_in_the_document(reports: dict[str, Report]) -> None:
    """A reader that copies, searches or speaks the page finds the verdict and no drawing alone."""
    shown = subprocess.run(["pdftotext", "-", "-"], input=pdf([reports["la"]]), capture_output=True, check=True).stdout
    told = shown.decode()
    assert told.count("met:") > 10
    assert told.count("below the standard:") >= 4


@pytest.mark.poppler
def test_what_stands_beside_a_tick_is_seen_on_paper(reports: dict[str, Report], tmp_path: Path) -> None:
    """The word of a tick is written unseen; what is written after it is not. The column of the law has ink on it."""
    command = ["pdftoppm", "-r", "100", "-gray", "-f", "1", "-l", "1", "-", str(tmp_path / "page")]
    subprocess.run(command, input=pdf([reports["la"]]), check=True)
    with Image.open(next(tmp_path.iterdir())) as page:
        width, height = page.size
        column = page.crop((width // 2, height // 4, width, height * 2 // 3))
        dark = sum(column.histogram()[:128])
    assert dark > 2000, "ticks alone come to less"


@pytest.mark.poppler
def test_the_first_page_ends_in_what_it_comes_to(reports: dict[str, Report]) -> None:
    lao = {f"{one.instrument} {one.branch}": one for one in conclusions(reports["la"])}
    sickness = lao["C102 sickness"]
    assert (sickness.part, sickness.verdict) == ("Part III", "no_data")
    assert sickness.by == ("15(a)", "65(1)", "65(3)")
    assert not sickness.below
    assert [r.requirement.id for r in lao["C183 maternity"].below] == ["C183-4-LATE"]
    thai = {f"{one.instrument} {one.branch}": one for one in conclusions(reports["th"])}
    assert thai["C102 sickness"].verdict == "fail"
    command = ["pdftotext", "-l", "1", "-", "-"]
    shown = subprocess.run(command, input=pdf([reports["la"]]), capture_output=True, check=True).stdout.decode()
    told = " ".join(shown.split())
    assert "C102 Part III, sickness. May be accepted by articles 15(a), 65(1), 65(3)" in told
    assert "holds up to 7,000,000 kip" in told
    assert "C183, maternity. Cannot be accepted yet" in told


def test_the_gap_behind_most_verdicts_is_named_first(reports: dict[str, Report]) -> None:
    found = gaps(reports["la"])
    assert [len(gap.articles) for gap in found] == sorted((len(gap.articles) for gap in found), reverse=True)
    assert found[0].evidence == "recalled"
    assert "C130 26(1)" in found[0].articles
    assert all(not gap.evidence or gap.evidence in ("recalled", "default") for gap in found)


DIP = "else wage * (rate / 2 if {low} <= wage < {high} else rate)"


@pytest.mark.parametrize(("low", "high"), [(3000, 3060), (14000, 14200), (700, 705), (5000000, 5050000)])
def test_a_narrow_dip_in_the_middle_of_the_earnings_is_found(tmp_path: Path, low: int, high: int) -> None:
    """Persons of one narrow band of wages get half of what those beside them get."""
    assert check("C102-65-45", law_in(PACK), "sickness").verdict == "pass"
    folder = changed(tmp_path / "dip", {"sickness.py": [("else wage * rate", DIP.format(low=low, high=high))]})
    found = check("C102-65-45", law_in(folder), "sickness")
    assert found.verdict == "fail"
    assert low <= found.tried[0].earnings < high


def test_a_dip_in_the_benefit_of_a_birth_is_found(tmp_path: Path) -> None:
    folder = changed(tmp_path / "dip", {"birth.py": [("else wage * rate", DIP.format(low=9000, high=9100))]})
    assert check("C183-6-TWO-THIRDS", law_in(PACK)).verdict == "pass"
    assert check("C183-6-TWO-THIRDS", law_in(folder)).verdict == "fail"


CLASSES = "else ((wage // 100 * 100 if 1000 <= wage < 12000 else wage) * (rate{dip}))"


@pytest.mark.parametrize(("low", "high"), [(3010, 3060), (9120, 9180), (5000000, 5050000)])
def test_a_dip_is_found_in_a_law_of_more_than_a_hundred_wage_classes(tmp_path: Path, low: int, high: int) -> None:
    """The benefit leaves its line at every class; the band that gets half is looked for all the same."""
    classes = {"sickness.py": [("else wage * rate", CLASSES.format(dip=""))]}
    assert check("C102-65-45", law_in(changed(tmp_path / "classes", classes)), "sickness").verdict == "pass"
    dip = f" / 2 if {low} <= wage < {high} else rate"
    folder = changed(tmp_path / "dip", {"sickness.py": [("else wage * rate", CLASSES.format(dip=dip))]})
    found = check("C102-65-45", law_in(folder), "sickness")
    assert found.verdict == "fail"
    assert low <= found.tried[0].earnings < high
