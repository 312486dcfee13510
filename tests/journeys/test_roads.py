"""One day, three roads: one is paid by bank, one by wallet, one in cash, and the money of a fourth comes back."""

from __future__ import annotations

import re
from typing import Any

import requests

from tests.journeys.test_journeys import BOUNMY, registered, settled
from tests.journeys.town import Town

WALLET, CASH, COMES_BACK = "10-0011-7109", "10-0012-5028", "10-0021-6299"


def decided(town: Town, number: str) -> dict[str, Any]:
    """Her sickness of spring, decided in her favour."""
    claim = registered(town, number)
    decision = town.hands.decide(claim["id"])
    assert decision["outcome"] == "granted"
    return claim | {"granted": decision["total"]["minor"]}


def channels(town: Town, claim: dict[str, Any]) -> list[tuple[str, str]]:
    return [(o["channel"], o["state"]) for o in town.hands.orders(claim["id"])]


def test_bank_wallet_and_cash_on_one_day(quiet_town: Town) -> None:
    town = quiet_town
    town.passes("2025-05-19")
    by_bank, by_wallet, in_cash, returned = (decided(town, n) for n in (BOUNMY, WALLET, CASH, COMES_BACK))
    town.passes("2025-05-22")
    town.wallet.ring()
    town.settle()
    assert {channel for channel, _ in channels(town, by_wallet)} == {"wallet"}
    assert set(channels(town, by_wallet)) == {("wallet", "settled")}
    assert set(channels(town, in_cash)) == {("cash", "accepted")}
    told = [re.sub(r"\s", " ", text) for text in town.texts(CASH)]
    assert any(re.search(r"\d{9}.*\d{8}", text) for text in told), "number and one-time code are on her phone"
    read = [m["text"] for m in town.hands.messages(in_cash["id"]) if m["template"] == "voucher_issued"]
    assert read, "staff see that she was told"
    assert not any(re.search(r"(?<!\d)\d{8}(?!\d)", text) for text in read), "but not with which code"
    assert town.at_the_counter() == len(channels(town, in_cash))
    assert set(channels(town, in_cash)) == {("cash", "settled")}
    town.passes("2025-05-30")
    assert set(channels(town, by_bank)) == {("iso20022", "settled")}
    for claim in (by_bank, by_wallet, in_cash):
        assert sum(settled(town, claim)) == claim["granted"]
    assert {state for _, state in channels(town, returned)} == {"returned", "held"}
    page = requests.get(
        f"{town.address}/payments/books/2025-05-22?lang=en",
        headers={"Authorization": f"Bearer {town.hands.sisouk.token}"},
        timeout=10,
    ).text
    assert page.count("✓ adds up") >= 3
    assert "✗" not in page
    assert town.parked() == []
    spent_as_the_ledger_says(town)


def spent_as_the_ledger_says(town: Town) -> None:
    """The statistics of the year, asked over the doors: to the unit what the ledger of payments holds."""
    headers = {"Authorization": f"Bearer {town.hands.phet.token}"}
    address = f"{town.address}/v1/statistics?year=2025"
    if requests.get(address, headers=headers, timeout=10).status_code == 202:
        town.settle()
    numbers = requests.get(address, headers=headers, timeout=10).json()["groups"]
    with town.services["payments"].engine.connect() as connection:
        ledger = connection.exec_driver_sql(
            "SELECT sum(minor) FROM ledger_posting WHERE account = 'expense'"
        ).scalar_one()
    whole = numbers["all"][""]
    assert whole["expenditure"] == ledger > 0
    assert sum(n["expenditure"] for n in numbers["month"].values()) == ledger
    assert whole["recipients"] <= whole["spells"] >= 3
    assert numbers["benefit"]["sickness"]["granted"] >= 4
