"""Codes have words, states have one table, commands say what they did."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.payments import cli, words
from services.payments import tables as t
from services.payments.domain.ledger import (
    MOVES_TO_ENTRIES,
    Account,
    Entry,
    Posting,
    Unbalanced,
    entry,
    reversal,
)
from services.payments.domain.order import MOVES, MoveNotAllowed, OrderState, answered, from_bank_status, move
from services.payments.domain.run import RUN_MOVES, RunState, approvals_needed
from services.payments.domain.statement import Match
from services.payments.institution import institution, read
from services.payments.reasons import SEED
from shared.money import Money
from tests.payments.conftest import PAY_DAY, Town
from tests.there import there

MIGRATION = Path(cli.__file__).parent / "migrations" / "versions" / "0001_orders_runs_ledger.py"


def test_the_moves_of_an_order_are_the_same_in_code_and_database() -> None:
    sql = MIGRATION.read_text()
    found = set(
        re.findall(r"\('(\w+)', '(\w+)'\)", sql[sql.index("FUNCTION guard_order") : sql.index("FUNCTION guard_run")])
    )
    assert found == {(a.value, b.value) for a, bs in MOVES.items() for b in bs}


def test_the_moves_of_a_run_are_the_same_in_code_and_database() -> None:
    sql = MIGRATION.read_text()
    found = set(
        re.findall(
            r"\('(\w+)', '(\w+)'\)",
            sql[sql.index("FUNCTION guard_run") : sql.index("FUNCTION ledger_balances")],
        )
    )
    assert found == {(a.value, b.value) for a, bs in RUN_MOVES.items() for b in bs}


def test_unknown_has_no_way_back_to_the_bank() -> None:
    assert not MOVES[OrderState.UNKNOWN] & {OrderState.APPROVED, OrderState.SENT, OrderState.PLANNED}
    for end in (OrderState.REJECTED, OrderState.RETURNED, OrderState.CANCELLED):
        assert not MOVES[end]


@pytest.mark.parametrize(
    ("current", "said", "becomes"),
    [
        (OrderState.SENT, OrderState.ACCEPTED, OrderState.ACCEPTED),
        (OrderState.SETTLED, OrderState.ACCEPTED, None),
        (OrderState.UNKNOWN, OrderState.ACCEPTED, OrderState.ACCEPTED),
        (OrderState.ACCEPTED, OrderState.ACCEPTED, None),
        (OrderState.UNKNOWN, OrderState.SENT, None),
        (OrderState.RETURNED, OrderState.SETTLED, None),
    ],
)
def test_answers_come_late_twice_and_in_any_order(
    current: OrderState, said: OrderState, becomes: OrderState | None
) -> None:
    assert answered(current, said) is becomes


def test_an_answer_that_contradicts_an_end_is_not_believed() -> None:
    with pytest.raises(MoveNotAllowed):
        answered(OrderState.REJECTED, OrderState.SETTLED)
    with pytest.raises(MoveNotAllowed):
        move(OrderState.SETTLED, OrderState.REJECTED)


def test_acsc_is_final_only_where_the_channel_says_so() -> None:
    assert from_bank_status("ACSC") is OrderState.ACCEPTED
    assert from_bank_status("ACSC", final_codes=frozenset({"ACSC"})) is OrderState.SETTLED
    assert from_bank_status("WHAT") is None


def test_every_code_has_words() -> None:
    assert set(words.ORDER_STATES) == set(words.ORDER_KINDS) == {s.value for s in OrderState}
    assert set(words.RUN_STATES) == set(words.RUN_KINDS) == {s.value for s in RunState}
    assert set(words.MATCHES) == {m.value for m in Match}
    assert set(words.ACCOUNTS) == {a.value for a in Account}
    assert {kind for entries in MOVES_TO_ENTRIES.values() for kind, _, _ in entries} <= set(words.ENTRIES)
    assert {owner for _, _, _, owner, _ in SEED} <= set(words.OWNERS)
    assert {hold for *_, hold in SEED if hold} <= set(words.REASONS)


def test_every_entry_balances_and_is_taken_back_by_its_reversal() -> None:
    one = entry("x", Account.EXPENSE, Account.BANK, Money(5, "LAK"))
    assert [p.minor for p in (*one.postings, *reversal(one).postings)] == [5, -5, -5, 5]
    with pytest.raises(Unbalanced):
        Entry("x", (Posting(Account.BANK, 1, "LAK"),))
    assert all((a, b) in {(x, y) for x, ys in MOVES.items() for y in ys} for a, b in MOVES_TO_ENTRIES)


def test_never_fewer_than_two_hands() -> None:
    assert approvals_needed(Money(1, "LAK"), {"LAK": 100}, {"below": 0, "from": 1}) == 2
    assert approvals_needed(Money(100, "LAK"), {"LAK": 100}, {"below": 2, "from": 3}) == 3
    assert approvals_needed(Money(1, "THB"), {"LAK": 100}, {"below": 2, "from": 3}) == 3


def test_the_institutions_figures_are_checked() -> None:
    assert there(institution().account("iso20022", "LAK")).number == "0100000000001"
    text = (Path(cli.__file__).parent / "institution.yaml").read_text()
    with pytest.raises(ValueError, match="lead_days must be a whole number"):
        read(text.replace("lead_days: 0", "lead_days: 0.5"))
    with pytest.raises(ValueError, match="name is missing"):
        read(text.replace("\nname:", "\nnom:"))


def test_pay_due_and_reconcile(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.award(town.person(), 100_00)
    assert cli.main(["pay-due", "--on", PAY_DAY.isoformat()], town.service) == cli.OK
    assert "2025-05-A  checked  1 orders  100.00 LAK" in capsys.readouterr().out
    assert cli.main(["pay-due"], town.service) == cli.NOTHING
    assert cli.main(["reconcile", "--day", PAY_DAY.isoformat()], town.service) == cli.OK
    town.pays()
    capsys.readouterr()
    assert cli.main(["reconcile", "--day", PAY_DAY.isoformat()], town.service) == cli.OK
    assert capsys.readouterr().out.splitlines()[-1] == "adds up"


def test_names_and_accounts_are_forgotten_long_after_the_end(town: Town) -> None:
    town.award(town.person(), 100_00)
    town.pays()
    town.clock.move_to(PAY_DAY + timedelta(days=1))
    town.out.institution = institution().__class__(**{**institution().__dict__, "forget_payees_after_days": 0})
    town.service.plan_day()
    town.works()
    with town.service.engine.connect() as connection:
        item = connection.execute(select(t.run_item)).one()
    assert (item.payee_name, item.account) == (None, None)
    assert item.fingerprint
