"""What the tests of the standards compare with stands in the instruments' files, cited; not in the tests."""

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from services.benefits.conformance.checks import duration, ratios
from services.benefits.conformance.checks.result import TESTS, Context
from services.benefits.conformance.checks.running import ROLES
from services.benefits.conformance.standards import Requirement, instruments, requirement, requirements
from services.benefits.law.figures import FigureFault
from tests.benefits.conformance.test_worked_computations import context

#: Numbers of no article: none, one, a half or a double, and the days for which a short illness is tried.
OF_NO_ARTICLE = {0, 1, 2, 60}

NEEDS = {
    "longest_case": {"waiting_days"},
    "level65": {"tested_days"},
    "ceiling65": {"tested_days"},
    "level66": {"tested_days"},
    "late_birth": {"latest_days"},
    "paid_all": {"late_days"},
    "comparable": {"part_of_earnings"},
}


@pytest.mark.parametrize("one", requirements(), ids=lambda r: r.id)
def test_a_requirement_has_the_terms_its_test_asks_for(one: Requirement) -> None:
    assert one.test in TESTS
    assert NEEDS.get(one.test, set()) <= set(one.terms)
    assert all(term.citation.text and term.citation.evidence for term in one.terms.values())


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r.__name__.rpartition(".")[2])
def test_no_threshold_of_an_article_stands_in_a_test(role: ModuleType) -> None:
    tree = ast.parse(Path(str(role.__file__)).read_text("utf-8"))
    found = [
        f"line {n.lineno}: {n.value!r}"
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and type(n.value) in (int, float) and n.value not in OF_NO_ARTICLE
    ]
    assert not found


@pytest.mark.parametrize(("allowed", "verdict"), [(3, "pass"), (2, "fail")])
def test_waiting_days_lie_inside_the_limit_as_far_as_the_article_lets_them(allowed: int, verdict: str) -> None:
    asked = requirement("C102-18-26W")
    changed = replace(asked.terms["waiting_days"], value=Fraction(allowed))
    asked = replace(asked, terms={"waiting_days": changed})
    found = context({"waiting_days": 3, "longest_days": 179})
    assert duration.longest_case(asked, "sickness", found).verdict == verdict


def test_a_declaration_under_article_2_of_c130_shortens_the_days_that_are_tested() -> None:
    asked = requirement("C130-22-60")
    plain = context({})
    declared = Context(plain.law, replace(plain.profile, declared={"article_2": "yes"}))
    assert ratios.tested_days(asked, "sickness", plain) == 364
    assert ratios.tested_days(asked, "sickness", declared) == 182


@pytest.mark.parametrize(
    "term",
    [
        "{latest_days: 42}",
        "{latest_days: {value: 42}}",
        "[42]",
        "{latest_days: {value: x, citation: a, evidence: default}}",
    ],
)
def test_a_term_without_a_source_is_refused(tmp_path: Path, term: str) -> None:
    (tmp_path / "x.yaml").write_text(
        "instrument: X1\ntitle: X\nsince: 2000-01-01\nrequirements:\n  X-1:\n    article: '1'\n    label: a\n"
        "    description: b\n    branches: [maternity]\n    test: late_birth\n    unit: days\n"
        "    values: {2000-01-01: {value: 42, citation: a, evidence: verified}}\n    applies: always\n"
        f"    terms: {term}\n"
    )
    with pytest.raises(FigureFault, match="X-1"):
        instruments(tmp_path)
