"""Files as people reported them to others, at the doors of benefits: each row understood, or refused with its cell."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from services.benefits import store
from services.benefits.institution import institution
from services.benefits.usecases import people
from tests.benefits.conftest import Office
from tests.benefits.test_imports import PERSONS, one, person, sent
from tests.benefits.visitors import Browser
from tests.there import there


def test_people_from_elsewhere_keep_their_names_and_spoilt_ones_are_refused(office: Office) -> None:
    seen = ("Seán Murphy", "Loïc", "François Müller", "Nguyễn Thị Ánh", "Mª Carmen")
    rows = PERSONS + "".join(one(f"F-{n}", name=name) for n, name in enumerate(seen))
    rows += one("F-7", name="Traàn Thò Höông") + one("F-8", name="Ñaëng")
    assert [row[1:] for row in sent(office, "persons", rows)] == [
        *[("accepted", None, None)] * 5,
        ("refused", "old_encoding", "B7"),
        ("refused", "old_encoding", "B8"),
    ]
    assert [person(office, f"F-{n}").name for n in range(5)] == list(seen)


def test_a_telephone_is_kept_whole_or_its_row_is_refused(office: Office) -> None:
    head = "sso_no,name,office,phone\n"
    typed = ("5561 4720", "020 5561 472", "020 5561472O", "021 212345 ext 3", "020 55614720")
    found = sent(office, "persons", head + "".join(f"P-{n},ນາງ ດີ,svk,{phone}\n" for n, phone in enumerate(typed)))
    assert [row[1:] for row in found] == [
        ("accepted", None, None),
        *[("refused", "not_a_phone_number", f"D{n}") for n in (3, 4, 5)],
        ("accepted", None, None),
    ]
    assert {person(office, f"P-{n}").phone for n in (0, 4)} == {"+8562055614720"}


def test_an_account_in_two_halves_is_one_where_the_bank_has_sixteen_digits(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = "12345678 12345678"
    assert [row[1:] for row in sent(office, "persons", PERSONS + one("H-1", account=halves))] == [
        ("refused", "account_unclear", "I2")
    ]
    monkeypatch.setattr(people, "institution", lambda: replace(institution(), account_digits={"bcel": 16}))
    assert [row[1] for row in sent(office, "persons", PERSONS + one("H-2", account=halves))] == ["accepted"]
    with office.service.engine.connect() as connection:
        kept = store.persons.payee(office.act(connection), person(office, "H-2").id)
    assert there(kept).number == "1234567812345678"


def test_a_row_that_is_hidden_is_refused_with_its_cell_and_the_others_are_taken(office: Office) -> None:
    book = openpyxl.Workbook()
    sheet = there(book.active)
    for row in (["sso_no", "name", "office"], ["V-1", "ນາງ ໜຶ່ງ", "svk"], ["V-2", "ນາງ ສອງ", "svk"]):
        sheet.append(row)
    sheet.auto_filter.ref = "A1:C3"
    sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    assert sent(office, "persons", out.getvalue()) == [
        (2, "accepted", None, None),
        (3, "refused", "hidden_row", "A3"),
    ]
    assert person(office, "V-2") is None


@pytest.mark.parametrize("typed", ["မောင်", "ေမာင်"])
def test_a_burmese_name_is_found_wherever_its_first_vowel_was_typed(office: Office, typed: str) -> None:
    sent(office, "persons", "sso_no,name,office\nE-1,ကိုေမာင်,svk\nE-2,ေမာင်ဇော်,svk\n")
    page = Browser(office, office.officer).open(f"/desk/search?q={typed}")
    assert "E-1" in page
    assert "E-2" in page
