"""One figure of a pack that decides claims is changed in a copy; exactly the named requirements turn, and no other."""

from __future__ import annotations

import re
import shutil
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import pytest

from services.benefits.conformance.law import Law, draft_law, law_of
from services.benefits.conformance.profile import Profile, profile
from services.benefits.conformance.report import Report, examine
from services.benefits.law.in_force import PACKS
from services.benefits.law.pack import load_pack

ON = date(2026, 11, 1)
REAL = ("la", "mm", "th", "vn")


@lru_cache(maxsize=len(REAL))
def real(country: str) -> tuple[Law, Profile, Report]:
    law, about = law_of(country, ON), profile(country, ON)
    return law, about, examine(law, about, with_changes=False)


def verdicts(report: Report) -> dict[str, str]:
    return {r.key: r.verdict for r in report.results}


def flipped(country: str, law: Law) -> dict[str, str]:
    _, about, as_it_is = real(country)
    before, after = verdicts(as_it_is), verdicts(examine(law, about, with_changes=False))
    assert before.keys() == after.keys()
    return {key: f"{before[key]} -> {after[key]}" for key in before if before[key] != after[key]}


MUTATIONS = {
    # duration of maternity leave or of its pay
    "la leave of 97 days": (
        *("la", "birth", "leave_days", 97),
        {"C183-4-14W maternity": "pass -> fail", "C183-6-PAID maternity": "pass -> fail"},
    ),
    "vn leave of 4 months": ("vn", "birth", "birth_months", 4, {"R191-1-18W maternity": "pass -> fail"}),
    "th leave of 97 days": ("th", "maternity", "employer_leave_days", 97, {"C183-4-14W maternity": "pass -> fail"}),
    "th pay for 98 days": ("th", "maternity", "allowance_days", 98, {"C183-6-PAID maternity": "fail -> pass"}),
    "mm leave of 13 weeks": (
        *("mm", "maternity", "leave_weeks", 13),
        {"C183-4-14W maternity": "pass -> fail", "C183-6-PAID maternity": "review -> fail"},
    ),
    # duration of sickness benefit
    "la sickness for 11 months": ("la", "sickness", "longest_months", 11, {"C130-26-52W sickness": "pass -> review"}),
    "mm sickness for 25 weeks": ("mm", "sickness", "longest_weeks", 25, {"C102-18-26W sickness": "pass -> fail"}),
    # qualifying months
    "la 7 months": ("la", "sickness", "contributed_months", 7, {"C102-17-QUALIFY sickness": "pass -> review"}),
    "la 6 months for a birth": (
        *("la", "birth", "birth_contributed_months", 6),
        {"C102-51-QUALIFY maternity": "review -> pass"},
    ),
    # the month of a birth after its middle counts too, so that 8 months are 7 before it
    "vn 8 months": ("vn", "birth", "qualifying_months", 8, {"C102-51-QUALIFY maternity": "pass -> review"}),
    "th 7 months": ("th", "sickness", "contributed_months", 7, {"C102-17-QUALIFY sickness": "pass -> review"}),
    "th 7 months for a birth": (
        *("th", "maternity", "birth_contributed_months", 7),
        {"C102-51-QUALIFY maternity": "pass -> review"},
    ),
    "mm 7 months of service": ("mm", "sickness", "service_months", 7, {"C102-17-QUALIFY sickness": "pass -> review"}),
    # rates
    "la 59 % after six months": (
        *("la", "sickness", "rate_phase_2", Fraction(59, 100)),
        {"C130-22-60 sickness": "pass -> fail"},
    ),
    "vn 70 % of sickness": ("vn", "sickness", "sick_rate", Fraction(70, 100), {"R134-66 sickness": "pass -> fail"}),
    "vn 66 % of maternity": (
        *("vn", "birth", "maternity_rate", Fraction(66, 100)),
        {"C183-6-TWO-THIRDS maternity": "pass -> fail", "R191-2-FULL maternity": "pass -> fail"},
    ),
    "th 44 % of sickness": (
        "th",
        "sickness",
        "sickness_rate",
        Fraction(44, 100),
        {"C102-65-45 sickness": "pass -> fail"},
    ),
    "th 44 % of maternity": (
        "th",
        "maternity",
        "leave_rate",
        Fraction(44, 100),
        {"C102-65-45 maternity": "pass -> fail"},
    ),
    "mm 59 % of sickness": (
        *("mm", "sickness", "sickness_rate", Fraction(59, 100)),
        {"C130-22-60 sickness": "pass -> review"},
    ),
}


@pytest.mark.parametrize(
    ("country", "benefit", "figure", "value", "flips"),
    [pytest.param(*row, id=name) for name, row in MUTATIONS.items()],
)
def test_exactly_the_named_requirements_of_a_real_pack_flip(
    country: str, benefit: str, figure: str, value: int | Fraction, flips: dict[str, str]
) -> None:
    law, _, _ = real(country)
    assert flipped(country, law.with_figure(figure, Fraction(value), benefit)) == flips


@pytest.mark.parametrize("country", REAL)
def test_no_real_pack_has_waiting_days_to_mutate(country: str) -> None:
    """None of the four laws makes a sick person wait: the requirement passes with no day, and no figure could turn it.
    Whoever gives a pack such a figure adds its mutation above (an invented pack has one, `test_mutations.py`)."""
    law, _, as_it_is = real(country)
    body, _ = law.benefit("sickness")
    assert not [name for name in body.book.figures if "wait" in name]
    found = as_it_is.result("C102-18-WAIT3")
    assert found.verdict == "pass"
    assert found.found == 0


def test_a_figure_changed_in_the_file_of_a_copy_flips_the_same(tmp_path: Path) -> None:
    """The whole way, from the YAML of a copied folder to the verdict."""
    copy = tmp_path / "ssl2018"
    shutil.copytree(PACKS / "la" / "ssl2018", copy, ignore=shutil.ignore_patterns("__pycache__", "cases"))
    changed = 0
    for file in copy.glob("*.yaml"):
        text, times = re.subn(r"(?<=value: )105(?=, citation)", "97", file.read_text("utf-8"))
        file.write_text(text, "utf-8")
        changed += times
    assert changed == 1
    assert flipped("la", draft_law(load_pack(copy), ON)) == MUTATIONS["la leave of 97 days"][-1]
