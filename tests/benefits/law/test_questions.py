"""What is asked: a fact that could change the result, and nothing where no answer could help."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.vocabulary import PACKS, vocabulary
from tests.benefits.law.facts import assessed

TODAY = date(2026, 1, 1)
ALL = read_case_files(PACKS)

#: Conditions that rest on the contributions and the class of the insured alone.
FIRST_CONDITIONS = ("contributed", "covered", "insured")
TOO_FEW = [c for c in ALL if c.expect.get("outcome") == "refused" and c.expect.get("decisive") in FIRST_CONDITIONS]


def without_more(case: CaseFile) -> dict[str, Any]:
    """The claim with what the law must know, and nothing of the work, the papers and the rest of the event."""
    facts = vocabulary(case.mapping["country"]).benefits[case.mapping["benefit"]]
    event = {n: v for n, v in (case.mapping.get("event") or {}).items() if facts[n].required or n.endswith("_on")}
    left = {n: v for n, v in case.mapping.items() if n not in ("employments", "certificates", "happenings", "event")}
    return left | {"event": event}


@pytest.mark.parametrize("case", TOO_FEW, ids=[c.id for c in TOO_FEW])
def test_too_few_contributions_are_refused_whatever_else_is_missing(case: CaseFile) -> None:
    """No clerk is sent for a paper that cannot help."""
    found = in_force.assess(read_case(without_more(case)), today=case.today or TODAY, options=case.options or None)
    assert (found.outcome, found.questions) == ("refused", ())
    assert found.decisive in FIRST_CONDITIONS
    assert not found.total.minor
    assert not found.timeline.paid_days()


def guessed() -> list[tuple[CaseFile, str]]:
    """Each case that is paid and answers a question that the pack would otherwise guess."""
    found = []
    for case in ALL:
        if case.expect.get("outcome") not in ("granted", "granted_in_part"):
            continue
        facts = vocabulary(case.mapping["country"]).benefits[case.mapping["benefit"]]
        found += [
            (case, n) for n, fact in facts.items() if fact.guess is not None and n in case.mapping.get("event", {})
        ]
    return found


@pytest.mark.parametrize(("case", "name"), guessed(), ids=[f"{c.id}-{n}" for c, n in guessed()])
def test_a_fact_that_moves_money_is_asked_and_one_that_does_not_is_not(case: CaseFile, name: str) -> None:
    """Where nobody answers, the result is that of every answer, or the fact is asked."""
    fact = vocabulary(case.mapping["country"]).benefits[case.mapping["benefit"]][name]

    def answered(value: Any) -> Any:
        event = {n: v for n, v in case.mapping["event"].items() if n != name} | ({} if value is None else {name: value})
        facts = read_case(case.mapping | {"event": event})
        return in_force.assess(facts, today=case.today or TODAY, options=case.options or None)

    silent, results = answered(None), [answered(value) for value in (fact.guess, *fact.others)]
    if len({(r.outcome, r.total.minor, r.timeline.letters()) for r in results}) > 1:
        assert f"#/event/{name}" in [q.pointer for q in silent.questions]
    else:
        assert f"#/event/{name}" not in [q.pointer for q in silent.questions]
        assert silent.total == results[0].total


def test_hazardous_work_is_a_fact_of_the_employment_that_may_be_unknown() -> None:
    """Said, or not known; never taken for ordinary work in silence."""
    assert read_case({"country": "vn", "benefit": "sickness", "employments": [{}]}).employment.hazardous is None
    kept = read_case({"country": "vn", "benefit": "sickness", "employments": [{"hazardous": False}]})
    assert kept.json()["employments"] == [{"hazardous": False}]


def test_a_refusal_pays_nothing_and_shows_its_days_as_not_paid() -> None:
    """One month of three, and the wage never said to have stopped."""
    found = assessed(
        {
            "country": "la",
            "benefit": "sickness",
            "contributions": [{"month": "2025-02", "wage": "3000000"}],
            "spell": {"first_day": "2025-03-03", "last_day": "2025-03-05"},
        }
    )
    assert found.outcome == "refused"
    assert [run.reasons for run in found.timeline] == [("contributed",)]
    assert not found.worksheet
