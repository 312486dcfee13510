"""Viet Nam: list D02-LT says who joins, leaves, is paid otherwise or is on leave; each row is answered."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.gateways import d02_lt
from services.benefits.usecases import people
from services.benefits.views.file_words import FILE_FAULTS
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead
from tests.benefits.conftest import Office, Person
from tests.benefits.elsewhere import office_in
from tests.benefits.file_answers import one, told
from tests.benefits.test_employer_pages import employer_of
from tests.benefits.visitors import Browser
from tests.there import there

EXAMPLES = Path(__file__).parents[2] / "docs" / "files"
SEWING, WOOD = "HG0003A", "HG0002A"
#: She sews; he does, too; she works with wood.
HA, DUC, NGOC = "4826039595", "4826015838", "4826031676"
HEADS = {
    "name": "Họ và tên",
    "no": "Mã số BHXH",
    "kind": "Loại phương án",
    "kind_code": "Mã loại PA",
    "born": "Ngày Sinh",
    "sex": "Giới tính",
    "id": "Số CMND/ CCCD/Hộ chiếu",
    "wage": "Mức lương",
    "allowance": "Phụ cấp lương",
    "more": "Các khoản bổ sung",
    "scale": "Hệ số lương",
    "plan": "Phương án điều chỉnh",
    "code": "Mã PA",
    "from": "Tháng/ năm bắt đầu",
    "to": "Tháng/ năm kết thúc",
    "leave": "Nghỉ ốm đau/Thai sản/không lương",
    "since": "Hiệu lực từ ngày",
    "until": "Hiệu lực đến ngày",
    "head": "Họ và tên chủ hộ",
    "again": "Giới tính",
}
RISE = {"name": "Lê Thị Thu Hà", "no": HA, "code": "DC", "from": "08/2026", "wage": 9_500_000}
JOINS = {
    "name": "TRẦN THỊ BÍCH NGỌC",
    "no": NGOC,
    "kind": "Tăng lao động",
    "code": "TC",
    "born": "15/04/1997",
    "from": "10/2026",
    "wage": 9_000_000,
    "since": "01/10/2026",
}


@pytest.fixture
def office(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Office]:
    with office_in("vn", "2026-10-19", new_database, keys_folder, tmp_path) as found:
        yield found


def book(*rows: dict[str, Any], sheet: str = "D02-LT", heads: dict[str, str] | None = None, first: str = "") -> bytes:
    made = openpyxl.Workbook()
    page = there(made.active)
    page.title = sheet
    if first:
        page.title = first
        page = made.create_sheet(sheet)
    named = heads or HEADS
    page.append(["DANH SÁCH LAO ĐỘNG THAM GIA BHXH, BHYT, BHTN"])
    page.append(list(named.values()))
    page.append([f"({n})" for n in range(1, len(named) + 1)])
    for row in rows:
        page.append([row.get(name) for name in named])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def post(who: Person, data: bytes, employer: str = SEWING) -> Any:
    path = f"/v1/imports/vn_d02_lt?employer_no={employer}"
    return who.office.client.post(path, data=data, headers=who.headers())


def wages(office: Office, number: str) -> dict[str, str]:
    """What the sewing employer has declared, by month."""
    employer = employer_of(office, SEWING).actor.employer
    with office.service.engine.connect() as connection:
        act = office.act(connection)
        person = there(store.persons.with_identifier(act, "vn-bhxh", number))
        found = store.persons.contributions(act, PersonId(person))
        return {str(c.month): c.wage.decimal() for c in found if c.employer_id == employer}


def declared(office: Office, number: str, first: str, last: str, dong: int) -> None:
    employer = employer_of(office, SEWING).actor.employer
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        person = PersonId(there(store.persons.with_identifier(act, "vn-bhxh", number)))
        month = Month.parse(first)
        while month <= Month.parse(last):
            people.record_contribution(act, person, month, Money(dong, "VND"), employer_id=EmployerId(there(employer)))
            month = month.plus(1)


def jobs(office: Office, number: str) -> list[tuple[str, date, date | None]]:
    with office.service.engine.connect() as connection:
        act = office.act(connection)
        person = PersonId(there(store.persons.with_identifier(act, "vn-bhxh", number)))
        return [(job.number, job.first_day, job.last_day) for job in store.persons.jobs(act, person)]


def test_a_rise_holds_until_the_next_change(office: Office) -> None:
    """The list names changes only: a wage without an end is carried to this month, and no further."""
    declared(office, HA, "2026-06", "2026-10", 9_000_000)
    assert told(post(office.officer_of_dong, book(RISE))) == [(4, "corrected", None, None)]
    found = wages(office, HA)
    assert [found[f"2026-{m:02}"] for m in range(6, 11)] == ["9000000", "9000000", "9500000", "9500000", "9500000"]
    assert max(found) == "2026-10"
    assert one(post(office.officer_of_dong, book(RISE))) == ("duplicate", None)


def test_lists_come_to_the_same_in_whatever_order_they_come(office: Office) -> None:
    earlier = RISE | {"from": "05/2026", "wage": 8_000_000}
    for rows in ([RISE, earlier], [earlier, RISE], [earlier]):
        for row in rows:
            post(office.officer_of_dong, book(row))
        found = wages(office, HA)
        assert [found[f"2026-{m:02}"] for m in (5, 7, 8, 10)] == ["8000000", "8000000", "9500000", "9500000"]


def test_a_row_with_an_end_says_those_months_and_no_more(office: Office) -> None:
    row = RISE | {"from": "04/2026", "to": "06/2026"}
    assert one(post(office.officer_of_dong, book(row))) == ("accepted", None)
    assert sorted(wages(office, HA)) == ["2026-04", "2026-05", "2026-06"]
    assert one(post(office.officer_of_dong, book(row | {"to": "03/2026"}))) == ("refused", "months_turned")
    assert one(post(office.officer_of_dong, book(row | {"from": "11/2026", "to": ""}))) == ("refused", "month_far")


def test_the_wage_is_the_sum_of_its_parts_and_never_a_coefficient(office: Office) -> None:
    row = RISE | {"wage": "9.000.000", "allowance": 400_000, "more": "100.000"}
    post(office.officer_of_dong, book(row))
    assert wages(office, HA)["2026-08"] == "9500000"
    answer = told(post(office.officer_of_dong, book(RISE | {"wage": 0, "scale": 3.66})))
    assert answer == [(4, "refused", "coefficient", "K4")]
    assert one(post(office.officer_of_dong, book(RISE | {"wage": 9_500_000.5})))[0] == "refused"
    assert one(post(office.officer_of_dong, book(RISE | {"wage": None}))) == ("refused", "required")


def test_a_broken_row_is_answered_with_its_cell_and_the_others_are_taken(office: Office) -> None:
    rows: list[dict[str, Any]] = [
        RISE,
        RISE | {"no": "12345", "name": "Ai"},
        RISE | {"no": "1234567890", "name": "Nguyễn Thị Mẫu"},
        {"name": "Nguyễn Văn Đức", "no": DUC, "code": "DC", "from": "31/2026", "wage": 1},
        {"name": "Nguyễn Văn Đức", "no": DUC, "code": "AT", "from": "08/2026", "wage": 1},
        {"name": "Nguyễn Văn Đức", "no": DUC, "from": "08/2026", "wage": 1},
        {"name": "Nguyễn Văn Đức", "no": DUC, "kind": "Giảm lao động", "code": "TM", "from": "07/2026", "wage": 1},
        {"name": "Tăng", "no": None, "code": "DC", "from": "08/2026", "wage": 1},
        {"name": "NguyÔn V¨n §øc", "no": DUC, "code": "DC", "from": "09/2026", "wage": 1},
        {"name": "Nguyễn Văn Đức", "no": DUC, "id": "048191162662", "code": "DC", "from": "08/2026", "wage": 1},
    ]
    assert told(post(office.officer_of_dong, book(*rows))) == [
        (4, "accepted", None, None),
        (5, "refused", "not_a_bhxh", "B5"),
        (6, "refused", "unknown_person", "B6"),
        (7, "refused", "not_a_month", "N7"),
        (8, "refused", "change_unknown", "M8"),
        (9, "refused", "change_unclear", "M9"),
        (10, "refused", "codes_differ", "M10"),
        (11, "refused", "required", "B11"),
        (12, "refused", "old_encoding", "A12"),
        (13, "refused", "numbers_differ", "B13"),
    ]


def test_two_rows_for_one_worker_and_month_are_both_answered(office: Office) -> None:
    rows = told(post(office.officer_of_dong, book(RISE, RISE | {"wage": 8_000_000})))
    assert [row[1:3] for row in rows] == [("refused", "twice_in_file")] * 2
    assert wages(office, HA) == {}


def test_a_wage_is_carried_over_no_word_of_the_institution(office: Office) -> None:
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        person = PersonId(there(store.persons.with_identifier(act, "vn-bhxh", HA)))
        people.record_contribution(act, person, Month(2026, 9), Money(8_000_000, "VND"))
    assert one(post(employer_of(office, SEWING), book(RISE))) == ("accepted", None)
    assert wages(office, HA) == {"2026-08": "9500000"}
    answer = post(employer_of(office, SEWING), book(RISE | {"from": "09/2026"}))
    assert one(answer) == ("refused", "declared_by_another")


def test_a_leave_is_named_by_its_own_column_too() -> None:
    (row,) = d02_lt.read(book({**RISE, "code": "", "kind": "Giảm", "leave": "Nghỉ thai sản"}), {"employer_no": SEWING})
    assert (row["change"], row["effect"]) == ("TS", "absent")


def test_a_list_as_csv_is_read_as_the_workbook_is() -> None:
    text = "Họ và tên;Mã số BHXH;Mã PA;Mức lương;Từ tháng\nLê Thị Thu Hà;0826039595;DC;9.500.000;08/2026\n"
    (row,) = d02_lt.read(text.encode("utf-8-sig"), {"employer_no": SEWING})
    assert (row["sso_no"], row["wage"], row["from"], row.places["wage"]) == ("0826039595", "9.500.000", "08/2026", "D2")


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=8), max_size=6))
def test_whatever_stands_below_the_heading_is_rows_or_a_reason(cells: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Họ và tên", "Mã số BHXH", "Mã PA", "Mức lương", "Từ tháng", "Giới tính"])
    writer.writerows(cells)
    try:
        rows = d02_lt.read(out.getvalue().encode("utf-8", "surrogatepass"), {"employer_no": SEWING})
    except (FileUnreadable, NotRead):
        return
    assert all(row["effect"] or row.faults for row in rows)


# --- the traps ---------------------------------------------------------------------------------


def test_one_code_is_another_sex_in_another_template(office: Office) -> None:
    """Trap 1: 0 is a woman in the template with the sheet DuLieu, and nobody in the other."""
    ours = {name: head for name, head in HEADS.items() if name not in ("kind_code", "code", "head", "again")}
    ours |= {"f": "LoạiHoSo", "g": "Phương án ID"}  # worked out by formulas that nothing has worked out
    row = RISE | {"plan": "DC-Điều chỉnh", "sex": "0", "f": "=1+1", "g": '=LEFT("DC", 2)'}
    v2 = d02_lt.read(book(row, sheet="DuLieu", heads=ours, first="HuongDan"), {"employer_no": SEWING})
    assert [(r["sex"], r.faults) for r in v2] == [("female", {})]
    coded = [d02_lt.read(book(RISE | {"sex": code}), {"employer_no": SEWING})[0] for code in ("1", "2", "3", "0")]
    assert [r["sex"] for r in coded] == ["male", "female", "", ""]
    assert [r.faults.get("sex") for r in coded] == [None, None, None, "sex_code"]
    bare = d02_lt.read(book(row, heads=ours), {"employer_no": SEWING})
    assert bare[0].faults == {"sex": "sex_code"}
    assert d02_lt.read(book(RISE | {"sex": "Nữ"}), {"employer_no": SEWING})[0]["sex"] == "female"
    assert one(post(office.officer_of_dong, book(RISE | {"sex": "1"}))) == ("accepted", "sex_differs")


def test_zeros_that_a_number_cell_lost_are_put_back_and_said() -> None:
    """Trap 10."""
    (row,) = d02_lt.read(book(RISE | {"no": 123_456_789, "id": 1_194_000_001}), {"employer_no": SEWING})
    assert (row["sso_no"], row["national_no"], row["zeros_added"]) == ("0123456789", "001194000001", "yes")


def test_columns_are_found_by_their_headings_and_never_by_place(office: Office) -> None:
    turned = dict(reversed([(n, h) for n, h in HEADS.items() if n not in ("head", "again")]))
    assert one(post(office.officer_of_dong, book(RISE, heads=turned))) == ("accepted", None)
    assert wages(office, HA)["2026-08"] == "9500000"
    twice = {"name": "Họ và tên", "no": "Mã số BHXH", "wage": "Mức lương", "w2": "Tiền lương", "from": "Từ tháng"}
    with pytest.raises(FileUnreadable, match="heading_twice"):
        d02_lt.read(book(RISE, heads=twice), {"employer_no": SEWING})
    own = {"name": "Họ và tên", "no": "Mã số BHXH", "wage": "Lương HĐLĐ", "from": "Kỳ"}
    with pytest.raises(FileUnreadable, match="columns") as wrong:
        d02_lt.read(book(RISE, heads=own), {"employer_no": SEWING})
    assert wrong.value.params == {"missing": ["Mức lương", "Từ tháng"], "unknown": ["Lương HĐLĐ", "Kỳ"]}
    with pytest.raises(FileUnreadable, match="said_employer"):
        d02_lt.read(book(RISE), {})
    assert {"heading_twice", "columns", "said_employer"} <= set(FILE_FAULTS)


def test_sections_say_what_rows_without_a_code_do() -> None:
    heads = {"name": "Họ và tên", "no": "Mã số BHXH", "wage": "Tiền lương", "from": "Từ tháng, năm"}
    rows: list[dict[str, Any]] = [
        {"name": "I. Tăng lao động"},
        RISE,
        {"name": "II. Giảm"},
        RISE | {"no": DUC},
        {"name": "III. Điều chỉnh"},
        RISE | {"no": NGOC},
        {"name": "Cộng"},
    ]
    found = d02_lt.read(book(*rows, heads=heads), {"employer_no": SEWING})
    assert [r["effect"] for r in found[:3]] == ["joins", "ends", "changes"]


# --- who joins and leaves ----------------------------------------------------------------------


def test_an_employer_names_a_joiner_as_we_know_her_or_not_at_all(office: Office) -> None:
    sewing = employer_of(office, SEWING)
    wrong = ({"born": "15/04/1998"}, {"name": "Trần Thị Ngọc"}, {"no": "4826999999"}, {"born": ""}, {"born": 1997})
    for change in wrong:
        assert one(post(sewing, book(JOINS | change))) == ("refused", "joiner_unknown")
    assert one(post(sewing, book(JOINS | {"since": ""}))) == ("refused", "required")
    assert one(post(sewing, book(JOINS | {"since": "01/01/2020"}))) == ("refused", "contract_far")
    assert [job[0] for job in jobs(office, NGOC)] == [WOOD]
    assert one(post(sewing, book(JOINS))) == ("accepted", None)
    assert jobs(office, NGOC)[-1] == (SEWING, date(2026, 10, 1), None)
    assert wages(office, NGOC) == {"2026-10": "9000000"}
    assert one(post(sewing, book(JOINS))) == ("duplicate", None)


def test_who_is_not_hers_is_nobody_in_every_other_row(office: Office) -> None:
    sewing = employer_of(office, SEWING)
    assert one(post(sewing, book(JOINS | {"kind": "", "code": "DC"}))) == ("refused", "unknown_person")
    assert one(post(sewing, book(JOINS | {"no": None, "code": "TM"}))) == ("refused", "joiner_unknown")
    assert one(post(sewing, book(RISE), WOOD)) == ("accepted", None), "she speaks for herself, whoever is named"


def test_work_ends_on_the_day_of_the_contract_and_not_on_a_guess(office: Office) -> None:
    sewing = employer_of(office, SEWING)
    ends = {"name": "Lê Thị Thu Hà", "no": HA, "kind": "Giảm lao động", "code": "GH1", "from": "10/2026", "wage": 1}
    assert told(post(sewing, book(ends))) == [(4, "refused", "last_day_needed", "R4")]
    assert one(post(sewing, book(ends | {"until": "31/12/2026"}))) == ("refused", "contract_far")
    declared(office, HA, "2026-09", "2026-10", 9_000_000)
    assert one(post(sewing, book(ends | {"until": "30/09/2026"}))) == ("accepted", "wages_after_end")
    assert jobs(office, HA) == [(SEWING, date(2026, 4, 1), date(2026, 9, 30))]
    assert one(post(sewing, book(ends | {"until": "30/09/2026"}))) == ("duplicate", None)


def test_a_death_is_not_told_on_a_list(office: Office) -> None:
    row = {"name": "Lê Thị Thu Hà", "no": HA, "code": "GC", "from": "10/2026", "wage": 1}
    assert one(post(office.officer_of_dong, book(row))) == ("refused", "death_on_paper")


def test_a_leave_on_the_list_is_seen_by_the_office(office: Office) -> None:
    row = {"name": "Lê Thị Thu Hà", "no": HA, "code": "TS", "from": "08/2026", "to": "09/2026", "wage": 9_000_000}
    sewing = employer_of(office, SEWING)
    assert one(post(sewing, book(row))) == ("accepted", "leave_noted")
    assert one(post(sewing, book(row))) == ("duplicate", None)
    assert one(post(sewing, book(row | {"to": "10/2026"}))) == ("corrected", "leave_noted")
    assert one(post(sewing, book(RISE | {"code": "ON", "plan": "ON (ts)", "from": "10/2026"}))) == ("accepted", None)
    with office.service.engine.connect() as connection:
        found = connection.execute(select(t.leave_told.c.code, t.leave_told.c.first, t.leave_told.c.last)).all()
        person = there(store.persons.with_identifier(office.act(connection), "vn-bhxh", HA))
    assert sorted(map(tuple, found)) == [("ON", "2026-10", None), ("TS", "2026-08", "2026-10")]
    page = Browser(office, office.officer_of_dong).open(f"/desk/persons/{person}?lang=en")
    assert "Leaves on employers" in page
    told_there = re.sub(r"<[^>]+>", "", page[page.index("Leaves on employers") :])
    assert "Maternity leave · Aug 2026 – Oct 2026 · Công ty TNHH May mặc Hoa Sen Trắng" in " ".join(told_there.split())
    assert wages(office, HA) == {"2026-10": "9500000"}, "a leave is no wage"


# --- pages and examples ------------------------------------------------------------------------


def test_she_takes_the_list_of_a_month_out_and_sends_it_back(office: Office) -> None:
    """What is written is read again: every change says the same, and nothing new is made of it."""
    sewing = employer_of(office, SEWING)
    declared(office, HA, "2026-06", "2026-09", 9_000_000)
    declared(office, HA, "2026-10", "2026-10", 9_500_000)
    assert one(post(sewing, book(JOINS))) == ("accepted", None)
    page = Browser(office, sewing)
    assert "D02-LT" in page.open("/employer/files?lang=en")
    answer = page.client.get("/employer/files/d02-lt.xlsx?month=2026-10")
    assert answer.status_code == 200
    lines = list(there(openpyxl.load_workbook(io.BytesIO(answer.data)).active).iter_rows(values_only=True))
    assert [(line[1], line[9], line[14]) for line in lines[1:]] == [
        ("Lê Thị Thu Hà", "9500000", "10/2026"),
        ("Trần Thị Bích Ngọc", "9000000", "10/2026"),
    ]
    assert [row[1:3] for row in told(post(sewing, answer.data))] == [("duplicate", None)] * 2
    assert page.client.get("/employer/files/d02-lt.xlsx?month=13").status_code == 404


def test_the_example_of_the_documents_is_read(office: Office) -> None:
    data = (EXAMPLES / "vn-d02-lt.xlsx").read_bytes()
    assert [row[1:3] for row in told(post(employer_of(office, SEWING), data))] == [
        ("accepted", None),
        ("accepted", None),
        ("accepted", "leave_noted"),
    ]


def test_elsewhere_nobody_is_offered_lists_of_viet_nam(
    new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path
) -> None:
    office = Office(new_database("benefits"), keys_folder, tmp_path / "clock")
    office.someone(number="1004182273")
    answer = post(office.officer, book(RISE))
    assert (answer.status_code, answer.json["code"]) == (422, "unknown_kind")
    page = Browser(office, employer_of(office))
    assert "D02-LT" not in page.open("/employer/files?lang=en")
    assert page.client.get("/employer/files/d02-lt.xlsx").status_code == 404
    assert page.client.get("/employer/files/01b-hsb.xlsx").status_code == 404
    office.service.engine.dispose()
