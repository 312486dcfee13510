"""Files and papers at every door of benefits: each row understood, or refused with its cell."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from services.benefits import store
from services.benefits.domain.ids import PersonId
from shared.period import Month
from tests.benefits.conftest import SICK, Office
from tests.benefits.visitors import Browser
from tests.there import there

PERSONS = "sso_no,name,office,name_latin,sex,born_on,phone,bank,account,holder\n"


def sent(office: Office, kind: str, data: str | bytes, by: str = "administrator_of_hq") -> list[tuple[Any, ...]]:
    """What became of each row: its number, outcome, code and cell."""
    who = getattr(office, by)
    body = data.encode() if isinstance(data, str) else data
    answer = office.client.post(f"/v1/imports/{kind}", data=body, content_type="text/csv", headers=who.headers())
    assert answer.status_code == 201, answer.json
    return [(a["row"], a["outcome"], a["code"], a["at"]) for a in there(answer.json)["items"]]


def person(office: Office, number: str) -> Any:
    with office.service.engine.connect() as connection:
        act = office.act(connection)
        found = store.persons.with_identifier(act, "la-sso", number)
        return None if found is None else store.persons.get(act, found)


def wage(office: Office, number: str, month: str) -> str | None:
    with office.service.engine.begin() as connection:
        found = store.persons.declared(office.act(connection), PersonId(person(office, number).id), Month.parse(month))
        return found[0].wage.decimal() if found else None


def one(number: str, name: str = "ນາງ ທົດລອງ", born: str = "1990-05-01", account: str = "", **more: str) -> str:
    return f"{number},{name},svk,{more.get('latin', 'Trial')},female,{born},,BCEL,{account},Trial\n"


def test_zeros_of_a_number_format_are_part_of_the_number(office: Office) -> None:
    book = openpyxl.Workbook()
    sheet = there(book.active)
    sheet.append(PERSONS.strip().split(","))
    sheet.append([10990001, "ນາງ ໜຶ່ງ", "svk", "One", "female", "1990-05-01", "2056100001", "BCEL", 7012345, "One"])
    sheet["A2"].number_format, sheet["I2"].number_format = "0000000000", "0000000000000"
    out = io.BytesIO()
    book.save(out)
    assert sent(office, "persons", out.getvalue()) == [(2, "accepted", None, None)]
    registered = person(office, "0010990001")
    assert registered is not None
    with office.service.engine.connect() as connection:
        assert there(store.persons.payee(office.act(connection), registered.id)).number == "0000007012345"


def test_what_a_spreadsheet_shortened_is_refused_with_its_cell(office: Office) -> None:
    rows = PERSONS + one("T-1", account="1E+12") + one("#N/A") + one("----") + one("1.2E+9")
    assert sent(office, "persons", rows) == [
        (2, "refused", "scientific", "I2"),
        (3, "refused", "spreadsheet_error", "A3"),
        (4, "refused", "not_an_identifier", "A4"),
        (5, "refused", "scientific", "A5"),
    ]


def test_nobody_is_born_in_a_buddhist_year_or_tomorrow(office: Office) -> None:
    rows = PERSONS + one("T-1", born="2533-05-01") + one("T-2", born="2025-05-21") + one("T-3", born="2025-05-20")
    assert [row[1:3] for row in sent(office, "persons", rows)] == [
        ("refused", "buddhist_year"),
        ("refused", "in_the_future"),
        ("accepted", None),
    ]
    answer = office.clerk.post("/v1/persons", {"name": {"full": "ນາງ ລອງ"}, "born_on": "2533-01-01", "identifiers": []})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/born_on")


def test_blank_and_ragged_rows_spoil_nothing(office: Office) -> None:
    rows = (
        PERSONS
        + one("T-1")
        + ",,,,,,,,,\n"
        + one("T-2").strip()
        + ",\n"
        + "T-3,ນາງ ສາມ,svk\n"
        + one("T-4").strip()
        + ",x\n"
    )
    assert sent(office, "persons", rows) == [
        (2, "accepted", None, None),
        (4, "accepted", None, None),
        (5, "accepted", None, None),
        (6, "refused", "row_length", None),
    ]


def test_the_same_file_again_is_answered_anew(office: Office) -> None:
    """A row depends on the register: refused while the person is unknown, taken once she is known, then a duplicate."""
    wages = "sso_no,from,to,wage\nT-9900,2024-01,2024-06,3100000\n"
    assert sent(office, "contributions", wages) == [(2, "refused", "unknown_person", "A2")]
    assert sent(office, "persons", PERSONS + one("T-9900")) == [(2, "accepted", None, None)]
    assert sent(office, "contributions", wages) == [(2, "accepted", None, None)]
    assert sent(office, "contributions", wages) == [(2, "duplicate", None, None)]
    assert sent(office, "contributions", wages, "officer_of_vte") == [(2, "refused", "unknown_person", "A2")]


@pytest.mark.parametrize(
    ("written", "kip"),
    [("850.000", "850000.00"), ("3.200.000", "3200000.00"), ('"3,200,000.50"', "3200000.50"), ("໘໕໐.໐໐໐", "850000.00")],
)
def test_wages_as_people_write_them(office: Office, written: str, kip: str) -> None:
    sent(office, "persons", PERSONS + one("T-1"))
    rows = f"sso_no,from,to,wage\nT-1,2023-01,2023-01,{written}\n"
    assert sent(office, "contributions", rows) == [(2, "accepted", None, None)]
    assert wage(office, "T-1", "2023-01") == kip


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("3200.000", "amount_unclear"),
        ("1e6", "not_an_amount"),
        ("-3200000", "negative"),
        ("#REF!", "spreadsheet_error"),
    ],
)
def test_wages_that_are_not_clear_are_refused(office: Office, written: str, code: str) -> None:
    sent(office, "persons", PERSONS + one("T-1"))
    rows = f"sso_no,from,to,wage\nT-1,2023-01,2023-01,{written}\n"
    assert sent(office, "contributions", rows) == [(2, "refused", code, "D2")]
    assert wage(office, "T-1", "2023-01") is None


@pytest.mark.parametrize("month", ["2023-05", "2023-05-01", "5/2023", "May-23"])
def test_months_as_a_spreadsheet_makes_them(office: Office, month: str) -> None:
    sent(office, "persons", PERSONS + one("T-1"))
    assert sent(office, "contributions", f"sso_no,from,to,wage\nT-1,{month},{month},3200000\n")[0][1] == "accepted"
    assert wage(office, "T-1", "2023-05") == "3200000.00"


@pytest.mark.parametrize(
    ("month", "code"), [("2566-01", "buddhist_year"), ("9999-12", "date_out_of_range"), ("2026-06", "in_the_future")]
)
def test_months_that_cannot_be_are_refused_at_every_door(office: Office, month: str, code: str) -> None:
    sent(office, "persons", PERSONS + one("T-1"))
    assert sent(office, "contributions", f"sso_no,from,to,wage\nT-1,{month},{month},1\n") == [
        (2, "refused", code, "B2")
    ]
    body = {"months": [{"month": month, "wage": {"minor": 100, "currency": "LAK"}}]}
    assert office.officer.post(f"/v1/persons/{person(office, 'T-1').id}/contributions", body).status_code == 422


def test_yes_in_a_column_is_yes_however_it_is_written(office: Office) -> None:
    sent(office, "persons", PERSONS + "".join(one(f"T-{n}") for n in range(4)))
    sent(
        office, "contributions", "sso_no,from,to,wage\n" + "".join(f"T-{n},2024-01,2025-04,3200000\n" for n in range(4))
    )
    head = "sso_no,benefit,received_on,first_day,last_day,illness,certificate_no,pay,submit\n"
    words = ("Yes", "TRUE", "ໃຊ່", "perhaps")
    rows = (
        f"T-{n},sickness,2025-04-01,2025-03-01,2025-03-31,J18.9,C-{n},monthly,{word}\n" for n, word in enumerate(words)
    )
    answers = sent(office, "claims", head + "".join(rows))
    assert [row[1:] for row in answers] == [("accepted", None, None)] * 3 + [("refused", "not_allowed", "I5")]
    with office.service.engine.connect() as connection:
        for n in range(3):
            (claim,) = store.claims.of_person(office.act(connection), person(office, f"T-{n}").id)
            assert claim.state == "submitted"


def test_a_claim_is_not_received_after_today(office: Office) -> None:
    sent(office, "persons", PERSONS + one("T-1"))
    head = "sso_no,benefit,received_on,first_day,submit\n"
    assert sent(office, "claims", head + "T-1,sickness,2026-04-01,2025-03-01,yes\n") == [
        (2, "refused", "in_the_future", "C2")
    ]
    body = {"person_id": person(office, "T-1").id, "benefit": "sickness", "received_on": "2025-05-21", "facts": SICK}
    answer = office.clerk.post("/v1/claims", body)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "in_the_future")
    claim = office.clerk.post("/v1/claims", body | {"received_on": "2025-05-20"}).json
    late = office.clerk.call("PATCH", f"/v1/claims/{claim['id']}", {"received_on": "2025-05-21"}, etag=claim["version"])
    assert late.status_code == 422


def test_unseen_letters_make_no_new_people(office: Office) -> None:
    rows = "sso_no,name,office\nT-9110,ນາງ ຊ້ຳ,svk\nT-9110\u200b,ນາງ ຊ້ຳ,svk\nT–9110,ນາງ ຊ້ຳ,svk\nt 9110,ນາງ ຊ້ຳ,svk\n"
    assert [row[1] for row in sent(office, "persons", rows)] == ["accepted", "duplicate", "duplicate", "duplicate"]


def test_spoilt_names_are_refused_and_true_ones_taken(office: Office) -> None:
    head = "sso_no,name,office,address\n"
    names = ("???? ????????", "NguyÔn V¨n §øc", "ေမာင္ေမာင္", "မဥ္ဇူ", "中山")
    rows = "".join(f"Z-{n},{name},svk,\n" for n, name in enumerate(names)) + "Z-9,ທ້າວ ດີ,svk,中山路 5|Vientiane\n"
    assert [row[1:] for row in sent(office, "persons", head + rows)] == [
        ("refused", "broken_text", "B2"),
        ("refused", "old_encoding", "B3"),
        ("refused", "zawgyi", "B4"),
        ("accepted", None, None),
        ("refused", "no_font", "B6"),
        ("refused", "no_font", "D7"),
    ]


def test_a_person_is_found_however_her_name_is_typed(office: Office) -> None:
    sent(office, "persons", "sso_no,name,office\nV-1,Đặng Văn Đức,svk\nV-2,ນໍ້າຝົນ,svk\n10-0001-7919,ນາງ ເກົ້າ,svk\n")
    page = Browser(office, office.officer)
    for typed, found in (
        ("Dang Van Duc", "Đặng"),
        ("dang", "Đặng"),
        ("ນ້ຳຝົນ", "V-2"),
        ("ນໍາຝົນ", "V-2"),
        ("1000017919", "ເກົ້າ"),
        ("10 0001 7919", "ເກົ້າ"),
        ("໑໐-໐໐໐໑-໗໙໑໙", "ເກົ້າ"),
    ):
        assert found in page.open(f"/desk/search?q={typed}"), typed


def test_a_title_may_stand_above_the_heading(office: Office) -> None:
    rows = "Persons of May,,\n,,\nSSO No, Name ,OFFICE\nT-1,ນາງ ໜຶ່ງ,svk\n"
    assert sent(office, "persons", rows) == [(4, "accepted", None, None)]


def test_a_wage_ten_times_the_months_around_it_must_be_judged(office: Office) -> None:
    worker = office.someone()
    body = {"months": [{"month": "2024-12", "wage": {"minor": 3_200_000_000, "currency": "LAK"}}]}
    assert office.officer.post(f"/v1/persons/{worker}/contributions", body).status_code == 201
    claim = office.clerk.post("/v1/claims", {"person_id": worker, "benefit": "sickness", "facts": SICK}).json
    told = office.officer.get(f"/v1/claims/{claim['id']}").json["warnings"]
    assert [w["params"]["month"] for w in told if w["code"] == "wage_odd"] == ["2024-12"]
    assert office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).status_code == 200
    shown = Browser(office, office.officer).open(f"/desk/claims/{claim['id']}/decide")
    assert "about ten times those around it" in shown
