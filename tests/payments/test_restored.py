"""A backup that was brought back never pays again: what a channel may know is asked before anything leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from shared import database
from tests.conftest import url_of
from tests.payments.conftest import PAY_DAY, BankSide, Town
from tests.payments.roads import pays_everybody, with_wallet

Dumped = Callable[[Town], str]


@pytest.fixture
def dumped(new_database: Callable[[str], str]) -> Dumped:
    """What the tables of a pay office hold now, as a database of its own."""

    def dump(town: Town) -> str:
        town.service.engine.dispose()
        name = str(town.service.engine.url.database)
        copy = str(database.connect(new_database("payments")).url.database)
        with psycopg.connect(url_of("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{copy}"')
            connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}" STRATEGY FILE_COPY')
        return url_of(copy)

    return dump


def bring_back(town: Town, url: str) -> None:
    """The pay office goes on with what the dump holds."""
    town.service.engine.dispose()
    town.service.engine = database.connect(url)


def test_a_run_that_is_released_again_after_a_restore_leaves_once(town: Town, dumped: Dumped) -> None:
    people = [town.person(account=f"11002003004{n:02d}") for n in range(8)]
    awards = [town.award(person, 100_00 + n) for n, person in enumerate(people)]
    before = dumped(town)
    town.pays()
    bring_back(town, before)
    run_id = town.pays()
    assert all(m["times"] == 1 for m in town.moved().values())
    assert [town.paid_to(person) for person in people] == [100_00 + n for n in range(8)]
    town.later()
    assert [town.states(award) for award in awards] == [["settled"]] * 8, "the bank said so when it was asked"
    assert town.run(run_id).state == "closed"


def test_what_the_bank_did_not_get_before_the_restore_is_not_forgotten(town: Town, dumped: Dumped) -> None:
    old = town.award(an := town.person(), 100_00)
    before = dumped(town)
    town.pays()
    bring_back(town, before)
    new = town.award(bee := town.person(account="1100200300777"), 50_00)
    town.pays()
    town.later()
    assert (town.states(old), town.states(new)) == (["accepted"], ["unknown"])
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    town.pays()
    assert (town.paid_to(an), town.paid_to(bee)) == (100_00, 50_00)


def test_a_wallet_is_asked_before_it_is_paid(town: Town, wallets: BankSide, dumped: Dumped) -> None:
    town.award(an := with_wallet(town), 100_00)
    before = dumped(town)
    pays_everybody(town)
    bring_back(town, before)
    pays_everybody(town)
    assert all(m["times"] == 1 for m in wallets.moved().values())
    assert town.paid_to(an) == 100_00


def test_a_bank_that_cannot_be_asked_gets_nothing(town: Town) -> None:
    town.award(an := town.person(), 100_00)
    town.bank.told(deaf=True)
    run_id = town.pays()
    assert (town.run(run_id).state, town.run(run_id).work) == ("approved", "bank_away")
    town.bank.told(deaf=False)
    town.later()
    assert town.paid_to(an) == 100_00
