"""Cash at the counter: a code, two people, one box; paid once, and what nobody collects stays with the fund."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.payments import store
from services.payments import tables as t
from services.payments.domain.cash import CounterRefused
from services.payments.gateways.bank import BankAway
from services.payments.usecases import answers, counter, held
from services.payments.usecases.cash_desk import CashDesk
from shared import facts
from shared.act import Act, Actor
from shared.money import Money
from tests.payments.conftest import PAY_DAY, Counters, Town
from tests.payments.roads import pays_everybody, releases_all
from tests.payments.test_doors import CLERK, Counter
from tests.there import there

NOY = Actor("noy", "account", frozenset({"officer"}), office="vte", name="Noy")
KEO = Actor("keo", "account", frozenset({"supervisor"}), office="vte", name="Keo")
ELSEWHERE = Actor("lae", "account", frozenset({"officer"}), office="lpb", name="Lae")
MACHINE = Actor("notifications", "service", frozenset({"service:notifications"}), name="notifications")
CARD = ("identity_card", "01-234567")


def collects(town: Town) -> str:
    person = town.person()
    town.has_account(person, "", kind="cash")
    return person


def kip(minor: int) -> Money:
    return Money(minor, "LAK")


def does(town: Town, who: Actor, what: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with town.act(who) as act:
        return what(act, *args, **more)


def code(town: Town, order_id: str) -> str:
    with town.service.engine.connect() as connection:
        voucher = there(store.voucher(connection, order_id))
    return town.service.keys.digits(counter.code_purpose(voucher))


def proves(town: Town, order_id: str, who: Actor = NOY, typed: str | None = None) -> Any:
    right = code(town, order_id)
    return does(town, who, counter.prove, order_id, right=typed in (None, right), proof=CARD)


def box(town: Town, holds: int = 1_000_00) -> str:
    """The box of the day, open, with money brought from the bank."""
    opened = does(town, NOY, counter.open_box, "vte", kip(0))
    if holds:
        does(town, NOY, counter.carry, opened.id, "vte", kip(holds), "from the bank, slip 12")
    return str(opened.id)


def voucher(town: Town, order_id: str) -> Any:
    with town.service.engine.connect() as connection:
        return there(store.voucher(connection, order_id))


def waiting(town: Town, amount: int = 100_00) -> tuple[dict[str, Any], str]:
    """An award whose voucher waits at the counter, and its order."""
    award = town.award(collects(town), amount)
    pays_everybody(town)
    return award, str(town.orders(award)[0].id)


def test_she_comes_with_her_code_and_two_people_hand_the_money_over_once(town: Town, counters: Counters) -> None:
    award, order = waiting(town)
    assert town.states(award) == ["accepted"]
    box(town)
    proves(town, order)
    does(town, KEO, counter.hand_over, order)
    assert town.states(award) == ["settled"]
    assert (town.balance("cash"), town.balance("clearing"), town.balance("bank")) == (900_00, 0, 0)
    with pytest.raises(CounterRefused, match="voucher_ended"):
        does(town, KEO, counter.hand_over, order)
    assert counters.moved()[town.orders(award)[0].reference] == {"times": 1, "minor": 100_00}
    assert [e["type"] for e in town.events("instalment.paid", "voucher.issued")] == [
        "voucher.issued",
        "instalment.paid",
    ]


def test_who_looked_at_the_proof_does_not_hand_over(town: Town, counters: Counters) -> None:
    _, order = waiting(town)
    box(town)
    proves(town, order)
    with pytest.raises(CounterRefused, match="second_person_needed"):
        does(town, NOY, counter.hand_over, order)
    with pytest.raises(IntegrityError), town.service.engine.begin() as connection:
        store.update_voucher(connection, order, state="handed_over", handed_by="noy", ended_on=PAY_DAY)


def test_without_the_first_look_nothing_is_handed_over(town: Town, counters: Counters) -> None:
    _, order = waiting(town)
    box(town)
    with pytest.raises(CounterRefused, match="not_proved"):
        does(town, KEO, counter.hand_over, order)


def test_wrong_codes_are_counted_and_a_new_one_opens_again(town: Town, counters: Counters) -> None:
    _, order = waiting(town)
    old = code(town, order)
    for _ in range(5):
        assert proves(town, order, typed="00000000") is None
    with pytest.raises(CounterRefused, match="too_many_tries"):
        proves(town, order)
    does(town, NOY, counter.new_code, order)
    assert code(town, order) != old
    assert proves(town, order, typed=old) is None, "the code of the first message opens nothing any more"
    assert proves(town, order).state == "proved"
    assert len(town.events("voucher.issued")) == 2


def test_two_counters_at_the_same_moment_hand_over_once(town: Town, counters: Counters) -> None:
    award, order = waiting(town)
    box(town)
    proves(town, order)
    found: list[str] = []

    def tries() -> None:
        try:
            does(town, KEO, counter.hand_over, order)
            found.append("handed over")
        except CounterRefused as refused:
            found.append(refused.code)

    people = [threading.Thread(target=tries) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(found) == ["handed over", "voucher_ended", "voucher_ended", "voucher_ended"]
    assert town.states(award) == ["settled"]


def test_what_nobody_collects_goes_back_to_the_fund_and_is_held(town: Town, counters: Counters) -> None:
    award, order = waiting(town)
    until = voucher(town, order).valid_until
    assert until == PAY_DAY + timedelta(days=30)
    town.day(until)
    assert voucher(town, order).state == "waiting"
    town.day(until + timedelta(days=1))
    assert voucher(town, order).state == "expired"
    assert [(o.state, o.reason) for o in town.orders(award)] == [
        ("rejected", "voucher_expired"),
        ("held", "not_collected"),
    ]
    assert (town.balance("expense"), town.balance("clearing")) == (0, 0)
    with pytest.raises(CounterRefused, match="voucher_ended"):
        proves(town, order)


def test_a_voucher_that_expired_is_paid_again_when_somebody_lets_it_go(town: Town, counters: Counters) -> None:
    award, order = waiting(town)
    town.day(voucher(town, order).valid_until + timedelta(days=1))
    again = town.orders(award)[1]
    does(town, KEO, held.free_order, again.id, "she telephoned")
    pays_everybody(town)
    box(town)
    proves(town, again.id)
    does(town, KEO, counter.hand_over, again.id)
    assert town.states(award) == ["rejected", "settled"]


# --- silence -----------------------------------------------------------------------------------


def test_killed_before_any_voucher_was_written_it_is_asked_and_paid_once(
    town: Town, counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = town.award(collects(town), 100_00)
    with monkeypatch.context() as dies:
        dies.setattr(CashDesk, "submit", _dies)
        pays_everybody(town)
    assert town.states(award)[0] in ("sent", "unknown")
    town.later()
    assert town.states(award) == ["rejected", "planned"], "our own books know at once that it never arrived"
    releases_all(town)
    releases_all(_drafted(town))
    assert town.states(award) == ["rejected", "accepted"]


def _dies(*_: Any) -> Any:
    raise BankAway("killed")


def _drafted(town: Town) -> Town:
    town.drafts_nothing()
    return town


def test_a_file_that_comes_after_its_order_was_given_up_issues_nothing(
    town: Town, counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = town.award(collects(town), 100_00)
    desk = next(g for g in town.out.others if isinstance(g, CashDesk))
    submit = desk.submit
    late: list[tuple[str, bytes]] = []

    def keeps_and_dies(message_id: str, file: bytes) -> Any:
        late.append((message_id, file))
        return _dies()

    with monkeypatch.context() as dies:
        dies.setattr(desk, "submit", keeps_and_dies)
        pays_everybody(town)
    town.later()
    assert town.states(award) == ["rejected", "planned"]
    assert submit(*late[0]).orders == {}
    with town.service.engine.connect() as connection:
        assert connection.execute(select(t.voucher)).all() == []


def test_the_same_file_twice_issues_one_voucher(town: Town, counters: Counters) -> None:
    award, order = waiting(town)
    desk = next(g for g in town.out.others if isinstance(g, CashDesk))
    file = f'{{"message":"m","vouchers":[["{town.orders(award)[0].reference}","x"]]}}'.encode()
    before = voucher(town, order)
    assert [s.code for s in desk.submit("m", file).orders.values()] == ["ACSP"]
    assert voucher(town, order) == before
    assert len(town.events("voucher.issued")) == 1


# --- boxes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("holds", "why"), [(0, "box_too_small"), (99_99, "box_too_small")])
def test_a_box_never_gives_what_it_does_not_hold(town: Town, counters: Counters, holds: int, why: str) -> None:
    _, order = waiting(town)
    box(town, holds)
    proves(town, order)
    with pytest.raises(CounterRefused, match=why):
        does(town, KEO, counter.hand_over, order)


def test_without_an_open_box_nothing_is_handed_over(town: Town, counters: Counters) -> None:
    _, order = waiting(town)
    proves(town, order)
    with pytest.raises(CounterRefused, match="box_not_open"):
        does(town, KEO, counter.hand_over, order)
    box(town)
    town.day(PAY_DAY + timedelta(days=1))
    with pytest.raises(CounterRefused, match="box_of_another_day"):
        does(town, KEO, counter.hand_over, order)
    with pytest.raises(CounterRefused, match="box_open_already"):
        does(town, NOY, counter.open_box, "vte", kip(1_000_00))


def test_a_box_is_counted_each_day_and_the_next_opens_with_what_was_counted(town: Town, counters: Counters) -> None:
    _, order = waiting(town)
    first = box(town)
    proves(town, order)
    does(town, KEO, counter.hand_over, order)
    with pytest.raises(CounterRefused, match="difference_without_word"):
        does(town, NOY, counter.close_box, first, "vte", kip(899_00))
    closed = does(town, NOY, counter.close_box, first, "vte", kip(899_00), "one note of 1 too little, counted twice")
    assert closed.difference_minor == -1_00
    assert town.balance("cash") == 899_00
    with pytest.raises(CounterRefused, match="box_of_today_closed"):
        does(town, NOY, counter.open_box, "vte", kip(899_00))
    town.day(PAY_DAY + timedelta(days=1))
    with pytest.raises(CounterRefused, match="opening_differs"):
        does(town, NOY, counter.open_box, "vte", kip(900_00))
    assert does(town, NOY, counter.open_box, "vte", kip(899_00)).state == "open"


def test_a_box_cannot_be_emptied_beyond_what_it_holds(town: Town, counters: Counters) -> None:
    opened = box(town, 50_00)
    with pytest.raises(CounterRefused, match="box_too_small"):
        does(town, NOY, counter.carry, opened, "vte", kip(-50_01), "to the bank")
    does(town, NOY, counter.carry, opened, "vte", kip(-50_00), "to the bank")
    assert (town.balance("cash"), town.balance("suspense")) == (0, 0)


# --- doors -------------------------------------------------------------------------------------


def test_the_way_over_the_doors(town: Town, counters: Counters, keys_folder: Path) -> None:
    _, order = waiting(town)
    doors = Counter(town, keys_folder)
    told = doors.get(MACHINE, f"/v1/vouchers/{order}/message-facts").json
    facts.read("voucher", told)
    opened = doors.post(NOY, "/v1/cash-boxes", {"counted": {"minor": 0, "currency": "LAK"}}).json
    brought = {"amount": {"minor": 500_00, "currency": "LAK"}, "note": "slip 12"}
    assert doors.post(NOY, f"/v1/cash-boxes/{opened['id']}/moves", brought).status_code == 201
    (shown,) = doors.get(NOY, "/v1/vouchers").json["items"]
    assert shown["number"] == told["number"]
    assert "code" not in shown
    proof = {"code": "12345678", "proof_kind": "passport", "proof_number": "P1"}
    wrong = doors.post(NOY, f"/v1/vouchers/{order}/proof", proof)
    assert (wrong.status_code, wrong.json["code"]) == (422, "code_wrong")
    assert voucher(town, order).tries == 1
    assert doors.post(NOY, f"/v1/vouchers/{order}/proof", proof | {"code": told["code"]}).status_code == 201
    assert doors.post(NOY, f"/v1/vouchers/{order}/hand-over").status_code == 403
    assert doors.post(KEO, f"/v1/vouchers/{order}/hand-over").json["state"] == "handed_over"
    assert doors.get(MACHINE, f"/v1/vouchers/{order}/message-facts").status_code == 410
    counted = {"counted": {"minor": 400_00, "currency": "LAK"}}
    assert doors.post(KEO, f"/v1/cash-boxes/{opened['id']}/closing", counted).json["difference"]["minor"] == 0


def test_another_office_sees_and_hands_over_nothing(town: Town, counters: Counters, keys_folder: Path) -> None:
    _, order = waiting(town)
    doors = Counter(town, keys_folder)
    opened = box(town)
    assert doors.get(ELSEWHERE, "/v1/vouchers").json["items"] == []
    assert doors.post(ELSEWHERE, f"/v1/vouchers/{order}/hand-over").status_code == 404
    assert doors.post(ELSEWHERE, f"/v1/vouchers/{order}/code").status_code == 404
    counted = {"counted": {"minor": 1_000_00, "currency": "LAK"}}
    assert doors.post(ELSEWHERE, f"/v1/cash-boxes/{opened}/closing", counted).status_code == 404
    assert doors.get(CLERK, f"/v1/vouchers/{order}/message-facts").status_code == 403


def test_the_way_over_the_page(town: Town, counters: Counters, keys_folder: Path) -> None:
    award, order = waiting(town)
    doors = Counter(town, keys_folder)
    page = "/payments/counter"
    doors.page(NOY, f"{page}/box", {"do": "open", "amount": "0", "currency": "LAK"})
    with town.service.engine.connect() as connection:
        opened = there(store.open_box(connection, "vte", "LAK")).id
    more = {"box": opened, "currency": "LAK"}
    unclear = doors.page(NOY, f"{page}/box", more | {"do": "bring", "amount": "1000.000", "note": "slip"})
    assert unclear.status_code == 422
    doors.page(NOY, f"{page}/box", more | {"do": "bring", "amount": "1000", "note": "slip"})
    assert voucher(town, order).number in doors.page(NOY, page).text
    typed = {"do": "prove", "proof_kind": "passport", "proof_number": "P1"}
    wrong = doors.page(NOY, f"{page}/{order}", typed | {"code": "1"})
    assert wrong.status_code == 422
    assert "The code is not right" in wrong.text
    doors.page(NOY, f"{page}/{order}", typed | {"code": code(town, order)})
    assert "Somebody else now looks" in doors.page(NOY, page).text
    doors.page(KEO, f"{page}/{order}", {"do": "back"})
    assert voucher(town, order).state == "waiting"
    doors.page(NOY, f"{page}/{order}", typed | {"code": code(town, order)})
    doors.page(KEO, f"{page}/{order}", {"do": "hand_over"})
    assert town.states(award) == ["settled"]
    doors.page(KEO, f"{page}/box", more | {"do": "close", "amount": "900"})
    assert "900" in doors.page(CLERK, page).text


def test_a_payee_and_her_proof_are_forgotten_in_time(town: Town, counters: Counters) -> None:
    _, order = waiting(town)
    box(town)
    proves(town, order)
    does(town, KEO, counter.hand_over, order)
    town.day(PAY_DAY + timedelta(days=401))
    kept = voucher(town, order)
    assert (kept.payee_name, kept.proof_kind, kept.proof_number) == ("", None, None)


def test_an_answer_about_a_voucher_that_ended_changes_nothing(town: Town, counters: Counters) -> None:
    award, order = waiting(town)
    box(town)
    proves(town, order)
    does(town, KEO, counter.hand_over, order)
    desk = next(g for g in town.out.others if isinstance(g, CashDesk))

    def hears(act: Act) -> bool:
        status = there(desk.enquire(town.orders(award)[0].reference))
        return answers.take_status(act, order, status, desk.final_codes)

    assert does(town, KEO, hears) is False
