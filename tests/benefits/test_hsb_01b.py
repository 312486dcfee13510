"""Viet Nam: on list 01B-HSB an employer claims leaves for her workers; each becomes a draft for the desk or is answered
with its row, and no illness she wrote is ever shown back to her."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, text

from services.benefits import tables as t
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.gateways import hsb_01b
from services.benefits.views.file_words import FILE_FAULTS
from shared.reading import NotRead
from shared.reading.days import read_leave_length
from tests.benefits.conftest import Office, Person
from tests.benefits.elsewhere import office_in
from tests.benefits.file_answers import one, told
from tests.benefits.test_employer_pages import employer_of
from tests.benefits.test_hospital_papers import LEAVE, PERSON, envelope
from tests.benefits.test_hospital_papers import sends as sends_papers
from tests.benefits.visitors import Browser
from tests.there import there

EXAMPLES = Path(__file__).parents[2] / "docs" / "files"
SEWING, WOOD = "HG0003A", "HG0002A"
DUC, HA, LIEN, HOA = "4826015838", "4826039595", "4826063352", "4826007919"
COUNTED = ["A", "B", 1, 2, 3, 4, "C", "D", "E"]
SICK = ["A", "CHẾ ĐỘ ỐM ĐAU"], ["I", "Ốm thường"]
CHILD = ["A", "CHẾ ĐỘ ỐM ĐAU"], ["III", "Con ốm"]
BIRTH = ["B", "CHẾ ĐỘ THAI SẢN"], ["III", "Sinh con"], ["-", "Trường hợp thông thường"]
FLU = [1, "Nguyễn Văn Đức", DUC, "05/10/2026", "09/10/2026", 5, "1020000062674, AGRIBANK", "J06.9 viêm họng", "CN"]
CHILD_ILL = [1, "Lê Thị Thu Hà", HA, "12/10/2026", "13/10/2026", 2, None, "20/03/2024"]
BORN = [1, "Hoàng Thị Kim Liên", LIEN, "03/08/2026", "02/02/2027", "6-0", None, "10/08/2026"]


@pytest.fixture
def office(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Office]:
    with office_in("vn", "2026-10-19", new_database, keys_folder, tmp_path) as found:
        yield found


@pytest.fixture
def sewing(office: Office) -> Person:
    return employer_of(office, SEWING)


def form(*rows: Sequence[Any], unit: str = f"Mã đơn vị: {SEWING}") -> bytes:
    """The form as a sheet, its groups and people below the row that counts the columns."""
    made = openpyxl.Workbook()
    page = there(made.active)
    page.append(["Tên cơ quan (đơn vị): Công ty TNHH May mặc Hoa Sen Trắng"])
    page.append([unit])
    page.append([None, "Họ và tên", "Mã số BHXH", "Số ngày nghỉ được tính hưởng trợ cấp"])
    page.append(COUNTED)
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def flat(*rows: dict[str, Any], corrections: int = 0) -> bytes:
    """The 23 columns of BHXH630."""
    made = openpyxl.Workbook()
    page = there(made.active)
    page.title = hsb_01b.NEW
    for line in hsb_01b.write("Công ty", SEWING, "", []):
        page.append(line)
    for row in rows:
        page.append([row.get(head) for head in hsb_01b.HEADING])
    other = made.create_sheet(hsb_01b.CORRECTIONS)
    for _ in range(6):
        other.append(["Phần 2", "Điều chỉnh"])
    for _ in range(corrections):
        other.append([DUC, "Nguyễn Văn Đức", "Đợt 1"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def post(who: Person, data: bytes, beside: str = "") -> Any:
    path = f"/v1/imports/vn_01b_hsb{beside}"
    return who.office.client.post(path, data=data, headers=who.headers())


def claims(office: Office) -> list[Any]:
    with office.service.engine.connect() as connection:
        c = t.claim.c
        query = select(c.id, c.benefit, c.state, c.origin, c.facts, c.papers).order_by(c.number)
        return list(connection.execute(query))


def test_each_row_becomes_a_draft_of_its_group(office: Office, sewing: Person) -> None:
    data = form(*SICK, FLU, ["III", "Con ốm"], CHILD_ILL, *BIRTH, ["+", "Sinh đôi"], BORN)
    assert told(post(sewing, data)) == [
        (7, "accepted", None, None),
        (9, "accepted", None, None),
        (14, "accepted", None, None),
    ]
    flu, child, birth = claims(office)
    assert [(c.benefit, c.state, c.origin) for c in (flu, child, birth)] == [
        ("sickness", "draft", "employer"),
        ("sick_child", "draft", "employer"),
        ("birth", "draft", "employer"),
    ]
    assert flu.facts == {
        "spell": {"first_day": "2026-10-05", "last_day": "2026-10-09"},
        "employments": [{"weekly_rest": ["sun"]}],
    }
    assert child.facts["spell"]["cause"] == "sick_child"
    assert child.facts["event"] == {"child_born_on": "2024-03-20"}
    assert birth.facts["event"] == {"birth_on": "2026-08-10", "children": 2}
    assert [row[1] for row in told(post(sewing, data))] == ["duplicate"] * 3
    assert len(claims(office)) == 3


def test_the_illness_an_employer_writes_is_never_shown_back_and_never_a_fact(office: Office, sewing: Person) -> None:
    """Trap 7: column D makes the employer write an illness. It is kept for who decides, as her word."""
    page = Browser(office, sewing)
    upload = {
        "csrf_token": "c5rf",
        "_key": "f",
        "kind": "vn_01b_hsb",
        "file": (io.BytesIO(form(*SICK, FLU, [2, "Ai đó", "4826999999", *FLU[3:]])), "01b.xlsx"),
    }
    answer = page.client.post("/employer/files?lang=en", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[:500]
    where = answer.headers["Location"]
    (claim,) = claims(office)
    assert claim.papers["listed_condition"] == "J06.9 viêm họng"
    assert "illness" not in claim.facts["spell"]
    sheet = page.client.get(f"{where}/reasons.xlsx?lang=en").data
    with zipfile.ZipFile(io.BytesIO(sheet)) as package:
        unpacked = b"".join(package.read(name) for name in package.namelist())
    shown = [
        page.open(f"{where}?lang=en"),
        page.client.get(f"{where}/reasons.csv?lang=en").text,
        unpacked.decode("utf-8", "replace"),
        page.open("/employer?lang=en"),
        page.open(f"/employer/receipts/{claim.id}?lang=en"),
    ]
    assert "leave claimed on a list" in shown[-1]
    out = page.client.get("/employer/files/01b-hsb.xlsx").data
    shown += [cell for row in _cells(out) for cell in row]
    assert not any("J06" in one or "viêm" in one for one in shown)
    assert DUC in shown[1]
    desk = Browser(office, office.officer_of_dong).open(f"/desk/claims/{claim.id}?lang=en")
    assert "On the employer" in desk
    assert "J06.9 viêm họng" in desk
    with office.service.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT content, said FROM import_file")).all())
        stored += str(connection.execute(text("SELECT answers FROM import_answers")).all())
        stored += str(connection.execute(text("SELECT papers FROM claim")).all())
    assert "J06" not in stored


def _cells(data: bytes) -> list[list[str]]:
    sheet = there(openpyxl.load_workbook(io.BytesIO(data)).active)
    return [[str(value) if value is not None else "" for value in row] for row in sheet.iter_rows(values_only=True)]


def test_who_administers_sees_none_of_it(office: Office) -> None:
    assert post(office.administrator_of_dong, form(*SICK, FLU)).status_code == 403
    assert post(office.clerk_of_dong, form(*SICK, FLU)).status_code == 403


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (5, None),
        (4, None),
        (6, "list_days_differ"),
        ("0-5", None),
        (date(2026, 10, 1), "date_for_days"),
        ("10/1/2026", "date_for_days"),
        ("10-Jan", "date_for_days"),
        ("năm", "not_days"),
        ("2,5", "not_days"),
    ],
)
def test_a_month_and_ten_days_is_no_date(office: Office, sewing: Person, days: Any, code: str | None) -> None:
    """Trap 3: 1-10 is a month and ten days, of which a spreadsheet makes the tenth of January."""
    row = told(post(sewing, form(*SICK, [*FLU[:5], days])))[0]
    outcome = "accepted" if code in (None, "list_days_differ") else "refused"
    assert row[1:] == (outcome, code, "F7" if code else None)


def test_months_and_days_are_those_of_the_calendar(office: Office, sewing: Person) -> None:
    assert read_leave_length("1-10") == (1, 10)
    assert read_leave_length("１–10") == (1, 10)
    with pytest.raises(NotRead):
        read_leave_length("-3")
    long = [["A", "CHẾ ĐỘ ỐM ĐAU"], ["II", "Ốm dài ngày"]]
    row = [1, "Nguyễn Văn Đức", DUC, "01/07/2026", "10/08/2026", "1-10", None, "K74"]
    assert one(post(sewing, form(*long, row))) == ("accepted", None)
    row = [1, "Lê Thị Thu Hà", HA, "01/07/2026", "10/08/2026", "1-11"]
    assert one(post(sewing, form(*long, row))) == ("accepted", "list_days_differ")


def test_a_broken_row_is_answered_with_its_cell_and_the_others_are_taken(office: Office, sewing: Person) -> None:
    rows: list[list[Any]] = [
        FLU,
        [2, "Nguyễn Thị Hoa", HOA, "05/10/2026", "09/10/2026", 5],
        [3, "Lê Thị Thu Hà", HA, "09/10/2026", "05/10/2026", 5],
        [4, "Lê Thị Thu Hà", HA, "19/10/2027", "20/10/2027", 2],
        [5, "Lê Thị Thu Hà", HA, "01/03/2026", "03/03/2026", 2],
        [6, "Lê Thị Thu Hà", "48260395", "01/10/2026", None, 2],
        [7, "Ai đó"],
        [8],
    ]
    assert told(post(sewing, form(*SICK, *rows))) == [
        (7, "accepted", None, None),
        (8, "refused", "unknown_person", "C8"),
        (9, "refused", "before_start", "E9"),
        (10, "refused", "in_the_future", "D10"),
        (11, "refused", "not_employed_then", "D11"),
        (12, "refused", "unknown_person", "C12"),
        (13, "refused", "required", "C13"),
    ]


def test_the_group_is_read_in_the_words_of_the_form_or_not_at_all(office: Office, sewing: Person) -> None:
    assert one(post(sewing, form(FLU))) == ("refused", "group_unclear")
    assert one(post(sewing, form(["A", "CHẾ ĐỘ ỐM ĐAU"], FLU))) == ("refused", "group_unclear")
    assert claims(office) == []
    told_by = {
        ("CHẾ ĐỘ ỐM ĐAU", "Ốm dài ngày"): "sickness",
        ("Ốm đau/Thai sản",): "",
        ("630a",): "",
        ("CHẾ ĐỘ THAI SẢN", "Khám thai"): "antenatal",
        ("CHẾ ĐỘ THAI SẢN", "Sảy thai, nạo hút thai, thai chết lưu", "Trường hợp thai dưới 5 tuần tuổi"): "miscarriage",
        ("CHẾ ĐỘ THAI SẢN", "Lao động nữ mang thai hộ sinh con"): "surrogate_mother",
        ("CHẾ ĐỘ THAI SẢN", "Người mẹ nhờ mang thai hộ nhận con"): "intended_mother",
        ("CHẾ ĐỘ THAI SẢN", "Lao động nam nghỉ việc khi vợ sinh con"): "paternity",
        ("DƯỠNG SỨC PHỤC HỒI SỨC KHỎE", "Ốm đau"): "sickness_convalescence",
        ("DƯỠNG SỨC PHỤC HỒI SỨC KHỎE", "Thai sản"): "maternity_convalescence",
        ("DƯỠNG SỨC PHỤC HỒI SỨC KHỎE", "Tai nạn lao động, bệnh nghề nghiệp"): "",
        ("Dưỡng sức",): "",
    }
    assert {path: hsb_01b.benefit_of(path) for path in told_by} == told_by
    assert {b: hsb_01b.benefit_of([title]) for b, title in hsb_01b.TITLES.items()} == {b: b for b in hsb_01b.TITLES}


def test_a_day_in_column_d_is_read_by_its_group(office: Office, sewing: Person) -> None:
    death = [["B", "CHẾ ĐỘ THAI SẢN"], ["III", "Sinh con"], ["-", "Trường hợp con chết"]]
    row = [*BORN[:7], "10/08/2026-12/08/2026"]
    assert one(post(sewing, form(*BIRTH, row))) == ("refused", "condition_unclear")
    assert one(post(sewing, form(*death, row))) == ("accepted", None)
    assert claims(office)[0].facts["event"] == {"birth_on": "2026-08-10", "child_died_on": "2026-08-12"}
    assert told(post(sewing, form(*CHILD, [*CHILD_ILL[:7], "20/13/2024"]))) == [(7, "refused", "not_a_day", "H7")]
    made_a_date = [*CHILD_ILL[:7], date(2024, 3, 20)]
    assert one(post(sewing, form(*CHILD, made_a_date))) == ("accepted", None)


def test_another_claim_about_these_days_stays_as_it_is(office: Office, sewing: Person) -> None:
    assert one(post(sewing, form(*SICK, FLU))) == ("accepted", None)
    longer = [*FLU[:4], "12/10/2026", 6]
    assert one(post(sewing, form(*SICK, longer))) == ("refused", "leave_claimed")
    rows = told(post(sewing, form(*SICK, FLU, longer)))
    assert [row[1:3] for row in rows] == [("refused", "twice_in_file")] * 2
    assert claims(office)[0].facts["spell"]["last_day"] == "2026-10-09"


def test_the_desk_submits_what_the_list_began(office: Office, sewing: Person) -> None:
    """The facts of a draft can be as they are; once it is submitted, the same list again changes nothing."""
    data = form(*SICK, FLU, ["III", "Con ốm"], CHILD_ILL, *BIRTH, ["+", "Sinh một con"], BORN)
    post(sewing, data)
    for claim in claims(office):
        answer = office.clerk_of_dong.post(f"/v1/claims/{claim.id}/submission", etag=1)
        assert answer.status_code == 200, answer.json
    assert [c.state for c in claims(office)] == ["submitted"] * 3
    assert [row[1] for row in told(post(sewing, data))] == ["duplicate"] * 3
    shown = Browser(office, sewing).open("/employer?lang=en")
    assert "The institution" in shown


def test_a_birth_notified_ahead_is_filled_in(office: Office, sewing: Person) -> None:
    page = Browser(office, sewing)
    with office.service.engine.connect() as connection:
        i = t.person_identifier.c
        person = str(connection.scalar(select(i.person_id).where(i.value == LIEN)))
    page.send("/employer/notice", person=person, expected_on="15/08/2026", leave_from="01/08/2026", sure="yes")
    assert one(post(sewing, form(*BIRTH, ["+", "Sinh một con"], BORN))) == ("corrected", None)
    (claim,) = claims(office)
    assert claim.facts["spell"] == {"first_day": "2026-08-03", "last_day": "2027-02-02"}
    assert claim.facts["event"] == {"birth_on": "2026-08-10", "children": 1}
    assert claim.papers["expected_on"] == "2026-08-15"
    assert one(post(sewing, form(*BIRTH, ["+", "Sinh một con"], BORN))) == ("duplicate", None)


def test_the_account_on_the_list_changes_nothing(office: Office, sewing: Person) -> None:
    other = [*FLU[:6], "0123456789, VCB, CN Đông Giang"]
    assert told(post(sewing, form(*SICK, other))) == [(7, "accepted", "account_differs", "G7")]
    (claim,) = claims(office)
    assert claim.papers["listed_account"].startswith("0123456789")
    with office.service.engine.connect() as connection:
        assert "0123456789" not in list(connection.scalars(select(t.payee.c.number)))


def test_an_employer_claims_for_herself_and_the_office_for_whom_the_form_names(office: Office, sewing: Person) -> None:
    assert one(post(sewing, form(*SICK, FLU, unit=f"Mã đơn vị: {WOOD}"))) == ("refused", "other_employer")
    assert one(post(sewing, form(*SICK, FLU, unit="Mã đơn vị: ………"))) == ("accepted", None)
    answer = post(office.officer_of_dong, form(*SICK, CHILD_ILL[:6], unit=""))
    assert (answer.status_code, answer.json["code"]) == (422, "said_employer")
    answer = post(office.officer_of_dong, form(*SICK, CHILD_ILL[:6], unit=""), f"?employer_no={SEWING}")
    assert one(answer) == ("accepted", None)


# --- 23 columns --------------------------------------------------------------------------------

ROW = {
    "Số sổ BHXH": DUC,
    "Họ và tên": "Nguyễn Văn Đức",
    "Từ ngày": "03/06/2026",
    "Đến ngày": "05/06/2026",
    "Số serial của chứng từ": "480010260001",
    "Loại nhóm hưởng": "Ốm thường",
    "Tổng số ngày nghỉ": "3",
    "Mã bệnh dài ngày": "",
}


def test_the_serial_of_a_certificate_finds_the_hospitals_paper(office: Office) -> None:
    """The paper came first, and waits; the list names its serial, and the paper lies with the claim, verified."""
    assert sends_papers(office, envelope([("XML1", PERSON), ("XML11", LEAVE)]))[0][:2] == ("accepted", "paper_waits")
    row = ROW | {"Số sổ BHXH": HOA, "Họ và tên": "Nguyễn Thị Hoa", "Đến ngày": "06/06/2026"}
    data = flat(row)
    assert told(post(employer_of(office, WOOD), data)) == [(7, "refused", "other_employer", None)]
    data = flat_of(WOOD, row)
    assert told(post(employer_of(office, WOOD), data)) == [(7, "accepted", None, None)]
    for _ in range(5):
        office.service.look_at_jobs()
    (claim,) = claims(office)
    assert claim.facts["spell"]["last_day"] == "2026-06-06"
    found = {name: claim.facts["certificates"][0][name] for name in ("number", "from", "to")}
    assert found == {"number": "480010260001", "from": "2026-06-03", "to": "2026-06-05"}, "the hospital's days"
    assert claim.papers["verified"] == ["480010260001"]
    assert claim.facts["certificates"][0]["illness"].startswith("J06.9")
    assert told(post(employer_of(office, WOOD), data))[0][1] == "duplicate"


def flat_of(unit: str, *rows: dict[str, Any]) -> bytes:
    """The same without the sheet of corrections, for another employer."""
    made = openpyxl.Workbook()
    page = there(made.active)
    page.title = hsb_01b.NEW
    for line in hsb_01b.write("Công ty", unit, "", []):
        page.append(line)
    for row in rows:
        page.append([row.get(head) for head in hsb_01b.HEADING])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_corrections_are_not_taken_from_a_file(office: Office, sewing: Person) -> None:
    answer = post(sewing, flat(ROW, corrections=1))
    assert (answer.status_code, answer.json["code"]) == (422, "corrections_apart")
    assert claims(office) == []
    part_2 = ["PHẦN 2: DANH SÁCH ĐỀ NGHỊ ĐIỀU CHỈNH SỐ ĐÃ ĐƯỢC GIẢI QUYẾT"]
    rows = told(post(sewing, form(*SICK, FLU, part_2, [1, "Lê Thị Thu Hà", HA, "Đợt 1", "Sai ngày"])))
    assert rows[-1][1:] == ("refused", "correction_by_office", "B9")
    assert {"corrections_apart", "said_employer"} <= set(FILE_FAULTS)


def test_what_is_no_list_is_refused_whole(office: Office) -> None:
    with pytest.raises(FileUnreadable, match="columns"):
        hsb_01b.read(b"a,b\n1,2\n", {"employer_no": SEWING})


def test_zeros_that_a_number_cell_lost_are_put_back(office: Office) -> None:
    """Trap 10."""
    (row,) = hsb_01b.read(flat(ROW | {"Số sổ BHXH": 123_456_789}), {})
    assert (row["sso_no"], row["zeros_added"], row["employer_no"]) == ("0123456789", "yes", SEWING)


def test_she_takes_her_leaves_out_and_sends_them_back(office: Office, sewing: Person) -> None:
    """What is written is read again and says the same; neither an illness nor an account stands in it."""
    post(sewing, form(*SICK, FLU, ["III", "Con ốm"], CHILD_ILL, *BIRTH, ["+", "Sinh một con"], BORN))
    page = Browser(office, sewing)
    assert "01B-HSB" in page.open("/employer/files?lang=en")
    data = page.client.get("/employer/files/01b-hsb.xlsx").data
    rows = _cells(data)[6:]
    assert [(row[0], row[2], row[5], row[10], row[22]) for row in rows] == [
        (DUC, "05/10/2026", "Ốm thường", "", ""),
        (HA, "12/10/2026", "Con ốm", "", ""),
        (LIEN, "03/08/2026", "Sinh một con", "", ""),
    ]
    assert [row[1] for row in told(post(sewing, data))] == ["duplicate"] * 3


@pytest.mark.parametrize(("name", "rows"), [("vn-01b-hsb.xlsx", 3), ("vn-bhxh630.xlsx", 1)])
def test_the_examples_of_the_documents_are_read(office: Office, sewing: Person, name: str, rows: int) -> None:
    assert [row[1:3] for row in told(post(sewing, (EXAMPLES / name).read_bytes()))] == [("accepted", None)] * rows
