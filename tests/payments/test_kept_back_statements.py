"""Statements that an outside tester keeps back: no line is lost, turned or dated by guess; what is odd is named."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from services.payments import tables as t
from services.payments.domain.check import Account
from services.payments.domain.layout import Layout
from services.payments.gateways import mapped_sheet, neutral_csv, pain002, statement_files
from services.payments.gateways.bank import Payment, RunFile
from services.payments.gateways.xml_in import FileUnreadable
from shared.money import Money
from tests.payments import statement_makers as make
from tests.payments.conftest import KHAMLA, Town
from tests.payments.test_banks_habits import DAY, ZONE, one, swift
from tests.payments.test_doors import Counter
from tests.payments.test_every_line_is_kept import Desk
from tests.payments.test_mapped_statements import columns


@pytest.fixture
def desk(town: Town, keys_folder: Path) -> Desk:
    return Desk(Counter(town, keys_folder))


def told(*entries: str, closing: str = "1100.00") -> bytes:
    return make.file(make.statement(*entries, day=DAY, closing=closing))


# --- camt ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["CRDT", "DBIT"])
def test_an_amount_below_zero_is_not_turned_into_its_opposite(side: str) -> None:
    """With minus and DBIT some would read money that came in."""
    found = one(told(make.entry("-100.00", DAY, side=side)))
    assert (found.lines, found.unreadable) == ((), ((1, "an amount below zero"),))


def test_a_comment_inside_an_amount_ends_it_nowhere() -> None:
    file = told(make.entry("100.00", DAY)).replace(b">100.00<", b">1<!-- as told -->00.00<", 1)
    assert [line.amount.minor for line in one(file).lines] == [100_00]


@pytest.mark.parametrize(
    ("status", "kept"),
    [("<Cd>BOOK</Cd>", 1), ("", 1), ("<Prtry>PENDING</Prtry>", 0), ("<Cd>RJCT</Cd>", 0), ("<Cd>XXXX</Cd>", 0)],
)
def test_an_entry_of_an_unknown_status_is_named_and_not_booked(status: str, kept: int) -> None:
    found = one(told(make.entry("100.00", DAY, status=status)))
    assert (len(found.lines), len(found.unreadable)) == (kept, 1 - kept)


@pytest.mark.parametrize("booked", ["<Dt>22/05/2025</Dt>", "<Dt>2025-02-29</Dt>", "<DtTm>yesterday</DtTm>"])
def test_a_booking_day_that_cannot_be_read_is_not_replaced_by_another(booked: str) -> None:
    found = one(told(make.entry("100.00", DAY, booked=booked)))
    assert found.unreadable == ((1, "the booking day cannot be read"),)


def test_the_hour_24_is_the_end_of_its_day() -> None:
    found = one(told(make.entry("100.00", DAY, booked=f"<DtTm>{DAY}T24:00:00</DtTm>")))
    assert found.lines[0].booked_on == DAY


def test_transfers_of_a_batch_whose_amounts_stand_in_different_places() -> None:
    other = (
        '<TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="LAK">40.00</Amt></TxAmt></AmtDtls>'
        "</TxDtls>"
    )
    found = one(told(make.entry("100.00", DAY, details=make.part("60.00", "E1") + other)))
    assert [(line.amount.minor, line.reference) for line in found.lines] == [(60_00, "E1"), (40_00, "E2")]


@pytest.mark.parametrize("around", [(b"\xef\xbb\xbf\r\n", b""), (b"", b"\0\0\x1a"), (b"<!-- bank -->", b"\n")])
def test_what_stands_around_a_file_is_no_part_of_it(around: tuple[bytes, bytes]) -> None:
    file = told(make.entry("100.00", DAY)).split(b"?>", 1)[1]
    assert len(one(around[0] + file + around[1]).lines) == 1


@pytest.mark.parametrize("day", [date(2568, 5, 22), date(2062, 5, 22)])
def test_a_line_of_another_era_is_not_taken_in_and_is_named(desk: Desk, day: date) -> None:
    odd = make.entry("60.00", DAY, booked=f"<Dt>{day}</Dt>")
    answer = desk.hands_in(told(odd, make.entry("40.00", DAY)))
    assert (answer.status_code, desk.kept()) == (202, [40_00])
    assert desk.told() == [(False, 60_00)]
    (row,) = desk.rows(t.statement)
    assert row.unreadable == [[1, "booked on a day that has not come"]]
    assert "booked on a day that has not come" in desk.counter.page(KHAMLA, "/payments/statements").text


def test_a_buddhist_year_of_two_digits_in_swift_text_is_not_taken_in(desk: Desk) -> None:
    file = swift(":61:6805220522C30,NTRFNONREF", ":61:2505220522C70,NTRFNONREF", closing="C250522LAK1100,")
    desk.hands_in(file)
    assert (desk.kept(), desk.told()) == ([70_00], [(False, 30_00)])


# --- MT940 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", [" :61:2505220522C30,NTRFNONREF", ":61 :2505220522C30,NTRFNONREF", "\t:61:2505220522C30,NTRFNONREF"]
)
def test_a_field_with_blanks_around_its_mark_is_no_lost_line(line: str) -> None:
    assert one(swift(line, closing="C250522LAK1030,")).adds_up


def test_a_point_in_an_amount_is_a_decimal_point_or_nothing() -> None:
    found = one(swift(":61:2505220522C30.50NTRFNONREF", opening="C250521LAK1000.00", closing="C250522LAK1030.50"))
    assert (found.adds_up, found.closing) == (True, Money.parse("1030.50", "LAK"))
    thousands = swift(":61:2505220522C1.030,00NTRFNONREF", closing="C250522LAK2030,")
    assert one(thousands).unreadable == ((1, "an amount is not as SWIFT has it"),)
    balance = statement_files.read(swift(opening="C250521LAK1.000,00", closing="C250522LAK1.000,00"), ZONE)
    assert [fault.reason for fault in balance.faults] == ["balance_unreadable"]


def test_the_29th_of_february_of_a_common_year_stays_beside_its_value_day() -> None:
    found = one(swift(":61:2502280229C30,NTRFNONREF", opening="C250227LAK1000,", closing="C250228LAK1030,"))
    assert found.lines[0].booked_on == date(2025, 2, 28)


# --- answers to files ----------------------------------------------------------------------------


def _answer(*blocks: str) -> bytes:
    return (
        f'<Document xmlns="{pain002.NAMESPACE}"><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>R</OrgnlMsgId>'
        f"</OrgnlGrpInfAndSts>{''.join(blocks)}</CstmrPmtStsRpt></Document>"
    ).encode()


def test_a_refusal_of_a_block_is_not_undone_by_its_second_mention() -> None:
    block = "<OrgnlPmtInfAndSts><OrgnlPmtInfId>R</OrgnlPmtInfId><PmtInfSts>{}</PmtInfSts></OrgnlPmtInfAndSts>"
    for codes in (("RJCT", "ACTC"), ("ACTC", "RJCT"), ("rjct", "ACTC")):
        status = pain002.read(_answer(*map(block.format, codes))).of("A")
        assert status is not None
        assert status.code == "RJCT"


# --- tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "code"), [("Workbook", "old_workbook"), ("EncryptedPackage", "locked_workbook")])
def test_a_table_in_an_old_or_locked_workbook_says_so_at_both_doors(desk: Desk, name: str, code: str) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + name.encode("utf-16-le")
    with pytest.raises(FileUnreadable, match=code):
        mapped_sheet.read(data, [], [make.OURS])
    answer = desk.hands_in(data)
    assert (answer.status_code, [error["code"] for error in answer.json["errors"]]) == (422, [code])


def test_a_row_whose_cells_have_moved_is_not_read_by_where_they_stand() -> None:
    """A text with the sign that parts cells: its second half would be the debit, and what moved the balance."""
    names = "Date;Description;Debit;Credit;Balance"
    layout = Layout(make.OURS, "LAK", **columns(names, day="Date", text="Description", debit="Debit", credit="Credit"))
    rows = (names, "22/05/2025;a;;20.00;1,020.00", "22/05/2025;b;;20.00;1,040.00", "22/05/2025;rent;5;;20.00;1,060.00")
    held = mapped_sheet.read("\n".join(rows).encode(), [layout], [make.OURS])
    assert (held.statements, [(fault.reason, fault.cell) for fault in held.faults]) == ((), [("row_length", "F4")])


def test_the_zeros_of_a_bank_are_kept_by_a_spreadsheet() -> None:
    payment = Payment("0000000000000017", "u", Money(100, "THB"), "นาง ก", Account("bank", "004", "12345678", "A"), "")
    made = datetime(2025, 5, 22, tzinfo=ZONE)
    run = RunFile("M", made, DAY, "D", make.BAHT, "BANKLALA", "THB", (payment,))
    row = neutral_csv.write(run, "2025-05-A", {}).decode("utf-8-sig").splitlines()[1].split(",")
    assert (row[2], row[5], row[7]) == ('"\t0000000000000017"', '"\t004"', '"12345678"')
