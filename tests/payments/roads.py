"""The other roads of money, for the stories that need them: the operator of wallets, and how a whole day is paid."""

from __future__ import annotations

import requests

from services.payments import store
from tests.payments.conftest import BankSide, Town


def with_wallet(town: Town, number: str = "8562055551234") -> str:
    person = town.person()
    town.has_account(person, number, kind="wallet")
    return person


def rings(town: Town, wallets: BankSide) -> int:
    """The operator rings for what he has not told yet, and we look."""
    heard = int(requests.post(wallets.url + "/control/bells", timeout=10).json()["heard"])
    town.works()
    return heard


def releases_all(town: Town) -> None:
    """Every run that stands is judged and released by two people, and leaves."""
    with town.service.engine.connect() as connection:
        waiting = [row.id for row in store.list_runs(connection, state="checked", before=None, most=20)]
    for run_id in waiting:
        town.judges_all(run_id)
        town.releases(run_id)
    town.works()


def pays_everybody(town: Town) -> None:
    town.drafts_nothing()
    releases_all(town)
