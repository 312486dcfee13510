"""Monthly lists of employers in Lao PDR and Myanmar, whose columns have names of their own."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from services.benefits import store
from services.benefits.domain.ids import PersonId
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.usecases import columns
from services.benefits.usecases.table_files import MONTHLY_LIST, heading_and_rows, read_rows
from shared.period import Month
from tests.benefits.conftest import Office
from tests.benefits.test_employer_pages import another_employer, employer_of
from tests.benefits.visitors import Browser

KEYS = count()
EXAMPLES = Path(__file__).parents[2] / "docs" / "files"
HEADING = "ລຳດັບ,ເລກປະກັນສັງຄົມ,ຊື່ ແລະ ນາມສະກຸນ,ເງິນເດືອນພື້ນຖານ,ເງິນສົມທົບ 6%"
#: Which of ours each column of that heading is.
SAID = {"c0": "", "c1": "sso_no", "c2": "name", "c3": "wage", "c4": "contribution"}


def listed(*rows: str, heading: str = HEADING) -> bytes:
    """A list as a clerk writes it, with the name of the company above it."""
    return "\n".join(["ໂຮງງານ ຜ້າໄໝ ສະຫວັນ,,,,", heading, *rows]).encode()


def send(browser: Browser, path: str, **form: Any) -> TestResponse:
    told = {"csrf_token": "c5rf", "_key": f"columns-{next(KEYS)}", **form}
    return browser.client.post(path, data=told)


def sent(browser: Browser, data: bytes, home: str = "/employer/files", month: str = "2025-03") -> str:
    """A list is sent; where the sender is led then."""
    file = (io.BytesIO(data), "march.csv")
    beside = {"month": month, "employer_no": "SVK-0001"}
    answer = send(browser, home, kind="la_monthly_list", file=file, **beside)
    assert answer.status_code == 303, answer.text[:800]
    return answer.headers["Location"]


def wage_of(office: Office, person: str, month: str) -> int | None:
    with office.service.engine.connect() as connection:
        found = store.persons.contributions(office.act(connection), PersonId(person))
    return next((c.wage.minor for c in found if c.month == Month.parse(month)), None)


def test_which_column_is_which_is_asked_once_and_kept_for_the_next_list(office: Office) -> None:
    person = office.someone(number="0102030405", until="2025-02")
    clerk = Browser(office, employer_of(office))
    there = sent(clerk, listed("1,0102030405,Bounmy Sisavath,3500000,210000"))
    assert there.endswith("/columns")
    page = clerk.client.get(there).text
    assert "0102030405" in page, "what stands in a column is seen"
    assert '<option value="sso_no" selected>' in page
    assert '<option value="wage" selected>' in page
    answer = send(clerk, there, **SAID)
    assert answer.status_code == 303
    assert wage_of(office, person, "2025-03") == 350000000
    next_list = sent(clerk, listed("1,0102030405,Bounmy Sisavath,3600000,216000"), month="2025-04")
    assert not next_list.endswith("/columns"), "nobody is asked twice"
    assert wage_of(office, person, "2025-04") == 360000000


def test_another_heading_and_another_sender_are_asked_anew(office: Office) -> None:
    office.someone(number="0102030405", until="2025-02")
    clerk = Browser(office, employer_of(office))
    send(clerk, sent(clerk, listed("1,0102030405,Bounmy,3500000,210000")), **SAID)
    other = HEADING.replace("ເງິນເດືອນພື້ນຖານ", "ເງິນເດືອນລວມ")
    assert sent(clerk, listed("1,0102030405,Bounmy,3500000,210000", heading=other)).endswith("/columns")
    officer = Browser(office, office.officer)
    assert sent(officer, listed("1,0102030405,Bounmy,3500000,210000"), home="/imports").endswith("/columns")


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"c1": ""}, "Say which column is: Insured number."), ({"c4": "wage"}, "Two columns cannot be the same: Wage")],
)
def test_what_cannot_be_is_said_and_what_was_chosen_stays(office: Office, changed: dict[str, str], said: str) -> None:
    person = office.someone(number="0102030405", until="2025-02")
    clerk = Browser(office, employer_of(office))
    there = sent(clerk, listed("1,0102030405,Bounmy,3500000,210000"))
    answer = send(clerk, there, **{**SAID, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert wage_of(office, person, "2025-03") is None
    assert send(clerk, there, **SAID).status_code == 303
    assert send(clerk, there, **SAID).status_code == 303, "saying it twice does nothing twice"
    assert wage_of(office, person, "2025-03") == 350000000


@pytest.mark.parametrize("which", ["c3", "c4"])
def test_of_two_columns_of_one_name_the_one_that_was_chosen_counts(office: Office, which: str) -> None:
    person = office.someone(number="0102030405", until="2025-02")
    clerk = Browser(office, employer_of(office))
    heading = "ລຳດັບ,ເລກປະກັນສັງຄົມ,ຊື່,ເງິນ,ເງິນ"
    there = sent(clerk, listed("1,0102030405,Bounmy,3500000,3600000", heading=heading))
    assert send(clerk, there, c1="sso_no", **{which: "wage"}).status_code == 303
    assert wage_of(office, person, "2025-03") == {"c3": 350000000, "c4": 360000000}[which]


def test_odd_places_and_columns_are_no_error_of_ours(office: Office) -> None:
    office.someone(number="0102030405", until="2025-02")
    clerk = Browser(office, employer_of(office))
    there = sent(clerk, listed("1,0102030405,Bounmy,3500000,0"))
    assert send(clerk, there, **{"c" + "1" * 5000: "wage", "c1": "no_such_column"}).status_code == 422


def test_words_that_are_part_of_others_name_no_column() -> None:
    columns_ = MONTHLY_LIST[0] + MONTHLY_LIST[1]
    assert columns.guessed(["လိပ်စာ", "အလုပ်ရှင်"], columns_) == {}
    assert columns.guessed(["ເງິນເດືອນ", "ເງິນເດືອນລວມ"], columns_) == {"ເງິນເດືອນ": "wage"}


def test_a_broken_row_is_answered_with_its_cell_and_never_guessed(office: Office) -> None:
    person = office.someone(number="0102030405", until="2025-02")
    officer = Browser(office, office.officer)
    rows = ["1,0102030405,Bounmy,850.000.5,0", "2,9999999999,Somebody,3500000,0", "3,0102030405,Bounmy,,0"]
    there = sent(officer, listed(*rows), home="/imports")
    send(officer, there, **SAID)
    page = officer.client.get(there.removesuffix("/columns")).text
    assert "D3" in page
    assert "B4" in page
    assert wage_of(office, person, "2025-03") is None


def test_no_other_employer_sees_or_names_the_columns_of_a_list(office: Office) -> None:
    office.someone(number="0102030405")
    another_employer(office)
    there = sent(Browser(office, employer_of(office)), listed("1,0102030405,Bounmy,3500000,210000"))
    stranger = Browser(office, employer_of(office, "SVK-0002"))
    assert stranger.client.get(there).status_code == 404
    assert send(stranger, there, **SAID).status_code == 404
    assert Browser(office, office.auditor).client.get(there).status_code == 403


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        (["စဉ်", "လူမှုဖူလုံရေးအမှတ်", "အမည်", "လစာ"], {"sso_no", "name", "wage"}),
        (["No", "SSB No.", "Employee name", "Basic salary", "Month"], {"sso_no", "name", "wage", "month"}),
        (["STT", "Mã số BHXH", "Họ tên", "Tiền lương"], {"sso_no", "name", "wage"}),
    ],
)
def test_known_words_of_each_country_are_guessed(heading: list[str], found: set[str]) -> None:
    assert set(columns.guessed(heading, MONTHLY_LIST[0] + MONTHLY_LIST[1]).values()) == found


@pytest.mark.parametrize("example", ["la-monthly-list.csv", "mm-monthly-list.csv"])
def test_the_examples_are_read_as_their_words_say(example: str) -> None:
    data, kind = (EXAMPLES / example).read_bytes(), example[:2] + "_monthly_list"
    heading, _ = heading_and_rows(kind, data, 1)
    guess = columns.guessed(heading, MONTHLY_LIST[0] + MONTHLY_LIST[1])
    told = columns.chosen(heading, {n: guess.get(name, "") for n, name in enumerate(heading)}, *MONTHLY_LIST)
    rows = read_rows(kind, data, told)
    assert [set(row) for row in rows] == [{"employer_no", "month", "sso_no", "name", "wage"}] * 2
    assert all(row["wage"].isdecimal() and row["month"] == "2025-03" for row in rows)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8))
def test_no_column_is_guessed_twice_whatever_the_heading(heading: list[str]) -> None:
    values = list(columns.guessed(heading, MONTHLY_LIST[0] + MONTHLY_LIST[1]).values())
    assert len(values) == len(set(values))


def test_our_own_names_are_taken_without_a_word() -> None:
    rows = read_rows("la_monthly_list", b"sso_no,wage\n0102030405,3500000\n", {"month": "2025-03"})
    assert dict(rows[0]) == {"sso_no": "0102030405", "wage": "3500000", "month": "2025-03"}
    with pytest.raises(FileUnreadable):
        read_rows("la_monthly_list", listed("1,2,3,4,5"), {})
