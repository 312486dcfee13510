"""Doors parse and call; what is done stands in use cases; nothing that is sold is called pretend."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from services.payments import consumer

HOUSE = Path(consumer.__file__).parent
CODE = sorted(HOUSE.rglob("*.py")) + sorted(HOUSE.rglob("*.yaml"))


def test_the_consumer_only_parses_and_calls() -> None:
    tree = ast.parse((HOUSE / "consumer.py").read_text())
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not {m for m in imported if m and (m.startswith("sqlalchemy") or ".domain" in m or ".gateways" in m)}
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        assert len(function.body) <= 8, function.name
        assert not any(isinstance(n, ast.Try | ast.While) for n in ast.walk(function)), function.name


@pytest.mark.parametrize("job", ["drafting", "checking", "sending", "enquiring", "fetching", "held", "forgetting"])
def test_each_job_has_a_use_case_named_after_what_it_does(job: str) -> None:
    assert (HOUSE / "usecases" / f"{job}.py").exists()


def test_what_is_sold_is_not_called_pretend() -> None:
    migrations = HOUSE / "migrations"
    named = [str(f) for f in CODE if migrations not in f.parents and "pretend_bank" in f.read_text().lower()]
    assert named == []
