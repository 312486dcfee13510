"""Benefits say that less was paid on one claim and so much came back on another: expenditure moves, no money does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from services.payments import store
from services.payments import tables as t
from services.payments.domain.ledger import Account
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, Town
from tests.payments.test_doors import Counter


def overpaid(town: Town) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """100 was paid on the first claim and 40 is due; the second claim of the same person is paid 80 of its 100."""
    person = town.person()
    owing = town.award(person, 100_00, component="sickness")
    paying = town.award(person, 80_00, component="maternity", due=PAY_DAY)
    town.pays()
    town.day(PAY_DAY.fromordinal(PAY_DAY.toordinal() + 1))
    town.revised(owing, 40_00)
    return person, owing, paying


def counted(town: Town, person: str, owing: dict[str, Any], paying: dict[str, Any], minor: int) -> str:
    set_off_id = town.id()
    data = {key: owing[key] for key in ("claim_id", "claim_number", "person_id", "office_id")}
    data |= {"set_off_id": set_off_id, "recovery_id": town.id(), "from_claim_id": paying["claim_id"]}
    data |= {"component": "maternity", "amount": {"minor": minor, "currency": "LAK"}, "counted_on": "2025-05-23"}
    town.hears(town.event("benefits.set_off.counted", person, data))
    return set_off_id


def undone(town: Town, person: str, owing: dict[str, Any], set_off_id: str) -> None:
    data = {key: owing[key] for key in ("claim_id", "claim_number", "person_id", "office_id")}
    town.hears(
        town.event("benefits.set_off.undone", person, data | {"set_off_id": set_off_id, "undone_on": "2025-05-24"})
    )


def spent(town: Town, component: str) -> int:
    with town.service.engine.connect() as connection:
        p = t.ledger_posting
        query = select(p.c.minor).where(p.c.account == Account.EXPENSE, p.c.component == component)
        return int(sum(connection.scalars(query)))


def test_expenditure_goes_from_one_claim_to_the_other_and_no_money_moves(town: Town) -> None:
    person, owing, paying = overpaid(town)
    before = (town.balance("bank"), town.balance("expense"))
    counted(town, person, owing, paying, 20_00)
    assert (spent(town, "sickness"), spent(town, "maternity")) == (80_00, 100_00)
    assert (town.balance("bank"), town.balance("expense")) == before


def test_it_cannot_be_paid_back_a_second_time_nor_counted_beyond_what_was_too_much(town: Town) -> None:
    person, owing, paying = overpaid(town)
    counted(town, person, owing, paying, 50_00)
    counted(town, person, owing, paying, 20_00)
    assert spent(town, "sickness") == 40_00, "sixty were too much; the rest of the second has no place"
    assert (town.balance("expense"), spent(town, "maternity")) == (180_00, 140_00)


def test_what_is_undone_goes_back_and_what_is_due_after_all_is_paid(town: Town) -> None:
    person, owing, paying = overpaid(town)
    set_off_id = counted(town, person, owing, paying, 20_00)
    town.revised(owing, 100_00)
    assert [order.amount_minor for order in town.orders(owing) if order.state == "planned"] == [20_00]
    undone(town, person, owing, set_off_id)
    assert [order.amount_minor for order in town.orders(owing) if order.state == "planned"] == []
    assert (spent(town, "sickness"), spent(town, "maternity")) == (100_00, 80_00)


def test_the_list_shows_it_without_a_line_of_the_bank_and_nobody_takes_it_back_there(
    town: Town, keys_folder: Any
) -> None:
    person, owing, paying = overpaid(town)
    set_off_id = counted(town, person, owing, paying, 20_00)
    desk = Counter(town, keys_folder)
    (row,) = desk.get(KHAMLA, "/v1/repayments").json["items"]
    assert (row["id"], row["line_id"]) == (set_off_id, None)
    assert "kept back from another claim" in desk.page(KHAMLA, "/payments/repayments").text
    answer = desk.post(DAOVONE, f"/v1/repayments/{set_off_id}/taking-back", {"why": "x"})
    assert answer.status_code == 404
    with town.service.engine.connect() as connection:
        assert all(branch.adds_up for branch in store.branches(connection))
