"""The page of evidence: runs that lie in the house's folder, for who looks at what the institution does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.benefits.evidence import carrying, invented, run
from services.benefits.usecases import evidence_runs
from tests.benefits.conftest import Office
from tests.benefits.conftest import office as office
from tests.benefits.test_desk_pages import Browser


@pytest.fixture
def lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small run that lies in the folder of the house, and beside it what is none."""
    invented.write("la", 120, 3, tmp_path / "people.parquet")
    place = tmp_path / "evidence"
    carrying.carried_out(place / "lao-2025", run.Wanted("la", tmp_path / "people.parquet", 2025, 3, drawn=5))
    (place / "half").mkdir()
    monkeypatch.setenv("EVIDENCE_DIR", str(place))
    return place


def test_the_auditor_reads_a_run_and_takes_it_along(office: Office, lying: Path) -> None:
    looks = Browser(office, office.auditor).client
    listed = looks.get("/evidence").text
    assert "/evidence/lao-2025" in listed
    assert "/evidence/half" not in listed
    page = looks.get("/evidence/lao-2025").text
    assert "Cost of a year" in page
    assert "<svg" in page
    assert looks.get("/evidence/lao-2025?as=pdf").data.startswith(b"%PDF")
    assert looks.get("/evidence/lao-2025?as=passwords").status_code == 404


@pytest.mark.parametrize("name", ["..", "half", "lao-2024", "LAO", "%2e%2e"])
def test_only_a_finished_run_is_shown(office: Office, lying: Path, name: str) -> None:
    assert Browser(office, office.auditor).client.get(f"/evidence/{name}").status_code == 404


def test_a_run_whose_figures_were_touched_is_not_shown(office: Office, lying: Path) -> None:
    file = lying / "lao-2025" / "run.json"
    body = json.loads(file.read_text("utf-8"))
    body["results"]["insured"] += 1
    file.write_text(json.dumps(body), "utf-8")
    assert Browser(office, office.auditor).client.get("/evidence/lao-2025").status_code == 404


def test_data_are_nobodys_who_is_not_signed_in_or_works_at_the_counter(office: Office, lying: Path) -> None:
    assert Browser(office, office.clerk).client.get("/evidence").status_code == 403
    assert office.app.test_client().get("/evidence").status_code in (302, 303, 401)


def test_the_workers_of_the_house_carry_out_a_run_as_jobs(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part is done once, whoever does it and however often it is posted; the digits are those of one process."""
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path / "evidence"))
    monkeypatch.setattr(run, "SHAPES_OF_PART", 10)
    invented.write("la", 120, 3, tmp_path / "people.parquet")
    wanted = run.Wanted("la", tmp_path / "people.parquet", 2025, 3, drawn=5)
    parts = len(run.begin(tmp_path / "evidence" / "shared", wanted).parts)
    for _ in range(2):
        with office.service.engine.begin() as connection:
            assert evidence_runs.post(office.act(connection), "shared") == parts > 1
    while not (tmp_path / "evidence" / "shared" / "run.json").exists():
        assert office.service.look_at_jobs()
    alone = carrying.carried_out(tmp_path / "alone", wanted)
    said = json.loads((tmp_path / "evidence" / "shared" / "run.json").read_text("utf-8"))
    assert said["digest"] == alone["digest"]
