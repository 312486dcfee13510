"""The employer's pages by hand: notify a leave, confirm wages, send a file; never a diagnosis,
a result or another's worker."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Row, select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.usecases import people
from shared.act import Actor
from shared.money import Money
from shared.period import Month
from tests.benefits.conftest import PAPERS, SICK, Office, Person
from tests.benefits.visitors import Browser
from tests.there import there


def employer_of(office: Office, number: str = "SVK-0001") -> Person:
    with office.service.engine.connect() as connection:
        id_ = connection.scalar(select(t.employer.c.id).where(t.employer.c.number == number))
    return Person(
        office, Actor(id=f"nok-{number}", kind="account", roles=frozenset({"employer"}), employer=id_, name="Nok")
    )


def another_employer(office: Office) -> tuple[str, str]:
    """An employer of the same office with a worker of her own; both ids."""
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        other = people.register_employer(
            act, office_id="svk", number="SVK-0002", name="ອື່ນ", name_latin="Other Garments"
        )
        worker = people.register_person(
            act,
            office_id="svk",
            name="ນາງ ອື່ນ",
            name_latin="Other Woman",
            identifiers=[{"scheme": "la-sso", "value": "9999999999"}],
        )
        people.record_employment(act, worker, other, date(2021, 6, 1), pay="monthly")
    return other, worker


@pytest.fixture
def worker(office: Office) -> str:
    return office.someone(number="1004182273")


@pytest.fixture
def nok(office: Office, worker: str) -> Browser:
    return Browser(office, employer_of(office))


NOTICE: dict[str, Any] = {
    "expected_on": "14/7/2025",
    "leave_from": "2/6/2025",
    "advance_paid": "2,900,000",
    "sure": "yes",
}


def notified(nok: Browser, worker: str, **more: str) -> str:
    return nok.send("/employer/notice", person=worker, **(NOTICE | more))


def test_a_leave_is_notified_and_answered_with_a_receipt(office: Office, nok: Browser, worker: str) -> None:
    found = nok.open("/employer/notice?who=1004182273&lang=en")
    assert "Bounmy Sisavath" in found
    receipt = notified(nok, worker)
    assert "Receipt: maternity leave notified" in receipt
    assert "2,900,000 kip" in receipt
    assert "14 July 2025" in receipt
    again = notified(nok, worker, key="again", remarks="once more")
    assert "sent this notice before" in again
    with office.service.engine.connect() as connection:
        claims = connection.execute(select(t.claim)).all()
    assert [(c.benefit, c.state, c.origin) for c in claims] == [("birth", "draft", "employer")]
    assert "Bounmy Sisavath" in nok.open("/employer")


def test_who_no_longer_employs_her_notifies_no_leave(office: Office, nok: Browser, worker: str) -> None:
    with office.service.engine.begin() as connection:
        connection.execute(t.employment.update().values(last_day=date(2025, 4, 30)))
    refused = nok.send("/employer/notice?lang=en", 422, person=worker, **NOTICE)
    assert "She no longer worked for you on this day." in refused
    answer = sent_file(nok, FILE)
    assert "She no longer worked for you on this day." in answer
    with office.service.engine.connect() as connection:
        assert connection.execute(select(t.claim)).all() == []


def test_only_the_months_that_are_missing_are_asked_and_recorded(office: Office, nok: Browser, worker: str) -> None:
    form = nok.open(f"/employer/notice?person={worker}&lang=en")
    assert re.findall(r'name="wage_([\d-]+)"', form) == ["2025-03", "2025-04"]
    notified(nok, worker, **{"wage_2025-03": "2.900.000", "wage_2025-02": "1", "contributions_paid": "yes"})
    with office.service.engine.connect() as connection:
        found = dict(connection.execute(select(t.contribution.c.month, t.contribution.c.wage_minor)).all())
    assert found["2025-03"] == 290000000
    assert found["2025-02"] == 320000000


def test_what_is_typed_wrong_comes_back_beside_its_field(office: Office, nok: Browser, worker: str) -> None:
    page = nok.send("/employer/notice", expect=422, person=worker, **(NOTICE | {"leave_from": "31/6/2025", "sure": ""}))
    assert 'id="e-leave_from"' in page
    assert 'value="14/7/2025"' in page
    far = nok.send("/employer/notice", expect=422, key="far", person=worker, **(NOTICE | {"leave_from": "1/1/2024"}))
    assert 'id="e-leave_from"' in far


def asked(office: Office, worker: str) -> tuple[dict[str, Any], Row[Any]]:
    """A claim of hers whose wages the officer asks the employer to confirm."""
    body = {
        "person_id": worker,
        "benefit": "sickness",
        "received_on": "2025-05-19",
        "facts": SICK,
        "papers": PAPERS,
    }
    claim = office.clerk.post("/v1/claims", body).json
    claim = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"]).json
    office.officer.post(
        f"/v1/claims/{claim['id']}/return", {"whom": "employer", "reason": "missing_wages"}, etag=claim["version"]
    )
    with office.service.engine.connect() as connection:
        return claim, connection.execute(select(t.statement)).one()


def test_wages_are_confirmed_and_the_claim_goes_on(office: Office, nok: Browser, worker: str) -> None:
    claim, statement = asked(office, worker)
    home = nok.open("/employer?lang=en")
    assert f"/employer/statements/{statement.id}" in home
    path = f"/employer/statements/{statement.id}"
    form = nok.open(path)
    assert "3 March 2025" in form
    assert "M54.5" not in form + home
    assert "SVK-25-01981" not in form + home
    nok.send(path, expect=422, wage_paid_until="", pay="monthly", sure="yes", key="empty")
    typed: dict[str, Any] = {
        "wage_paid_until": "1/4/2025",
        "pay": "monthly",
        "sure": "yes",
        "contributions_paid": "yes",
        "wage_2025-02": "3,300,000",
    }
    done = nok.send(path, **typed)
    assert "it is confirmed" in done
    assert "3,300,000" in done
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    assert now["waits_for"]["whom"] == "officer"
    assert now["facts"]["employments"][-1]["wage_stopped_word"] == "employer"


def test_the_result_of_a_decision_is_never_hers_to_see(office: Office, nok: Browser, worker: str) -> None:
    claim, _ = asked(office, worker)
    row = office.officer.get(f"/v1/claims/{claim['id']}").json
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=row["version"])
    home = nok.open("/employer?lang=en")
    for secret in ("3,360,000", "ranted", "efused", "M54.5", "diagnos is"):
        assert secret not in home
    assert "Waits for you" in home


FILE = """sso_no,expected_on,leave_from,remarks
1004182273,2025-07-14,2025-06-02,=cmd()
1004182273,2025-07-14,2025-06-02,again
9999999999,2025-07-14,2025-06-02,
1004182273,2025-06-31,2025-06-02,
"""


def sent_file(
    nok: Browser, text: str | bytes, name: str = "leaves june.csv", expect: int = 200, key: str = "file"
) -> str:
    data = {
        "csrf_token": "c5rf",
        "_key": key,
        "file": (io.BytesIO(text if isinstance(text, bytes) else text.encode()), name),
    }
    nok.page = nok.client.post(
        "/employer/files?lang=en", data=data, content_type="multipart/form-data", follow_redirects=True
    )
    assert nok.page.status_code == expect, nok.page.text[:600]
    return nok.text


def test_every_row_of_a_file_is_answered_and_the_file_comes_back_with_reasons(
    office: Office, nok: Browser, worker: str
) -> None:
    another_employer(office)
    page = sent_file(nok, FILE)
    assert "4 rows, all answered" in page
    assert "Nobody of yours has this number" in page
    path = there(re.search(r"/employer/files/[\w-]+/reasons.csv", page)).group(0)
    back = nok.client.get(path)
    assert back.headers["Content-Disposition"] == 'attachment; filename="answers-leavesjune.csv"'
    rows = list(csv.DictReader(io.StringIO(back.data.decode("utf-8-sig"))))
    assert [r["answer"] for r in rows] == ["Accepted", "Duplicate", "Refused", "Refused"]
    assert rows[0]["remarks"] == "'=cmd()"
    assert rows[3]["reason"] == "This is not a day. Write it as 2025-07-14. (expected_on)"
    mended = back.data.decode("utf-8-sig").replace("2025-06-31", "2025-08-30")
    assert "4 rows, all answered" in sent_file(nok, mended, key="mended")
    form = nok.client.get("/employer/files/form.csv").data.decode("utf-8-sig")
    assert form.startswith("sso_no,expected_on,leave_from,leave_to")


def workbook(*rows: Sequence[object]) -> bytes:
    """A spreadsheet as her office program saves it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADING = ["sso_no", "expected_on", "leave_from", "advance_paid", "remarks"]


def test_a_spreadsheet_is_answered_row_by_row_and_comes_back_as_one(office: Office, nok: Browser, worker: str) -> None:
    data = workbook(
        HEADING,
        [1004182273, date(2025, 7, 14), date(2025, 6, 2), 2900000, "all well"],
        ["9999999999", "2025-07-14", "2025-06-02", None, None],
        [None, None, None, None, None],
    )
    page = sent_file(nok, data, name="june.xlsx")
    assert "2 rows, all answered" in page
    path = there(re.search(r"/employer/files/[\w-]+/reasons.xlsx", page)).group(0)
    back = nok.client.get(path)
    assert back.headers["Content-Disposition"] == 'attachment; filename="answers-june.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(back.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == [*HEADING, "answer", "reason"]
    assert rows[1][:4] == ["1004182273", "2025-07-14", "2025-06-02", "2900000"]
    assert [row[-2] for row in rows[1:]] == ["Accepted", "Refused"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "inlineStr"}, kinds
    form = openpyxl.load_workbook(io.BytesIO(nok.client.get("/employer/files/form.xlsx").data)).active
    assert [cell.value for cell in form[1]][:3] == HEADING[:3]


def test_a_spreadsheet_that_cannot_be_read_says_why(office: Office, nok: Browser) -> None:
    assert "spreadsheet" in sent_file(nok, b"PK\x03\x04 and nothing more", name="x.xlsx", expect=422)
    assert "Missing: expected_on, leave_from" in sent_file(nok, workbook(["sso_no"], ["1"]), name="x.xlsx", expect=422)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    assert "too large" in sent_file(nok, bomb.getvalue(), name="x.xlsx", expect=422)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        ("a,b\n1,2\n", "Missing: sso_no, expected_on, leave_from"),
        ("sso_no,expected_on,leave_from\n", "no rows"),
        ('sso_no,expected_on,leave_from\n"1,2,3\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(office: Office, nok: Browser, text: bytes | str, said: str) -> None:
    assert said in sent_file(nok, text, expect=422)


def test_nothing_of_another_employer_can_be_reached(office: Office, nok: Browser, worker: str) -> None:
    _, stranger = another_employer(office)
    hers = Browser(office, employer_of(office, "SVK-0002"))
    receipt = notified(hers, stranger)
    claim = there(re.search(r"<dd><b>(\d{12})</b>", receipt)).group(1)
    _, statement = asked(office, worker)
    with office.service.engine.connect() as connection:
        claim_id = connection.scalar(select(t.claim.c.id).where(t.claim.c.number == claim))
    assert "Bounmy" not in hers.open("/employer")
    assert "Other Woman" not in nok.open("/employer")
    assert "Other Woman" not in nok.open("/employer/notice?who=9999999999")
    assert nok.client.get(f"/employer/notice?person={stranger}").status_code == 404
    assert nok.client.get(f"/employer/receipts/{claim_id}").status_code == 404
    assert hers.client.get(f"/employer/statements/{statement.id}").status_code == 404
    hers.send(f"/employer/statements/{statement.id}", expect=404, wage_paid_until="1/4/2025", sure="yes")
    nok.send("/employer/notice", expect=404, person=stranger, **NOTICE)
    page = sent_file(nok, FILE)

    file_path = there(re.search(r"/employer/files/[\w-]{36}", page)).group(0)
    assert hers.client.get(file_path).status_code == 404
    assert hers.client.get(f"{file_path}/reasons.csv").status_code == 404


def test_wages_that_another_employer_declared_are_neither_shown_nor_changed(
    office: Office, nok: Browser, worker: str
) -> None:
    other, _ = another_employer(office)
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        people.record_contribution(
            act, PersonId(worker), Month.parse("2025-04"), Money.parse("7777777", "LAK"), employer_id=EmployerId(other)
        )
    form = nok.open(f"/employer/notice?person={worker}")
    assert "7.777.777" not in form.replace(",", ".")
    notified(nok, worker, **{"wage_2025-04": "2000000"})
    nok_id = employer_of(office).actor.employer
    with office.service.engine.begin() as connection:
        act = office.act(connection)
        both = [c for c in store.persons.contributions(act, PersonId(worker)) if str(c.month) == "2025-04"]
        assert {c.employer_id: c.wage.minor for c in both} == {
            EmployerId(other): 777777700,
            nok_id: 200000000,
        }


@pytest.mark.parametrize("typed", ["1,500,000.00", "1.500.000,00", "1 500 000", "1.5 million", "໑.໕໐໐.໐໐໐"])
def test_decimals_typed_by_an_employer_are_decimals(nok: Browser, worker: str, typed: str) -> None:
    receipt = notified(nok, worker, advance_paid=typed)
    assert "1,500,000 kip" in receipt.replace("\xa0", " ")
    assert "one million five hundred thousand kip" in receipt


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1500,000", "This could be 1,500 or 1,500,000"),
        ("1e6", "Write an amount"),
        ("-1500000", "less than nothing"),
        ("100 baht", "another currency"),
    ],
)
def test_an_amount_that_is_not_clear_is_said_at_its_field_and_while_it_is_typed(
    office: Office, nok: Browser, worker: str, typed: str, said: str
) -> None:
    page = nok.send("/employer/notice", expect=422, person=worker, **(NOTICE | {"advance_paid": typed}))
    assert said in page
    asked = office.client.get("/amount", query_string={"typed": typed, "lang": "en"})
    assert said in asked.text


def test_an_estimate_says_which_wage_it_counts(office: Office) -> None:
    typed = {"benefit": "sickness", "first_day": "3/3/2025", "last_day": "31/3/2025", "months": "14"}
    page = office.client.post("/estimate?lang=en", data=typed | {"wage": "3,200,000.00"}).text
    assert "three million two hundred thousand kip" in page
    page = office.client.post("/estimate?lang=en", data=typed | {"wage": "3200,000"}).text
    assert "This could be 3,200 or 3,200,000" in page


def test_what_is_understood_is_said_in_words_while_it_is_typed(office: Office) -> None:
    asked = office.client.get("/amount", query_string={"typed": "3,200,000.00", "lang": "en"})
    assert asked.text == "3,200,000\xa0kip – three million two hundred thousand kip"
    asked = office.client.get("/amount", query_string={"typed": "2.000.000", "lang": "lo"})
    assert asked.text == "2.000.000\xa0ກີບ – ສອງລ້ານ ກີບ"


def test_the_desk_and_the_worker_are_not_the_employers(office: Office, nok: Browser, worker: str) -> None:
    for path in ("/desk", f"/desk/persons/{worker}", "/imports"):
        assert nok.client.get(path).status_code == 403
    assert Browser(office, office.officer).client.get("/employer").status_code == 403


@pytest.mark.parametrize("language", ["lo", "en"])
def test_every_page_of_the_employer_can_be_read_in_both_languages(
    office: Office, nok: Browser, worker: str, language: str
) -> None:
    _, statement = asked(office, worker)
    for path in (
        "/employer",
        "/employer/notice",
        f"/employer/notice?person={worker}",
        f"/employer/statements/{statement.id}",
        "/employer/files",
    ):
        assert f'<html lang="{language}">' in nok.open(path + ("&" if "?" in path else "?") + f"lang={language}")
