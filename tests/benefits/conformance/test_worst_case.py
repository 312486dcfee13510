"""The law of a day, as if it had always been in force, at its worst: a draft is measured as the law is, whatever day
the report is made, on whatever day of the year a case begins, and however short it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.benefits.conformance.changes import smallest
from services.benefits.conformance.checks.result import Context, Result
from services.benefits.conformance.checks.running import run
from services.benefits.conformance.law import Law
from services.benefits.conformance.measure import SHORT, STARTS
from services.benefits.conformance.profile import Datum, Profile, Recipe, Scheme
from services.benefits.conformance.report import report, report_draft
from services.benefits.conformance.standards import requirement
from services.benefits.domain.assessment import Citation
from services.benefits.law import in_force
from services.benefits.law.pack import load_pack
from services.benefits.law.text import render

PACK = Path(__file__).parent / "packs" / "zz" / "act2000"
ON = date(2025, 3, 3)
TEST = Citation("test", "verified")
NOBODY = Profile("zz", 2025, "Test")


def changed(folder: Path, edits: dict[str, list[tuple[str, str]]], source: Path = PACK) -> Path:
    """A copy of a pack with lines of its files changed; each line must be there."""
    shutil.copytree(source, folder)
    for name, pairs in edits.items():
        text = (folder / name).read_text()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return folder


def law_in(folder: Path, on: date = ON, **figures: Any) -> Law:
    pack = load_pack(folder)
    for name, value in figures.items():
        pack = pack.with_figure(name, on, value)
    return Law("zz", on, pack, Scheme("zz", "Test", Recipe("sickness"), Recipe("birth", leave_days="leave_days")))


def check(id: str, law: Law, branch: str = "", profile: Profile = NOBODY) -> Result:
    r = requirement(id)
    return run(r, branch or r.branches[0], Context(law, profile))


# A draft is the law until something in it is changed -------------------------------------------------


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(country=st.sampled_from(("la", "vn", "mm", "th", "xx", "ph")), day=st.dates(date(2020, 6, 1), date(2033, 1, 1)))
def test_an_unmodified_copy_of_a_pack_gives_the_report_of_the_original(
    tmp_path_factory: pytest.TempPathFactory, country: str, day: date
) -> None:
    pack = in_force.pack(country, day)
    folder = tmp_path_factory.mktemp("draft") / pack.folder.name
    shutil.copytree(pack.folder, folder)
    head = folder / "pack.yaml"
    head.write_text(head.read_text() + f"steps: {pack.id}\n")
    law, draft = report(country, day), report_draft(load_pack(folder), day)
    assert draft.draft
    assert replace(draft, draft="").json() == law.json()


def test_what_a_draft_says_of_later_years_does_not_leak_into_the_day_measured(tmp_path: Path) -> None:
    later = '2000-01-01: {value: 60 %, citation: "s. 1", evidence: verified}'
    folder = changed(
        tmp_path / "later",
        {"sickness.yaml": [(later, f'{later}, 2025-04-01: {{value: 10 %, citation: "s. 1", evidence: verified}}')]},
    )
    pack = load_pack(folder)
    told = report_draft(pack, ON, with_changes=False)
    assert told.result("C102-65-45", "sickness").found == Fraction(60, 100)
    assert report_draft(pack, date(2025, 4, 1), with_changes=False).result("C102-65-45", "sickness").found == Fraction(
        10, 100
    )


# One law, one line through the years -----------------------------------------------------------------


@pytest.mark.parametrize("country", ["la", "mm", "th", "vn"])
def test_one_unchanged_law_has_one_line_through_the_years(country: str) -> None:
    told = [
        report(country, day, with_changes=False) for day in (date(2026, 8, 27), date(2026, 11, 1), date(2028, 2, 29))
    ]
    seen = [[(r.key, r.verdict, r.found, r.limit) for r in made.results] for made in told]
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2025, 3, 3), date(2025, 8, 1), date(2026, 12, 31)])
def test_a_lower_rate_after_six_months_counts_whatever_day_the_report_is_made(day: date) -> None:
    """Six months may be 181 days: day 182 is then paid at the later rate, and C102 tests 182."""
    sixty = Fraction(60, 100)
    law = law_in(PACK, day, later_rate=Fraction(40, 100), later_after=181, waiting_days=0, longest_days=300)
    found = check("C102-65-45", law, "sickness")
    assert (found.verdict, found.found) == ("fail", Fraction(40, 100))
    told = check("C102-65-45", law_in(PACK, day, later_rate=sixty, later_after=181), "sickness")
    assert (told.verdict, told.found) == ("pass", sixty)


def test_the_worst_day_of_the_year_decides_the_level(tmp_path: Path) -> None:
    """A law that pays half in cases that begin on one day of the year only."""
    folder = changed(
        tmp_path / "one_day",
        {
            "sickness.py": [
                (
                    "monthly = law.flat",
                    "cut = Fraction(1, 2) if (claimed.first.month, claimed.first.day) == "
                    "(8, 17) else 1\n        monthly = cut * law.flat",
                ),
                ("else wage * rate", "else cut * wage * rate"),
                ("from datetime import timedelta", "from datetime import timedelta\nfrom fractions import Fraction"),
            ]
        },
    )
    found = check("C102-65-45", law_in(folder), "sickness")
    assert (found.verdict, found.found) == ("fail", Fraction(30, 100))
    assert found.tried[0].case.spell.first_day == date(STARTS[0].year, 8, 17)


def test_the_worst_day_is_found_too_where_only_the_higher_earnings_suffer(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "high",
        {
            "sickness.py": [
                (
                    "wage = min(wage, law.ceiling.number)",
                    "wage = min(wage, law.ceiling.number / (2 if claimed.first.month == 8 else 1))",
                )
            ]
        },
    )
    law = law_in(folder, ceiling=3_000_000)
    wage = replace(NOBODY, skilled={"a": Datum(Fraction(3_000_000), TEST)})
    found = check("C102-65-CEILING", law, "sickness", wage)
    assert (found.verdict, found.found) == ("fail", Fraction(30, 100))
    assert found.tried[0].case.spell.first_day is not None
    assert found.tried[0].case.spell.first_day.month == 8


# Waiting days, by whatever name ------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["WAITING", "NOT_PAID", "HOLIDAY"])
def test_unpaid_first_days_count_whatever_their_code(tmp_path: Path, code: str) -> None:
    folder = changed(tmp_path / "named", {"sickness.py": [("Status.WAITING, say", f"Status.{code}, say")]})
    for days, verdict in ((3, "pass"), (4, "fail")):
        found = check("C102-18-WAIT3", law_in(folder, waiting_days=days))
        assert (found.verdict, found.found) == (verdict, Fraction(days))


def test_days_that_wait_on_some_days_of_the_week_only_are_found(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "friday",
        {"sickness.py": [("wait = law.waiting_days.whole", "wait = 5 if claimed.first.isoweekday() == 5 else 0")]},
    )
    found = check("C102-18-WAIT3", law_in(folder))
    assert (found.verdict, found.found) == ("fail", Fraction(5))


@pytest.mark.parametrize("shortest", SHORT)
def test_spells_too_short_to_be_paid_at_all_wait_to_their_end(tmp_path: Path, shortest: int) -> None:
    """A law that pays from the first day, but only an illness of more than so many days."""
    folder = changed(
        tmp_path / "short",
        {
            "sickness.py": [
                ("wait = law.waiting_days.whole", f"wait = claimed.length if claimed.length <= {shortest} else 0")
            ]
        },
    )
    found = check("C102-18-WAIT3", law_in(folder))
    assert (found.verdict, found.found) == ("pass" if shortest <= 3 else "fail", Fraction(shortest))
    assert smallest(found, Context(law_in(folder), NOBODY)) == ()
    assert str(shortest) in render(found.cell)
