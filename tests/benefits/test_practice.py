"""The terms of the daily work stand in institution.yaml, and what stands there decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.documents import practice as documented
from services.benefits import institution as chosen
from services.benefits.domain.import_file import Row
from services.benefits.domain.practice import Practice, means
from services.benefits.domain.task import TaskCannot
from services.benefits.usecases import claim_doubts, notices, tasks, wage_files
from services.benefits.usecases.cells import RowRefused
from tests.benefits.conftest import Office
from tests.benefits.test_one_hand import submitted

OURS = Path(str(chosen.__file__)).with_name("institution.yaml")
Says = Callable[..., None]


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Says]:
    """An institution whose file says other figures."""

    def say(**figures: Any) -> None:
        raw = yaml.safe_load(OURS.read_text("utf-8"))
        file = tmp_path / "institution.yaml"
        file.write_text(yaml.safe_dump(raw | {"practice": raw["practice"] | figures}, allow_unicode=True), "utf-8")
        monkeypatch.setenv("INSTITUTION_FILE", str(file))
        chosen.institution.cache_clear()

    yield say
    monkeypatch.delenv("INSTITUTION_FILE", raising=False)
    chosen.institution.cache_clear()


def test_the_file_lists_every_term_once_with_the_figure_that_counts_without_it() -> None:
    said = yaml.safe_load(OURS.read_text("utf-8"))["practice"]
    assert list(said) == list(means())
    assert Practice(**said) == Practice(), "a file of before, which says none of them, changes nothing"


def test_every_term_is_documented_with_its_figure() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", documented(), re.MULTILINE))
    assert {name: int(figure) for name, figure in rows.items()} == yaml.safe_load(OURS.read_text("utf-8"))["practice"]


@pytest.mark.parametrize("wrong", [{"repay_grace_days": -1}, {"copy_ready_days": "7"}, {"unheard_of_days": 3}])
def test_a_term_that_cannot_be_or_is_unknown_stops_the_start(says: Says, wrong: dict[str, Any]) -> None:
    says(**wrong)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        chosen.institution()


def test_how_far_a_leave_may_begin_from_the_birth(says: Says) -> None:
    born = date(2025, 7, 14)
    notices.check_far(born, born - timedelta(days=300))
    says(leave_before_birth_days=90, leave_after_birth_days=0)
    notices.check_far(born, born - timedelta(days=90))
    for far in (-91, 1):
        with pytest.raises(RowRefused):
            notices.check_far(born, born + timedelta(days=far))


def test_how_long_a_claim_may_be_laid_aside(office: Office, says: Says) -> None:
    claim = submitted(office, office.clerk, office.someone())
    says(task_rest_days=5)
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=office.officer.actor)
        with pytest.raises(TaskCannot, match="too_far"):
            tasks.lay_aside(act, claim["id"], act.today + timedelta(days=6), "waits for the doctor")
        tasks.lay_aside(act, claim["id"], act.today + timedelta(days=5), "waits for the doctor")


def test_how_far_back_a_monthly_list_reaches(office: Office, says: Says) -> None:
    says(month_back_months=2)
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        assert str(wage_files.month_come(act, Row({"month": "2025-03"}, 1, {}, {}), "month")) == "2025-03"
        with pytest.raises(RowRefused):
            wage_files.month_come(act, Row({"month": "2025-02"}, 1, {}, {}), "month")


def test_how_near_two_births_are_a_doubt(office: Office, says: Says) -> None:
    claim = office.claim(submitted(office, office.clerk, office.someone())["id"])
    born = replace(claim, facts={"event": {"birth_on": "2025-01-10"}})
    assert claim_doubts.near(born, date(2025, 8, 9)) == date(2025, 1, 10)
    assert claim_doubts.near(born, date(2025, 8, 10)) is None
    says(notices_apart_months=3)
    assert claim_doubts.near(born, date(2025, 4, 9)) == date(2025, 1, 10)
    assert claim_doubts.near(born, date(2025, 4, 10)) is None


def test_every_term_is_read_by_the_work_it_names() -> None:
    code = "".join(file.read_text("utf-8") for file in OURS.parent.glob("*/*.py") if file.name != "practice.py")
    assert [name for name in means() if f"practice.{name}" not in code] == []
