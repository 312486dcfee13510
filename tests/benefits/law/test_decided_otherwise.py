"""A condition of the claim as a whole decided otherwise than the rules find it: what follows is what the law makes of
a claim that meets it, or does not. Nothing that is counted can be turned."""

from dataclasses import replace
from datetime import date

import pytest

from services.benefits.domain.assessment import MET, NOT_MET, QUESTIONS, REFUSED, Assessment
from services.benefits.domain.case import Case, Override
from services.benefits.law import in_force
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.text import render
from services.benefits.law.vocabulary import PACKS

ALL = read_case_files(PACKS)
TODAY = date(2026, 1, 1)


def turned(file: CaseFile, case: Case, found: Assessment, finding: str) -> Assessment:
    other = Override(found.finding(finding).verdict != MET, "a provision", "because")
    changed = replace(case, overrides={finding: other})
    return in_force.assess(changed, today=file.today or TODAY, options=file.options or None)


@pytest.mark.parametrize("file", ALL, ids=[case.id for case in ALL])
def test_each_condition_of_each_worked_example_turns_the_claim_or_nothing(file: CaseFile) -> None:
    case, found = file.case(), file.assess(TODAY)
    whole = in_force.conditions(found)
    for finding in found.findings:
        if not finding.by_rules:
            continue
        again = turned(file, case, found, finding.id)
        if finding.id not in whole:
            assert again == found, f"{finding.id} is counted, and yet it was turned"
        elif finding.verdict == MET and found.outcome != QUESTIONS:
            assert (again.outcome, again.total.minor) == (REFUSED, 0), finding.id
        elif finding.verdict == NOT_MET and again.outcome == REFUSED:
            # Another condition, or nothing to pay, refuses it.
            assert [f.id for f in again.findings if f.verdict == NOT_MET and f.id != finding.id]
        if finding.id in whole and again.outcome != QUESTIONS:
            assert [f.id for f in again.decided_otherwise] == [finding.id]
            assert again.finding(finding.id).facts["rules"] == finding.verdict


def test_what_the_rules_found_the_provision_and_the_reason_stand_in_one_sentence() -> None:
    file = next(
        f for f in ALL if f.mapping["country"] == "la" and "contributed" in refused_by(f) and len(refused_by(f)) == 1
    )
    found = file.assess(TODAY)
    again = turned(file, file.case(), found, "contributed")
    said = render(again.finding("contributed").text)
    assert said == f"{render(found.finding('contributed').text)}. Under a provision it counts as met: because"
    assert Assessment.from_json(again.json()) == again


def refused_by(file: CaseFile) -> list[str]:
    return [f.id for f in file.assess(TODAY).findings if f.verdict == NOT_MET]


def test_a_condition_that_is_as_the_rules_find_it_is_not_turned() -> None:
    case, found = ALL[0].case(), ALL[0].assess(TODAY)
    same = {f.id: Override(f.verdict == MET, "a provision", "because") for f in found.findings}
    assert in_force.assess(replace(case, overrides=same), today=ALL[0].today or TODAY) == found
