"""What an outside tester keeps back: neighbours of known faults. Understood, or refused with a reason; never another
value in silence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial

import openpyxl
import pytest

from shared.money import Money
from shared.period import Month
from shared.reading import NotRead, days, identifiers, names, sheets
from shared.reading.amounts import read_amount, read_booked
from shared.reading.letters import is_zawgyi
from shared.reading.words import read_yes
from tests.shared.test_reading import lines, refused, rewritten, workbook

# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7012345.0", "scientific"),
        ("0010990001.00", "scientific"),
        ("7012345,0", "scientific"),
        ("1.0E12", "scientific"),
        ("1.00200300401E9", "scientific"),
        ("1.1002E 12", "scientific"),
        ("1E12", "scientific"),
        ("１Ｅ＋１２", "scientific"),
        ("Err:502", "spreadsheet_error"),
        ("#VALEUR!", "spreadsheet_error"),
        ("0101234567 BCEL", "not_an_identifier"),
        ("A/C 0101234567", "not_an_identifier"),
        ("0101234567/0101234568", "not_an_identifier"),
        ("0101234567 0101234568", "not_an_identifier"),
        ("nan", "not_an_identifier"),
        ("NULL", "not_an_identifier"),
    ],
)
def test_an_account_is_never_another_one_than_was_meant(typed: str, code: str) -> None:
    """Without its point 7012345.0 is a stranger's account, and so are two numbers in one cell."""
    assert refused(partial(identifiers.read_account, typed)) == code


@pytest.mark.parametrize("typed", ["nan", "None", "N/A", "TRUE", "0", "000", "10990001.0", "1.0E10", "ບໍ່ມີ", "ไม่มี"])
def test_what_a_program_writes_for_nothing_is_no_number_that_people_share(typed: str) -> None:
    refused(partial(identifiers.read_identifier, typed))


@pytest.mark.parametrize(
    "typed", ["'0101234567", "ဝ၁ဝ၁၂၃၄၅၆၇", "０１０１２３４５６７", "010-12-00-00123456-7", "LA12 BCEL 0101 2345 67"]
)
def test_an_account_that_is_written_oddly_is_read(typed: str) -> None:
    meant = {"010-12-00-00123456-7": "0101200001234567", "LA12 BCEL 0101 2345 67": "LA12BCEL0101234567"}
    assert identifiers.read_account(typed) == meant.get(typed, "0101234567")


@pytest.mark.parametrize("typed", ["00856 20 5561 4720", "8562055614720", "+856 20 5561 4720"])
def test_a_telephone_of_another_country_is_that_one_whoever_reads_it(typed: str) -> None:
    assert {identifiers.read_phone(typed, country) for country in ("la", "th", "vn", "mm")} == {"+8562055614720"}


# --- amounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "currency", "units"),
    [
        ("1,500.- บาท", "THB", "1500"),
        ("1,500 บาทถ้วน", "THB", "1500"),
        ("3 แสน", "THB", "300000"),
        ("၁ဝဝ,ဝဝဝ ကျပ်", "MMK", "100000"),
        ("8.5 သိန်း", "MMK", "850000"),
        ("850,000 Ks", "MMK", "850000"),
        ("1,5 tỷ", "VND", "1500000000"),
        ("１，５００，０００．５０", "LAK", "1500000.50"),
        ("1´500´000", "LAK", "1500000"),
    ],
)
def test_an_amount_in_the_words_of_its_country(typed: str, currency: str, units: str) -> None:
    assert read_amount(typed, currency, {"THB": "th"}.get(currency, "")) == Money.parse(units, currency)


def test_a_bank_may_write_its_side_behind_an_amount() -> None:
    assert read_booked("1,500.00 Dr", "LAK", ".") == Money.parse("-1500", "LAK")
    assert read_booked("1,500.00CR.", "LAK", ".") == Money.parse("1500", "LAK")
    for twice in ("-1,500.00 Dr", "(1,500.00) CR", "Dr"):
        assert refused(partial(read_booked, twice, "LAK", ".")) == "not_an_amount"


# --- days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "2025/03/31",
        "31-03-2025",
        "31/03/2025 0:00:00",
        "31-Mar-2025",
        "31 ມີນາ 2025",
        "31／3／2025",
        "2025–03–31",
        "၃၁-၃-၂၀၂၅",
    ],
)
def test_a_day_with_a_year_of_four_digits_is_clear_whatever_parts_it(typed: str) -> None:
    assert days.read_day(typed) == date(2025, 3, 31)


@pytest.mark.parametrize("typed", ["\u200e31/3/2025", "31–3–2025", "2025/3/31", "31/3/2025\u200f"])
def test_a_typed_day_is_read_as_it_looks(typed: str) -> None:
    assert days.read_date(typed, date(2025, 5, 20)) == date(2025, 3, 31)


@pytest.mark.parametrize("typed", ["มี.ค. 68", "มี.ค.-68", "มีนาคม 2568", "Mar-68", "Mar-25", "03/2568"])
def test_a_month_of_two_eras_is_one_month(typed: str) -> None:
    assert days.read_month(typed, buddhist=True) == Month(2025, 3)


def test_a_month_in_the_words_of_its_country() -> None:
    for typed in ("Tháng 3/2025", "T3/2025", "tháng 3 năm 2025", "ມີນາ 2025", "မတ် 2025", "01-03-2025"):
        assert days.read_month(typed) == Month(2025, 3)
    for typed in ("Maybe 2025", "Decimal-25", "Marc-25"):
        assert refused(partial(days.read_month, typed)) == "not_a_month"


def test_a_leap_day_is_one_in_its_own_era() -> None:
    assert days.read_day("29/2/2567", buddhist=True) == date(2024, 2, 29)
    assert refused(lambda: days.read_day("29/2/2568", buddhist=True)) == "not_a_day"


def test_a_year_of_two_digits_in_a_buddhist_table() -> None:
    assert days.read_ordered_day("31/03/68", "dmy", buddhist=True)[0] == date(2025, 3, 31)
    assert days.read_ordered_day("31-MAR-25", "dmy", buddhist=True)[0] == date(2025, 3, 31)


def test_the_evening_of_greenwich_is_no_day_of_ours() -> None:
    assert refused(lambda: days.read_ordered_day("2025-03-30T17:00:00Z", "ymd")) == "day_of_greenwich"
    assert days.read_ordered_day("2025-03-31T00:00:00.000Z", "ymd")[0] == date(2025, 3, 31)
    assert days.read_ordered_day("2025-03-31T17:00:00+07:00", "ymd")[0] == date(2025, 3, 31)


def test_yes_and_no_of_programs_and_telephones() -> None:
    assert [read_yes(typed) for typed in ("1.0", "✔\ufe0f", "✅", "ｙ")] == [True] * 4
    assert [read_yes(typed) for typed in ("0.0", "❌")] == [False] * 2


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("#N/A", "spreadsheet_error"),
        ("NULL", "not_a_name"),
        ("-", "not_a_name"),
        ("1990-05-01", "not_a_name"),
        ("ນາງ&nbsp;ດີ", "broken_text"),
        ("\\u0e99\\u0eb2", "broken_text"),
        ("ÈÃÕ ÊÁ", "broken_text"),
        ("NGUYÔN THÞ MAI", "old_encoding"),
        ("Nguyeãn Vaên Ñöùc", "old_encoding"),
        ("Traàn Thò Höông", "old_encoding"),
        ("Nguye^~n", "old_encoding"),
        ("မ်ိဳး", "zawgyi"),
        ("ညိဳ", "zawgyi"),
        ("ဥမၼာ", "zawgyi"),
    ],
)
def test_a_name_that_was_lost_on_its_way_is_recognised(typed: str, code: str) -> None:
    assert refused(partial(names.read_name, typed)) == code


@pytest.mark.parametrize("typed", ["#REF!", "S? 5 Ph? Hu?", "ÈÃÕ ÊÁ"])
def test_a_line_of_an_address_is_not_kept_spoilt(typed: str) -> None:
    refused(partial(names.read_line, typed))


@pytest.mark.parametrize(
    "typed",
    [
        "Nan",
        "Null",
        "Thi Na",
        "Hoàng Toàn",
        "Xuân Khuê",
        "Anaïs Naïma",
        "Raphaël",
        "João",
        "María Jaén",
        "ယောက်ျား",
        "စိုင်းၸၢႆး",
        "ၼၢင်းၶမ်း",
        "နီၣ်ဘီ",
        "ပၠန်ဗဳ",
        "စစ်\u200cအောင်",
    ],
)
def test_names_of_many_peoples_are_welcome(typed: str) -> None:
    assert names.read_name(typed) == typed
    assert not is_zawgyi(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("၀င်း", "ဝင်း"), ("ကုိ", "ကို"), ("နံု", "နုံ"), ("ကွျန်", "ကျွန်"), ("ဥာဏ်", "ဉာဏ်"), ("พ์ิ", "พิ์"), ("Ɖặng", "dang")],
)
def test_more_names_that_look_the_same_are_found_the_same(one: str, other: str) -> None:
    assert names.fold(one) == names.fold(other)


# --- sheets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    ["[$-409]0000000000", "0000000000_);(0)", "[Red]0000000000", "?0000000000", "0000000000;-0", '0000000000;;"none"'],
)
def test_zeros_of_any_number_format_are_part_of_the_number(form: str) -> None:
    assert lines(workbook([["a"], [7012345]], {"A2": form}))[1][1] == ["0007012345"]


def test_what_a_number_format_writes_beside_the_digits_is_seen_too() -> None:
    data = workbook(
        [["a", "b", "c"], [7012345, 7012345, 1500000]], {"A2": '"A"0000000000', "B2": "0000\\ 0000\\ 00", "C2": "#,##0"}
    )
    assert lines(data)[1][1] == ["A0007012345", "0007 0123 45", "1500000"]


def _turned(sheet: bytes) -> bytes:
    return sheet.replace(b'<row r="2"', b'<row r="9"', 1)


def _twice(sheet: bytes) -> bytes:
    return sheet.replace(b'<row r="3"', b'<row r="2"', 1)


def _cells_turned(sheet: bytes) -> bytes:
    return sheet.replace(b'r="A2"', b'r="C2"', 1)


@pytest.mark.parametrize("change", [_turned, _twice, _cells_turned])
def test_rows_that_are_not_in_order_are_not_lost(change: Callable[[bytes], bytes]) -> None:
    data = workbook([["a", "b"], [1, 2], [3, 4]])
    assert refused(lambda: lines(rewritten(data, change))) == "not_a_workbook"


def test_a_cell_merged_with_the_one_above_is_not_taken_for_an_empty_one() -> None:
    book = openpyxl.Workbook()
    for row in (["no", "name", "office"], ["1", "x", "svk"], ["2", None, "svk"], [None, None, None]):
        book.active.append(row)
    book.active.merge_cells("B2:B4")
    book.active.merge_cells("A5:A6")
    out = io.BytesIO()
    book.save(out)
    found = [(line.number, line.faults) for line in sheets.read_lines(out.getvalue())]
    assert found == [(1, {}), (2, {}), (3, {1: ("merged_cells", "B3")})]


def test_a_workbook_of_the_strict_form_is_read() -> None:
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook([["a"], [date(2025, 3, 31)]])))
    with zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/", b"http://purl.oclc.org/ooxml/spreadsheetml/"
            )
            new.writestr(
                name,
                part.replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/",
                    b"http://purl.oclc.org/ooxml/officeDocument/",
                ),
            )
    assert lines(out.getvalue()) == [(1, ["a"]), (2, ["2025-03-31"])]


def test_letters_that_a_workbook_writes_as_codes_are_read() -> None:
    assert lines(workbook([["_x000D_a"], ["b_x005F_x000D_"]])) == [(1, ["a"]), (2, ["b_x000D_"])]


def test_errors_of_a_spreadsheet_are_errors_in_a_text_too() -> None:
    (_, row) = sheets.read_lines(b"a,b\n#N/A,Err:502\n")
    assert {fault for fault, _ in row.faults.values()} == {"spreadsheet_error"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"a, b";"c, d";e\n1;2;3\n', [(1, ["a, b", "c, d", "e"]), (2, ["1", "2", "3"])]),
        (
            "List, May, 2025, all, of us\na;b\n1;2\n3;4\n",
            [(1, ["List, May, 2025, all, of us"]), (2, ["a", "b"]), (3, ["1", "2"]), (4, ["3", "4"])],
        ),
        ('a, "b, c"\n1, "x, y"\n', [(1, ["a", "b, c"]), (2, ["1", "x, y"])]),
        ("a,b\n1,2\n\x1a", [(1, ["a", "b"]), (2, ["1", "2"])]),
        ("a,b\n1,2\n\x00\x00", [(1, ["a", "b"]), (2, ["1", "2"])]),
    ],
)
def test_csv_as_more_programs_write_it(text: str, found: list[tuple[int, list[str]]]) -> None:
    assert lines(text.encode()) == found


def _container(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + name.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_container("Workbook"), "old_workbook"),
        (_container("Book"), "old_workbook"),
        (b"\x09\x08\x10\x00\x00\x06", "old_workbook"),
        (_container("EncryptedPackage"), "locked_workbook"),
        (_container("WordDocument"), "not_a_table"),
        ("\ufeff<html xmlns:o='urn'><table>".encode(), "not_a_table"),
        (b"\n <TABLE><tr>", "not_a_table"),
        (b"MIME-Version: 1.0\n", "not_a_table"),
    ],
)
def test_a_file_that_is_called_a_spreadsheet_says_what_it_is(data: bytes, code: str) -> None:
    assert refused(lambda: lines(data)) == code


def test_no_reader_breaks_on_anything() -> None:
    for typed in ("", "-", "\u200b", "?" * 40, "9" * 60, "०१२", "\ud800", "𝟙𝟚𝟛"):
        for read in (
            partial(read_amount, typed, "LAK"),
            partial(days.read_day, typed),
            partial(days.read_month, typed),
            partial(identifiers.read_account, typed),
            partial(names.read_name, typed),
        ):
            with suppress(NotRead):
                read()
