"""The drill: a service is killed, its database brought back from a backup made before money and messages left.

For each of the three services: nobody is paid twice, nobody is forgotten, each short message is sent once, and numbers
that others have seen are not given again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.hands import Hands
from tests.journeys.processes import ROOT, House, wait_until
from tests.journeys.test_processes_claim import PEOPLE, claimed, paid, patient

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("house-restore")]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House() as started:
        yield started


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, str]]:
    return iter(PEOPLE)


@pytest.fixture(scope="module")
def hands(house: House) -> Hands:
    """Everybody signs in once: a second factor's code works once."""
    return patient(Hands(house.address))


def backup(house: House, *words: str, archive: bool = False) -> None:
    """What `make backup` and `make restore` run."""
    command = [sys.executable, "-m", "deploy.backup", *words]
    env = house.told() | ({"PG_BIN": os.environ["TEST_POSTGRES_BIN"]} if "TEST_POSTGRES_BIN" in os.environ else {})
    env |= {"ARCHIVE": str(house.postgres.archive)} if archive else {}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def lets_go(house: House, hands: Hands, service: str) -> None:
    """The administrator looks at the page of what has stopped, and lets money and messages leave."""
    hand = hands.admin
    session = json.loads(urlsafe_b64decode(hand.token.split(".")[1] + "=="))
    answer = hand.http.post(
        f"{hands.address}/parked/{service}/release",
        data={"csrf_token": session["csrf"], "_key": str(uuid.uuid4()), "why": "compared with the bank's list"},
        headers={"Authorization": f"Bearer {hand.token}"},
        timeout=60,
        allow_redirects=False,
    )
    assert answer.status_code == 303, (house.rows(service, "SELECT * FROM restore_hold"), house.last_words())


def kept(house: House) -> Any:
    """What everybody outside has, which no restore may change: money by reference, messages by telephone."""
    moved = house.send("GET", "/bank/moved").json()
    return moved, house.rows("pretend_phone", "SELECT number, text FROM message ORDER BY id")


def all_messages(house: House, *ends: str) -> bool:
    """Whether every short message is in one of these states."""
    waiting = f"SELECT count(*) FROM message WHERE channel = 'sms' AND state NOT IN {('cancelled', *ends)}"
    return house.rows("notifications", waiting) == [(0,)]


@pytest.fixture
def archiving() -> Iterator[House]:
    with House(archives=True) as started:
        yield started


def test_a_moment_between_two_runs_comes_back_and_nothing_leaves_twice(archiving: House, tmp_path: Path) -> None:
    """The backup is of before all of it; the archive has what was written since."""
    house, people = archiving, iter(PEOPLE)
    hands = patient(Hands(house.address))
    today = house.data.joinpath("clock").read_text()
    backup(house, "make", str(tmp_path / "kept"), archive=True)
    first, first_decision = claimed(hands, next(people)["sso_no"], today)
    wait_until(lambda: hands.orders(first["id"]) or None, what="orders of the first claim")
    paid(house, hands, first, first_decision["total"]["minor"])
    wait_until(lambda: all_messages(house, "delivered"), what="every message is delivered")
    ((moment,),) = house.rows("payments", "SELECT clock_timestamp()")
    second, second_decision = claimed(hands, next(people)["sso_no"], house.data.joinpath("clock").read_text())
    wait_until(lambda: hands.orders(second["id"]) or None, what="orders of the second claim")
    paid(house, hands, second, second_decision["total"]["minor"])
    wait_until(lambda: all_messages(house, "delivered"), what="every message is delivered")
    before = kept(house)
    settled = "SELECT count(*) FROM payment_order WHERE state = 'settled'"
    ((both,),) = house.rows("payments", settled)

    house.stop(signal.SIGKILL)
    backup(house, "verify", str(tmp_path / "kept"), archive=True)
    backup(house, "restore", str(tmp_path / "kept"), "--to-time", moment.isoformat(), "payments", archive=True)
    ((one,),) = house.rows("payments", settled)
    assert 0 < one < both, "the first run stands, the second is not known"
    house.start()
    held = "SELECT phase, waits_for FROM restore_hold WHERE phase <> 'released'"
    wait_until(lambda: house.rows("payments", held) == [("held", None)] or None, what="it has caught up")
    assert kept(house) == before, "nothing left by itself"
    lets_go(house, hands, "payments")
    house.rows("payments", "UPDATE job SET due_at = now() WHERE state = 'waiting' AND due_on <= current_date")
    day = date.fromisoformat(house.data.joinpath("clock").read_text())
    house.tick((day + timedelta(days=1)).isoformat())
    wait_until(lambda: house.rows("payments", settled) == [(both,)] or None, what="the second run is settled again")
    moved, messages = kept(house)
    assert {m["times"] for m in moved.values()} == {1}
    assert moved == before[0]
    assert len(messages) == len(set(messages)), "no message twice"


@pytest.mark.parametrize("service", ["payments", "benefits", "notifications"])
def test_what_was_forgotten_is_not_done_twice(
    house: House, hands: Hands, people: Iterator[dict[str, str]], service: str, tmp_path: Path
) -> None:
    today = house.data.joinpath("clock").read_text()
    known, known_decision = claimed(hands, next(people)["sso_no"], today)
    wait_until(lambda: hands.orders(known["id"]) or None, what="orders of the claim that the backup knows")
    backup(house, "make", str(tmp_path / "kept"))
    lost, lost_decision = claimed(hands, next(people)["sso_no"], today)
    wait_until(lambda: hands.orders(lost["id"]) or None, what="orders of the claim that the backup does not know")
    totals = known_decision["total"]["minor"], lost_decision["total"]["minor"]
    paid(house, hands, known, totals[0])
    paid(house, hands, lost, totals[1])
    wait_until(lambda: all_messages(house, "delivered"), what="every message is delivered")
    before = kept(house)

    house.stop(signal.SIGKILL)
    backup(house, "verify", str(tmp_path / "kept"), service)
    backup(house, "restore", str(tmp_path / "kept"), service)
    house.start()
    held = "SELECT phase, waits_for, regained, missed FROM restore_hold WHERE phase <> 'released'"
    wait_until(
        lambda: [r for r in house.rows(service, held) if r[:2] == ("held", None)] or None, what="it has caught up"
    )
    assert kept(house) == before, "nothing left by itself"
    lets_go(house, hands, service)
    house.rows(service, "UPDATE job SET due_at = now() WHERE state = 'waiting' AND due_on <= current_date")

    day = date.fromisoformat(house.data.joinpath("clock").read_text())
    third, decision = claimed(hands, next(people)["sso_no"], day.isoformat())
    assert third["number"] not in (known["number"], lost["number"]), "a number that others know is not given again"
    house.tick((day + timedelta(days=1)).isoformat())
    paid(house, hands, third, decision["total"]["minor"])
    # One whose receipt came before the restore stays “sent”: it was found there, and no second receipt comes.
    wait_until(lambda: all_messages(house, "delivered", "sent"), what="every message has left")
    moved, messages = kept(house)
    assert {m["times"] for m in moved.values()} == {1}
    for claim, total in ((known, totals[0]), (lost, totals[1])):
        orders = hands.orders(claim["id"])
        assert sum(o["amount"]["minor"] for o in orders if o["state"] == "settled") == total, orders
        assert not [o for o in orders if o["state"] not in ("settled", "cancelled")], orders
    assert sum(m["minor"] for m in moved.values()) >= sum(totals) + decision["total"]["minor"]
    assert len(messages) == len(set(messages)), "no message twice"
    assert set(before[1]) <= set(messages)
