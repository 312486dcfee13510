"""Files that an outside tester keeps back, at the doors of benefits: each row understood, or refused with its cell."""

from __future__ import annotations

import io

import openpyxl
import pytest

from services.benefits import store
from tests.benefits.conftest import SICK, Office
from tests.benefits.test_imports import PERSONS, one, person, sent
from tests.benefits.visitors import Browser
from tests.there import there


def test_no_account_is_stored_that_nobody_wrote(office: Office) -> None:
    written = ("7012345.0", "1.00200300401E9", "0101234567 BCEL", "0101234567/0101234568", "'0101234567")
    rows = PERSONS + "".join(one(f"A-{n}", account=account) for n, account in enumerate(written))
    assert [row[1:] for row in sent(office, "persons", rows)] == [
        ("refused", "scientific", "I2"),
        ("refused", "scientific", "I3"),
        ("refused", "not_an_identifier", "I4"),
        ("refused", "not_an_identifier", "I5"),
        ("accepted", None, None),
    ]
    with office.service.engine.connect() as connection:
        kept = store.persons.payee(office.act(connection), person(office, "A-4").id)
    assert there(kept).number == "0101234567"


def test_people_whose_number_is_missing_are_not_one_person(office: Office) -> None:
    numbers = ("nan", "nan", "NULL", "0", "10990001.0", "Err:502")
    found = sent(office, "persons", PERSONS + "".join(one(number) for number in numbers))
    assert {row[1] for row in found} == {"refused"}
    assert {row[3] for row in found} == {f"A{n}" for n in range(2, 8)}


def test_names_that_a_spreadsheet_lost_are_refused_with_their_cell(office: Office) -> None:
    names = ("#N/A", "NULL", "Nguyeãn Vaên Ñöùc", "မ်ိဳး", "ÊÁªÒÂ", "ນາງ&nbsp;ດີ")
    rows = PERSONS + "".join(one(f"N-{n}", name=name) for n, name in enumerate(names))
    assert [row[1:] for row in sent(office, "persons", rows)] == [
        ("refused", "spreadsheet_error", "B2"),
        ("refused", "not_a_name", "B3"),
        ("refused", "old_encoding", "B4"),
        ("refused", "zawgyi", "B5"),
        ("refused", "broken_text", "B6"),
        ("refused", "broken_text", "B7"),
    ]


def test_no_column_takes_letters_that_were_lost(office: Office) -> None:
    head = "sso_no,name,office,address,bank,account,holder\n"
    rows = ("S? 5 Ph? Hu?,BCEL,,", "ok,????,0101234567,x", "ok,BCEL,0101234567,#REF!", "#N/A,BCEL,,")
    text = head + "".join(f"L-{n},ນາງ ດີ,svk,{row}\n" for n, row in enumerate(rows))
    assert [row[1:] for row in sent(office, "persons", text)] == [
        ("refused", "broken_text", "D2"),
        ("refused", "broken_text", "E3"),
        ("refused", "spreadsheet_error", "G4"),
        ("refused", "spreadsheet_error", "D5"),
    ]


@pytest.mark.parametrize("typed", ["ဝင်း", "၀င်း"])
def test_a_burmese_name_is_found_whichever_sign_was_typed(office: Office, typed: str) -> None:
    sent(office, "persons", "sso_no,name,office\nW-1,ကို၀င်း,svk\nW-2,ကုိဝင်း,svk\n")
    page = Browser(office, office.officer).open(f"/desk/search?q={typed}")
    assert "W-1" in page
    assert "W-2" in page


def test_a_merged_cell_is_not_an_empty_one(office: Office) -> None:
    book = openpyxl.Workbook()
    sheet = there(book.active)
    sheet.append(["sso_no", "name", "office", "born_on"])
    sheet.append(["M-1", "ນາງ ໜຶ່ງ", "svk", "1990-05-01"])
    sheet.append(["M-2", "ນາງ ສອງ", "svk", None])
    sheet.merge_cells("D2:D3")
    out = io.BytesIO()
    book.save(out)
    assert sent(office, "persons", out.getvalue()) == [
        (2, "accepted", None, None),
        (3, "refused", "merged_cells", "D3"),
    ]


def test_a_file_that_is_not_taken_says_why_to_machines_too(office: Office) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + "Workbook".encode("utf-16-le")
    twice = b"sso_no,name,office,name\nT-1,a,svk,b\n"
    for data, code, said in ((old, "old_workbook", "choose “Save as”, take .xlsx"), (twice, "heading_twice", "name")):
        answer = office.client.post(
            "/v1/imports/persons",
            data=data,
            content_type="text/csv",
            headers=office.administrator_of_hq.headers(**{"Accept-Language": "en"}),
        )
        told = there(answer.json)
        assert (answer.status_code, told["code"], said in told["detail"]) == (422, code, True)


def test_a_certificate_has_a_number_and_not_what_is_left_of_one(office: Office) -> None:
    sent(office, "persons", PERSONS + one("T-1"))
    head = "sso_no,benefit,received_on,first_day,certificate_no,children\n"
    rows = ("2025-03-01,1E+12,", "2025-03-02,####,", "2025-03-03,C-1,2.0", "2025-03-04,C-2,1.5")
    text = head + "".join(f"T-1,sickness,2025-04-01,{row}\n" for row in rows)
    assert [row[1:] for row in sent(office, "claims", text)] == [
        ("refused", "scientific", "E2"),
        ("refused", "spreadsheet_error", "E3"),
        ("accepted", None, None),
        ("refused", "not_a_number", "F5"),
    ]


def test_no_doctor_has_signed_tomorrow(office: Office) -> None:
    """Today is 20 May 2025."""
    for day, status in (("2025-05-21", 422), ("2025-03-01", 200)):
        paper = {"number": "C-7", "from": "2025-03-01", "to": "2025-03-31", "issued_on": day}
        body = {
            "person_id": office.someone(number=f"7-{day}"),
            "benefit": "sickness",
            "facts": SICK | {"certificates": [paper]},
        }
        claim = office.clerk.post("/v1/claims", body).json
        answer = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"])
        assert answer.status_code == status
        if status == 422:
            assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [
                ("#/certificates/0/issued_on", "in_the_future")
            ]
