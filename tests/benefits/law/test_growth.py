"""Work grows with months and spells, not faster: counted in calls, so that no clock decides a test."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from services.benefits.law import in_force
from services.benefits.law.case import read_case
from tests.benefits.law.facts import TODAY

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_assess", ROOT / "bench" / "assess.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calls(work: Callable[[], object]) -> int:
    """How many calls a piece of work makes, after it has been done once."""
    work()
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def everything(mapping: dict[str, Any]) -> Callable[[], object]:
    return lambda: in_force.assess(read_case(mapping), today=TODAY).json()


def test_the_benchmark_measures_a_granted_claim_of_twenty_days(bench: ModuleType) -> None:
    found = bench.assessing(bench.sickness())()
    assert (found.outcome, found.timeline.paid_days()) == ("granted", 20)
    leave = bench.assessing(bench.maternity())()
    assert leave.outcome in ("granted", "granted_in_part")
    assert leave.timeline.length >= 180


@pytest.mark.parametrize(
    ("few", "many"),
    [
        pytest.param({"contributed": 100}, {"contributed": 1000}, id="months"),
        pytest.param({"spells": 40}, {"spells": 400}, id="spells"),
        pytest.param({"days": 300}, {"days": 3000}, id="days"),
    ],
)
def test_ten_times_the_facts_take_at_most_about_ten_times_the_work(
    bench: ModuleType, few: dict[str, int], many: dict[str, int]
) -> None:
    small, large = calls(everything(bench.sickness(**few))), calls(everything(bench.sickness(**many)))
    assert large < 12 * small


def test_a_longer_spell_of_the_same_treatment_costs_no_more_than_its_months(bench: ModuleType) -> None:
    week, month = (calls(everything(bench.sickness(days=d))) for d in (7, 28))
    assert month < 1.2 * week
