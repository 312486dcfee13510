"""What people reported of other readers of bank statements, told with numbers of our own."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from services.payments.gateways import mapped_sheet, statement_files
from tests.payments import statement_makers as make
from tests.payments.conftest import Town
from tests.payments.test_banks_habits import DAY, ZONE, one, swift
from tests.payments.test_doors import Counter
from tests.payments.test_every_line_is_kept import Desk
from tests.payments.test_mapped_statements import DONG, VIET, VIET_HEAD
from tests.there import there

LINE = ":61:2505220522"
REFERENCE = "0123456789ABCDE7"


@pytest.fixture
def desk(town: Town, keys_folder: Path) -> Desk:
    return Desk(Counter(town, keys_folder))


def under_one_reference(*fields: str) -> bytes:
    return "\r\n".join((":20:STMT", f":25:{make.OURS}", *fields, "-")).encode()


def test_pages_of_a_statement_under_one_reference_are_closed_by_the_last(desk: Desk) -> None:
    file = under_one_reference(
        *(":28C:1/1", ":60F:C250522LAK1000,", f"{LINE}C30,NTRFNONREF", ":62M:C250522LAK1030,"),
        *(f":25:{make.OURS}", ":28C:1/2", ":60M:C250522LAK1030,", f"{LINE}C20,NTRFNONREF", ":62F:C250522LAK1050,"),
    )
    found = one(file)
    assert (found.adds_up, found.is_final, len(found.lines)) == (True, True, 2)
    assert desk.hands_in(file).status_code == 202
    assert sorted(desk.kept()) == [20_00, 30_00]


@pytest.mark.parametrize("foot", ["62F", "62M"])
def test_a_second_account_under_one_reference_takes_no_line_of_the_first(foot: str) -> None:
    file = under_one_reference(
        *(":28C:1/1", ":60F:C250522LAK1000,", f"{LINE}C30,NTRFNONREF", f":{foot}:C250522LAK1030,"),
        *(":25:999", ":28C:1/1", ":60F:C250522LAK500,", f"{LINE}C20,NTRFNONREF", ":62F:C250522LAK520,"),
    )
    found = statement_files.read(file, ZONE).statements
    assert [(s.account, s.adds_up, [line.amount.minor for line in s.lines]) for s in found] == [
        (make.OURS, True, [30_00]),
        ("999", True, [20_00]),
    ]


def test_the_next_day_under_one_reference_is_a_statement_of_its_own() -> None:
    file = under_one_reference(
        *(":28C:1/1", ":60F:C250522LAK1000,", f"{LINE}C30,NTRFNONREF", ":62F:C250522LAK1030,", ":64:C250522LAK1030,"),
        *(":28C:2/1", ":60F:C250522LAK1030,", ":61:2505230523C20,NTRFNONREF", ":62F:C250523LAK1050,"),
    )
    found = statement_files.read(file, ZONE).statements
    assert [(s.account, s.day, s.adds_up) for s in found] == [
        (make.OURS, DAY, True),
        (make.OURS, date(2025, 5, 23), True),
    ]


@pytest.mark.parametrize(
    "words",
    [
        (":86:106?20 12-09-2025 T16", f":20:37 x?21EREF+{REFERENCE}"),
        (":86:106?20 12-09-2025 T16", f":25:08 x?21EREF+{REFERENCE}"),
        (":86:106?20 12-09-2025 T16", f":28:11 x?21EREF+{REFERENCE}"),
        (":NS:01words", f":86:EREF+{REFERENCE}"),
        (":86:first", f":86:EREF+{REFERENCE}"),
    ],
)
def test_all_that_is_said_of_a_line_is_read_however_it_was_wrapped(words: tuple[str, ...]) -> None:
    """A time of day wrapped before its minutes looks like a field of the statement."""
    found = one(swift(f"{LINE}D30,NTRFNONREF", *words, f"{LINE}C10,NTRFNONREF", ":86:y", closing="C250522LAK980,"))
    assert found.adds_up
    assert [(line.reference, line.text == "y") for line in found.lines] == [(REFERENCE, False), (None, True)]


@pytest.mark.parametrize(("line", "minor"), [(":61:250522    C30,NTRFNONREF", 30_00), (f"{LINE}C,92NTRFNONREF", 92)])
def test_an_empty_booking_day_and_an_amount_below_one_are_read(line: str, minor: int) -> None:
    (found,) = one(swift(line, closing="C250522LAK1030,")).lines
    assert (found.booked_on, found.amount.minor) == (DAY, minor)


def test_a_balance_with_the_credit_of_the_bank_is_not_the_closing_one() -> None:
    plain = make.balance("CLBD", "1030.00", DAY)
    more = plain.replace("</Tp>", "</Tp><CdtLine><Incl>true</Incl></CdtLine>").replace("1030.00", "1530.00")
    for balances in (plain + more, more + plain):
        told = make.statement(make.entry("30.00", DAY), day=DAY).replace("<Ntry>", f"{balances}<Ntry>", 1)
        assert one(make.file(told)).adds_up


@pytest.mark.parametrize(("amount", "minor"), [("+30.00", 30_00), (".50", 50), ("30.", None), ("1E2", None)])
def test_an_amount_is_a_decimal_of_xml_and_nothing_else(amount: str, minor: int | None) -> None:
    found = one(make.file(make.statement(make.entry(amount, DAY), day=DAY)))
    assert [line.amount.minor for line in found.lines] == ([minor] if minor else [])
    assert len(found.unreadable) == (0 if minor else 1)


def test_a_balance_of_nothing_is_neither_credit_nor_debit() -> None:
    told = make.statement(day=DAY, opening="0.00", closing="0.00", final=True)
    assert one(make.file(told.replace("<CdtDbtInd>CRDT</CdtDbtInd>", ""))).adds_up


def test_a_booking_that_the_bank_took_back_is_money_that_came() -> None:
    """RvslInd says what the booking is, CdtDbtInd which way it went."""
    for side, minor in (("CRDT", 30_00), ("DBIT", -30_00)):
        told = make.statement(make.entry("30.00", DAY, side=side, more="<RvslInd>true</RvslInd>"), day=DAY)
        assert [line.amount.minor for line in one(make.file(told)).lines] == [minor]


def test_a_table_with_a_row_that_its_reader_filtered_away_is_refused_with_the_row() -> None:
    book = openpyxl.Workbook()
    sheet = there(book.active)
    sheet.append(VIET_HEAD.split(";"))
    for day, amount, balance in ((22, -500_000, 8_000_000), (23, -500_000, 7_500_000), (24, -500_000, 7_000_000)):
        sheet.append([date(2025, 5, day), None, amount, balance, "TRO CAP", "AN", "00112233"])
    sheet.auto_filter.ref = "A1:G4"
    sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    held = mapped_sheet.read(out.getvalue(), [VIET], [DONG])
    assert not held.statements
    assert [(fault.reason, fault.cell) for fault in held.faults] == [("hidden_row", "C3")]
