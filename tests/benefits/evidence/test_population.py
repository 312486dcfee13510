"""A population file is read exactly, or each fault is named by its row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from services.benefits.evidence import invented
from services.benefits.evidence.population import Population, PopulationInvalid

HEAD = "weight,sex,birth_year,province,sector,insured_as,formal,wage,months_contributed\n"


def population(path: Path, text: str) -> Population:
    path.write_text(text, "utf-8")
    return Population(path, "LAK", 2025)


def test_weights_and_wages_of_a_survey_are_read_to_the_last_digit(tmp_path: Path) -> None:
    found = population(
        tmp_path / "survey.csv",
        HEAD
        + "1.5,female,1990,Vientiane,garments,employee,yes,2000000.50,12\n0.125,male,1980,Attapeu,trade,none,no,0,0\n",
    )
    (block,) = found.blocks()
    assert block.weight.tolist() == [1500, 125]
    assert block.wages.tolist() == [[200_000_050], [0]]
    assert found.words["province"] == ["Vientiane", "Attapeu"]


def test_each_fault_is_named_by_row_and_column(tmp_path: Path) -> None:
    """Nothing is guessed, and nothing is left out in silence."""
    bad = population(
        tmp_path / "bad.csv",
        HEAD
        + "1,female,1990,A,b,employee,yes,2000000,12\n1,woman,90,A,b,employee,ja,abc,13\n,male,1980,A,,none,no,-4,3\n",
    )
    with pytest.raises(PopulationInvalid) as invalid:
        list(bad.blocks())
    found = {(fault.row, fault.column) for fault in invalid.value.faults}
    assert found == {
        (2, "sex"),
        (2, "birth_year"),
        (2, "formal"),
        (2, "wage"),
        (2, "months_contributed"),
        (3, "weight"),
        (3, "sector"),
        (3, "wage"),
    }


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        ("", "file", "unreadable"),
        (HEAD, "file", "empty"),
        (HEAD.replace("sector,", ""), "sector", "missing"),
        (HEAD.replace("sector", "colour"), "colour", "unknown_column"),
    ],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, text: str, column: str, code: str) -> None:
    row = "1,female,1990,A,b,employee,yes,1,1\n" if text.count(",") == 8 and text != HEAD else ""
    row = "1,female,1990,A,employee,yes,1,1\n" if text.count(",") == 7 else row
    with pytest.raises(PopulationInvalid) as invalid:
        list(population(tmp_path / "odd.csv", text + row).blocks())
    assert any(fault.column == column and fault.code.startswith(code) for fault in invalid.value.faults)


def test_a_sheet_that_was_saved_in_the_letters_of_windows_says_so(tmp_path: Path) -> None:
    (tmp_path / "thai.csv").write_bytes((HEAD + "1,female,1990,ลำปาง,b,employee,yes,20000,12\n").encode("cp874"))
    with pytest.raises(PopulationInvalid) as invalid:
        list(Population(tmp_path / "thai.csv", "THB", 2025).blocks())
    assert [(fault.column, fault.code.partition(":")[0]) for fault in invalid.value.faults] == [("file", "unreadable")]


def test_persons_are_read_as_what_they_are_whatever_the_file_is_called(tmp_path: Path) -> None:
    invented.write("la", 20, 3, tmp_path / "people.csv")
    assert sum(len(block) for block in Population(tmp_path / "people.csv", "LAK", 2025).blocks()) == 20


def test_a_wage_written_as_a_float_is_refused(tmp_path: Path) -> None:
    """A float does not say what was meant."""
    path = tmp_path / "people.parquet"
    invented.write("la", 10, 1, path)
    table = pa.parquet.read_table(path)
    place = table.column_names.index("wage")
    pa.parquet.write_table(table.set_column(place, "wage", pa.array(np.ones(10))), path)
    with pytest.raises(PopulationInvalid, match="a_float"):
        list(Population(path, "LAK", 2025).blocks())


@pytest.mark.parametrize("country", sorted(invented.WAGES))
def test_the_invented_population_is_the_same_for_the_same_seed(tmp_path: Path, country: str) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    invented.write(country, 500, 3, one)
    invented.write(country, 500, 3, two)
    invented.write(country, 500, 4, other)
    assert pa.parquet.read_table(one).equals(pa.parquet.read_table(two))
    assert not pa.parquet.read_table(one).equals(pa.parquet.read_table(other))
