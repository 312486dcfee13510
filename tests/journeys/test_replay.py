"""The past, replayed: each decision beside what the ledger of payments says has arrived, asked over the doors."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from services.benefits import operations
from services.benefits.evidence import replay, replay_file, settled
from services.benefits.store import evidence
from shared.act import Act
from shared.web.formatting import MINUS
from tests.benefits.evidence.asked import asked
from tests.journeys import test_recovery as recovery
from tests.journeys import test_set_off_elsewhere as elsewhere
from tests.journeys.test_recovery import TOO_MUCH
from tests.journeys.test_roads import COMES_BACK, decided
from tests.journeys.town import Town

YEAR = ("replay", "la", "--since", "2025-01-01", "--until", "2025-12-31")


def replayed(town: Town) -> replay.Replayed:
    """What an economist of the institution sees today; every part of a difference is named, and they come to it."""
    service = town.services["benefits"]
    with service.engine.begin() as connection:
        act = Act(connection=connection, actor=operations.OPERATOR, now=town.clock.now(), today=town.clock.today())
        found = operations.replayed(act, asked(*YEAR), operations.asked_by(service))
    assert found.ledger is not None
    assert not found.ledger.unexplained
    for _, one in found.ledger.differences:
        assert sum(one.reasons.values()) == one.decided - one.arrived
    with town.services["payments"].engine.connect() as connection:
        money = connection.exec_driver_sql(
            "SELECT -sum(minor) FROM ledger_posting WHERE account IN ('bank', 'wallet', 'cash', 'suspense', 'fees')"
        ).scalar_one()
    assert found.ledger.whole.arrived == (money or 0)
    for sums in (found.ledger.by_benefit, found.ledger.by_month):
        assert sum(one.arrived for one in sums.values()) == found.ledger.whole.arrived
    return found


def differences(town: Town) -> list[dict[str, int]]:
    ledger = replayed(town).ledger
    assert ledger is not None
    return sorted((dict(one.reasons) for _, one in ledger.differences), key=str)


def test_money_that_came_back_and_money_that_was_too_much_are_named_until_they_are_put_right(quiet_town: Town) -> None:
    """Of two decisions one is paid and comes back from the bank; on the other half a month too much is paid, which she
    brings back."""
    town = quiet_town
    town.passes("2025-05-19")
    assert differences(town) == []
    returned = decided(town, COMES_BACK)
    town.settle()
    assert differences(town) == [{"not_due": returned["granted"]}]
    claim = recovery.paid_too_much(town)
    assert differences(town) == [{"returned": returned["granted"]}, {"too_much": -TOO_MUCH}]
    recovery.decide_recovery(town, claim, "repay")
    recovery.pays_in(town, TOO_MUCH, f"Back for {claim['number']}")
    for line in recovery.unexplained(town):
        recovery.explain(town, line, claim["number"])
    assert differences(town) == [{"returned": returned["granted"]}]
    said = replay.text(replayed(town), with_reform=False)
    assert "The ledger of payments: 2 decisions, 1 arrived to the unit" in said
    assert settled.REASONS["returned"] in said


def test_what_is_kept_back_from_another_claim_is_named_on_both(quiet_town: Town) -> None:
    town = quiet_town
    owing, paying = elsewhere.two_claims(town)
    back = elsewhere.decide(town, owing, paying)["amount"]["minor"]
    coming = paying["last"]["total"]["minor"]
    assert differences(town) == [{"not_due": coming - back, "ceded": back}, {"too_much": -TOO_MUCH}]
    town.passes("2025-11-15")
    left: dict[str, int] = {"set_off": -back}
    if back < TOO_MUCH:
        left["too_much"] = back - TOO_MUCH
    assert differences(town) == [{"ceded": back}, left]


def test_what_is_kept_back_of_later_instalments_is_no_difference_once_it_is_paid(quiet_town: Town) -> None:
    """A wage was too high: the first instalment paid too much, the later ones so much less."""
    town = quiet_town
    claim, _ = recovery.wage_was_too_high(town)
    recovery.decide_recovery(town, claim, "set_off")
    (during,) = differences(town)
    assert set(during) == {"not_due"}
    town.passes("2025-08-30")
    assert differences(town) == []


def test_what_is_let_go_stays_a_difference_with_its_reason(quiet_town: Town) -> None:
    town = quiet_town
    claim = recovery.paid_too_much(town)
    recovery.decide_recovery(town, claim, "waive", reason="hardship")
    assert differences(town) == [{"let_go": -TOO_MUCH}]


def test_a_ledger_that_says_otherwise_is_not_explained_away(quiet_town: Town) -> None:
    """Money that left beside the orders, or a schedule that nobody announced: no reason is known, and the command says
    so by its status."""
    town = quiet_town
    recovery.paid_too_much(town)
    service = town.services["benefits"]
    said = {one.award_id: one for one in operations.asked_by(service).money_of_awards()}
    with service.engine.begin() as connection:
        act = Act(connection=connection, actor=operations.OPERATOR, now=town.clock.now(), today=town.clock.today())
        options: Any = asked(*YEAR, "--without-ledger")
        assert operations.replayed(act, options, operations.asked_by(service)).ledger is None
        (one,) = evidence.decided(act, options.since, options.until)
    assert one.granted is not None
    right = said[one.granted.award_id]
    for wrong in (replace(right, arrived=right.arrived - 7), replace(right, scheduled=right.scheduled - 7)):
        found = settled.compare(one.total_minor, one.granted, wrong)
        assert abs(found.reasons["unknown"]) == 7
        assert sum(found.reasons.values()) == found.decided - found.arrived


REFORM = b"country: la\ntitle: Nine tenths\nsince: 2025-01-01\nfigures: {rate_phase_1: 90 %}\n"


def test_a_policy_maker_replays_the_past_on_her_page_and_nobody_is_named(
    quiet_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked on the page, made by a worker, who asks payments; sums of few decisions are not shown."""
    town = quiet_town
    monkeypatch.setenv("EVIDENCE_DIR", str(tmp_path / "evidence"))
    claim = recovery.paid_too_much(town)
    asked_for = {"since": "2025-01-01", "until": "2025-12-31"}

    def replays() -> str:
        headers = {"Authorization": f"Bearer {town.hands.chan.token}"}
        middle = town.hands.chan.token.split(".")[1]
        session = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        answer = requests.post(
            f"{town.address}/evidence/replays",
            data=asked_for | {"csrf_token": session["csrf"], "_key": str(uuid.uuid4())},
            files={"past_reform": ("reform.yaml", REFORM)},
            headers=headers,
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 303, answer.text
        there = f"{town.address}{answer.headers['Location']}"
        waiting = requests.get(there, headers=headers, timeout=10)
        assert waiting.headers["Refresh"] == "5"
        town.settle()
        assert requests.get(f"{there}?as=pdf", headers=headers, timeout=10).content.startswith(b"%PDF")
        kept = requests.get(f"{there}?as=run", headers=headers, timeout=10).text
        assert claim["id"] not in kept
        assert claim["last"]["id"] not in kept
        return requests.get(there, headers=headers, timeout=10).text

    few = replays()
    assert "Nine tenths" in few
    assert f"{TOO_MUCH // 100:,}" not in few
    monkeypatch.setattr(replay_file, "FEWEST", 1)
    page = replays()
    assert "Of 1 decisions 0 have arrived to the unit" in page
    assert settled.REASONS["too_much"] in page
    assert f"{MINUS}{TOO_MUCH // 100:,}" in page
    decided_minor = claim["last"]["total"]["minor"]
    assert f"{decided_minor // 100:,}" in page
