"""One search box: a person is found by any part of either name, by a number, by the end of a phone number."""

from __future__ import annotations

import pytest

from services.benefits import store
from tests.benefits.conftest import SICK, Office


@pytest.mark.parametrize(
    "typed",
    ["Bounmy", "savath", "unm", "sisa BOUN", "ບຸນມີ", "ສະຫວັດ", "10-0001-7919", "5561 4720", "si"],
)
def test_she_is_found_by_what_is_on_the_paper(office: Office, typed: str) -> None:
    office.someone(number="10-0001-7919")
    office.someone("ທ້າວ ຄຳແກ້ວ", "Khamkeo Phomvihane", number="10-0002-0000")
    found = office.officer.get(f"/v1/persons?q={typed}").json["items"]
    assert "Bounmy Sisavath" in {p["name"]["latin"] for p in found}
    if typed not in ("5561 4720", "si"):
        assert len(found) == 1


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ("Bounmi Sisavat", True),
        ("Vounmy Sisavath", True),
        ("Bounmy Sisawat", True),
        ("Bounmy Phommasan", False),
    ],
    ids=["two wrong letters", "the first is wrong", "the end is wrong", "another family"],
)
def test_who_could_be_mistaken_for_her_is_marked_wherever_the_wrong_letters_are(
    office: Office, other: str, alike: bool
) -> None:
    her = office.someone()
    office.someone("ນາງ ອື່ນ", other)
    claim = office.officer.post(
        "/v1/claims",
        {"person_id": her, "benefit": "sickness", "received_on": "2025-05-20", "facts": SICK, "papers": {}},
    ).json
    codes = {w["code"] for w in office.officer.get(f"/v1/claims/{claim['id']}").json["warnings"]}
    assert ("look_alikes" in codes) is alike


def test_a_percent_sign_is_a_letter_like_any_other(office: Office) -> None:
    office.someone()
    assert office.officer.get("/v1/persons?q=B%25y").json["items"] == []


def test_names_are_found_through_an_index(office: Office) -> None:
    """Among many people nobody is read who does not hold the letters."""
    with office.service.engine.begin() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        condition = store.persons.holds("bounmy").compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        plan = connection.exec_driver_sql(
            f"EXPLAIN SELECT * FROM person WHERE {condition}".replace("%", "%%")
        ).scalars()
        assert any("person_name_parts" in line for line in plan)
