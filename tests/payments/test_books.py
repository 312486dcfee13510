"""The payment officer's day: each number opens its list, the ledger balances on any date, a person's account."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.payments import store
from services.payments.domain.books import Part
from tests.payments.conftest import DAOVONE, PAY_DAY, BankSide, Counters, Town
from tests.payments.roads import pays_everybody, rings, with_wallet
from tests.payments.test_cash import collects
from tests.payments.test_doors import AUDITOR, CLERK, ELSEWHERE, EMPLOYER, Counter

NEXT = PAY_DAY + timedelta(days=1)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


@pytest.fixture
def busy(town: Town, wallets: BankSide, counters: Counters) -> Town:
    """A day with everything: paid by bank and wallet, waiting at the counter, refused, come back, and no answer."""
    town.award(town.person(), 100_00)
    town.award(town.person(account="1100200309001"), 20_00)
    town.award(town.person(account="1100200309104"), 30_00)
    town.award(with_wallet(town), 40_00, component="maternity")
    town.award(collects(town), 50_00)
    wallets.told(drop_answer=1, final_only=True)
    pays_everybody(town)
    return town


def test_each_road_of_a_day_adds_up(busy: Town, wallets: BankSide) -> None:
    def roads() -> dict[str, dict[str, int]]:
        with busy.service.engine.connect() as connection:
            found = store.roads_on(connection, PAY_DAY)
        assert all(road.adds_up for road in found)
        return {r.channel: {p: n for p, (_, n) in r.parts.items() if n} for r in found}

    assert roads() == {"iso20022": {"settled": 2, "rejected": 1}, "wallet": {"unknown": 1}, "cash": {"open": 1}}
    busy.later()
    rings(busy, wallets)
    busy.day(NEXT)
    assert roads() == {
        "iso20022": {"settled": 1, "returned": 1, "rejected": 1},
        "wallet": {"settled": 1},
        "cash": {"open": 1},
    }


def test_the_books_say_it_and_every_number_opens_its_list(busy: Town, keys_folder: Path) -> None:
    busy.day(NEXT)
    doors = Counter(busy, keys_folder)
    page = doors.page(DAOVONE, f"/payments/books/{PAY_DAY}").text
    links = re.findall(rf'href="(/payments/books/{PAY_DAY}/\w+/\w+)"', page)
    assert len(links) >= 4
    for link in links:
        assert "/payments/orders/" in doors.page(DAOVONE, link).text
    assert "✗" not in words(page)
    assert "Debit and credit are the same" in words(page)
    for link in re.findall(r'href="(/payments/[^"]*)"', page):
        assert doors.page(DAOVONE, link).status_code in (200, 303), link
    assert 'lang="lo"' in doors.page(DAOVONE, f"/payments/books/{PAY_DAY}", language="lo").text


def test_expenditure_by_branch_is_what_its_orders_come_to(busy: Town) -> None:
    for day in (PAY_DAY, NEXT, NEXT + timedelta(days=40)):
        busy.day(day)
        with busy.service.engine.connect() as connection:
            found = store.branches(connection)
        assert [(b.component, b.adds_up) for b in found] == [("maternity", True), ("sickness", True)]
    maternity, sickness = found
    assert (maternity.expense.minor, maternity.settled.minor) == (40_00, 40_00)
    assert (sickness.settled.minor, sickness.on_the_way.minor, sickness.waits.minor) == (100_00, 0, 30_00)


def test_benefits_hear_of_the_money_of_each_award_page_by_page(busy: Town, keys_folder: Path) -> None:
    """What has arrived by the ledger is what its orders say; what came back or was refused is named so, by nobody's
    name. Only benefits may ask."""
    counter = Counter(busy, keys_folder)
    assert counter.get(DAOVONE, "/v1/orders/money-of-awards").status_code == 403
    benefits = {"Authorization": f"Bearer {counter.keys.service_token('payments', busy.clock.now())}"}
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        body: Any = counter.web.get(f"/v1/orders/money-of-awards?limit=2{cursor}", headers=benefits).json
        assert len(body["items"]) <= 2
        found += body["items"]
        cursor = f"&cursor={body['next_cursor']}" if body["next_cursor"] else None
    assert len({one["award_id"] for one in found}) == len(found) == 5
    told = {one["scheduled"]: one for one in found}
    assert {minor: one["arrived"] for minor, one in told.items()} == {
        100_00: 100_00,
        20_00: 0,
        30_00: 30_00,
        40_00: 0,
        50_00: 0,
    }
    assert all(one["arrived"] == one["settled"] for one in found)
    assert told[20_00]["waiting"] == {"refused": 20_00}
    assert told[40_00]["on_the_way"] == 40_00
    busy.day(NEXT)
    with busy.service.engine.connect() as connection:
        later = {one["scheduled"]: one for one in store.money_of_awards(connection, NEXT, None, 10)}
    assert (later[30_00]["arrived"], later[30_00]["waiting"]) == (0, {"returned": 30_00})


def test_the_trial_balance_of_a_day_stays_once_its_statements_are_read(busy: Town, keys_folder: Path) -> None:
    doors = Counter(busy, keys_folder)
    busy.day(NEXT)
    busy.later()
    before = doors.page(AUDITOR, f"/payments/books/{PAY_DAY}.xlsx")
    busy.day(NEXT + timedelta(days=4))
    after = doors.page(AUDITOR, f"/payments/books/{PAY_DAY}.xlsx")
    assert before.data == after.data
    sheet = openpyxl.load_workbook(io.BytesIO(after.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert {row[0] for row in rows} >= {"Benefits paid", "Our bank account", "On the way through the bank"}
    assert sum(Decimal(str(row[3])) for row in rows) == 0


def test_the_journal_holds_every_posting_once_and_balances(busy: Town, keys_folder: Path) -> None:
    busy.day(NEXT)
    doors = Counter(busy, keys_folder)
    got = doors.page(DAOVONE, f"/payments/books/journal/{PAY_DAY}/{NEXT}.csv")
    rows = list(csv.DictReader(io.StringIO(got.data.decode("utf-8-sig"))))
    with busy.service.engine.connect() as connection:
        assert len(rows) == len(list(store.journal(connection, PAY_DAY, NEXT)))

    def minor(text: str) -> int:
        return int(text.replace(".", "") or "0")

    assert sum(minor(row["debit"]) - minor(row["credit"]) for row in rows) == 0
    assert {row["kind"] for row in rows} >= {"released", "sent", "settled", "refused", "returned"}
    assert doors.page(DAOVONE, f"/payments/books/journal/{NEXT}/{PAY_DAY}.csv").status_code == 404


def test_a_persons_account_on_any_date(town: Town, keys_folder: Path) -> None:
    person = town.person(account="1100200309104")
    town.award(person, 30_00)
    town.pays()
    doors = Counter(town, keys_folder)
    town.day(NEXT)
    first = doors.page(CLERK, f"/payments/persons/{person}/{PAY_DAY}")
    assert "30" in words(first.text)
    assert "Came back" not in words(first.text)
    assert "Came back" in words(doors.page(CLERK, f"/payments/persons/{person}/{NEXT}").text)
    sheet = openpyxl.load_workbook(io.BytesIO(doors.page(CLERK, f"/payments/persons/{person}/{NEXT}.xlsx").data)).active
    assert sheet is not None
    assert [(row[5], row[6]) for row in sheet.iter_rows(min_row=2, values_only=True)] == [(30, 30), (-30, 0)]


def test_the_books_are_the_institutions_and_an_account_its_offices(town: Town, keys_folder: Path) -> None:
    person = town.person()
    town.award(person, 30_00)
    town.pays()
    doors = Counter(town, keys_folder)
    assert doors.page(ELSEWHERE, f"/payments/books/{PAY_DAY}").status_code == 404
    assert doors.page(ELSEWHERE, f"/payments/books/{PAY_DAY}/iso20022/settled").status_code == 404
    assert "30" not in words(doors.page(ELSEWHERE, f"/payments/persons/{person}/{PAY_DAY}").text).split("gave back")[-1]
    assert doors.page(CLERK, f"/payments/persons/{town.id()}/{PAY_DAY}").status_code == 404
    assert doors.page(EMPLOYER, f"/payments/persons/{person}/{PAY_DAY}").status_code == 403
    for wrong in ("today", "2025-13-01", f"{PAY_DAY}/horse/settled", f"{PAY_DAY}/cash/{'lost'}"):
        assert doors.page(DAOVONE, f"/payments/books/{wrong}").status_code == 404
    assert len(list(Part)) == 5
