"""The past, replayed: decided claims under a reform; and the register as a population that says who nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.benefits.evidence import replay as past
from services.benefits.evidence.laws import in_force_now, reformed
from services.benefits.evidence.population import Population
from services.benefits.evidence.register import COLUMNS, row
from services.benefits.store import evidence
from tests.benefits.conftest import Office
from tests.benefits.conftest import office as office
from tests.benefits.test_history import decide, sick

REFORM = "country: la\ntitle: Nine tenths\nsince: 2025-01-01\nfigures: {rate_phase_1: 90 %}\n"


@pytest.fixture
def town(office: Office) -> Office:
    """Two workers of one office, each with a decided illness of sixty days."""
    for name, wage in (("Bounmy Sisavath", "2500000"), ("Keo Vongsa", "3000000")):
        person = office.someone(latin=name, wage=wage, months=30, until="2025-04")
        decide(office, person, "sickness", sick(date(2025, 3, 1), date(2025, 4, 29)), date(2025, 4, 29))
    return office


def of_year(town: Office) -> list[past.Decided]:
    with town.service.engine.connect() as connection:
        return list(evidence.decided(town.act(connection), date(2025, 1, 1), date(2025, 12, 31)))


def test_the_law_in_force_gives_again_what_was_decided_and_a_reform_what_it_would_have_cost(
    town: Office, tmp_path: Path
) -> None:
    (tmp_path / "reform.yaml").write_text(REFORM, "utf-8")
    decided = of_year(town)
    found = past.replay(decided, in_force_now("la"), reformed(tmp_path / "reform.yaml"))
    assert (found.equal, found.differences) == (2, [])
    whole = found.whole
    assert whole.decided == whole.in_force == sum(one.total_minor for one in decided)
    assert whole.reform * 7 == whole.decided * 9  # nine tenths instead of seven
    assert (whole.winners, whole.losers) == (2, 0)
    assert whole.gained == whole.reform - whole.in_force
    assert "2 decisions, 2 as the law in force gives them again" in past.text(found, True)


def test_every_difference_is_named_with_its_reason(town: Office) -> None:
    """What was decided otherwise, what an older reading gave, facts and choices of another time, and what nobody
    explains."""
    one = of_year(town)[0]
    kept = dict(one.assessment)
    other = {**kept, "instalments": []}
    cases = {
        "decided_otherwise": replace(one, total_minor=one.total_minor + 1),
        "revision": replace(one, assessment=other | {"pack_revision": "2020.1"}),
        "unexplained": replace(one, assessment=other),
        "option": replace(one, assessment=kept | {"options": {"reference_divisor": "thirteen"}}),
        "facts": replace(one, facts={**one.facts, "spell": {"first_day": "never"}}),
    }
    found = past.replay(cases.values(), in_force_now("la"))
    assert [difference.reason for difference in found.differences] == list(cases)
    assert found.whole.decisions == 3  # what cannot be reckoned again is in no sum


def test_the_register_becomes_a_population_without_names_and_numbers(town: Office, tmp_path: Path) -> None:
    with town.service.engine.connect() as connection:
        rows = [row(person) for person in evidence.insured(town.act(connection), date(2025, 5, 1))]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(",".join(one) for one in (COLUMNS, *rows)) + "\n", "utf-8")
    text = path.read_text("utf-8")
    assert "Bounmy" not in text
    assert "Keo" not in text
    (block,) = Population(path, "LAK", 2025).blocks()
    assert sorted(block.wages[:, 0].tolist()) == [250_000_000, 300_000_000]
    assert block.months.tolist() == [12, 12]


def test_a_month_without_a_contribution_has_the_wage_beside_it() -> None:
    person = {
        "sex": "female",
        "birth_year": 1990,
        "province": "svk",
        "insured_as": "employee",
        "currency": "LAK",
        "employer": 12,
        "wages": [0, 300, 0, 200, *[0] * 8],
    }
    found = dict(zip(COLUMNS, row(person), strict=True))
    assert [found[f"wage_{n}"] for n in range(1, 6)] == ["3.00", "3.00", "3.00", "2.00", "2.00"]
    assert (found["months_contributed"], found["employer_size"]) == ("2", "10-49")
