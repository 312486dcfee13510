"""What the smallest changes cost a year: priced by a run of evidence, kept, and told beside what was priced."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from services.benefits import cli
from services.benefits.conformance.command import WRONG_INPUT
from services.benefits.conformance.costs import COSTS, CostsInvalid, costs, digest, with_costs
from services.benefits.conformance.page import html, view
from services.benefits.conformance.pdf import pdf
from services.benefits.conformance.report import measured, report
from services.benefits.evidence import pricing
from services.benefits.evidence.laws import in_force_now, reformed
from services.benefits.law.figures import FigureFault
from services.benefits.law.scales import Rows

ON = date(2026, 11, 1)
REAL = ("la", "vn", "mm", "th")


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lao PDR, priced for a few invented persons."""
    folder = tmp_path_factory.mktemp("costs")
    pricing.write(pricing.priced(pricing.Asked("la", ON, 2026, seed=7, persons=400)), folder)
    return folder


def test_longer_leave_costs_what_its_days_cost(priced: Path) -> None:
    """126 days instead of 105: a year under each law, for the same births."""
    body = json.loads((priced / "la.json").read_text("utf-8"))
    longer = next(c for c in body["changes"] if c["figures"][0]["figure"] == "leave_days")
    assert longer["figures"] == [{"figure": "leave_days", "from": "105", "to": "126", "unit": "days"}]
    assert longer["changed"]["cost"] > longer["baseline"]["cost"] > 0
    assert Fraction(longer["changed"]["of_wages"]) > Fraction(longer["baseline"]["of_wages"])
    assert longer["difference"]["low"] <= longer["changed"]["cost"] - longer["baseline"]["cost"]


def test_the_same_persons_give_the_same_file(priced: Path) -> None:
    again = pricing.priced(pricing.Asked("la", ON, 2026, seed=7, persons=400))
    assert again == json.loads((priced / "la.json").read_text("utf-8"))


def test_each_change_has_its_cost_beside_it_and_says_whose_it_is(priced: Path) -> None:
    page = view([measured("la", ON)], "en", [priced])
    items = {item["id"]: item for item in page["shortfalls"][0]["items"]}
    assert "of insured wages instead of" in items["R191-1-18W"]["cost"]
    assert "more in 2026" in items["R191-1-18W"]["cost"]
    assert items["C183-4-LATE"]["change"] != ""
    assert items["C183-4-LATE"]["cost"] == "", "a rule without a figure was not priced"
    said = page["shortfalls"][0]["costs_of"]
    assert "400 invented persons" in said
    assert "lasts 180 days" in said


def test_page_paper_and_json_show_it(priced: Path) -> None:
    made = measured("la", ON)
    assert "400 invented persons" in html([made], "en", [priced])
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf([made], "en", [priced]), capture_output=True)
    assert "of insured wages instead of" in " ".join(shown.stdout.decode().split())
    told = with_costs(made, [priced])
    change = next(r for r in told["requirements"] if r["id"] == "R191-1-18W")["changes"][0]
    assert change["cost"]["currency"] == "LAK"
    assert change["cost"]["changed"] > change["cost"]["baseline"]


def test_a_cost_is_not_told_of_another_change_or_another_law(priced: Path) -> None:
    kept = costs("la", [priced])
    made = measured("la", ON)
    assert kept is not None
    change = made.result("R191-1-18W").changes[0]
    assert kept.of(made, change) is not None
    name, now, to, unit = change.figures[0]
    assert kept.of(made, replace(change, figures=((name, now, to + 1, unit),))) is None
    assert kept.of(replace(made, revision="2031.1"), change) is None
    assert kept.of(replace(made, draft="a-draft"), change) is None


def test_a_file_whose_figures_were_touched_is_refused(priced: Path, tmp_path: Path) -> None:
    body = json.loads((priced / "la.json").read_text("utf-8"))
    body["changes"][0]["changed"]["cost"] += 1
    (tmp_path / "la.json").write_text(json.dumps(body), "utf-8")
    with pytest.raises(CostsInvalid):
        costs("la", [tmp_path])
    assert cli.main(["conformance", "la", "--on", ON.isoformat(), "--costs", str(tmp_path)]) == WRONG_INPUT


def test_the_institution_s_own_costs_win(priced: Path, tmp_path: Path) -> None:
    """A run over her own file of persons stands in the place of the invented one."""
    body = json.loads((priced / "la.json").read_text("utf-8"))
    own = {**body, "invented": False}
    (tmp_path / "la.json").write_text(json.dumps(own | {"digest": digest(own)}), "utf-8")
    page = view([measured("la", ON)], "en", [COSTS, tmp_path])
    assert "persons of a file" in page["shortfalls"][0]["costs_of"]


@pytest.mark.parametrize("country", REAL)
def test_every_change_the_product_shows_is_priced_for_the_law_it_ships(country: str) -> None:
    """Made anew by `evidence costs <country> --on 2026-11-01 --to services/benefits/conformance/costs`."""
    kept, made = costs(country), report(country, ON)
    assert kept is not None
    body = json.loads((COSTS / f"{country}.json").read_text("utf-8"))
    assert body["law"] == in_force_now(country).said(), "the law changed since it was priced"
    for change in pricing.changes(made):
        assert kept.of(made, change) is not None, change.figures


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["evidence", "costs", "mm", "--on", "2026-11-01", "--persons", "300", "--to", str(tmp_path)]
    assert cli.main(asked) == 0
    assert "longest_weeks 52 instead of 26" in capsys.readouterr().out
    shutil.copy(tmp_path / "mm.json", tmp_path / "kept.json")
    assert json.loads((tmp_path / "kept.json").read_text("utf-8"))["invented"] is True


def test_a_reform_changes_one_row_of_a_scale(tmp_path: Path) -> None:
    """Viet Nam: 130 days for who contributed less than 15 years; the other rows stay."""
    file = tmp_path / "reform.yaml"
    head = "country: vn\ntitle: Longer sickness benefit\nsince: 2026-01-01\nfigures:\n"
    file.write_text(f"{head}  days_normal.0: 130\n", "utf-8")
    pack = reformed(file).on(date(2026, 6, 1))
    value = pack.figure("days_normal", date(2026, 6, 1)).value
    assert isinstance(value, Rows)
    assert [(str(row.since), int(row.value)) for row in value.rows] == [("0", 130), ("15", 40), ("30", 60)]
    file.write_text(f"{head}  days_normal.7: 130\n", "utf-8")
    with pytest.raises(FigureFault, match="there is no such row"):
        reformed(file)
