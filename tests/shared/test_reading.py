"""What comes from outside is read right, or refused aloud: amounts, days, numbers, names, sheets."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import Money
from shared.reading import NotRead, sheets
from shared.reading.amounts import read_amount
from shared.reading.days import month_known, not_after, read_day, read_month
from shared.reading.identifiers import key_of, read_account, read_identifier, read_phone
from shared.reading.letters import is_zawgyi
from shared.reading.names import TONES, fold, read_line, read_name, without_tones
from shared.reading.words import read_yes
from shared.typeset import settable, unset
from shared.web.formatting import amount as printed

TODAY = date(2025, 4, 21)


def refused(reader: Callable[..., Any], *said: Any, **more: Any) -> str:
    with pytest.raises(NotRead) as fault:
        reader(*said, **more)
    return fault.value.code


# --- amounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "currency", "language", "units"),
    [
        ("3200000", "LAK", "lo", "3200000.00"),
        ("1,500,000.00", "LAK", "en", "1500000.00"),
        ("3,200,000.0", "LAK", "en", "3200000.00"),
        ("1.500.000,00", "VND", "vi", "1500000"),
        ("850.000", "LAK", "lo", "850000.00"),
        ("850,000", "LAK", "lo", "850000.00"),
        ("850.000", "VND", "", "850000"),
        ("850,000.5", "LAK", "", "850000.50"),
        ("3 200 000", "LAK", "", "3200000.00"),
        ("3\u202f200\u00a0000,50", "LAK", "", "3200000.50"),
        ("1'500'000", "LAK", "", "1500000.00"),
        ("3.2 million", "LAK", "en", "3200000.00"),
        ("1,5 triệu", "VND", "vi", "1500000"),
        ("ກີບ 3.200.000", "LAK", "lo", "3200000.00"),
        ("3,200,000.-", "LAK", "", "3200000.00"),
        ("໓.໒໐໐.໐໐໐", "LAK", "lo", "3200000.00"),
        ("๑,๕๐๐.๕๐", "THB", "th", "1500.50"),
        ("၁၅၀၀၀၀", "MMK", "my", "150000.00"),
        ("1,500", "THB", "th", "1500.00"),
        ("1.50", "THB", "th", "1.50"),
        ("0.5", "THB", "", "0.50"),
    ],
)
def test_an_amount_is_understood_by_its_shape(typed: str, currency: str, language: str, units: str) -> None:
    assert read_amount(typed, currency, language).decimal() == units


@pytest.mark.parametrize(
    ("typed", "currency", "language", "readings"),
    [
        ("1.500", "THB", "th", ["1.5", "1500"]),
        ("1,500.000", "THB", "en", ["1500", "1500000"]),
        ("3200.000", "LAK", "lo", ["3200", "3200000"]),
        ("850.123", "THB", "", ["850.123", "850123"]),
    ],
)
def test_what_could_be_two_amounts_is_refused_with_both(
    typed: str, currency: str, language: str, readings: list[str]
) -> None:
    with pytest.raises(NotRead) as fault:
        read_amount(typed, currency, language)
    assert (fault.value.code, fault.value.params["readings"]) == ("amount_unclear", readings)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1e6", "not_an_amount"),
        ("1E+12", "not_an_amount"),
        ("-3200000", "negative"),
        ("−3.200.000", "negative"),
        ("(500)", "negative"),
        ("12,34,567", "not_an_amount"),
        ("12 34", "not_an_amount"),
        ("1.2.3", "not_an_amount"),
        ("3200000.1234", "not_an_amount"),
        ("about 3200000", "not_an_amount"),
        ("#REF!", "not_an_amount"),
        ("", "not_an_amount"),
        ("9" * 16, "too_large"),
    ],
)
def test_what_is_no_amount_is_never_made_one(typed: str, code: str) -> None:
    assert refused(read_amount, typed, "LAK", "lo") == code


@given(st.integers(0, 10**12), st.sampled_from(["en", "lo", "vi", "th", "my"]))
def test_our_own_pages_amounts_are_read_back_in_their_language(kip: int, language: str) -> None:
    money = Money(kip * 100, "LAK")
    assert read_amount(printed(money, language), "LAK", language) == money


@given(st.text("0123456789.,' -+eE", max_size=18), st.sampled_from(["LAK", "VND", "THB"]))
def test_no_text_is_read_as_ten_times_what_its_digits_say(typed: str, currency: str) -> None:
    """Whatever is taken, its digits are those typed: separators move nothing."""
    try:
        read = read_amount(typed, currency)
    except NotRead:
        return
    digits = "".join(c for c in typed if c.isdigit()).lstrip("0")
    assert read.decimal().replace(".", "").lstrip("0").rstrip("0") == digits.rstrip("0")


# --- days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-31", date(2025, 3, 31)),
        ("2025-03-31 00:00:00", date(2025, 3, 31)),
        ("31/3/2025", date(2025, 3, 31)),
        ("31.03.2025", date(2025, 3, 31)),
        ("໓໑/໓/໒໐໒໕", date(2025, 3, 31)),
    ],
)
def test_days_of_files(text: str, day: date) -> None:
    assert read_day(text) == day


def test_a_buddhist_year_is_read_where_it_is_counted_and_refused_elsewhere() -> None:
    assert read_day("2533-05-01", buddhist=True) == date(1990, 5, 1)
    assert refused(read_day, "2533-05-01") == "buddhist_year"
    assert str(read_month("2566-01", buddhist=True)) == "2023-01"
    assert refused(read_month, "2566-01") == "buddhist_year"


@pytest.mark.parametrize(
    "text", ["2023-05", "2023-05-01", "2023-05-01 00:00:00", "5/2023", "05.2023", "May-23", "May 2023", "1/5/2023"]
)
def test_a_month_however_a_spreadsheet_shows_it(text: str) -> None:
    assert str(read_month(text)) == "2023-05"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2023-05-02", "not_a_month"),
        ("2023-13", "not_a_month"),
        ("9999-12", "date_out_of_range"),
        ("May", "not_a_month"),
    ],
)
def test_what_is_no_month_of_contributions(text: str, code: str) -> None:
    assert refused(read_month, text) == code


def test_nothing_known_lies_ahead() -> None:
    assert refused(not_after, date(2025, 4, 22), TODAY) == "in_the_future"
    assert refused(not_after, date(2533, 1, 1), TODAY) == "buddhist_year"
    assert refused(month_known, read_month("2026-05"), TODAY) == "in_the_future"
    assert month_known(read_month("2026-04"), TODAY) == read_month("2026-04")
    assert refused(read_day, "2025-02-30") == refused(read_day, "20250331") == "not_a_day"


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["10-0001-7919", "10–0001–7919", "10 0001 7919", "\ufeff10-0001-7919\u200b", "໑໐-໐໐໐໑-໗໙໑໙"]
)
def test_one_number_however_it_is_written(typed: str) -> None:
    assert key_of(read_identifier(typed)) == "1000017919"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1E+12", "scientific"),
        ("1.2e+12", "scientific"),
        ("#N/A", "spreadsheet_error"),
        ("#REF!", "spreadsheet_error"),
        ("----", "not_an_identifier"),
        ("????", "not_an_identifier"),
        ("\u200b", "not_an_identifier"),
    ],
)
def test_what_a_spreadsheet_left_behind_is_no_number(typed: str, code: str) -> None:
    assert refused(read_identifier, typed) == refused(read_account, typed) == code


def test_a_thai_number_knows_its_check_digit() -> None:
    assert read_identifier("1-1014-00001-10-0", "th-nid")
    assert refused(read_identifier, "1-1014-00001-10-1", "th-nid") == "check_digit"
    assert refused(read_identifier, "110140000110", "th-nid") == "check_digit"


def test_an_account_goes_to_the_bank_without_what_stands_between() -> None:
    assert read_account("010 12-345 67") == "0101234567"
    assert read_account("gb 82 west") == "GB82WEST"


def test_telephones_in_every_script() -> None:
    assert read_phone("020 5561 4720", "la") == read_phone("໐໒໐ ໕໕໖໑ ໔໗໒໐", "la") == "+8562055614720"
    assert read_phone(" ", "la") is None
    assert refused(read_phone, "12", "la") == "not_a_phone_number"
    assert refused(read_phone, "8.56E+11", "la") == "scientific"


# --- names -------------------------------------------------------------------------------------


def test_names_are_found_however_they_are_typed() -> None:
    assert fold("Đặng Văn Đức") == "dang van duc"
    assert fold("ນໍ້າຝົນ") == fold("ນ້ຳຝົນ")
    assert fold("นํ้าฝน") == fold("น้ำฝน")
    assert fold("ກ\u200bາ") == fold("ກາ")
    assert without_tones(fold("ນ້ຳ")) == fold("ນຳ")
    assert not set(without_tones(fold("ບຸນມີ້ ບ້ານ"))) & set(TONES)


@given(st.text(st.characters(categories=["L", "M", "Zs"]), max_size=30))
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("???? ????????", "broken_text"),
        ("ວັນ\ufffd", "broken_text"),
        ("à¸™à¸²à¸‡", "broken_text"),
        ("á€™á€„á€ºá€¸", "broken_text"),
        ("NguyÃªn", "broken_text"),
        ("NguyÔn V¨n §øc", "old_encoding"),
        ("TrÇn ThÞ Hoa", "old_encoding"),
        ("ေမာင္ေမာင္", "zawgyi"),
        ("မင္းသူ", "zawgyi"),
    ],
)
def test_a_name_that_a_machine_has_spoilt_is_refused(typed: str, code: str) -> None:
    assert refused(read_name, typed) == code


@pytest.mark.parametrize(
    "name",
    [
        "မဥ္ဇူ",
        "မဥ္ဇရီ",
        "သန္တာ",
        "တက္ကသိုလ်",
        "ဒေါ်ခင်မြတ်",
        "Nguyễn Văn Đức",
        "José Müller",
        "O'Brien",
        "ທ້າວ ດີ",
        "สมชาย",
        "Bounmy (2)",
    ],
)
def test_a_true_name_is_taken(name: str) -> None:
    assert read_name(name) == name
    assert not is_zawgyi(name)


def test_an_address_may_hold_signs_that_a_name_does_not() -> None:
    assert read_line("  N°5,  Rue Setthathirath ") == "N°5, Rue Setthathirath"


def test_a_line_that_no_font_draws_is_set_in_another_way() -> None:
    assert unset("中山路 5") == "中山路"
    assert settable("中山路 5").isascii()
    assert settable("ບ້ານ ໂພນໄຊ") == "ບ້ານ ໂພນໄຊ"


@pytest.mark.parametrize("word", ["yes", "Yes", "TRUE", "1", "x", "✓", "ໃຊ່", "ใช่", "Có", "ဟုတ်"])
def test_yes_in_every_language(word: str) -> None:
    assert read_yes(word) is True


@pytest.mark.parametrize("word", ["no", "FALSE", "0", "ບໍ່", "ไม่", "Không"])
def test_no_in_every_language(word: str) -> None:
    assert read_yes(word) is False


def test_any_other_word_is_neither() -> None:
    assert refused(read_yes, "maybe") == "not_allowed"
    assert read_yes(" ") is None


# --- sheets ------------------------------------------------------------------------------------


def lines(data: bytes | str) -> list[tuple[int, list[str]]]:
    return [(line.number, line.cells) for line in sheets.read_lines(data.encode() if isinstance(data, str) else data)]


def workbook(*rows: list[Any], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, shape in (formats or {}).items():
        sheet[cell].number_format = shape
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, part: str, pattern: str, by: str) -> bytes:
    """The same package with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            body = old.read(item)
            new.writestr(item.filename, re.sub(pattern, by, body.decode()) if item.filename == part else body)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter(delimiter: str) -> None:
    assert lines(f"a{delimiter}b\n1{delimiter}2\n") == [(1, ["a", "b"]), (2, ["1", "2"])]


def test_rows_keep_the_number_that_is_seen() -> None:
    assert lines("sep=;\na;b\n\n;;\n1;2;;\n") == [(2, ["a", "b"]), (5, ["1", "2"])]
    assert lines("a,b\n,,,\n1\n") == [(1, ["a", "b"]), (3, ["1"])]
    assert lines(workbook(["a", "b"], [], ["1"])) == [(1, ["a", "b"]), (3, ["1"])]


def test_unicode_text_of_a_spreadsheet_is_read() -> None:
    assert lines("a\tb\nນາງ\t2\n".encode("utf-16")) == [(1, ["a", "b"]), (2, ["ນາງ", "2"])]


def test_cells_are_what_they_show() -> None:
    data = workbook(
        ["no", "account", "plain", "day", "true", "wage", "grouped"],
        [10990001, 7012345, 42, date(2025, 3, 1), True, 850000.5, 10001791],
        formats={"A2": "0000000000", "B2": "0000000000000", "G2": "00-0000-0000"},
    )
    assert lines(data)[1][1] == [
        "0010990001",
        "0000007012345",
        "42",
        "2025-03-01",
        "TRUE",
        "850000.5",
        "00-1000-1791",
    ]


def test_a_number_with_three_decimals_is_never_thousands() -> None:
    (_, cells) = lines(workbook(["wage"], [850.123]))[1]
    assert refused(read_amount, cells[0], "LAK") == "not_an_amount"


def test_what_cannot_be_trusted_in_a_cell_is_named_with_its_address() -> None:
    data = workbook(["no", "x"], [1234567890123456, "=1/0"])
    faulty = list(
        sheets.read_lines(
            changed(data, "xl/worksheets/sheet1.xml", r"<c r=.B2.*?</c>", '<c r="B2" t="e"><v>#N/A</v></c>')
        )
    )
    assert faulty[1].faults == {0: ("number_too_long", "A2"), 1: ("spreadsheet_error", "B2")}


def test_a_formula_is_its_value_and_one_never_worked_out_is_named() -> None:
    data = workbook(["wage"], ["=1600000*2"])
    assert next(line.faults for line in sheets.read_lines(data) if line.number == 2) == {
        0: ("formula_without_value", "A2")
    }
    worked_out = changed(data, "xl/worksheets/sheet1.xml", r"<v ?/>|<v></v>", "<v>3200000</v>")
    assert lines(worked_out)[1] == (2, ["3200000"])


def test_a_sheet_that_says_it_is_smaller_is_read_to_its_end() -> None:
    data = workbook(["a"], ["1"], ["2"], ["3"])
    smaller = changed(data, "xl/worksheets/sheet1.xml", r'<dimension ref="[^"]*"', '<dimension ref="A1:A2"')
    assert len(lines(smaller)) == 4


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"<!DOCTYPE html>", "not_a_table"),
        (b"\xe1\xff", "not_utf8"),
        (b"a,b\n\x00", "not_text"),
        (b'a,b\n"1,2\n', "not_csv"),
        (b"PK\x03\x04 and nothing more", "not_a_workbook"),
        (("a\n" + "1\n" * (sheets.MOST_ROWS + 20)).encode(), "too_many_rows"),
        ((",".join("x" * 300) + "\n").encode(), "too_many_columns"),
        (("a\n" + "x" * 6000).encode(), "cell_too_long"),
    ],
)
def test_a_file_that_is_no_table_of_ours_says_why(data: bytes, code: str) -> None:
    assert refused(lambda: list(sheets.read_lines(data))) == code


def test_one_cell_far_away_holds_nobody_up() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "a"
    sheet["XFD30000"] = "x"
    out = io.BytesIO()
    book.save(out)
    assert refused(lambda: list(sheets.read_lines(out.getvalue()))) == "too_many_columns"


@given(
    st.lists(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=2, max_size=4), min_size=1)
)
def test_what_is_written_as_csv_is_read_back(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert [cells for _, cells in lines(out.getvalue())] == rows
