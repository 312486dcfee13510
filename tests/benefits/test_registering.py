"""Somebody new at the desk: who she could be is shown first, and another office's person is asked over."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import PersonId
from shared.period import Month
from tests.benefits.conftest import Office
from tests.benefits.visitors import Browser

NEW: dict[str, str] = {
    "name": "ນາງ ດາວ ພົມມະຈັນ",
    "name_latin": "Dao Phommachanh",
    "sex": "female",
    "born_on": "3/4/1995",
    "number": "10-0099-1234",
    "phone": "020 5511 2233",
    "language": "lo",
    "address": "ບ້ານ ໂພນສະຫວັນ\nສະຫວັນນະເຂດ",
    "insured_as": "employee",
    "insured_since": "1/6/2024",
    "employer": "SVK-0001",
    "hired_on": "1/6/2024",
    "pay": "monthly",
    "month-0": "2025-03",
    "wage-0": "2,500,000",
    "month-1": "4/2025",
    "wage-1": "2.6 million",
    "kind": "bank",
    "bank": "BCEL",
    "account": "010 111 000 4471",
    "card": "yes",
}


@pytest.fixture
def clerk(office: Office) -> Browser:
    office.someone()  # and with her an employer
    return Browser(office, office.clerk)


def registered(clerk: Browser, expect: int = 200, /, **other: str) -> str:
    return clerk.send("/desk/register", expect=expect, **(NEW | other))


def people_called(office: Office, latin: str) -> list[Any]:
    with office.service.engine.connect() as connection:
        return list(connection.execute(select(t.person).where(t.person.c.name_latin == latin)))


def test_from_the_search_that_finds_nobody_to_a_person_with_work_wages_and_account(
    office: Office, clerk: Browser
) -> None:
    nobody = clerk.open("/desk/search?q=Dao Phommachanh")
    assert "/desk/register?q=Dao%20Phommachanh" in nobody
    assert 'value="Dao Phommachanh"' in clerk.open("/desk/register?q=Dao%20Phommachanh")
    page = registered(clerk)
    assert "Dao Phommachanh" in page
    (row,) = people_called(office, "Dao Phommachanh")
    assert (row.office_id, row.phone, row.insured_as, str(row.insured_since)) == (
        "svk",
        "+8562055112233",
        "employee",
        "2024-06-01",
    )
    with office.service.engine.connect() as connection:
        act, id_ = office.act(connection), PersonId(row.id)
        months = store.persons.contributions(act, id_)
        assert [(m.month, m.wage.decimal(), m.paid) for m in months] == [
            (Month(2025, 3), "2500000.00", False),
            (Month(2025, 4), "2600000.00", False),
        ], "declared at the desk: they count as paid only where a receipt was seen"
        assert [job.pay for job in store.persons.jobs(act, id_)] == ["monthly"]
        payee = store.persons.payee(act, id_)
        assert payee is not None
        assert (payee.bank, payee.number, payee.holder) == ("BCEL", "0101110004471", "Dao Phommachanh")


def test_a_receipt_that_was_seen_makes_the_months_paid(office: Office, clerk: Browser) -> None:
    registered(clerk, paid="yes")
    with office.service.engine.connect() as connection:
        (row,) = people_called(office, "Dao Phommachanh")
        assert all(m.paid for m in store.persons.contributions(office.act(connection), PersonId(row.id)))


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(office: Office, clerk: Browser) -> None:
    wrong = {"born_on": "31/2/1995", "wage-1": "many", "employer": "SVK-9", "phone": "12", "month-0": "moon"}
    page = registered(clerk, 422, **wrong)
    for field in ("born_on", "wage-1", "employer", "month-0"):
        assert f'id="e-{field}"' in page, field
    assert "31/2/1995" in page
    assert "Dao Phommachanh" in page
    assert people_called(office, "Dao Phommachanh") == []
    assert 'id="e-phone"' in registered(clerk, 422, phone="12", key="again")


@pytest.mark.parametrize(
    ("typed", "sign"),
    [
        ({"name_latin": "Bounmi Sisawat"}, "the name sounds the same"),
        ({"name_latin": "Boun Sisavath", "born_on": "12/8/1988"}, "born on the same day"),
        ({"phone": "+856 20 5561 4720"}, "the same phone"),
        ({"name_latin": "Bounmee Phommachanh"}, "the same employer"),
    ],
    ids=["by sound", "by day of birth", "by telephone", "by employer"],
)
def test_whom_she_could_be_is_shown_before_anybody_is_registered(
    office: Office, clerk: Browser, typed: dict[str, str], sign: str
) -> None:
    page = registered(clerk, 422, **typed)
    assert "Is she one of these?" in page
    assert sign in page
    assert "Bounmy Sisavath" in page
    assert len(people_called(office, typed.get("name_latin", "Dao Phommachanh"))) == 0
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    again = registered(clerk, 422, **typed, seen=seen.group(1), key="not looked")
    assert "Is she one of these?" in again, "sent again without saying that she was looked at"
    registered(clerk, **typed, seen=seen.group(1), other="yes", key="looked")
    assert len(people_called(office, typed.get("name_latin", "Dao Phommachanh"))) == 1


def test_a_number_that_somebody_here_has_leads_to_her(office: Office, clerk: Browser) -> None:
    office.someone("ນາງ ຄຳ", "Kham Vongsa", number="10-0099-1234")
    page = registered(clerk)
    assert "Kham Vongsa" in page
    assert people_called(office, "Dao Phommachanh") == []


def test_another_offices_person_is_told_by_office_alone(office: Office, clerk: Browser) -> None:
    office.someone("ນາງ ລັບ", "Secret Keomany", number="10-0099-1234", office="vte")
    page = registered(clerk, 422)
    assert "VTE" in page or "ວຽງຈັນ" in page
    assert "Secret" not in page
    by_name = registered(
        clerk, 422, number="10-0000-0001", name_latin="Secret Keomani", born_on="12/8/1988", key="by name"
    )
    assert "A person of this name, born on this day" in by_name
    with office.service.engine.connect() as connection:
        looks = list(connection.exec_driver_sql("SELECT action, subjects FROM audit WHERE action LIKE '%%register%%'"))
    her = people_called(office, "Secret Keomany")[0].id
    assert any(her in (row.subjects or []) for row in looks), "that she was found is on record"


def asked_over(office: Office, clerk: Browser) -> tuple[str, str]:
    """A person of Vientiane with a claim, asked over by Savannakhet; her id and that of the asking."""
    her = office.someone("ນາງ ຄຳ", "Kham Vongsa", number="10-0099-1234", office="vte")
    body = {"person_id": her, "benefit": "sickness", "received_on": "2025-05-20", "facts": {}, "papers": {}}
    assert office.clerk_of_vte.post("/v1/claims", body).status_code == 201
    page = registered(clerk, 422)
    assert f'name="person" value="{her}"' in page
    queue = clerk.send("/desk/transfers", person=her, why="She has moved to Savannakhet", key="ask")
    assert "waits for an answer" in queue
    assert "Kham" not in queue
    with office.service.engine.connect() as connection:
        return her, connection.exec_driver_sql("SELECT id::text FROM transfer").scalar_one()


def test_she_is_given_over_with_all_her_claims(office: Office, clerk: Browser) -> None:
    her, asked = asked_over(office, clerk)
    assert office.officer.get(f"/v1/persons/{her}").status_code == 404
    there = Browser(office, office.officer_of_vte)
    assert "She has moved to Savannakhet" in there.open("/desk")
    there.send(f"/desk/transfers/{asked}", do="give", why="Her letter of removal")
    assert office.officer.get(f"/v1/persons/{her}").status_code == 200
    assert office.officer_of_vte.get(f"/v1/persons/{her}").status_code == 404
    page = clerk.open(f"/desk/persons/{her}")
    assert "Given over to another office" in page
    assert page.count("/desk/claims/") >= 1, "her claims came with her"
    assert "Kham Vongsa" in clerk.open("/desk") or "ນາງ ຄຳ" in clerk.open("/desk"), "who asked reads that it is done"
    assert office.officer_of_vte.post(f"/v1/transfers/{asked}/answer", {"given": True, "why": "x"}).status_code == 409


def test_an_office_says_why_she_stays(office: Office, clerk: Browser) -> None:
    her, asked = asked_over(office, clerk)
    assert office.officer.post(f"/v1/transfers/{asked}/answer", {"given": True, "why": "mine"}).status_code == 404
    assert office.clerk_of_vte.post(f"/v1/transfers/{asked}/answer", {"given": True, "why": "x"}).status_code == 403
    refused = office.officer_of_vte.post(f"/v1/transfers/{asked}/answer", {"given": False, "why": "She lives here"})
    assert (refused.status_code, refused.json["state"]) == (201, "refused")
    queue = clerk.open("/desk")
    assert "She lives here" in queue
    assert "Kham" not in queue
    assert office.clerk.get(f"/v1/persons/{her}").status_code == 404
    again = office.clerk.post("/v1/transfers", {"person_id": her, "why": "She insists"})
    assert again.status_code == 201, "a new reason is a new question"
    assert office.clerk.post("/v1/transfers", {"person_id": her, "why": "Twice"}).status_code == 409


@pytest.mark.parametrize("typed", ["bounmi sisawat", "Boonmee", "12/8/1988", "SVK-0001"])
def test_the_search_finds_by_sound_day_of_birth_and_employer(office: Office, clerk: Browser, typed: str) -> None:
    found = office.officer.get(f"/v1/persons?q={typed}").json["items"]
    assert [p["name"]["latin"] for p in found] == ["Bounmy Sisavath"]
    assert "Bounmy" in clerk.open(f"/desk/search?q={typed}")
    assert office.officer_of_vte.get(f"/v1/persons?q={typed}").json["items"] == []


def test_sounds_are_found_through_an_index(office: Office) -> None:
    with office.service.engine.begin() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        condition = store.alike.sounding(office.act(connection), ["bunmi"]).compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        plan = connection.exec_driver_sql(f"EXPLAIN SELECT * FROM person WHERE {condition}".replace("%", "%%"))
        assert "person_name_sounds" in " ".join(row[0] for row in plan)
