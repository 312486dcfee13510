"""What people and spreadsheets write, read by one hand: understood, or refused with a reason; never guessed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import Money
from shared.period import Month
from shared.reading import NotRead, days, identifiers, names, sheets
from shared.reading.amounts import read_amount
from shared.reading.letters import is_mojibake, is_zawgyi
from shared.reading.words import read_yes


def refused(read: Callable[[], Any]) -> str:
    with pytest.raises(NotRead) as wrong:
        read()
    return wrong.value.code


# --- amounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kip"),
    [
        ("1,500,000.00", "1500000"),
        ("1.500.000,00", "1500000"),
        ("1 500 000", "1500000"),
        ("1\u00a0500\u202f000,50", "1500000.50"),
        ("1'500'000", "1500000"),
        ("3.2 million", "3200000"),
        ("3,2 ລ້ານ", "3200000"),
        ("850.000", "850000"),
        ("850,000", "850000"),
        ("850,000.5", "850000.50"),
        ("12,5", "12.50"),
        ("໓.໒໐໐.໐໐໐ ກີບ", "3200000"),
        ("๓,๒๐๐,๐๐๐", "3200000"),
        ("၃၂၀၀၀၀၀", "3200000"),
        ("₭ 3,200,000", "3200000"),
        ("3,200,000.-", "3200000"),
        ("0", "0"),
    ],
)
def test_an_amount_is_understood_by_its_shape(typed: str, kip: str) -> None:
    assert read_amount(typed, "LAK") == Money.parse(kip, "LAK")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1e6", "not_an_amount"),
        ("1E+12", "not_an_amount"),
        ("-3200000", "negative"),
        ("−3,200,000", "negative"),
        ("3200000-", "negative"),
        ("(3,200,000)", "negative"),
        ("100 baht", "other_currency"),
        ("12,50,000", "not_an_amount"),
        ("1.2.3", "not_an_amount"),
        ("1_000", "not_an_amount"),
        ("abc", "not_an_amount"),
        ("", "not_an_amount"),
        ("9" * 16, "too_large"),
    ],
)
def test_an_amount_that_cannot_be_says_why(typed: str, code: str) -> None:
    assert refused(lambda: read_amount(typed, "LAK")) == code


@pytest.mark.parametrize(
    ("typed", "currency", "language", "readings"),
    [
        ("1500,000", "LAK", "lo", ["1500", "1500000"]),
        ("850,000.500", "LAK", "lo", ["850000.5", "850000500"]),
        ("1.500", "THB", "th", ["1.5", "1500"]),
        ("3.200 million", "LAK", "lo", ["3200000", "3200000000"]),
    ],
)
def test_an_amount_that_could_be_two_is_refused_with_both(
    typed: str, currency: str, language: str, readings: list[str]
) -> None:
    with pytest.raises(NotRead) as wrong:
        read_amount(typed, currency, language)
    assert (wrong.value.code, wrong.value.params["readings"]) == ("amount_unclear", readings)


def test_where_decimals_are_usual_the_language_decides() -> None:
    assert read_amount("1,500", "THB", "th") == Money.parse("1500", "THB")
    assert read_amount("1.500", "THB", "lo") == Money.parse("1500", "THB")
    assert read_amount("1,500.25", "THB", "th") == Money.parse("1500.25", "THB")


@given(st.integers(0, 10**12), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]), st.booleans())
def test_what_is_grouped_is_read_as_it_was_meant(minor: int, signs: tuple[str, str], decimals: bool) -> None:
    thousands, point = signs
    meant = Money(minor if decimals else minor - minor % 100, "LAK")
    whole, _, rest = meant.decimal().partition(".")
    typed = f"{int(whole):,}".replace(",", thousands) + (point + rest if decimals else "")
    assert read_amount(typed, "LAK") == meant


@given(st.text(alphabet="0123456789.,' -()e+", max_size=14))
def test_an_amount_is_never_another_number_than_its_digits_say(typed: str) -> None:
    """Whatever is understood has the digits that were typed, in their order, but for zeros at its ends."""
    try:
        found = read_amount(typed, "LAK")
    except NotRead:
        return
    digits = "".join(c for c in typed if c.isdigit())
    assert Fraction(digits or "0") in {found.units * 10**n for n in range(3)}


# --- days and months ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["2025-03-31", "2025-03-31 00:00:00", "2025-03-31T00:00:00.000", "31/3/2025", "31.03.2025", "໓໑/໓/໒໐໒໕"]
)
def test_a_day_in_a_file(typed: str) -> None:
    assert days.read_day(typed) == date(2025, 3, 31)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2533-05-01", "buddhist_year"),
        ("1/5/2533", "buddhist_year"),
        ("1833-05-01", "date_out_of_range"),
        ("9999-12-31", "date_out_of_range"),
        ("2025-02-30", "not_a_day"),
        ("45000", "not_a_day"),
        ("31/3/25", "not_a_day"),
        ("2025-03-31T17:00:00Z", "not_a_day"),
        ("2025-03-31 17:00:00", "not_a_day"),
    ],
)
def test_a_day_that_cannot_be_says_why_and_none_is_moved_by_a_zone(typed: str, code: str) -> None:
    assert refused(lambda: days.read_day(typed)) == code


def test_where_papers_count_buddhist_years_they_are_read() -> None:
    assert days.read_day("2533-05-01", buddhist=True) == date(1990, 5, 1)
    assert days.read_month("05/2566", buddhist=True) == Month(2023, 5)


@pytest.mark.parametrize(
    "typed", ["2023-05", "5/2023", "05/2023", "2023/5", "2023-05-01", "1/5/2023", "May-23", "May 2023", "໒໐໒໓-໐໕"]
)
def test_a_month_however_a_spreadsheet_turned_it(typed: str) -> None:
    assert days.read_month(typed) == Month(2023, 5)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2023-05-02", "not_a_month"),
        ("2023-13", "not_a_month"),
        ("9999-12", "date_out_of_range"),
        ("0000-01", "date_out_of_range"),
        ("2566-05", "buddhist_year"),
        ("May", "not_a_month"),
    ],
)
def test_a_month_that_cannot_be_says_why(typed: str, code: str) -> None:
    assert refused(lambda: days.read_month(typed)) == code


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["10-0001-7919", "10 0001 7919", "10‑0001–7919", "1000017919\u200b", "\ufeff໑໐໐໐໐໑໗໙໑໙"]
)
def test_every_way_to_write_a_number_finds_it(typed: str) -> None:
    assert identifiers.key_of(identifiers.read_identifier(typed)) == "1000017919"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1E+12", "scientific"),
        ("1,2E+12", "scientific"),
        ("#N/A", "spreadsheet_error"),
        ("#REF!", "spreadsheet_error"),
        ("----", "not_an_identifier"),
        ("????", "not_an_identifier"),
        ("\u200b", "not_an_identifier"),
    ],
)
def test_what_a_spreadsheet_left_of_a_number_is_no_number(typed: str, code: str) -> None:
    for read in (identifiers.read_identifier, identifiers.read_account):
        assert refused(partial(read, typed)) == code


def test_the_digit_that_checks_a_thai_number() -> None:
    assert identifiers.read_identifier("1-2345-67890-12-1", "th-nid") == "1-2345-67890-12-1"
    for wrong in ("1234567890122", "123456789012", "12345678901211"):
        assert refused(partial(identifiers.read_identifier, wrong, "th-nid")) == "check_digit"


@pytest.mark.parametrize("typed", ["010 12-345 67", "010.12.345.67", "໐໑໐໑໒໓໔໕໖໗", "010\u00a01234567\u200b"])
def test_an_account_is_kept_as_banks_take_it(typed: str) -> None:
    assert identifiers.read_account(typed) == "0101234567"
    assert refused(lambda: identifiers.read_account("0000000")) == "not_an_identifier"


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ນໍ້າຝົນ", "ນ້ຳຝົນ"),
        ("น้ําฝน", "น้ำฝน"),
        ("ເເກ້ວ", "ແກ້ວ"),
        ("ຫນູ", "ໜູ"),
        ("Đặng Văn Đức", "dang van duc"),
        ("NGUYỄN", "nguyễn"),
        ("ບຸນ\u200bມີ", "ບຸນມີ"),
        ("José", "José"),
    ],
)
def test_names_that_look_the_same_are_found_the_same(one: str, other: str) -> None:
    assert names.fold(one) == names.fold(other)


def test_a_search_can_pass_over_tones() -> None:
    assert names.without_tones(names.fold("ນ້ຳຝົນ")) in names.search_text("ນ້ຳຝົນ")


def test_lao_names_stand_by_their_consonant() -> None:
    assert sorted(["ບຸນ", "ແກ້ວ", "ເບັນ", "ກອງ"], key=names.order_key) == ["ກອງ", "ແກ້ວ", "ບຸນ", "ເບັນ"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("???? ????????", "broken_text"),
        ("Nguy?n V?n ??c", "broken_text"),
        ("à»€àº›à»‡àº™", "broken_text"),
        ("Nguyá»…n VÄƒn", "broken_text"),
        ("a\ufffdb", "broken_text"),
        ("\ue001ນາງ", "broken_text"),
        ("NguyÔn V¨n §øc", "old_encoding"),
        ("TrÇn ThÞ H¬ng", "old_encoding"),
        ("ျမန္မာ ေဒၚ", "zawgyi"),
        ("ေမာင္ေမာင္", "zawgyi"),
    ],
)
def test_a_spoilt_name_is_recognised(typed: str, code: str) -> None:
    assert refused(lambda: names.read_name(typed)) == code


@pytest.mark.parametrize(
    "typed",
    ["မဥ္ဇူ", "မဥ္ဇရီ", "ဥက္ကာ", "မင်္ဂလာ", "ဗုဒ္ဓ", "François Müller", "McÉwan", "Nguyễn Văn Đức", "ນາງ ນ້ຳຝົນ", "O'Neil"],
)
def test_a_name_that_only_looks_odd_is_welcome(typed: str) -> None:
    assert names.read_name(typed) == typed
    assert not is_zawgyi(typed)
    assert not is_mojibake(typed)


@given(st.text(max_size=30))
def test_folding_is_done_once(text: str) -> None:
    assert names.fold(names.fold(text)) == names.fold(text)


def test_yes_and_no_in_every_hand() -> None:
    for yes in ("yes", "Yes", "TRUE", "✓", "x", "1", "໑", "ແມ່ນ", "ໃຊ່", "ใช่", "có"):
        assert read_yes(yes) is True
    for no in ("no", "FALSE", "0", "ບໍ່", "ไม่", "không"):
        assert read_yes(no) is False
    assert read_yes(" ") is None
    assert refused(lambda: read_yes("perhaps")) == "not_allowed"


# --- sheets ------------------------------------------------------------------------------------


def workbook(rows: Sequence[Sequence[object]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell, shape in (formats or {}).items():
        book.active[cell].number_format = shape
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(data: bytes, change: Callable[[bytes], bytes], where: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The same workbook with one part, its first sheet, written otherwise."""
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part) if name == where else part)
    return out.getvalue()


def lines(data: bytes) -> list[tuple[int, list[str]]]:
    return [(line.number, line.cells) for line in sheets.read_lines(data)]


def test_number_cells_keep_the_zeros_they_show() -> None:
    data = workbook(
        [["n", "a", "b"], [10990001, 7012345, 1000017919]],
        {"A2": "0000000000", "B2": "0000000000000", "C2": "00\\-0000\\-0000"},
    )
    assert lines(data)[1] == (2, ["0010990001", "0000007012345", "10-0001-7919"])


def test_cells_that_are_no_values_are_named_by_their_address() -> None:
    data = workbook([["a"], [1234567890123456], ["#N/A"], ["=1+1"]])
    faults = [line.faults for line in sheets.read_lines(data)]
    assert faults == [
        {},
        {0: ("number_too_long", "A2")},
        {0: ("spreadsheet_error", "A3")},
        {0: ("formula_not_worked_out", "A4")},
    ]


def test_days_truth_and_sums_of_a_sheet() -> None:
    data = workbook([["d", "t", "n", "m"], [date(2025, 3, 31), True, 1.1 * 3, date(2023, 5, 1)]])
    assert lines(data)[1][1] == ["2025-03-31", "TRUE", "3.3", "2023-05-01"]


def test_a_sheet_that_says_it_is_smaller_is_read_whole() -> None:
    data = workbook([["a"], [1], [2], [3]])
    assert lines(rewritten(data, lambda x: x.replace(b'ref="A1:A4"', b'ref="A1:A2"'))) == lines(data)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n,,\n3,4\n", [(1, ["a", "b"]), (2, ["1", "2"]), (4, ["3", "4"])]),
        ("a,b\n1,2,\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("sep=;\na;b\n1;2\n", [(2, ["a", "b"]), (3, ["1", "2"])]),
        ("a\tb\n1\t2\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("a;b\n1,5;2\n", [(1, ["a", "b"]), (2, ["1,5", "2"])]),
        ('a,b\n="001",\'=1\n', [(1, ["a", "b"]), (2, ["001", "=1"])]),
        ('a,b\n"x\ny",2\n3,4\n', [(1, ["a", "b"]), (2, ["x\ny", "2"]), (3, ["3", "4"])]),
    ],
)
def test_csv_as_programs_write_it(text: str, found: list[tuple[int, list[str]]]) -> None:
    for encoded in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert lines(encoded) == found


def _far_row(sheet: bytes) -> bytes:
    return sheet.replace(b'<row r="2"', b'<row r="99999999999"')


def _wide_rows(sheet: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(3, 5003))
    return sheet.replace(b"</sheetData>", rows + b"</sheetData>")


def _laughs(sheet: bytes) -> bytes:
    kinds = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    head = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + kinds + b"]>"
    return head + sheet.replace(b"<v>1</v>", b"<v>&j;</v>")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_far_row, "too_many_rows"),
        (_wide_rows, "workbook_too_large"),
        (_laughs, "not_a_workbook"),
        (lambda sheet: sheet + b" " * (41 * 1024 * 1024), "workbook_too_large"),
    ],
    ids=["a row beyond every sheet", "thousands of the widest rows", "entities of entities", "a zip bomb"],
)
def test_a_workbook_made_to_hold_the_machine_is_refused(change: Callable[[bytes], bytes], code: str) -> None:
    assert refused(lambda: lines(rewritten(workbook([["a"], [1]]), change))) == code


def test_what_is_too_much_or_no_table_is_refused() -> None:
    far = openpyxl.Workbook()
    far.active["XFD30000"] = 1
    out = io.BytesIO()
    far.save(out)
    assert refused(lambda: lines(out.getvalue())) == "too_many_columns"
    assert refused(lambda: lines(b"a\n" + b"1\n" * 100_000)) == "too_many_rows"
    for data in (b"%PDF-1.4", b"\xd0\xcf\x11\xe0old", b"\x89PNG\r\n", b"<html><table>"):
        assert refused(partial(lines, data)) == "not_a_table"
    assert refused(lambda: lines(b"PK\x03\x04 and nothing")) == "not_a_workbook"
