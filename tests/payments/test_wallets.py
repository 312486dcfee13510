"""Money by mobile wallet: paid once, a call-back is only a bell, silence is asked about, returns come back."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.payments import store
from services.payments.app import create_app
from services.payments.gateways import statement_files
from services.payments.gateways.xml_in import FileUnreadable
from shared.signatures import is_signed, sign
from shared.tables import job
from tests.payments.conftest import FLOAT, PAY_DAY, SECRET, BankSide, Town
from tests.payments.roads import pays_everybody, releases_all, rings, with_wallet
from tests.there import there


def test_a_wallet_is_paid_when_the_operator_rings_and_its_statement_agrees(town: Town, wallets: BankSide) -> None:
    person = with_wallet(town)
    award = town.award(person, 100_00)
    wallets.told(final_only=True)
    pays_everybody(town)
    assert town.states(award) == ["accepted"]
    assert rings(town, wallets) == 1
    assert town.states(award) == ["settled"]
    assert (town.balance("wallet"), town.balance("bank"), town.balance("clearing")) == (-100_00, 0, 0)
    town.day(PAY_DAY + timedelta(days=1))
    assert town.states(award) == ["settled"]
    assert town.paid_to(person) == 100_00
    assert town.balance("suspense") == 0


def test_one_day_pays_over_both_roads_by_runs_of_their_own(town: Town, wallets: BankSide) -> None:
    by_bank, by_wallet = town.person(), with_wallet(town)
    awards = [town.award(person, 100_00 + n) for n, person in enumerate((by_bank, by_wallet, by_wallet))]
    pays_everybody(town)
    rings(town, wallets)
    town.day(PAY_DAY + timedelta(days=1))
    assert [town.states(award) for award in awards] == [["settled"]] * 3
    assert [town.orders(award)[0].channel for award in awards] == ["iso20022", "wallet", "wallet"]
    runs = {order.run_id for award in awards for order in town.orders(award)}
    assert sorted(there(town.run(run_id)).channel for run_id in runs) == ["iso20022", "wallet"]


def test_who_changes_from_wallet_to_bank_is_paid_over_the_new_road_only(town: Town, wallets: BankSide) -> None:
    person = with_wallet(town)
    award = town.award(person, 100_00, 50_00)
    pays_everybody(town)
    rings(town, wallets)
    town.has_account(person, "1100200300401")
    town.day(PAY_DAY + timedelta(days=30))
    releases_all(town)
    town.day(PAY_DAY + timedelta(days=33))
    assert [o.channel for o in town.orders(award)] == ["wallet", "iso20022"]
    assert town.states(award) == ["settled", "settled"]
    assert town.paid_to(person) == 150_00


def test_a_refused_wallet_is_not_paid_and_waits_for_another_account(town: Town, wallets: BankSide) -> None:
    award = town.award(with_wallet(town, "8562055559201"), 100_00)
    pays_everybody(town)
    assert town.states(award) == ["rejected", "held"]
    assert [o.reason for o in town.orders(award)] == ["AC01", "account_refused"]
    assert town.balance("expense") == 0


def test_money_that_comes_back_from_a_wallet_is_returned(town: Town, wallets: BankSide) -> None:
    award = town.award(with_wallet(town, "8562055559204"), 100_00)
    pays_everybody(town)
    rings(town, wallets)
    town.day(PAY_DAY + timedelta(days=1))
    town.day(PAY_DAY + timedelta(days=2))
    assert town.states(award) == ["returned", "held"]
    assert (town.balance("returned"), town.balance("wallet")) == (-100_00, 0)


def test_an_operator_that_never_rings_is_believed_by_his_statement(town: Town, wallets: BankSide) -> None:
    award = town.award(with_wallet(town, "8562055559210"), 100_00)
    pays_everybody(town)
    assert rings(town, wallets) == 0
    town.day(PAY_DAY + timedelta(days=1))
    assert town.states(award) == ["settled"]


def test_paid_but_the_answer_was_lost(town: Town, wallets: BankSide) -> None:
    person = with_wallet(town)
    award = town.award(person, 100_00)
    wallets.told(drop_answer=1)
    pays_everybody(town)
    assert town.states(award) == ["unknown"]
    town.later()
    assert town.states(award) == ["settled"]
    assert town.paid_to(person) == 100_00


def test_a_batch_lost_on_its_way_is_paid_once_the_day_is_over_and_the_statement_read(
    town: Town, wallets: BankSide
) -> None:
    person = with_wallet(town)
    award = town.award(person, 100_00)
    wallets.told(swallow=1)
    pays_everybody(town)
    town.later()
    assert town.states(award) == ["unknown"], "not known there today is not final"
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    assert town.states(award) == ["rejected", "planned"]
    releases_all(town)
    rings(town, wallets)
    town.day(PAY_DAY + timedelta(days=2))
    assert town.states(award) == ["rejected", "settled"]
    assert town.paid_to(person) == 100_00


def test_an_operator_who_is_down_costs_time_only(town: Town, wallets: BankSide) -> None:
    award = town.award(with_wallet(town), 100_00)
    town.drafts_nothing()
    wallets.told(down=True)
    releases_all(town)
    assert town.states(award) == ["approved"]
    wallets.told(down=False)
    town.later()
    rings(town, wallets)
    assert town.states(award) == ["settled"]


def test_a_float_without_cover_waits(town: Town, wallets: BankSide) -> None:
    award = town.award(with_wallet(town), 100_00)
    wallets.told(funds_minor=99_99)
    pays_everybody(town)
    assert town.states(award) == ["approved"]
    assert [r.work for r in [town.run(town.orders(award)[0].run_id)]] == ["no_funds"]
    wallets.told(funds_minor=100_00)
    town.later()
    assert town.states(award) == ["settled"]


def test_without_an_operator_a_wallet_is_held_and_goes_when_there_is_one(town: Town) -> None:
    award = town.award(with_wallet(town), 100_00)
    town.drafts_nothing()
    assert [(o.state, o.reason) for o in town.orders(award)] == [("held", "no_channel")]


# --- the bell ----------------------------------------------------------------------------------


def called(town: Town, body: bytes, header: str) -> int:
    client = create_app(town.service).test_client()
    answer = client.post("/v1/call-backs/wallet", data=body, headers={"X-Signature": header})
    town.works()
    return answer.status_code


def test_a_signed_call_back_that_lies_changes_nothing(town: Town, wallets: BankSide) -> None:
    """Whoever has the secret can ring, and no more: we ask the operator ourselves."""
    person = with_wallet(town, "8562055559210")
    award = town.award(person, 100_00)
    wallets.told(drop_answer=1)
    pays_everybody(town)
    order = town.orders(award)[0]
    wallets.told(down=True)
    body = json.dumps({"id": str(uuid.uuid4()), "reference": order.reference, "status": "refused"}).encode()
    for _ in range(2):
        assert called(town, body, sign(SECRET, datetime.now(UTC), body)) == 202
    assert town.states(award) == ["unknown"]
    wallets.told(down=False)
    town.later()
    assert town.states(award) == ["settled"]


@pytest.mark.parametrize(
    "header",
    ["", "v1=ab", "t=,v1=", "t=1,v1=" + "0" * 64, "t=²,v1=00", "t=" + "9" * 40 + ",v1=00"],
)
def test_a_call_back_without_a_right_signature_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("WALLET_SECRET", SECRET)
    assert called(town, b"{}", header) == 401


def test_without_a_secret_nobody_can_ring(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WALLET_SECRET", raising=False)
    assert called(town, b"{}", sign("", datetime.now(UTC), b"{}")) == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": "x", "reference": "y"}', b"\xff"])
def test_a_signed_call_back_that_says_nothing_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setenv("WALLET_SECRET", SECRET)
    assert called(town, body, sign(SECRET, datetime.now(UTC), body)) == 400


def test_a_call_back_about_an_order_of_the_bank_asks_nobody(town: Town, wallets: BankSide) -> None:
    award = town.award(town.person(), 100_00)
    town.pays()
    order = town.orders(award)[0]
    body = json.dumps({"id": str(uuid.uuid4()), "reference": order.reference, "status": "paid"}).encode()
    assert called(town, body, sign(SECRET, datetime.now(UTC), body)) == 202
    assert town.states(award) == ["settled"]  # by its own statement
    with town.service.engine.connect() as connection:
        assert connection.scalars(select(job.c.number).where(job.c.kind == "enquire_order")).all() == []


@given(body=st.binary(max_size=200), other=st.binary(max_size=200), late=st.integers(-100_000, 100_000))
def test_a_signature_holds_for_its_body_its_secret_and_its_moment(body: bytes, other: bytes, late: int) -> None:
    at = datetime(2025, 5, 22, 8, tzinfo=UTC)
    header = sign(SECRET, at, body)
    assert is_signed(header, body, ["x", SECRET], at)
    assert is_signed(header, other, [SECRET], at) is (other == body)
    assert not is_signed(header, body, ["x", ""], at)
    assert is_signed(header, body, [SECRET], at + timedelta(seconds=late)) is (abs(late) <= 300)


# --- the operator's statement -------------------------------------------------------------------


def told(**changes: Any) -> bytes:
    entry = {"id": "W1", "amount": "-100.00", "kind": "transfer", "reference": "0123456789ABCDEF", "text": "CLAIM 1"}
    said = {
        "kind": "wallet_statement",
        "id": "W-1",
        "account": FLOAT,
        "currency": "LAK",
        "day": "2025-05-22",
        "final": True,
        "opening": "1000.00",
        "closing": "900.00",
        "entries": [entry | changes.pop("entry", {})],
    } | changes
    return json.dumps(said).encode()


def test_the_statement_of_the_operator_is_read() -> None:
    (statement,) = statement_files.read(told()).statements
    assert (statement.account, statement.day, statement.is_final) == (FLOAT, date(2025, 5, 22), True)
    assert statement.adds_up
    assert [(line.amount.minor, line.reference) for line in statement.lines] == [(-100_00, "0123456789ABCDEF")]


def test_its_members_come_in_any_order_and_its_entries_may_be_many() -> None:
    """The operator's program sorts the members, so that the entries stand before what the file is."""
    said = json.loads(told())
    said["entries"] = [said["entries"][0] | {"id": f"W{n}", "amount": "-1.00"} for n in range(100)]
    (statement,) = statement_files.read(json.dumps(said, sort_keys=True).encode()).statements
    assert len(statement.lines) == 100
    assert statement.adds_up


@pytest.mark.parametrize("amount", [-100.0, None, "", "1e6", "1,000.00", "100.005"])
def test_an_entry_whose_amount_is_no_decimal_text_is_named_and_not_guessed(amount: object) -> None:
    (statement,) = statement_files.read(told(entry={"amount": amount})).statements
    assert statement.lines == ()
    assert [place for place, _ in statement.unreadable] == [1]


@pytest.mark.parametrize(
    "changes", [{"opening": 1000.0}, {"day": "22.5.2025"}, {"currency": "KIP"}, {"entries": None}, {"closing": "many"}]
)
def test_a_statement_that_cannot_be_understood_is_refused_aloud(changes: dict[str, Any]) -> None:
    with pytest.raises(FileUnreadable):
        statement_files.read(told(**changes))


def test_the_bank_tops_up_the_float_and_both_lines_wait_for_a_person(town: Town, wallets: BankSide) -> None:
    town.award(with_wallet(town), 100_00)
    town.award(town.person(), 100_00)
    pays_everybody(town)
    town.bank.books_by_hand(number="0100000000001", minor=-500_00, currency="LAK", kind="other", about="top-up")
    wallets.books_by_hand(number=FLOAT, minor=500_00, currency="LAK", kind="other", about="top-up")
    rings(town, wallets)
    town.day(PAY_DAY + timedelta(days=1))
    town.day(PAY_DAY + timedelta(days=2))
    assert (town.balance("wallet"), town.balance("bank"), town.balance("suspense")) == (400_00, -600_00, 0)
    with town.service.engine.connect() as connection:
        assert len(store.unexplained_lines(connection)) == 2
