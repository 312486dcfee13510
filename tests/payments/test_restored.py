"""A backup that was brought back never pays again: what a channel may know is asked before anything leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from services.payments.usecases.moves import event_data
from shared import database, messaging, restored
from shared.messaging import receive
from shared.process import Service
from shared.restored import CatchingUp
from shared.settings import Settings
from shared.tables import inbox, left_house, outbox
from shared.web.app import create_app
from tests.conftest import url_of
from tests.payments.conftest import PAY_DAY, BankSide, Town, serve
from tests.payments.roads import pays_everybody, with_wallet
from tests.there import there

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


class Others:
    """Benefits and notifications as a restored payments meets them: they have heard everything, and tell it again."""

    def __init__(self, town: Town, urls: dict[str, str], keys: Path) -> None:
        self.town = town
        self.services, self.addresses = [], {}
        for name, url in urls.items():
            service = Service(name, Path("services") / name, {}, {}, Settings(name, url, keys), town.clock)
            server, self.addresses[name] = serve(create_app(service, []))
            self.services.append(service)
            town.closing += [server.shutdown, service.engine.dispose]

    def hear_all(self) -> None:
        """Every event of payments arrives, and every event that payments has is one that benefits told."""
        for service in self.services:
            with self.town.service.engine.begin() as theirs, service.engine.begin() as ours:
                for body in theirs.scalars(select(outbox.c.body).order_by(outbox.c.position)):
                    receive(ours, body, self.town.clock.now())
                for row in theirs.execute(select(inbox).order_by(inbox.c.received_at)):
                    at, body = row.received_at, json.dumps(row.body)
                    if service.name == "benefits":
                        ours.exec_driver_sql(_TOLD, (row.event_id, row.type, row.person, row.sequence, body, at, at))


_TOLD = """INSERT INTO outbox (event_id, type, person, sequence, body, written_at, sent_at)
VALUES (%s::uuid, %s, %s, %s, %s::jsonb, %s, %s) ON CONFLICT DO NOTHING"""


@pytest.fixture
def others(town: Town, new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Others:
    """The other two services of a story."""
    found = Others(town, {name: new_database(name) for name in ("benefits", "notifications")}, keys_folder)
    town.service.settings = replace(town.service.settings, marks_dir=tmp_path / "marks", urls=found.addresses)
    return found


def hold(town: Town) -> Any:
    with town.service.engine.connect() as connection:
        return restored.current(connection)


def is_let_go(town: Town) -> None:
    with town.act() as act:
        assert restored.release(act, "looked at the bank's list")
    town.later()


def test_a_database_behind_its_mark_asks_the_others_before_anything_else(
    town: Town, others: Others, dumped: Dumped
) -> None:
    award = town.award(an := town.person(), 100_00)
    before = dumped(town)
    town.service.events_may_leave()
    town.pays()
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    old = town.orders(award)[0]
    held = event_data(old) | {"reason": "no_account", "since": "2025-05-22"}
    others.hear_all()
    bring_back(town, before)
    town.service.look_back()
    assert hold(town).phase == "asking"
    with pytest.raises(CatchingUp), town.act() as act:
        messaging.post(act, "payments.order.held", subject=old.id, person=an, data=held)
    assert not town.service.events_may_leave(), "it asked first"
    town.works()
    now = town.orders(award)[0]
    assert (now.id, now.reference, now.state) == (old.id, old.reference, "settled"), "as we had told it"
    assert (hold(town).phase, hold(town).waits_for) == ("held", None)
    new = town.award(bee := town.person(account="1100200300777"), 50_00)
    run_id = town.pays()
    assert town.run(run_id).state == "approved"
    assert town.paid_to(bee) == 0, "nothing leaves before a person has looked"
    is_let_go(town)
    assert (town.states(award), town.paid_to(an), town.paid_to(bee)) == (["settled"], 100_00, 50_00)
    assert town.states(new) == ["settled"]
    with town.service.engine.connect() as connection:
        assert len(set(numbers := list(connection.scalars(_numbers(an))))) == len(numbers)


def test_orders_that_the_backup_never_heard_of_are_put_back(town: Town, others: Others, dumped: Dumped) -> None:
    before = dumped(town)
    award = town.award(an := town.person(), 100_00, 30_00)
    town.revised(award, 120_00, 30_00)
    town.pays()
    town.revised(award, 150_00, 30_00)
    town.pays()
    old = {order.id: (order.reference, order.amount_minor) for order in town.orders(award) if order.sent_on}
    others.hear_all()
    bring_back(town, before)
    town.service.look_back()
    town.service.events_may_leave()
    town.works()
    back = {order.id: (order.reference, order.amount_minor) for order in town.orders(award) if order.sent_on}
    assert back == old
    assert len(old) == 2
    is_let_go(town)
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    assert sorted(town.states(award)) == ["planned", "settled", "settled"]
    town.day(PAY_DAY + timedelta(days=30))
    town.pays()
    town.day(PAY_DAY + timedelta(days=33))
    assert town.paid_to(an) == 180_00


def test_others_that_do_not_answer_keep_it_closed(town: Town, others: Others, dumped: Dumped) -> None:
    town.award(town.person(), 100_00)
    before = dumped(town)
    town.pays()
    bring_back(town, before)
    town.service.settings = replace(town.service.settings, urls=others.addresses | {"benefits": "http://127.0.0.1:1"})
    town.service.look_back()
    assert not town.service.events_may_leave()
    assert (hold(town).phase, hold(town).waits_for) == ("asking", "benefits")
    with town.act() as act:
        assert not restored.release(act, "in a hurry"), "nobody lets go what nobody has asked about"


def test_a_database_that_was_not_restored_is_not_held(town: Town, others: Others) -> None:
    for _ in range(3):
        assert town.service.events_may_leave()
    town.service.look_back()
    assert hold(town) is None
    mark = there(there(town.service.marks).read())
    with town.service.engine.connect() as connection:
        assert mark.number == connection.scalar(select(left_house.c.number))


def _numbers(person: str) -> Any:
    return select(outbox.c.sequence).where(outbox.c.person == person)
