"""The page of evidence: runs that lie in the house's folder, for who looks at what the institution does."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.benefits.evidence import carrying, invented, run
from services.benefits.evidence.parts import Plan
from services.benefits.usecases import evidence_runs
from shared.web import texts
from tests.benefits.conftest import Office, Person
from tests.benefits.conftest import office as office
from tests.benefits.visitors import Browser


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


def test_a_run_is_listed_and_printed_in_the_language_of_who_reads_it(office: Office, lying: Path) -> None:
    looks = Browser(office, office.auditor).client
    looks.set_cookie("lang", "lo")
    main = looks.get("/evidence").text.partition("<main")[2].partition("</main>")[0]
    assert texts.say("lo", "Runs") not in main  # those are rounds of payment
    assert texts.say("lo", "All runs") in main
    paper = looks.get("/evidence/lao-2025?as=pdf").data
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()
    assert "What the law costs" not in told
    assert "".join(texts.say("lo", "Cost of a year").split()) in "".join(told.split())


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


class Desk:
    """Somebody at the pages of evidence, without script."""

    def __init__(self, office: Office, person: Person) -> None:
        self.client = Browser(office, person).client
        self.keys = count()

    def send(self, path: str, **form: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": "c5rf", "_key": f"evidence-{next(self.keys)}", **form})


def maker(office: Office) -> Desk:
    """A policy maker."""
    return Desk(office, office.policy_maker)


ASKED = {"title": "Higher ceiling", "year": "2025", "persons": "10000", "figure_1": "ceiling", "value_1": "6,500,000"}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with an empty folder for runs, and runs of few persons in many parts."""
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path / "evidence"))
    monkeypatch.setattr(run, "SHAPES_OF_PART", 20)
    write = invented.write
    monkeypatch.setattr(invented, "write", lambda country, _, seed, path: write(country, 150, seed, path))
    return tmp_path / "evidence"


def all_done(office: Office, folder: Path) -> None:
    while not (folder / "run.json").exists():
        assert office.service.look_at_jobs()


def test_a_policy_maker_has_a_reform_run_stops_it_and_lets_it_go_on(office: Office, small: Path) -> None:
    browser = maker(office)
    answer = browser.send("/evidence", **ASKED, figure_2="leave_days", value_2="126")
    assert answer.status_code == 303
    there = answer.headers["Location"]
    folder = small / there.rsplit("/", 1)[1]
    waiting = browser.client.get(there)
    assert waiting.headers["Refresh"] == "5"
    assert "Higher ceiling" in waiting.text
    while not (folder / "plan.json").exists():
        assert office.service.look_at_jobs()
    browser.send(f"{there}/stop")
    office.service.look_at_jobs()
    before = len(list((folder / "parts").glob("*.npz")))
    office.service.look_at_jobs()
    stopped = browser.client.get(there)
    assert "Refresh" not in stopped.headers
    assert "stopped" in stopped.text
    assert len(list((folder / "parts").glob("*.npz"))) == before
    assert not (folder / "run.json").exists()
    browser.send(f"{there}/go-on")
    all_done(office, folder)
    body = json.loads((folder / "run.json").read_text("utf-8"))
    assert 'ceiling: "6500000"' in body["inputs"]["reform"]["file"]
    assert 'leave_days: "126"' in body["inputs"]["reform"]["file"]
    assert body["results"]["counts"]["differing"] == 0
    assert "Cost of a year" in browser.client.get(there).text
    assert there in browser.client.get("/evidence").text


def test_a_policy_maker_sees_a_ceiling_kept_and_never_raised_through_years(office: Office, small: Path) -> None:
    """The workers do the parts of each year as jobs; the page shows the years with a chart."""
    browser = maker(office)
    asked_for = {"years": "2", "index_1": "ceiling", "rule_1": "with wages", "index_2": "floor", "rule_2": "never"}
    there = browser.send("/evidence", **ASKED | asked_for).headers["Location"]
    folder = small / there.rsplit("/", 1)[1]
    all_done(office, folder)
    body = json.loads((folder / "run.json").read_text("utf-8"))
    assert body["inputs"]["through"]["rules"] == {"ceiling": "with wages"}
    ceilings = [year["figures"]["ceiling"] for year in body["results"]["years"]]
    assert ceilings[1] == {"baseline": "4500000", "reform": "6500000", "indexed": "6890000"}
    page = browser.client.get(there).text
    assert "2025–2026" in page
    assert 'aria-label="Through the years"' in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "This is needed."),
        ({"value_1": ""}, "This is needed."),
        ({"value_1": "much"}, "Write a number such as"),
        ({"figure_1": "covered_groups", "value_1": "3"}, "Write a number such as"),
        ({"persons": "11"}, "Choose one of the list."),
        ({"years": "11"}, "Choose one of the list."),
        ({"years": "2", "index_1": "ceiling"}, "This is needed."),
        ({"years": "2", "rule_1": "with wages"}, "This is needed."),
        ({"years": "2", "index_1": "leave_days", "rule_1": "with wages"}, "Choose one of the list."),
        ({"index_1": "ceiling", "rule_1": "with wages"}, "choose more years"),
    ],
)
def test_what_cannot_be_run_is_said_at_its_field(
    office: Office, small: Path, changed: dict[str, str], said: str
) -> None:
    answer = maker(office).send("/evidence", **{**ASKED, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert not small.exists() or not list(small.iterdir())


def test_a_file_of_a_reform_is_refused_with_its_line(office: Office, small: Path) -> None:
    said = b"country: la\ntitle: Other\nsince: 2025-01-01\nfigures:\n  no_such_figure: 3\n"
    answer = maker(office).send("/evidence", **ASKED, reform=(io.BytesIO(said), "reform.yaml"))
    assert answer.status_code == 422
    assert "5: no benefit has a figure no_such_figure" in answer.text


def test_faults_of_a_file_of_persons_are_listed_with_row_and_column(office: Office, small: Path) -> None:
    persons = (
        b"sex,birth_year,province,sector,insured_as,formal,months_contributed,wage\nother,1990,P,s,employee,yes,12,5\n"
    )
    browser = maker(office)
    answer = browser.send("/evidence", **ASKED, population=(io.BytesIO(persons), "persons.csv"))
    there = answer.headers["Location"]
    office.service.look_at_jobs()
    page = browser.client.get(there)
    assert "row 1, sex" in page.text
    assert "Refresh" not in page.headers


def test_three_runs_at_once_are_enough(office: Office, small: Path) -> None:
    browser = maker(office)
    codes = [browser.send("/evidence", **ASKED).status_code for _ in range(4)]
    assert codes == [303, 303, 303, 409]


def test_who_only_looks_has_no_run_made(office: Office, small: Path) -> None:
    looks = Desk(office, office.auditor)
    assert 'action="/evidence"' not in looks.client.get("/evidence").text
    assert looks.send("/evidence", **ASKED).status_code == 403


def test_a_worker_killed_in_a_part_leaves_it_to_the_next(office: Office, small: Path) -> None:
    """The process dies by SIGKILL while it reckons; the others finish, and the digits are those of one process."""
    answer = maker(office).send("/evidence", **ASKED)
    folder = small / answer.headers["Location"].rsplit("/", 1)[1]
    while not (folder / "plan.json").exists():
        assert office.service.look_at_jobs()
    code = (
        "import os, signal, sys; from pathlib import Path; from services.benefits.evidence import parts\n"
        "parts._write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "parts.carry_out(Path(sys.argv[1]), 0)"
    )
    died = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert not Plan.read(folder).file(0).exists()
    all_done(office, folder)
    said = json.loads((folder / "run.json").read_text("utf-8"))
    wanted = run.Wanted("la", folder / "population.parquet", 2025, 7, folder / "reform.asked")
    assert said["digest"] == carrying.carried_out(small / "alone", wanted)["digest"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"since": ""}, "This is needed."),
        ({"until": "soon"}, "is not a date"),
        ({"until": "2024-01-01"}, "The last day lies before the first."),
    ],
)
def test_a_period_that_is_none_is_said_at_its_field(
    office: Office, small: Path, changed: dict[str, str], said: str
) -> None:
    answer = maker(office).send("/evidence/replays", **{"since": "2025-01-01", "until": "2025-06-30", **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert not small.exists() or not list(small.iterdir())


def test_a_reform_that_cannot_be_read_replays_nothing(office: Office, small: Path) -> None:
    said = b"country: vn\ntitle: Other\nsince: 2025-07-01\nfigures: {base_salary: 3000000}\n"
    days = {"since": "2025-01-01", "until": "2025-06-30"}
    answer = maker(office).send("/evidence/replays", **days, past_reform=(io.BytesIO(said), "reform.yaml"))
    assert answer.status_code == 422
    assert "vn ≠ la" in answer.text
    assert not list(small.iterdir())


def test_who_only_looks_sees_that_a_replay_waits_while_payments_do_not_answer(office: Office, small: Path) -> None:
    """Nothing is shown of half a truth: the job asks again until payments answer."""
    days = {"since": "2025-01-01", "until": "2025-06-30"}
    assert Desk(office, office.auditor).send("/evidence/replays", **days).status_code == 403
    there = maker(office).send("/evidence/replays", **days).headers["Location"]
    office.service.look_at_jobs()
    page = Browser(office, office.auditor).client.get(there)
    assert page.headers["Refresh"] == "5"
    assert "1 January – 30 June 2025" in page.text.replace("\xa0", " ")
    assert there in Browser(office, office.auditor).client.get("/evidence").text
    assert Browser(office, office.clerk).client.get(there).status_code == 403
    assert Browser(office, office.auditor).client.get("/evidence/replays/replay-la-none").status_code == 404


def test_replays_under_way_are_counted(office: Office, small: Path) -> None:
    browser, days = maker(office), {"since": "2025-01-01", "until": "2025-06-30"}
    assert [browser.send("/evidence/replays", **days).status_code for _ in range(4)] == [303, 303, 303, 409]
