"""Thailand: the monthly wages of an employer as form SSO 1-10, text and workbook."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.gateways import sso_1_10
from shared.period import Month
from tests.benefits.conftest import Office, Person
from tests.benefits.elsewhere import office_in
from tests.benefits.test_employer_pages import employer_of
from tests.benefits.visitors import Browser
from tests.there import there

EXAMPLES = Path(__file__).parents[2] / "docs" / "files"
TIMBER, SILK = "1000000002", "1000000001"
KITTI, CHANPHEN = "3450100907629", "3450103260138"
#: She works for another.
KANDA = "3450101691794"
#: What a line of the form says: number, first and last name, wage and contribution in satang.
Line = tuple[str, str, str, int, int]
TWO: list[Line] = [
    (KITTI, "กิตติ", "ประเสริฐสุข", 1_800_000, 75_000),
    (CHANPHEN, "จันทร์เพ็ญ", "ศรีสมบูรณ์", 1_050_000, 52_500),
]


@pytest.fixture
def office(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Office]:
    with office_in("th", "2026-10-05", new_database, keys_folder, tmp_path) as found:
        yield found


def form(people: list[Line], *, head: dict[str, Any] | None = None, letters: str = "cp874") -> bytes:
    """The form as a payroll program writes it; `head` says something else in the header."""
    wages, paid = sum(p[3] for p in people), sum(p[4] for p in people)
    told: dict[str, Any] = {
        "employer_no": TIMBER,
        "paid_on": "051069",
        "period": "0969",
        "count": len(people),
        "wages": wages,
        "employee": paid,
        "employer": paid,
    } | (head or {})
    both = told.get("both", told["employee"] + told["employer"])
    name = "บริษัท ไม้แปรรูปลุ่มน้ำ จำกัด"
    lines = [
        f"1{told['employer_no']}000000{told['paid_on']}{told['period']}{name:<45}0500{told['count']:06}"
        f"{told['wages']:015}{both:014}{told['employee']:012}{told['employer']:012}"
    ]
    lines += [f"2{no}003{first:<30}{last:<35}{wage:014}{part:012}{'':27}" for no, first, last, wage, part in people]
    assert all(len(line) == 135 for line in lines)
    return "".join(line + "\r\n" for line in lines).encode(letters)


def book(rows: list[list[Any]], sheet: str = "000000") -> bytes:
    made = openpyxl.Workbook()
    page = there(made.active)
    page.title = sheet
    page.append(["เลขประจำตัวประชาชน", "คำนำหน้าชื่อ", "ชื่อผู้ประกันตน", "นามสกุลผู้ประกันตน", "ค่าจ้าง", "เงินสมทบ"])
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def post(who: Person, data: bytes, beside: str = "") -> Any:
    path = f"/v1/imports/th_sso_1_10{beside}"
    return who.office.client.post(path, data=data, content_type="text/csv", headers=who.headers())


def told(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 201, answer.json
    return [(a["row"], a["outcome"], a["code"], a["at"]) for a in there(answer.json)["items"]]


def wage(office: Office, number: str, month: str = "2026-09") -> tuple[str, str | None] | None:
    """The wage of a month, and who declared it."""
    with office.service.engine.connect() as connection:
        act = office.act(connection)
        person = there(store.persons.with_identifier(act, "th-sso", number))
        found = store.persons.declared(act, PersonId(person), Month.parse(month))
        return (found[0].wage.decimal(), found[0].employer_id) if found else None


def test_a_month_comes_as_text_of_135_bytes(office: Office) -> None:
    """Trap 4 and 5: two digits of a Buddhist year; bytes of TIS-620, one for each letter and sign."""
    data = form(TWO)
    assert {len(line) for line in data.split(b"\r\n") if line} == {135}
    assert told(post(office.officer_of_mueang, data)) == [(2, "accepted", None, None), (3, "accepted", None, None)]
    assert wage(office, KITTI) == ("18000.00", employer_of(office, TIMBER).actor.employer)
    assert told(post(office.officer_of_mueang, data)) == [(2, "duplicate", None, None), (3, "duplicate", None, None)]


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig"])
def test_the_same_lines_in_utf_8_are_longer_and_say_the_same(office: Office, letters: str) -> None:
    data = form(TWO, letters=letters)
    assert max(len(line) for line in data.split(b"\r\n")) > 135
    assert [row[1] for row in told(post(office.officer_of_mueang, data))] == ["accepted", "accepted"]


@pytest.mark.parametrize(
    ("head", "code", "said", "found"),
    [
        ({"count": 3}, "count_differs", "3", "2"),
        ({"wages": 2_850_001}, "wages_differ", "28500.01", "28500.00"),
        ({"employee": 127_400}, "contributions_differ", "1274.00", "1275.00"),
        ({"both": 255_100}, "contributions_differ", "2551.00", "2550.00"),
    ],
)
def test_totals_that_are_not_those_of_the_lines_refuse_the_file_with_both(
    office: Office, head: dict[str, Any], code: str, said: str, found: str
) -> None:
    answer = post(office.officer_of_mueang, form(TWO, head=head))
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["params"] == {"said": said, "found": found}
    assert wage(office, KITTI) is None
    page = Browser(office, office.officer_of_mueang)
    upload = {
        "csrf_token": "c5rf",
        "_key": "f",
        "kind": "th_sso_1_10",
        "file": (io.BytesIO(form(TWO, head=head)), "sep.txt"),
    }
    shown = page.client.post("/imports?lang=en", data=upload, content_type="multipart/form-data")
    assert shown.status_code == 422
    assert said in shown.text
    assert found in shown.text


def test_a_broken_row_is_answered_and_the_others_are_taken(office: Office) -> None:
    strange = ("3450101691795", "กานดา", "สุวรรณ", 1_050_000, 52_500)
    nobody = ("1234567890121", "สมชาย", "ใจดี", 1_750_000, 75_000)
    other = (CHANPHEN, "จันทร์เพ็ญ", "ใจดี", 1_050_000, 52_500)
    kanda = (KANDA, "กานดา", "สุวรรณ", 1_050_000, 52_500)
    rows = told(post(office.officer_of_mueang, form([TWO[0], strange, nobody, other, kanda])))
    assert rows == [
        (2, "accepted", None, None),
        (3, "refused", "check_digit", "3:2-14"),
        (4, "refused", "unknown_person", "4:2-14"),
        (5, "accepted", "name_differs", "5:48-82"),
        (6, "accepted", "not_known_there", "6:2-14"),
    ]


def test_two_lines_for_one_number_are_both_answered_and_neither_is_guessed(office: Office) -> None:
    again = (KITTI, "กิตติ", "ประเสริฐสุข", 900_000, 45_000)
    rows = told(post(office.officer_of_mueang, form([TWO[0], again, TWO[1]])))
    assert [row[1:3] for row in rows] == [("refused", "twice_in_file")] * 2 + [("accepted", None)]
    assert wage(office, KITTI) is None


@pytest.mark.parametrize(("period", "code"), [("1069", None), ("1169", "month_far"), ("0967", "month_far")])
def test_a_month_has_come_and_is_not_two_years_old(office: Office, period: str, code: str | None) -> None:
    rows = told(post(office.officer_of_mueang, form(TWO[:1], head={"period": period})))
    assert [row[2] for row in rows] == [code]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (form(TWO)[:-40], "line_length"),
        (form(TWO).replace(b"0969", b"1369"), "field_unreadable"),
        (form(TWO).replace(b"051069", b"311169"), "field_unreadable"),
        (form(TWO).replace(b"00000001800000", b"0000000180000O"), "field_unreadable"),
        (b"\r\n", "empty"),
        (form(TWO).split(b"\r\n", 1)[1], "field_unreadable"),
        (b"\xff\xfe1\x00", "other_letters"),
    ],
)
def test_what_is_not_the_form_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(FileUnreadable) as wrong:
        sso_1_10.read(data, {})
    assert wrong.value.code == code


def test_blanks_that_a_program_cut_off_behind_the_last_field_are_no_loss() -> None:
    short = b"\n".join(line.rstrip(b" ") for line in form(TWO).split(b"\r\n"))
    assert sso_1_10.read(short, {}) == sso_1_10.read(form(TWO), {})


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.text("กขคงจฉชซ็่้๊์ิีุูเแโใไำะา ", max_size=30),
            st.integers(min_value=0, max_value=10**13),
            st.integers(min_value=0, max_value=10**9),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_was_written_is_what_is_read(people: list[tuple[str, int, int]]) -> None:
    """Trap 5: vowels above and tone marks count as a letter each."""
    lines: list[Line] = [(f"{n:013}", first.strip(), "ก", w, c) for n, (first, w, c) in enumerate(people)]
    rows = sso_1_10.read(form(lines), {})
    assert [(r["sso_no"], r["first_name"], r["wage"]) for r in rows] == [
        (no, first, f"{w // 100}.{w % 100:02}") for no, first, _, w, _ in lines
    ]


# --- the workbook ------------------------------------------------------------------------------


def test_the_workbook_says_neither_month_nor_employer(office: Office) -> None:
    rows = [[KITTI, "นาย", "กิตติ", "ประเสริฐสุข", 18000, 750], [CHANPHEN, "", "จันทร์เพ็ญ", "ศรีสมบูรณ์", 10500.5, 525]]
    answer = post(office.officer_of_mueang, book(rows))
    assert (answer.status_code, answer.json["code"]) == (422, "said_beside")
    answer = post(office.officer_of_mueang, book(rows), f"?month=09/2569&employer_no={TIMBER}")
    assert told(answer) == [(2, "accepted", None, None), (3, "refused", "required", "B3")]
    assert wage(office, KITTI) == ("18000.00", employer_of(office, TIMBER).actor.employer)


def test_zeros_that_a_number_cell_lost_are_put_back_and_said(office: Office) -> None:
    """Trap 10: a number of the institution for a foreigner begins with a zero; its length is fixed."""
    with office.service.engine.begin() as connection:
        i = t.person_identifier
        change = {"value": "0450101691790", "key": "0450101691790"}
        connection.execute(update(i).where(i.c.value == CHANPHEN).values(**change))
    rows = [[450101691790, "นางสาว", "จันทร์เพ็ญ", "ศรีสมบูรณ์", 10500, 525]]
    answer = post(office.officer_of_mueang, book(rows), f"?month=2569-09&employer_no={TIMBER}")
    assert told(answer) == [(2, "accepted", "zeros_added", "A2")]


@pytest.mark.parametrize(("sheet", "code"), [("ตุลาคม", "sheet_not_a_branch"), ("00001", "sheet_not_a_branch")])
def test_the_sheet_is_named_by_the_branch(sheet: str, code: str) -> None:
    with pytest.raises(FileUnreadable, match=code):
        sso_1_10.read(book([], sheet), {"month": "2026-09", "employer_no": TIMBER})


# --- who sends it ------------------------------------------------------------------------------


def test_an_employer_sends_her_own_month_and_nobody_elses(office: Office) -> None:
    timber = employer_of(office, TIMBER)
    kanda = (KANDA, "กานดา", "สุวรรณ", 1_050_000, 52_500)
    assert told(post(timber, form([*TWO, kanda]))) == [
        (2, "accepted", None, None),
        (3, "accepted", None, None),
        (4, "refused", "unknown_person", "4:2-14"),
    ]
    other = told(post(timber, form(TWO[:1], head={"employer_no": SILK})))
    assert other == [(2, "refused", "other_employer", None)]
    rows = [[KITTI, "นาย", "กิตติ", "ประเสริฐสุข", 17000, 750]]
    answer = post(timber, book(rows), f"?month=2026-08&employer_no={SILK}")
    assert told(answer) == [(2, "accepted", None, None)]
    said_by = ("17000.00", timber.actor.employer)
    assert wage(office, KITTI, "2026-08") == said_by, "she speaks for herself, whoever is named"
    assert post(office.clerk_of_mueang, form(TWO)).status_code == 403


def test_an_employer_sends_it_on_her_page_and_sees_each_row(office: Office) -> None:
    page = Browser(office, employer_of(office, TIMBER))
    assert "SSO 1-10" in page.open("/employer/files?lang=en")
    data = {
        "csrf_token": "c5rf",
        "_key": "f",
        "kind": "th_sso_1_10",
        "file": (io.BytesIO(form([*TWO, (KANDA, "กานดา", "สุวรรณ", 1_050_000, 52_500)])), "sep.txt"),
    }
    answer = page.client.post("/employer/files?lang=en", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[:500]
    shown = page.open(f"{answer.headers['Location']}?lang=en")
    assert "Nobody of yours has this number" in shown
    assert KANDA in shown
    back = page.client.get(f"{answer.headers['Location']}/reasons.csv?lang=en").text
    assert "18000.00" in back


def test_elsewhere_nobody_is_offered_a_form_of_thailand(
    new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path
) -> None:
    office = Office(new_database("benefits"), keys_folder, tmp_path / "clock")
    answer = post(office.officer, form(TWO))
    assert (answer.status_code, answer.json["code"]) == (422, "unknown_kind")
    assert "SSO 1-10" not in Browser(office, office.officer).open("/imports?lang=en")
    office.service.engine.dispose()


def test_the_examples_of_the_documents_are_read(office: Office) -> None:
    text = post(office.officer_of_mueang, (EXAMPLES / "th-sso-1-10.txt").read_bytes())
    assert [row[1] for row in told(text)] == ["accepted"] * 3
    workbook = (EXAMPLES / "th-sso-1-10.xlsx").read_bytes()
    sheet = post(office.officer_of_mueang, workbook, f"?month=2026-09&employer_no={TIMBER}")
    assert [row[1] for row in told(sheet)] == ["duplicate"] * 3
