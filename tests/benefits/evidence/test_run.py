"""A run of a year: the law that decides claims says what each event is paid, to the unit, and the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from services.benefits.evidence import carrying, invented, report, run
from services.benefits.evidence.doors import carry_out as command
from services.benefits.evidence.events import exact_sums
from services.benefits.evidence.parts import ROOM, Plan, carry_out, weighed
from services.benefits.evidence.population import WEIGHT
from services.benefits.evidence.results import Results
from services.benefits.evidence.signing import checked
from services.benefits.evidence.small_cells import FEWEST
from services.benefits.law.figures import FigureFault
from tests.benefits.evidence.asked import asked

REFORM = """country: la
title: A higher ceiling and a longer leave
since: 2025-01-01
figures: {ceiling: 6500000, leave_days: 126}
coverage: [{sector: domestic_work, insured_as: employee, take_up: 50 %}]
"""


@pytest.fixture(scope="module")
def lao(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, run.Wanted]:
    """A finished run of 800 invented persons of Lao PDR under a reform."""
    place = tmp_path_factory.mktemp("run")
    (place / "reform.yaml").write_text(REFORM, "utf-8")
    invented.write("la", 800, 5, place / "people.parquet")
    wanted = run.Wanted("la", place / "people.parquet", 2025, 5, place / "reform.yaml", None, 60)
    carrying.carried_out(place / "out", wanted)
    return place / "out", wanted


def figures(folder: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    return body


@pytest.mark.parametrize("country", sorted(invented.WAGES))
def test_every_country_runs_and_nobody_drawn_has_another_answer_alone(tmp_path: Path, country: str) -> None:
    invented.write(country, 150, 5, tmp_path / "people.parquet")
    wanted = run.Wanted(country, tmp_path / "people.parquet", 2025, 5, drawn=25)
    counts = carrying.carried_out(tmp_path / "out", wanted)["results"]["counts"]
    assert counts["compared"] > 0
    assert counts["differing"] == 0


def test_a_reform_is_priced_person_by_person(lao: tuple[Path, run.Wanted]) -> None:
    """The cost of a branch is the sum over its events; what the reform adds is what the winners gain less what the
    losers lose."""
    said = figures(lao[0])["results"]
    whole, branches = said["all"], said["branches"]
    for side in ("baseline", "reform"):
        assert whole[side]["cost"] == sum(found[side]["cost"] for found in branches.values())
        months = run.gather(lao[0]).months.items()
        assert whole[side]["cost"] * WEIGHT == sum(one.cost for name, one in months if name.startswith(side))
    gained, lost = (whole["change"][who]["amount"] for who in ("winners", "losers"))
    assert gained + lost == whole["reform"]["cost"] - whole["baseline"]["cost"] > 0


def test_who_joins_by_the_reform_has_nothing_under_the_law_in_force(lao: tuple[Path, run.Wanted]) -> None:
    outcomes = figures(lao[0])["results"]["outcomes"]
    assert outcomes["baseline"].get("outside", 0) > 0
    assert "outside" not in outcomes["reform"]


def test_coverage_changes_no_draw_of_those_who_were_insured(lao: tuple[Path, run.Wanted], tmp_path: Path) -> None:
    folder, wanted = lao
    without = run.Wanted("la", wanted.population, 2025, 5, None, None, 0)
    body = carrying.carried_out(tmp_path / "out", without)
    assert body["results"]["all"]["baseline"] == figures(folder)["results"]["all"]["baseline"]


def test_a_run_goes_on_where_it_was_stopped_and_gives_the_same_digits(
    lao: tuple[Path, run.Wanted], tmp_path: Path
) -> None:
    """A part that is done is not done again; one that was lost is, to the same bytes of figures."""
    folder, wanted = lao
    run.begin(tmp_path / "out", wanted)
    plan = Plan.read(tmp_path / "out")
    carry_out(tmp_path / "out", 0)
    kept = plan.file(0).stat().st_mtime_ns
    (tmp_path / "out" / "parts" / "00001.half").write_bytes(b"killed here")
    carrying.carried_out(tmp_path / "out", wanted)
    assert plan.file(0).stat().st_mtime_ns == kept
    again, before = figures(tmp_path / "out"), figures(folder)
    assert again["results"] == before["results"]
    assert again["digest"] == before["digest"]


def test_a_folder_holds_one_run(lao: tuple[Path, run.Wanted]) -> None:
    folder, wanted = lao
    with pytest.raises(run.OtherRun):
        run.begin(folder, run.Wanted("la", wanted.population, 2025, 6, wanted.reform, None, 60))


def test_a_run_is_repeated_from_its_file_by_one_command(
    lao: tuple[Path, run.Wanted], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, wanted = lao
    words = [
        "repeat",
        str(folder / "run.json"),
        "--population",
        str(wanted.population),
        "--folder",
        str(tmp_path / "o"),
    ]
    assert command(asked(*words)) == 0
    assert "the same digits" in capsys.readouterr().out


def test_a_run_file_whose_figures_were_touched_is_known(lao: tuple[Path, run.Wanted]) -> None:
    body = figures(lao[0])
    assert checked(body)
    body["results"]["all"]["baseline"]["cost"] += 1
    assert not checked(body)


def test_small_cells_are_hidden_and_never_one_alone(lao: tuple[Path, run.Wanted]) -> None:
    """A figure that rests on few persons is not shown, nor one that would tell it."""
    for rows in figures(lao[0])["results"]["by"].values():
        for side in ("baseline", "reform"):
            shown = [row[side] for row in rows if row[side] is not None]
            assert all(not cell["rows"] or cell["rows"] >= FEWEST for cell in shown)
            assert sum(row[side] is None for row in rows) != 1 or not any(cell["rows"] for cell in shown)


def test_what_three_persons_are_paid_is_told_by_no_month_and_no_sentence(tmp_path: Path) -> None:
    """Each of three has a birth: neither what a month costs, nor its share of wages, nor the ends of a cost stand."""
    rows = ["weight,sex,birth_year,province,sector,insured_as,formal,wage,months_contributed"]
    rows += [f"1.5,female,{1990 + n},north,trade,employee,yes,{n + 3}000000,12" for n in range(3)]
    (tmp_path / "three.csv").write_text("\n".join(rows), "utf-8")
    text = (Path(run.__file__).parent / "assumptions" / "la.yaml").read_text("utf-8")
    everybody = text.replace(
        "{15: 60, 25: 110, 35: 45, 45: 4, 55: 0}", "{15: 1000, 25: 1000, 35: 1000, 45: 1000, 55: 0}"
    ).replace("98 %", "100 %")
    (tmp_path / "assumed.yaml").write_text(everybody, "utf-8")
    wanted = run.Wanted("la", tmp_path / "three.csv", 2025, 3, assumptions=tmp_path / "assumed.yaml", drawn=5)
    carrying.carried_out(tmp_path / "run", wanted)
    said = figures(tmp_path / "run")
    assert said["results"]["all"]["baseline"] is None
    assert said["results"]["of_wages"] == {"baseline": None}
    assert {row["cost"] for row in said["results"]["months"]} == {None}
    assert said["results"]["insured"] == 5  # 4.5, as every half
    told = report.text(said)
    assert "0.000 %" not in told
    assert "95 of 100" not in told


def test_what_the_house_assumes_is_said_in_the_language_of_the_reader(lao: tuple[Path, run.Wanted]) -> None:
    for language in ("lo", "th", "vi", "my"):
        said, english = (report.shown(figures(lao[0]), name).tables[-1].rows for name in (language, "en"))
        for what in (0, 3, 4):  # its name, its source, how sure; beside them numbers
            assert not {row[what] for row in said} & {row[what] for row in english}


def test_what_analysts_get_holds_no_person(lao: tuple[Path, run.Wanted]) -> None:
    folder, _ = lao
    table = pyarrow.parquet.read_table(folder / "events.parquet")
    assert not {"person", "row", "wage"} & set(table.column_names)
    assert sum(table["baseline_total"].to_pylist()) == Results(run.gather(folder)).json()["all"]["baseline"]["cost"]
    for name in ("report.html", "report.pdf", "run.xlsx"):
        assert (folder / name).stat().st_size > 5000
    assert "<svg" in (folder / "report.html").read_text("utf-8")


def test_sums_are_exact_beyond_64_bits() -> None:
    keys = np.array([0, 1, 0])
    values, weights = np.array([2**40, 2**50, 7]), np.array([2**30, 2**40, 3])
    assert exact_sums(keys, 2, values, weights) == [2**70 + 21, 2**90]
    assert exact_sums(keys, 2, np.array([2**61, 5, 2**61])) == [2**62, 5]


def test_what_is_weighed_for_a_month_is_exact_beyond_64_bits() -> None:
    weights = np.array([2**20, 3])
    room = ROOM // (2**20 * 2)
    for amount in (room - 1, room, 2**60, 2**70):
        kind = np.int64 if amount < 2**62 else object
        assert weighed(np.array([amount, 7], dtype=kind), weights, room) == amount * 2**20 + 21


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (REFORM.replace("ceiling", "sealing"), "no benefit has a figure sealing"),
        (REFORM.replace("50 %", "150 %"), "between 0 % and 100 %"),
        (REFORM.replace("since: 2025-01-01", ""), "needs since"),
        (REFORM.replace("6500000", "6.5"), "decimals"),
    ],
)
def test_a_reform_that_cannot_be_is_named_by_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "reform.yaml").write_text(text, "utf-8")
    with pytest.raises(FigureFault):
        run.Wanted("la", tmp_path / "none", 2025, 1, tmp_path / "reform.yaml").inputs()
