"""What is kept of an assessment reads back as the same assessment: pages and letters never see less than was
decided."""

import json
from datetime import date

import pytest

from services.benefits.domain.assessment import Assessment
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.vocabulary import PACKS

ALL = read_case_files(PACKS)
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize("case", ALL, ids=[case.id for case in ALL])
def test_an_assessment_reads_back_as_it_was_kept(case: CaseFile) -> None:
    before = case.assess(TODAY)
    kept = json.loads(json.dumps(before.json()))
    after = Assessment.from_json(kept)
    assert after == before
    assert after.json() == kept


def test_one_kept_before_a_member_was_added_still_reads() -> None:
    before = next(found for case in ALL if (found := case.assess(TODAY)).outcome == "granted")
    newer = ("marks", "lump_sums", "unconfirmed", "options", "questions", "decisive")
    older = {name: value for name, value in before.json().items() if name not in newer}
    after = Assessment.from_json(older)
    assert (after.total, after.timeline, after.marks, after.decisive) == (before.total, before.timeline, (), None)
