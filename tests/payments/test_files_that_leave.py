"""Files that leave: the account as the bank knows it, a name in letters the bank takes, and no zero lost on the way."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from services.payments import institution as figures
from services.payments.domain.bank_text import account_in_files, latin_name, plain_account
from services.payments.domain.check import Account, Payee
from services.payments.domain.run import account_fingerprint
from services.payments.gateways import neutral_csv, neutral_sheet, pain001
from services.payments.institution import read
from services.payments.usecases import sending
from tests.payments.conftest import KHAMLA, Town
from tests.payments.test_bank_files import NS, payment, run
from tests.payments.test_doors import Counter

TEXT = (Path(figures.__file__).parent / "institution.yaml").read_text()


def _sent(town: Town, run_id: str) -> Any:
    with town.act() as act:
        from services.payments import store

        row = store.run(act.connection, run_id)
        assert row is not None
        file = sending.run_file(act, row, "iso20022", row.pay_day, town.out.institution)
    return etree.fromstring(pain001.write(file))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("010 12-345 67", "0101234567"),
        ("010\u200b1234567", "0101234567"),
        ("010–12345—67", "0101234567"),
        ("010.1234.567", "0101234567"),
        ("\ufeff010\u00a01234\u202f567\u00ad", "0101234567"),
        ("໐໑໐໑໒໓໔໕໖໗", "0101234567"),
        ("๐๑๐๑๒๓๔๕๖๗", "0101234567"),
        ("၀၁၀၁၂၃၄၅၆၇", "0101234567"),
        ("０１０１２３４５６７", "0101234567"),
        ("la12 bcel 0101", "LA12BCEL0101"),
    ],
)
def test_an_account_goes_to_the_bank_as_the_bank_knows_it(town: Town, typed: str, wanted: str) -> None:
    town.award(town.person(account=typed), 100_00)
    run_id = town.drafts()
    assert _sent(town, run_id).xpath("//p:CdtrAcct/p:Id/p:Othr/p:Id/text()", namespaces=NS) == [wanted]
    assert account_fingerprint("bank", "BCEL", typed) == account_fingerprint("bank", "BCEL", wanted)


def test_a_wallet_keeps_the_plus_of_its_telephone_number() -> None:
    assert account_in_files("wallet", "+856 20 5555-1234") == "+8562055551234"
    assert account_in_files("wallet", "020 5555 1234") == "02055551234"
    assert plain_account("+856 20") == "85620"


@pytest.mark.parametrize("number", ["12", "----", "0000000", "1E+12", "#N/A", "123456789012345678901234567890123456"])
def test_an_account_the_channel_cannot_take_is_held_before_its_run_is_prepared(town: Town, number: str) -> None:
    town.out.institution = read(TEXT.replace('"[0-9A-Z]{4,34}"', '"[0-9]{6,18}"'))
    award = town.award(town.person(account=number), 100_00)
    town.drafts_nothing()
    assert [(o.state, o.reason) for o in town.orders(award)] == [("held", "account_unreadable")]


def test_a_bank_with_another_format_says_so_in_its_figures(town: Town) -> None:
    town.out.institution = read(TEXT.replace('"[0-9A-Z]{4,34}"', '"[0-9]{10}"'))
    good = town.award(town.person(account="010 12-345 67"), 100_00)
    bad = town.award(town.person(account="010 12-345 678"), 100_00)
    town.drafts()
    assert (town.states(good), town.states(bad)) == (["planned"], ["held"])


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "recorded", "wanted"),
    [
        ("ນາງ ບຸນມີ ສີສະຫວັດ", "Bounmy Sisavath", "Bounmy Sisavath"),
        ("Đặng Thị Hồng Nhung", None, "Dang Thi Hong Nhung"),
        ("Nguyễn Văn Ưng", "", "Nguyen Van Ung"),
        ("Lý Đức", "Lý Đức", "Ly Duc"),
        ("O’Brien & Søn_", None, "O'Brien Son"),
        ("ນາງ ບຸນມີ", None, None),
        ("สมชาย", "สมชาย", None),
        ("Bun ບຸນ", None, None),
        ("— —", None, None),
    ],
)
def test_a_name_in_the_letters_every_bank_takes(name: str, recorded: str | None, wanted: str | None) -> None:
    assert latin_name(name, recorded) == wanted


def test_a_bank_of_latin_letters_gets_them_and_the_true_name_is_kept_beside(town: Town) -> None:
    town.out.institution = read(TEXT.replace("latin_names: false", "latin_names: true"))
    town.award(town.person(), 100_00)
    run_id = town.drafts()
    assert _sent(town, run_id).xpath("//p:Cdtr/p:Nm/text()", namespaces=NS) == ["Bounmy Sisavath"]
    with town.act() as act:
        from services.payments import store

        (item,) = store.items(act.connection, run_id)
    assert (item.payee_name, item.payee_latin) == ("ນາງ ບຸນມີ ສີສະຫວັດ", "Bounmy Sisavath")


def test_without_a_latin_name_the_order_waits_for_one(town: Town) -> None:
    town.out.institution = read(TEXT.replace("latin_names: false", "latin_names: true"))
    an = town.person()
    account = Account("bank", "BCEL", "1100200300401", "ບຸນມີ")
    town.register.people[an] = Payee(an, "ບຸນມີ", None, account, None)
    award = town.award(an, 100_00)
    town.drafts_nothing()
    assert [(o.state, o.reason) for o in town.orders(award)] == [("held", "name_not_latin")]
    town.register.people[an] = Payee(an, "ບຸນມີ", "Bounmy", account, None)
    town.payee_changed(an)
    town.works()
    assert town.states(award) == ["planned"]


def test_a_bank_of_all_letters_gets_the_name_as_it_is(town: Town) -> None:
    town.award(town.person(), 100_00)
    assert _sent(town, town.drafts()).xpath("//p:Cdtr/p:Nm/text()", namespaces=NS) == ["ນາງ ບຸນມີ ສີສະຫວັດ"]


# --- the neutral sheet -----------------------------------------------------------------------------

NUMBERS = ["0000000031337", "31337", "1100200300401", "12345678901234567890", "00", "1E5", "LA0101", "1-2"]


def _as_a_spreadsheet_reads(cell: str) -> str:
    """What a spreadsheet makes of a cell of a CSV: quotes are gone by then; what looks like a number becomes one,
    shown with eleven digits at most."""
    try:
        number = float(cell) if cell == cell.strip() else None
    except ValueError:
        number = None
    if number is None:
        return cell
    shown = f"{number:.0f}"
    return shown if len(shown) <= 11 else f"{number:.5E}"


@pytest.mark.parametrize("number", NUMBERS)
def test_the_csv_keeps_an_account_that_is_opened_in_a_spreadsheet(number: str) -> None:
    sheet = neutral_csv.write(run(payment(number=number)), "2025-05-A", {}).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(sheet)))
    assert _as_a_spreadsheet_reads(row["account"]).strip() == number


@pytest.mark.parametrize("number", NUMBERS)
def test_the_workbook_keeps_an_account_as_text(number: str) -> None:
    book = neutral_sheet.write(run(payment(number=number), payment("=cmd()")), "2025-05-A", {})
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows())
    cells = dict(zip((c.value for c in rows[0]), rows[1], strict=True))
    assert (cells["account"].value, cells["account"].data_type, cells["account"].number_format) == (number, "s", "@")
    assert (rows[2][3].value, rows[2][3].data_type) == ("=cmd()", "s")
    assert book == neutral_sheet.write(run(payment(number=number), payment("=cmd()")), "2025-05-A", {})


def test_a_released_run_is_fetched_as_a_workbook(town: Town, keys_folder: Path) -> None:
    counter = Counter(town, keys_folder)
    town.award(town.person(account="0000000031337"), 100_00)
    run_id = town.drafts()
    assert counter.get(KHAMLA, f"/v1/runs/{run_id}/file.xlsx").status_code == 409
    town.releases(run_id)
    town.works()
    answer = counter.get(KHAMLA, f"/v1/runs/{run_id}/file.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[1][7] == "0000000031337"
