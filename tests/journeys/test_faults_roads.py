"""Wallet and counter as processes, killed around each call that moves money: paid once, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.embedded.hands import Hands
from tests.journeys.processes import House
from tests.journeys.test_processes_claim import PEOPLE, SENT, claimed, orders_of, paid, patient

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("house-roads")]

WALLET = "services.payments.gateways.wallet:WalletOperator.submit"
VOUCHERS = "services.payments.usecases.cash_desk:CashDesk.submit"
ISSUE = "services.payments.usecases.cash_desk:issue"
HAND_OVER = "services.payments.usecases.counter:hand_over"
POINTS = (WALLET, VOUCHERS, ISSUE, HAND_OVER, SENT)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(points=POINTS) as started:
        yield started


@pytest.fixture(scope="module")
def hands(house: House) -> Hands:
    return patient(Hands(house.address))


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, str]]:
    return iter(PEOPLE)


def paid_by(hands: Hands, number: str, kind: str) -> None:
    """She says at the desk how she wants to be paid."""
    account = {"bank": "UMONEY", "number": "8562055550000"} if kind == "wallet" else {"bank": "", "number": ""}
    holder = next(row["name_latin"] for row in PEOPLE if row["sso_no"] == number)
    body = account | {"kind": kind, "holder": holder, "why": "said at the desk"}
    hands.noy.call("PUT", f"/v1/persons/{hands.person(number)['id']}/payee", body)


def moved_once(house: House, kind: str, orders: list[dict[str, Any]]) -> None:
    """The books of the channel: each order moved once, with its amount."""
    if kind == "wallet":
        moved = house.send("GET", "/wallet/moved").json()
    else:
        query = """SELECT o.reference, count(*), -sum(m.minor) FROM cash_move m
                   JOIN payment_order o ON o.id = m.order_id GROUP BY o.reference"""
        rows = house.rows("payments", query)
        moved = {reference: {"times": times, "minor": int(minor)} for reference, times, minor in rows}
    for order in orders:
        assert moved[order["reference"]] == {"times": 1, "minor": order["amount"]["minor"]}


@pytest.mark.parametrize(
    ("kind", "who", "point", "when"),
    [
        pytest.param("wallet", "payments.app+worker", WALLET, "before", id="before the operator has the batch"),
        pytest.param("wallet", "payments.app+worker", WALLET, "after", id="after the operator has the batch"),
        pytest.param("wallet", "payments.app+worker", SENT, "after", id="before the intention is committed"),
        pytest.param("cash", "payments.app+worker", VOUCHERS, "before", id="before the first voucher"),
        pytest.param("cash", "payments.app+worker", VOUCHERS, "after", id="after the last voucher"),
        pytest.param("cash", "payments.app+worker", ISSUE, "after", id="in the midst of a voucher"),
        pytest.param("cash", "payments.app:create_app", HAND_OVER, "after", id="in the midst of handing over"),
    ],
)
def test_each_road_pays_once_whoever_dies(
    house: House, hands: Hands, people: Iterator[dict[str, str]], kind: str, who: str, point: str, when: str
) -> None:
    person = next(people)
    paid_by(hands, person["sso_no"], kind)
    with house.killed(who, point, when):
        claim, decision = claimed(hands, person["sso_no"], house.data.joinpath("clock").read_text())
        paid(house, hands, claim, decision["total"]["minor"])
    settled = [order for order in orders_of(hands, claim) if order["state"] == "settled"]
    assert sum(order["amount"]["minor"] for order in settled) == decision["total"]["minor"] > 0
    assert {order["channel"] for order in settled} == {kind}
    moved_once(house, kind, settled)
