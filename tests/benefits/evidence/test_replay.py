"""The past, replayed: decided claims under a reform; and the register as a population that says who nobody is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.benefits.evidence import replay as past
from services.benefits.evidence.laws import in_force_now, reformed
from services.benefits.evidence.population import Population
from services.benefits.evidence.register import COLUMNS, row
from services.benefits.evidence.replay_file import replay_file
from services.benefits.evidence.settled import Money
from services.benefits.gateways.neighbours import Neighbours
from services.benefits.store import evidence
from services.benefits.usecases import evidence_replays
from tests.benefits.conftest import Office
from tests.benefits.conftest import office as office
from tests.benefits.evidence.test_page import Desk
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


class Pays(Neighbours):
    """Payments as they answer: they have heard of no award."""

    def __init__(self) -> None:
        pass

    def money_of_awards(self) -> Iterator[Money]:
        return iter(())


@pytest.fixture
def replayed(town: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Path]:
    """A house whose payments answer, and two decisions in two parts."""
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path / "evidence"))
    monkeypatch.setattr(evidence_replays, "DECISIONS_OF_PART", 1)
    monkeypatch.setattr(town.service, "jobs", {**town.service.jobs, **evidence_replays.jobs_for(Pays())})
    return Desk(town, town.policy_maker), tmp_path / "evidence"


DAYS = {"since": "2025-01-01", "until": "2025-12-31"}


def asked_for(desk: Desk, folder: Path, **more: object) -> tuple[str, Path]:
    there = desk.send("/evidence/replays", **DAYS, **more).headers["Location"]
    return there, folder / there.rsplit("/", 1)[1]


def until(town: Office, there: Path) -> None:
    while not there.exists():
        assert town.service.look_at_jobs()


def in_one_go(town: Office, folder: Path) -> dict[str, Any]:
    """What the file would hold, had nothing come between."""
    with town.service.engine.connect() as connection:
        act = town.act(connection)
        decided = evidence.decided(act, date(2025, 1, 1), date(2025, 12, 31))
        found = past.replay(decided, in_force_now("la"), None, lambda _: {})
    asked = evidence_replays.asked(folder)
    assert asked is not None
    return replay_file(found, evidence_replays._said(asked, in_force_now("la"), None))


def test_a_replay_shows_how_far_it_is_is_stopped_and_goes_on_to_the_same_figures(
    town: Office, replayed: tuple[Desk, Path]
) -> None:
    desk, place = replayed
    there, folder = asked_for(desk, place)
    until(town, folder / "plan.json")
    page = desk.client.get(there)
    assert "of 2 parts" in page.text
    assert "<h1>Replay the past: 1 January" in page.text.replace("\xa0", " ")
    assert f'action="/evidence/{folder.name}/stop"' in page.text
    assert desk.send(f"/evidence/{folder.name}/stop").headers["Location"] == there
    before = len(list((folder / "parts").iterdir()))
    while town.service.look_at_jobs():
        pass
    assert len(list((folder / "parts").iterdir())) == before < 2
    stopped = desk.client.get(there)
    assert "Refresh" not in stopped.headers
    assert "stopped" in stopped.text
    assert "stopped" in desk.client.get("/evidence").text
    assert desk.send(f"/evidence/{folder.name}/go-on").headers["Location"] == there
    until(town, folder / "replay.json")
    said = evidence_replays.made(folder)
    assert said is not None
    assert said["digest"] == in_one_go(town, folder)["digest"]
    assert said["decisions"] == 2
    assert "Claims decided for the last time in this period: 2" in desk.client.get(there).text


def test_nothing_that_names_a_decision_is_left_of_a_replay(town: Office, replayed: tuple[Desk, Path]) -> None:
    desk, place = replayed
    _, folder = asked_for(desk, place)
    until(town, folder / "replay.json")
    town.service.look_at_jobs()
    assert sorted(file.name for file in folder.iterdir()) == ["replay-asked.json", "replay.json"]
    kept = "".join(file.read_text("utf-8") for file in folder.iterdir())
    assert not [one.id for one in of_year(town) if one.id in kept]


def test_a_replay_stopped_before_it_began_goes_on_once_payments_answer(
    town: Office, replayed: tuple[Desk, Path]
) -> None:
    desk, place = replayed
    there, folder = asked_for(desk, place)
    desk.send(f"/evidence/{folder.name}/stop")
    while town.service.look_at_jobs():
        pass
    assert not (folder / "plan.json").exists()
    assert "Let it go on" in desk.client.get(there).text
    desk.send(f"/evidence/{folder.name}/go-on")
    until(town, folder / "replay.json")


def test_a_part_of_a_replay_whose_worker_was_killed_is_done_by_the_next(
    town: Office, replayed: tuple[Desk, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it writes: half a file lies there, and is no part."""
    desk, place = replayed
    _, folder = asked_for(desk, place)
    until(town, folder / "plan.json")
    (folder / "parts" / "00001.json.7.half").write_text('{"equal": 1', "utf-8")
    until(town, folder / "replay.json")
    said = evidence_replays.made(folder)
    assert said is not None
    assert said["digest"] == in_one_go(town, folder)["digest"]


def test_who_only_looks_stops_no_replay(town: Office, replayed: tuple[Desk, Path]) -> None:
    desk, place = replayed
    there, folder = asked_for(desk, place)
    looks = Desk(town, town.auditor)
    assert "Stop it" not in looks.client.get(there).text
    assert looks.send(f"/evidence/{folder.name}/stop").status_code == 403


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
