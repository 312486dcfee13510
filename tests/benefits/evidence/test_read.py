"""A run as it is read: numbers, days and names as the reader's language writes them, and what is assumed with its
values; what programs read stays neutral."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.benefits.evidence import carrying, invented, pdf, report, run
from services.benefits.evidence.assumptions import FOLDER
from services.benefits.evidence.report import Shown
from shared.web import texts
from shared.web.formatting import NBSP
from tests.benefits.conftest import Office
from tests.benefits.conftest import office as office
from tests.benefits.visitors import Browser


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Two years of 400 invented persons of Lao PDR, the ceiling following wages."""
    place = tmp_path_factory.mktemp("read")
    invented.write("la", 400, 3, place / "people.parquet")
    wanted = run.Wanted("la", place / "people.parquet", 2025, 3, None, None, 5, 2, (("ceiling", "with wages"),))
    return place / "out", carrying.carried_out(place / "out", wanted)


def words_of(told: Shown) -> str:
    tables = [cell for table in told.tables for row in (table.head, *table.rows) for cell in row]
    return "\n".join((told.title, told.subtitle, *told.first, *tables, *told.last))


def rows_of(told: Shown, language: str, title: str) -> dict[str, tuple[str, ...]]:
    table = next(table for table in told.tables if table.title == texts.say(language, title))
    return {row[0]: tuple(cell.replace(NBSP, " ") for cell in row[1:]) for row in table.rows}


@pytest.mark.parametrize(
    ("language", "thousands", "point", "year"),
    [("en", ",", ".", "2025"), ("lo", ".", ",", "2025"), ("vi", ".", ",", "2025"), ("th", ",", ".", "2568")],
)
def test_numbers_stand_as_the_reader_writes_them(
    two: tuple[Path, dict[str, Any]], language: str, thousands: str, point: str, year: str
) -> None:
    _, body = two
    told = report.shown(body, language)
    amount = body["results"]["all"]["baseline"]["cost"] // 100  # kip have two places; parts of one never stand there
    said = words_of(told)
    assert f"{amount:,}".replace(",", thousands) in said
    sign = f"{NBSP}%" if language == "en" else "%"
    assert f"{body['results']['of_wages']['baseline'].replace('.', point)}{sign}" in said
    assert year in told.title
    assert "2025-01" not in said
    other = "." if thousands == "," else ","
    assert f"{amount:,}".replace(",", other) not in said


def test_burmese_reads_burmese_digits(two: tuple[Path, dict[str, Any]]) -> None:
    told = report.shown(two[1], "my")
    numbers = [cell for table in told.tables[:-1] for row in table.rows for cell in row[1:]]
    assert not [cell for cell in numbers if set(cell) & set("0123456789") and "102" not in cell]


def test_the_paper_has_the_numbers_of_the_page(two: tuple[Path, dict[str, Any]]) -> None:
    paper = pdf.pdf(two[1], "vi")
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()
    wanted = rows_of(report.shown(two[1], "vi"), "vi", "Cost of a year")
    assert next(iter(wanted.values()))[0] in told


def test_what_programs_read_is_neutral(two: tuple[Path, dict[str, Any]]) -> None:
    """Whole numbers as numbers, months as 2025-03, a point before decimals, whoever made the run."""
    folder, body = two
    book = openpyxl.load_workbook(folder / "run.xlsx", read_only=True)
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert body["results"]["insured"] in cells
    assert any(isinstance(cell, str) and cell == "2025-03" for cell in cells)
    assert f"{body['results']['of_wages']['baseline']} %" in cells
    assert not [cell for cell in cells if isinstance(cell, str) and NBSP in cell]


def test_each_assumption_is_told_with_its_value_and_since_when(two: tuple[Path, dict[str, Any]]) -> None:
    told = report.shown(two[1])
    rows = rows_of(told, "en", "What is assumed")
    assert rows["Share of births for which a claim is made"] == (
        "98 %",
        "1 Jan 2000",
        "Invented for the sample",
        "assumed",
    )
    women = "Births a year for 1,000 insured women, by the age at which a group begins"
    assert rows[women][0] == "15: 60; 25: 110; 35: 45; 45: 4; 55: 0"
    assert rows["Growth of wages a year"][0] == "6 %"
    lao = rows_of(report.shown(two[1], "lo"), "lo", "What is assumed")
    assert lao[texts.say("lo", "Share of births for which a claim is made")][0] == "98%"


def test_growth_is_assumed_by_no_run_of_one_year(tmp_path: Path) -> None:
    invented.write("la", 60, 3, tmp_path / "people.parquet")
    body = carrying.carried_out(tmp_path / "out", run.Wanted("la", tmp_path / "people.parquet", 2025, 3, drawn=0))
    assert "Growth of wages a year" not in rows_of(report.shown(body), "en", "What is assumed")


def test_a_step_of_growth_and_a_long_series_are_told_whole(tmp_path: Path) -> None:
    """Wages grow by 6 %, and by 4 % from 2027 on; lengths of twenty rows stand in a table of their own."""
    text = (FOLDER / "la.yaml").read_text("utf-8")
    lengths = "{" + ", ".join(f"{day}: 50" for day in range(1, 21)) + "}"
    begins, ends = text.index("{3: 280"), text.index("180: 15}") + len("180: 15}")
    text = text[:begins] + lengths + text[ends:]
    growth = '2000-01-01: {value: 6 %, citation: "Invented for the sample", evidence: default}'
    assert growth in text
    later = '2027-01-01: {value: 4 %, citation: "Survey of 2026", evidence: secondary}'
    (tmp_path / "assumed.yaml").write_text(text.replace(growth, f"{growth}\n      {later}"), "utf-8")
    invented.write("la", 60, 3, tmp_path / "people.parquet")
    wanted = run.Wanted("la", tmp_path / "people.parquet", 2025, 3, None, tmp_path / "assumed.yaml", 0, 3)
    told = report.shown(carrying.carried_out(tmp_path / "out", wanted))
    assumed = next(table for table in told.tables if table.title == "What is assumed").rows
    steps = [" | ".join(row[1:4]).replace(NBSP, " ") for row in assumed if row[0] == "Growth of wages a year"]
    assert steps == ["6 % | 1 Jan 2000 | Invented for the sample", "4 % | 1 Jan 2027 | Survey of 2026"]
    series = "Calendar days of a spell, with its share among 1,000 spells"
    assert [row[1].replace(NBSP, " ") for row in assumed if row[0] == series] == ["1: 50 to 20: 50; all 20 below"]
    assert next(table for table in told.tables if table.title == series).rows[0] == ("1", "50")


def test_a_run_kept_before_values_were_told_is_read(two: tuple[Path, dict[str, Any]]) -> None:
    old = two[1] | {"assumed": [["Growth of wages a year", "Invented for the sample", "default"]]}
    assert rows_of(report.shown(old), "en", "What is assumed") == {
        "Growth of wages a year": ("Invented for the sample", "assumed")
    }


@pytest.mark.parametrize("language", ["lo", "th", "vi", "my"])
def test_groups_have_names_in_the_language_of_the_reader(two: tuple[Path, dict[str, Any]], language: str) -> None:
    told = report.shown(two[1], language)
    for title in ("By sector", "By province", "By sex"):
        for name in rows_of(told, language, title):
            assert not [letter for letter in name if language != "vi" and letter.isascii() and letter.isalpha()], name
    assert "garments" not in words_of(told)
    assert "Province" not in words_of(told)


def test_names_in_a_file_of_persons_stay_as_they_are(tmp_path: Path) -> None:
    """A sector called `yes` and a province called `male` are no words of the house."""
    head = "weight,sex,birth_year,province,sector,insured_as,formal,wage,months_contributed\n"
    row = "1,female,1995,male,yes,employee,yes,3000000,12\n"
    (tmp_path / "people.csv").write_text(head + row * 40, "utf-8")
    body = carrying.carried_out(tmp_path / "out", run.Wanted("la", tmp_path / "people.csv", 2025, 3, drawn=0))
    assert list(rows_of(report.shown(body, "vi"), "vi", "By province")) == ["male"]
    assert list(rows_of(report.shown(body, "vi"), "vi", "By sector")) == ["yes"]


def test_the_form_tells_what_figures_are_in_the_language_of_the_reader(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path))
    client = Browser(office, office.policy_maker).client
    client.set_cookie("lang", "lo")
    page = client.get("/evidence").text
    choices = page.partition('name="figure_1"')[2].partition("</select>")[0]
    assert f"4.500.000{NBSP}ກີບ" in choices
    assert "LAK" not in choices
    assert " days" not in choices
