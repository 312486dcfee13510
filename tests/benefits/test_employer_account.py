"""The employer's receipts on paper, and her account: what she paid in advance, what came back, what is open."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import fields
from typing import Any, cast

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Row, select, text

from services.benefits import tables as t
from services.benefits.domain.claim import AdvanceReturn, Claim
from services.benefits.usecases.advances import Advance
from shared.money import Money
from tests.benefits.conftest import Office
from tests.benefits.test_employer_pages import NOTICE, another_employer, asked, employer_of, notified
from tests.benefits.visitors import Browser
from tests.there import there

HOUSE = "/employer/account?lang=en"


@pytest.fixture
def worker(office: Office) -> str:
    return office.someone(number="1004182273")


@pytest.fixture
def nok(office: Office, worker: str) -> Browser:
    return Browser(office, employer_of(office))


@pytest.fixture
def claim(office: Office, nok: Browser, worker: str) -> Row[Any]:
    notified(nok, worker)
    with office.service.engine.connect() as connection:
        return connection.execute(select(t.claim)).one()


def written(pdf: bytes) -> str:
    found = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True
    ).stdout.decode()
    return " ".join(found.replace("\xa0", " ").split())


def came_back(
    nok: Browser, claim: Row[Any], amount: str = "900,000", on: str = "20/5/2025", expect: int = 200, **more: str
) -> str:
    key = more.pop("key", f"{amount}{on}")
    return nok.send(HOUSE, expect, claim=claim.id, amount=amount, returned_on=on, source="fund", key=key, **more)


def totals(page: str) -> list[str]:
    return re.findall(r"<dd>([\d,]+ kip)</dd>", page)[:3]


@pytest.mark.poppler
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Receipt: maternity leave notified", "2,900,000 kip", "14 July 2025", "SVK-0001"]),
        ("lo", ["ນາງ ບຸນມີ ສີສະຫວັດ", "2.900.000 ກີບ", "14 ກໍລະກົດ 2025"]),
    ],
)
def test_a_receipt_can_be_kept_as_a_pdf(nok: Browser, claim: Row[Any], language: str, said: list[str]) -> None:
    page = nok.open(f"/employer/receipts/{claim.id}?lang=en")
    assert f"/employer/receipts/{claim.id}.pdf" in page
    answer = nok.client.get(f"/employer/receipts/{claim.id}.pdf?lang={language}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{claim.number}.pdf"'
    paper = written(answer.data)
    for words in (claim.number, *said):
        assert words in paper


@pytest.mark.poppler
def test_what_was_confirmed_can_be_kept_as_a_pdf(office: Office, nok: Browser, worker: str) -> None:
    _, statement = asked(office, worker)
    path = f"/employer/statements/{statement.id}"
    assert nok.client.get(f"{path}.pdf").status_code == 404
    nok.send(path, wage_paid_until="1/4/2025", pay="monthly", sure="yes")
    paper = written(nok.client.get(f"{path}.pdf?lang=en").data)
    for words in ("Receipt: facts confirmed", "1 April 2025", "Bounmy Sisavath", "3,200,000 kip"):
        assert words in paper
    assert "M54.5" not in paper


def test_the_account_says_what_was_advanced_what_came_back_and_what_is_open(nok: Browser, claim: Row[Any]) -> None:
    assert totals(nok.open(HOUSE)) == ["2,900,000 kip", "0 kip", "2,900,000 kip"]
    came_back(nok, claim)
    came_back(nok, claim, "2.000.000", note="April")
    page = nok.open(HOUSE)
    assert totals(page) == ["2,900,000 kip", "2,900,000 kip", "0 kip"]
    assert "April" in page
    sheet = openpyxl.load_workbook(io.BytesIO(nok.client.get("/employer/account.xlsx").data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][4:] == ["advanced", "returned", "open", "currency"]
    assert rows[1][4:] == ["2900000.00", "2900000.00", "0.00", "LAK"]


def test_a_slip_is_taken_back_by_an_entry_against_it_and_only_once(
    office: Office, nok: Browser, claim: Row[Any]
) -> None:
    page = came_back(nok, claim)
    path = there(re.search(r'action="(/employer/account/entries/[\w-]+/slip)"', page)).group(1)
    for key in ("a", "b"):
        page = nok.send(path, key=key)
    assert totals(page) == ["2,900,000 kip", "0 kip", "2,900,000 kip"]
    assert "taken back" in page
    with office.service.engine.begin() as connection:
        assert sorted(connection.scalars(select(t.advance_return.c.minor))) == [-90000000, 90000000]
        with pytest.raises(Exception, match="append-only"), connection.begin_nested():
            connection.execute(text("DELETE FROM advance_return"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "2,900,001"}, "More than is still open."),
        ({"on": "21/5/2025"}, "This day lies ahead."),
        ({"amount": "much"}, "Write an amount"),
        ({"amount": ""}, "This is needed."),
        ({"amount": "0"}, "Write an amount"),
        ({"on": "31/2/2025"}, "28 days"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    nok: Browser, claim: Row[Any], typed: dict[str, str], said: str
) -> None:
    assert said in came_back(nok, claim, expect=422, **typed)
    assert totals(nok.open(HOUSE)) == ["2,900,000 kip", "0 kip", "2,900,000 kip"]


def test_an_account_is_its_house_s_alone(office: Office, nok: Browser, claim: Row[Any]) -> None:
    another_employer(office)
    hers = Browser(office, employer_of(office, "SVK-0002"))
    assert "Bounmy" not in hers.open(HOUSE)
    came_back(hers, claim, expect=404)
    page = came_back(nok, claim)
    path = there(re.search(r'action="(/employer/account/entries/[\w-]+/slip)"', page)).group(1)
    hers.send(path, 404)
    assert hers.client.get(f"/employer/receipts/{claim.id}.pdf").status_code == 404


def test_without_an_advance_there_is_nothing_to_account_for(nok: Browser, worker: str) -> None:
    notified(nok, worker, **(NOTICE | {"advance_paid": ""}))
    assert "You have notified no advance." in nok.open(HOUSE)


def an_entry(minor: int) -> AdvanceReturn:
    known: dict[str, Any] = {f.name: None for f in fields(AdvanceReturn)}
    return AdvanceReturn(**known | {"amount": Money(minor, "LAK")})


@given(st.integers(1, 10**12), st.lists(st.integers(-(10**11), 10**11), max_size=8))
def test_advanced_is_what_an_entry_and_what_is_open(advanced: int, entries: list[int]) -> None:
    line = Advance(cast(Claim, None), Money(advanced, "LAK"), tuple(map(an_entry, entries)))
    assert line.returned + line.open == line.advanced
