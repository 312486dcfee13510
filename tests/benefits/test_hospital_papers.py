"""Viet Nam: certificates of hospitals come as a file, find their person, and lie with her claim or wait for one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.gateways import hospital_xml
from shared.reading import NotRead
from tests.benefits.conftest import Office, Person
from tests.benefits.elsewhere import office_in
from tests.benefits.visitors import Browser
from tests.there import there

EXAMPLES = Path(__file__).parents[2] / "docs" / "files"
HOA, HOA_CARD = "4826007919", "DN4484826007919"
DUC = "4826015838"
FACILITY = "48001"

LEAVE = {
    "MA_LK": "DN.26.0001",
    "SO_CT": "KB123",
    "SO_SERI": "480010260001",
    "SO_KCB": "123/KCB",
    "DON_VI": "Cong ty Mau",
    "MA_BHXH": HOA,
    "CHAN_DOAN_RV": "J06.9 - viêm đường hô hấp trên",
    "PP_DIEUTRI": "Nội khoa",
    "SO_NGAY_NGHI": "3",
    "TU_NGAY": "20260603",
    "DEN_NGAY": "20260605",
    "MA_TTDV": "0111111111",
    "MA_BS": "0122222222",
    "NGAY_CT": "20260603",
    "MAU_SO": "CT07",
}
PERSON = {
    "MA_LK": "DN.26.0001",
    "HO_TEN": "Nguyễn Thị Hoa",
    "NGAY_SINH": "199505250000",
    "GIOI_TINH": "2",
    "MA_THE_BHYT": HOA_CARD,
    "MA_BENH_CHINH": "J06.9",
    "MA_CSKCB": FACILITY,
}
REST = {
    "MA_LK": "DN.26.0001",
    "SO_SERI": "480010260010",
    "SO_CT": "KB200",
    "SO_NGAY": "29",
    "DON_VI": "Cong ty Mau",
    "CHAN_DOAN_RV": "O20.0",
    "TU_NGAY": "20260713",
    "DEN_NGAY": "20260811",
    "NGAY_CT": "20260713",
}
ROOTS = {
    "XML1": "TONG_HOP",
    "XML7": "CHI_TIEU_DU_LIEU_GIAY_RA_VIEN",
    "XML8": "CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN",
    "XML9": "CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH",
    "XML10": "CHI_TIEU_DU_LIEU_GIAY_NGHI_DUONG_THAI",
    "XML11": "CHI_TIEU_DU_LIEU_GIAY_CHUNG_NHAN_NGHI_VIEC_HUONG_BAO_HIEM_XA_HOI",
}
Table = tuple[str, dict[str, str]]


@pytest.fixture
def office(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Office]:
    with office_in("vn", "2026-08-20", new_database, keys_folder, tmp_path) as found:
        yield found


def table(kind: str, fields: dict[str, str]) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    if kind == "XML9":
        inner = f"<DSACH_GIAYCHUNGSINH><DU_LIEU_GIAY_CHUNG_SINH>{inner}</DU_LIEU_GIAY_CHUNG_SINH></DSACH_GIAYCHUNGSINH>"
    return f"<{ROOTS[kind]}>{inner}</{ROOTS[kind]}>"


def envelope(*cases: list[Table], packed: bool = True, count: int | None = None) -> bytes:
    """The file as a hospital sends it; `packed`: the tables in base64, else nested as they are."""
    told = ""
    for tables in cases:
        parts = ""
        for kind, fields in tables:
            inner = table(kind, fields)
            content = base64.b64encode(b"\xef\xbb\xbf" + inner.encode()).decode() if packed else inner
            parts += f"<FILEHOSO><LOAIHOSO>{kind}</LOAIHOSO><NOIDUNGFILE>{content}</NOIDUNGFILE></FILEHOSO>"
        told += f"<HOSO>{parts}</HOSO>"
    many = len(cases) if count is None else count
    return (
        '<?xml version="1.0" encoding="utf-8"?><GIAMDINHHS>'
        f"<THONGTINDONVI><MACSKCB>{FACILITY}</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20260604</NGAYLAP>"
        f"<SOLUONGHOSO>{many}</SOLUONGHOSO><DANHSACHHOSO>{told}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    ).encode()


def sends(office: Office, data: bytes, by: Person | None = None) -> list[tuple[Any, ...]]:
    who = by or office.officer_of_dong
    path = "/v1/imports/vn_hospital_xml"
    answer = office.client.post(path, data=data, content_type="application/xml", headers=who.headers())
    assert answer.status_code == 201, answer.json
    return [(a["outcome"], a["code"], a["at"]) for a in there(answer.json)["items"]]


def person(office: Office, number: str = HOA) -> PersonId:
    with office.service.engine.connect() as connection:
        return there(store.persons.with_identifier(office.act(connection), "vn-bhxh", number))


def kept(office: Office) -> list[Any]:
    p = t.hospital_paper.c
    with office.service.engine.connect() as connection:
        return list(connection.execute(select(p.kind, p.state, p.version, p.person_id, p.claim_id).order_by(p.id)))


def claimed(office: Office, *, submit: bool = True, **facts: Any) -> str:
    """A claim of Hoa's for the first days of June."""
    told = {"spell": {"first_day": "2026-06-03", "last_day": "2026-06-05"}} | facts
    body = {"person_id": person(office), "benefit": "sickness", "received_on": "2026-08-19", "facts": told}
    clerk = office.clerk_of_dong
    made = clerk.post("/v1/claims", body)
    assert made.status_code == 201, made.json
    if submit:
        done = clerk.call("POST", f"/v1/claims/{made.json['id']}/submission", {}, etag=made.json["version"])
        assert done.status_code == 200, done.json
    return str(made.json["id"])


def test_a_certificate_finds_its_person_and_her_open_claim(office: Office) -> None:
    claim = claimed(office)
    assert sends(office, envelope([("XML1", PERSON), ("XML11", LEAVE)])) == [("accepted", "paper_taken", None)]
    found = office.claim(claim)
    assert found.facts["certificates"] == [
        {
            "number": "480010260001",
            "from": "2026-06-03",
            "to": "2026-06-05",
            "illness": "J06.9",
            "issued_on": "2026-06-03",
        }
    ]
    assert found.papers.verified == {"480010260001"}
    assert [(row.state, row.claim_id) for row in kept(office)] == [("taken", claim)]


@pytest.mark.parametrize("packed", [True, False])
def test_it_waits_for_a_claim_and_lies_with_it_once_that_is_submitted(office: Office, packed: bool) -> None:
    data = envelope([("XML1", PERSON), ("XML11", LEAVE)], packed=packed)
    assert sends(office, data) == [("accepted", "paper_waits", None)]
    shown = Browser(office, office.clerk_of_dong).open(f"/desk/persons/{person(office)}?lang=en")
    assert "480010260001" in shown
    assert "J06" not in shown
    claim = claimed(office)
    office.service.look_at_jobs()
    assert office.claim(claim).papers.verified == {"480010260001"}
    assert [row.state for row in kept(office)] == ["taken"]
    assert sends(office, data) == [("duplicate", None, None)]


def test_table_11_alone_is_set_aside_and_not_matched_by_guess(office: Office) -> None:
    """Trap 6: it carries a number, and neither name nor birth; table 1 of the same treatment says whose it is."""
    claim = claimed(office)
    assert sends(office, envelope([("XML11", LEAVE)])) == [("parked", "paper_alone", None)]
    assert [(row.state, row.person_id) for row in kept(office)] == [("parked", None)]
    assert "certificates" not in office.claim(claim).facts
    assert sends(office, envelope([("XML1", PERSON)])) == [("accepted", "paper_taken", None)]
    assert office.claim(claim).papers.verified == {"480010260001"}
    assert sends(office, envelope([("XML11", LEAVE)])) == [("duplicate", None, None)]


def test_days_are_inclusive_and_table_10_may_be_one_short(office: Office) -> None:
    """Trap 2: 13 July to 11 August are 30 days; its own rule makes 29."""
    rows = sends(office, envelope([("XML1", PERSON), ("XML10", REST)]))
    assert rows == [("accepted", "days_off_by_one", None)]
    wrong = LEAVE | {"SO_NGAY_NGHI": "2"}
    assert sends(office, envelope([("XML1", PERSON), ("XML11", wrong)])) == [
        ("refused", "days_differ", "XML11/SO_NGAY_NGHI")
    ]


@pytest.mark.parametrize("day", ["25690604", "00260604", "20260230", "04062026"])
def test_a_day_of_no_calendar_of_hospitals_is_refused_with_its_field(office: Office, day: str) -> None:
    wrong = LEAVE | {"TU_NGAY": day}
    rows = sends(office, envelope([("XML1", PERSON), ("XML11", wrong)]))
    assert rows == [("refused", "not_a_day", "XML11/TU_NGAY")]


def test_sex_one_is_a_man_in_this_list(office: Office) -> None:
    """Trap 1: the code belongs to the adapter."""
    rows = sends(office, envelope([("XML1", PERSON | {"GIOI_TINH": "1"}), ("XML11", LEAVE)]))
    assert rows == [("accepted", "sex_differs", None)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"HO_TEN": "Trần Thị Lan"}, "name_differs"),
        ({"NGAY_SINH": "199505260000"}, "born_differs"),
    ],
)
def test_another_name_or_birth_is_said_and_changes_nobody(office: Office, change: dict[str, str], code: str) -> None:
    assert sends(office, envelope([("XML1", PERSON | change), ("XML11", LEAVE)])) == [("accepted", code, None)]
    with office.service.engine.connect() as connection:
        assert store.persons.get(office.act(connection), person(office)).name == "Nguyễn Thị Hoa"


def test_numbers_of_two_people_and_of_nobody_are_refused(office: Office) -> None:
    two = envelope([("XML1", PERSON), ("XML11", LEAVE | {"MA_BHXH": DUC})])
    assert sends(office, two) == [("refused", "numbers_differ", None)]
    nobody = PERSON | {"MA_THE_BHYT": "DN4489999999999"}
    none = envelope([("XML1", nobody), ("XML11", LEAVE | {"MA_BHXH": "9999999999"})])
    assert sends(office, none) == [("refused", "unknown_person", None)]
    zeros = envelope([("XML1", nobody), ("XML11", LEAVE | {"MA_BHXH": "0000000000"})])
    assert sends(office, zeros) == [("refused", "unknown_person", None)]
    assert kept(office) == []


def test_what_the_desk_typed_otherwise_stays_and_somebody_looks(office: Office) -> None:
    typed = [{"number": "480010260001", "from": "2026-06-03", "to": "2026-06-04"}]
    claim = claimed(office, certificates=typed)
    assert sends(office, envelope([("XML1", PERSON), ("XML11", LEAVE)])) == [("accepted", "paper_differs", None)]
    assert office.claim(claim).facts["certificates"] == typed
    assert office.claim(claim).papers.verified == frozenset()


def test_a_hospital_corrects_its_paper(office: Office) -> None:
    claim = claimed(office)
    sends(office, envelope([("XML1", PERSON), ("XML11", LEAVE)]))
    longer = LEAVE | {"DEN_NGAY": "20260606", "SO_NGAY_NGHI": "4"}
    assert sends(office, envelope([("XML1", PERSON), ("XML11", longer)])) == [("corrected", "paper_taken", None)]
    assert [c["to"] for c in office.claim(claim).facts["certificates"]] == ["2026-06-06"]
    assert [row.version for row in kept(office)] == [2]


def test_a_discharge_covers_the_stay_and_the_rest_after_it(office: Office) -> None:
    out = {
        "MA_LK": "DN.26.0001",
        "SO_LUU_TRU": "LT-77",
        "NGAY_VAO": "202606030800",
        "NGAY_RA": "202606041600",
        "CHAN_DOAN_RV": "J06.9",
        "NGAY_CT": "20260604",
    }
    claim = claimed(office)
    rest = {"SO_NGAY_NGHI": "3", "NGOAITRU_TUNGAY": "20260605", "NGOAITRU_DENNGAY": "20260607"}
    assert sends(office, envelope([("XML1", PERSON), ("XML7", out | rest)])) == [("accepted", "paper_taken", None)]
    (certificate,) = office.claim(claim).facts["certificates"]
    assert (certificate["number"], certificate["from"], certificate["to"]) == ("LT-77", "2026-06-03", "2026-06-07")
    part = out | {"MA_LK": "DN.26.0002", "SO_NGAY_NGHI": "3"}
    assert sends(office, envelope([("XML1", PERSON | {"MA_LK": "DN.26.0002"}), ("XML7", part)])) == [
        ("refused", "rest_incomplete", "XML7/NGOAITRU_DENNGAY")
    ]


def test_a_birth_is_told_once_for_each_child_and_waits_for_the_claim(office: Office) -> None:
    born = {
        "MA_LK": "DN.26.0009",
        "MA_BHXH_NND": HOA,
        "HO_TEN_NND": "Nguyễn Thị Hoa",
        "SO_CCCD_NND": "048195131298",
        "NGAY_SINH_CON": "202606031015",
        "SO_CON": "1",
        "SINHCON_PHAUTHUAT": "1",
        "SINHCON_DUOI32TUAN": "0",
        "NGAY_CT": "20260604",
        "SO": "12",
        "QUYEN_SO": "03",
    }
    assert sends(office, envelope([("XML9", born)])) == [("accepted", "paper_waits", None)]
    (row,) = kept(office)
    assert (row.kind, row.state, row.person_id) == ("XML9", "waiting", person(office))


def test_of_a_history_only_the_child_is_kept(office: Office) -> None:
    """Table 8 is a whole medical history; nothing of it is needed but the death of a child."""
    history = {"MA_LK": "DN.26.0001", "QT_BENHLY": "…", "TOMTAT_KQ": "…"}
    assert sends(office, envelope([("XML1", PERSON), ("XML8", history)])) == [("accepted", "nothing_needed", None)]
    assert kept(office) == []


def test_what_it_says_lies_sealed_and_no_answer_repeats_it(office: Office) -> None:
    sends(office, envelope([("XML1", PERSON), ("XML11", LEAVE)]))
    with office.service.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM hospital_paper")).all())
        answers = str(connection.execute(text("SELECT answers FROM import_answers")).all())
    for secret in ("J06", "Nội khoa", "Hoa", HOA):
        assert secret not in stored
        assert secret not in answers
    page = office.client.get("/v1/imports/vn_hospital_xml", headers=office.officer_of_dong.headers())
    assert page.status_code in (404, 405)


def test_who_administers_and_whose_office_is_another_see_none_of_it(office: Office) -> None:
    data = envelope([("XML1", PERSON), ("XML11", LEAVE)])
    path = "/v1/imports/vn_hospital_xml"
    for who in (office.administrator_of_hq, office.clerk_of_dong):
        assert office.client.post(path, data=data, headers=who.headers()).status_code == 403
    assert sends(office, data, office.officer_of_vte) == [("refused", "unknown_person", None)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<GIAMDINHHS>", "not_xml"),
        (b"not xml at all !", "not_hospital_data"),
        (b"<OTHER/>", "not_hospital_data"),
        (b'<!DOCTYPE x [<!ENTITY e "x">]><GIAMDINHHS>&e;</GIAMDINHHS>', "document_type"),
        (envelope([("XML11", LEAVE)], count=2), "cases_differ"),
        (b"<a>" * 100_000, "not_xml"),
        (b"<" + b"x" * (33 * 1024 * 1024), "too_large"),
    ],
)
def test_what_is_no_data_of_a_hospital_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises((FileUnreadable, NotRead)) as wrong:
        hospital_xml.read(data, {})
    assert getattr(wrong.value, "code", "") == code


def test_the_whole_file_may_be_packed_once_more() -> None:
    data = envelope([("XML1", PERSON), ("XML11", LEAVE)])
    assert hospital_xml.read(base64.b64encode(data), {}) == hospital_xml.read(data, {})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(set(LEAVE) - {"MA_LK"})), st.text("0123456789/-aé ", max_size=14), max_size=6
    )
)
def test_whatever_the_fields_say_the_row_is_read_or_answered(change: dict[str, str]) -> None:
    (row,) = hospital_xml.read(envelope([("XML1", PERSON), ("XML11", LEAVE | change)]), {})
    paper = there(row.paper) if isinstance(row, hospital_xml.PaperRow) else None
    assert row.faults or (paper and paper.first and paper.last and paper.first <= paper.last)


def test_many_papers_are_answered_by_a_job_each_once(office: Office) -> None:
    """Slices of two hundred; what was taken before a process died is a duplicate for nobody."""
    cases: list[list[Table]] = []
    for n in range(230):
        link = {"MA_LK": f"DN.26.{n:04}"}
        cases.append([("XML1", PERSON | link), ("XML11", LEAVE | link | {"SO_SERI": f"S{n:04}"})])
    path, who = "/v1/imports/vn_hospital_xml", office.officer_of_dong
    sent = office.client.post(path, data=envelope(*cases), headers=who.headers())
    told = there(sent.json)
    assert (sent.status_code, told["rows"], told["answered"]) == (202, 230, 0)
    office.service.look_at_jobs()
    done = who.get(sent.headers["Location"]).json
    assert (done["state"], done["counts"]) == ("done", {"accepted": 230})
    assert {row.state for row in kept(office)} == {"waiting"}
    assert len(kept(office)) == 230
    claim = claimed(office)
    office.service.look_at_jobs()
    assert len(office.claim(claim).facts["certificates"]) == 230


def test_the_example_of_the_documents_is_read(office: Office) -> None:
    rows = sends(office, (EXAMPLES / "vn-hospital.xml").read_bytes())
    assert rows == [("accepted", "paper_waits", None)]
