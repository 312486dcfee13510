"""The schemas in docs/ are those of the code, and every case and assessment keeps to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.benefits import cli
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.schema import assessment_schema, case_schema
from services.benefits.law.vocabulary import PACKS
from tests.benefits.law.facts import TODAY, birth, sickness

ROOT = Path(__file__).resolve().parents[3]
CASE, ASSESSMENT = Draft202012Validator(case_schema()), Draft202012Validator(assessment_schema())
ALL = read_case_files(PACKS)


def test_the_law_tables_and_schemas_in_docs_are_not_stale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(["packs", "tables", "--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("case", ALL, ids=[case.id for case in ALL])
def test_a_case_and_its_assessment_keep_to_their_schemas(case: CaseFile) -> None:
    assert [e.message for e in CASE.iter_errors(case.case().json())] == []
    found = case.assess(TODAY).json()
    assert [e.message for e in ASSESSMENT.iter_errors(found)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        sickness() | {"country": "zz"},
        sickness() | {"benefit": "holiday"},
        sickness(contributions=[{"month": "2025-13", "wage": "1"}]),
        sickness(contributions=[{"month": "2025-01", "wage": 1}]),
        sickness(earlier_spells=[{"from": "2025-01-01", "to": "2025-01-01"}] * 501),
        birth() | {"event": {"weather": "fair"}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, Any]) -> None:
    assert list(CASE.iter_errors(wrong))


def test_no_float_stands_in_any_assessment() -> None:
    def floats(value: Any) -> bool:
        if isinstance(value, dict):
            return any(floats(v) for v in value.values())
        if isinstance(value, list):
            return any(floats(v) for v in value)
        return isinstance(value, float)

    assert not any(floats(case.assess(TODAY).json()) for case in ALL)
