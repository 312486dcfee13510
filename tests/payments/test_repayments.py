"""What people pay back: a line split over claims, and a repayment taken back from the wrong claim by two people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.payments import store
from shared.act import Actor
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, Town
from tests.payments.test_doors import AUDITOR, ELSEWHERE, Counter

OURS = "0100000000001"


@pytest.fixture
def counter(town: Town, keys_folder: Path) -> Counter:
    return Counter(town, keys_folder)


def overpaid(town: Town, *awards: tuple[int, int]) -> list[dict[str, Any]]:
    """Awards that were paid, and then shrank: (paid, now due)."""
    made = [town.award(town.person(), paid) for paid, _ in awards]
    town.pays()
    for award, (_, due) in zip(made, awards, strict=True):
        town.revised(award, due)
    return made


def comes_in(town: Town, minor: int, about: str = "pay back") -> str:
    """Money comes in at the bank; the id of its line."""
    town.bank.books_by_hand(number=OURS, minor=minor, currency="LAK", kind="paid in", about=about)
    town.day(town.clock.today() + timedelta(days=1))
    with town.service.engine.connect() as connection:
        return str(next(line.id for line in store.unexplained_lines(connection) if line.text == about))


def kip(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "LAK"}


def takes(counter: Counter, line: str, award: dict[str, Any], minor: int | None = None) -> Any:
    body: dict[str, Any] = {"how": "repayment", "note": "slip seen", "claim_number": award["claim_number"]}
    body |= {"amount": kip(minor)} if minor is not None else {}
    return counter.post(KHAMLA, f"/v1/statement-lines/{line}/resolution", body)


def entered(counter: Counter) -> list[dict[str, Any]]:
    return list(counter.get(AUDITOR, "/v1/repayments").json["items"])


def asks(counter: Counter, repayment: str, who: Actor = KHAMLA) -> Any:
    return counter.post(who, f"/v1/repayments/{repayment}/taking-back", {"why": "her sister's claim"})


def decides(counter: Counter, repayment: str, how: str = "confirmation", who: Actor = DAOVONE) -> Any:
    return counter.post(who, f"/v1/repayments/{repayment}/taking-back/{how}")


def test_a_line_is_split_over_two_claims_and_a_rest(counter: Counter) -> None:
    town = counter.town
    hers, his = overpaid(town, (100_00, 40_00), (90_00, 70_00))
    line = comes_in(town, 75_00)
    first = takes(counter, line, hers, 50_00)
    assert (first.status_code, first.json["resolution"], first.json["repaid"]) == (201, "split", kip(50_00))
    assert takes(counter, line, his, 26_00).json["code"] == "more_than_the_line"
    assert takes(counter, line, his, 0).json["code"] == "more_than_the_line"
    assert takes(counter, line, his, 21_00).json["code"] == "more_than_owed"
    assert takes(counter, line, his, 20_00).json["resolution"] == "split"
    assert town.balance("suspense") == -5_00, "the rest waits"
    assert town.balance("expense") == 190_00 - 70_00
    town.check_books()
    day = counter.page(KHAMLA, f"/payments/day/{PAY_DAY}").text
    assert "70 kip of it was paid back, 5 kip is open" in day.replace("\u00a0", " ")
    fee = {"how": "fee", "note": "x"}
    assert counter.post(KHAMLA, f"/v1/statement-lines/{line}/resolution", fee).json["code"] == "partly_paid_back"
    last = takes(counter, line, hers)
    assert (last.json["resolution"], last.json["repaid"]) == ("repayment", kip(75_00))
    assert town.balance("suspense") == 0
    assert takes(counter, line, hers, 1_00).status_code == 404
    assert [e["amount"]["minor"] for e in town.events("repayment.received")] == [50_00, 20_00, 5_00]


def test_an_amount_is_typed_on_the_page(counter: Counter) -> None:
    town = counter.town
    (hers,) = overpaid(town, (100_00, 40_00))
    line = comes_in(town, 75_00)
    form = {"how": "repayment", "note": "slip", "claim": hers["claim_number"]}
    refused = counter.page(KHAMLA, f"/payments/lines/{line}/explain", form | {"amount": "half of it"})
    assert refused.status_code == 422
    assert "half of it" in refused.text
    assert counter.page(KHAMLA, f"/payments/lines/{line}/explain", form | {"amount": "60"}).status_code == 303
    assert town.balance("suspense") == -15_00


def test_two_people_take_a_repayment_back_and_its_money_waits_in_suspense(counter: Counter) -> None:
    town = counter.town
    hers, his = overpaid(town, (100_00, 40_00), (90_00, 30_00))
    line = comes_in(town, 60_00)
    takes(counter, line, hers)
    (one,) = entered(counter)
    assert decides(counter, one["id"]).status_code == 404, "nobody asked"
    assert asks(counter, one["id"]).status_code == 204
    assert asks(counter, one["id"]).json["code"] == "asked_already"
    assert decides(counter, one["id"], who=KHAMLA).json["code"] == "asked_by_you"
    assert decides(counter, one["id"], who=ELSEWHERE).status_code == 404
    assert decides(counter, one["id"], who=AUDITOR).status_code == 403
    assert town.balance("expense") == 190_00 - 60_00
    assert decides(counter, one["id"]).status_code == 204
    assert decides(counter, one["id"]).status_code == 404, "once"
    assert (town.balance("expense"), town.balance("suspense")) == (190_00, -60_00)
    town.check_books()
    (told,) = town.events("repayment.taken_back")
    assert told["repayment_id"] == one["id"]
    assert told["claim_number"] == hers["claim_number"]
    assert takes(counter, line, his).status_code == 201, "explained anew"
    assert (town.balance("expense"), town.balance("suspense")) == (130_00, 0)
    assert {r["claim_number"]: r["back"] for r in entered(counter)} == {
        hers["claim_number"]: "final",
        his["claim_number"]: None,
    }
    assert asks(counter, one["id"]).json["code"] == "asked_already", "it is gone from there"


def test_a_repayment_that_stays_may_be_asked_for_again(counter: Counter) -> None:
    town = counter.town
    (hers,) = overpaid(town, (100_00, 40_00))
    takes(counter, comes_in(town, 60_00), hers)
    (one,) = entered(counter)
    asks(counter, one["id"])
    page = counter.page(DAOVONE, "/payments/repayments").text
    assert "her sister" in page
    assert counter.page(DAOVONE, f"/payments/repayments/{one['id']}", {"do": "refuse"}).status_code == 303
    assert entered(counter)[0]["back"] is None
    assert counter.page(KHAMLA, f"/payments/repayments/{one['id']}", {"do": "ask", "why": "look"}).status_code == 303
    own = counter.page(KHAMLA, f"/payments/repayments/{one['id']}", {"do": "confirm"})
    assert own.status_code == 422
    assert "another person decides" in own.text
    assert counter.page(DAOVONE, f"/payments/repayments/{one['id']}", {"do": "confirm"}).status_code == 303
    assert entered(counter)[0]["back"] == "final"
    assert town.balance("suspense") == -60_00


def test_what_was_planned_because_of_it_is_not_paid(counter: Counter) -> None:
    """She won her appeal, and what she seemed to have paid back is planned again; but it never was her money."""
    town = counter.town
    (hers,) = overpaid(town, (100_00, 40_00))
    takes(counter, comes_in(town, 60_00), hers)
    town.revised(hers, 100_00)
    assert town.states(hers) == ["settled", "planned"]
    (one,) = entered(counter)
    asks(counter, one["id"])
    decides(counter, one["id"])
    assert town.states(hers) == ["settled", "cancelled"]
    assert town.balance("expense") == 100_00
    town.check_books()


def test_part_of_a_line_goes_back_and_the_other_stands(counter: Counter) -> None:
    town = counter.town
    hers, his = overpaid(town, (100_00, 40_00), (90_00, 70_00))
    line = comes_in(town, 80_00)
    takes(counter, line, hers, 60_00)
    takes(counter, line, his, 20_00)
    wrong = next(r for r in entered(counter) if r["claim_number"] == his["claim_number"])
    asks(counter, wrong["id"])
    decides(counter, wrong["id"])
    assert town.balance("suspense") == -20_00
    assert takes(counter, line, his, 20_00).json["resolution"] == "repayment", "it was his after all"
    assert town.balance("suspense") == 0
    town.check_books()
