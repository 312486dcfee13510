"""An account is taken from the text of a QR code, and shown as one to see whose it is."""

from __future__ import annotations

from typing import Any

from services.benefits import store
from services.benefits.domain.ids import PersonId
from shared.reading.qr_payload import QrAccount, write_qr
from tests.benefits.conftest import Office
from tests.benefits.visitors import Browser
from tests.there import there

CODE = there(write_qr("la", QrAccount("BCEL", "0102003004005")))


def saves(office: Office, person: str, expect: int = 200, **form: str) -> str:
    desk = Browser(office, office.clerk)
    with office.service.engine.connect() as connection:
        version = store.persons.get(office.act(connection), person).version
    typed = {"version": str(version), "kind": "bank", "bank": "JDB", "number": "", "holder": "Bounmy Sisavath"}
    return desk.send(f"/desk/persons/{person}/payee", expect=expect, **(typed | {"payee_why": "bank book"} | form))


def account(office: Office, person: str) -> Any:
    with office.service.engine.connect() as connection:
        found = store.persons.payee(office.act(connection), PersonId(person))
        return None if found is None else (found.bank, found.number)


def test_bank_and_number_are_taken_from_the_code(office: Office) -> None:
    person = office.someone(account=False)
    saves(office, person, qr=CODE)
    assert account(office, person) == ("BCEL", "0102003004005")


def test_a_code_that_lost_a_letter_changes_nothing_and_is_still_there(office: Office) -> None:
    person = office.someone(account=False)
    page = saves(office, person, expect=422, qr=CODE.replace("3004", "3005"))
    assert account(office, person) is None
    assert "A letter of this text was lost or changed." in page
    assert "Bounmy Sisavath" in page


def test_a_number_typed_beside_the_code_must_be_the_same(office: Office) -> None:
    person = office.someone(account=False)
    assert "another number" in saves(office, person, expect=422, qr=CODE, number="0102003004006")
    saves(office, person, qr=CODE, number="010 200 300 4005", key="again")
    assert account(office, person) == ("BCEL", "0102003004005")


def test_the_account_is_shown_as_a_code_to_the_desk_alone(office: Office) -> None:
    person = office.someone(account=False)
    saves(office, person, qr=CODE)
    desk = Browser(office, office.officer)
    assert "as a QR code" in desk.open(f"/desk/persons/{person}")
    assert "data:image/svg+xml" in desk.open(f"/desk/persons/{person}/payee-code")
    elsewhere = Browser(office, office.officer_of_vte).client.get(f"/desk/persons/{person}/payee-code")
    assert elsewhere.status_code == 404
    assert Browser(office, office.auditor).client.get(f"/desk/persons/{person}/payee-code").status_code == 403
