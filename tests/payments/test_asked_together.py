"""Many payees are asked about in one call; who cannot be answered for together is asked about alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Response, jsonify, request

from services.payments import tables as t
from services.payments.domain.check import Account, Payee
from services.payments.gateways.bank import BankAway, NameCheck
from services.payments.gateways.iso_bank import IsoBank
from services.payments.gateways.payees import PayeesAway, PayeesOfBenefits
from services.payments.usecases import checking
from shared import database
from tests.payments.pay_day import AtOnce, Day, Everybody, seed
from tests.payments.test_many_orders import rows
from tests.payments.test_payees import GOOD, HER, NOW, neighbour


@pytest.fixture
def day(new_database: Callable[[str], str], tmp_path: Path) -> Day:
    return seed(database.connect(new_database("payments")), tmp_path, 10)


class Benefits(Everybody):
    """Benefits that counts how it is asked, and may not know or not answer."""

    def __init__(self, unknown: int = 0, *, many: bool = True, one: bool = True) -> None:
        self.unknown, self.many, self.one, self.calls = unknown, many, one, list[int]()

    def payee(self, person_id: str) -> Payee:
        self.calls.append(1)
        if not self.one:
            raise PayeesAway("away")
        return super().payee(person_id)

    def payees(self, person_ids: Sequence[str]) -> dict[str, Payee]:
        self.calls.append(len(person_ids))
        if not self.many:
            raise PayeesAway("one of them cannot be read")
        return {id_: Everybody.payee(self, id_) for id_ in list(person_ids)[self.unknown :]}


class AsksMany(AtOnce):
    """A bank that counts how it is asked about names."""

    def __init__(self, *, many: bool = True, one: bool = True) -> None:
        super().__init__()
        self.many, self.one, self.calls = many, one, list[int]()

    def check_account(self, name: str, account: Account) -> NameCheck:
        self.calls.append(1)
        if not self.one:
            raise BankAway("away")
        return NameCheck("RVMC", "Boun Mee")

    def check_accounts(self, asked: Sequence[tuple[str, Account]]) -> list[NameCheck]:
        self.calls.append(len(asked))
        if not self.many:
            raise BankAway("not many")
        return [NameCheck("RVCC" if n else "RVNM") for n, _ in enumerate(asked)]


def checked(day: Day, benefits: Benefits, bank: AsksMany) -> list[Any]:
    day.out.payees, day.out.bank = benefits, bank
    day.checks(day.drafted())
    return rows(day.engine, t.run_item)


def test_ten_payees_are_two_calls(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 6)
    benefits, bank = Benefits(), AsksMany()
    items = checked(day, benefits, bank)
    assert benefits.calls == [6, 4]
    assert bank.calls == [6, 4]
    assert sorted(item.name_match for item in items) == ["RVCC"] * 8 + ["RVNM"] * 2


def test_whom_benefits_does_not_know_is_held_and_nobody_else(day: Day) -> None:
    checked(day, Benefits(unknown=2), AsksMany())
    states = sorted((order.state, order.reason) for order in rows(day.engine, t.payment_order))
    assert states == [("held", "payee_unknown")] * 2 + [("planned", None)] * 8


def test_a_record_that_nobody_can_read_holds_up_no_other(day: Day) -> None:
    benefits = Benefits(many=False)
    items = checked(day, benefits, AsksMany())
    assert benefits.calls == [10, *[1] * 10]
    assert all(item.payee_name for item in items)


def test_benefits_that_is_away_is_soon_let_alone(day: Day) -> None:
    benefits = Benefits(many=False, one=False)
    checked(day, benefits, AsksMany())
    assert benefits.calls == [10, 1, 1, 1]
    assert {order.state for order in rows(day.engine, t.payment_order)} == {"held"}


def test_a_bank_that_takes_one_name_at_a_time_is_asked_so(day: Day) -> None:
    bank = AsksMany(many=False)
    items = checked(day, Benefits(), bank)
    assert bank.calls == [10, *[1] * 10]
    assert {(item.name_match, item.bank_name) for item in items} == {("RVMC", "Boun Mee")}


def test_a_bank_that_checks_no_names_stops_no_run(day: Day) -> None:
    bank = AsksMany(many=False, one=False)
    items = checked(day, Benefits(), bank)
    assert bank.calls == [10, 1, 1, 1]
    assert {item.name_match for item in items} == {"RVNA"}


def test_many_are_asked_in_the_words_of_benefits() -> None:
    asked: list[Any] = []

    def answer() -> Any:
        asked.append((request.method, request.path, request.get_json()))
        return jsonify({"payees": [GOOD, GOOD | {"person_id": "0198a000-0000-7000-8000-0000000000b3"}]})

    server, url = neighbour(answer)
    other = "0198a000-0000-7000-8000-0000000000b2"
    found = PayeesOfBenefits(url, lambda now: "t", lambda: NOW).payees([HER, other])
    server.shutdown()
    assert asked == [("POST", "/v1/persons/payees", {"persons": [HER, other]})]
    assert set(found) == {HER}, "nobody asked about the third; the second is not known"


@pytest.mark.parametrize("said", ["oops", "{}", '{"payees": [{}]}', f'{{"payees": [{{"person_id": "{HER}"}}]}}'])
def test_odd_answers_about_many_are_no_answers(said: str) -> None:
    server, url = neighbour(Response(said, 200, content_type="application/json"))
    with pytest.raises(PayeesAway):
        PayeesOfBenefits(url, lambda now: "t", lambda: NOW).payees([HER])
    with pytest.raises(BankAway):
        IsoBank(url, answer_seconds=1).check_accounts([("An", Account("bank", "B", "1", "An"))])
    server.shutdown()
