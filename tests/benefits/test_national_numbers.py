"""What the number on a card tells is compared with what is registered: a doubt for a person, never a refusal."""

from __future__ import annotations

import pytest

from services.benefits import store
from tests.benefits.conftest import Office


def registered(office: Office, scheme: str, value: str, sex: str, born_on: str) -> str:
    answer = office.clerk.post(
        "/v1/persons",
        {
            "name": {"full": "NGUYỄN THỊ MẪU"},
            "sex": sex,
            "born_on": born_on,
            "identifiers": [{"scheme": scheme, "value": value}],
        },
    )
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def doubts_of(office: Office, person: str) -> set[str]:
    answer = office.clerk.post("/v1/claims", {"person_id": person, "benefit": "sickness", "received_on": "2025-05-20"})
    assert answer.status_code == 201, answer.json
    shown = office.clerk.get(f"/v1/claims/{answer.json['id']}")
    return {w["code"] for w in shown.json["warnings"] if w["code"].startswith("number_")}


@pytest.mark.parametrize(
    ("sex", "born_on", "doubts"),
    [
        ("female", "1994-03-05", set()),
        ("male", "1994-03-05", {"number_sex"}),
        ("female", "1949-03-05", {"number_year"}),
        ("male", "1949-03-05", {"number_sex", "number_year"}),
        ("other", "1994-03-05", set()),
    ],
)
def test_a_card_of_another_sex_or_year_raises_a_doubt(office: Office, sex: str, born_on: str, doubts: set[str]) -> None:
    assert doubts_of(office, registered(office, "vn-cccd", "001194000001", sex, born_on)) == doubts


def test_letters_of_two_townships_are_said(office: Office) -> None:
    person = registered(office, "mm-nrc", "12/OUKAMA(N)123456", "female", "1994-03-05")
    assert doubts_of(office, person) == {"number_township"}


def test_a_number_that_cannot_be_is_refused_at_its_field(office: Office) -> None:
    answer = office.clerk.post(
        "/v1/persons",
        {"name": {"full": "NGUYỄN THỊ MẪU"}, "identifiers": [{"scheme": "vn-cccd", "value": "003194000001"}]},
    )
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_a_cccd")


def test_a_person_is_found_by_her_card_in_either_script(office: Office) -> None:
    person = registered(office, "mm-nrc", "12/THAGAKA(N)123456", "female", "1994-03-05")
    with office.service.engine.connect() as connection:
        act = office.act(connection)
        assert store.persons.with_identifier(act, "mm-nrc", "၁၂/သဃက(နိုင်)၁၂၃၄၅၆") == person
        assert [p.id for p in store.persons.find(act, "၁၂/သဃက(နိုင်)၁၂၃၄၅၆")] == [person]
    again = office.clerk.post(
        "/v1/persons",
        {"name": {"full": "မမြမြ"}, "identifiers": [{"scheme": "mm-nrc", "value": "၁၂/သဃက(နိုင်)၁၂၃၄၅၆"}]},
    )
    assert again.status_code == 409
