"""A run through years: wages grow, a ceiling follows them by a rule or never, and the year it fails in is seen."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.benefits.domain.assessment import Citation
from services.benefits.evidence import carrying, report, run
from services.benefits.evidence.assumptions import FOLDER
from services.benefits.evidence.doors import carry_out as command
from services.benefits.evidence.events import first_day, unpack
from services.benefits.evidence.parts import Plan
from services.benefits.evidence.signing import checked
from services.benefits.evidence.through import RuleUnknown, Through, rule_of, steps
from services.benefits.law.figures import Dated
from shared.period import Month
from tests.benefits.evidence.asked import asked

HEAD = "weight,sex,birth_year,province,sector,insured_as,formal,wage,months_contributed\n"
#: Ten women below the ceiling of 3,600 of the model country and ten above it; each gives birth in the year.
LOW, HIGH = 3150, 5600
RULE = (("ceiling", "with wages"),)


def assumed(folder: Path, wages: str = "10 %", coverage: str = "50 %") -> Path:
    """The assumptions of the model country, with nobody ill and every woman of 30 giving birth."""
    text = (FOLDER / "xx.yaml").read_text("utf-8")
    for old, new in (
        ("{15: 240, 25: 275, 35: 295, 45: 330, 55: 375}", "{15: 0, 25: 0, 35: 0, 45: 0, 55: 0}"),
        ("{15: 60, 25: 110, 35: 45, 45: 4, 55: 0}", "{15: 0, 25: 1000, 35: 0, 45: 0, 55: 0}"),
        ("98 %", "100 %"),
        ("6 %", wages),
        ("value: 2 %", f"value: {coverage}"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = folder / "assumed.yaml"
    path.write_text(text, "utf-8")
    return path


def women(folder: Path) -> Path:
    path = folder / "women.csv"
    rows = [f"1,female,1995,P,garments,employee,yes,{wage},12\n" for wage in (LOW, HIGH) for _ in range(10)]
    path.write_text(HEAD + "".join(rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, run.Wanted]:
    """Three years of twenty women, the ceiling following wages; a part holds two shapes, so that there are many."""
    place = tmp_path_factory.mktemp("years")
    wanted = run.Wanted("xx", women(place), 2025, 3, None, assumed(place), 20, 3, RULE)
    with pytest.MonkeyPatch.context() as few:
        few.setattr(run, "SHAPES_OF_PART", 2)
        carrying.carried_out(place / "out", wanted)
    return place / "out", wanted


def figures(folder: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    return body


def births(folder: Path) -> list[tuple[int, int]]:
    """Each birth that was drawn: the day of the year on which the leave begins, and the wage of the file."""
    plan = Plan.read(folder)
    wages = [int(row[0]) // 100 for row in plan.array("wages")]
    return [(unpack(int(shape)).day, wage) for shape, wage in zip(plan.array("shape"), wages, strict=True)]


def by_hand(folder: Path, year: int, ceilings: dict[int, int]) -> Fraction:
    """SIA 2020 ss. 12, 22, 23: 98 days at 80 % of a thirtieth of the average of six months, each month with the wage
    and the ceiling of its own year, and a grant of 550. Half as many women again are insured each year."""
    total = Fraction(0)
    for day, wage in births(folder):
        begins = date.fromordinal(date(year, 1, 1).toordinal() + day)
        months = [Month.of(begins).plus(-back).first_day.year for back in range(1, 7)]
        counted = [
            min(wage * Fraction(11, 10) ** max(0, of - 2025), Fraction(ceilings[max(2025, of)])) for of in months
        ]
        total += sum(counted, Fraction(0)) / 6 / 30 * Fraction(80, 100) * 98 + 550
    return total * Fraction(3, 2) ** (year - 2025) * 100


def test_each_year_costs_what_a_pencil_says(three: tuple[Path, run.Wanted]) -> None:
    """Wages of 3,150 reach the ceiling of 3,600 in the third year; under the rule it has moved on by then."""
    folder, _ = three
    never, rule = dict.fromkeys((2025, 2026, 2027), 3600), {2025: 3600, 2026: 3960, 2027: 4356}
    for year in figures(folder)["results"]["years"]:
        costs = {name: side["all"]["cost"] for name, side in year["sides"].items()}
        assert costs["baseline"] == by_hand(folder, year["year"], never)
        assert costs["indexed"] == by_hand(folder, year["year"], rule)
        assert year["figures"]["ceiling"] == {"baseline": "3600", "indexed": str(rule[year["year"]])}


def test_wages_and_persons_grow_as_is_declared(three: tuple[Path, run.Wanted]) -> None:
    years = figures(three[0])["results"]["years"]
    assert [year["insured"] for year in years] == [20, 30, 45]
    first = 12 * 10 * (LOW + HIGH) * 100
    assert [year["insured_wages"] for year in years] == [first, first * 165 // 100, first * 165 * 165 // 10_000]
    assert [year["sides"]["baseline"]["all"]["recipients"] for year in years] == [20, 30, 45]
    assert years[0]["sides"]["baseline"]["all"] == figures(three[0])["results"]["all"]["baseline"]


def test_the_year_in_which_the_ceiling_fails_stands_beside_what_keeping_it_costs(
    three: tuple[Path, run.Wanted],
) -> None:
    """Three in four earn 5,600 at most: at 80 % of 3,600 that is 51.4 %, the year after 46.7 %, then 42.5 %; C102 asks
    for 45 %. Under the rule it stays where it is."""
    body = figures(three[0])
    rates = {
        side: [
            Fraction(level["rate"])
            for year in body["results"]["years"]
            for level in year["levels"][side]
            if (level["id"], level["branch"]) == ("C102-65-CEILING", "maternity")
        ]
        for side in ("baseline", "indexed")
    }
    first = Fraction(80 * 3600, 100 * HIGH)
    assert rates["baseline"] == [first, first * Fraction(10, 11), first * Fraction(100, 121)]
    assert rates["indexed"] == [first] * 3
    years = body["results"]["years"]
    cost = years[2]["sides"]["indexed"]["all"]["cost"] - years[2]["sides"]["baseline"]["all"]["cost"]
    said = report.text(body)
    assert "Maternity: never raised, the ceiling fails C102 article 65(3) from 2027 on." in said
    assert f"Maternity: keeping it by the rule costs {(cost + 50) // 100:,} XXD in 2027." in said
    assert "Through the years" in said
    assert "42.5 %, below the standard" in said


def test_the_page_the_paper_and_the_workbook_show_the_years(three: tuple[Path, run.Wanted]) -> None:
    folder, _ = three
    page = (folder / "report.html").read_text("utf-8")
    assert "Through the years" in page
    assert 'aria-label="Through the years"' in page  # the chart, which says what the table beside it says
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_years_are_repeated_to_the_same_digits_by_one_command(
    three: tuple[Path, run.Wanted], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut into other parts, in other processes: the digits are those of the run, and its digest covers the years."""
    folder, wanted = three
    words = ["repeat", str(folder / "run.json"), "--population", str(wanted.population), "--assumptions"]
    words += [str(wanted.assumptions), "--folder", str(tmp_path / "again"), "--processes", "2"]
    assert command(asked(*words)) == 0
    assert "the same digits" in capsys.readouterr().out
    assert figures(tmp_path / "again")["digest"] == figures(folder)["digest"]
    touched = figures(folder)
    touched["results"]["years"][2]["sides"]["indexed"]["all"]["cost"] += 1
    assert not checked(touched)


def test_a_run_through_years_that_was_killed_goes_on_with_what_is_missing(
    three: tuple[Path, run.Wanted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies by SIGKILL while it writes a part of the second year."""
    folder, wanted = three
    monkeypatch.setattr(run, "SHAPES_OF_PART", 2)
    plan = run.begin(tmp_path / "out", wanted)
    part = next(n for n, one in enumerate(plan.parts) if one.after == 1)
    code = (
        "import os, signal, sys; from pathlib import Path; from services.benefits.evidence import parts\n"
        "parts.carry_out(Path(sys.argv[1]), 0)\n"
        "parts._write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "parts.carry_out(Path(sys.argv[1]), int(sys.argv[2]))"
    )
    died = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out"), str(part)], check=False)
    assert died.returncode == -signal.SIGKILL
    kept = plan.file(0).stat().st_mtime_ns
    assert not plan.file(part).exists()
    carrying.carried_out(tmp_path / "out", wanted)
    assert plan.file(0).stat().st_mtime_ns == kept
    assert figures(tmp_path / "out")["digest"] == figures(folder)["digest"]


def test_nobody_assessed_alone_in_a_later_year_has_another_answer(three: tuple[Path, run.Wanted]) -> None:
    counts = figures(three[0])["results"]["counts"]
    assert counts["compared"] == 2 * (20 + 2 + 2)  # all in the first year, one in ten in each later, under both laws
    assert counts["differing"] == 0


def test_a_reform_is_what_the_rule_raises(tmp_path: Path) -> None:
    """The law in force stays as it is, the reform is never raised, and on top of it the rule."""
    (tmp_path / "reform.yaml").write_text(
        "country: xx\ntitle: Higher ceiling\nsince: 2025-01-01\nfigures: {ceiling: 5000}\n", "utf-8"
    )
    rules = (("birth_grant", "every 2 years"), ("ceiling", "every 2 years"))
    wanted = run.Wanted("xx", women(tmp_path), 2025, 3, tmp_path / "reform.yaml", assumed(tmp_path), 0, 3, rules)
    years = carrying.carried_out(tmp_path / "out", wanted)["results"]["years"]
    assert [year["figures"]["ceiling"] for year in years] == [
        {"baseline": "3600", "reform": "5000", "indexed": "5000"},
        {"baseline": "3600", "reform": "5000", "indexed": "5000"},
        {"baseline": "3600", "reform": "5000", "indexed": "6050"},
    ]
    assert years[2]["figures"]["birth_grant"]["indexed"] == "666"  # 550 times 1.21 is 665.50
    costs = [[side["all"]["cost"] for side in year["sides"].values()] for year in years]
    assert all(in_force < reform for in_force, reform, _ in costs)
    assert costs[0][1] == costs[0][2]
    assert costs[2][1] < costs[2][2]


def dated(*values: tuple[str, int]) -> tuple[Dated, ...]:
    return tuple(Dated(date.fromisoformat(on), None, Fraction(n), Citation("Act", "verified"), 1) for on, n in values)


def tenths(years: int) -> Through:
    return Through(2025, tuple(Fraction(11, 10) ** n for n in range(years)), (Fraction(1),) * years)


@pytest.mark.parametrize(
    ("rule", "values", "wanted"),
    [
        pytest.param("with wages", (("2017-01-01", 1000),), {2026: 1100, 2027: 1210, 2028: 1331}, id="each year"),
        pytest.param("every 2 years", (("2017-01-01", 1000),), {2027: 1210}, id="catching up at once"),
        pytest.param("every 3 years", (("2017-01-01", 1000),), {2028: 1331}, id="every third year"),
        pytest.param(
            "with wages",
            (("2017-01-01", 1000), ("2027-01-01", 2000)),
            {2026: 1100, 2027: 2000, 2028: 2200},
            id="what the law sets anew grows from then",
        ),
        pytest.param(
            "with wages",
            (("2017-01-01", 1000), ("2027-01-01", 1150)),
            {2026: 1100, 2027: 1210, 2028: 1331},
            id="a step of the law below the rule lowers nothing",
        ),
        pytest.param("with wages", (("2027-07-01", 1000),), {2027: 1000, 2028: 1100}, id="not before there is one"),
    ],
)
def test_a_figure_follows_its_rule(rule: str, values: Any, wanted: dict[int, int]) -> None:
    found: dict[int, Fraction] = {}
    for day, value in steps(dated(*values), rule, tenths(4)):
        found[day.year] = value
    assert found == wanted


def test_wages_that_fall_lower_no_ceiling() -> None:
    falling = Through(2025, (Fraction(1), Fraction(9, 10)), (Fraction(1),) * 2)
    assert steps(dated(("2017-01-01", 1000)), "with wages", falling) == [(date(2026, 1, 1), Fraction(1000))]


def test_the_last_day_of_a_leap_year_is_the_last_of_every_year() -> None:
    """An event drawn on 31 December of a leap year stays in its year."""
    shape = unpack(0)
    last = type(shape)(shape.branch, shape.insured, shape.joined, 365, shape.days, shape.months)
    assert [first_day(last, year) for year in (2028, 2029)] == [date(2028, 12, 31), date(2029, 12, 31)]


@pytest.mark.parametrize("rule", ["sometimes", "every 0 years", "every 11 years", ""])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(RuleUnknown, match="a rule is"):
        rule_of(rule)


def test_a_figure_that_is_no_money_follows_nothing(
    three: tuple[Path, run.Wanted], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says which figures there are."""
    words = ["run", "xx", "--population", str(three[1].population), "--year", "2025", "--years", "3", "--index"]
    assert command(asked(*words, "leave_days=with wages", "--folder", str(tmp_path / "o"))) == 2
    assert "leave_days: no figure of money from 2025 on; there are birth_grant, ceiling" in capsys.readouterr().err
