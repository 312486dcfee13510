"""Banks hand out statements as tables. Two people agree how a bank's table is read; then every row is a line, once."""

from __future__ import annotations

import base64
import io
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.payments import tables as t
from services.payments.domain.layout import Layout, LayoutWrong, Step, check, course, from_json, to_json
from services.payments.gateways import mapped_sheet
from services.payments.gateways.xml_in import FileUnreadable
from shared.act import Actor
from shared.ids import is_payment_reference
from shared.money import Money
from shared.reading.sheets import heading_of
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, SOMCHIT, Town
from tests.payments.statement_makers import entry, file, statement
from tests.payments.test_doors import CLERK, ELSEWHERE, Counter
from tests.there import there

LAK, BAHT, DONG = "0100000000001", "0100000000003", "0100000000004"
OURS = (LAK, BAHT, DONG)


def columns(header: str, **is_: str) -> dict[str, Any]:
    """The heading of a table, and what is in the columns of these names."""
    names = header.split(";")
    return {"header": tuple(heading_of(names)), "columns": {what: names.index(name) for what, name in is_.items()}}


def read(table: bytes, *layouts: Layout) -> Any:
    return mapped_sheet.read(table, layouts, OURS)


def amounts(table: bytes, layout: Layout) -> list[tuple[str, str]]:
    """(day, amount) of every line, in the order in which money moved."""
    held = read(table, layout)
    assert held.faults == ()
    return [(line.booked_on.isoformat(), line.amount.decimal()) for line in held.statements[0].lines]


def faults(table: bytes, layout: Layout) -> list[tuple[str, str]]:
    """(reason, cell) of everything that speaks against a table."""
    held = read(table, layout)
    assert held.statements == ()
    return [(fault.reason, fault.cell) for fault in held.faults]


# --- a Lao bank: debit and credit, a title above, totals below, UTF-8 with its mark ---------------

LAO_HEAD = "ວັນທີ;ເລກທີ;ລາຍລະອຽດ;ຖອນ;ຝາກ;ຍອດເຫຼືອ"
LAO = Layout(
    LAK,
    "LAK",
    **columns(LAO_HEAD, day="ວັນທີ", reference="ເລກທີ", text="ລາຍລະອຽດ", debit="ຖອນ", credit="ຝາກ", balance="ຍອດເຫຼືອ"),
    total_words=("ລວມ", "ໝາຍເຫດ"),
    still_words=("ຍອດຍົກມາ",),
    fee_words=("ຄ່າທຳນຽມ",),
    delimiter=";",
    tells_account=True,
)
LAO_ROWS = (
    "22/05/2025;;ຍອດຍົກມາ;;;1,000,000.00",
    "22/05/2025;FT2514200001;ໂອນເງິນ ນາງ ບຸນມີ;100,000.00;;900,000.00",
    "22/05/2025;FT2514200002;ຮັບເງິນ;;50,000.00;950,000.00",
    "22/05/2025;FT2514200003;ຄ່າທຳນຽມການໂອນ;2,000.00;-;948,000.00",
)
LAO_FOOT = ("ລວມ;;;102,000.00;50,000.00;", "ໝາຍເຫດ: ເອກະສານນີ້ອອກໂດຍລະບົບ;;;;;")


def lao(*rows: str, head: str = LAO_HEAD, account: str = "010-0000-0000-01", foot: tuple[str, ...] = LAO_FOOT) -> bytes:
    title = f"ທະນາຄານຕົວຢ່າງ;;;;;\r\nເລກບັນຊີ: {account};;LAK;;;\r\n;;;;;\r\n"
    return ("\ufeff" + title + "\r\n".join((head, *(rows or LAO_ROWS), *foot)) + "\r\n").encode()


def test_a_lao_bank_with_debit_and_credit_and_totals_below() -> None:
    (told,) = read(lao(), LAO).statements
    assert [line.amount.minor for line in told.lines] == [-100_000_00, 50_000_00, -2_000_00]
    assert (there(told.opening).minor, there(told.closing).minor) == (1_000_000_00, 948_000_00)
    assert told.adds_up
    assert [line.bank_reference for line in told.lines] == ["FT2514200001", "FT2514200002", "FT2514200003"]
    assert [line.is_fee for line in told.lines] == [False, False, True]
    assert (told.account, told.day, told.begins, told.is_final) == (LAK, PAY_DAY, PAY_DAY, False)


def test_without_a_balance_brought_forward_the_opening_follows_from_the_first_row() -> None:
    (told,) = read(lao(*LAO_ROWS[1:]), LAO).statements
    assert (there(told.opening).minor, told.adds_up) == (1_000_000_00, True)


def test_a_row_that_is_missing_is_seen_by_the_balance() -> None:
    assert faults(lao(LAO_ROWS[0], LAO_ROWS[1], LAO_ROWS[3]), LAO) == [("balance_differs", "F7")]


def test_a_row_told_twice_inside_a_table_is_seen_by_the_balance() -> None:
    assert ("balance_differs", "F7") in faults(lao(*LAO_ROWS[:2], LAO_ROWS[1], *LAO_ROWS[2:]), LAO)


def test_every_cell_that_cannot_be_read_is_named() -> None:
    table = lao(
        "32/05/2025;;x;1.00;;",
        "22/05/2568;;x;1.00;;",
        ";;x;1.00;;",
        "22/05/2025;;x;1.000;;",
        "22/05/2025;;x;one;;",
        "22/05/2025;;x;;;",
        "22/05/2025;;x;1.00;2.00;",
        "22/05/2025;;x;-1.00;;",
        "22/05/2025;;x;THB 1.00;;",
    )
    assert faults(table, LAO) == [
        ("not_a_day", "A5"),
        ("buddhist_year", "A6"),
        ("required", "A7"),
        ("amount_unclear", "D8"),
        ("not_an_amount", "D9"),
        ("no_amount", "D10"),
        ("two_amounts", "E11"),
        ("negative", "D12"),
        ("other_currency", "D13"),
    ]


def test_a_movement_below_the_totals_refuses_the_table() -> None:
    table = lao(*LAO_ROWS, foot=(*LAO_FOOT, "23/05/2025;;x;1.00;;"))
    assert faults(table, LAO) == [("row_behind_totals", "A11")]


def test_the_words_of_totals_do_not_hide_a_movement_that_begins_with_them() -> None:
    table = lao(LAO_ROWS[0], "22/05/2025;;ລວມເງິນເດືອນ;100.00;;999,900.00")
    assert amounts(table, LAO) == [("2025-05-22", "-100.00")]


@pytest.mark.parametrize(
    ("head", "moved"),
    [
        pytest.param("ວັນທີ;ເລກທີ;ລາຍລະອຽດ;ຝາກ;ຖອນ;ຍອດເຫຼືອ", ["D4", "E4"], id="debit and credit changed places"),
        pytest.param("ວັນທີ;ວັນທີມີຜົນ;ເລກທີ;ລາຍລະອຽດ;ຖອນ;ຝາກ;ຍອດເຫຼືອ", [f"{c}4" for c in "BCDEFG"], id="a column more"),
        pytest.param("ວັນທີ;ເລກທີ;ລາຍລະອຽດ;ຖອນ;ຝາກ", ["F4"], id="a column less"),
    ],
)
def test_a_column_that_moved_refuses_the_table_aloud(head: str, moved: list[str]) -> None:
    assert faults(lao(head=head), LAO) == [("column_moved", cell) for cell in moved]


def test_the_heading_is_found_wherever_the_title_ends_and_again_on_each_page() -> None:
    more = ("\ufeffໜ້າ 1\r\n" + lao(*LAO_ROWS[:2], LAO_HEAD, *LAO_ROWS[2:]).decode("utf-8-sig")).encode()
    assert [amount for _, amount in amounts(more, LAO)] == ["-100000.00", "50000.00", "-2000.00"]


def test_a_table_of_another_account_is_refused() -> None:
    assert faults(lao(account=BAHT), LAO) == [("other_account", "")]
    assert faults(lao(account="999888777666"), LAO) == [("account_not_told", "")]


def test_a_table_that_is_nobodys_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="no_layout"):
        read(b"a;b\r\n1;2\r\n", LAO)
    with pytest.raises(FileUnreadable, match="no_statement"):
        read(b"a;b\r\n1;2\r\n")


# --- a Thai bank: TIS-620, Buddhist years, newest first, one amount with D or C ---------------------

THAI_HEAD = "วันที่,รายการ,จำนวนเงิน,D/C,คงเหลือ,เลขที่อ้างอิง"
THAI = Layout(
    BAHT,
    "THB",
    **columns(
        THAI_HEAD.replace(",", ";"),
        day="วันที่",
        text="รายการ",
        amount="จำนวนเงิน",
        sign="D/C",
        balance="คงเหลือ",
        reference="เลขที่อ้างอิง",
    ),
    buddhist=True,
    encoding="cp874",
    out_words=("D", "DR"),
    in_words=("C", "CR"),
)
THAI_ROWS = (
    '23 พ.ค. 68 14:22,โอนเงิน,"1,500.00",D,"98,750.25",A3',
    '22/05/2568,ฝากเงิน,250.25,C,"100,250.25",A2',
    '22/05/2568,โอนเงิน,"2,000.00",DR,"100,000.00",A1',
)


def thai(*rows: str) -> bytes:
    return "\r\n".join((THAI_HEAD, *(rows or THAI_ROWS))).encode("cp874")


def test_a_thai_bank_in_its_own_letters_years_and_order() -> None:
    (told,) = read(thai(), THAI).statements
    assert amounts(thai(), THAI) == [("2025-05-22", "-2000.00"), ("2025-05-22", "250.25"), ("2025-05-23", "-1500.00")]
    assert (there(told.opening).minor, there(told.closing).minor) == (102_000_00, 98_750_25)
    assert told.lines[2].text == "โอนเงิน · 14:22"
    assert not told.account_told, "the file names no account: that is said beside who handed it in"


def test_a_word_that_is_neither_out_nor_in_is_refused() -> None:
    assert faults(thai('22/05/2568,x,1.00,X,"1.00",A1'), THAI) == [("unknown_sign", "D2")]


def test_letters_of_another_code_page_are_refused() -> None:
    with pytest.raises(FileUnreadable, match="not_utf8"):
        read(thai(), Layout(**{**from_dict(THAI), "encoding": ""}))


def from_dict(layout: Layout) -> dict[str, Any]:
    return {name: getattr(layout, name) for name in Layout.__slots__}


# --- a Vietnamese bank: decimal comma, one signed amount, UTF-16, tabs -------------------------------

VIET_HEAD = "Ngày GD;Ngày hiệu lực;Số tiền;Số dư;Diễn giải;Người chuyển;TK đối ứng"
VIET = Layout(
    DONG,
    "VND",
    **columns(
        VIET_HEAD,
        day="Ngày GD",
        value_day="Ngày hiệu lực",
        amount="Số tiền",
        balance="Số dư",
        text="Diễn giải",
        party="Người chuyển",
        party_account="TK đối ứng",
    ),
    decimal_sign=",",
)
VIET_ROWS = (
    "22/05/2025;22/05/2025;-1.500.000;8.500.000;TRO CAP OM DAU;NGUYEN THI AN;00112233",
    ";23/05/2025;+2.000.000,00;10.500.000,00;Hoàn trả;;",
)


def viet(*rows: str, encoding: str = "utf-16") -> bytes:
    return "\r\n".join((VIET_HEAD, *(rows or VIET_ROWS))).replace(";", "\t").encode(encoding)


def test_a_vietnamese_bank_with_a_decimal_comma_in_utf_16() -> None:
    (told,) = read(viet(), VIET).statements
    assert [(line.booked_on.day, line.amount.decimal()) for line in told.lines] == [(22, "-1500000"), (23, "2000000")]
    assert told.lines[0].text == "TRO CAP OM DAU · NGUYEN THI AN · 00112233"
    assert (there(told.opening), there(told.closing)) == (Money(10_000_000, "VND"), Money(10_500_000, "VND"))


def test_utf_16_without_a_mark_is_read_where_the_layout_says_so() -> None:
    layout = Layout(**{**from_dict(VIET), "encoding": "utf-16-le"})
    assert len(amounts(viet(encoding="utf-16-le"), layout)) == 2


def test_a_workbook_keeps_numbers_and_days_whatever_the_layout_says_of_texts() -> None:
    book = openpyxl.Workbook()
    sheet = there(book.active)
    sheet.append(VIET_HEAD.split(";"))
    sheet.append([date(2025, 5, 22), None, -1500000, 8500000, "TRO CAP", "AN", "00112233"])
    sheet.append([date(2025, 5, 22), None, "-500.000", 8000000.0, "TRO CAP", "BINH", "00112234"])
    out = io.BytesIO()
    book.save(out)
    assert amounts(out.getvalue(), VIET) == [("2025-05-22", "-1500000"), ("2025-05-22", "-500000")]


def test_two_layouts_with_one_heading_are_told_apart_by_the_account_in_the_file() -> None:
    other = Layout(**{**from_dict(LAO), "account": BAHT, "currency": "THB"})
    assert read(lao(), LAO, other).statements[0].account == LAK
    with pytest.raises(FileUnreadable, match="layout_unclear"):
        read(lao(account="somewhere"), LAO, other)


def test_our_reference_is_found_in_its_column_or_alone_in_the_text() -> None:
    reference = "7Z0M1N2P3Q4R5S"  # fourteen characters; the check digits follow from them
    whole = next(f"{reference}{n:02d}" for n in range(100) if is_payment_reference(f"{reference}{n:02d}"))
    rows = (f"22/05/2025;{whole};x;1.00;;", f"22/05/2025;FT1;ໂອນ {whole} ໃຫ້;1.00;;", "22/05/2025;FT2;x;1.00;;")
    (told,) = read(lao(*rows), LAO).statements
    assert [line.reference for line in told.lines] == [whole, whole, None]
    assert [line.bank_reference for line in told.lines] == ["", "FT1", "FT2"]


# --- layouts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": {"amount": 1}}, "day"),
        ({"columns": {"day": 0}}, "amount"),
        ({"columns": {"day": 0, "debit": 1}}, "credit"),
        ({"columns": {"day": 0, "amount": 1, "debit": 2, "credit": 3}}, "amount"),
        ({"columns": {"day": 0, "amount": 0}}, "day"),
        ({"columns": {"day": 0, "amount": 1, "sign": 2}}, "in_words"),
        ({"columns": {"day": 0, "amount": 99}, "header": ("a", "b")}, "amount"),
        ({"decimal_sign": "x"}, "decimal_sign"),
        ({"encoding": "ebcdic"}, "encoding"),
    ],
)
def test_a_layout_by_which_nothing_could_be_read_is_refused(change: dict[str, Any], field: str) -> None:
    plain = from_dict(Layout(LAK, "LAK", {"day": 0, "amount": 1}))
    with pytest.raises(LayoutWrong) as wrong:
        check(Layout(**{**plain, **change}))
    assert wrong.value.field == field


@pytest.mark.parametrize("layout", [LAO, THAI, VIET])
def test_a_layout_is_kept_as_it_is(layout: Layout) -> None:
    assert from_json(to_json(check(layout))) == layout


MOVES = st.lists(st.integers(-500, 500).filter(bool), min_size=1, max_size=10)


@given(st.integers(-(10**9), 10**9), MOVES, st.booleans())
def test_whichever_end_is_newer_opening_and_lines_come_to_closing(
    opening: int, moves: list[int], backwards: bool
) -> None:
    balances = [opening + sum(moves[: n + 1]) for n in range(len(moves))]
    steps = [Step(minor, balance, day) for day, (minor, balance) in enumerate(zip(moves, balances, strict=True))]
    found = course(steps[::-1] if backwards else steps)
    assert (found.opening, found.closing, found.breaks) == (opening, balances[-1], ())


@given(st.integers(0, 10**6), MOVES, st.booleans())
def test_of_one_day_balances_are_told_only_where_they_are_sure(opening: int, moves: list[int], backwards: bool) -> None:
    balances = [opening + sum(moves[: n + 1]) for n in range(len(moves))]
    steps = [Step(minor, balance, 1) for minor, balance in zip(moves, balances, strict=True)]
    found = course(steps[::-1] if backwards else steps)
    assert found.breaks == ()
    assert (found.opening, found.closing) in ((opening, balances[-1]), (None, None))


# --- the way of a layout, and of a table by it ----------------------------------------------------------


@pytest.fixture
def counter(town: Town, keys_folder: Path) -> Counter:
    return Counter(town, keys_folder)


LAO_LETTERS = {"day": "A", "reference": "B", "text": "C", "debit": "D", "credit": "E", "balance": "F"}


def proposal(example: bytes | None = None, **change: Any) -> dict[str, Any]:
    layout = {
        "account": LAK,
        "columns": LAO_LETTERS,
        "total_words": ["ລວມ", "ໝາຍເຫດ"],
        "still_words": ["ຍອດຍົກມາ"],
        "fee_words": ["ຄ່າທຳນຽມ"],
        "delimiter": ";",
    }
    told = base64.b64encode(example or lao()).decode()
    return {"name": "BCEL", "heading_row": 4, "layout": layout | change, "example": told}


def in_use(counter: Counter, **change: Any) -> str:
    """A layout that Khamla made and Daovone confirmed."""
    made = counter.post(KHAMLA, "/v1/statement-layouts", proposal(**change))
    assert made.status_code == 201, made.json
    layout_id = str(made.json["id"])
    assert counter.post(DAOVONE, f"/v1/statement-layouts/{layout_id}/confirmation").status_code == 204
    return layout_id


def hands_in(counter: Counter, content: bytes, who: Actor = KHAMLA, query: str = "") -> Any:
    answer = counter.web.post(f"/v1/statements{query}", data=content, headers=counter.headers(who))
    counter.town.works()
    return answer


def kept(town: Town) -> list[int]:
    with town.service.engine.connect() as connection:
        return list(connection.scalars(select(t.statement_line.c.amount_minor).order_by(t.statement_line.c.entry)))


def test_nobody_confirms_what_she_made_and_nothing_is_read_before(counter: Counter) -> None:
    made = counter.post(KHAMLA, "/v1/statement-layouts", proposal())
    assert (made.status_code, made.json["state"], made.json["version"]) == (201, "proposed", 1)
    assert made.json["layout"]["columns"] == LAO_LETTERS
    way = f"/v1/statement-layouts/{made.json['id']}/confirmation"
    assert counter.post(KHAMLA, way).status_code == 403
    refused = hands_in(counter, lao())
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "no_statement")
    assert counter.post(DAOVONE, way).status_code == 204
    assert counter.post(DAOVONE, way).status_code == 409
    assert hands_in(counter, lao()).status_code == 202
    assert kept(counter.town) == [-100_000_00, 50_000_00, -2_000_00]
    assert counter.town.balance("fees") == 2_000_00


def test_only_the_central_pay_office_has_to_do_with_layouts(counter: Counter) -> None:
    for who, code in ((CLERK, 403), (ELSEWHERE, 404)):
        assert counter.post(who, "/v1/statement-layouts", proposal()).status_code == code
        assert counter.get(who, "/v1/statement-layouts").status_code == code
    assert counter.get(SOMCHIT, "/v1/statement-layouts").status_code == 200
    assert counter.post(SOMCHIT, "/v1/statement-layouts", proposal()).status_code == 403


def test_what_does_not_read_its_own_example_is_not_proposed(counter: Counter) -> None:
    swapped = LAO_LETTERS | {"day": "C", "text": "A"}
    answer = counter.post(KHAMLA, "/v1/statement-layouts", proposal(columns=swapped))
    assert answer.status_code == 422
    first = answer.json["errors"][0]
    assert (first["code"], first["params"]["cell"]) == ("not_a_day", "C6")
    assert counter.get(KHAMLA, "/v1/statement-layouts").json["items"] == []
    for change in ({"columns": LAO_LETTERS | {"credit": "D"}}, {"account": "999"}, {"columns": {"day": "A"}}):
        assert counter.post(KHAMLA, "/v1/statement-layouts", proposal(**change)).status_code == 422


def test_the_same_table_and_a_longer_one_keep_each_line_once(counter: Counter) -> None:
    in_use(counter)
    assert hands_in(counter, lao(*LAO_ROWS[:3])).status_code == 202
    assert hands_in(counter, lao(*LAO_ROWS[:3])).status_code == 202
    assert hands_in(counter, lao()).status_code == 202
    assert hands_in(counter, lao(*LAO_ROWS, "23/05/2025;;ໂອນ;48,000.00;;900,000.00")).status_code == 422, "tomorrow"
    assert kept(counter.town) == [-100_000_00, 50_000_00, -2_000_00]


def test_without_balances_the_same_words_are_the_same_line_and_equal_rows_stay_several(counter: Counter) -> None:
    letters = {name: at for name, at in LAO_LETTERS.items() if name not in ("balance", "reference")}
    plain = tuple(f"{row.rpartition(';')[0]};" for row in LAO_ROWS[1:3])
    in_use(counter, example=lao(*plain), columns=letters)
    assert hands_in(counter, lao(plain[0])).status_code == 202
    assert hands_in(counter, lao(plain[0], plain[0], plain[1])).status_code == 202
    assert kept(counter.town) == [-100_000_00, -100_000_00, 50_000_00]
    assert hands_in(counter, lao("22/05/2025;;ໂອນເງິນ ທ້າວ ຄຳ;100,000.00;;")).status_code == 202
    assert len(kept(counter.town)) == 4, "other words, another movement"


def test_what_the_bank_told_by_itself_the_table_tells_again(counter: Counter, keys_folder: Path) -> None:
    in_use(counter)
    told = (
        entry("100000.00", PAY_DAY, side="DBIT"),
        entry("50000.00", PAY_DAY),
        entry("2000.00", PAY_DAY, side="DBIT"),
    )
    camt = file(statement(*told, day=PAY_DAY, opening="1000000.00", closing="948000.00"))
    assert hands_in(counter, camt).status_code == 202
    assert hands_in(counter, lao()).status_code == 202
    assert len(kept(counter.town)) == 3


def test_an_order_named_in_a_table_waits_for_the_bank_or_a_second_person(counter: Counter) -> None:
    town = counter.town
    town.bank.told(statements=False)
    award = town.award(town.person(), 100_000_00)
    town.pays()
    (order,) = town.orders(award)
    in_use(counter)
    back = lao(LAO_ROWS[0], f"22/05/2025;{order.reference};ເງິນກັບຄືນ;;100,000.00;1,100,000.00")
    assert hands_in(counter, back).status_code == 202
    with town.service.engine.connect() as connection:
        line = connection.execute(select(t.statement_line).where(t.statement_line.c.amount_minor > 0)).one()
    assert line.match == "contested"
    assert town.states(award) != ["returned"]
    confirm = {"how": "confirmed", "note": "seen at the bank"}
    assert counter.post(KHAMLA, f"/v1/statement-lines/{line.id}/resolution", confirm).status_code == 409
    assert counter.post(DAOVONE, f"/v1/statement-lines/{line.id}/resolution", confirm).status_code == 201
    assert "returned" in town.states(award)


def test_a_refused_table_is_read_again_once_its_layout_was_mended(counter: Counter) -> None:
    in_use(counter)
    wider = "ວັນທີ;ສາຂາ;ເລກທີ;ລາຍລະອຽດ;ຖອນ;ຝາກ;ຍອດເຫຼືອ"
    rows = tuple(row.replace(";", ";VTE;", 1) for row in LAO_ROWS)
    table = lao(*rows, head=wider)
    refused = hands_in(counter, table)
    assert refused.status_code == 422
    assert {error["code"] for error in refused.json["errors"]} == {"column_moved"}
    page = counter.page(KHAMLA, "/payments/statements").text
    assert "(B4)" in page
    assert "This column is not where it was" in page
    letters = {name: chr(ord(at) + (at > "A")) for name, at in LAO_LETTERS.items()}
    in_use(counter, example=table, columns=letters)
    (waiting,) = counter.get(KHAMLA, "/v1/statements/files").json["items"]
    assert counter.post(DAOVONE, f"/v1/statements/files/{waiting['id']}/reading").status_code == 202
    counter.town.works()
    assert kept(counter.town) == [-100_000_00, 50_000_00, -2_000_00]
    states = {(row["version"], row["state"]) for row in counter.get(KHAMLA, "/v1/statement-layouts").json["items"]}
    assert states == {(1, "replaced"), (2, "confirmed")}


def test_what_is_withdrawn_reads_nothing_and_an_example_is_forgotten_once_decided(counter: Counter) -> None:
    layout_id = in_use(counter)
    with counter.town.service.engine.connect() as connection:
        assert connection.scalar(select(t.statement_layout.c.example)) is None
    assert counter.post(KHAMLA, f"/v1/statement-layouts/{layout_id}/withdrawal").status_code == 204
    assert hands_in(counter, lao()).status_code == 422
    assert counter.post(KHAMLA, f"/v1/statement-layouts/{layout_id}/withdrawal").status_code == 409


def test_a_table_that_names_no_account_is_read_by_the_layout_that_a_person_names_and_says_so(counter: Counter) -> None:
    layout_id = in_use(counter, example=lao(account="-"))
    query = f"?layout={layout_id}"
    assert hands_in(counter, lao(account="-"), query=query).status_code == 202
    (told,) = counter.get(KHAMLA, "/v1/statements").json["items"]
    assert (told["handed_in_by"], told["doubts"]) == ("Khamla", ["account_not_told"])
    assert hands_in(counter, lao(account=" - "), query=f"?layout={uuid.uuid4()}").status_code == 422


# --- the pages ------------------------------------------------------------------------------------------


def uploads(counter: Counter, who: Actor, path: str, content: bytes, **form: str) -> Any:
    counter.web.set_cookie("tideover", counter.token(who))
    data = form | {"csrf_token": "c", "_csrf": "c", "_key": str(uuid.uuid4()), "file": (io.BytesIO(content), "x.csv")}
    return counter.web.post(path, data=data, content_type="multipart/form-data")


def test_over_the_pages_from_an_example_to_money(counter: Counter) -> None:
    page = counter.page(KHAMLA, "/payments/layouts")
    assert "Nobody has said yet" in page.text
    nothing = uploads(counter, KHAMLA, "/payments/layouts", b"<Document/>", account=LAK, name="BCEL")
    assert (nothing.status_code, "is no table" in nothing.text) == (422, True)
    begun = uploads(counter, KHAMLA, "/payments/layouts", lao(), account=LAK, name="BCEL")
    assert begun.status_code == 303
    at = begun.headers["Location"]
    shown = counter.page(KHAMLA, at).text
    assert "ຍອດຍົກມາ" in shown
    form = {f"column_{'ABCDEF'.index(letter)}": name for name, letter in LAO_LETTERS.items()}
    form |= {"heading_row": "4", "day_order": "dmy", "decimal_sign": ".", "delimiter": ";", "do": "try"}
    twice = counter.page(KHAMLA, at, form | {"column_4": "debit"})
    assert (twice.status_code, "cannot be the same" in twice.text) == (422, True)
    assert counter.page(KHAMLA, at, form).status_code == 303
    tried = counter.page(KHAMLA, at).text
    assert "No amount stands here" in tried
    assert "(D5)" in tried
    assert "Ask for a second person" not in tried
    assert counter.page(KHAMLA, at, form | {"do": "propose"}).status_code == 422
    form |= {"still_words": "ຍອດຍົກມາ", "total_words": "ລວມ, ໝາຍເຫດ", "fee_words": "ຄ່າທຳນຽມ"}
    assert counter.page(KHAMLA, at, form).status_code == 303
    tried = counter.page(KHAMLA, at).text
    assert "every balance follows from the row before" in tried
    assert "3 lines" in tried
    assert counter.page(KHAMLA, at, form | {"do": "propose"}).status_code == 303
    assert "Another person decides" in counter.page(KHAMLA, at).text
    assert counter.page(KHAMLA, at, {"do": "use"}).status_code == 422
    assert "It is right: use it" in counter.page(DAOVONE, at).text
    assert counter.page(DAOVONE, at, {"do": "use"}).status_code == 303
    assert "In use" in counter.page(SOMCHIT, "/payments/layouts").text
    assert uploads(counter, KHAMLA, "/payments/statements", lao()).status_code == 303
    counter.town.works()
    assert kept(counter.town) == [-100_000_00, 50_000_00, -2_000_00]
    assert "handed in by Khamla" in counter.page(DAOVONE, "/payments/statements").text


def test_a_hand_in_without_a_file_says_so(counter: Counter) -> None:
    answer = counter.page(KHAMLA, "/payments/statements", {"layout": ""})
    assert (answer.status_code, "This is missing." in answer.text) == (422, True)
    assert counter.page(SOMCHIT, "/payments/statements", {"layout": ""}).status_code == 403
