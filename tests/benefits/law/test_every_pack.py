"""What holds for every pack, tried by changing its own cases a little."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.vocabulary import PACKS
from shared.period import Month
from tests.benefits.law.facts import TODAY

ALL = read_case_files(PACKS)
EVERY = pytest.mark.parametrize("case", ALL, ids=[case.id for case in ALL])
YES = ("granted", "granted_in_part", "needs_judgement")


def assessed(case: CaseFile, mapping: dict[str, Any]) -> Assessment | None:
    """The assessment of a case with changed facts; nothing where they cannot be."""
    try:
        found = read_case(mapping)
    except CaseInvalid:
        return None
    try:
        return in_force.assess(found, today=case.today or TODAY, options=case.options or None)
    except (in_force.PackNotInForce, in_force.UnknownBenefit, in_force.UnknownOption):
        return None


def exempt(found: Assessment, rule: str) -> bool:
    statutes = {p.id: p for p in in_force.packs(found.country)}
    assert found.statute is not None
    return any(e.rule == rule and e.benefit == found.benefit for e in statutes[found.statute.id].exceptions)


@EVERY
def test_each_day_once_and_the_instalments_are_the_total(case: CaseFile) -> None:
    found = case.assess(TODAY)
    runs = found.timeline.spans
    for before, after in pairwise(runs):
        assert before.period.last < after.period.first
    assert sum(i.amount.minor for i in found.instalments) == found.total.minor
    assert [i.no for i in found.instalments] == list(range(1, len(found.instalments) + 1))
    assert {reason for run in runs for reason in run.reasons if isinstance(reason, str)} <= {
        f.id for f in found.findings
    }
    assert all(run.reasons for run in runs if run.status in "NXW")


@EVERY
def test_the_lines_that_are_paid_add_up_to_the_total(case: CaseFile) -> None:
    found = case.assess(TODAY)
    if found.outcome != "questions":
        assert sum(line.payable.minor for line in found.worksheet if line.payable is not None) == found.total.minor


@EVERY
def test_every_figure_used_says_how_sure_we_are(case: CaseFile) -> None:
    found = case.assess(TODAY)
    cited = {c.text for c in (*(f.citation for f in found.findings), *(line.citation for line in found.worksheet))}
    assert all(cited)
    assert all(u.citation.evidence in ("secondary", "recalled", "default") for u in found.unconfirmed)


@EVERY
def test_the_decision_is_rebuilt_from_what_was_stored(case: CaseFile) -> None:
    stored = json.dumps(case.assess(TODAY).json())
    facts = json.loads(json.dumps(case.case().json()))
    found = json.loads(stored)
    if found["statute"] is not None:
        assert json.dumps(in_force.rebuild(facts, found).json()) == stored


@EVERY
def test_one_more_contributed_month_never_turns_a_yes_into_a_no(case: CaseFile) -> None:
    base = case.assess(TODAY)
    facts = case.case().json()
    if base.outcome not in YES or not facts.get("contributions"):
        return
    there = {c.month.index: c for c in case.case().contributions}
    newest = max(there)
    for index in range(newest - 26, newest):
        if index in there:
            continue
        more = copy.deepcopy(facts)
        wage = facts["contributions"][0]["wage"]
        more["contributions"].append({"month": str(Month(index // 12, index % 12 + 1)), "wage": wage})
        found = assessed(case, more)
        assert found is None or found.outcome in YES, f"with {index // 12}-{index % 12 + 1}"


@EVERY
def test_a_fact_that_is_taken_away_becomes_a_question_or_nothing_breaks(case: CaseFile) -> None:
    facts = case.case().json()
    paths: list[tuple[Any, ...]] = [(key,) for key in facts if key not in ("country", "benefit")]
    paths += [(part, key) for part in ("spell", "event", "insured") for key in facts.get(part, {})]
    paths += [("employments", 0, key) for key in (facts.get("employments") or [{}])[0]]
    for path in paths:
        less = copy.deepcopy(facts)
        place = less
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        found = assessed(case, less)
        assert found is None or found.outcome != "questions" or found.questions


@EVERY
def test_a_longer_certified_spell_never_pays_less(case: CaseFile) -> None:
    facts = case.case().json()
    base = case.assess(TODAY)
    last, papers = facts.get("spell", {}).get("last_day"), facts.get("certificates")
    if last is None or not papers or base.outcome not in YES or exempt(base, "a_longer_spell_never_pays_less"):
        return
    before = base.total.minor
    for more in (1, 2, 9, 30, 100):
        end = (date.fromisoformat(last) + timedelta(days=more)).isoformat()
        longer = copy.deepcopy(facts)
        longer["spell"]["last_day"] = end
        longer["certificates"].append({"from": last, "to": end})
        found = assessed(case, longer)
        if found is not None and found.outcome in YES and not exempt(found, "a_longer_spell_never_pays_less"):
            assert found.total.minor >= before, f"{more} days more"
            before = found.total.minor
