"""The jurist's door: a worksheet to tick, a table of cases, the law on a day."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.benefits import cli
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.vocabulary import PACKS
from shared.act import ROLES

LA = PACKS / "la" / "ssl2018" / "cases"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*arguments: object) -> tuple[int, str]:
        status = cli.main([str(a) for a in arguments])
        return status, capsys.readouterr().out

    return run


def test_a_worksheet_can_be_ticked_line_by_line(run: Callable[..., tuple[int, str]]) -> None:
    status, out = run("assess", LA / "LA-S2.yaml")
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for ticked in (
        "1 Insured salaries of 6 contributed months 16,200,000 ◐ Guidelines 2751/MLSW of 2015-07-24, "
        "calculation methods",
        "3 Monthly amount, phase 1: 70 % of the average (line 2) 1,890,000 ◐ Law on Social Security 54/NA",
        "! 2025-07-10 60 % from here",
        "Total 14,148,000",
    ):
        assert ticked in lines
    assert any(x.startswith("4 10 January 2025 to 9 July 2025: 6 full months") and "11,340,000" in x for x in lines)
    assert any(
        x.startswith("7 10 August 2025 to 31 August 2025: 22 days, each a 30th of") and "1,188,000" in x for x in lines
    )


def test_the_days_say_why_in_sentences_not_in_ids(run: Callable[..., tuple[int, str]]) -> None:
    """A day that a finding is the reason for is said as the finding is."""
    _, out = run("assess", LA / "LA-S1.yaml")
    days = out.split("\nDays\n")[1].split("\n\n")[0]
    assert "The employer pays 30 days of 2025, up to 1 April 2025" in days
    assert "employer_days" not in days


@pytest.mark.parametrize("case", read_case_files(PACKS), ids=lambda case: case.id)
def test_every_reason_of_a_day_is_a_sentence_or_a_finding_that_is_there(case: CaseFile) -> None:
    """So pages, letters and the worksheet have words for it."""
    found = case.assess(date(2026, 1, 1))
    ids = {finding.id for finding in found.findings}
    for run in found.timeline:
        assert all(reason in ids for reason in run.reasons if isinstance(reason, str)), run
        assert all(isinstance(text.msg, str) and " " in text.msg for text in cli.said(found, run.reasons))


def test_json_for_machines(run: Callable[..., tuple[int, str]]) -> None:
    status, out = run("assess", LA / "LA-S1.yaml", "--json")
    found = json.loads(out)
    assert status == 0
    assert (found["format"], found["total"]) == ("assessment/1", {"minor": 336_000_000, "currency": "LAK"})


def test_a_folder_gives_a_table_and_fails_where_a_case_differs(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    shutil.copy(LA / "LA-S1.yaml", tmp_path)
    (tmp_path / "LA-S1x.yaml").write_text((LA / "LA-S1.yaml").read_text().replace('total: "3360000"', 'total: "1"'))
    status, out = run("assess", tmp_path)
    assert status == 1
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "LA-S1 granted 3,360,000 LAK as expected",
        "LA-S1 granted 3,360,000 LAK total: expected 1, found 3360000",
    ]
    status, out = run("assess", LA, "--json")
    assert status == 0
    assert all(entry["differs"] == [] for entry in json.loads(out))


def test_a_bare_case_is_assessed_on_the_day_given(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = tmp_path / "claim.json"
    path.write_text(json.dumps({"country": "xx", "benefit": "sickness"}))
    status, out = run("assess", path, "--today", "2026-01-15")
    assert status == 0
    assert "? On which day did the incapacity begin?  [#/spell/first_day]" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("country: xx\nbenefit: holiday\n", "#/benefit: unknown_benefit"),
        ("country: [", ":"),
        ("country: xx\ncountry: la\n", "country is written twice (first in line 1)"),
        ("case: {}\nexpected: {}\n", "unknown key expected"),
        ("- case: {country: xx, benefit: sickness}\n  today: 2026-01-01\n  options: {colour: blue}\n", ""),
        ("case: {country: xx, benefit: sickness, spell: {first_day: 2025-02-30}}\n", ":1:"),
    ],
)
def test_wrong_input_is_told_and_ends_with_status_two(
    run: Callable[..., tuple[int, str]], tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text)
    status, out = run("assess", path)
    assert said in out
    if said:
        assert status == 2


def test_a_file_that_is_not_there(run: Callable[..., tuple[int, str]]) -> None:
    assert run("assess", "/nowhere.yaml") == (2, "/nowhere.yaml: there is no such file\n")


def test_the_packs_are_listed_shown_compared_and_checked(run: Callable[..., tuple[int, str]]) -> None:
    status, out = run("packs", "list")
    assert status == 0
    assert "la/ssl2018" in out
    status, out = run("packs", "show", "la", "--on", "2025-03-01")
    assert status == 0
    assert "4,500,000 LAK" in out
    assert "2,000,000 LAK" not in out
    status, out = run("packs", "diff", "xx", "2024-01-01", "2025")
    assert status == 0
    assert [" ".join(line.split()) for line in out.splitlines()[1:3]] == [
        "- birth.birth_grant 500 XXD (SIA 2020 s. 23)",
        "+ birth.birth_grant 550 XXD (SIA 2020 s. 23, as amended by Act 9 of 2024)",
    ]
    status, out = run("packs", "check")
    assert status == 0, out


def test_a_pack_that_is_not_there(run: Callable[..., tuple[int, str]]) -> None:
    assert run("packs", "show", "zz")[0] == 2
    assert run("packs", "show", "xx", "--on", "1999-01-01") == (
        2,
        "no pack of xx is in force on 1999-01-01; its first pack begins on 2020-01-01\n",
    )
    assert run("packs", "diff", "xx", "blue", "2025")[0] == 2


def test_a_check_names_file_and_line_of_a_fault(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    shutil.copytree(PACKS / "xx", tmp_path / "xx")
    path = tmp_path / "xx" / "sia2020" / "sickness.yaml"
    path.write_text(path.read_text().replace("value: 60 %", "value: sixty"))
    status, out = run("packs", "check", "--packs", tmp_path)
    assert status == 1
    assert "sickness.yaml:" in out
    assert "'sixty' is not an exact number" in out


def test_every_command_says_who_may_use_it() -> None:
    assert all(command.roles for command in cli.COMMANDS.values())
    assert all(command.roles <= set(ROLES) for command in cli.COMMANDS.values())
