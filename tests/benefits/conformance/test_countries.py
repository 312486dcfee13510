"""The four countries, the model country, their profiles, time, drafts and doors."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from services.benefits import cli
from services.benefits.conformance import __main__ as generated
from services.benefits.conformance import chart as charts
from services.benefits.conformance.line import line_for, text_of
from services.benefits.conformance.page import html, view
from services.benefits.conformance.pdf import pdf
from services.benefits.conformance.profile import PROFILES, nearest_rank, profile, read_profile
from services.benefits.conformance.report import Report, flips, report, report_draft, rows, series
from services.benefits.conformance.standards import instruments, requirements
from services.benefits.law.case_files import read_case_files
from services.benefits.law.figures import FigureFault
from services.benefits.law.in_force import PACKS
from services.benefits.law.pack import load_pack
from services.benefits.law.text import render

ON = date(2026, 11, 1)

#: Section 10 of the specification, abbreviated ids written out.
EVERY_ID = [
    "C102-2-PARTS",
    "C102-3-DECL",
    "C102-14-CONTINGENCY",
    "C102-15A-EMP50",
    "C102-15B-RES20",
    "C102-15C-MEANS",
    "C102-15D-IND50",
    "C102-17-QUALIFY",
    "C102-18-26W",
    "C102-18-PERCASE",
    "C102-18-WAIT3",
    "C102-18-2A-POOL10",
    "C102-18-2B-13W",
    "C102-48A-EMP50",
    "C102-48B-RES20",
    "C102-48C-IND50",
    "C102-49-MEDICAL",
    "C102-50-AVERAGE",
    "C102-51-QUALIFY",
    "C102-52-12W",
    "C102-52-NATLEAVE",
    "C102-65-45",
    "C102-65-CEILING",
    "C102-65-TIMEBASIS",
    "C102-65-OTHERS",
    "C102-66-45",
    "C102-67-REDUCE",
    "C102-67-FLOOR",
    "C102-67-30",
    "C102-68-RESIDENTS",
    "C102-68-MEMBERS",
    "C102-69-CLOSED",
    "C102-69-B-EXCESS",
    "C102-69-C-LIMIT",
    "C102-70-APPEAL",
    "C102-71-COLLECTIVE",
    "C102-71-EMP50",
    "C102-71-ACTUARIAL",
    "C102-72-PARTICIPATE",
    "C102-76-EVIDENCE",
    "C130-19-COVER",
    "C130-20-COVER",
    "C130-22-60",
    "C130-22-CEILING",
    "C130-23-60",
    "C130-25-QUALIFY",
    "C130-26-52W",
    "C130-26-2-26W",
    "C130-26-WAIT3",
    "C130-27-FUNERAL",
    "C130-28-CLOSED",
    "C130-29-APPEAL",
    "C183-2-SCOPE",
    "C183-4-14W",
    "C183-4-POST6W",
    "C183-4-LATE",
    "C183-5-ILLNESS",
    "C183-6-PAID",
    "C183-6-ADEQUATE",
    "C183-6-TWO-THIRDS",
    "C183-6-COMPARABLE",
    "C183-6-MAJORITY",
    "C183-6-ASSISTANCE",
    "C183-6-EMPLOYER",
    "C183-7-FLOOR",
    "C183-8-DISMISSAL",
    "C183-8-BURDEN",
    "C183-8-RETURN",
    "C183-9-TEST",
    "C183-10-BREAKS",
    "C103-3-12W",
    "C103-3-POST6W",
    "C103-4-TWO-THIRDS",
    "C103-4-EMPLOYER",
    "R191-1-18W",
    "R191-1-MULTIPLE",
    "R191-2-FULL",
    "R191-10-ADOPT",
    "R134-66",
    "R134-THROUGHOUT",
    "R202-5C",
]


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {country: report(country, ON) for country in ("la", "vn", "mm", "th", "xx")}


def test_every_requirement_is_there_and_cited() -> None:
    assert sorted(r.id for r in requirements()) == sorted(EVERY_ID)
    assert all(r.citation.text and r.citation.evidence for r in requirements())


@pytest.mark.parametrize(
    ("country", "id", "branch", "verdict", "words"),
    [
        ("la", "C102-65-CEILING", "sickness", "no_data", "holds up to 7,000,000 LAK, from day 182 up to 6,000,000 LAK"),
        ("vn", "C102-65-CEILING", "sickness", "no_data", "holds up to 76,134,259 VND"),
        ("mm", "C102-65-CEILING", "sickness", "no_data", "holds up to 400,000 MMK"),
        ("th", "C102-65-CEILING", "sickness", "no_data", "holds up to 19,444 THB"),
        ("vn", "C102-18-26W", "sickness", "fail", "30 working days, worth 42, 140 short"),
        ("vn", "C102-65-45", "sickness", "pass", "67.7 %"),
        ("vn", "R191-2-FULL", "maternity", "pass", "100 %, exactly"),
        ("th", "C102-18-PERCASE", "sickness", "fail", "0 of 90 days left"),
        ("th", "C102-52-NATLEAVE", "maternity", "fail", "90 of 120, 30 short"),
        ("la", "C183-4-LATE", "maternity", "fail", "holds up to 21 days late"),
        ("mm", "C183-6-PAID", "maternity", "review", "10 days unpaid if the birth is late"),
        ("la", "C130-22-60", "sickness", "pass", "60 %, exactly"),
        ("la", "C102-51-QUALIFY", "maternity", "review", "9 months"),
        ("xx", "C102-69-CLOSED", "both", "fail", "outside the list: contributions in arrears"),
        ("xx", "C183-8-BURDEN", "maternity", "fail", "the law is silent"),
    ],
)
def test_verdicts(reports: dict[str, Report], country: str, id: str, branch: str, verdict: str, words: str) -> None:
    found = reports[country].result(id, branch)
    assert (found.verdict, render(found.cell)) == (verdict, words)


def test_every_figure_of_a_level_or_duration_has_its_run(reports: dict[str, Report]) -> None:
    for made in reports.values():
        for found in made.results:
            if found.requirement.test in ("level65", "longest_case", "paid_days", "two_thirds", "waiting"):
                assert found.tried, found.key
                assert found.tried[0].case.country == made.country


def test_every_failed_level_or_duration_has_a_verified_change(reports: dict[str, Report]) -> None:
    """Or the report says nothing, where no figure alone would do; what it says was run."""
    for made in reports.values():
        for found in made.results:
            assert all(change.verified for change in found.changes)
            if found.verdict == "fail" and found.requirement.test in (
                "level65",
                "longest_case",
                "leave_days",
                "paid_days",
            ):
                third = made.country == "th" and found.requirement.id == "C102-52-12W"  # a limit to deliveries
                assert found.changes or third, f"{made.country} {found.key}"


def test_thai_sickness_needs_two_figures_at_once(reports: dict[str, Report]) -> None:
    (change, *_) = reports["th"].result("C102-18-26W").changes
    assert {name: int(to) for name, _now, to, _unit in change.figures} == {
        "days_of_spell": 182,
        "days_of_year": 182,
    }


def test_a_model_country_has_no_gap_and_sees_every_verdict(reports: dict[str, Report]) -> None:
    assert reports["xx"].counts()["no_data"] == 0
    assert {r.verdict for r in reports["xx"].results} == {"pass", "fail", "review", "not_applicable"}
    assert all(reports[c].counts()["no_data"] > 0 for c in ("la", "vn", "mm", "th")), "statistics are never invented"


def test_through_time_the_thai_ceiling_and_leave_move() -> None:
    moments = series("th", [date(year, 12, 31) for year in (2024, 2025, 2026)])
    limits = [m.limits["C102-65-CEILING sickness"] for m in moments]
    assert [int(x) for x in limits] == [16666, 16666, 19444]
    assert not [f for f in flips(moments) if f.key.startswith("C102-65-45")]


def test_a_ceiling_left_to_drift_names_the_year_it_fell_below(tmp_path: Path) -> None:
    for year, wage in ((2020, 4000), (2022, 4400), (2024, 4700), (2026, 5600)):
        folder = tmp_path / "xx"
        folder.mkdir(exist_ok=True)
        (folder / f"{year}.yaml").write_text(
            f"country: xx\nyear: {year}\nname: Own\nwages: "
            f"{{skilled: {{a: {{value: {wage}, citation: own, evidence: verified}}}}}}\n"
        )
    moments = series("xx", [date(year, 6, 1) for year in range(2020, 2027)], profiles=[tmp_path])
    fell = [(f.on.year, f.after, f.by) for f in flips(moments) if f.key == "C102-65-CEILING sickness"]
    assert fell == [(2022, "fail", "data"), (2024, "pass", "law"), (2026, "fail", "data")]


def test_an_answer_that_was_found_later_turns_nothing_in_the_law(capsys: pytest.CaptureFixture[str]) -> None:
    """Viet Nam's appeal was not known for 2016 and is for 2025; the sickness benefit of the new law is new law."""
    turned = {f.key: f.by for f in flips(series("vn", [date(2024, 11, 1), date(2025, 11, 1)]))}
    assert turned["C102-70-APPEAL both"] == "data"
    assert turned["C102-66-45 sickness"] == "law"
    assert cli.main(["conformance", "vn", "--on", "2025-11-01", "--since", "2024"]) == 0
    shown = capsys.readouterr().out
    assert "2025: C102-70-APPEAL both: no data -> met (by data)" in shown


def test_a_draft_turns_by_law_what_it_turns() -> None:
    law = report("xx", date(2025, 3, 1))
    draft = replace(law, draft="longer", results=tuple(replace(r, verdict="pass") for r in law.results))
    turned = view([law, draft])["turned"][0]["items"]
    assert turned
    assert {item["by"] for item in turned} == {"by the law"}


def test_a_draft_beside_the_law_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "reform"
    shutil.copytree(PACKS / "xx" / "sia2020", folder)
    sickness = folder / "sickness.yaml"
    sickness.write_text(sickness.read_text().replace("value: 182,", "value: 364,"))
    pack = folder / "pack.yaml"
    pack.write_text(pack.read_text() + "steps: xx/sia2020\n")
    before, after = (
        report("xx", ON, with_changes=False),
        report_draft(load_pack(folder), ON, with_changes=False),
    )
    changed = {
        r.id: (one.verdict, two.verdict)
        for r, _b, (one, two) in rows([before, after])
        if one is not None and two is not None and one.verdict != two.verdict
    }
    assert changed == {"C130-26-52W": ("fail", "pass")}
    assert after.draft == "reform"


def test_an_institution_drops_in_its_own_profile(tmp_path: Path) -> None:
    folder = tmp_path / "la"
    folder.mkdir()
    (folder / "2026.yaml").write_text(
        "country: la\nyear: 2026\nname: Lao PDR\n"
        "wages: {skilled: {d: {mean: 5200000, citation: LSSO register, evidence: verified}}}\n"
    )
    found = report("la", ON, profiles=[tmp_path], with_changes=False).result("C102-65-CEILING", "sickness")
    assert (found.verdict, found.found) == ("fail", Fraction(27, 65))


@pytest.mark.parametrize(
    "text",
    [
        "country: la\nyear: 2026\nwagse: {}\n",
        "country: la\nyear: 2026\nwages: {labourer: {value: 5}}\n",
        "country: la\nyear: 2026\nanswers: {appeal: {answer: perhaps, citation: x, evidence: verified}}\n",
    ],
)
def test_a_doubtful_profile_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "2026.yaml"
    path.write_text(text)
    with pytest.raises(FigureFault):
        read_profile(path)


def test_profiles_are_read_and_chosen_by_year() -> None:
    assert nearest_rank([Fraction(n) for n in (18, 42, 22, 26, 60, 36, 30, 182)], Fraction(3, 4)) == 42
    assert profile("vn", date(2024, 1, 1)).year == 2016
    assert profile("vn", ON).year == 2025
    assert all(read_profile(p).country == p.parent.name for p in PROFILES.glob("*/*.yaml"))


def test_the_documents_are_fresh() -> None:
    assert generated.main(["check"]) == 0, generated.COMMAND


def test_pictures_and_documents_are_the_same_every_time(reports: dict[str, Report]) -> None:
    drawn = charts.chart(reports["xx"], "sickness")
    assert drawn is not None
    svg = charts.svg(drawn)
    assert svg == charts.svg(drawn)
    assert "style=" not in svg, "a page refuses styles in elements"
    assert "<text" in svg
    assert "Skilled wage (c), declared" in svg
    assert pdf([reports["xx"]]) == pdf([reports["xx"]])


def test_nobody_is_said_to_be_in_breach(reports: dict[str, Report]) -> None:
    page = html([reports["la"], reports["th"]])
    assert "in breach" not in page
    assert "below the standard" in page
    words = json.dumps([view([reports["th"]])["instruments"]], default=str)
    assert "breach" not in words


def test_the_report_is_plain_json(reports: dict[str, Report]) -> None:
    for made in reports.values():
        body = json.loads(json.dumps(made.json()))
        assert body["format"] == "conformance/1"
        assert len(body["requirements"]) == sum(len(r.branches) for i in instruments() for r in i.requirements)


@pytest.mark.parametrize(
    ("case", "rate", "days"),
    [
        pytest.param("la/ssl2018/cases/LA-S1.yaml", Fraction(7, 10), 45, id="Lao, a month and a half"),
        pytest.param("la/ssl2018/cases/LA-S3.yaml", Fraction(36, 70), 105, id="Lao maternity above the ceiling"),
        pytest.param("th/ssa1990/cases/TH-S1.yaml", Fraction(15, 36), 15, id="Thai, above the ceiling"),
        pytest.param("mm/ssl2012/cases/MM-S2.yaml", Fraction(21, 85), 98, id="Myanmar, far above the ceiling"),
    ],
)
def test_the_line_of_a_decision(case: str, rate: Fraction, days: int) -> None:
    (file,) = [c for c in read_case_files(PACKS / case) if "-" not in c.id.replace("-", "", 1)][:1]
    found = file.assess(ON).json()
    line = line_for(found, found["country"], ON)
    assert line is not None
    assert (Fraction(line["rate"]), line["days"]) == (rate, days)
    assert {c["instrument"]: c["reached"] for c in line["compared"]}["C102"] == (rate >= Fraction(45, 100))
    assert re.search(r"replaces [\d.]+ % of earnings", render(text_of(line)))


def test_a_refusal_has_no_line() -> None:
    (file,) = [c for c in read_case_files(PACKS / "xx/sia2020/cases") if c.id == "XX-S4"]
    assert line_for(file.assess(ON).json(), "xx", ON) is None


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["conformance", "xx", "--on", "2026-11-01"]) == 0
    said = capsys.readouterr().out
    assert "C102-18-26W" in said
    assert "Highest insured wage of a month: at least 4,100 XXD instead of 3,600 XXD" in said
    assert cli.main(["conformance", "zz", "--on", "2026-11-01"]) == 2
    assert cli.main(["conformance", "xx", "--on", "1999-01-01"]) == 2
    capsys.readouterr()
    assert cli.main(["conformance", "xx", "--on", "2026-11-01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["country"] == "xx"
    assert cli.main(["conformance", "la", "--on", "2026-11-01", "--since", "2025"]) == 0
    assert "up to 6,000,000" in capsys.readouterr().out


def test_a_country_without_a_recipe_or_a_maternity_benefit_is_still_measured() -> None:
    made = report("ph", ON, with_changes=False)
    assert made.result("C102-52-12W").verdict == "no_data"
    assert made.result("C102-65-45", "sickness").verdict == "pass"
    assert replace(made, draft="x").draft == "x"
    assert Path(PROFILES).exists()


def test_a_pack_whose_code_and_figures_disagree_is_found_out(tmp_path: Path) -> None:
    """The figure still says 182 days and 60 %; the code pays 100 days and half of it."""
    folder = tmp_path / "wrong"
    shutil.copytree(PACKS / "xx" / "sia2020", folder)
    code = folder / "sickness.py"
    text = code.read_text()
    for right, wrong in (
        ("law.longest_days.whole - used", "law.longest_days.whole - 82 - used"),
        ("wage.exact * law.daily_rate.number,", "wage.exact * law.daily_rate.number / 2,"),
    ):
        assert right in text
        text = text.replace(right, wrong)
    code.write_text(text)
    made = report_draft(load_pack(folder), ON, with_changes=False)
    assert made.result("C102-18-26W").verdict == "fail"
    assert made.result("C102-18-26W").found == 100
    level = made.result("C102-65-45", "sickness")
    assert (level.verdict, level.found) == ("fail", Fraction(1080 + 150, 3600 + 150))
