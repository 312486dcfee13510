"""Every case beside the packs comes out as its file expects, line by line."""

from __future__ import annotations

from datetime import date

import pytest

from services.benefits.law.case_files import CaseFile, differences, read_case_files
from services.benefits.law.vocabulary import PACKS

ALL = read_case_files(PACKS)


@pytest.mark.parametrize("case", ALL, ids=[case.id for case in ALL])
def test_a_case_comes_out_as_its_file_expects(case: CaseFile) -> None:
    assert case.expect, f"{case.path} expects nothing"
    assert differences(case.expect, case.assess(date(2026, 1, 1))) == []


def test_no_case_id_is_used_twice() -> None:
    ids = [case.id for case in ALL]
    assert len(ids) == len(set(ids))
