"""What people reported of other readers of names, telephones, codes and sheets, tried on ours with inventions of our
own. Understood, or refused with a reason."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from functools import partial

import openpyxl
import pytest

from shared.reading import NotRead, days, identifiers, names, qr_payload, sheets
from shared.reading.number_formats import shown
from shared.reading.vietnamese import is_syllable, is_vni
from tests.shared.test_reading import lines, refused, rewritten, workbook

# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        *("Seán", "Seán Murphy", "Seán Ó Sé", "Andreás", "Müller", "François", "Leão", "Saâdi", "Goûter", "Maùro"),
        *("Loïc", "Loïc Martin", "Haïm", "Naïm Saïd", "Saúl Peláez", "Isaác", "Ñato", "Deán Long", "Mª Carmen"),
        *("Nguyễn Thị Ánh", "Võ Thị Sáu", "Lê Hòa", "Tòng Thị Phóng", "Hoà", "Bùi Quý", "Tô Hoài"),
    ],
)
def test_one_western_letter_makes_no_old_encoding_of_a_name(typed: str) -> None:
    assert names.read_name(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        *("Nguyeãn Vaên Ñöùc", "NGUYEÃN VAÊN A", "Traàn An", "Leâ Thò Hoa", "Ñaëng", "Löông", "Buøi Truùc", "Kieàu"),
        *("Hueá Minh Anh", "Ñònh", "Cöôøng", "Phaïm", "Mai Thò Löûa", "Voõ Thò Saùu", "Tröôøng Sôn", "Thaéng Quaân"),
    ],
)
def test_a_name_in_vni_is_recognised_by_its_syllables(typed: str) -> None:
    assert refused(partial(names.read_name, typed)) == "old_encoding"


def test_a_vietnamese_name_is_never_taken_for_vni_whichever_vowel_carries_its_tone() -> None:
    for typed in ("Hòa", "Hoà", "Thúy", "Thuý", "Khỏe", "Quý", "Nguyễn", "Khuyến", "Nghĩa", "Giặc", "Gì", "Ước", "Yến"):
        assert is_syllable(typed)
        assert not is_vni(typed)
    for typed in ("Murphy", "Lẽop", "Zô", "Bàt", "Stra", "Nguyễễn"):
        assert not is_syllable(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ေမာင်", "မောင်"),
        ("ကို ေကျာ်", "ကို ကျော်"),
        ("၀ၢၼ်ႈ", "ဝၢၼ်ႈ"),
        ("เค้้า", "เค้า"),
        ("น้้ำ", "น้ำ"),
        ("ນ້້ຳ", "ນ້ຳ"),
        ("ສີີ", "ສີ"),
    ],
)
def test_a_name_is_kept_once_however_its_signs_were_typed(one: str, other: str) -> None:
    """The Burmese e stands before its letter for the eye, and was typed there; a mark typed twice is seen once."""
    assert names.read_name(one) == other
    assert names.fold(one) == names.fold(other)


@pytest.mark.parametrize("typed", ["ကေမာန်", "နေအေးခင်", "ဧေး", "ၸၢႆးသႅင်", "ကြည်", "สมมุติ", "ສົມມຸດ", "ทรรศน์"])
def test_signs_in_their_place_stay_there(typed: str) -> None:
    assert names.one_spelling(names.one_burmese(typed)) == typed


# --- telephones --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "typed", "meant"),
    [
        ("vn", "0167 123 4567", "+84371234567"),
        ("vn", "+84 1671234567", "+84371234567"),
        ("vn", "84 120 1234567", "+84701234567"),
        ("vn", "0199 1234567", "+84591234567"),
        ("vn", "0371234567", "+84371234567"),
        ("la", "5561 4720", "+8562055614720"),
        ("la", "021 212345", "+85621212345"),
        ("la", "020 52 123456", "+8562052123456"),
        ("la", "030 5123456", "+856305123456"),
        ("mm", "09 5012345", "+9595012345"),
        ("mm", "+95 09 420012345", "+959420012345"),
        ("th", "+66 (0)81 234 5678", "+66812345678"),
    ],
)
def test_a_telephone_is_the_one_that_rings_today(country: str, typed: str, meant: str) -> None:
    """Viet Nam took a digit from its mobile numbers in 2018; people of Lao PDR leave out the 020."""
    assert identifiers.read_phone(typed, country) == meant


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("th", "0812345678-9"),
        ("th", "081234567O"),
        ("th", "08 1234 567"),
        ("th", "02-123-4567 ext 12"),
        ("la", "20 5561 472"),
        ("la", "51234567"),
        ("vn", "04 38251234"),
        ("vn", "0165 123 456"),
        ("mm", "0977712345"),
        ("mm", "097521234567"),
    ],
)
def test_what_rings_nowhere_or_could_be_two_is_no_telephone(country: str, typed: str) -> None:
    assert refused(partial(identifiers.read_phone, typed, country)) == "not_a_phone_number"


# --- accounts ----------------------------------------------------------------------------------


def test_two_groups_of_eight_digits_are_one_account_only_where_the_bank_has_sixteen() -> None:
    assert refused(partial(identifiers.read_account, "12345678 12345678")) == "account_unclear"
    assert refused(partial(identifiers.read_account, "12345678 12345678", 13)) == "account_unclear"
    assert identifiers.read_account("12345678 12345678", 16) == "1234567812345678"
    assert identifiers.read_account("1234 5678 1234 5678") == "1234567812345678"
    assert refused(partial(identifiers.read_account, "12345678/12345678", 16)) == "not_an_identifier"


@pytest.mark.parametrize(
    "typed",
    ["12/OuKaMa(Naing)123456", "12/OUKAMA (na ing) 123456", "၁၂/ဥကမ(နုိင်)၁၂၃၄၅၆", "၁၂/ဥကမ(န)၁၂၃၄၅၆", "12/ဥကမ(နိုင်)123456"],
)
def test_the_word_on_a_myanmar_card_may_be_spelt_out(typed: str) -> None:
    assert identifiers.key_of(typed) == identifiers.key_of("12/OUKAMA(N)123456")


# --- days of a bank's table ------------------------------------------------------------------------


def test_five_in_the_morning_and_five_in_the_evening_are_told_apart() -> None:
    told = [days.read_ordered_day(f"31/03/2025 05:30 {half}", "dmy") for half in ("AM", "PM")]
    assert told == [(date(2025, 3, 31), "05:30 am"), (date(2025, 3, 31), "05:30 pm")]
    assert days.read_ordered_day("2025-03-31 01:00 +0700", "ymd") == (date(2025, 3, 31), "01:00")


# --- codes -------------------------------------------------------------------------------------


def code(*more: tuple[str, str], to: str = "", in_bytes: bool = False) -> str:
    account = "0006970436" + "0110" + "1017595600"
    viet = f"0010{qr_payload.VIETQR}01{len(account)}{account}0208QRIBFTTA"
    text = ""
    for tag, value in (("00", "01"), ("38", to or viet), ("53", "704"), ("58", "VN"), *more):
        text += f"{tag}{len(value.encode() if in_bytes else value):02}{value}"
    return text + "6304" + qr_payload.check_sum(f"{text}6304")


@pytest.mark.parametrize("name", ["Direct Pay", "ร้านค้า", "Nguyễn Thị Ánh", "ຮ້ານ ສົມໃຈ"])
@pytest.mark.parametrize("in_bytes", [False, True])
@pytest.mark.parametrize("wrapped", ["{}", " {}\n", "\ufeff{}", "{0:.60}\n{1}"])
def test_a_code_names_its_account_whatever_letters_its_owner_has(name: str, in_bytes: bool, wrapped: str) -> None:
    """Lengths count letters for some and bytes for others; blanks of a name are its own, breaks of a line are not."""
    whole = code(("59", name), ("60", "Ha Noi"), in_bytes=in_bytes)
    found = qr_payload.read_qr(wrapped.format(whole, whole[60:]), date(2026, 11, 29))
    assert found == qr_payload.QrAccount("VCB", "1017595600")


def test_the_till_of_a_shop_is_no_account() -> None:
    shop = f"0016{qr_payload.LAO_QR}0108321704180203002" + "0308" + "mchVKy01"
    assert refused(lambda: qr_payload.read_qr(code(to=shop), date(2026, 11, 29))) == "qr_without_account"


# --- sheets ------------------------------------------------------------------------------------

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


def written(rows: str) -> bytes:
    """A workbook with these rows below a heading of a and b."""

    def change(sheet: bytes) -> bytes:
        return re.sub(rb"<sheetData>.*</sheetData>", f"<sheetData>{HEAD}{rows}</sheetData>".encode(), sheet, flags=re.S)

    return rewritten(workbook([["a", "b"], ["1", "2"]]), change)


@pytest.mark.parametrize("nothing", ["<v></v>", "<v/>"])
def test_a_formula_that_came_to_nothing_is_an_empty_cell(nothing: str) -> None:
    """Templates fill their formulas down to rows that nobody uses."""
    row = f'<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>IF(A2=1,"","")</f>{nothing}</c></row>'
    shared = f'<c r="B3" t="str"><f t="shared" si="0"/>{nothing}</c>'
    blank = f'<row r="3"><c r="A3" t="str"><f>""</f>{nothing}</c>{shared}</row>'
    assert lines(written(row + blank)) == [(1, ["a", "b"]), (2, ["1"])]


def test_a_formula_that_nobody_worked_out_is_still_no_empty_cell() -> None:
    (_, row) = sheets.read_lines(written('<row r="2"><c r="A2"><f>1+1</f></c><c r="B2" t="str"><f>""</f></c></row>'))
    assert {fault for fault, _ in row.faults.values()} == {"formula_not_worked_out"}


def test_a_text_that_stands_where_the_reader_does_not_look_is_not_lost() -> None:
    row = '<row r="2"><c r="A2" t="inlineStr"><t>x</t></c></row>'
    assert refused(lambda: lines(written(row))) == "not_a_workbook"


def test_a_text_in_several_hands_is_one_and_its_reading_aid_is_none() -> None:
    runs = "<r><t>Ng</t></r><r><rPr><b/></rPr><t>uyen</t></r><rPh sb='0' eb='1'><t>kana</t></rPh>"
    assert lines(written(f'<row r="2"><c r="A2" t="inlineStr"><is>{runs}</is></c></row>'))[1] == (2, ["Nguyen"])


def _hide(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True


def _filter(book: openpyxl.Workbook) -> None:
    book.active.auto_filter.ref = "A1:B4"
    book.active.row_dimensions[3].hidden = True


@pytest.mark.parametrize("change", [_hide, _filter])
def test_a_row_that_nobody_sees_is_neither_taken_nor_left_out_in_silence(
    change: Callable[[openpyxl.Workbook], None],
) -> None:
    book = openpyxl.Workbook()
    for row in (["a", "b"], ["1", "x"], ["2", None], ["3", "z"]):
        book.active.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    found = [(line.number, line.faults) for line in sheets.read_lines(out.getvalue())]
    assert found == [(1, {}), (2, {}), (3, {0: ("hidden_row", "A3")}), (4, {})]


@pytest.mark.parametrize(
    ("number", "form", "seen"),
    [
        (812345678, '"0"#', "0812345678"),
        (812345678, "\\0#########", "0812345678"),
        (812345678, '"0"0', "0812345678"),
        (2055614720, '"+856 "0', "+856 2055614720"),
        (1500000, '#,##0 "kip"', "1500000"),
        (5, '0" days"', "5"),
        (123456789, "00-00", "1234567-89"),
    ],
)
def test_digits_that_a_format_writes_itself_are_seen(number: int, form: str, seen: str) -> None:
    assert shown(number, form) == seen


@pytest.mark.parametrize("form", ["ว/ด/ปปปป", "d/m/bb", "[$-107041E]d mmm yy;@", 27, 36, 50, 57, 71, 72, 77, 81])
def test_a_day_in_the_format_of_a_thai_or_east_asian_spreadsheet_is_a_day(form: str | int) -> None:
    data = workbook([["a"], [45747]], {"A2": form if isinstance(form, str) else "0.00"})
    if isinstance(form, int):
        by_number = b'numFmtId="%d"' % form
        data = rewritten(data, lambda part: part.replace(b'numFmtId="2"', by_number), "xl/styles.xml")
    assert lines(data)[1] == (2, ["2025-03-31"])


@pytest.mark.parametrize("fill", [b"<fill/>", b"<fill></fill>", b"<fill />"])
def test_a_workbook_with_a_fill_of_nothing_is_read_with_its_zeros_and_days(fill: bytes) -> None:
    data = workbook([["a", "b"], [7012345, date(2025, 3, 31)]], {"A2": "0000000000"})
    odd = rewritten(data, lambda part: part.replace(b"<fill><patternFill/></fill>", fill), "xl/styles.xml")
    assert lines(odd) == [(1, ["a", "b"]), (2, ["0007012345", "2025-03-31"])]
    assert sheets.sheet_names(odd) == ["Sheet"]


def test_a_number_in_quotes_of_thai_letters_is_no_day() -> None:
    assert lines(workbook([["a"], [45747]], {"A2": '0 "วันด"'}))[1] == (2, ["45747"])


def test_no_reader_of_codes_breaks_on_anything() -> None:
    for typed in ("", "6304", "0" * 600, "\u0e01" * 40 + "63040000", "0002" + "\ud7ff" * 9 + "6304FFFF"):
        with pytest.raises(NotRead):
            qr_payload.read_qr(typed, date(2026, 11, 29))
